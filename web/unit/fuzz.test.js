// Foreign text by chance: links, lessons, records, plans and the heads of files, and what is typed into a form, made of valid ones by cutting, joining and exchanging. The
// chances are seeded; globalThis.fuzzSeconds, which `make fuzz` sets, draws other ones for so long.

import { FIELDS, fromFragment, initial, toFragment, valid } from '../js/state.js';
import { FAILURES, initialMirror, parseMirror, problemOf, settingsOf, textOfMirror } from '../js/mirrorstate.js';
import { TARGETS, parseLab, requestOf, startOf, textOf } from '../js/labstate.js';
import { judge, read } from '../js/settings.js';
import { kindOf, metadataOf, modelOf } from '../js/files.js';
import { lessonIn } from '../js/lessonfile.js';
import { pack, unpack } from '../js/lessonlink.js';
import { jsonOf, parseView, planIn, recordsIn, variantsOf, viewText } from '../js/experimentdata.js';
import { jsonIn } from '../js/json.js';
import { equal, holds, test } from './unit.js';

const CASES = 1500;
const TESTS = 6; // that share the seconds
const SLOW = 2000; // ms
const seconds = Number(/** @type {any} */ (globalThis).fuzzSeconds ?? 0);

/** @param {number} seed random numbers in [0, 1) (mulberry32) */
const chances = (seed) => () => {
  seed = (seed + 0x6d2b79f5) | 0;
  let x = Math.imul(seed ^ (seed >>> 15), 1 | seed);
  x = (x + Math.imul(x ^ (x >>> 7), 61 | x)) ^ x;
  return ((x ^ (x >>> 14)) >>> 0) / 2 ** 32;
};

const PIECES = ['', '*', '_', '.', '!', '-', '&', '=', '%', '%00', '%F0%9F', '+', '#', '0', '-1', '1e308', '1e999', 'NaN', 'Infinity', '9007199254740993', '__proto__', 'constructor', 'toString',
  '<script>', '\u202e', '\0', '\ud800', 'x'.repeat(600), 'mixed', 'bpmd', 'grid_SG', 'a.h_', 'b.map_', '(((((', 'cos(z) > 0 && !', 'v=1', 'v=2'];

/**
 * changed is a text after one to four cuts, joints and exchanges.
 * @param {() => number} chance
 * @param {string[]} corpus
 */
function changed(chance, corpus) {
  const pick = (/** @type {string[]} */ list) => list[Math.floor(chance() * list.length)];
  let text = pick(corpus);
  for (let n = 1 + Math.floor(chance() * 4); n > 0; n--) {
    const at = Math.floor(chance() * (text.length + 1));
    const to = at + Math.floor(chance() * 6);
    const other = pick(corpus);
    text = [
      () => text.slice(0, at) + pick(PIECES) + text.slice(to), () => text.slice(0, at) + text.slice(to), () => text.slice(0, at) + other.slice(Math.floor(chance() * other.length)),
      () => text.slice(0, at) + String.fromCharCode(Math.floor(chance() * 0x3000)) + text.slice(at),
    ][Math.floor(chance() * 4)]();
  }
  return text;
}

/**
 * tried gives body one text after another, and names the one that it fails on.
 * @param {string[]} corpus
 * @param {(text: string) => void | Promise<void>} body
 */
async function tried(corpus, body) {
  const seed = seconds ? Date.now() : 1;
  const chance = chances(seed);
  const until = Date.now() + (1000 * seconds) / TESTS;
  for (let n = 0; n < CASES || Date.now() < until; n++) {
    const text = changed(chance, corpus);
    const begun = performance.now();
    try {
      await body(text);
      holds(performance.now() - begun < SLOW, 'an answer in time');
    } catch (error) {
      throw new Error(`case ${n} of seed ${seed}, ${JSON.stringify(text)}: ${error instanceof Error ? error.message : error}`, { cause: error });
    }
  }
  equal(Object.keys(Object.prototype), [], 'nothing is inherited that was not');
}

const MIRRORS = [...FAILURES.flatMap(({ link }) => link ?? []), textOfMirror({ ...initialMirror(), problem: 'grid' })];
const LABS = Object.keys(TARGETS).map((target) => textOf(startOf(target)));

test('a link by chance gives a state that may stand, and says what it dropped', async () => {
  const state = { ...initial(), task: 'pendulum', settings: 'gamma_0.9*hidden_32.32', pays: 'cos(theta) - 0.1*u0^2', ends: 'z < 0.7 || abs(theta) > 1', seed: 7, t: 0.25, mirror: MIRRORS[0], lab: LABS[1] };
  await tried([toFragment(state), toFragment(initial()), ...MIRRORS.map((mirror) => toFragment({ ...state, mirror }))], (link) => {
    const { state: got, refused } = fromFragment(link);
    for (const name of Object.keys(FIELDS)) holds(valid(name, /** @type {any} */ (got)[name]), `${name} is ${JSON.stringify(/** @type {any} */ (got)[name])}`);
    for (const why of refused) holds(why.length < 700, `a refusal of ${why.length} characters`);
    equal(fromFragment(toFragment(got)), { state: got, refused: [] }, 'what it writes it reads');
  });
});

test('what a lab reads it writes, and asks its worker for', async () => {
  await tried([...MIRRORS, ...LABS], (text) => {
    const mirror = parseMirror(text);
    if (mirror) {
      const again = parseMirror(textOfMirror(mirror));
      equal(again && textOfMirror(again), textOfMirror(mirror), 'mirror');
      JSON.stringify([problemOf(mirror), mirror.columns.map((c) => settingsOf(c, mirror))], (_, v) => { holds(typeof v !== 'number' || Number.isFinite(v), `${v} is asked for`); return v; });
    }
    const lab = parseLab(text);
    if (lab) {
      const again = parseLab(textOf(lab));
      equal(again && textOf(again), textOf(lab), 'lab');
      JSON.stringify(requestOf(lab), (_, v) => { holds(typeof v !== 'number' || Number.isFinite(v), `${v} is asked for`); return v; });
    }
  });
});

test('a form takes what lies in its range and nothing else', async () => {
  /** @type {any[]} */
  const fields = [{ kind: 'int', min: 1, max: 50 }, { kind: 'float', min: -2, max: 0.5 }, { kind: 'enum', values: ['a', 'b'] }, { kind: 'bool' }, { kind: 'ints', min: 1, max: 512, items: 4 }];
  const task = /** @type {any} */ ({ fields: Object.fromEntries(fields.map((field, i) => [`f${i}`, field])) });
  await tried(['1', '-0.25', '1e-3', 'a', 'true', '64, 64', '32.32', 'f0_3*f1_0.1*f4_8.8'], (text) => {
    for (const field of fields) {
      const value = read(field, text);
      const within = (/** @type {unknown} */ x) => typeof x === 'number' && x >= field.min && x <= field.max;
      holds(value === undefined || (field.kind === 'enum' ? field.values.includes(value) : field.kind === 'bool' ? typeof value === 'boolean' : [value].flat().every(within)), `${field.kind} takes ${JSON.stringify(value)}`);
    }
    const { settings, refused } = judge({ ...initial(), settings: text }, task);
    equal(judge({ ...initial(), settings }, task), { settings, refused: [] }, 'what is kept is kept again');
    for (const why of refused) holds(why.length < 700, `a refusal of ${why.length} characters`);
  });
});

/**
 * judged gives what a reader makes of a text, or undefined where it refuses it in few words.
 * @template T
 * @param {() => T} reader
 * @returns {T | undefined}
 */
function judged(reader) {
  try {
    return reader();
  } catch (error) {
    holds(error instanceof Error && error.constructor === Error && error.message.length < 1000, `${error} is no refusal`);
  }
}

test('a lesson by chance is one, or is refused in few words', async () => {
  const names = await (await fetch('/lessons/')).json();
  const lessons = await Promise.all(names.map(async (/** @type {string} */ name) => (await fetch(`/lessons/${name}`)).text()));
  await tried(lessons, (text) => {
    const lesson = judged(() => lessonIn(text));
    for (const { says, asks, link } of lesson?.steps ?? []) holds(says.length <= 420 && asks.length <= 160 && link.length <= 2000, 'texts that fit');
  });
  const links = await Promise.all(lessons.map(pack));
  await tried(links, async (link) => {
    const text = await unpack(link).catch((error) => { judged(() => { throw error; }); return ''; });
    judged(() => text && lessonIn(text));
  });
});

test('records, plans and what is typed for a sweep are taken by chance, or refused in few words', async () => {
  const returns = { episodes: 20, mean: 1, std: 2, min: 3, max: 4 };
  const record = JSON.stringify({
    command: '', hash: 'h1', options: { task: 'pendulum', algorithm: 'fpmd-m', seed: 1, steps: 100, config: { gamma: 0.9, hidden: [8, 8] } },
    record: { program: '', go: '', platform: '', lanes: 4, envSteps: 100, totalSteps: 100, updates: 90, seconds: 2, curve: [{ envSteps: 50, updates: 50, seconds: 1, oneStep: returns, k: 20, manyStep: returns }] },
    scores: [{ k: 1, nfe: 1, bestOf: 1, criticNFE: 0, returns, microseconds: 1 }],
  });
  const plan = JSON.stringify({ name: 'p', blocks: [{ tasks: ['pendulum'], agents: ['fpmd-m', 'sac'], settings: [{ name: 'base' }, { name: 'held', config: { gamma: 0.9 } }], seeds: [1, 2], steps: 100 }] });
  await tried([record, `[${record},${record}]`, plan], (text) => {
    const runs = judged(() => recordsIn(text));
    if (runs?.every(({ record }) => record)) equal(recordsIn(jsonOf(runs)).length, runs.length, 'what it writes it reads');
    judged(() => planIn(jsonIn(text)));
  });
  const fields = /** @type {any} */ ({ gamma: { kind: 'float', min: 0, max: 0.9999 }, batch: { kind: 'int', min: 1, max: 4096 }, hidden: { kind: 'ints', min: 1, max: 512, items: [1, 4] } });
  await tried(['gamma = 0.95, 0.99; batch = 64, 256; hidden = 64.64', 'task_all*metric_one*x_steps*smooth_0.5*log_1*group_0*by_gamma'], (text) => {
    judged(() => variantsOf(text, fields));
    const view = parseView(text);
    if (view) equal(parseView(viewText(view)), view, 'what it writes it reads');
  });
});

test('the head of a file by chance tells what it is, or is refused in few words', async () => {
  const model = JSON.stringify({ name: 'a', files: { 'a.xml': '<mujoco/>' }, reward: 'up' });
  const heads = [
    JSON.stringify({ __metadata__: { 'onestep.kind': 'policy', 'onestep.task': 'pendulum', 'onestep.model': model }, w: { dtype: 'F32', shape: [1], data_offsets: [0, 4] } }),
    JSON.stringify({ __metadata__: { 'onestep.kind': 'run' }, 'model.files': { dtype: 'U8', shape: [model.length], data_offsets: [0, model.length] } }),
  ];
  await tried(heads, (head) => {
    const bytes = new TextEncoder().encode(`........${head}${model}`);
    new DataView(bytes.buffer).setBigUint64(0, BigInt(bytes.length - 8 - model.length), true);
    const kind = judged(() => kindOf(bytes.buffer));
    if (kind) judged(() => [metadataOf(bytes.buffer), modelOf(bytes.buffer)]);
  });
});

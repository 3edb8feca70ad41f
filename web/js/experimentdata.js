// What the place Experiments knows of runs: their groups, scores, settings and series, and the view that a link holds. Pure:
// nothing here touches the page.

import catalog from './catalog.js';
import { tr } from './language.js';
import { Metric } from './protocol.js';
import { algorithmName, count } from './format.js';
import { jsonIn } from './json.js';
import { nameOf, read, rangeOf } from './settings.js';
import { cell, quoted } from './words.js';

/** @typedef {import('./runrecords.js').KeptRun} KeptRun */

// ---- quantities -----------------------------------------------------------------------------------------

/**
 * A quantity over a training: from the evaluations of its record, or a column of Metrics.
 * @typedef {{id: string, label: string, of?: (e: EvaluationRecord) => number | undefined, column?: number}} Quantity
 */

/** QUANTITIES that can be drawn. @type {Quantity[]} */
export const QUANTITIES = [
  { id: 'one', label: tr('Return, one step'), of: (e) => e.oneStep?.mean },
  { id: 'many', label: tr('Return, K steps'), of: (e) => (e.manyStep?.episodes ? e.manyStep.mean : undefined) },
  { id: 'episode', label: tr('Return of training episodes'), column: Metric.EpisodeReturn },
  { id: 'w2', label: tr('One-step error W₂'), column: Metric.OneStepError },
  { id: 'shift', label: tr('One-step error: shift of the mean'), column: Metric.MeanShift },
  { id: 'shape', label: tr('One-step error: shape'), column: Metric.ErrorShape },
  { id: 'variance', label: tr('Variance of actions'), column: Metric.Variance },
  { id: 'critic', label: tr('Critic loss'), column: Metric.CriticLoss },
  { id: 'policy', label: tr('Policy loss'), column: Metric.PolicyLoss },
  { id: 'q', label: tr('Mean Q'), column: Metric.QMean },
  { id: 'ess', label: tr('Effective sample size / batch'), column: Metric.ESS },
  { id: 'weight', label: tr('Largest weight'), column: Metric.WeightMax },
  { id: 'temperature', label: tr('Temperature λ'), column: Metric.Temperature },
  { id: 'noise', label: tr('Exploration noise, std'), column: Metric.NoiseStd },
  { id: 'policy-gradient', label: tr('Norm of the policy’s mean gradient'), column: Metric.PolicyGradient },
  { id: 'critic-gradient', label: tr('Norm of the critics’ mean gradient'), column: Metric.CriticGradient },
  { id: 'steps-rate', label: tr('Environment steps per second'), column: Metric.StepsPerSecond },
  { id: 'updates-rate', label: tr('Updates per second'), column: Metric.UpdatesPerSecond },
];

/** AXES of a curve: id -> label, field of an evaluation, column of Metrics. */
export const AXES = {
  steps: { label: tr('environment steps'), field: /** @type {const} */ ('envSteps'), column: Metric.EnvSteps },
  updates: { label: tr('updates'), field: /** @type {const} */ ('updates'), column: Metric.Updates },
  seconds: { label: tr('seconds of training'), field: /** @type {const} */ ('seconds'), column: Metric.Seconds },
};

/** @typedef {keyof typeof AXES} Axis */

/** @param {string} id */
export const quantityOf = (id) => /** @type {Quantity} */ (QUANTITIES.find((q) => q.id === id) ?? QUANTITIES[0]);

/**
 * seriesOf is a quantity of a run over an axis; what is not a number is left out.
 * @param {KeptRun} run
 * @param {Quantity} quantity
 * @param {Axis} axis
 * @param {ArrayLike<number>[]} columns of Metrics: the axis' and the quantity's, where it is one of those
 * @returns {Series}
 */
export function seriesOf(run, quantity, axis, [at, of] = [[], []]) {
  /** @type {number[]} */
  const xs = [];
  /** @type {number[]} */
  const ys = [];
  const add = (/** @type {number} */ x, /** @type {number | undefined} */ y) => {
    if (y === undefined || !Number.isFinite(x) || !Number.isFinite(y)) return;
    xs.push(x);
    ys.push(y);
  };
  if (quantity.of) for (const e of run.record?.record.curve ?? []) add(e[AXES[axis].field], quantity.of(e));
  else for (let i = 0; i < at.length; i++) add(at[i], of[i]);
  return { xs, ys };
}

/** @typedef {{xs: number[], ys: number[]}} Series */

/**
 * smoothed is the exponential moving average with weight w of what came before, corrected for its start; w = 0 changes nothing.
 * @param {number[]} ys
 * @param {number} w 0..1
 */
export function smoothed(ys, w) {
  if (w === 0) return ys;
  let [sum, weight] = [0, 0];
  return ys.map((y) => {
    sum = w * sum + (1 - w) * y;
    weight = w * weight + (1 - w);
    return sum / weight;
  });
}

/**
 * decimated keeps of each of so many columns between x0 and x1 the first, the lowest, the highest and the last point, in their
 * order: a line through them covers the same pixels as one through all. Points outside go, but for the nearest on each side.
 * @param {Series} series xs ascending
 * @param {number} x0
 * @param {number} x1
 * @param {number} columns
 * @returns {Series}
 */
export function decimated({ xs, ys }, x0, x1, columns) {
  const from = Math.max(0, firstFrom(xs, x0) - 1);
  const end = Math.min(xs.length, firstFrom(xs, x1) + 1);
  if (end - from <= 2 * columns) return { xs: xs.slice(from, end), ys: ys.slice(from, end) };
  /** @type {Series} */
  const kept = { xs: [], ys: [] };
  const scale = columns / (x1 - x0 || 1);
  for (let i = from; i < end;) {
    const column = Math.floor((xs[i] - x0) * scale);
    let low = i;
    let high = i;
    let j = i + 1; // at least one point, whatever the axis comes to
    for (; j < end && Math.floor((xs[j] - x0) * scale) === column; j++) {
      if (ys[j] < ys[low]) low = j;
      if (ys[j] > ys[high]) high = j;
    }
    let last = -1;
    for (const k of [i, Math.min(low, high), Math.max(low, high), j - 1]) {
      if (k === last) continue;
      kept.xs.push(xs[k]);
      kept.ys.push(ys[k]);
      last = k;
    }
    i = j;
  }
  return kept;
}

/**
 * firstFrom is the index of the first x that is at least at.
 * @param {number[]} xs ascending
 * @param {number} at
 */
function firstFrom(xs, at) {
  let [low, high] = [0, xs.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (xs[middle] < at) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * valueAt is a series at x, linear between its points; undefined outside of them.
 * @param {Series} series
 * @param {number} x
 */
export function valueAt({ xs, ys }, x) {
  const i = firstFrom(xs, x);
  if (i < xs.length && xs[i] === x) return ys[i];
  if (i === 0 || i === xs.length) return undefined;
  const f = (x - xs[i - 1]) / (xs[i] - xs[i - 1]);
  return ys[i - 1] * (1 - f) + ys[i] * f;
}

/**
 * gridOf are the places at which runs of a group are compared: those of the evaluations where all agree, else so many even ones.
 * @param {Series[]} list
 * @param {number} most
 */
export function gridOf(list, most = 60) {
  const shared = list[0]?.xs ?? [];
  if (shared.length <= most && list.every(({ xs }) => xs.length === shared.length && xs.every((x, i) => x === shared[i]))) return shared;
  const [low, high] = [Math.min(...list.map(({ xs }) => xs[0] ?? Infinity)), Math.max(...list.map(({ xs }) => xs.at(-1) ?? -Infinity))];
  return low < high ? Array.from({ length: most }, (_, i) => low + (i * (high - low)) / (most - 1)) : [];
}

// ---- groups ---------------------------------------------------------------------------------------------

/** @param {unknown} value */
const canonical = (value) => JSON.stringify(value, (_, v) => (v && typeof v === 'object' && !Array.isArray(v) ? Object.fromEntries(Object.entries(v).sort(([a], [b]) => (a < b ? -1 : 1))) : v));

// A setting that is zero is as one that an older record does not have.
/** @param {unknown} value */
const isZero = (value) => value === 0 || value === '' || value === false || value === null;

/**
 * configOf are the settings of a run that are not zero.
 * @param {KeptRun} run
 * @returns {Record<string, unknown>}
 */
export const configOf = (run) => Object.fromEntries(Object.entries(run.record?.options.config ?? run.config ?? run.request?.config ?? {}).filter(([, value]) => !isZero(value)).map(([name, value]) => [nameOf(name), value]));

/** TASKS that can be chosen: one version of each. */
export const TASKS = catalog.tasks.filter(({ name, base }) => name === base && name !== 'custom');

/**
 * remembered is of(run), worked out once for each run: a run that changes is another object.
 * @template T
 * @param {(run: KeptRun) => T} of
 * @returns {(run: KeptRun) => T}
 */
function remembered(of) {
  /** @type {WeakMap<KeptRun, {value: T}>} */
  const known = new WeakMap();
  return (run) => {
    const before = known.get(run);
    if (before) return before.value;
    const value = of(run);
    known.set(run, { value });
    return value;
  };
}

/** keyOf is what the runs of a group share: all but the seed. */
export const keyOf = remembered((run) => canonical([run.task, run.algorithm, run.steps, configOf(run), run.from?.id ?? '', run.from?.envSteps ?? 0, bodyOf(/** @type {object | null | undefined} */ (run.record?.options.model))]));

/** @type {WeakMap<object, string>} */
const bodies = new WeakMap(); // the text of a body of a record's own, which may be long

/** @param {object | null | undefined} model */
function bodyOf(model) {
  if (!model) return null;
  const text = bodies.get(model) ?? canonical(model);
  bodies.set(model, text);
  return text;
}

/** @typedef {{key: string, name: string, runs: KeptRun[]}} Group */

/**
 * groupsOf puts runs together that differ in their seed alone, or that agree in one setting of a task, in the order in which they
 * come; name tells them apart.
 * @param {KeptRun[]} runs
 * @param {string} [by] the setting; '' all but the seed
 * @returns {Group[]}
 */
export function groupsOf(runs, by = '') {
  const key = by === '' ? keyOf : (/** @type {KeptRun} */ run) => canonical([run.task, written(settingsOf(run)[by])]);
  const list = [...Map.groupBy(runs, key)].map(([of, members]) => ({ key: of, name: '', runs: members.sort((a, b) => a.seed - b.seed) }));
  if (by !== '') {
    for (const group of list) group.name = by === 'algorithm' ? algorithmName(group.runs[0].algorithm) : `${by} ${written(settingsOf(group.runs[0])[by])}`;
    return list;
  }
  const kindOf = (/** @type {KeptRun} */ run) => `${run.task} ${run.algorithm}`;
  const differing = new Map([...Map.groupBy(list.map(({ runs: [first] }) => first), kindOf)].map(([kind, alike]) => [kind, namesThatDiffer(alike)]));
  for (const group of list) {
    const [first] = group.runs;
    const given = first.name && group.runs.every(({ name }) => name === first.name) ? first.name : '';
    group.name = given || [algorithmName(first.algorithm), distinction(first, differing.get(kindOf(first)) ?? [])].filter(Boolean).join(', ');
  }
  return list;
}

/**
 * distinction says what a run has for the settings in which it differs from others, at most three of them.
 * @param {KeptRun} run
 * @param {string[]} differing
 */
function distinction(run, differing) {
  const mine = settingsOf(run);
  const names = Object.keys(mine).filter((name) => name !== 'seed' && differing.includes(name));
  const shown = names.slice(0, 3).map((name) => `${name} ${written(mine[name])}`);
  return shown.join(', ') + (names.length > 3 ? tr` and ${names.length - 3} more` : '');
}

/**
 * settingsOf are by name what a run was begun with; nothing is inherited, since a file may name a setting as it likes.
 * @type {(run: KeptRun) => Record<string, unknown>}
 */
const settingsOf = remembered((run) => ({ __proto__: null, task: run.task, algorithm: run.algorithm, seed: run.seed, steps: run.steps, ...run.from ? { from: tr`${run.from.name} at ${run.from.envSteps}` } : {}, ...configOf(run) }));

/** @param {unknown} value */
const written = (value) => (value === undefined || value === null ? '–' : Array.isArray(value) ? value.join('·') : String(value));

/**
 * namesThatDiffer are the settings in which runs differ.
 * @param {KeptRun[]} runs
 */
function namesThatDiffer(runs) {
  const settings = runs.map(settingsOf);
  return [...new Set(settings.flatMap(Object.keys))].filter((name) => new Set(settings.map((of) => written(of[name]))).size > 1);
}

/**
 * choicesOf are the settings in which runs differ, the seed and the task left out: what groups can be formed by.
 * @param {KeptRun[]} runs
 */
export const choicesOf = (runs) => namesThatDiffer(runs).filter((name) => name !== 'seed' && name !== 'task');

/**
 * difference lists the settings in which two runs differ: [name, of a, of b].
 * @param {KeptRun} a
 * @param {KeptRun} b
 * @returns {[string, string, string][]}
 */
export function difference(a, b) {
  /** @type {[Record<string, unknown>, Record<string, unknown>]} */
  const [one, other] = [settingsOf(a), settingsOf(b)];
  return [...new Set([...Object.keys(one), ...Object.keys(other)])]
    .map((name) => /** @type {[string, string, string]} */ ([name, written(one[name]), written(other[name])]))
    .filter(([, x, y]) => x !== y);
}

/**
 * titleOf names a run as a person reads it.
 * @param {KeptRun} run
 */
export const titleOf = (run) => run.name || tr`${algorithmName(run.algorithm)}, seed ${run.seed}`;

/**
 * taskName is a task's label, or its name where this page does not know it.
 * @param {string} task
 */
export const taskName = (task) => catalog.tasks.find(({ name }) => name === task)?.label ?? task;

// ---- scores ---------------------------------------------------------------------------------------------

/**
 * scoreOf is the outcome of an ended run: its score in one step, or in K (many), else its last evaluation; undefined before
 * there is one.
 * @param {KeptRun} run
 * @param {boolean} many
 * @returns {Returns | undefined}
 */
export function scoreOf({ record }, many) {
  const score = record?.scores?.find(({ k, bestOf }) => bestOf === 1 && (k > 1) === many);
  if (score) return score.returns;
  const last = record?.record.curve?.at(-1);
  const returns = many ? last?.manyStep : last?.oneStep;
  return returns && returns.episodes > 0 ? returns : undefined;
}

/**
 * secondsLeft is how long a queue takes at its present speed: what waits goes on where what runs does. NaN while nothing is measured.
 * @param {{left: number, rate: number}[]} running environment steps to go, and those of a second
 * @param {number[]} waiting environment steps of each
 */
export function secondsLeft(running, waiting) {
  const speed = running.reduce((sum, { rate }) => sum + (rate > 0 ? rate : 0), 0);
  if (!(speed > 0)) return NaN;
  const all = running.reduce((sum, { left }) => sum + left, 0) + waiting.reduce((sum, left) => sum + left, 0);
  return Math.max(all / speed, ...running.filter(({ rate }) => rate > 0).map(({ left, rate }) => left / rate));
}

// ---- records of fpmd ------------------------------------------------------------------------------------

const LATEST = 1e12; // s of training that an evaluation can tell of
/** MOST_RECORDS that are read from files. */
export const MOST_RECORDS = 10_000;
const MOST_SETTINGS = 200; // of a training

/** @param {unknown} x */
const isCount = (x) => typeof x === 'number' && Number.isSafeInteger(x) && x >= 0;
/** @param {unknown} x what fpmd writes for a number: null where it is none, and infinities as texts */
const isNumber = (x) => typeof x === 'number' || x === null || x === 'Infinity' || x === '-Infinity';
/** @param {any} returns */
const isReturns = (returns) => typeof returns === 'object' && returns !== null && isNumber(returns.mean) && isCount(returns.episodes);
/** @param {any} e */
const isEvaluation = (e) => isCount(e?.envSteps) && isReturns(e.oneStep) && (e.manyStep === undefined || isReturns(e.manyStep))
  && (e.updates === undefined || isCount(e.updates)) && (e.seconds === undefined || typeof e.seconds === 'number' && e.seconds >= 0 && e.seconds < LATEST);
/** @param {unknown} x the name of a task or of an agent, whether this page knows it or not */
const isName = (x) => typeof x === 'string' && /^[\w.-]{1,64}$/.test(x);
/** @param {unknown} x */
const isValue = (x) => typeof x === 'number' || typeof x === 'boolean' || typeof x === 'string' && x.length <= 200 || Array.isArray(x) && x.length <= 64 && x.every((y) => typeof y === 'number');

/**
 * isConfig tells whether an object of a file holds settings of a training, whatever their names.
 * @param {any} config
 */
const isConfig = (config) => typeof config === 'object' && config !== null && !Array.isArray(config)
  && Object.keys(config).length <= MOST_SETTINGS && Object.entries(config).every(([name, value]) => /^[A-Za-z]\w{0,63}$/.test(name) && isValue(value));

/**
 * runOfRecord is the run of a record.json; it throws an Error that says what is wrong with it.
 * @param {any} record
 * @param {'shipped' | 'file'} origin
 * @returns {KeptRun}
 */
export function runOfRecord(record, origin) {
  const { options, record: of, hash } = record ?? {};
  if (typeof options !== 'object' || options === null || typeof of !== 'object' || of === null) throw new Error(tr('it is no record of a run: it has no options and no record'));
  const { task, algorithm, seed, steps, config, model } = options;
  if (!isName(task) || !isName(algorithm) || !isCount(seed) || !isCount(steps)) throw new Error(tr('its options have no task, agent, seed and steps'));
  if (!(config === undefined || config === null || isConfig(config))) throw new Error(tr('its options have settings that are none of a training'));
  if (!(model === undefined || typeof model === 'object')) throw new Error(tr('its options have a body that is none'));
  if (!(hash === undefined || typeof hash === 'string' && /^\w{0,64}$/.test(hash))) throw new Error(tr('its hash is none'));
  if (!isCount(of.envSteps) || !(of.curve === null || of.curve === undefined || Array.isArray(of.curve))) throw new Error(tr('its record has no steps or no curve'));
  for (const e of of.curve ?? []) if (!isEvaluation(e)) throw new Error(tr('one of its evaluations is none'));
  if (record.scores !== undefined && !(Array.isArray(record.scores) && record.scores.every((/** @type {any} */ s) => isCount(s?.k) && isCount(s.bestOf) && isReturns(s.returns)))) throw new Error(tr('one of its scores is none'));
  return {
    id: `${origin} ${task} ${algorithm} ${seed} ${hash ?? ''}`, created: 0, origin, task, algorithm, seed, steps, config: config ?? undefined, record, hash,
    envSteps: of.envSteps, state: of.envSteps >= steps ? 'done' : 'paused',
  };
}

/**
 * recordsIn lists the records of a JSON text: one, or a list of them. It throws an Error that says what is wrong.
 * @param {string} text
 * @returns {KeptRun[]}
 */
export function recordsIn(text) {
  const value = jsonIn(text);
  const list = Array.isArray(value) ? value : [value];
  if (list.length === 0 || list.length > MOST_RECORDS) throw new Error(tr`it holds ${list.length} records; 1 to ${MOST_RECORDS} are read`);
  return list.map((record, i) => {
    try {
      return runOfRecord(record, 'file');
    } catch (error) {
      throw list.length === 1 ? error : new Error(tr`record ${i + 1} of ${list.length}: ${/** @type {Error} */ (error).message}`, { cause: error });
    }
  });
}

/**
 * planIn reads a plan of trainings (package sweep) into the combinations that it names; it throws an Error that says what is wrong.
 * @param {any} plan
 * @returns {{task: string, algorithm: string, seed: number, steps: number, preset: string, config: Values, name: string}[]}
 */
export function planIn(plan) {
  if (!Array.isArray(plan?.blocks) || plan.blocks.length === 0) throw new Error(tr('it is no plan: it has no blocks'));
  const runs = [];
  for (const [i, block] of plan.blocks.entries()) {
    for (const part of ['tasks', 'agents', 'seeds']) if (!Array.isArray(block?.[part]) || block[part].length === 0) throw new Error(tr`block ${i} of the plan names no ${part}`);
    const { settings = [{}], steps = 0 } = block;
    if (!Array.isArray(settings) || settings.length === 0 || settings.some((setting) => typeof setting !== 'object' || setting === null)) throw new Error(tr`block ${i} of the plan names no settings`);
    if (!isCount(steps) || steps > MOST_STEPS) throw new Error(tr`block ${i} of the plan has steps that are no whole number up to ${count(MOST_STEPS)}`);
    for (const task of block.tasks) {
      if (task === 'custom' || !catalog.tasks.some(({ name }) => name === task)) throw new Error(tr`block ${i} of the plan names the task ${quoted(String(task))}, which this page does not know`);
      for (const setting of settings) {
        const { name = '', preset = 'browser', config = {} } = setting;
        if (typeof name !== 'string' || !catalog.presets.some(({ id }) => id === preset)) throw new Error(tr`block ${i} of the plan has the preset ${quoted(preset)}; this page knows ${catalog.presets.map(({ id }) => id).join(', ')}`);
        if (!isConfig(config)) throw new Error(tr`block ${i} of the plan has settings that are none of a training`);
        for (const algorithm of block.agents) {
          if (!catalog.agents.some(({ name: known }) => known === algorithm)) throw new Error(tr`block ${i} of the plan names the agent ${quoted(String(algorithm))}, which this page does not know`);
          for (const seed of block.seeds) {
            if (!isCount(seed)) throw new Error(tr`block ${i} of the plan has a seed that is no whole number`);
            runs.push({ task, algorithm, seed, steps, preset, config, name });
            if (runs.length > MOST_RUNS) throw new Error(tr`the plan has more than ${MOST_RUNS} runs`);
          }
        }
      }
    }
  }
  return runs;
}

/** MOST_RUNS that are put into the queue at once. */
export const MOST_RUNS = 1000;
/** MOST_STEPS of a run in the queue. */
export const MOST_STEPS = 1e8;

/**
 * stepsOf reads steps as they are typed, in decimal digits with commas or spaces between thousands: 0 where nothing is typed, undefined
 * where that is no number of steps.
 * @param {string} text
 */
export function stepsOf(text) {
  const steps = /^(\d{0,9}|\d{1,3}([,\s]\d{3}){1,2})$/.test(text.trim()) ? +text.replaceAll(/\D/g, '') : NaN;
  return steps <= MOST_STEPS ? steps : undefined;
}

// ---- sweeps ---------------------------------------------------------------------------------------------

/**
 * variantsOf reads "gamma = 0.95, 0.99; batch = 64, 256" into all combinations of the values; hidden layers are written 64.64.
 * @param {string} text
 * @param {Record<string, Field>} fields
 * @returns {Values[]}
 */
export function variantsOf(text, fields) {
  /** @type {Values[]} */
  let variants = [{}];
  for (const part of text.split(';').map((p) => p.trim()).filter(Boolean)) {
    const [name, list, ...rest] = part.split('=').map((p) => p.trim());
    if (!list || rest.length > 0) throw new Error(tr`${quoted(part)} is no setting with values: write name = value, value`);
    const field = Object.hasOwn(fields, nameOf(name)) ? fields[nameOf(name)] : undefined;
    if (!field) throw new Error(tr`${quoted(name)} is no setting of a training`);
    const values = list.split(',').map((value) => {
      const taken = read(field, value);
      if (taken === undefined) throw new Error(tr`${name} cannot be ${quoted(value.trim())}: it wants ${field.kind === 'ints' ? tr('whole numbers with dots between') : rangeOf(field)}`);
      return taken;
    });
    variants = variants.flatMap((variant) => values.map((value) => ({ ...variant, [nameOf(name)]: value })));
    if (variants.length > MOST_RUNS) throw new Error(tr`these are more than ${MOST_RUNS} settings`);
  }
  return variants;
}

// ---- files ----------------------------------------------------------------------------------------------

/**
 * csvOf writes series as rows: run, task, agent, seed, x, y.
 * @param {{run: KeptRun, series: Series}[]} list
 * @param {string} xName
 * @param {string} yName
 */
export function csvOf(list, xName, yName) {
  const lines = [['run', 'task', 'agent', 'seed', xName, yName].map(cell).join(',')];
  for (const { run, series } of list) series.xs.forEach((x, i) => lines.push([titleOf(run), run.task, run.algorithm, run.seed, x, series.ys[i]].map(cell).join(',')));
  return `${lines.join('\n')}\n`;
}

/**
 * jsonOf writes the records of runs as fpmd plot curves and fpmd table read them.
 * @param {KeptRun[]} runs
 */
export const jsonOf = (runs) => `${JSON.stringify(runs.map(({ record }) => record).filter(Boolean), null, 2)}\n`;

// ---- the view of a link ---------------------------------------------------------------------------------

/** @typedef {{task: string, metric: string, x: Axis, group: boolean, by: string, smooth: number, log: boolean}} View task '' is the page's, 'all' every one; by '' is all settings but the seed */

const START = /** @type {View} */ ({ task: '', metric: 'one', x: 'steps', group: true, by: '', smooth: 0, log: false });

/**
 * parseView reads a link's view, or gives undefined where a part is none.
 * @param {string} text
 * @returns {View | undefined}
 */
export function parseView(text) {
  const view = { ...START };
  for (const part of text === '' ? [] : text.split('*')) {
    const [, name, value] = /^([a-z]+)_([-.A-Za-z0-9_]{1,40})$/.exec(part) ?? [];
    if (name === 'task' && (value === 'all' || catalog.tasks.some((t) => t.name === value))) view.task = value;
    else if (name === 'metric' && QUANTITIES.some(({ id }) => id === value)) view.metric = value;
    else if (name === 'x' && Object.hasOwn(AXES, value)) view.x = /** @type {Axis} */ (value);
    else if (name === 'by' && /^[A-Za-z0-9]+$/.test(value)) view.by = value;
    else if ((name === 'group' || name === 'log') && (value === '0' || value === '1')) view[name] = value === '1';
    else if (name === 'smooth' && /^0?\.\d{1,2}$|^0$/.test(value)) view.smooth = +value;
    else return undefined;
  }
  return view;
}

/**
 * viewText writes what differs from the start.
 * @param {View} view
 */
export const viewText = (view) => Object.entries(view).filter(([name, value]) => START[/** @type {keyof View} */ (name)] !== value)
  .map(([name, value]) => `${name}_${typeof value === 'boolean' ? +value : value}`).join('*');

import { choicesOf, decimated, difference, groupsOf, gridOf, keyOf, parseView, planIn, quantityOf, recordsIn, runOfRecord, scoreOf, secondsLeft, seriesOf, smoothed, valueAt, variantsOf, viewText, csvOf, jsonOf } from '../js/experimentdata.js';
import { drawn } from '../js/experimentchart.js';
import { ticks } from '../js/labdraw.js';
import { taskOf } from '../js/tasks.js';
import { planOf } from '../js/experimentcompose.js';
import { equal, holds, test, throws } from './unit.js';

const returns = (/** @type {number} */ mean, episodes = 20) => ({ episodes, mean, std: 1, min: mean - 1, max: mean + 1 });

/** A record as fpmd writes it. */
const record = (seed = 1, config = { gamma: 0.9 }, more = {}) => ({
  command: '', hash: `h${seed}`, options: { task: 'pendulum', algorithm: 'fpmd-m', seed, steps: 100, config },
  record: {
    program: '', go: '', platform: '', lanes: 4, envSteps: 100, totalSteps: 100, updates: 90, seconds: 2,
    curve: [0, 50, 100].map((envSteps) => ({ envSteps, updates: envSteps, seconds: envSteps / 50, oneStep: returns(envSteps * seed), k: 20, manyStep: returns(envSteps * seed + 1) })),
  },
  ...more,
});

const run = (seed = 1, config = { gamma: 0.9 }) => runOfRecord(record(seed, config), 'file');

test('runs that differ in their seed alone are one group, whatever the order of the settings', () => {
  const a = runOfRecord(record(1, /** @type {any} */ ({ gamma: 0.9, batch: 64 })), 'file');
  const b = runOfRecord(record(2, /** @type {any} */ ({ batch: 64, gamma: 0.9 })), 'shipped');
  const c = run(3, { gamma: 0.99 });
  const groups = groupsOf([b, c, a]);
  equal(groups.map((g) => [g.name, g.runs.map(({ seed }) => seed)]), [['FPMD-M, gamma 0.9, batch 64', [1, 2]], ['FPMD-M, gamma 0.99', [3]]]);
  equal(keyOf(a) === keyOf(b), true);
  equal(keyOf(a) === keyOf(c), false);
});

test('the difference of two runs lists what differs and nothing else', () => {
  equal(difference(run(1), run(1)), []);
  equal(difference(run(1, { gamma: 0.9 }), run(2, { gamma: 0.99 })), [['seed', '1', '2'], ['gamma', '0.9', '0.99']]);
});

test('the score is that of fpmd score where there is one, else the last evaluation', () => {
  const scores = [{ k: 1, nfe: 1, bestOf: 1, criticNFE: 0, returns: returns(7), microseconds: 1 }, { k: 20, nfe: 20, bestOf: 1, criticNFE: 0, returns: returns(8), microseconds: 9 }, { k: 20, nfe: 160, bestOf: 8, criticNFE: 16, returns: returns(9), microseconds: 30 }];
  const scored = runOfRecord(record(1, undefined, { scores }), 'file');
  equal([scoreOf(scored, false)?.mean, scoreOf(scored, true)?.mean], [7, 8]);
  equal([scoreOf(run(2), false)?.mean, scoreOf(run(2), true)?.mean], [200, 201]);
  equal(scoreOf({ ...run(1), record: undefined }, false), undefined);
});

test('series come from evaluations and from metrics; what is not a number is left out', () => {
  equal(seriesOf(run(2), quantityOf('one'), 'steps'), { xs: [0, 50, 100], ys: [0, 100, 200] });
  equal(seriesOf(run(2), quantityOf('many'), 'seconds'), { xs: [0, 1, 2], ys: [1, 101, 201] });
  equal(seriesOf(run(2), quantityOf('q'), 'steps', [[10, 20], [NaN, 5]]), { xs: [20], ys: [5] });
  equal(seriesOf(run(2), quantityOf('q'), 'steps'), { xs: [], ys: [] });
});

test('a line is drawn through its points, to a tenth of a unit', () => {
  const xs = [0, 10, 20, 30];
  const { parts, plot } = drawn({ lines: [{ name: 'a', colour: '#000', xs, ys: [1, NaN, 4, 2] }], xName: '', yName: '', log: false }, 640, 320, null);
  const fine = /** @type {SVGGElement} */ (parts.map((p) => p.querySelector('g')).find(Boolean));
  let [x, y] = [0, 0];
  const points = (fine.querySelector('path')?.getAttribute('d') ?? '').slice(1).split(' ').map(Number).reduce((list, v, i, all) => (i % 2 ? [...list, [(x += all[i - 1]) / 10, (y += v) / 10]] : list), /** @type {number[][]} */ ([]));
  equal(fine.getAttribute('transform'), 'scale(0.1)');
  equal(points.length, 3);
  for (const [i, [at, value]] of [[0, 1], [20, 4], [30, 2]].entries()) {
    holds(Math.abs(points[i][0] - /** @type {import('../js/experimentchart.js').Plot} */ (plot).x(at)) <= 0.051 && Math.abs(points[i][1] - /** @type {import('../js/experimentchart.js').Plot} */ (plot).y(value)) <= 0.051, `${points[i]} for ${at}, ${value}`);
  }
});

test('a line of many points is the area between the lowest and the highest of each column', () => {
  const xs = Array.from({ length: 50_000 }, (_, i) => i);
  const ys = xs.map((i) => Math.sin(i / 5000) + (i === 20_000 ? 5 : 0) - (i === 30_001 ? 5 : 0));
  const { parts, plot } = drawn({ lines: [{ name: 'a', colour: '#000', xs, ys }], xName: '', yName: '', log: false }, 640, 320, null);
  const of = /** @type {import('../js/experimentchart.js').Plot} */ (plot);
  const path = /** @type {SVGPathElement} */ (parts.map((p) => p.querySelector('g path')).find(Boolean));
  const points = (path.getAttribute('d') ?? '').slice(1, -1).split(' ').map(Number);
  let [x, y] = [0, 0];
  /** @type {Map<number, number[]>} */
  const columns = new Map();
  for (let i = 0; i < points.length; i += 2) {
    [x, y] = [x + points[i], y + points[i + 1]];
    columns.set(Math.floor(x / 10), [...columns.get(Math.floor(x / 10)) ?? [], y / 10]);
  }
  holds(columns.size > 540 && columns.size < 570, `${columns.size} columns`);
  const wide = (/** @type {number} */ i) => { const [a, b] = columns.get(Math.floor(of.x(i))) ?? []; return [a, b]; };
  equal([...columns.values()].every((two) => two.length === 2 && two[0] < two[1]), true);
  for (const [i, at, end] of [[20_000, of.y(Math.sin(4) + 5) - 1.1, 0], [30_001, of.y(Math.sin(30_001 / 5000) - 5) + 1.1, 1], [10_000, of.y(Math.sin(2)) - 1.1, 0]]) {
    holds(Math.abs(wide(i)[end] - at) < 1, `${wide(i)} at ${i}: ${at}`);
  }
});

test('what is decimated covers the same pixels: in each column the lowest and the highest stay', () => {
  const xs = Array.from({ length: 100_000 }, (_, i) => i);
  const ys = xs.map((i) => Math.sin(i / 700) + (i % 997 === 0 ? 5 : 0) - (i % 1009 === 0 ? 5 : 0));
  const kept = decimated({ xs, ys }, 0, 99_999, 500);
  holds(kept.xs.length <= 4 * 501, `${kept.xs.length} points`);
  holds(kept.xs.every((x, i) => i === 0 || x > kept.xs[i - 1]), 'in order');
  for (const column of [0, 17, 250, 499]) {
    const of = (/** @type {{xs: number[], ys: number[]}} */ s) => s.ys.filter((_, i) => Math.floor((s.xs[i] * 500) / 99_999) === column);
    equal([Math.min(...of(kept)), Math.max(...of(kept))], [Math.min(...of({ xs, ys })), Math.max(...of({ xs, ys }))], `column ${column}`);
  }
  const part = decimated({ xs: [0, 1, 2, 3, 4], ys: [0, 1, 2, 3, 4] }, 1.5, 2.5, 100);
  equal(part.xs, [1, 2, 3], 'the neighbours outside stay, so that the line reaches the edge');
});

test('to decimate a run of a million steps reads each of its points a few times, whatever the columns', () => {
  const n = 18_000;
  let reads = 0;
  const counting = (/** @type {number[]} */ list) => new Proxy(list, { get: (of, key) => {
    if (/^\d/.test(String(key))) reads++;
    return Reflect.get(of, key);
  } });
  const xs = Array.from({ length: n }, (_, i) => i * 55), ys = xs.map((_, i) => Math.sin(i));
  for (const columns of [10, 700, 4000]) {
    reads = 0;
    decimated({ xs: counting(xs), ys: counting(ys) }, 0, 1e6, columns);
    holds(reads <= 6 * n + 20 * columns, `${columns} columns: ${reads} reads of ${n} points`);
  }
});

test('smoothing begins without a bias and changes nothing at 0', () => {
  equal(smoothed([3, 1, 2], 0), [3, 1, 2]);
  equal(smoothed([4, 4, 4], 0.9).map((y) => +y.toFixed(9)), [4, 4, 4]);
  equal(smoothed([0, 2], 0.5), [0, 1 / 0.75]);
});

test('values between points are linear, and there are none outside', () => {
  const series = { xs: [0, 10, 20], ys: [0, 100, 0] };
  equal([valueAt(series, 5), valueAt(series, 10), valueAt(series, 15), valueAt(series, -1), valueAt(series, 21)], [50, 100, 50, undefined, undefined]);
});

test('groups are compared where their runs were evaluated, else at even places', () => {
  equal(gridOf([{ xs: [0, 5], ys: [1, 2] }, { xs: [0, 5], ys: [3, 4] }]), [0, 5]);
  equal(gridOf([{ xs: [0, 5], ys: [1, 2] }, { xs: [0, 6], ys: [3, 4] }], 3), [0, 3, 6]);
  equal(gridOf([{ xs: [], ys: [] }]), []);
});

test('records are read one or many, and what is none is refused with the cause', async () => {
  equal(recordsIn(JSON.stringify(record())).length, 1);
  equal(recordsIn(JSON.stringify([record(1), record(2)])).map(({ seed }) => seed), [1, 2]);
  for (const [text, cause] of /** @type {[string, RegExp][]} */ ([
    ['{', /not JSON/], ['[]', /0 records/], ['{}', /no options and no record/], ['null', /no options/],
    [JSON.stringify({ ...record(), options: { task: 'pendulum' } }), /no task, agent, seed and steps/],
    [JSON.stringify({ ...record(), record: { envSteps: 1, curve: [{ envSteps: 'x' }] } }), /evaluations is none/],
    [JSON.stringify({ ...record(), scores: [{}] }), /scores is none/],
    [JSON.stringify({ ...record(), record: { envSteps: -1 } }), /no steps or no curve/],
  ])) await throws(() => recordsIn(text), cause);
  equal(recordsIn(jsonOf([run(1), run(2)])).map(({ seed }) => seed), [1, 2], 'what is written is read again');
});

test('a record of a task that this page does not know stays a record', () => {
  const [old] = recordsIn(JSON.stringify({ ...record(), options: { ...record().options, task: 'gone', algorithm: 'gone-agent' } }));
  equal([old.task, scoreOf(old, false)?.mean], ['gone', 100]);
  equal(groupsOf([old, run(1)]).length, 2);
});

test('a plan lists its runs, and names what this page does not know', async () => {
  const plan = { name: 'p', blocks: [{ tasks: ['pendulum'], agents: ['fpmd-m', 'sac'], settings: [{ name: 'base' }, { name: 'held', config: { gamma: 0.9 } }], seeds: [1, 2], steps: 100 }] };
  equal(planIn(plan).map(({ algorithm, seed, name }) => `${name} ${algorithm} ${seed}`), ['base fpmd-m 1', 'base fpmd-m 2', 'base sac 1', 'base sac 2', 'held fpmd-m 1', 'held fpmd-m 2', 'held sac 1', 'held sac 2']);
  await throws(() => planIn({ blocks: [{ tasks: ['nothing'], agents: ['sac'], seeds: [1] }] }), /names the task “nothing”/);
  await throws(() => planIn({ blocks: [{ tasks: ['pendulum'], agents: ['sac'] }] }), /names no seeds/);
  await throws(() => planIn({}), /no blocks/);
});

test('settings with several values are all combinations', async () => {
  const fields = { gamma: { kind: 'float', min: 0, max: 1, help: '' }, batch: { kind: 'int', min: 1, max: 1024, help: '' }, hidden: { kind: 'ints', min: 1, max: 512, items: [1, 3], help: '' } };
  equal(variantsOf('', fields), [{}]);
  equal(variantsOf('gamma = 0.9, 0.99; hidden = 64.64', fields), [{ gamma: 0.9, hidden: [64, 64] }, { gamma: 0.99, hidden: [64, 64] }]);
  await throws(() => variantsOf('gamma = 2', fields), /gamma cannot be “2”: it wants a number from 0 to 1/);
  await throws(() => variantsOf('__proto__ = 2', fields), /is no setting/);
  await throws(() => variantsOf('gamma', fields), /write name = value/);
});

test('a view is written as what differs from the start, and read again', () => {
  equal(viewText(/** @type {any} */ (parseView(''))), '');
  const text = 'task_hopper*metric_q*x_seconds*group_0*smooth_0.6*log_1';
  equal(viewText(/** @type {any} */ (parseView(text))), text);
  for (const bad of ['task_nothing', 'metric_toString', 'x___proto__', 'smooth_2', 'group_yes', 'a']) equal(parseView(bad), undefined, bad);
});

test('cells of a CSV that a spreadsheet would take for a formula are text', () => {
  const named = { ...run(1), name: '=1+1' };
  equal(csvOf([{ run: named, series: { xs: [1], ys: [2] } }], 'steps', 'return').split('\n')[1], "'=1+1,pendulum,fpmd-m,1,1,2");
});

test('groups are formed by any setting in which runs differ', () => {
  const [a, b, c, d] = [run(1), run(2), run(3, { gamma: 0.99 }), run(4, /** @type {any} */ ({ gamma: 0.99, batch: 8 }))];
  equal(choicesOf([a, b]).includes('seed'), false);
  equal(choicesOf([a, b, c, d]).sort(), ['batch', 'gamma']);
  equal(groupsOf([c, d], 'gamma').map(({ name, runs }) => [name, runs.length]), [['gamma 0.99', 2]]);
  equal(groupsOf([c, d], 'batch').length, 2);
  equal(parseView('by_gamma')?.by, 'gamma');
  equal(viewText({ .../** @type {import('../js/experimentdata.js').View} */ (parseView('')), by: 'policyDelay' }), 'by_policyDelay');
  equal(parseView('by_a-b'), undefined);
});

test('what a queue takes follows its speed', () => {
  equal(secondsLeft([{ left: 100, rate: 10 }, { left: 100, rate: 10 }], [200]), 20);
  equal(secondsLeft([{ left: 100, rate: 10 }, { left: 900, rate: 10 }], []), 90);
  equal(secondsLeft([{ left: 100, rate: 0 }], [5]), NaN);
});

test('a record of a run that has diverged is read: what is not a number stands in it as fpmd writes it', () => {
  const wild = record();
  Object.assign(wild.record.curve[1].oneStep, { mean: null });
  Object.assign(wild.record.curve[2].oneStep, { mean: '-Infinity' });
  const [got] = recordsIn(JSON.stringify(wild));
  equal(seriesOf(got, quantityOf('one'), 'steps'), { xs: [0], ys: [0] });
  equal(recordsIn(jsonOf([got])).length, 1, 'and what is written of it is read again');
});

test('a hostile record is refused with its cause, in few words', async () => {
  const deep = '['.repeat(1e5) + ']'.repeat(1e5);
  const changed = (/** @type {(r: any) => void} */ change) => { const r = record(); change(r); return JSON.stringify(r); };
  for (const [text, cause] of /** @type {[string, RegExp][]} */ ([
    [JSON.stringify(record()).replace('"gamma":0.9', `"gamma":${deep}`), /nested deeper/],
    [JSON.stringify(record()).replace('"seed":1', '"seed":1,"seed":2'), /the name “seed” twice/],
    [changed((r) => { r.hash = 5; }), /its hash is none/], [changed((r) => { r.hash = '<img src=x onerror=alert(1)>'; }), /its hash is none/], [changed((r) => { r.hash = 'a'.repeat(1e6); }), /its hash is none/],
    [changed((r) => { r.options.task = 'x'.repeat(6e5); }), /no task, agent, seed and steps/], [changed((r) => { r.options.algorithm = 'a\u202eb'; }), /no task, agent, seed and steps/],
    [changed((r) => { r.options.seed = 1e308; }), /no task, agent, seed and steps/], [changed((r) => { r.options.steps = -1; }), /no task, agent, seed and steps/],
    [changed((r) => { r.options.config = 'gamma'; }), /settings that are none/], [changed((r) => { r.options.config = [1]; }), /settings that are none/],
    [changed((r) => { r.options.config.gamma = null; }), /settings that are none/], [changed((r) => { r.options.config.hidden = [8, null]; }), /settings that are none/],
    [changed((r) => { r.options.config = { gamma: { toString: 1 } }; }), /settings that are none/], [changed((r) => { r.options.config = { 'a b': 1 }; }), /settings that are none/],
    [changed((r) => { r.options.config.text = 'x'.repeat(6e5); }), /settings that are none/], [changed((r) => { r.options.config.hidden = Array(1e5).fill(1); }), /settings that are none/],
    [changed((r) => { r.options.config = Object.fromEntries(Array.from({ length: 5000 }, (_, i) => [`s${i}`, i])); }), /settings that are none/],
    [JSON.stringify(record()).replace('"gamma":0.9', '"__proto__":{"polluted":1}'), /settings that are none/],
    [changed((r) => { r.options.model = 'a body'; }), /a body that is none/],
    [changed((r) => { r.record.envSteps = 1e308; }), /no steps or no curve/], [changed((r) => { r.record.curve[1].seconds = -1e308; }), /evaluations is none/],
    [changed((r) => { r.record.curve[1].oneStep.mean = 'x'; }), /evaluations is none/], [changed((r) => { r.record.curve[1].manyStep = []; }), /evaluations is none/],
    [changed((r) => { r.record.curve[1].oneStep.episodes = 1e308; }), /evaluations is none/],
    [JSON.stringify([record(), { ...record(2), hash: 1 }]), /^record 2 of 2: its hash is none/],
    [`[${'null,'.repeat(10_000)}null]`, /it holds 10001 records/],
  ])) {
    await throws(() => recordsIn(text), cause);
    await throws(() => recordsIn(text), /^.{1,200}$/);
  }
  const [odd] = recordsIn(JSON.stringify(record(1, /** @type {any} */ ({ constructor: 1, toString: 'x' }))));
  equal(difference(odd, run(1)), [['constructor', '1', '–'], ['toString', 'x', '–'], ['gamma', '–', '0.9']], 'names of settings are not looked up in what is inherited');
  equal(Object.keys(Object.prototype), []);
});

test('a hostile plan is refused with its cause', async () => {
  const of = (/** @type {object} */ change) => ({ blocks: [{ tasks: ['pendulum'], agents: ['sac'], seeds: [1], ...change }] });
  for (const [change, cause] of /** @type {[object, RegExp][]} */ ([
    [{ settings: {} }, /names no settings/], [{ settings: [] }, /names no settings/], [{ settings: [{ config: 'x' }] }, /settings that are none/], [{ settings: [{ config: { gamma: {} } }] }, /settings that are none/],
    [{ settings: [{ preset: '__proto__' }] }, /the preset “__proto__”; this page knows browser/], [{ settings: [{ name: {} }] }, /the preset/],
    [{ steps: 1e308 }, /steps that are no whole number up to 100,000,000/], [{ steps: -1 }, /steps that are no/], [{ steps: '7' }, /steps that are no/],
    [{ seeds: [1e308] }, /a seed that is no whole number/], [{ tasks: ['custom'] }, /names the task “custom”/], [{ seeds: Array.from({ length: 2000 }, (_, i) => i) }, /more than 1000 runs/],
  ])) await throws(() => planIn(of(change)), cause);
  await throws(() => planIn(of({ settings: [null] })), /names no settings/);
  await throws(() => planIn(of({ settings: [{ config: { gamma: null } }] })), /settings that are none/);
  const info = /** @type {TaskInfo} */ (taskOf('pendulum'));
  await throws(() => planOf(info, 'sac', 1, 0, 'browser', { gamma: 2 }), /gamma cannot be “2”: it wants a number from 0 to 0\.9999/);
  await throws(() => planOf(info, 'sac', 1, 0, 'browser', /** @type {any} */ ({ batch: [1, 2] })), /batch cannot be/);
  await throws(() => planOf(info, 'sac', 1, 0, 'browser', { constructor: /** @type {any} */ (1) }), /has no setting constructor/);
  equal(planOf(info, 'sac', 1, 0, 'browser', { gamma: 0.5 }).request.config?.gamma, 0.5);
});

test('no series keeps a chart from being drawn to its end', () => {
  const xs = Array.from({ length: 1000 }, (_, i) => (i - 500) * 3e305); // their span is no number
  equal(decimated({ xs, ys: xs }, xs[0], xs[999], 50).xs.length > 0, true);
  equal(ticks(1e300, 1e300 * (1 + 1e-15), 5).length < 60, true);
  for (const [low, high] of [[NaN, 1], [0, Infinity], [-1e308, 1e308], [1e16, 1e16 + 2]]) holds(ticks(low, high, 5).length < 60, `${low} ${high}`);
  equal(ticks(0, 10, 5), [0, 2, 4, 6, 8, 10]);
  const line = { name: 'a', colour: 'red', xs: [0, 1, 2, 3], ys: [1e308, -1e308, 1, 2] };
  for (const log of [false, true]) {
    const { parts, plot } = drawn({ lines: [line], xName: 'x', yName: 'y', log }, 640, 320, null);
    holds(plot && Number.isFinite(plot.y(1)), 'what an axis can hold is drawn');
    holds(!parts.some((part) => part.outerHTML.includes('NaN')), 'and nothing is drawn at no place');
  }
});

test('to group many runs of different settings each is read a few times, however many there are', () => {
  let reads = 0;
  const runs = Array.from({ length: 500 }, (_, i) => {
    const one = runOfRecord({ ...record(i, { gamma: i / 500 }), hash: `h${i}` }, 'file');
    const { config } = /** @type {any} */ (one.record).options;
    Object.defineProperty(one.record?.options, 'config', { get: () => { reads++; return config; } });
    return one;
  });
  equal(groupsOf(runs).length, 500);
  equal(choicesOf(runs), ['gamma']);
  holds(reads <= 5 * 500, `${reads} reads of 500 runs`);
});

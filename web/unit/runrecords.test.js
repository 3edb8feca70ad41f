import { Client } from '../js/client.js';
import { Database, Shelf } from '../js/database.js';
import { Metric, NumMetrics, Type, message } from '../js/protocol.js';
import { Recorder } from '../js/recorder.js';
import { RunRecords, joined, newRun, outlined, thinned } from '../js/runrecords.js';
import { Stored } from '../js/saves.js';
import { equal, holds, test } from './unit.js';

const forget = () => new Promise((resolve) => {
  const request = indexedDB.deleteDatabase('onestep');
  request.onsuccess = request.onerror = request.onblocked = resolve;
});

const row = (/** @type {number} */ envSteps, value = 0) => {
  const one = new Float64Array(NumMetrics);
  one[Metric.EnvSteps] = envSteps;
  one[Metric.QMean] = value;
  return one;
};
const request = { task: 'pendulum', algorithm: 'fpmd-m', seed: 1, steps: 100 };

test('a database of saves alone is carried over: its runs are in the list, and its saves are still there', async () => {
  await forget();
  await new Promise((resolve, reject) => {
    const old = indexedDB.open('onestep', 1);
    old.onupgradeneeded = () => {
      old.result.createObjectStore('runs', { keyPath: 'id' });
      old.result.createObjectStore('states');
      old.result.createObjectStore('blocks');
    };
    old.onerror = () => reject(old.error);
    old.onsuccess = () => {
      const write = old.result.transaction(['runs', 'states', 'blocks'], 'readwrite');
      write.objectStore('runs').put({ id: 'a', format: 2, at: 5, page: { seed: 7 }, oldest: 0, slot: 0, info: { task: 'pendulum', algorithm: 'sac', seed: 7, envSteps: 40, totalSteps: 100 } });
      write.objectStore('runs').put({ id: 'broken', at: 1 });
      write.objectStore('states').put({ bytes: Uint8Array.of(1, 2).buffer }, ['a', 0]);
      write.objectStore('blocks').put({ bytes: new ArrayBuffer(16) }, ['a', 0]);
      write.oncomplete = () => { old.result.close(); resolve(undefined); };
    };
  });
  const records = new RunRecords();
  await records.loaded;
  equal(records.all.map(({ id, algorithm, seed, steps, envSteps, state }) => [id, algorithm, seed, steps, envSteps, state]), [['a', 'sac', 7, 100, 40, 'paused']]);
  const saves = new Stored(indexedDB);
  const meta = await saves.find('a');
  equal([...new Uint8Array((await saves.read(/** @type {Meta} */ (meta))).state)], [1, 2]);
});

test('a run outlives the page with its numbers and moments, until it is deleted and the time to undo has passed', async () => {
  await forget();
  const records = new RunRecords();
  await records.loaded;
  const run = newRun('queue', request, 100);
  await records.add(run);
  await records.measured(run.id, row(10, 1));
  await records.measured(run.id, row(20, 2));
  await records.filmed(run.id, 0, Uint8Array.of(1).buffer);
  await records.filmed(run.id, 50, Uint8Array.of(2).buffer);
  await records.patch(run.id, { state: 'done', envSteps: 100 });
  const again = new RunRecords();
  await again.loaded;
  equal(again.all.map(({ id, state, envSteps }) => [id, state, envSteps]), [[run.id, 'done', 100]]);
  const rows = await again.metrics(run.id, [Metric.QMean, Metric.EnvSteps]);
  equal(rows.map((column) => [...column]), [[1, 2], [10, 20]]);
  equal(await again.film(run.id), [0, 50]);
  equal([...new Uint8Array(/** @type {ArrayBuffer} */ (await again.moment(run.id, 50)))], [2]);
  equal(await again.weight(run.id), 2 + 16 * NumMetrics);
  await again.pack(run.id);
  await again.measured(run.id, row(15, 3)); // steps that are taken again
  await again.measured(run.id, row(25, 4));
  equal((await new Shelf(new Database(indexedDB)).columns('metrics', run.id, [])).parts.length, 2);
  await again.pack(run.id);
  await again.pack(run.id);
  const shelf = new Shelf(new Database(indexedDB));
  equal([(await shelf.columns('metrics', run.id, [])).parts.length, (await shelf.allOf('metrics', run.id)).length], [0, NumMetrics]);
  equal((await again.metrics(run.id, [Metric.EnvSteps, Metric.QMean])).map((column) => [...column]), [[10, 15, 25], [1, 3, 4]]);
  await again.measured(run.id, row(20, 5)); // taken again behind what was packed
  equal((await again.metrics(run.id, [Metric.QMean])).map((column) => [...column]), [[1, 3, 5]]);
  await again.delete(run.id);
  equal(again.all.length, 0);
  await again.restore(run.id);
  equal(again.all.length, 1);
  await again.patch(run.id, { deleted: Date.now() - 3600_000 });
  const later = new RunRecords();
  await later.loaded;
  equal([later.all.length, (await later.film(run.id)).length, (await new Shelf(new Database(indexedDB)).allOf('metrics', run.id)).length], [0, 0, 0]);
});

test('a deleted run goes from an open page too, once the time to undo has passed', async () => {
  await forget();
  const records = new RunRecords(50);
  await records.loaded;
  const run = newRun('queue', request, 100);
  await records.add(run);
  const other = newRun('playground', request, 100); // trains, in a browser that knows no locks
  await records.add({ ...other, state: 'running' });
  await records.measured(run.id, row(10, 1));
  await records.delete(run.id);
  equal([records.find(run.id)?.id, (await records.metrics(run.id, [Metric.QMean]))[0].length], [run.id, 1]);
  await new Promise((gone) => { records.changed.add(() => records.find(run.id) ?? gone(0)); });
  equal([(await records.metrics(run.id, [Metric.QMean]))[0].length, records.find(other.id)?.state], [0, 'running']);
});

test('two tabs change a run, and neither takes back what the other has changed', async () => {
  await forget();
  const one = new RunRecords();
  await one.loaded;
  const run = newRun('queue', request, 100);
  await one.add(run);
  const other = new RunRecords();
  await other.loaded;
  await other.patch(run.id, { name: 'mine' });
  await one.patch(run.id, { state: 'running' });
  const third = new RunRecords();
  await third.loaded;
  equal([third.find(run.id)?.name, third.find(run.id)?.state], ['mine', 'running']);
});

test('what another tab has changed is read, and a change of this page that is made meanwhile stays', async () => {
  await forget();
  const one = new RunRecords();
  await one.loaded;
  const run = newRun('queue', request, 100);
  await one.add(run);
  const { getAll } = IDBObjectStore.prototype;
  const changed = new Promise((resolve) => {
    IDBObjectStore.prototype.getAll = function (/** @type {IDBKeyRange} */ range) { // the list is being read
      IDBObjectStore.prototype.getAll = getAll;
      const reading = getAll.call(this, range);
      resolve(one.patch(run.id, { state: 'running' }));
      return reading;
    };
  });
  const tab = new BroadcastChannel('onestep runs');
  tab.postMessage('changed');
  await changed;
  tab.close();
  equal(one.find(run.id)?.state, 'running');
  await one.patch(run.id, { name: 'mine' });
  equal([one.find(run.id)?.state, one.find(run.id)?.name], ['running', 'mine']);
});

for (const [what, name, kept] of /** @type {const} */ ([['is full', 'QuotaExceededError', true], ['refuses', 'UnknownError', false]])) {
  test(`a storage that ${what} takes no run from the page`, async () => {
    await forget();
    const records = new RunRecords();
    await records.loaded;
    const before = newRun('queue', request, 100);
    await records.add(before);
    const { update } = Shelf.prototype;
    const run = newRun('queue', request, 200);
    try {
      Shelf.prototype.update = () => Promise.reject(new DOMException('no', name));
      await records.add(run);
      await records.patch(before.id, { name: 'mine' });
    } finally {
      Shelf.prototype.update = update;
    }
    const read = new Promise((resolve) => { records.changed.add(() => resolve(0)); });
    const tab = new BroadcastChannel('onestep runs');
    tab.postMessage('changed');
    await read;
    tab.close();
    equal([records.find(run.id)?.steps, records.find(before.id)?.name, records.kept], [200, 'mine', kept]);
    await records.patch(run.id, { state: 'done' });
    equal([records.find(run.id)?.steps, records.find(run.id)?.state], [200, 'done']);
    const again = new RunRecords();
    await again.loaded;
    equal(again.find(run.id)?.state, kept ? 'done' : undefined);
  });
}

test('steps that were taken again count once', () => {
  const of = [Metric.QMean, Metric.EnvSteps, Metric.PolicyLoss];
  const shown = (/** @type {Float64Array[]} */ columns) => columns.map((column) => [...column]);
  equal(shown(joined({ columns: [], parts: [row(10, 1), row(20, 2), row(30, 3), row(20, 5), row(40, 6)] }, of)), [[1, 5, 6], [10, 20, 40], [0, 0, 0]]);
  const columns = [Float64Array.of(1, 2, 3), Float64Array.of(10, 20, 30), undefined]; // an older page knew two quantities
  equal(shown(joined({ columns, parts: [row(20, 5), row(40, 6)] }, of)), [[1, 5, 6], [10, 20, 40], [NaN, 0, 0]]);
  equal(shown(joined({ columns, parts: [row(5, 7)] }, of)), [[7], [5], [0]]);
  equal(shown(joined({ columns, parts: [] }, of)), [[1, 2, 3], [10, 20, 30], [NaN, NaN, NaN]]);
});

test('an outline holds the lowest and the highest number of each stretch, and the ends', () => {
  const steps = Float64Array.from({ length: 12 }, (_, i) => 10 * i);
  const shown = (/** @type {Float64Array[]} */ columns) => columns.map((column) => [...column]);
  equal(shown(outlined(steps, Float64Array.of(NaN, 5, 1, 9, 5, 5, 2, 5, 8, 0, 4, 5), 3)), [[10, 20, 30, 40, 60, 80, 90, 110], [5, 1, 9, 5, 2, 8, 0, 5]]);
  equal(shown(outlined(steps, new Float64Array(12).fill(NaN), 3)), [[], []]); // was never reported
  equal(shown(outlined(steps.subarray(0, 2), Float64Array.of(1, 2), 3)), [[0, 10], [1, 2]]);
});

test('a long run that is packed has outlines, until it goes on, and one that an earlier page has packed gets them', async () => {
  await forget();
  const records = new RunRecords();
  await records.loaded;
  const rows = (/** @type {number} */ from, /** @type {number} */ count) => {
    const all = new Float64Array(count * NumMetrics);
    for (let i = 0; i < count; i++) all.set(row(from + i, i === 777 ? 50 : i % 7), i * NumMetrics);
    return all;
  };
  await records.measured('long', rows(0, 10_000));
  await records.measured('short', rows(0, 100));
  const outlines = () => records.outlines(['short', 'long', 'none'], Metric.QMean);
  equal((await outlines()).map(Boolean), [false, false, false]);
  await records.pack('long');
  await records.pack('short');
  const [short, long, none] = await outlines();
  equal([short, none], [undefined, undefined]);
  const [steps, values] = /** @type {Float64Array[]} */ (long);
  holds(steps.length < 2000 && steps.every((step, i) => i === 0 || step > steps[i - 1]), `${steps.length} steps`);
  equal([steps[0], steps.at(-1), Math.min(...values), values[steps.indexOf(777)]], [0, 9999, 0, 50]);
  equal((await records.metrics('long', [Metric.QMean]))[0].length, 10_000); // every row is there still
  await records.measured('long', rows(5, 100)); // it goes on from an earlier step
  equal((await outlines()).map(Boolean), [false, false, false]);
  await records.pack('long');
  equal([(await outlines()).map(Boolean), (await new Shelf(new Database(indexedDB)).allOf('metrics', 'long')).length], [[false, false, false], NumMetrics]);
  const columns = Array.from({ length: NumMetrics }, (_, c) => Float64Array.from({ length: 10_000 }, (__, i) => (c === Metric.EnvSteps ? i : i % 7)));
  const shelf = new Shelf(new Database(indexedDB));
  for (const [c, column] of columns.entries()) await shelf.put('metrics', ['old', -1 - c], column);
  equal(await records.outlines(['old'], Metric.QMean), [undefined]);
  await records.metrics('old', [Metric.QMean]);
  await records.pack('old'); // waits for the one that was begun
  equal([(await records.outlines(['old'], Metric.QMean)).map(Boolean), (await records.metrics('old', [Metric.QMean])).map((column) => [...column])], [[true], [[...columns[Metric.QMean]]]]);
});

test('a film is thinned evenly and keeps its ends', () => {
  equal(thinned([0, 10, 20, 30, 40], 5), []);
  const moments = Array.from({ length: 80 }, (_, i) => i * 10);
  const gone = new Set(thinned(moments, 40));
  const left = moments.filter((m) => !gone.has(m));
  equal([left.length, left[0], left.at(-1)], [40, 0, 790]);
  const gaps = left.slice(1).map((m, i) => m - left[i]);
  holds(Math.max(...gaps) <= 30, `gaps ${gaps}`);
});

test('what a worker reports goes into the record of its run and of no other', async () => {
  await forget();
  const records = new RunRecords();
  await records.loaded;
  const run = newRun('playground', request, 100);
  await records.add(run);
  const client = new Client(() => {});
  const recorder = new Recorder(records);
  recorder.listen(client);
  client.receive(message(Type.Metrics, 0, undefined, [row(5).buffer])); // belongs to no run
  recorder.begin(run.id);
  client.receive(message(Type.Metrics, 0, undefined, [row(10).buffer]));
  client.receive(message(Type.Keyframe, 0, { envSteps: 10 }, [Uint8Array.of(9).buffer]));
  client.receive(message(Type.Recorded, 0, { options: { config: { gamma: 0.9 } }, hash: 'abc', record: { envSteps: 10 } }));
  recorder.state('done', /** @type {RunInfo} */ ({ envSteps: 100, totalSteps: 100, hash: 'def' }));
  recorder.end();
  client.receive(message(Type.Metrics, 0, undefined, [row(20).buffer]));
  const again = new RunRecords();
  await again.loaded;
  const kept = again.find(run.id);
  equal([kept?.state, kept?.envSteps, kept?.hash, kept?.config?.gamma], ['done', 100, 'def', 0.9]);
  equal([(await again.metrics(run.id, [Metric.QMean]))[0].length, await again.film(run.id)], [1, [10]]);
});

test('without storage runs are kept in memory', async () => {
  const { Memory } = await import('../js/database.js');
  const memory = new Memory();
  await memory.update('records', 'a', () => ({ id: 'a' }));
  await memory.put('films', ['a', 20], 2);
  await memory.put('films', ['a', 10], 1);
  equal([await memory.numbersOf('films', 'a'), await memory.allOf('films', 'a'), await memory.all('records')], [[10, 20], [1, 2], [{ id: 'a' }]]);
  await memory.remove('a');
  equal([await memory.numbersOf('films', 'a'), await memory.all('records')], [[], []]);
});

import { Database, Shelf } from '../js/database.js';
import { RunRecords, newRun } from '../js/runrecords.js';
import { equal, test } from './unit.js';

test('a list that is in order is read once, and one that is not again', async () => {
  const shelf = new Shelf(new Database(indexedDB));
  const run = newRun('playground', { task: 'pendulum', algorithm: 'fpmd-m', seed: 1, steps: 100 }, 100);
  const stored = (/** @type {import('../js/runrecords.js').RunState} */ state) => shelf.update('records', run.id, () => ({ ...run, state }));
  const { getAll } = IDBObjectStore.prototype;
  let read = 0;
  IDBObjectStore.prototype.getAll = function (/** @type {IDBKeyRange} */ query, /** @type {number} */ count) {
    if (this.name === 'records') read++;
    return getAll.call(this, query, count);
  };
  await stored('queued');
  const one = new RunRecords();
  await one.listed;
  equal([read, one.find(run.id)?.state], [1, 'queued']);
  await one.loaded;
  equal(read, 1);
  await stored('running'); // in a tab that is gone
  const other = new RunRecords();
  await other.listed;
  equal([read, other.find(run.id)?.state], [2, 'running']);
  await other.loaded;
  equal([read, other.find(run.id)?.state], [3, 'paused']);
  IDBObjectStore.prototype.getAll = getAll;
});

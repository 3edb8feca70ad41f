import { Shelf } from '../js/database.js';
import { Queue } from '../js/queue.js';
import { RunRecords, newRun } from '../js/runrecords.js';
import { equal, holds, test } from './unit.js';

const request = { task: 'pendulum', algorithm: 'fpmd-m', seed: 1, steps: 100 };
const silent = /** @type {any} */ ({ error: () => {}, say: () => {} });
/** Programs that cannot be fetched: a worker never starts. */
const unreachable = /** @type {any} */ ({ get: () => Promise.reject(new Error('the network is down')) });

const forget = () => new Promise((resolve) => {
  const database = indexedDB.deleteDatabase('onestep');
  database.onsuccess = database.onerror = database.onblocked = resolve;
});

/**
 * @param {() => unknown} condition
 * @param {string} what
 */
async function until(condition, what) {
  for (let i = 0; i < 500 && !condition(); i++) await new Promise((resolve) => { setTimeout(resolve, 10); });
  holds(condition(), what);
}

test('a run whose worker does not start has failed, with the cause, and the next one is tried', async () => {
  await forget();
  localStorage.removeItem('onestep.queue');
  const records = new RunRecords();
  await records.loaded;
  const queue = new Queue(unreachable, records, silent);
  /** @type {string[]} */
  const finished = [];
  queue.finished.add(({ seed }) => finished.push(String(seed)));
  await queue.add([{ request, steps: 100 }, { request: { ...request, seed: 2 }, steps: 100 }]);
  await until(() => finished.length === 2, 'both runs came to an end');
  for (const { state, cause } of records.all) {
    equal(state, 'failed');
    holds(/the network is down/.test(cause ?? ''), `the cause is told: ${cause}`);
  }
  equal(queue.running.length, 0);
  for (const { id } of records.all) await records.delete(id);
});

// The queue before holds its lock as long as the page, as another tab would.
test('of two tabs one trains, and the other says so and adds to it', async () => {
  const records = new RunRecords();
  await records.loaded;
  const other = new Queue(unreachable, records, silent);
  await other.add([{ request: { ...request, seed: 3 }, steps: 100 }]);
  await until(() => other.elsewhere, 'the queue knows that another tab trains');
  equal(other.running.length, 0);
  equal(other.waiting.map(({ seed }) => seed), [3]);
  for (const { id } of records.all) await records.delete(id);
});

test('a full storage is said once, and the runs stay in the list', async () => {
  await forget();
  const records = new RunRecords();
  await records.loaded;
  /** @type {string[]} */
  const said = [];
  records.trouble.add((text) => said.push(text));
  const { update } = Shelf.prototype;
  Shelf.prototype.update = () => Promise.reject(new DOMException('full', 'QuotaExceededError'));
  try {
    await records.add(newRun('queue', request, 100));
    await records.add(newRun('queue', { ...request, seed: 2 }, 100));
  } finally {
    Shelf.prototype.update = update;
  }
  equal(said.length, 1);
  holds(/storage is full/.test(said[0]) && /Delete runs, or export them/.test(said[0]), said[0]);
  equal(records.all.map(({ seed }) => seed).sort(), [1, 2]);
});

import { Shelf } from '../js/database.js';
import { Queue } from '../js/queue.js';
import { Type, message } from '../js/protocol.js';
import { RunRecords, newRun } from '../js/runrecords.js';
import { equal, holds, test } from './unit.js';

const request = { task: 'pendulum', algorithm: 'fpmd-m', seed: 1, steps: 100 };
const silent = /** @type {any} */ ({ error: () => {}, say: () => {} });
/** Programs that cannot be fetched: a worker never starts. */
const unreachable = /** @type {any} */ ({ get: () => Promise.reject(new Error('the network is down')) });

/**
 * A program in the queue's real workers that speaks the protocol by a few lines of JavaScript: act(request, say, life) is
 * called for each message with its number of lives before, and say(type, body) answers. told lists the types that came.
 * @param {string} act the text of a function
 */
function spoken(act) {
  let lives = 0;
  /** @type {number[]} */
  const told = [];
  const channel = new BroadcastChannel(`told ${act}`);
  channel.onmessage = ({ data }) => told.push(data);
  const module = new WebAssembly.Module(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0));
  const script = (/** @type {number} */ life) => `self.Go = class {
    importObject = {};
    run() {
      return new Promise((resolve, reject) => {
        const told = new BroadcastChannel(${JSON.stringify(`told ${act}`)});
        self.onmessage = ({ data: { type, id, body } }) => {
          told.postMessage(type);
          const say = (type, body, to = id) => self.postMessage({ ...${JSON.stringify(message(Type.WorkerReady))}, type, id: to, body: JSON.stringify(body) });
          try { (${act})({ type, body: body ? JSON.parse(body) : {} }, say, ${life}); } catch (error) { reject(error); }
        };
        self.postMessage(${JSON.stringify(message(Type.WorkerReady, 0, {}))});
      });
    }
  };`;
  return { told, get: async () => ({ module, wasmExec: URL.createObjectURL(new Blob([script(lives++)], { type: 'text/javascript' })) }) };
}
const info = { task: 'pendulum', algorithm: 'fpmd-m', seed: 1, envSteps: 0, totalSteps: 100, updates: 0, seconds: 0, hash: '' };
const types = JSON.stringify({ Train: Type.Train, Started: Type.Started, Finished: Type.Finished, SaveNow: Type.SaveNow, WorkerError: Type.WorkerError });

/** The page's one queue with a lock: its programs are those of the test. @type {{get: () => Promise<any>}} */
let programs = unreachable;
/** @type {RunRecords} */
let kept;
/** @type {Queue} */
let owner;

/**
 * ended puts a run into the page's queue and resolves with it once it has come to an end.
 * @param {{get: () => Promise<any>}} by
 * @param {Partial<TrainRequest>} [of]
 */
async function ended(by, of) {
  programs = by;
  await owner.add([{ request: { ...request, ...of }, steps: 100 }]);
  const { id } = kept.all[0];
  await until(() => ['done', 'failed'].includes(kept.find(id)?.state ?? ''), 'the run came to an end');
  const run = kept.find(id);
  await kept.delete(id);
  return run;
}

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
  const queue = new Queue(/** @type {any} */ ({ get: () => programs.get() }), records, silent);
  [kept, owner] = [records, queue];
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

test('a run whose worker is lost in mid-run goes on in another', async () => {
  const run = await ended(spoken(`({ type }, say, life) => {
    const T = ${types};
    if (type !== T.Train) return;
    say(T.Started, ${JSON.stringify(info)});
    if (life === 0) throw new Error('out of memory');
    say(T.Finished, ${JSON.stringify({ ...info, envSteps: 100, hash: 'abc' })}, 0);
  }`));
  equal([run?.state, run?.cause, run?.hash, run?.envSteps], ['done', undefined, 'abc', 100]);
});

test('a run whose worker is lost again and again without getting further has failed, with the cause', async () => {
  const run = await ended(spoken(`({ type }, say) => {
    const T = ${types};
    if (type !== T.Train) return;
    say(T.Started, ${JSON.stringify(info)});
    throw new Error('out of memory');
  }`));
  equal(run?.state, 'failed');
  holds(/^its worker was lost 3 times without getting further: .*out of memory/.test(run?.cause ?? ''), `the cause is told: ${run?.cause}`);
  equal(owner.running.length, 0);
});

test('a run of a task that this page no longer has fails with the program’s words', async () => {
  const run = await ended(spoken(`({ type, body }, say) => {
    const T = ${types};
    if (type === T.Train) say(T.WorkerError, { code: 'bad-request', message: 'no task is named "' + body.task + '"' });
  }`), { task: 'a_task_that_went' });
  equal([run?.state, run?.cause], ['failed', 'no task is named "a_task_that_went"']);
});

test('a tab that is hidden asks for a save, and its run goes on', async () => {
  const hidden = spoken(`({ type }, say) => {
    const T = ${types};
    if (type === T.Train) say(T.Started, ${JSON.stringify(info)});
    if (type === T.SaveNow) say(T.Finished, ${JSON.stringify({ ...info, envSteps: 100 })}, 0);
  }`);
  const run = ended(hidden);
  await until(() => owner.running.length === 1 && owner.running[0].run.state === 'running' || kept.all[0]?.state === 'running', 'the run is at work');
  Object.defineProperty(document, 'hidden', { value: true, configurable: true });
  try {
    document.dispatchEvent(new Event('visibilitychange'));
    equal((await run)?.state, 'done');
    holds(hidden.told.includes(Type.SaveNow), 'a save was asked for');
  } finally {
    Reflect.deleteProperty(document, 'hidden');
  }
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

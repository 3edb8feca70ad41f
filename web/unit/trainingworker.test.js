// The watch over a worker that trains: one that hangs is replaced within five seconds, and one that is only slow keeps its work.

import { TrainingWorker } from '../js/trainingworker.js';
import { Type, message } from '../js/protocol.js';
import { equal, holds, test } from './unit.js';

/** A worker that says what it is told to. */
class Fake extends EventTarget {
  /** @type {Fake[]} */
  static all = [];
  /** @type {any[]} */
  posted = [];
  terminated = false;
  constructor() {
    super();
    Fake.all.push(this);
  }
  /** @param {any} envelope */
  postMessage(envelope) { this.posted.push(envelope); }
  terminate() { this.terminated = true; }
  /** @param {Envelope} envelope */
  say(envelope) { this.dispatchEvent(new MessageEvent('message', { data: envelope })); }
  /** asked counts how often it was asked whether it lives. */
  get asked() { return this.posted.filter(({ type }) => type === Type.Continue).length; }
}

/** A watched worker at work, whose seconds pass when they are told to. */
async function watched() {
  const real = { Worker: globalThis.Worker, setInterval: globalThis.setInterval, now: performance.now };
  let clock = 0, tick = () => {};
  globalThis.Worker = /** @type {any} */ (Fake);
  globalThis.setInterval = /** @type {any} */ ((/** @type {() => void} */ f) => { tick = f; return 1; });
  performance.now = () => clock;
  Fake.all.length = 0;
  /** @type {string[]} */
  const losses = [];
  const worker = new TrainingWorker(/** @type {any} */ ({ get: async () => ({}) }), { listen() {}, talking: () => true, dead: (reason) => losses.push(reason) });
  const ready = worker.start();
  Fake.all[0].say(message(Type.WorkerReady, 0, {}));
  await ready;
  return {
    losses,
    get now() { return /** @type {Fake} */ (Fake.all.at(-1)); },
    /** @param {number} n @param {number} [each] ms */
    seconds(n, each = 1000) {
      for (let i = 0; i < n; i++) {
        clock += each;
        tick();
      }
    },
    end() {
      worker.end();
      Object.assign(globalThis, { Worker: real.Worker, setInterval: real.setInterval });
      performance.now = real.now;
    },
  };
}

test('a worker that hangs is asked after two seconds and replaced after four', async () => {
  const w = await watched();
  const hung = w.now;
  hung.say(message(Type.Metrics));
  w.seconds(1);
  equal(hung.asked, 0);
  w.seconds(2);
  equal(hung.asked, 1, 'asked');
  w.seconds(1);
  equal([w.losses.length, hung.terminated], [0, false], 'it still has a second');
  w.seconds(1);
  equal([w.losses, hung.terminated, w.now === hung], [['it was silent for 4 seconds'], true, false]);
  w.end();
});

test('a page that was held says nothing about its worker', async () => {
  const w = await watched();
  w.seconds(20, 3000);
  equal(w.losses, []);
  w.end();
});

test('a worker that answers slowly is given more time than it has needed', async () => {
  const w = await watched();
  w.seconds(1);
  w.seconds(3); // its answer takes more than a second
  w.now.say(message(Type.Metrics));
  w.seconds(1);
  w.seconds(5);
  equal(w.losses, [], 'five seconds');
  w.seconds(1);
  equal(w.losses, ['it was silent for 6 seconds']);
  w.end();
});

test('the worker that takes the place of a silent one has twice the time, up to a minute', async () => {
  const w = await watched();
  w.seconds(5);
  equal(w.losses.length, 1);
  for (const limit of [8, 16, 32, 60, 60]) {
    const next = w.now;
    next.say(message(Type.WorkerReady, 0, {}));
    await Promise.resolve();
    w.seconds(1);
    w.seconds(limit - 1);
    holds(!next.terminated, `sound for ${limit - 1} s`);
    w.seconds(1);
    equal(w.losses.at(-1), `it was silent for ${limit} seconds`);
  }
  w.end();
});

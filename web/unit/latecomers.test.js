// Answers that come late: what a person chose in the meantime stands.

import { Body } from '../js/body.js';
import { Weights } from '../js/weights.js';
import { Imports } from '../js/imports.js';
import { byID } from '../js/dom.js';
import { Lab } from '../js/lab.js';
import { parseLab, startOf, textOf } from '../js/labstate.js';
import { Lanes } from '../js/lanes.js';
import { Training } from '../js/training.js';
import { Store, initial } from '../js/state.js';
import { NumLabRow, Type, message } from '../js/protocol.js';
import { Refusal } from '../js/client.js';
import { equal, holds, test, throws } from './unit.js';

/** A stage, or a worker, whose answers are held back until they are given. */
class Held {
  /** @type {{type: number, body: any, answer: (body: unknown) => void, refuse: (cause: string) => void}[]} */
  asked = [];
  /** @type {any[]} */
  told = [];
  isReady = true;
  heard = 0;
  ready = { add() {} };
  on() {}
  /** @param {any[]} args */
  tell(...args) { this.told.push(args); }
  /**
   * @param {number} type
   * @param {unknown} [body]
   * @returns {Promise<any>}
   */
  request(type, body) {
    return new Promise((resolve, reject) => {
      this.asked.push({ type, body, answer: (b) => resolve({ body: b, data: [] }), refuse: (message) => reject(new Refusal({ code: 'bad-file', message })) });
    });
  }
}

const messages = /** @type {any} */ ({ said: [], error(/** @type {string} */ text) { this.said.push(text); }, say(/** @type {string} */ text) { this.said.push(text); } });
const settled = () => new Promise((done) => setTimeout(done, 0));

/** @param {Partial<State>} [state] */
function page(state) {
  const stage = /** @type {any} */ (new Held());
  const store = new Store({ ...initial(), task: 'pendulum', ...state });
  const body = new Body(store, stage, messages);
  const weights = new Weights(stage, () => {});
  body.changed.add(() => weights.clear());
  messages.said.length = 0;
  return { stage: /** @type {Held} */ (stage), store, body, weights };
}

const model = (/** @type {string} */ name) => ({ name, files: { [name]: '<mujoco/>' } });

test('a task that is chosen while the stage judges a person’s body stands', async () => {
  const { stage, store, body } = page();
  const shown = body.showOwn(model('a.xml'));
  store.set({ task: 'hopper' });
  stage.asked[0].answer({});
  await throws(() => shown, /chosen meanwhile/);
  equal([store.state.task, body.own], ['hopper', null]);
  equal(stage.told.at(-1)[1].task, 'hopper', 'and the stage has it');
});

test('of two bodies that are judged the newest is shown', async () => {
  const { stage, store, body } = page();
  const [first, second] = [body.showOwn(model('a.xml')), body.showOwn(model('b.xml'))];
  stage.asked[0].answer({});
  stage.asked[1].answer({});
  await throws(() => first, /chosen meanwhile/);
  await second;
  equal([store.state.task, body.own?.name], ['custom', 'b.xml']);
});

test('a reward that is judged late is not put upon another task', async () => {
  const { stage, store, body } = page();
  const paid = body.pay('cos(theta)', '');
  store.set({ task: 'hopper' });
  stage.asked[0].answer({});
  await throws(() => paid, /chosen meanwhile/);
  equal([store.state.task, store.state.pays], ['hopper', '']);
});

test('a file that is judged late is not held as the policy of another task', async () => {
  const { stage, store, weights } = page();
  const tried = weights.tryFile('a.safetensors', new ArrayBuffer(1));
  store.set({ task: 'hopper' });
  stage.asked[0].answer({ algorithm: 'sac' });
  await throws(() => tried, /another body was chosen meanwhile/);
  equal([weights.held.file, weights.shown, weights.wanted], [null, null, 'asset']);
});

test('while a second file is judged, what comes from a training waits, though the first was refused', async () => {
  const { stage, weights } = page();
  const first = weights.tryFile('a.safetensors', new ArrayBuffer(1));
  const second = weights.tryFile('b.safetensors', new ArrayBuffer(2));
  weights.show('training');
  weights.hold('training', 'this training', new ArrayBuffer(3));
  stage.asked[0].refuse('it is none');
  await throws(() => first, /it is none/);
  await settled();
  equal(stage.asked.length, 2, 'the stage was given nothing else');
  stage.asked[1].answer({ algorithm: 'sac' });
  await second;
  equal([weights.shown?.source, weights.wanted], ['file', 'file']);
});

/** A policy file as far as the page reads one. @param {Record<string, unknown>} metadata */
function policyFile(metadata) {
  const header = new TextEncoder().encode(JSON.stringify({ __metadata__: { 'onestep.kind': 'policy', ...metadata } }));
  const bytes = new Uint8Array(8 + header.length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(header.length), true);
  bytes.set(header, 8);
  return bytes;
}

test('a refused policy takes back what it changed, and no choice that was made since', async () => {
  const { stage, store, body, weights } = page({ pays: 'cos(theta)' });
  const imports = new Imports(store, /** @type {any} */ (stage), messages, body, weights, /** @type {any} */ ({}));
  const give = async () => {
    await imports.read([new File([policyFile({ 'onestep.task': 'pendulum' })], 'p.safetensors')]);
    await settled();
    equal(store.state.pays, '', 'the file’s own reward');
  };
  await give();
  stage.asked.at(-1)?.refuse('it is broken');
  await settled();
  equal([store.state.task, store.state.pays], ['pendulum', 'cos(theta)']);
  await give();
  store.set({ task: 'hopper', pays: '' });
  stage.asked.at(-1)?.refuse('it is broken');
  await settled();
  equal([store.state.task, store.state.pays], ['hopper', '']);
  holds(messages.said.every((/** @type {string} */ text) => text.includes('was not taken')), messages.said.join('|'));
});

test('while a run is on its way into the worker no other is given to it', async () => {
  const worker = new Held();
  const training = new Training(/** @type {any} */ (worker));
  training.ready();
  const loaded = training.load(new ArrayBuffer(4));
  equal([training.idle, training.loading], [false, true]);
  worker.asked[0].refuse('it is damaged');
  await throws(() => loaded, /damaged/);
  equal([training.idle, training.loading, training.phase], [true, false, 'idle'], 'a refusal changes nothing');
  const state = training.loadState(/** @type {any} */ ({ state: new ArrayBuffer(1), blocks: [] }));
  equal(training.idle, false);
  equal(worker.asked[1].type, Type.LoadState);
  worker.asked[1].answer({ task: 'pendulum', algorithm: 'fpmd-m', seed: 1, envSteps: 5, totalSteps: 10 });
  await state;
  equal([training.phase, training.loading], ['paused', false]);
});

/** The page's own elements, in the document of the tests. */
async function elements() {
  const { body } = new DOMParser().parseFromString(await (await fetch('/index.html')).text(), 'text/html');
  for (const foreign of body.querySelectorAll('script, iframe')) foreign.remove();
  document.body.replaceChildren(...body.children);
}

test('the second lane’s policy that comes late is not given to another task’s body', async () => {
  await elements();
  const stage = /** @type {any} */ (new Held());
  const store = new Store({ ...initial(), task: 'pendulum' });
  const body = new Body(store, stage, messages);
  const url = '/policies/pendulum-sac.safetensors';
  const policies = ['pendulum', 'hopper'].map((task) => ({ task, algorithm: 'sac', url }));
  holds(new Lanes(/** @type {any} */ (Promise.resolve({ policies })), store, stage, messages, body), 'they are bound');
  const told = () => stage.told.filter((/** @type {any[]} */ [type]) => type === Type.SetLane).length;
  const arrived = async () => { for (let i = 0; i < 20; i++) await fetch(url).then((r) => r.arrayBuffer()); };
  store.set({ lane: 'sac' });
  await arrived();
  equal(told(), 1, 'the task’s own');
  store.set({ laneSteps: 3 });
  store.set({ task: 'hopper' }); // which the stage has not shown yet
  await arrived();
  equal(told(), 1, 'nothing for a body that is on its way');
  body.shown.send(/** @type {any} */ ({}));
  await arrived();
  equal(told(), 2, 'and that body’s own once it is shown');
});

/** A variance lab whose worker answers when it is told to. */
async function lab() {
  await elements();
  /** @type {any} */
  let worker;
  /** @type {any[]} */
  const asked = [];
  globalThis.Worker = /** @type {any} */ (class extends EventTarget {
    constructor() {
      super();
      worker = this;
    }

    /** @param {any} envelope */
    postMessage(envelope) { if (!envelope.boot) asked.push(envelope); }

    terminate() {}
  });
  const store = new Store({ ...initial(), place: 'lab', lab: textOf(startOf('two')) });
  holds(new Lab(/** @type {any} */ ({ get: () => Promise.resolve({}) }), store, messages), 'it is built');
  /** @param {number} type @param {number} id @param {unknown} [body] @param {(Float64Array | Float32Array)[]} data */
  const say = async (type, id, body, ...data) => {
    worker.dispatchEvent(new MessageEvent('message', { data: message(type, id, body, /** @type {any} */ (data)) }));
    await settled();
  };
  await say(Type.WorkerReady, 0, {});
  const rows = new Float64Array(NumLabRow).fill(1);
  const paths = new Float32Array(2);
  return {
    last: (/** @type {number} */ type) => asked.findLast((m) => m.type === type),
    set: (/** @type {Partial<LabState>} */ patch) => store.set({ lab: textOf({ .../** @type {LabState} */ (parseLab(store.state.lab)), ...patch }) }),
    law: (/** @type {any} */ m) => say(Type.LabLaw, m.id, { dim: 1, steps: 1, particles: 1, low: -2, high: 2, variance: 1, samples: 1, floor: 0, fieldTimes: 1, fieldPoints: 1 },
      rows, new Float32Array(4), paths, new Float32Array(1), new Float32Array(0), new Float32Array(0)),
    fit: (/** @type {number} */ updates, done = false) => say(Type.LabFit, 0, { variant: 'meanflow', updates, total: 100, steps: 1, particles: 1, done }, rows, paths),
    say,
    train: () => byID('lab-train').click(),
    /** What stands beside the law, and whether a network trains. */
    shows: () => [JSON.parse(byID('lab').dataset.fit || 'null')?.updates ?? null, byID('lab-train').dataset.phase],
  };
}

test('the lab’s network stands beside the law that it was trained against alone', async () => {
  const { last, set, law, fit, say, train, shows } = await lab();
  await law(last(Type.LabExact));
  train();
  await settled();
  await say(Type.LabStarted, last(Type.LabTrain).id);
  await fit(10);
  equal(shows(), [10, 'running']);
  set({ s: 0.3 });
  await settled();
  await fit(20);
  equal(shows(), [20, 'running'], 'while the former law stands');
  await law(last(Type.LabExact));
  equal(shows(), [null, 'running'], 'it is being stopped');
  await fit(30); // was on its way
  equal(shows(), [null, 'running']);
  await say(Type.LabStopped, last(Type.LabStop).id);
  equal(shows(), [null, 'idle']);
});

test('Train, pressed before the law of a new target has come, goes on', async () => {
  const { last, set, law, fit, say, train, shows } = await lab();
  await law(last(Type.LabExact));
  set({ s: 0.3 });
  train();
  await settled();
  await law(last(Type.LabExact));
  equal([shows(), last(Type.LabStop)], [[null, 'running'], undefined]);
  await say(Type.LabStarted, last(Type.LabTrain).id);
  await fit(10);
  equal(shows(), [10, 'running']);
});

test('the last word of a former network does not end the next one', async () => {
  const { last, law, fit, say, train, shows } = await lab();
  await law(last(Type.LabExact));
  train();
  await settled();
  await say(Type.LabStarted, last(Type.LabTrain).id);
  train(); // which stops it
  await settled();
  const stop = last(Type.LabStop);
  await fit(100, true); // was on its way
  equal(shows(), [100, 'idle']);
  train();
  await settled();
  await say(Type.LabStopped, stop.id);
  await fit(99, true);
  equal(shows(), [100, 'running'], 'the next one has not begun');
  await say(Type.LabStarted, last(Type.LabTrain).id);
  await fit(1);
  equal(shows(), [1, 'running']);
});

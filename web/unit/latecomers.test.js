// Answers that come late: what a person chose in the meantime stands.

import { Body } from '../js/body.js';
import { Weights } from '../js/weights.js';
import { Imports } from '../js/imports.js';
import { Training } from '../js/training.js';
import { Store, initial } from '../js/state.js';
import { Type } from '../js/protocol.js';
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

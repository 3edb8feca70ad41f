// The body that the page is about: a task of the list, or a person's own from MJCF files.

import { tr } from './language.js';
import { Signal } from './signal.js';
import { Type } from './protocol.js';
import { metadataOf, modelOf } from './files.js';
import { valid } from './state.js';
import { quoted } from './words.js';

/** Body changes what is simulated. */
export class Body {
  /** own is the person's own body, its name empty where the stage finds out which file includes the others; null before the first. @type {Model | null} */
  own = null;
  /** changed: another body is on the stage. */
  changed = new Signal();
  /** shown hears the BodyInfo of what the stage shows. @type {Signal<[BodyInfo]>} */
  shown = new Signal();
  #store;
  #stage;
  #messages;
  #asked = false; // the stage was asked for the body already
  #choice = 0; // grows with each choice of a body, of a reward or of an end

  /**
   * @param {import('./state.js').Store} store
   * @param {import('./stageclient.js').Stage} stage
   * @param {import('./messages.js').Messages} messages
   */
  constructor(store, stage, messages) {
    this.#store = store;
    this.#stage = stage;
    this.#messages = messages;
    stage.on(Type.BodyShown, ({ body }) => this.shown.send(body));
    store.subscribe((state, changed) => {
      const other = ['task', 'seed', 'pays', 'ends'].some((name) => changed.has(name));
      if (other) this.#choice++;
      if (other && !this.#asked || changed.has('reward') && state.task === 'custom') stage.tell(Type.SetTask, this.request(state));
      if (changed.has('task')) this.changed.send();
    });
  }

  /**
   * request is the state's task as stage and worker want it.
   * @param {State} state
   */
  request({ task, seed, reward, pays, ends }) {
    const own = task === 'custom' ? this.own : null;
    if (!own && !pays && !ends) return { task, seed };
    return { task, seed, model: { ...(own ?? { name: '', files: {} }), reward: pays || (own ? reward : ''), done: ends } };
  }

  /**
   * pay takes a reward and a condition that ends an episode in place of the task's own, where they are not empty. What the stage
   * cannot read changes nothing and is thrown.
   * @param {string} pays
   * @param {string} ends
   */
  async pay(pays, ends) {
    await this.#judged(this.request({ ...this.#store.state, pays, ends }));
    this.#asked = true;
    this.#store.set({ pays, ends });
    this.#asked = false;
  }

  // The stage's answer; where another choice was made while it judged, the stage has that by now, and an Error says so.
  /** @param {ReturnType<Body['request']>} request */
  async #judged(request) {
    const choice = ++this.#choice;
    const answer = await this.#stage.request(Type.SetTask, request);
    if (choice !== this.#choice) throw new Error(tr('something else was chosen meanwhile'));
    return answer;
  }

  /**
   * choose shows another body, or says why not.
   * @param {string} task
   */
  choose(task) {
    if (task === 'custom' && !this.own) this.#messages.error(tr('There is no body of your own yet: drop its MJCF file.'));
    else this.#store.set({ task, drive: 'policy', pays: '', ends: '' });
  }

  /**
   * showOwn has the stage judge a model; only one that it takes becomes the person's own body.
   * @param {Model} model
   * @param {string} pays reward in place of those that are offered, or empty
   * @param {string} ends
   * @returns {Promise<BodyInfo>}
   */
  async showOwn(model, pays = '', ends = '') {
    const { seed, reward } = this.#store.state;
    const { body } = await this.#judged({ task: 'custom', seed, model: { ...model, reward: pays || reward, done: ends } });
    this.own = model;
    this.#asked = true;
    if (this.#store.state.task === 'custom') this.changed.send();
    this.#store.set({ pays, ends, ...(this.#store.state.task === 'custom' ? {} : { task: 'custom', drive: 'zero' }) });
    this.#asked = false;
    this.shown.send(body);
    return body;
  }

  /**
   * adopt shows the body that a file of weights was trained on.
   * @param {ArrayBuffer} bytes
   */
  async adopt(bytes) {
    const { 'onestep.task': task, 'onestep.reward': reward = '', 'onestep.done': ends = '' } = metadataOf(bytes);
    const model = modelOf(bytes);
    const pays = valid('reward', reward) ? '' : reward;
    for (const [name, text] of [['pays', pays], ['ends', ends]]) if (!valid(name, text)) throw new Error(tr`it has a reward or an end that is none: ${quoted(text)}`);
    if (task === 'custom' && model) {
      if (!pays) this.#store.set({ reward });
      const { state } = this.#store;
      if (state.task !== 'custom' || state.pays !== pays || state.ends !== ends || JSON.stringify(this.own) !== JSON.stringify(model)) await this.showOwn(model, pays, ends);
    } else if (valid('task', task) && task !== 'custom') {
      this.#store.set({ task, pays: reward, ends });
    }
  }
}

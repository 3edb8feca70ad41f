// The body that the page is about: a task of the list, or a person's own from MJCF files.

import { Signal } from './signal.js';
import { Type } from './protocol.js';
import { metadataOf } from './files.js';
import { valid } from './state.js';

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
      const other = changed.has('task') || changed.has('seed');
      if (other && !this.#asked || changed.has('reward') && state.task === 'custom') stage.tell(Type.SetTask, this.request(state));
      if (changed.has('task')) this.changed.send();
    });
  }

  /**
   * request is the state's task as stage and worker want it.
   * @param {State} state
   */
  request({ task, seed, reward }) {
    return { task, seed, ...(task === 'custom' && this.own ? { model: { ...this.own, reward } } : {}) };
  }

  /**
   * choose shows another body, or says why not.
   * @param {string} task
   */
  choose(task) {
    if (task === 'custom' && !this.own) this.#messages.error('There is no body of your own yet: drop its MJCF file.');
    else this.#store.set({ task, drive: 'policy' });
  }

  /**
   * showOwn has the stage judge a model; only one that it takes becomes the person's own body.
   * @param {Model} model
   * @returns {Promise<BodyInfo>}
   */
  async showOwn(model) {
    const { seed, reward } = this.#store.state;
    const { body } = await this.#stage.request(Type.SetTask, { task: 'custom', seed, model: { ...model, reward } });
    this.own = model;
    this.#asked = true;
    if (this.#store.state.task === 'custom') this.changed.send();
    else this.#store.set({ task: 'custom', drive: 'zero' });
    this.#asked = false;
    this.shown.send(body);
    return body;
  }

  /**
   * adopt shows the body that a file of weights was trained on.
   * @param {ArrayBuffer} bytes
   */
  async adopt(bytes) {
    const { 'onestep.task': task, 'onestep.model': text, 'onestep.reward': reward } = metadataOf(bytes);
    if (task === 'custom' && text) {
      const model = JSON.parse(text);
      if (valid('reward', reward)) this.#store.set({ reward });
      if (this.#store.state.task !== 'custom' || JSON.stringify(this.own) !== JSON.stringify(model)) await this.showOwn(model);
    } else if (valid('task', task) && task !== 'custom') {
      this.#store.set({ task });
    }
  }
}

// The body that the page is about: a task of the list, or a person's own from MJCF files.

import { Type } from './protocol.js';
import { valid } from './state.js';
import { metadataOf } from './files.js';

/** Body changes what is simulated, and what the page holds with it. */
export class Body {
  /** own is {name, files}, the person's own body, name empty where the stage finds out which file includes the others; null before the first. */
  own = null;
  #page;
  #asked = false; // the stage was asked for the body already

  constructor(page) {
    this.#page = page;
  }

  /** request is the state's task as stage and worker want it. */
  request({ task, seed, reward }) {
    return { task, seed, ...(task === 'custom' ? { model: { ...this.own, reward } } : {}) };
  }

  /** choose shows another body, or says why not. */
  choose(task) {
    const { messages, store } = this.#page;
    if (task === 'custom' && !this.own) messages.error('There is no body of your own yet: drop its MJCF file.');
    else store.set({ task, drive: 'policy' });
  }

  /** follow tells the stage of a change of the state. */
  follow(state, changed) {
    if ((changed.has('task') || changed.has('seed')) && !this.#asked || changed.has('reward') && state.task === 'custom') this.#page.view.task(state);
    if (changed.has('task')) this.#changed();
  }

  /** showOwn has the stage judge a model; only one that it takes becomes the person's own body. */
  async showOwn(model) {
    const { store, view, bodies } = this.#page;
    const { seed, reward } = store.state;
    const answer = await view.client.request(Type.SetTask, { task: 'custom', seed, model: { ...model, reward } });
    this.own = model;
    this.#asked = true;
    if (store.state.task === 'custom') this.#changed();
    else store.set({ task: 'custom', drive: 'zero' });
    this.#asked = false;
    bodies.offerOwn(answer.body.title);
    bodies.showBody(answer.body);
    return answer.body;
  }

  /** adopt shows the body that a file of weights was trained on. */
  async adopt(bytes) {
    const { store } = this.#page;
    const { 'onestep.task': task, 'onestep.model': text, 'onestep.reward': reward } = metadataOf(bytes);
    if (task === 'custom' && text) {
      const model = JSON.parse(text);
      if (valid('reward', reward)) store.set({ reward });
      if (store.state.task !== 'custom' || JSON.stringify(this.own) !== JSON.stringify(model)) await this.showOwn(model);
    } else if (valid('task', task) && task !== 'custom') {
      store.set({ task });
    }
  }

  // What belongs to the last body goes, and what is held of the next is taken up.
  #changed() {
    const { store, weights, policies, bodies, runs, view } = this.#page;
    policies.shipped = true;
    weights.clear();
    bodies.forget();
    store.set({ axisX: 'auto', axisY: 'auto' });
    policies.fetch(store.state.algorithm);
    if (runs.newest && runs.ofThisBody) {
      weights.hold('training', 'this training', runs.newest);
      weights.show('training');
    }
    view.learned();
  }
}

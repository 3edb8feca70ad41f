// The policies that act before anything is trained here: the shipped one of each task and agent, and the untrained one
// where none is shipped.

import * as load from './loader.js';
import { algorithmName } from './format.js';
import { ended } from './words.js';

const TYPED = 250; // ms without a change until the settings are tried

/** Policies finds, or has made, the policy of the state's task and agent. */
export class Policies {
  /** shipped: a trained policy of this task and agent is shipped, as far as is known. */
  shipped = true;
  #page;
  #files = new Map(); // task and algorithm -> promise of the trained policy's bytes
  #drafting = 0;

  constructor(page) {
    this.#page = page;
  }

  /** choose shows the newest policy of the agent: of the training, where it is that agent's. */
  choose(algorithm) {
    const { store, weights, training, runs } = this.#page;
    store.set({ algorithm });
    this.fetch(algorithm);
    weights.show(training.inMemory && training.info?.algorithm === algorithm && runs.ofThisBody ? 'training' : 'asset');
  }

  /** fetch holds the trained policy of an agent, and the untrained one where none is shipped. */
  async fetch(algorithm) {
    const { store, weights, messages, site } = this.#page;
    const { task } = store.state;
    const key = `${task} ${algorithm}`;
    const current = () => store.state.algorithm === algorithm && store.state.task === task;
    try {
      const names = await site;
      if (!current()) return;
      const entry = names.policies.find((p) => p.task === task && p.algorithm === algorithm);
      this.shipped = Boolean(entry);
      if (!entry) {
        weights.drop('asset');
        await this.draft(); // the badge on the stage and the weights' button call it untrained; a message would cover Train
        return;
      }
      if (!this.#files.has(key)) this.#files.set(key, load.bytes(entry.url));
      const bytes = await this.#files.get(key);
      if (current()) weights.hold('asset', `trained ${algorithmName(algorithm)}`, bytes);
    } catch (error) {
      this.#files.delete(key);
      messages.error(`The trained policy: ${ended(error.message)}`);
    }
  }

  /**
   * draft has the worker try the settings and make the untrained policy of the chosen agent; where no trained one is
   * shipped, that is held in its place. It tells whether it is.
   */
  async draft() {
    const { store, weights, training, runs, form, site } = this.#page;
    let bytes;
    let wrong = '';
    const { policies } = await site;
    await runs.greeting;
    await runs.worker.ready;
    const { state } = store;
    const untrained = !policies.some(({ task, algorithm }) => task === state.task && algorithm === state.algorithm);
    try {
      bytes = await training.draft(runs.request(state));
    } catch (error) {
      wrong = ended(error.message);
    }
    const same = ['task', 'algorithm', 'seed', 'preset', 'settings'].every((name) => store.state[name] === state[name]);
    if (!same) return false; // another one is on its way
    form.problem(wrong);
    if (untrained && bytes) weights.hold('asset', `untrained ${algorithmName(state.algorithm)}`, bytes, true);
    return untrained && Boolean(bytes);
  }

  /** draftSoon waits until nothing was typed for a moment. */
  draftSoon() {
    clearTimeout(this.#drafting);
    this.#drafting = setTimeout(() => this.draft().catch(() => {}), TYPED);
  }
}

// The policies that act before anything is trained here: the shipped one of each task and agent, and the untrained one
// where none is shipped.

import { tr } from './language.js';
import { Signal } from './signal.js';
import { algorithmName } from './format.js';
import { ended } from './words.js';
import * as load from './loader.js';

const TYPED = 250; // ms without a change until the settings are tried

/** Policies finds, or has made, the policy of the state's task and agent. */
export class Policies {
  /** shipped: a trained policy of this task and agent is shipped, as far as is known. */
  shipped = true;
  /** judged hears what is wrong with the settings together, '' where nothing is. @type {Signal<[string]>} */
  judged = new Signal();
  #site;
  #store;
  #messages;
  #weights;
  #runs;
  /** @type {Map<string, Promise<ArrayBuffer>>} */
  #files = new Map(); // task and algorithm -> the trained policy's bytes
  #drafting = 0;

  /**
   * @param {Promise<Site>} site
   * @param {import('./state.js').Store} store
   * @param {import('./messages.js').Messages} messages
   * @param {import('./body.js').Body} body
   * @param {import('./weights.js').Weights} weights
   * @param {import('./runs.js').Runs} runs
   */
  constructor(site, store, messages, body, weights, runs) {
    this.#site = site;
    this.#store = store;
    this.#messages = messages;
    this.#weights = weights;
    this.#runs = runs;
    body.changed.add(() => {
      this.shipped = true;
      this.fetch();
    });
    store.subscribe((_, changed) => {
      const any = (/** @type {string[]} */ ...names) => names.some((name) => changed.has(name));
      if (any('algorithm') && !any('task')) this.fetch();
      if (any('preset', 'settings') || any('seed') && weights.held.asset?.untrained) this.#draftSoon();
    });
  }

  /**
   * choose shows the newest policy of the agent: of the training, where it is that agent's.
   * @param {string} algorithm
   */
  choose(algorithm) {
    const { training, ofThisBody } = this.#runs;
    this.#store.set({ algorithm });
    this.#weights.show(training.inMemory && training.info?.algorithm === algorithm && ofThisBody ? 'training' : 'asset');
  }

  /** fetch holds the trained policy of the agent, and the untrained one where none is shipped. */
  async fetch() {
    const { task, algorithm } = this.#store.state;
    const key = `${task} ${algorithm}`;
    const current = () => this.#store.state.algorithm === algorithm && this.#store.state.task === task;
    try {
      const { policies } = await this.#site;
      if (!current()) return;
      const entry = policies.find((p) => p.task === task && p.algorithm === algorithm);
      this.shipped = Boolean(entry);
      if (!entry) {
        this.#weights.drop('asset');
        await this.#draft(); // the badge on the stage and the weights' button call it untrained; a message would cover Train
        return;
      }
      const file = this.#files.get(key) ?? load.bytes(entry.url);
      this.#files.set(key, file);
      const bytes = await file;
      if (current()) this.#weights.hold('asset', tr`trained ${algorithmName(algorithm)}`, bytes);
    } catch (error) {
      this.#files.delete(key);
      this.#messages.error(tr`The trained policy is unavailable: ${ended(/** @type {Error} */ (error).message)}`);
    }
  }

  // The worker tries the settings and makes the untrained policy of the chosen agent; where no trained one is shipped, that
  // is held in its place.
  async #draft() {
    const { policies } = await this.#site;
    await this.#runs.greeting;
    const { state } = this.#store;
    const untrained = !policies.some(({ task, algorithm }) => task === state.task && algorithm === state.algorithm);
    let bytes;
    let wrong = '';
    try {
      bytes = await this.#runs.training.draft(this.#runs.request(state));
    } catch (error) {
      wrong = ended(/** @type {Error} */ (error).message);
    }
    const now = this.#store.state;
    const same = now.task === state.task && now.algorithm === state.algorithm && now.seed === state.seed && now.preset === state.preset && now.settings === state.settings;
    if (!same) return; // another one is on its way
    this.judged.send(wrong);
    if (untrained && bytes) this.#weights.hold('asset', tr`untrained ${algorithmName(state.algorithm)}`, bytes, true);
  }

  // What is typed is tried once nothing was typed for a moment.
  #draftSoon() {
    clearTimeout(this.#drafting);
    this.#drafting = setTimeout(() => { this.#draft().catch(() => {}); }, TYPED);
  }
}

// The time machine: the moments of a run's policy on the stage. A slider moves through them, and play runs through the whole
// training in ten seconds; a moment is exported as any policy is, and another training begins from one. Shipped policies
// have films too. The moments of an open film are at hand before they are asked for: read or fetched one after another.

import { count, plural } from './format.js';
import { taskName, titleOf } from './experimentdata.js';
import { exportName, save } from './files.js';
import { button, byID, input, write } from './dom.js';
import { tr } from './language.js';
import { ended } from './words.js';

const PASS = 10_000; // ms for the whole training

/** @typedef {import('./runrecords.js').KeptRun} KeptRun */

/** Film binds the time machine. */
export class Film {
  #store;
  #messages;
  #records;
  #shipped;
  #imports;
  #weights;
  #runs;
  /** @type {KeptRun | null} */
  #run = null;
  /** @type {number[]} */
  #moments = [];
  /** @type {Map<number, Promise<ArrayBuffer>>} */
  #files = new Map(); // of the run's moments by their steps
  #at = 0;
  #playing = 0; // timer
  #busy = false;
  #next = -1;
  #asked = 0; // grows with each choice of a film, of a task or of an agent, so that what was asked before it changes nothing

  /**
   * @param {import('./state.js').Store} store
   * @param {import('./messages.js').Messages} messages
   * @param {import('./runrecords.js').RunRecords} records
   * @param {import('./shippedruns.js').ShippedRuns} shipped
   * @param {import('./imports.js').Imports} imports
   * @param {import('./weights.js').Weights} weights
   * @param {import('./runs.js').Runs} runs
   */
  constructor(store, messages, records, shipped, imports, weights, runs) {
    this.#store = store;
    this.#messages = messages;
    this.#records = records;
    this.#shipped = shipped;
    this.#imports = imports;
    this.#weights = weights;
    this.#runs = runs;
    input('film-at').addEventListener('input', () => {
      this.#play(false);
      this.#go(+input('film-at').value);
    });
    button('film-play').addEventListener('click', () => this.#play(!this.#playing));
    button('film-export').addEventListener('click', () => { this.#export(); });
    button('film-train').addEventListener('click', () => { this.#train(); });
    button('film-close').addEventListener('click', () => this.close());
    button('film-open').addEventListener('click', () => { this.#open(); });
    store.subscribe((state, changed) => {
      if (!this.#busy && (changed.has('task') || changed.has('algorithm'))) this.#asked++;
      if (this.#run && (changed.has('task') && state.task !== this.#run.task || changed.has('algorithm') && state.algorithm !== this.#run.algorithm)) this.close();
      if (changed.has('task') || changed.has('algorithm')) this.#offer();
    });
    weights.changed.add(() => { if (this.#run && weights.wanted !== 'file' && !this.#busy) this.close(); });
    records.changed.add(() => this.#renew());
    this.#renew();
  }

  // There is a film of what trains here, or of the policy that is shipped.
  async #offer() {
    const { task, algorithm } = this.#store.state;
    const film = await this.#shipped.hasFilm(task, algorithm).catch(() => false);
    if (task === this.#store.state.task && algorithm === this.#store.state.algorithm) byID('film-open').hidden = !this.#runs.id && !film;
  }

  // The film of the policy that acts comes first.
  async #open() {
    const { task, algorithm } = this.#store.state;
    const own = this.#records.find(this.#runs.id);
    const asked = this.#asked;
    try {
      const run = own && this.#weights.wanted === 'training' ? own : await this.#shipped.filmed(task, algorithm) ?? own;
      if (run && asked === this.#asked) await this.show(run);
    } catch (error) {
      this.#messages.error(tr`The film of the shipped policy is unavailable: ${ended(/** @type {Error} */ (error).message)}`);
    }
  }

  /** @param {KeptRun} run */
  #momentsOf(run) {
    return run.origin === 'shipped' ? this.#shipped.moments(run) : this.#records.film(run.id);
  }

  /**
   * @param {KeptRun} run
   * @param {number} envSteps
   */
  #moment(run, envSteps) {
    if (run.id !== this.#run?.id) return this.#read(run, envSteps);
    const file = this.#files.get(envSteps) ?? this.#read(run, envSteps);
    this.#files.set(envSteps, file);
    file.catch(() => this.#files.delete(envSteps)); // it may be there later
    return file;
  }

  // What fails here is said when the moment is asked for.
  async #prepare() {
    const [run, moments] = [this.#run, this.#moments];
    for (const envSteps of this.#files.keys()) if (!moments.includes(envSteps)) this.#files.delete(envSteps);
    for (const envSteps of moments) {
      if (this.#moments !== moments || !run) return;
      await this.#moment(run, envSteps).catch(() => {});
    }
    byID('film').dataset.ready = String(moments.length);
  }

  /**
   * @param {KeptRun} run
   * @param {number} envSteps
   */
  async #read(run, envSteps) {
    const bytes = await (run.origin === 'shipped' ? this.#shipped.moment(run, envSteps) : this.#records.moment(run.id, envSteps));
    if (!bytes) throw new Error(tr('it was deleted'));
    return bytes;
  }

  /**
   * show puts a run on the stage: its last moment, with the slider through all of them; a shipped one without a film as its
   * policy.
   * @param {KeptRun} run
   */
  async show(run) {
    const asked = ++this.#asked;
    const moments = await this.#momentsOf(run);
    const acts = run.origin === 'shipped' && await this.#shipped.acts(run);
    if (asked !== this.#asked) return; // another was chosen meanwhile
    if (moments.length === 0) {
      if (acts) this.#store.set({ place: 'playground', task: run.task, algorithm: run.algorithm });
      else this.#messages.error(tr`${titleOf(run)} on ${taskName(run.task)} has no moment of its policy: ${run.origin === 'file' || run.origin === 'shipped' ? tr('a record holds numbers alone; import its policy file') : tr('it has not begun yet')}.`);
      return;
    }
    if (this.#run?.id !== run.id) this.#files.clear();
    this.#run = run;
    this.#moments = moments;
    this.#store.set({ place: 'playground' });
    await this.#go(moments.length - 1);
    this.#prepare();
    byID('film').scrollIntoView({ block: 'nearest' });
  }

  close() {
    this.#asked++;
    if (!this.#run) return;
    this.#play(false);
    this.#run = null;
    this.#moments = [];
    this.#files.clear();
    this.#show();
    if (this.#weights.wanted === 'file') this.#weights.drop('file');
  }

  // A film of the running training grows.
  async #renew() {
    this.#offer();
    const run = this.#run && this.#records.find(this.#run.id);
    if (!run) return;
    if (run.deleted) {
      this.close();
      return;
    }
    const moments = await this.#records.film(run.id);
    if (this.#run?.id !== run.id || moments.length === 0) return;
    const at = this.#moments[this.#at];
    this.#moments = moments;
    this.#at = Math.max(0, moments.indexOf(at));
    this.#show();
    this.#prepare();
  }

  // Of the moments that are asked for while one loads, only the last is shown.
  /** @param {number} i */
  async #go(i) {
    this.#next = i;
    this.#at = i;
    this.#show();
    if (this.#busy) return;
    this.#busy = true;
    while (this.#next >= 0 && this.#run) {
      const [run, envSteps] = [this.#run, this.#moments[this.#next]];
      this.#next = -1;
      try {
        await this.#put(run, envSteps);
      } catch (error) {
        if (this.#run !== run) continue;
        this.#messages.error(tr`The moment at ${plural(envSteps, 'step')} is not shown: ${ended(/** @type {Error} */ (error).message)}`);
        this.#next = -1;
      }
    }
    this.#busy = false;
  }

  // Puts a moment on the stage, unless the film is closed meanwhile: what a person chose then stands.
  /**
   * @param {KeptRun} run
   * @param {number} envSteps
   */
  async #put(run, envSteps) {
    const bytes = await this.#moment(run, envSteps);
    if (this.#run !== run) return;
    if (this.#store.state.task !== run.task || this.#weights.wanted !== 'file') await this.#imports.adopt(bytes);
    if (this.#run !== run) return;
    if (this.#store.state.algorithm !== run.algorithm) this.#store.set({ algorithm: run.algorithm });
    await this.#weights.tryFile(`${titleOf(run)}, ${plural(envSteps, 'step')}`, bytes, (this.#records.find(run.id) ?? run).record?.record.curve);
    if (this.#run === run) byID('film').dataset.shown = String(envSteps);
    else if (!this.#run && this.#weights.held.file?.bytes === bytes) this.#weights.drop('file');
  }

  #show() {
    const run = this.#run;
    byID('film').hidden = !run;
    if (!run) return;
    const range = input('film-at');
    range.max = String(this.#moments.length - 1);
    range.value = String(this.#at);
    const at = this.#moments[this.#at] ?? 0;
    const words = tr`${count(at)} of ${plural(run.steps, 'step')}`;
    range.setAttribute('aria-valuetext', words);
    write(byID('film-says'), words); // whose training it is stands in the panel's title
    byID('film').dataset.moments = String(this.#moments.length);
  }

  /** @param {boolean} on */
  #play(on) {
    clearInterval(this.#playing);
    this.#playing = 0;
    button('film-play').classList.toggle('on', on);
    button('film-play').setAttribute('aria-label', on ? tr('Stop the film') : tr('Play the training in ten seconds'));
    if (!on || this.#moments.length < 2) return;
    if (this.#at === this.#moments.length - 1) this.#at = 0;
    const begun = performance.now() - (this.#at / (this.#moments.length - 1)) * PASS;
    this.#playing = setInterval(() => {
      const part = Math.min(1, (performance.now() - begun) / PASS);
      const i = Math.round(part * (this.#moments.length - 1));
      if (i !== this.#at) this.#go(i);
      if (part === 1) this.#play(false);
    }, 50);
  }

  async #export() {
    const run = this.#run;
    const at = this.#moments[this.#at];
    const bytes = run && await this.#taken(run, at);
    if (bytes) save(bytes, exportName(run, 'safetensors').replace('.safetensors', `-${at}steps.safetensors`));
  }

  /**
   * @param {KeptRun} run
   * @param {number} envSteps
   */
  async #taken(run, envSteps) {
    try {
      return await this.#moment(run, envSteps);
    } catch (error) {
      this.#messages.error(tr`The moment at ${plural(envSteps, 'step')} is unavailable: ${ended(/** @type {Error} */ (error).message)}`);
      return undefined;
    }
  }

  // Another training begins with the networks of this moment; moments of the optimiser, replay and temperature begin anew.
  async #train() {
    const run = this.#run;
    const envSteps = this.#moments[this.#at];
    const bytes = run && await this.#taken(run, envSteps);
    if (!run || !bytes) return;
    const { id, task, algorithm, seed, steps } = run;
    const config = run.config ?? run.request?.config;
    const { training } = this.#runs;
    if (training.loading || training.inMemory && !['paused', 'finished'].includes(training.phase)) {
      this.#messages.error(tr('A training runs in the worker. Press Pause or Reset first; it is kept under Experiments.'));
      return;
    }
    this.close();
    await this.#runs.trainFrom({ task, algorithm, seed, steps, config, ...run.request?.model ? { model: run.request.model } : {} }, bytes, { id, envSteps, name: titleOf(run) });
  }
}

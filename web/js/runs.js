// The run in the training worker: how it begins, what it is about, and what is done with what it sends.

import { tr } from './language.js';
import { Signal } from './signal.js';
import { Type } from './protocol.js';
import { TrainingWorker } from './trainingworker.js';
import { Helpers } from './helpers.js';
import { Training } from './training.js';
import { judge, requestOf, settingsOf, withShards, withoutShards } from './settings.js';
import { algorithmName, plural } from './format.js';
import { sampler } from './stageview.js';
import { Recovery, taskTitle } from './recovery.js';
import { Recorder } from './recorder.js';
import { taskOf } from './tasks.js';
import { ended } from './words.js';
import { select } from './dom.js';
import * as files from './files.js';

/** Runs owns the worker and the Training that watches it. */
export class Runs {
  /** newest holds the bytes of the run's newest policy; null before the first. @type {ArrayBuffer | null} */
  newest = null;
  /** more takes the trainings of further seeds. @type {(list: {request: TrainRequest, steps: number, page: Partial<State>}[]) => unknown} */
  more = () => undefined;
  /** greeted: a worker is there. */
  greeted = new Signal();
  /** scored hears what more episodes of a policy say. @type {Signal<[Scored]>} */
  scored = new Signal();
  #store;
  #stage;
  #messages;
  #body;
  #weights;
  /** @type {TrainingWorker} */
  #worker;
  #helpers;
  #recorder;
  #recovery;
  /** @type {{task: string, own: Model | null} | null} */
  #about = null; // what the run in the worker is about
  /** @type {string | null} */
  #pinned = null; // settings with the shards that Train has entered
  #wasRunning = false; // before the worker was lost
  #welcome = () => {};

  /**
   * @param {import('./program.js').Programs} program
   * @param {import('./state.js').Store} store
   * @param {import('./stageclient.js').Stage} stage
   * @param {import('./messages.js').Messages} messages
   * @param {import('./body.js').Body} body
   * @param {import('./weights.js').Weights} weights
   * @param {import('./runrecords.js').RunRecords} records
   */
  constructor(program, store, stage, messages, body, weights, records) {
    this.#store = store;
    this.#stage = stage;
    this.#messages = messages;
    this.#body = body;
    this.#weights = weights;
    /** greeting resolves when the first worker is there. @type {Promise<void>} */
    this.greeting = new Promise((resolve) => { this.#welcome = resolve; });
    this.#worker = new TrainingWorker(program, {
      listen: (client) => this.#listen(client),
      talking: () => this.training.phase === 'running',
      dead: (reason, restarted) => this.#dead(reason, restarted),
    });
    this.#helpers = new Helpers(program, (order, port) => this.#worker.help(order, port));
    /** @type {Training} */
    this.training = new Training(this.#worker);
    this.#recorder = new Recorder(records);
    this.#recovery = new Recovery(store, messages, weights, this.#worker, this.training, (save, load) => this.take(save.state, load), records, this.#recorder);
    this.#follow();
  }

  // What the training reports goes to the stage, to the weights and to the saves.
  #follow() {
    const { training } = this;
    training.snapshot.add((bytes) => {
      this.newest = bytes;
      if (this.ofThisBody) this.#weights.hold('training', tr('this training'), bytes);
    });
    training.evaluated.add((rows, reset) => this.ofThisBody && this.#curve(rows, reset));
    training.dotted.add(() => this.#dots());
    training.cleared.add(() => {
      this.newest = null;
      if (this.#weights.held.training) this.#weights.drop('training');
    });
    training.failed.add((failure) => this.#messages.error(tr`Training: ${ended(failure.message)}`, failure.code === 'diverged' ? this.#alter() : undefined));
    this.#stage.ready.add(() => this.#learned());
    this.#body.changed.add(() => {
      if (this.newest && this.ofThisBody) {
        this.#weights.hold('training', tr('this training'), this.newest);
        this.#weights.show('training');
      }
      this.#learned();
    });
    this.#store.subscribe((_, changed) => {
      if (changed.has('manySteps')) this.#live();
      if (['task', 'algorithm', 'preset', 'settings'].some((name) => changed.has(name))) this.#unpin();
    });
  }

  /** @param {import('./client.js').Client} client */
  #listen(client) {
    client.on(Type.HelpWanted, ({ body }) => this.#helpers.follow(body));
    client.on(Type.HelperDismissed, ({ body }) => this.#helpers.dismiss(body.helper));
    client.on(Type.Scored, ({ body }) => this.scored.send(body));
    client.on(Type.Autosave, (m) => this.#recovery.saves.receive(m));
    this.#recorder.listen(client);
    this.training.listen(client);
  }

  /** id of the run in the worker, '' for none. */
  get id() {
    return this.#recorder.id;
  }

  /** taskInfo is that of the page's task; undefined where there is none to train. */
  get taskInfo() {
    return taskOf(this.#store.state.task);
  }

  /** ofThisBody tells whether the run in the worker is about what the stage shows. */
  get ofThisBody() {
    const about = this.#about;
    return about?.task === this.#store.state.task && (about.task !== 'custom' || about.own === this.#body.own);
  }

  /** another tells whether a run stands in the worker that is about another body, which Train does not go on with. */
  get another() {
    return ['paused', 'finished'].includes(this.training.phase) && !this.ofThisBody;
  }

  /**
   * request is the training that the state asks for.
   * @param {State} state
   * @returns {TrainRequest}
   */
  request(state) {
    return { ...requestOf(state, this.taskInfo), ...this.#body.request(state) };
  }

  /**
   * score asks the worker for one more episode of a policy, of which scored hears unless a run begins.
   * @param {{of: string, manySteps: number, latency: number, one: number[], many: number[]}} request of is what scored tells it by
   * @param {ArrayBuffer} policy
   */
  score(request, policy) {
    this.#worker.tell(Type.Score, request, [policy]).catch(() => {}); // a lost worker is reported by #dead
  }

  /** start starts the worker. */
  async start() {
    try {
      await this.#worker.start();
      this.#greeted();
    } catch { /* it is reported by #dead */ }
  }

  // The live evaluation compares one step with the page's K.
  #live() {
    if (this.training.phase === 'loading') return;
    this.#worker.tell(Type.SetLive, { manySteps: sampler(this.#store.state).manySteps }).catch(() => {});
  }

  /** press does what the Train button says. */
  async press() {
    if (this.training.loading) return undefined;
    switch (this.training.phase) {
      case 'running': return this.training.pause();
      case 'paused': return this.another ? this.#trainBeside() : this.training.resume();
      case 'idle':
      case 'finished': return this.#train();
    }
  }

  // The run of another body keeps its save, from where it may go on later.
  async #trainBeside() {
    if (!await this.#recovery.putAside()) return;
    await this.#train();
  }

  #train() {
    const { task, algorithm } = this.#store.state;
    if (!this.taskInfo?.sizes[algorithm]) {
      this.#messages.error(tr`There are no settings to train ${algorithmName(algorithm)} on this task with.`);
      return undefined;
    }
    this.#about = { task, own: this.#body.own };
    this.#pin();
    this.#store.set({ drive: 'policy' });
    const request = this.request(this.#store.state);
    const begun = this.training.train(request);
    const { seed, preset, settings } = this.#store.state;
    const steps = request.steps || Number(this.taskInfo.sizes[algorithm].browser.steps);
    const seeds = Array.from({ length: +select('seeds').value - 1 }, (_, i) => seed + i + 1);
    if (seeds.length > 0) this.more(seeds.map((next) => ({ request: { ...request, seed: next }, steps, page: { seed: next, preset, settings } })));
    this.#weights.show('training');
    return begun;
  }

  /**
   * trainFrom begins a training with the networks of a moment of another run.
   * @param {TrainRequest} request
   * @param {ArrayBuffer} policy
   * @param {{id: string, envSteps: number, name: string}} from
   */
  async trainFrom(request, policy, from) {
    if (this.training.loading) return;
    if (this.training.phase === 'paused' && !await this.#recovery.putAside()) return;
    this.#about = { task: request.task, own: this.#body.own };
    this.#store.set({ drive: 'policy', seed: request.seed });
    this.#recovery.from = from;
    await this.training.train(request, policy);
    this.#recovery.from = undefined;
    this.#weights.show('training');
  }

  // How many shards a batch has depends on this machine unless the settings say it, and the result on that: so from the
  // press on the link says it.
  #pin() {
    const { state } = this.#store;
    const settings = this.taskInfo ? withShards(state, this.taskInfo) : state.settings;
    if (settings === state.settings) return;
    this.#store.set({ settings });
    this.#pinned = settings;
  }

  // What Train has entered into the settings goes when a person changes them or the task.
  #unpin() {
    const pinned = this.#pinned;
    this.#pinned = null;
    if (pinned !== null && this.taskInfo) this.#store.set({ settings: withoutShards(this.#store.state.settings, pinned) });
  }

  /** keep leaves it in: a link has said it too. */
  keep() {
    this.#pinned = null;
  }

  // A run that has diverged stands at its last good state, from where other settings may lead further.
  #alter() {
    return {
      text: tr('Go on with the settings of the form'),
      act: () => {
        const { steps, ...config } = (this.taskInfo && settingsOf(this.#store.state, this.taskInfo)?.values) ?? {};
        this.#recovery.alter(config);
      },
    };
  }

  async reset() {
    await this.#recovery.reset();
    this.#curve([], true);
  }

  /**
   * take loads a run file or, by load, a state; the run then stands paused. It resolves with its RunInfo.
   * @param {ArrayBuffer} bytes
   */
  async take(bytes, load = () => this.training.load(bytes)) {
    const { task } = this.#store.state, { own } = this.#body;
    const info = await load();
    this.#about = { task: info.task, own: null };
    if (task === this.#store.state.task && own === this.#body.own) { // else a newer choice stands, and the run is another body's
      await this.#body.adopt(bytes).then(() => { this.#about = { task: info.task, own: this.#body.own }; },
        (error) => this.#messages.error(tr`The body of the run is not shown: ${ended(error.message)}`));
    }
    this.training.changed.send(); // whose run it is was unknown while it was loaded
    if (this.newest) this.#weights.hold('training', tr('this training'), this.newest);
    this.#learned();
    return info;
  }

  async export() {
    try {
      const { bytes, info } = await this.training.save();
      await files.save(bytes, files.runName(info));
      if (this.training.phase === 'finished') this.#recovery.exported();
    } catch (error) {
      this.#messages.error(tr`The run was not saved: ${ended(/** @type {Error} */ (error).message)}`);
    }
  }

  /** judgeSettings drops what a link sets and a training does not take, and says so. */
  judgeSettings() {
    const { state } = this.#store;
    if (!this.taskInfo || state.settings === '') return;
    const { settings, refused } = judge(state, this.taskInfo);
    refused.forEach((text) => this.#messages.error(text));
    this.#store.set({ settings });
  }

  /**
   * @param {Float64Array[]} rows
   * @param {boolean} reset
   */
  #curve(rows, reset) {
    const { curveInfo, info } = this.training;
    const of = this.ofThisBody && info ? { ...curveInfo, run: tr`${algorithmName(info.algorithm)} on ${taskTitle(info.task)}, seed ${info.seed}` } : { totalSteps: 0, solved: 0, run: '' };
    this.#stage.tell(Type.Curve, { ...of, reset }, [this.training.curve(rows)]);
  }

  #dots() {
    const { dots } = this.training;
    if (dots && this.ofThisBody) this.#stage.tell(Type.Dots, dots.body, dots.data);
  }

  // The whole curve and the dots of the run, where it is about the body on the stage.
  #learned() {
    this.#curve(this.ofThisBody ? this.training.rows : [], true);
    this.#dots();
  }

  #greeted() {
    this.training.ready();
    this.#welcome();
    this.greeted.send();
    this.#live();
    if (this.training.phase === 'idle') this.#recovery.offer();
  }

  /**
   * @param {string} reason
   * @param {boolean} restarted
   */
  #dead(reason, restarted) {
    const { training } = this;
    this.#helpers.end();
    if (!restarted) {
      this.#messages.error(tr`Training is unavailable: ${ended(reason)} Everything else works.`);
      training.lost();
      return;
    }
    const at = training.envSteps;
    if (training.phase !== 'recovering') this.#wasRunning = training.phase === 'running' || training.phase === 'starting';
    this.#worker.ready.then(() => this.#greeted(), () => {});
    if (training.recovering()) this.#recovery.lost(reason, at, this.#wasRunning);
    else this.#messages.error(tr`The training worker was lost: ${ended(reason)} Another was started; no training was running.`);
  }
}

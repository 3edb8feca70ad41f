// The run in the training worker: how it begins, what it is about, and what is done with what it sends.

import { Metric, Type } from './protocol.js';
import { WorkerClient } from './workerclient.js';
import { Helpers } from './helpers.js';
import { Training } from './training.js';
import { judge, requestOf, settingsOf, withShards, withoutShards } from './settings.js';
import { algorithmName, plural } from './format.js';
import { sampler } from './stageview.js';
import { Recovery } from './recovery.js';
import { ended } from './words.js';
import * as load from './loader.js';
import * as files from './files.js';

/** Runs owns the worker and the Training that watches it. */
export class Runs {
  /** newest holds the bytes of the run's newest policy; null before the first. */
  newest = null;
  #page;
  #about = null; // {task, own}: what the run in the worker is about
  #welcome;
  #pinned = null; // settings with the shares that Train has entered
  #wasRunning = false; // before the worker was lost

  constructor(page) {
    this.#page = page;
    /** greeting resolves when the first worker is there. */
    this.greeting = new Promise((resolve) => { this.#welcome = resolve; });
    this.helpers = new Helpers((...joined) => this.worker.join(...joined));
    this.worker = new WorkerClient({
      on: (m) => this.#hear(m),
      talking: () => this.training.phase === 'running',
      dead: (reason, restarted) => this.#dead(reason, restarted),
    });
    this.training = new Training(this.worker, {
      began: () => this.recovery.began(),
      ended: () => this.recovery.ended(),
      autosaved: (m) => this.recovery.saves.receive(m),
      changed: () => this.#changed(),
      measured: () => page.pace.write('training', () => this.#changed()),
      snapshot: (bytes) => {
        this.newest = bytes;
        if (this.ofThisBody) page.weights.hold('training', 'this training', bytes);
      },
      evaluated: (rows, reset) => this.ofThisBody && page.view.curve(rows, reset),
      dotted: () => page.view.dots(),
      cleared: () => {
        this.newest = null;
        if (page.weights.held.training) page.weights.drop('training');
      },
      failed: (failure) => page.messages.error(`Training: ${ended(failure.message)}`, failure.code === 'diverged' ? this.#alter() : undefined),
    });
    this.recovery = new Recovery(page, this);
  }

  /** taskInfo is the worker's TaskInfo of the page's task; undefined before the worker is there. */
  get taskInfo() {
    return this.training.tasks.get(this.#page.store.state.task);
  }

  /** ofThisBody tells whether the run in the worker is about what the stage shows. */
  get ofThisBody() {
    const { store, body } = this.#page;
    return this.#about?.task === store.state.task && (this.#about.task !== 'custom' || this.#about.own === body.own);
  }

  /** request is the training that the state asks for. */
  request(state) {
    return { ...requestOf(state, this.taskInfo), ...this.#page.body.request(state) };
  }

  /** start fetches the worker's program and starts it. */
  async start() {
    const { site, messages } = this.#page;
    const loading = document.getElementById('loading-page');
    try {
      const names = await site;
      const module = await load.compile(names.worker.url, (received) => {
        loading.value = Math.min(1, received / names.worker.bytes);
      });
      loading.removeAttribute('value'); // how long it takes to start is not known
      const program = { module, wasmExec: new URL(names.wasmExec.url, document.baseURI).href };
      this.helpers.use(program);
      this.#greeted(await this.worker.start(program));
    } catch (error) {
      if (this.training.phase === 'loading') {
        this.training.lost();
        messages.error(`Training is not to be had: ${ended(error.message)}`);
      }
    }
    loading.hidden = true;
  }

  /** live tells the worker which K the live evaluation compares one step with. */
  live() {
    if (this.training.tasks.size === 0) return;
    this.worker.tell(Type.SetLive, { manySteps: sampler(this.#page.store.state).manySteps }).catch(() => {});
  }

  /** press does what the Train button says. */
  press() {
    switch (this.training.phase) {
      case 'running': return this.training.pause();
      case 'paused': return this.training.resume();
      case 'idle':
      case 'finished': return this.#train();
    }
  }

  #train() {
    const { store, body, weights, messages } = this.#page;
    const { task, algorithm } = store.state;
    if (!this.taskInfo?.defaults[algorithm]) {
      return messages.error(`There are no settings to train ${algorithmName(algorithm)} on this task with.`);
    }
    this.#about = { task, own: body.own };
    this.#pin();
    store.set({ drive: 'policy' });
    this.training.train(this.request(store.state));
    return weights.show('training');
  }

  // How many shares a batch has depends on this machine unless the settings say it, and the result on that: so from the
  // press on the link says it.
  #pin() {
    const { store } = this.#page;
    const settings = withShards(store.state, this.taskInfo);
    if (settings === store.state.settings) return;
    store.set({ settings });
    this.#pinned = settings;
  }

  /** unpin takes back what Train has entered into the settings, when a person changes them or the task. */
  unpin() {
    const { store } = this.#page;
    const pinned = this.#pinned;
    this.#pinned = null;
    if (pinned !== null && this.taskInfo) store.set({ settings: withoutShards(store.state.settings, pinned) });
  }

  /** keep leaves it in: a link has said it too. */
  keep() {
    this.#pinned = null;
  }

  // A run that has diverged stands at its last good state, from where other settings may lead further.
  #alter() {
    const { store } = this.#page;
    return {
      text: 'Go on with the settings of the form',
      act: () => {
        const { steps, ...config } = settingsOf(store.state, this.taskInfo).values;
        this.recovery.alter(config);
      },
    };
  }

  async reset() {
    await this.training.stop();
    this.#page.view.curve([], true);
  }

  /** take loads a run file or, by load, a state; the run then stands paused. It resolves with its RunInfo. */
  async take(bytes, load = () => this.training.load(bytes)) {
    const { body, weights, view } = this.#page;
    const info = await load();
    await body.adopt(bytes);
    this.#about = { task: info.task, own: body.own };
    if (this.newest) weights.hold('training', 'this training', this.newest);
    view.learned();
    return info;
  }

  async export() {
    try {
      const { bytes, info } = await this.training.save();
      await files.save(bytes, files.runName(info));
    } catch (error) {
      this.#page.messages.error(`The run was not saved: ${ended(error.message)}`);
    }
  }

  /** judgeSettings drops what a link sets and the worker does not take, and says so. */
  judgeSettings() {
    const { store, messages } = this.#page;
    if (!this.taskInfo || store.state.settings === '') return;
    const { settings, refused } = judge(store.state, this.taskInfo);
    refused.forEach((text) => messages.error(text));
    store.set({ settings });
  }

  #hear(m) {
    if (m.type === Type.HelpWanted) this.helpers.follow(m.body);
    else if (m.type === Type.HelperDismissed) this.helpers.dismiss(m.body.helper);
    else this.training.receive(m);
  }

  #greeted(info) {
    this.training.ready(info);
    this.#welcome();
    this.judgeSettings();
    this.#page.form.show();
    document.documentElement.dataset.worker = 'ready';
    this.live();
    if (this.training.phase === 'idle') this.recovery.offer();
  }

  #changed() {
    const { view, controls, numbers, store } = this.#page;
    view.trained();
    controls.showTraining(this.training, store.state.algorithm);
    numbers.train(this.training.metrics, this.training.evaluation);
  }

  #dead(reason, restarted) {
    const { messages } = this.#page;
    const { training } = this;
    this.helpers.end();
    if (!restarted) {
      messages.error(`The training worker does not start: ${ended(reason)} Everything else works.`);
      training.lost();
      return;
    }
    const at = Math.max(training.info?.envSteps ?? 0, training.metrics?.[Metric.EnvSteps] ?? 0);
    if (training.phase !== 'recovering') this.#wasRunning = training.phase === 'running' || training.phase === 'starting';
    this.worker.ready.then((info) => this.#greeted(info), () => {});
    if (training.recovering()) this.recovery.lost(reason, at, this.#wasRunning);
    else messages.error(`The training worker was lost: ${ended(reason)} Another was started; no training was running.`);
  }
}

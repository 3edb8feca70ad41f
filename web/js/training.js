// The training as the page sees it: its phase, what it last reported, and the rows and dots that a reloaded
// stage must get again. The work is done in the worker.

import { Refusal } from './client.js';
import { Signal } from './signal.js';
import { taskOf } from './tasks.js';
import { Type, Eval, Metric, NumEvaluation, NumMetrics, floats } from './protocol.js';

const PACED = 30; // s, over which the pace of a training is measured

/** @typedef {'loading' | 'idle' | 'starting' | 'running' | 'pausing' | 'paused' | 'stopping' | 'finished' | 'recovering' | 'lost'} Phase */

/** Training follows the run in the worker. */
export class Training {
  /** @type {Phase} */
  phase = 'loading';
  /** info is that of the run in the worker. @type {RunInfo | null} */
  info = null;
  /** metrics [NumMetrics] is the newest row. @type {Float64Array | null} */
  metrics = null;
  /** evaluation [NumEvaluation] is the newest. @type {Float64Array | null} */
  evaluation = null;
  /** rows has every evaluation. @type {Float64Array[]} */
  rows = [];
  /** dots are the newest. @type {Pick<Message, 'body' | 'data'> | null} */
  dots = null;
  before = NaN; // messages of the worker between the last Pause, Continue or Stop and its answer
  /** loading: a run is on its way into the worker, which is given no other meanwhile. */
  loading = false;

  /** changed: the phase, or what is known of the run. */
  changed = new Signal();
  /** measured: new metrics or an evaluation. */
  measured = new Signal();
  began = new Signal();
  finished = new Signal();
  /** ended: the run is no more. */
  ended = new Signal();
  /** cleared: what was reported belongs to no run now. */
  cleared = new Signal();
  /** evaluated(rows, reset): rows to add, or to begin with. @type {Signal<[Float64Array[], boolean]>} */
  evaluated = new Signal();
  /** snapshot(bytes): a newer policy. @type {Signal<[ArrayBuffer]>} */
  snapshot = new Signal();
  dotted = new Signal();
  /** @type {Signal<[Failure]>} */
  failed = new Signal();
  #worker;
  /** since: the row that the pace is measured from. @type {Float64Array | null} */
  #since = null;
  #pace = NaN; // steps a second

  /** @param {Pick<import('./trainingworker.js').TrainingWorker, 'request' | 'heard'>} worker */
  constructor(worker) {
    this.#worker = worker;
  }

  /** inMemory tells whether the worker holds a run. */
  get inMemory() {
    return ['starting', 'running', 'pausing', 'paused', 'finished', 'recovering'].includes(this.phase);
  }

  /** idle tells whether a run may be put into the worker. */
  get idle() {
    return !this.loading && (this.phase === 'idle' || this.phase === 'finished');
  }

  /** envSteps is how far the run has come. */
  get envSteps() {
    return Math.max(this.info?.envSteps ?? 0, this.metrics?.[1] ?? 0);
  }

  /** left is how many seconds are left at the pace of the last half minute of learning, NaN before there is one. */
  get left() {
    return ((this.info?.totalSteps ?? NaN) - this.envSteps) / this.#pace;
  }

  /** ready tells that the worker is there. */
  ready() {
    if (this.phase !== 'recovering') this.#enter('idle');
  }

  get curveInfo() {
    return { totalSteps: this.info?.totalSteps ?? 0, solved: taskOf(this.info?.task ?? '')?.solved ?? 0 };
  }

  /**
   * train starts from scratch, or with the networks of a policy file.
   * @param {TrainRequest} request
   * @param {ArrayBuffer} [policy]
   */
  train(request, policy) {
    const before = this.phase;
    this.#clear();
    const then = (/** @type {Message} */ m) => { this.#began(m.body, 'running'); this.began.send(); };
    return this.#ask('starting', Type.Train, request, then, before === 'finished' ? 'idle' : before, policy && [policy.slice(0)]);
  }

  /**
   * load resumes a run file; the run stands paused. A file that is refused changes nothing.
   * @param {ArrayBuffer} bytes
   * @returns {Promise<RunInfo>}
   */
  async load(bytes) {
    const answer = await this.#load(Type.LoadRun, undefined, [bytes.slice(0)]);
    this.#clear();
    this.#began(answer.body, 'paused');
    this.began.send();
    return answer.body;
  }

  /**
   * loadState goes on from a save; the run stands paused, or finished where it has taken all of its steps.
   * @param {Save} save
   * @param {RunChange} [change]
   * @returns {Promise<RunInfo>}
   */
  async loadState({ state, blocks }, change) {
    const answer = await this.#load(Type.LoadState, change, [state.slice(0), ...blocks]);
    this.#forget();
    this.#began(answer.body, answer.body.envSteps >= answer.body.totalSteps ? 'finished' : 'paused');
    return answer.body;
  }

  /**
   * @param {number} type
   * @param {unknown} body
   * @param {ArrayBuffer[]} data
   */
  async #load(type, body, data) {
    this.loading = true;
    this.changed.send();
    try {
      return await this.#worker.request(type, body, data);
    } finally {
      this.loading = false;
      this.changed.send();
    }
  }

  pause() {
    return this.#ask('pausing', Type.Pause, undefined, (m) => this.#settle(m.body, 'paused'));
  }

  resume() {
    return this.#ask('starting', Type.Continue, undefined, (m) => this.#settle(m.body, 'running'));
  }

  /** stop drops the run. */
  async stop() {
    await this.#ask('stopping', Type.Stop, undefined, () => {
      this.#clear();
      this.#enter('idle');
      this.ended.send();
    });
  }

  /** save resolves with the run file's bytes and its RunInfo. */
  async save() {
    const answer = await this.#worker.request(Type.SaveRun);
    return { bytes: /** @type {ArrayBuffer} */ (answer.data[0]), info: /** @type {RunInfo} */ (answer.body) };
  }

  /**
   * draft resolves with the untrained policy that a training would begin with, or rejects with what is wrong with it.
   * @param {TrainRequest} request
   * @returns {Promise<ArrayBuffer>}
   */
  async draft(request) {
    const answer = await this.#worker.request(Type.Draft, request);
    return answer.data[0];
  }

  /** lost is called when the worker died and none takes its place: the run is gone, what the page holds is not. */
  lost() {
    this.info = null;
    this.#enter('lost');
  }

  /** recovering is called when the worker died and another is on its way; it tells whether a run was lost with it. */
  recovering() {
    const held = this.inMemory;
    if (!held) this.info = null;
    this.#enter(held ? 'recovering' : 'loading');
    return held;
  }

  /** dropped is called when the run does not come back. */
  dropped() {
    this.info = null;
    this.#enter('idle');
  }

  /**
   * listen follows what a worker says unasked.
   * @param {import('./client.js').Client} client
   */
  listen(client) {
    client.on(Type.Metrics, ({ data }) => {
      const rows = floats(data[0]);
      if (rows.length < NumMetrics) return;
      this.metrics = rows.slice(rows.length - NumMetrics);
      this.#reckon(this.metrics);
      this.measured.send();
    });
    client.on(Type.Evaluation, ({ data }) => {
      this.evaluation = floats(data[0]).slice(0, NumEvaluation);
      this.rows.push(this.evaluation);
      this.evaluated.send([this.evaluation], false);
      this.measured.send();
    });
    client.on(Type.Dots, ({ body, data }) => {
      this.dots = { body, data };
      this.dotted.send();
    });
    client.on(Type.Snapshot, ({ body, data }) => {
      if (body) this.info = { ...this.info, ...body };
      this.snapshot.send(data[0]);
    });
    client.on(Type.Paused, ({ body }) => this.#settle(body, 'paused'));
    client.on(Type.Running, ({ body }) => this.#settle(body, 'running'));
    client.on(Type.Finished, ({ body }) => {
      this.#settle(body, 'finished');
      this.finished.send();
    });
    client.on(Type.WorkerError, ({ body }) => {
      // Of "body-diverged" only an episode has ended.
      if (body.code === 'diverged' && this.phase === 'running') this.#enter('paused'); // the worker keeps the run
      this.failed.send(body);
    });
  }

  /** curve lists rows, all where none are given, in one array. */
  curve(rows = this.rows) {
    const all = new Float64Array(rows.length * NumEvaluation);
    rows.forEach((row, i) => all.set(row, i * NumEvaluation));
    return all.buffer;
  }

  /** best is the highest one-step mean of all evaluations, NaN before the first. */
  get best() {
    return this.rows.reduce((best, row) => (best > row[Eval.OneStepMean] ? best : row[Eval.OneStepMean]), NaN);
  }

  /**
   * @param {Phase} meanwhile
   * @param {number} type
   * @param {unknown} body
   * @param {(answer: Message) => void} then
   */
  async #ask(meanwhile, type, body, then, back = this.phase, data = /** @type {ArrayBuffer[]} */ ([])) {
    const heard = this.#worker.heard;
    this.#enter(meanwhile);
    try {
      const answer = await this.#worker.request(type, body, data);
      this.before = this.#worker.heard - heard - 1;
      // The run may have finished while it was asked to pause; what it said last holds.
      if (this.phase === meanwhile) then(answer);
      else this.changed.send();
    } catch (error) {
      if (this.phase === meanwhile) this.#enter(back);
      if (error instanceof Refusal) this.failed.send(error.failure);
    }
  }

  /**
   * @param {RunInfo} info
   * @param {Phase} phase
   */
  #began(info, phase) {
    this.info = info;
    this.evaluated.send([], true);
    this.#enter(phase);
  }

  /**
   * @param {RunInfo | undefined} info
   * @param {Phase} phase
   */
  #settle(info, phase) {
    if (info) this.info = info;
    this.#enter(phase);
  }

  #forget() {
    this.info = this.metrics = this.evaluation = this.dots = null;
    this.rows = [];
    this.#since = null;
    this.#pace = NaN;
  }

  /**
   * reckon measures the pace; steps before the first update are no measure of those that learn.
   * @param {Float64Array} row
   */
  #reckon(row) {
    const seconds = this.#since ? row[Metric.Seconds] - this.#since[Metric.Seconds] : NaN;
    if (seconds >= 0 && seconds < PACED) return;
    if (this.#since && seconds > 0) this.#pace = (row[Metric.EnvSteps] - this.#since[Metric.EnvSteps]) / seconds || NaN;
    this.#since = row[Metric.Updates] > 0 ? row : null;
  }

  #clear() {
    this.#forget();
    this.cleared.send();
  }

  /** @param {Phase} phase */
  #enter(phase) {
    this.phase = phase;
    this.changed.send();
  }
}

// The training as the page sees it: its phase, what it last reported, and the rows and dots that a reloaded
// stage must get again. The work is done in the worker.

import { Type, Eval, NumEvaluation, NumMetrics, floats } from './protocol.js';

/** Phases: loading, idle, starting, running, pausing, paused, stopping, finished, recovering, lost. */
export class Training {
  phase = 'loading';
  info = null; // RunInfo of the run in the worker
  metrics = null; // Float64Array [NumMetrics], the newest row
  evaluation = null; // Float64Array [NumEvaluation], the newest
  rows = []; // every Evaluation
  dots = null; // {body, data}, the newest
  tasks = new Map(); // TaskInfo by name, from WorkerReady
  answered = NaN; // ms between the last Pause, Continue or Stop and its answer
  #worker;

  /** events: began(), ended(), autosaved(m), changed(), measured(), snapshot(bytes, info), evaluated(rows, reset), dotted(), failed(text). */
  constructor(worker, events) {
    this.#worker = worker;
    this.events = events;
  }

  /** inMemory tells whether the worker holds a run. */
  get inMemory() {
    return ['starting', 'running', 'pausing', 'paused', 'finished', 'recovering'].includes(this.phase);
  }

  ready(workerInfo) {
    for (const task of workerInfo.tasks) this.tasks.set(task.name, task);
    if (this.phase !== 'recovering') this.#enter('idle');
  }

  get curveInfo() {
    return { totalSteps: this.info?.totalSteps ?? 0, solved: this.tasks.get(this.info?.task)?.solved ?? 0 };
  }

  /** train starts from scratch. */
  train(request) {
    const before = this.phase;
    this.#clear();
    return this.#ask('starting', Type.Train, request, [], (m) => { this.#began(m.body, 'running'); this.events.began(); }, before === 'finished' ? 'idle' : before);
  }

  /** load resumes a run file; the run stands paused. A file that is refused changes nothing. */
  async load(bytes) {
    const answer = await this.#worker.request(Type.LoadRun, undefined, [bytes.slice(0)]);
    this.#clear();
    this.#began(answer.body, 'paused');
    this.events.began();
    return answer.body;
  }

  /** loadState goes on from a save {state, blocks}; the run stands paused. change is {steps, config}, or none. */
  async loadState({ state, blocks }, change) {
    const answer = await this.#worker.request(Type.LoadState, change, [state.slice(0), ...blocks]);
    this.#forget();
    this.#began(answer.body, 'paused');
    return answer.body;
  }

  pause() {
    return this.#ask('pausing', Type.Pause, undefined, [], (m) => this.#settle(m.body, 'paused'));
  }

  resume() {
    return this.#ask('starting', Type.Continue, undefined, [], (m) => this.#settle(m.body, 'running'));
  }

  /** stop drops the run. */
  async stop() {
    await this.#ask('stopping', Type.Stop, undefined, [], () => {
      this.#clear();
      this.#enter('idle');
      this.events.ended();
    });
  }

  /** save resolves with the run file's bytes and its RunInfo. */
  async save() {
    const answer = await this.#worker.request(Type.SaveRun);
    return { bytes: answer.data[0], info: answer.body };
  }

  /** draft resolves with the untrained policy that a training would begin with, or rejects with what is wrong with it. */
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
    const held = this.inMemory && this.phase !== 'finished';
    if (!held) this.info = null;
    this.#enter(held ? 'recovering' : 'loading');
    return held;
  }

  /** dropped is called when the run does not come back. */
  dropped() {
    this.info = null;
    this.#enter('idle');
  }

  /** receive takes what the worker says unasked. */
  receive(m) {
    switch (m.type) {
      case Type.Metrics: {
        const rows = floats(m.data[0]);
        if (rows.length < NumMetrics) return;
        this.metrics = rows.slice(rows.length - NumMetrics);
        this.events.measured();
        break;
      }
      case Type.Evaluation:
        this.evaluation = floats(m.data[0]).slice(0, NumEvaluation);
        this.rows.push(this.evaluation);
        this.events.evaluated([this.evaluation], false);
        this.events.measured();
        break;
      case Type.Dots:
        this.dots = { body: m.body, data: m.data };
        this.events.dotted();
        break;
      case Type.Snapshot:
        if (m.body) this.info = { ...this.info, ...m.body };
        this.events.snapshot(m.data[0], this.info);
        break;
      case Type.Paused:
        this.#settle(m.body, 'paused');
        break;
      case Type.Running:
        this.#settle(m.body, 'running');
        break;
      case Type.Finished:
        this.#settle(m.body, 'finished');
        this.events.ended();
        break;
      case Type.Autosave:
        this.events.autosaved(m);
        break;
      case Type.WorkerError:
        // Of "body-diverged" only an episode has ended.
        if (m.body.code === 'diverged' && this.phase === 'running') this.#enter('paused'); // the worker keeps the run
        this.events.failed(m.body);
        break;
    }
  }

  /** curve lists all rows in one array, for a stage that has none. */
  curve(rows = this.rows) {
    const all = new Float64Array(rows.length * NumEvaluation);
    rows.forEach((row, i) => all.set(row, i * NumEvaluation));
    return all.buffer;
  }

  /** best is the highest one-step mean of all evaluations, NaN before the first. */
  get best() {
    return this.rows.reduce((best, row) => (best > row[Eval.OneStepMean] ? best : row[Eval.OneStepMean]), NaN);
  }

  async #ask(meanwhile, type, body, data, then, back = this.phase) {
    const asked = performance.now();
    this.#enter(meanwhile);
    try {
      const answer = await this.#worker.request(type, body, data);
      this.answered = performance.now() - asked;
      // The run may have finished while it was asked to pause; what it said last holds.
      if (this.phase === meanwhile) then(answer);
      else this.events.changed();
    } catch (error) {
      if (this.phase === meanwhile) this.#enter(back);
      if (error.failure) this.events.failed(error.failure);
    }
  }

  #began(info, phase) {
    this.info = info;
    this.events.evaluated([], true);
    this.#enter(phase);
  }

  #settle(info, phase) {
    if (info) this.info = info;
    this.#enter(phase);
  }

  #forget() {
    Object.assign(this, { info: null, metrics: null, evaluation: null, rows: [], dots: null });
  }

  #clear() {
    this.#forget();
    this.events.cleared();
  }

  #enter(phase) {
    this.phase = phase;
    this.events.changed();
  }
}

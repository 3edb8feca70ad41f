// The page's end of the training worker: its life, its requests, and a watch over it.

import { Type, message, read } from './protocol.js';

const ANSWER_WITHIN = 10_000; // ms until a request counts as unanswered
const ASK_AFTER = 2; // seconds without a message while training, until the worker is asked; evaluations are silent
const SILENT_FOR = 4; // seconds without a message while training, until the worker counts as hung: noticed within 5 with the watch's tick

/** WorkerFailure carries the Failure that the worker answered with. */
export class WorkerFailure extends Error {
  constructor(failure) {
    super(failure.message);
    this.failure = failure;
  }
}

/**
 * WorkerClient owns one Web Worker. on(message) gets what is no answer, dead(reason, restarted) hears of a
 * worker that was lost, talking() tells whether a sound worker would be at work.
 */
export class WorkerClient {
  #program; // {module, wasmExec}, kept to start another
  #worker = null;
  #ready; // promise of WorkerReady's body
  #requests = new Map(); // id -> {resolve, reject, timer}
  #nextID = 1;
  #heard = false; // since the last tick of the watch
  #silence = 0; // ticks
  #lastTick = 0;

  constructor({ on, dead, talking }) {
    Object.assign(this, { on, dead, talking });
    setInterval(() => this.#watch(), 1000);
  }

  /** ready resolves with WorkerReady's body of the worker that now lives. */
  get ready() {
    return this.#ready;
  }

  /** start boots the program and resolves with WorkerReady's body. */
  start(program) {
    this.#program = program;
    this.#worker = new Worker(new URL('worker.js', import.meta.url), { name: 'onestep training' });
    const worker = this.#worker;
    this.#silence = 0;
    this.#ready = new Promise((resolve, reject) => {
      this.#requests.set(0, { resolve: (m) => resolve(m.body), reject });
    });
    this.#ready.catch(() => {}); // whoever asks for it hears of it; dead() has reported it
    worker.addEventListener('message', (event) => worker === this.#worker && this.#receive(event.data));
    worker.addEventListener('error', (event) => {
      event.preventDefault();
      if (worker === this.#worker) this.#lose(event.message || 'its script could not be loaded');
    });
    worker.postMessage({ boot: program });
    return this.#ready;
  }

  /** request sends and resolves with the answer, or rejects with a WorkerFailure. */
  async request(type, body, data = []) {
    await this.#ready;
    const id = this.#nextID++;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.#lose('it does not answer'), ANSWER_WITHIN);
      this.#requests.set(id, { resolve, reject, timer });
      this.#worker.postMessage(message(type, id, body, data), data);
    });
  }

  /** tell sends what needs no answer; before the worker is ready it waits. */
  async tell(type, body) {
    await this.#ready;
    this.#worker.postMessage(message(type, 0, body));
  }

  /** join hands the worker a port to a helper. */
  join(order, port) {
    this.#worker?.postMessage({ ...message(Type.Help, 0, order), port }, [port]);
  }

  #receive(envelope) {
    this.#heard = true;
    let m;
    try {
      m = read(envelope);
    } catch (error) {
      this.#lose(`it sent ${error.message}`);
      return;
    }
    if (m.type === Type.WorkerError && m.body?.code === 'panic') {
      this.#lose(m.body.message);
      return;
    }
    const id = m.type === Type.WorkerReady ? 0 : m.id;
    const request = m.type === Type.WorkerReady || m.id !== 0 ? this.#requests.get(id) : undefined;
    if (!request) {
      this.on(m);
      return;
    }
    clearTimeout(request.timer);
    this.#requests.delete(id);
    if (m.type === Type.WorkerError) request.reject(new WorkerFailure(m.body));
    else request.resolve(m);
  }

  // A second without a tick of this watch (a sleeping machine, a throttled tab) says nothing about the worker.
  #watch() {
    const now = performance.now();
    const steady = now - this.#lastTick < 2500;
    this.#lastTick = now;
    this.#silence = this.#heard || !steady || !this.talking() ? 0 : this.#silence + 1;
    this.#heard = false;
    if (this.#silence === ASK_AFTER) this.#ask();
    if (this.#silence >= SILENT_FOR) this.#lose(`it was silent for ${SILENT_FOR} seconds`);
  }

  // A worker at work answers Continue and changes nothing; any answer breaks the silence.
  #ask() {
    const id = this.#nextID++;
    this.#requests.set(id, { resolve() {}, reject() {} });
    this.#worker.postMessage(message(Type.Continue, id));
  }

  /** #lose ends the worker, fails what was asked of it, starts another and reports. */
  #lose(reason) {
    this.#worker.terminate();
    this.#worker = null;
    const started = !this.#requests.has(0);
    for (const request of this.#requests.values()) {
      clearTimeout(request.timer);
      request.reject(new Error(reason));
    }
    this.#requests.clear();
    if (started) this.start(this.#program); // one that never came up would not come up again
    this.dead(reason, started);
  }
}

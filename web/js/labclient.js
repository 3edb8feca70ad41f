// The lab's own worker: another instance of the training program, which lives while the lab is open.

import { Type, message, read } from './protocol.js';
import * as load from './loader.js';

/** LabClient starts and ends the worker. on(message) gets what is no answer, lost(reason) hears of its end. */
export class LabClient {
  #site;
  #program; // promise of {module, wasmExec}
  #worker = null;
  #ready;
  #requests = new Map(); // id -> {resolve, reject}
  #nextID = 1;

  constructor(site, { on, lost }) {
    this.#site = site;
    Object.assign(this, { on, lost });
  }

  get open() {
    return this.#worker !== null;
  }

  /** start boots the worker unless it lives. */
  start() {
    if (this.#worker) return;
    const worker = new Worker(new URL('worker.js', import.meta.url), { name: 'onestep variance lab' });
    this.#worker = worker;
    this.#ready = new Promise((resolve, reject) => this.#requests.set(0, { resolve, reject }));
    this.#ready.catch(() => {}); // lost() has reported it
    worker.addEventListener('message', (event) => worker === this.#worker && this.#receive(event.data));
    worker.addEventListener('error', (event) => {
      event.preventDefault();
      if (worker === this.#worker) this.#fail(event.message || 'its script could not be loaded');
    });
    this.#program ??= this.#compile();
    this.#program.then((program) => worker.postMessage({ boot: program }), (error) => {
      this.#program = undefined;
      if (worker === this.#worker) this.#fail(error.message);
    });
  }

  /** stop ends the worker and drops what was asked of it. */
  stop() {
    this.#worker?.terminate();
    this.#worker = null;
    for (const { reject } of this.#requests.values()) reject(new Error('the lab was left'));
    this.#requests.clear();
  }

  /** request sends and resolves with the answer; a refusal rejects with an Error whose code is the worker's. */
  async request(type, body) {
    const worker = this.#worker;
    await this.#ready;
    if (worker !== this.#worker) throw new Error('the lab was left');
    const id = this.#nextID++;
    return new Promise((resolve, reject) => {
      this.#requests.set(id, { resolve, reject });
      worker.postMessage(message(type, id, body));
    });
  }

  async #compile() {
    const site = await this.#site;
    return { module: await load.compile(site.worker.url), wasmExec: new URL(site.wasmExec.url, document.baseURI).href };
  }

  #receive(envelope) {
    let m;
    try {
      m = read(envelope);
    } catch (error) {
      this.#fail(`it sent ${error.message}`);
      return;
    }
    if (m.type === Type.WorkerError && m.body?.code === 'panic') {
      this.#fail(m.body.message);
      return;
    }
    const id = m.type === Type.WorkerReady ? 0 : m.id;
    const request = m.type === Type.WorkerReady || id !== 0 ? this.#requests.get(id) : undefined;
    if (!request) {
      this.on(m);
      return;
    }
    this.#requests.delete(id);
    if (m.type === Type.WorkerError) request.reject(Object.assign(new Error(m.body.message), { code: m.body.code }));
    else request.resolve(m);
  }

  #fail(reason) {
    this.stop();
    this.lost(reason);
  }
}

// The training program, compiled once for all of its workers (training, helpers, lab), and one worker that runs it.

import { Client } from './client.js';
import { tr } from './language.js';
import { Type, message, read } from './protocol.js';
import * as load from './loader.js';

/** Programs fetches and compiles the program when it is first asked for; after a failure the next one asks again. */
export class Programs {
  /** @type {Promise<Program> | undefined} */
  #program;
  #site;
  #progress;

  /**
   * @param {Promise<Site>} site
   * @param {(part: number) => void} progress hears how much has come, 0..1
   */
  constructor(site, progress) {
    this.#site = site;
    this.#progress = progress;
  }

  get() {
    this.#program ??= this.#load().catch((error) => {
      this.#program = undefined;
      throw error;
    });
    return this.#program;
  }

  /** @returns {Promise<Program>} */
  async #load() {
    const { worker, wasmExec } = await this.#site;
    const module = await load.compile(worker.url, (received) => this.#progress(Math.min(1, received / worker.bytes)));
    return { module, wasmExec: new URL(wasmExec.url, document.baseURI).href };
  }
}

/** ProgramWorker is a Web Worker that runs the program from start to stop, or until it is lost. */
export class ProgramWorker {
  /** ready resolves with what the program says when it begins. @type {Promise<WorkerInfo>} */
  ready;
  client;
  /** heard counts messages. */
  heard = 0;
  /** @type {Worker | null} */
  #worker;
  #lost;
  /** @type {(reason: Error) => void} */
  #fail = () => {};

  /**
   * @param {string} name
   * @param {Promise<Program>} program
   * @param {(reason: string) => void} lost hears of an end that was not asked for
   * @param {{after: () => number, act: () => void}} [late]
   */
  constructor(name, program, lost, late) {
    const worker = new Worker(new URL('worker.js', import.meta.url), { name });
    this.#worker = worker;
    this.#lost = lost;
    this.client = new Client((envelope, transfer) => worker.postMessage(envelope, transfer), late);
    this.ready = new Promise((resolve, reject) => {
      this.client.on(Type.WorkerReady, ({ body }) => resolve(body));
      this.#fail = reject;
    });
    this.ready.catch(() => {}); // whoever asks for it hears of it, and lost() has
    worker.addEventListener('message', ({ data }) => this.#worker && this.#receive(data));
    worker.addEventListener('error', (event) => {
      event.preventDefault();
      this.#end(event.message || tr('its script could not be loaded'));
    });
    program.then((booted) => worker.postMessage({ boot: booted, panic: message(Type.WorkerError) }), (error) => this.#end(error.message));
  }

  /**
   * request sends once the program is there, and resolves with the answer.
   * @param {number} type
   * @param {unknown} [body]
   * @param {ArrayBuffer[]} [data] is given away
   */
  async request(type, body, data = []) {
    await this.ready;
    return this.client.request(type, body, data, data);
  }

  /**
   * tell sends once the program is there.
   * @param {number} type
   * @param {unknown} [body]
   * @param {ArrayBuffer[]} [data] is copied
   */
  async tell(type, body, data) {
    await this.ready;
    this.client.tell(type, body, data);
  }

  /**
   * join hands the worker a port, with a message that says what for.
   * @param {number} type
   * @param {unknown} body
   * @param {MessagePort} port
   */
  join(type, body, port) {
    this.#worker?.postMessage({ ...message(type, 0, body), port }, [port]);
  }

  /**
   * stop ends the worker and drops what was asked of it.
   * @param {string} reason
   */
  stop(reason) {
    this.#worker?.terminate();
    this.#worker = null;
    this.#fail(new Error(reason));
    this.client.drop(reason);
  }

  /** @param {unknown} envelope */
  #receive(envelope) {
    this.heard++;
    try {
      const { type, body } = read(envelope);
      if (type === Type.WorkerError && body?.code === 'panic') this.#end(body.message);
      else this.client.receive(envelope);
    } catch (error) {
      this.#end(tr`it sent ${/** @type {Error} */ (error).message}`);
    }
  }

  /** @param {string} reason */
  #end(reason) {
    if (!this.#worker) return;
    this.stop(reason);
    this.#lost(reason);
  }
}

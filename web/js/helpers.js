// The helpers of the training worker: other workers of the same program, which compute shards of its batches. The page
// starts them where the worker asks for them, and joins each to it by a channel; it takes no part in what they say.

import { tr } from './language.js';
import { ProgramWorker } from './program.js';
import { Type } from './protocol.js';

const MOST = 4; // workers that compute, the training worker included

/** places is how many workers may compute: one core is left to the page. */
export const places = () => Math.max(1, Math.min(MOST, (navigator.hardwareConcurrency || 2) - 1));

/** Helpers owns them. */
export class Helpers {
  #program;
  #join;
  /** @type {Map<number, ProgramWorker>} */
  #workers = new Map(); // by number
  #last = 0;

  /**
   * @param {import('./program.js').Programs} program
   * @param {(order: HelpOrder, port: MessagePort) => void} join hands the training worker one end of a channel
   */
  constructor(program, join) {
    this.#program = program;
    this.#join = join;
  }

  /**
   * follow takes up an order of the worker: those of the one before go.
   * @param {HelpOrder} order
   */
  follow(order) {
    this.end();
    for (let i = 0; i < Math.min(order.count, places() - 1); i++) this.#start(order);
  }

  /** @param {number} id */
  dismiss(id) {
    this.#workers.get(id)?.stop(tr('it was dismissed'));
    this.#workers.delete(id);
  }

  end() {
    for (const id of [...this.#workers.keys()]) this.dismiss(id);
  }

  // A helper that is lost costs time only: the training worker goes on without it.
  /** @param {HelpOrder} order */
  #start(order) {
    const id = ++this.#last;
    const worker = new ProgramWorker(`onestep helper ${id}`, this.#program.get(), () => this.dismiss(id));
    this.#workers.set(id, worker);
    worker.client.on(Type.WorkerError, () => this.dismiss(id));
    worker.ready.then(() => {
      const { port1, port2 } = new MessageChannel();
      worker.join(Type.Assist, undefined, port1);
      this.#join({ ...order, helper: id }, port2);
    }, () => {});
  }
}

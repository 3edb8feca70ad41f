// The helpers of the training worker: other workers of the same program, which compute shares of its batches. The page
// starts them where the worker asks for them, and joins each to it by a channel; it takes no part in what they say.

import { Type, message, read } from './protocol.js';

const MOST = 4; // workers that compute, the training worker included

/** places is how many workers may compute: one core is left to the page. */
export const places = () => Math.max(1, Math.min(MOST, (navigator.hardwareConcurrency || 2) - 1));

/** Helpers owns them; join(order, port) hands the worker one end of a channel. */
export class Helpers {
  #program;
  #join;
  #workers = new Map(); // by number
  #last = 0;

  constructor(join) {
    this.#join = join;
  }

  /** use is the program that they run. */
  use(program) {
    this.#program = program;
  }

  /** follow takes up an order of the worker: those of the one before go. */
  follow(order) {
    this.end();
    for (let i = 0; i < Math.min(order.count, places() - 1); i++) this.#start(order);
  }

  dismiss(id) {
    this.#workers.get(id)?.terminate();
    this.#workers.delete(id);
  }

  end() {
    for (const id of [...this.#workers.keys()]) this.dismiss(id);
  }

  // Whatever a helper says, but that it is there, means that it has stopped: the worker goes on without it.
  #start(order) {
    const id = ++this.#last;
    const worker = new Worker(new URL('worker.js', import.meta.url), { name: `onestep helper ${id}` });
    this.#workers.set(id, worker);
    worker.addEventListener('message', ({ data }) => {
      if (this.#workers.get(id) !== worker) return;
      if (read(data).type !== Type.WorkerReady) return this.dismiss(id);
      const { port1, port2 } = new MessageChannel();
      worker.postMessage({ ...message(Type.Assist), port: port1 }, [port1]);
      this.#join({ ...order, helper: id }, port2);
    });
    worker.addEventListener('error', (event) => {
      event.preventDefault();
      this.dismiss(id);
    });
    worker.postMessage({ boot: this.#program });
  }
}

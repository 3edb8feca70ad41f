// The training's worker: it is watched, and where it is lost another takes its place.

import { tr } from './language.js';
import { ProgramWorker } from './program.js';
import { Type } from './protocol.js';

const ASK_AFTER = 2; // seconds without a message while training, until the worker is asked; evaluations are silent
const SILENT_FOR = 4; // seconds without a message while training, until the worker counts as hung: noticed within 5 with the watch's tick
const LONGEST = 60; // seconds that it may become on a slow machine
const ANSWER_WITHIN = 2500; // ms for each second of silence that is allowed, until a request counts as unanswered

/** TrainingWorker owns the worker that now lives. */
export class TrainingWorker {
  #program;
  #events;
  /** @type {ProgramWorker} */
  #worker = /** @type {any} */ (null);
  #name;
  #came = false; // the worker that now lives has been ready
  #heard = 0; // messages at the last tick of the watch
  #silence = 0; // ticks
  #allowed = SILENT_FOR; // seconds without a message; more where sound workers are slow
  #lastTick = 0;
  #watching = 0;

  /**
   * listen(client) subscribes to what a new worker says, dead(reason, restarted) hears of one that was lost, talking() tells
   * whether a sound worker would be at work.
   * @param {import('./program.js').Programs} program
   * @param {{listen: (client: import('./client.js').Client) => void, dead: (reason: string, restarted: boolean) => void, talking: () => boolean}} events
   * @param {string} [name]
   */
  constructor(program, events, name = 'onestep training') {
    this.#name = name;
    this.#program = program;
    this.#events = events;
  }

  /** ready resolves with what the worker that now lives says first. */
  get ready() {
    return this.#worker.ready;
  }

  /** heard counts the messages of the worker that now lives. */
  get heard() {
    return this.#worker?.heard ?? 0;
  }

  start() {
    this.#watching ||= setInterval(() => this.#watch(), 1000);
    this.#came = false;
    this.#silence = this.#heard = 0;
    const worker = new ProgramWorker(this.#name, this.#program.get(), (reason) => this.#lose(reason),
      { after: () => ANSWER_WITHIN * this.#allowed, act: () => this.#lose(tr('it does not answer')) });
    this.#worker = worker;
    this.#events.listen(worker.client);
    worker.ready.then(() => { this.#came = true; }, () => {});
    return worker.ready;
  }

  /** end ends the worker; start brings another. */
  end() {
    clearInterval(this.#watching);
    this.#watching = 0;
    this.#worker?.stop(tr('it was ended'));
    this.#worker = /** @type {any} */ (null);
  }

  /** @type {ProgramWorker['request']} */
  request(type, body, data) {
    return this.#worker.request(type, body, data);
  }

  /** @type {ProgramWorker['tell']} */
  tell(type, body, data) {
    return this.#worker.tell(type, body, data);
  }

  /**
   * help hands the worker a port to a helper.
   * @param {HelpOrder} order
   * @param {MessagePort} port
   */
  help(order, port) {
    this.#worker.join(Type.Help, order, port);
  }

  // A second without a tick of this watch (a sleeping machine, a throttled tab) says nothing about the worker.
  #watch() {
    if (!this.#worker) return;
    const now = performance.now();
    const steady = now - this.#lastTick < 2500;
    this.#lastTick = now;
    const spoke = this.#worker.heard > this.#heard;
    // Where a machine or a browser is slow, so is the answer of a sound worker: four times the longest is allowed.
    if (spoke) this.#allow(ASK_AFTER + 4 * (this.#silence - ASK_AFTER));
    this.#silence = spoke || !steady || !this.#events.talking() ? 0 : this.#silence + 1;
    this.#heard = this.#worker.heard;
    // A worker at work answers Continue and changes nothing; any answer breaks the silence.
    if (this.#silence === ASK_AFTER) this.#worker.client.request(Type.Continue).catch(() => {});
    if (this.#silence < this.#allowed) return;
    const reason = tr`it was silent for ${this.#allowed} seconds`;
    this.#allow(2 * this.#allowed); // it may have been slow: the next one has more time
    this.#lose(reason);
  }

  /** @param {number} seconds */
  #allow(seconds) {
    this.#allowed = Math.min(LONGEST, Math.max(this.#allowed, seconds));
  }

  // One that never came up would not come up again.
  /** @param {string} reason */
  #lose(reason) {
    const again = this.#came;
    this.#worker.stop(reason);
    if (again) this.start();
    this.#events.dead(reason, again);
  }
}

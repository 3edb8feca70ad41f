// One way to ask another part of the program, be it the stage, the training worker or the lab's: requests with their
// answers, and what the other side says unasked, by its type.

import { cause } from './language.js';
import { Type, message, read } from './protocol.js';

/** Refusal is the Failure that the other side answered with. */
export class Refusal extends Error {
  /** @param {Failure} failure */
  constructor(failure) {
    super(failure.message);
    this.failure = failure;
  }
}

/** @type {number[]} */
const FAILURES = [Type.WorkerError, Type.StageError];

/** @typedef {(m: Message) => void} Listener */

/** Client numbers requests and matches their answers. */
export class Client {
  /** @type {Map<number, {resolve: Listener, reject: (error: Error) => void, timer: number}>} */
  #requests = new Map();
  /** @type {Map<number, Listener[]>} */
  #listeners = new Map();
  #last = 0; // id
  #send;
  #late;

  /**
   * @param {(envelope: Envelope, transfer: Transferable[]) => void} send
   * @param {{after: () => number, act: () => void}} [late] what happens where a request has no answer after so many ms
   */
  constructor(send, late) {
    this.#send = send;
    this.#late = late;
  }

  /**
   * on calls listener for each message of one of the types that answers no request.
   * @param {number | number[]} types
   * @param {Listener} listener
   */
  on(types, listener) {
    for (const type of [types].flat()) this.#listeners.set(type, [...this.#listeners.get(type) ?? [], listener]);
  }

  /**
   * request sends and resolves with the answer, or rejects with a Refusal, or with an Error where none comes.
   * @param {number} type
   * @param {unknown} [body]
   * @param {ArrayBuffer[]} [data]
   * @param {Transferable[]} [transfer]
   * @returns {Promise<Message>}
   */
  request(type, body, data = [], transfer = []) {
    const id = ++this.#last;
    return new Promise((resolve, reject) => {
      const timer = this.#late ? setTimeout(this.#late.act, this.#late.after()) : 0;
      this.#requests.set(id, { resolve, reject, timer });
      this.#send(message(type, id, body, data), transfer);
    });
  }

  /**
   * tell sends what needs no answer.
   * @param {number} type
   * @param {unknown} [body]
   * @param {ArrayBuffer[]} [data]
   */
  tell(type, body, data = []) {
    this.#send(message(type, 0, body, data), []);
  }

  /**
   * receive takes an envelope; it throws an Error that says what is wrong with it.
   * @param {unknown} envelope
   */
  receive(envelope) {
    const m = read(envelope);
    if (FAILURES.includes(m.type)) m.body.message = cause(String(m.body?.message));
    const request = this.#requests.get(m.id);
    if (!request) {
      for (const listener of this.#listeners.get(m.type) ?? []) listener(m);
      return;
    }
    clearTimeout(request.timer);
    this.#requests.delete(m.id);
    if (FAILURES.includes(m.type)) request.reject(new Refusal(m.body));
    else request.resolve(m);
  }

  /**
   * drop rejects what has no answer yet: the other side is gone.
   * @param {string} reason
   */
  drop(reason) {
    for (const { reject, timer } of this.#requests.values()) {
      clearTimeout(timer);
      reject(new Error(reason));
    }
    this.#requests.clear();
  }
}

// A thing that happens, told to those who asked to hear of it, in the order in which they asked.

/** @template {unknown[]} [T=[]] */
export class Signal {
  /** @type {((...args: T) => void)[]} */
  #listeners = [];

  /** @param {(...args: T) => void} listener */
  add(listener) {
    this.#listeners.push(listener);
  }

  /** @param {T} args */
  send(...args) {
    for (const listener of this.#listeners) listener(...args);
  }
}

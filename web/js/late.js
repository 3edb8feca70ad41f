// Actions that take time, in a menu: how long one evaluation of the network lasts in simulated time, by the slider, or as long as it does
// on this machine.

import { tr } from './language.js';
import { Menu } from './menus.js';
import { Stat } from './protocol.js';
import { duration, short } from './format.js';
import { button, byID, input, write } from './dom.js';

/** Late binds the menu. */
export class Late {
  #each = NaN; // ms that an evaluation takes here

  /** @param {import('./state.js').Store} store */
  constructor(store) {
    new Menu(byID('late-menu'), button('late'));
    input('latency').addEventListener('input', () => store.set({ latency: +input('latency').value }));
    button('latency-measured').addEventListener('click', () => {
      if (Number.isFinite(this.#each)) store.set({ latency: Math.min(5, +this.#each.toPrecision(2)) });
    });
    store.subscribe((state) => this.#show(state));
    this.#show(store.state);
  }

  /**
   * tick takes StageStats.
   * @param {Float64Array} stats
   */
  tick(stats) {
    this.#each = stats[Stat.ActionMicros] / stats[Stat.PolicyNFE] / 1000;
    button('latency-measured').ariaDisabled = String(!Number.isFinite(this.#each));
  }

  /** @param {State} state */
  #show({ latency }) {
    input('latency').value = String(latency);
    input('latency').setAttribute('aria-valuetext', latency === 0 ? tr('no time') : tr`${short(latency)} milliseconds`);
    write(byID('late-value'), latency === 0 ? tr('none') : duration(1000 * latency));
    write(byID('latency-value'), latency === 0 ? tr('no time') : duration(1000 * latency));
  }
}

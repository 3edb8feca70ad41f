// What the stage draws beside the body and in its panels: the switches of its layers, the visited states that one may go
// back to, and the stage in words.

import { tr } from './language.js';
import { Stat, Type } from './protocol.js';
import { SWITCHES } from './stageview.js';
import { between, fixed } from './format.js';
import { Menu } from './menus.js';
import { choose, byID, button, input, select, write } from './dom.js';

/** Layers binds the layers' checkboxes and hears what the stage tells of itself. */
export class Layers {
  #store;
  #stage;
  #messages;

  /**
   * @param {import('./state.js').Store} store
   * @param {import('./stageclient.js').Stage} stage
   * @param {import('./stageview.js').StageView} view
   * @param {import('./messages.js').Messages} messages
   */
  constructor(store, stage, view, messages) {
    this.#store = store;
    this.#stage = stage;
    this.#messages = messages;
    for (const name of SWITCHES) input(name).addEventListener('change', () => store.set({ [name]: input(name).checked }));
    select('particles').addEventListener('change', () => store.set({ particles: +select('particles').value }));
    for (const [id, step] of /** @type {[string, number][]} */ ([['older-state', 1], ['newer-state', -1], ['release-state', 0]])) {
      button(id).addEventListener('click', () => view.walk(step));
    }
    new Menu(byID('layers-menu'), button('layers'));
    store.subscribe((state) => this.#show(state));
    this.#show(store.state);
    stage.on(Type.LayerSwitched, ({ body }) => this.#toggle(body.layer === 'weights' ? 'lambda' : body.layer));
    stage.on(Type.Described, ({ body }) => write(byID('stage-says'), body.text));
    stage.on(Type.StateSelected, ({ body }) => this.#selected(body));
  }

  /** @param {State} state */
  #show(state) {
    for (const name of SWITCHES) input(name).checked = Boolean(state[name]);
    choose(select('particles'), state.particles);
  }

  /**
   * tick takes StageStats: while t runs by itself, slider and number follow it.
   * @param {Float64Array} stats
   */
  tick(stats) {
    byID('stage').dataset.drawMillis = String(stats[Stat.DrawMillis]);
    if (!this.#store.state.auto) return;
    const t = stats[Stat.T];
    if (document.activeElement !== byID('scrub')) input('scrub').value = String(t);
    write(byID('t'), t.toFixed(2));
  }

  /** @param {string} name */
  #toggle(name) {
    const field = SWITCHES.find((each) => each === name);
    if (field) this.#store.set({ [field]: !this.#store.state[field] });
  }

  /** @param {{live: boolean, variance: number, lower: number, upper: number, shift: number, index: number, count: number}} selected */
  #selected({ live, variance, lower, upper, shift, index, count }) {
    byID('selection').hidden = live;
    button('older-state').disabled = index >= count;
    button('newer-state').disabled = index <= 1;
    write(byID('selected'), live ? '' : tr`Visited state ${index} of ${count}, newest first: spread ${fixed(Math.sqrt(variance), 3)}, `
      + tr`one-step error W₂ ${between(lower, upper)}, mean shift ${fixed(shift, 3)}. All panels show it.`);
  }
}

// The menu of files that leave the page: what acts, and the panels as pictures and numbers. The policy file is passed on
// as the page holds it; the other formats are written by the stage's program; the run file comes from the worker.

import { agent } from './agents.js';
import { tr } from './language.js';
import { Type } from './protocol.js';
import { ONNX, exportName, save } from './files.js';
import { Menu } from './menus.js';
import { button, byID, closest, write } from './dom.js';
import { ended } from './words.js';

/**
 * FORMATS: button -> format and number of steps (of K as the page has it).
 * @type {Record<string, {format: import('./files.js').Format, steps: (k: number, sampler: string) => number}>}
 */
const FORMATS = {
  'export-onnx-one': { format: 'onnx', steps: () => 1 },
  'export-onnx-many': { format: 'onnx', steps: (k) => k },
  'export-json': { format: 'json', steps: () => 1 },
  'export-python': { format: 'python', steps: (k, sampler) => (sampler === 'one' ? 1 : k) },
};

/** ExportMenu binds the menu. */
export class ExportMenu {
  #store;
  #stage;
  #weights;
  #messages;

  /**
   * @param {import('./state.js').Store} store
   * @param {import('./stageclient.js').Stage} stage
   * @param {import('./weights.js').Weights} weights
   * @param {import('./panels.js').Panels} panels
   * @param {import('./messages.js').Messages} messages
   */
  constructor(store, stage, weights, panels, messages) {
    this.#store = store;
    this.#stage = stage;
    this.#weights = weights;
    this.#messages = messages;
    const menu = new Menu(byID('export-menu'), button('export'));
    byID('export-menu').addEventListener('click', (event) => {
      const pressed = closest(event, 'button');
      const { panel, format } = pressed?.dataset ?? {};
      if (panel && format) panels.export(panel, format);
      if (panel || pressed?.ariaDisabled === 'false') menu.close();
    });
    button('export-policy').addEventListener('click', () => {
      const acting = weights.newest;
      if (acting && button('export-policy').ariaDisabled === 'false') save(acting.bytes, exportName(acting.info, 'safetensors'));
    });
    for (const id of Object.keys(FORMATS)) button(id).addEventListener('click', () => this.#write(id));
    store.subscribe(() => this.show());
    this.show();
  }

  /** @param {string} id */
  async #write(id) {
    const { format, steps } = FORMATS[id];
    const acting = this.#weights.newest;
    if (!acting || button(id).ariaDisabled === 'true') return;
    const { manySteps, sampler } = this.#store.state;
    const request = { format, steps: agent(acting.info.algorithm)?.single ? 1 : steps(manySteps, sampler) };
    try {
      const answer = await this.#stage.request(Type.Export, request, [acting.bytes]);
      await save(answer.data[0], exportName(acting.info, format, request.steps));
    } catch (error) {
      this.#messages.error(tr`The policy was not exported: ${ended(/** @type {Error} */ (error).message)}`);
    }
  }

  /** show says which files there are. */
  show() {
    const acting = this.#weights.newest;
    const { manySteps } = this.#store.state;
    const single = Boolean(agent(acting?.info.algorithm)?.single);
    const none = !acting || acting.info.algorithm === ONNX; // a graph is the person's own file already
    for (const id of ['export-policy', ...Object.keys(FORMATS)]) button(id).ariaDisabled = String(none);
    button('export-onnx-many').hidden = single || manySteps === 1;
    write(byID('export-onnx-k'), tr`${manySteps} steps`);
    write(byID('export-onnx-word'), single ? tr('one evaluation') : tr('one step'));
  }
}

// The menu of files that leave the page: what acts, and the panels as pictures and numbers. The policy file is passed on as the page holds it; the other formats are
// written by the stage's program; the run file comes from the worker.

import { Type } from './protocol.js';
import { exportName, save } from './files.js';
import { anchor } from './menus.js';

const byID = (id) => document.getElementById(id);

/** FORMATS: button -> format and number of steps (of K as the page has it). */
const FORMATS = {
  'export-onnx-one': { format: 'onnx', steps: () => 1 },
  'export-onnx-many': { format: 'onnx', steps: (k) => k },
  'export-json': { format: 'json', steps: () => 1 },
  'export-python': { format: 'python', steps: (k, sampler) => (sampler === 'one' ? 1 : k) },
};

/** ExportMenu binds the menu; policy() is {bytes, info} of what acts, or null; exportPanel(panel, format) saves a panel. */
export class ExportMenu {
  #store;

  constructor(store, stage, policy, failed, exportPanel) {
    this.#store = store;
    const menu = byID('export-menu');
    anchor(menu, byID('export'));
    menu.addEventListener('click', (event) => event.target.closest('button')?.ariaDisabled === 'false' && menu.hidePopover());
    menu.addEventListener('click', (event) => {
      const { panel, format } = event.target.dataset;
      if (!panel) return;
      menu.hidePopover();
      exportPanel(panel, format);
    });
    byID('export-policy').addEventListener('click', () => {
      const acting = policy();
      if (acting) save(acting.bytes, exportName(acting.info, 'safetensors'));
    });
    for (const [id, { format, steps }] of Object.entries(FORMATS)) {
      byID(id).addEventListener('click', async () => {
        const acting = policy();
        if (!acting) return;
        const { manySteps, sampler } = store.state;
        const request = { format, steps: acting.info.algorithm === 'sac' ? 1 : steps(manySteps, sampler) };
        try {
          const answer = await stage.request(Type.Export, request, [acting.bytes]);
          await save(answer.data[0], exportName(acting.info, format, request.steps));
        } catch (error) {
          failed(error);
        }
      });
    }
    store.subscribe(() => this.show(policy()));
  }

  /** show says which files there are. */
  show(acting) {
    const { manySteps } = this.#store.state;
    for (const id of ['export-policy', ...Object.keys(FORMATS)]) byID(id).ariaDisabled = String(!acting);
    byID('export-onnx-many').hidden = acting?.info.algorithm === 'sac' || manySteps === 1;
    byID('export-onnx-k').textContent = `${manySteps} steps`;
    byID('export-onnx-word').textContent = acting?.info.algorithm === 'sac' ? 'one evaluation' : 'one step';
  }
}

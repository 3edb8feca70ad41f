// What the stage draws beside the body and in its panels: the switches of its layers, the time t that both the page and the
// stage may move, the visited states that one may go back to, pictures and numbers of a panel, and the stage in words.

import { Stat, Type } from './protocol.js';
import { save } from './files.js';
import { fixed } from './format.js';
import { anchor } from './menus.js';

const byID = (id) => document.getElementById(id);

/** SWITCHES: fields of the state that are layers of the stage; each has a checkbox of its name. */
const SWITCHES = ['ghost', 'value', 'field', 'lambda', 'contacts', 'torques'];

/** VIEW: the fields that SetView carries. */
export const VIEW = [...SWITCHES, 'particles', 'axisX', 'axisY'];

const axis = (value) => (value === 'auto' ? -1 : value);

/** viewOf is the state's view as the stage wants it. */
export function viewOf(state) {
  const { ghost, value, field, lambda, contacts, torques, particles, axisX, axisY } = state;
  return { ghost, value, field, weights: lambda, contacts, torques, particles, axisX: axis(axisX), axisY: axis(axisY) };
}

/** Layers binds the layers' checkboxes and hears what the stage tells of itself. */
export class Layers {
  /** dragging: t comes from the stage, which needs no telling. */
  dragging = false;
  #store;
  #stage;
  #failed;

  constructor(store, stage, failed) {
    this.#store = store;
    this.#stage = stage;
    this.#failed = failed;
    for (const name of SWITCHES) byID(name).addEventListener('change', (event) => store.set({ [name]: event.target.checked }));
    byID('particles').addEventListener('change', (event) => store.set({ particles: +event.target.value }));
    byID('older-state').addEventListener('click', () => this.walk(1));
    byID('newer-state').addEventListener('click', () => this.walk(-1));
    byID('release-state').addEventListener('click', () => this.walk(0));
    for (const format of ['png', 'svg', 'csv']) byID(`figure-${format}`).addEventListener('click', () => this.exportPanel(byID('figure').value, format));
    const figure = () => { byID('figure-csv').disabled = byID('figure').value === 'body'; }; // which is no plot
    byID('figure').addEventListener('change', figure);
    figure();
    anchor(byID('layers-menu'), byID('layers'));
    store.subscribe((state) => this.#show(state));
    this.#show(store.state);
  }

  #show(state) {
    for (const name of SWITCHES) byID(name).checked = state[name];
    const select = byID('particles');
    if (![...select.options].some(({ value }) => +value === state.particles)) select.add(new Option(state.particles, state.particles));
    select.value = String(state.particles);
  }

  /** tick takes StageStats: while t runs by itself, slider and number follow it. */
  tick(stats) {
    byID('stage').dataset.drawMillis = stats[Stat.DrawMillis];
    if (!this.#store.state.auto) return;
    const t = stats[Stat.T];
    if (document.activeElement !== byID('scrub')) byID('scrub').value = t;
    byID('t').textContent = t.toFixed(2);
  }

  /** walk goes to the dot so many steps older than the chosen one; 0 lets the body go on. */
  walk(step) {
    this.#stage.tell(Type.SelectDot, { step });
  }

  /** receive takes what the stage tells unasked. */
  receive({ type, body }) {
    switch (type) {
      case Type.ScrubMoved:
        this.dragging = true;
        this.#store.set({ auto: body.auto, slow: body.slow, t: Math.round(body.t * 1000) / 1000 });
        this.dragging = false;
        break;
      case Type.LayerSwitched:
        this.#toggle(body.layer === 'weights' ? 'lambda' : body.layer);
        break;
      case Type.Described:
        if (byID('stage-says').textContent !== body.text) byID('stage-says').textContent = body.text;
        break;
      case Type.PanelAsked:
        this.exportPanel(body.panel, body.format);
        break;
      case Type.StateSelected:
        this.#selected(body);
        break;
    }
  }

  #toggle(name) {
    if (SWITCHES.includes(name)) this.#store.set({ [name]: !this.#store.state[name] });
  }

  #selected({ live, variance, error, shift, index, count }) {
    byID('selection').hidden = live;
    byID('older-state').disabled = index >= count;
    byID('newer-state').disabled = index <= 1;
    byID('selected').textContent = live ? '' : `Visited state ${index} of ${count}, newest first: spread ${fixed(Math.sqrt(variance), 3)}, `
      + `one-step error W₂ ${fixed(error, 3)}, of it mean shift ${fixed(shift, 3)}. All panels show it.`;
  }

  /** exportPanel saves a panel (body, flow, scatter, curve) as svg, png or csv. */
  async exportPanel(panel, format) {
    try {
      const answer = await this.#stage.request(Type.ExportPanel, { panel, format: format === 'png' ? 'svg' : format });
      const bytes = format === 'png' ? await raster(answer.data[0], answer.body) : answer.data[0];
      await save(bytes, `${answer.body.name}.${format}`);
    } catch (error) {
      this.#failed(`The panel was not exported: ${error.message}`);
    }
  }
}

const PNG_SCALE = 2; // pixels of a picture to a CSS pixel

/** raster draws an SVG of known size and answers with the bytes of a PNG. */
async function raster(svg, { width, height }) {
  const url = URL.createObjectURL(new Blob([svg], { type: 'image/svg+xml' }));
  try {
    const image = new Image();
    image.src = url;
    await image.decode();
    const canvas = document.createElement('canvas');
    canvas.width = Math.round(width * PNG_SCALE);
    canvas.height = Math.round(height * PNG_SCALE);
    canvas.getContext('2d').drawImage(image, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise((resolve) => { canvas.toBlob(resolve, 'image/png'); });
    return await blob.arrayBuffer();
  } finally {
    URL.revokeObjectURL(url);
  }
}

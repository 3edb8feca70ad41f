// The stage's panels, as the stage names them when it greets: what can be saved of each, and the switches of those that are
// shown on demand.

import { tr } from './language.js';
import { Type } from './protocol.js';
import { explainControl } from './explanations.js';
import { save } from './files.js';
import { raster } from './raster.js';
import { byID, button, make, select } from './dom.js';
import { ended, quoted } from './words.js';

const PNG_SCALE = 2; // pixels of a picture to a CSS pixel

/** Panels fills the menus and saves panels as files. */
export class Panels {
  #store;
  #stage;
  #arrangement;
  #messages;
  /** @type {PanelInfo[]} */
  #panels = [];
  /** @type {{ name: string, box: HTMLInputElement, cell: HTMLElement }[]} */
  #onDemand = [];

  /**
   * @param {import('./state.js').Store} store
   * @param {import('./stageclient.js').Stage} stage
   * @param {import('./arrangement.js').Arrangement} arrangement
   * @param {import('./messages.js').Messages} messages
   */
  constructor(store, stage, arrangement, messages) {
    this.#store = store;
    this.#stage = stage;
    this.#arrangement = arrangement;
    this.#messages = messages;
    for (const format of FORMATS) button(`figure-${format}`).addEventListener('click', () => this.export(select('figure').value, format));
    stage.on(Type.StageReady, ({ body }) => this.#greeted(body.panels));
    store.subscribe(() => this.#show());
  }

  /**
   * export saves a panel as svg, png or csv.
   * @param {string} panel
   * @param {string} format
   */
  async export(panel, format) {
    try {
      const { data: [bytes], body: { name, width, height } } = await this.#stage.request(Type.ExportPanel, { panel, format: format === 'png' ? 'svg' : format });
      await save(format === 'png' ? await raster(bytes, width, height, PNG_SCALE) : bytes, `${name}.${format}`);
    } catch (error) {
      this.#messages.error(tr`The panel was not exported: ${ended(/** @type {Error} */ (error).message)}`);
    }
  }

  /** @param {PanelInfo[]} panels */
  #greeted(panels) {
    if (this.#panels.length > 0) return; // a stage that was reloaded
    this.#panels = panels;
    select('figure').replaceChildren(...panels.map(({ name, title }) => new Option(title, name, name === FIRST, name === FIRST)));
    select('figure').addEventListener('change', () => this.#figure());
    this.#figure();
    byID('panel-files').replaceChildren(...panels.map(files));
    for (const panel of panels.filter(({ onDemand }) => onDemand)) this.#addSwitch(panel);
    const known = names(this.#store.state).filter((name) => panels.some((panel) => panel.onDemand && panel.name === name));
    for (const name of names(this.#store.state)) {
      if (!known.includes(name)) this.#messages.error(tr`The link shows the panel ${quoted(name)}, which the stage does not have.`);
    }
    this.#store.set({ panels: known.join(SEPARATOR) });
    this.#show();
  }

  /** @param {PanelInfo} panel */
  #addSwitch({ name, title, help }) {
    const box = make('input', { type: 'checkbox', id: `panel-${name}` });
    const label = make('label', { className: 'check' });
    label.append(box, make('span', { textContent: tr`Panel: ${title}` }));
    box.addEventListener('change', () => {
      const others = names(this.#store.state).filter((other) => other !== name);
      this.#store.set({ panels: [...others, ...box.checked ? [name] : []].join(SEPARATOR) });
    });
    byID('panel-switches').append(label);
    if (help) explainControl(box.id, help);
    this.#onDemand.push({ name, box, cell: this.#arrangement.add(name, title) });
  }

  #figure() {
    button('figure-csv').disabled = !this.#panels.some(({ name, numbers }) => numbers && name === select('figure').value);
  }

  #show() {
    const shown = names(this.#store.state);
    for (const { name, box, cell } of this.#onDemand) {
      box.checked = shown.includes(name);
      cell.hidden = !box.checked;
    }
  }
}

const SEPARATOR = '*';
const FIRST = 'flow'; // of the list of figures
const FORMATS = ['png', 'svg', 'csv'];

/**
 * names are those of the panels that a state shows on demand.
 * @param {State} state
 */
const names = (state) => (state.panels === '' ? [] : state.panels.split(SEPARATOR));

/**
 * files is a panel's row in the menu of exports.
 * @param {PanelInfo} panel
 */
function files({ name, title, numbers }) {
  const row = make('div', { className: 'panel-files', role: 'group', ariaLabel: title });
  row.append(make('span', { textContent: title }));
  for (const format of FORMATS.slice(0, numbers ? 3 : 2)) {
    const press = make('button', { type: 'button', textContent: format.toUpperCase(), ariaLabel: tr`${title} as ${format.toUpperCase()}` });
    Object.assign(press.dataset, { panel: name, format });
    row.append(press);
  }
  return row;
}

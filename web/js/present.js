// Presenting: one panel or two, on the whole screen where the browser allows it, with letters for the last row of a lecture
// hall. The page's root letters grow, and the stage's with them (js/stage.js); css/present.css puts the rest away. The shortcuts
// go on, and Escape ends it.

import { abilities, closeDialog } from './abilities.js';
import { Type } from './protocol.js';
import { all, button, byID, dialog, select } from './dom.js';
import { tr } from './language.js';
import { quoted } from './words.js';

const PAIRS = [['body', 'flow'], ['scatter', 'curve'], ['body', 'scatter'], ['body', 'curve']];
const SEPARATOR = '*';

/** Present shows what the state presents. */
export class Present {
  #store;
  #messages;
  /** @type {Map<string, string>} of each panel that is always there: its title */
  #titles = new Map();

  /**
   * @param {import('./state.js').Store} store
   * @param {import('./stageclient.js').Stage} stage
   * @param {import('./messages.js').Messages} messages
   */
  constructor(store, stage, messages) {
    this.#store = store;
    this.#messages = messages;
    stage.on(Type.StageReady, ({ body }) => this.#greeted(body.panels));
    button('present').addEventListener('click', () => {
      closeDialog(dialog('share-dialog'));
      store.set({ present: select('present-what').value, place: 'playground' });
      abilities.whole?.(document.documentElement).catch(() => {}); // the window's size does as well
    });
    button('present-end').addEventListener('click', () => this.end());
    document.addEventListener('fullscreenchange', () => document.fullscreenElement || this.end());
    store.subscribe((_, changed) => (changed.has('present') || changed.has('place') || changed.has('panels')) && this.#show());
    this.#show();
  }

  /** end goes back to the whole page, and tells whether something was presented. */
  end() {
    if (this.#store.state.present === '') return false;
    this.#store.set({ present: '' });
    if (document.fullscreenElement) document.exitFullscreen();
    byID('share').focus();
    return true;
  }

  /** @param {PanelInfo[]} panels */
  #greeted(panels) {
    if (this.#titles.size > 0) return; // a stage that was reloaded
    this.#titles = new Map(panels.map(({ name, title }) => [name, title]));
    const choices = [...PAIRS, ...panels.filter(({ onDemand }) => !onDemand).map(({ name }) => [name])];
    select('present-what').replaceChildren(...choices.map((names) => new Option(names.map((name) => this.#titles.get(name)).join(tr(' and ')), names.join(SEPARATOR))));
    const unknown = this.#names.find((name) => !this.#titles.has(name));
    if (unknown !== undefined) {
      this.#messages.error(tr`The link presents the panel ${quoted(unknown)}, which the stage does not have.`);
      this.#store.set({ present: '' });
    }
    this.#show();
  }

  get #names() {
    const { present } = this.#store.state;
    return present === '' ? [] : present.split(SEPARATOR);
  }

  #show() {
    const names = this.#store.state.place === 'playground' ? this.#names : [];
    document.documentElement.toggleAttribute('data-present', names.length > 0);
    for (const cell of all('.cell')) cell.classList.toggle('presented', names.includes(cell.dataset.pane ?? ''));
    byID('present-end').hidden = names.length === 0;
    // The stage takes the size of its letters from the page's when its window changes.
    /** @type {HTMLIFrameElement} */ (byID('stage')).contentWindow?.dispatchEvent(new Event('resize'));
  }
}

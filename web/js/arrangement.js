// Where the stage draws its panels: in the panes of the page, whose places are the style sheet's. A press on a panel's title
// enlarges it, and Escape puts it back.

import { abilities } from './abilities.js';
import { all, byID, closest, make } from './dom.js';
import { tr } from './language.js';
import { Type } from './protocol.js';

const LOOK = 500; // ms between two looks where the browser does not tell of sizes

/** Arrangement tells the stage. */
export class Arrangement {
  #stage;
  #work = byID('work');
  #frame = byID('stage');
  #panes = all('.cell').map(paneOf);
  /** @type {ResizeObserver | undefined} */
  #sizes;
  #told = '';

  /** @param {import('./stageclient.js').Stage} stage */
  constructor(stage) {
    this.#stage = stage;
    stage.ready.add(() => {
      this.#told = '';
      this.#tell();
    });
    this.#work.addEventListener('click', (event) => {
      const title = closest(event, '.enlarge');
      if (title) this.#enlarge(title.closest('.cell'));
    });
    this.#sizes = abilities.sizes?.(() => this.#tell());
    [this.#work, ...this.#panes.map(({ pane }) => pane)].forEach((e) => this.#sizes?.observe(e));
    if (!this.#sizes) setInterval(() => this.#tell(), LOOK);
  }

  /**
   * add makes the cell of one more panel, below the others.
   * @param {string} name
   * @param {string} title
   */
  add(name, title) {
    const cell = make('div', { className: 'cell more', role: 'group', ariaLabel: title });
    cell.dataset.pane = name;
    cell.append(make('button', { type: 'button', className: 'enlarge', ariaPressed: 'false', ariaLabel: tr`${title}, larger` }), make('div', { className: 'pane' }));
    all('.cell').at(-1)?.after(cell);
    const pane = paneOf(cell);
    this.#panes.push(pane);
    this.#sizes?.observe(pane.pane);
    return cell;
  }

  /** restore puts an enlarged panel back, and tells whether there was one. */
  restore() {
    const { large } = this.#work.dataset;
    if (!large) return false;
    this.#enlarge(this.#panes.find(({ name }) => name === large)?.cell ?? null);
    return true;
  }

  /** @param {Element | null} cell */
  #enlarge(cell) {
    const name = cell instanceof HTMLElement ? cell.dataset.pane ?? '' : '';
    const on = this.#work.dataset.large !== name;
    if (on) this.#work.dataset.large = name;
    else delete this.#work.dataset.large;
    for (const { cell: each } of this.#panes) {
      each.classList.toggle('large', on && each === cell);
      all('.enlarge', each)[0].ariaPressed = String(on && each === cell);
    }
    this.#tell();
  }

  // The frame ends with the lowest pane: what lies below it is no canvas.
  #tell() {
    const origin = this.#work.getBoundingClientRect();
    const boxes = this.#panes.map(({ name, pane }) => ({ name, box: pane.getBoundingClientRect() })).filter(({ box }) => box.width > 0 && box.height > 0);
    const width = origin.width;
    const height = Math.max(...boxes.map(({ box }) => box.bottom)) - origin.top;
    if (!(width > 0 && height > 0)) return; // another place is shown
    this.#frame.style.height = `${height}px`;
    const part = (/** @type {number} */ x, /** @type {number} */ whole) => Math.max(0, Math.min(1, x / whole));
    const places = Object.fromEntries(boxes.map(({ name, box }) => [name, {
      x: part(box.left - origin.left, width), y: part(box.top - origin.top, height), w: part(box.width, width), h: part(box.height, height),
    }]));
    const text = JSON.stringify(places);
    if (text === this.#told || !this.#stage.isReady) return;
    this.#told = text;
    this.#stage.tell(Type.Arrange, places);
  }
}

/** @param {HTMLElement} cell */
const paneOf = (cell) => ({ name: cell.dataset.pane ?? '', cell, pane: all('.pane', cell)[0] });

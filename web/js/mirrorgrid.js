// The grid of the mirror lab as what one chooses states and draws with: by pointer and by the arrow keys.

import { tr } from './language.js';
import { cellAt, placesOf } from './mirrordraw.js';
import { drags } from './drag.js';
import { byID, picture, select } from './dom.js';

/** @typedef {import('./mirrordraw.js').Path} Path */
/** @typedef {import('./mirrorstate.js').MirrorState} MirrorState */

export const TOOLS = { '': tr('look'), '.': tr('floor'), '#': tr('wall'), X: tr('cliff, −1'), G: tr('goal, pays its reward'), S: tr('start'), wind: tr('wind of a column') };

/** @type {Record<string, [number, number]>} */
const ARROWS = { ArrowUp: [-1, 0], ArrowRight: [0, 1], ArrowDown: [1, 0], ArrowLeft: [0, -1] };

/**
 * painted is a layout with one cell changed by a tool, or a column with more wind.
 * @param {string[]} layout
 * @param {number[]} wind of the columns; another length is none
 * @param {string} tool one of TOOLS
 * @param {number} row
 * @param {number} column
 */
export function painted(layout, wind, tool, row, column) {
  const grid = [...layout];
  const winds = wind.length === layout[0].length ? [...wind] : Array(layout[0].length).fill(0);
  if (row >= 0 && row < layout.length && column >= 0 && column < layout[0].length) {
    if (tool === 'wind') winds[column] = winds[column] >= 0.6 ? 0 : +(winds[column] + 0.2).toFixed(1);
    else grid[row] = grid[row].slice(0, column) + tool + grid[row].slice(column + 1);
  }
  return { grid, wind: winds };
}

/**
 * stepTo is the state that an arrow leads to from a cell: the next cell, or the one behind a wall; -1 where there is none.
 * @param {[number, number][]} at
 * @param {[number, number]} from
 * @param {[number, number]} move
 */
export function stepTo(at, [row, column], move) {
  const find = (/** @type {number} */ n) => at.findIndex(([r, c]) => r === row + n * move[0] && c === column + n * move[1]);
  const next = find(1);
  return next >= 0 ? next : find(2);
}

/** GridHand lets a person choose and draw on the pictures of both columns. */
export class GridHand {
  /** @type {[number, number] | null} */
  cursor = null; // the cell that the keys draw at, while a tool is taken
  #tool = '';
  #pathOf;
  #lab;
  #set;

  /**
   * @param {(i: number) => Path | undefined} pathOf
   * @param {() => MirrorState} lab
   * @param {(patch: Partial<MirrorState>) => void} set
   */
  constructor(pathOf, lab, set) {
    this.#pathOf = pathOf;
    this.#lab = lab;
    this.#set = set;
    for (const [i, name] of ['a', 'b'].entries()) {
      const svg = picture(`mirror-grid-${name}`);
      svg.addEventListener('click', (event) => this.#clicked(svg, event, i));
      svg.addEventListener('keydown', (event) => this.#key(event, i));
      drags(svg, (event) => {
        if (!this.#layout(i)) return null;
        const before = this.#lab();
        this.cursor = null;
        return this.#paintAt(svg, event, i) ? () => this.#set(before) : null;
      }, (event) => { if (this.#tool !== 'wind') this.#paintAt(svg, event, i); });
    }
    byID('mirror-size').addEventListener('change', () => this.#resize(select('mirror-size').value));
  }

  /** @param {string} tool one of TOOLS */
  take(tool) {
    this.#tool = tool;
    this.cursor = null;
    select('mirror-tool').value = tool;
    for (const name of ['a', 'b']) picture(`mirror-grid-${name}`).classList.toggle('drawable', tool !== '');
    this.#set({});
  }

  /**
   * The grid that a tool draws on: as drawn so far, which its path may not know yet.
   * @param {number} i of the column
   */
  #layout(i) {
    if (!this.#tool) return undefined;
    const lab = this.#lab();
    return lab.problem === 'grid' ? lab.grid : this.#pathOf(i)?.info.layout;
  }

  /** @param {string} size rows x columns */
  #resize(size) {
    if (!size) return;
    const [rows, columns] = size.split('x').map(Number);
    const grid = Array.from({ length: rows }, () => '.'.repeat(columns));
    grid[rows - 1] = `S${'.'.repeat(columns - 2)}G`;
    select('mirror-size').value = '';
    this.#set({ problem: 'grid', grid, wind: Array(columns).fill(0), state: 0 });
  }

  /**
   * A click chooses a state, where no tool draws.
   * @param {SVGSVGElement} svg
   * @param {MouseEvent} event
   * @param {number} i
   */
  #clicked(svg, event, i) {
    const path = this.#pathOf(i);
    if (!path || this.#layout(i)) return;
    const places = placesOf(path.info);
    const [row, column] = cellAt(svg, event, places);
    const state = places.at.findIndex(([r, c]) => r === row && c === column);
    if (state >= 0) this.#set({ state });
  }

  /**
   * Changes the cell under the pointer, once while the pointer stays in it, and tells whether there is one.
   * @param {SVGSVGElement} svg
   * @param {MouseEvent} event
   * @param {number} i
   */
  #paintAt(svg, event, i) {
    const layout = this.#layout(i);
    if (!layout) return false;
    const [row, column] = cellAt(svg, event, { rows: layout.length, columns: layout[0].length });
    if (!(layout[row]?.[column])) return false;
    if (this.cursor?.[0] !== row || this.cursor[1] !== column) this.#paint(layout, row, column);
    this.cursor = [row, column];
    return true;
  }

  /**
   * @param {string[]} layout
   * @param {number} row
   * @param {number} column
   */
  #paint(layout, row, column) {
    this.#set({ problem: 'grid', state: 0, ...painted(layout, this.#lab().wind, this.#tool, row, column) });
  }

  /**
   * The arrow keys walk over the states, and with a tool over all cells, which Enter or the space bar then changes; Escape lays the tool down.
   * @param {KeyboardEvent} event
   * @param {number} i
   */
  #key(event, i) {
    const path = this.#pathOf(i);
    const layout = this.#layout(i);
    const move = ARROWS[event.key];
    if (event.key === 'Escape' && this.#tool) return this.take('');
    if (!path || !(move || (layout && (event.key === 'Enter' || event.key === ' ')))) return;
    event.preventDefault();
    const { at } = placesOf(path.info);
    const here = this.cursor ?? at[this.#lab().state] ?? at[0];
    if (!move) {
      if (layout) this.#paint(layout, here[0], here[1]);
    } else if (layout) {
      this.cursor = [Math.min(Math.max(here[0] + move[0], 0), layout.length - 1), Math.min(Math.max(here[1] + move[1], 0), layout[0].length - 1)];
      this.#set({});
    } else {
      const state = stepTo(at, here, move);
      if (state >= 0) this.#set({ state });
    }
  }
}

// Menus: popovers that open below their button, or above it where they do not fit below and there is much more room. Where the
// browser has no popovers they open in their place.

import { abilities } from './abilities.js';

const GAP = 4; // px
const MARGIN = 8; // px to the edges of the window

/** @type {Menu[]} */
const menus = [];

/** Menu opens at its button. */
export class Menu {
  #menu;
  #button;

  /**
   * @param {HTMLElement} menu
   * @param {HTMLElement} button
   */
  constructor(menu, button) {
    this.#menu = menu;
    this.#button = button;
    menus.push(this);
    if (!abilities.popover) {
      this.#inPlace();
      return;
    }
    menu.addEventListener('beforetoggle', (event) => {
      if (/** @type {ToggleEvent} */ (event).newState !== 'open') return;
      this.#place();
      requestAnimationFrame(() => this.open && this.#place()); // its height is known before it is painted
    });
    menu.addEventListener('toggle', (event) => this.#toggled(/** @type {ToggleEvent} */ (event).newState === 'open'));
  }

  get open() {
    return abilities.popover ? this.#menu.matches(':popover-open') : !this.#menu.hidden;
  }

  close() {
    if (!this.open) return;
    if (abilities.popover) this.#menu.hidePopover();
    else this.#show(false);
  }

  #inPlace() {
    this.#menu.removeAttribute('popover');
    this.#button.removeAttribute('popovertarget');
    this.#show(false);
    this.#button.addEventListener('click', () => this.#show(!this.open));
    document.addEventListener('pointerdown', ({ target }) => target instanceof Node && !this.#menu.contains(target) && !this.#button.contains(target) && this.#show(false));
  }

  /** @param {boolean} on */
  #show(on) {
    this.#menu.hidden = !on;
    if (on) this.#place();
    this.#toggled(on);
  }

  // Within the window, below the button or above it.
  #place() {
    const box = this.#button.getBoundingClientRect();
    const [above, below] = [box.top - GAP - MARGIN, innerHeight - box.bottom - GAP - MARGIN];
    const up = above > 2 * below && (this.#menu.scrollHeight === 0 || this.#menu.scrollHeight > below);
    const { style } = this.#menu;
    style.top = up ? 'auto' : `${box.bottom + GAP}px`;
    style.bottom = up ? `${innerHeight - box.top + GAP}px` : 'auto';
    style.maxHeight = `${up ? above : below}px`;
  }

  /** @param {boolean} open */
  #toggled(open) {
    this.#button.setAttribute('aria-expanded', String(open));
    if (!open) return;
    const box = this.#button.getBoundingClientRect();
    const most = document.documentElement.clientWidth - this.#menu.offsetWidth - MARGIN;
    this.#menu.style.left = `${Math.max(MARGIN, Math.min(box.right - this.#menu.offsetWidth, most))}px`;
  }
}

/** closeMenus closes what is open and tells whether something was. */
export function closeMenus() {
  const open = menus.filter((menu) => menu.open);
  open.forEach((menu) => menu.close());
  return open.length > 0;
}

// Shortcuts of one key, here and inside the stage. They can be switched off, and never take a key from a
// control that uses it.

import { closest } from './dom.js';
import { tr } from './language.js';
import { Type } from './protocol.js';
import { closeMenus } from './menus.js';

const USES_KEYS = 'input:not([type=checkbox]):not([type=radio]), select, textarea, [contenteditable], dialog';
const USES_SPACE = 'button, summary, a, input';

/** Keys calls the action of a key. */
export class Keys {
  enabled = true;
  #actions;
  #close;

  /**
   * @param {import('./stageclient.js').Stage} stage tells of keys that are pressed in it
   * @param {Map<string, () => void>} actions by key
   * @param {() => boolean} close puts back what Escape puts back, and tells whether there was something
   */
  constructor(stage, actions, close) {
    this.#actions = actions;
    this.#close = close;
    stage.on(Type.KeyPressed, ({ body }) => { this.#press(body.key); });
    addEventListener('keydown', (event) => {
      if (event.ctrlKey || event.altKey || event.metaKey || event.repeat || closest(event, USES_KEYS)) return;
      if (event.key === ' ' && closest(event, USES_SPACE)) return;
      if (this.#press(event.key)) event.preventDefault();
    });
  }

  // Escape closes what is open, and nothing else then.
  /** @param {string} key */
  #press(key) {
    if (key === 'Escape' && (closeMenus() || this.#close())) return true;
    const action = this.enabled ? this.#actions.get(key.toLowerCase()) : undefined;
    action?.();
    return action !== undefined && key !== 'Escape';
  }
}

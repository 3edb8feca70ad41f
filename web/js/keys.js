// Shortcuts of one key, here and inside the stage. They can be switched off, and never take a key from a
// control that uses it.

const USES_KEYS = 'input:not([type=checkbox]):not([type=radio]), select, textarea, [contenteditable], dialog';
const USES_SPACE = 'button, summary, a, input';

/** Keys calls actions[key]() for a shortcut. */
export class Keys {
  enabled = true;

  constructor(actions) {
    this.actions = actions;
    addEventListener('keydown', (event) => {
      if (event.ctrlKey || event.altKey || event.metaKey || event.repeat || event.target.closest?.(USES_KEYS)) return;
      if (event.key === ' ' && event.target.closest?.(USES_SPACE)) return;
      if (this.press(event.key)) event.preventDefault();
    });
  }

  /** press runs the shortcut of key, if it has one. */
  press(key) {
    const action = this.enabled ? this.actions[key.toLowerCase()] : undefined;
    action?.();
    return action !== undefined;
  }
}

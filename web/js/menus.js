// Menus: popovers that open below their button.

const GAP = 4; // px
const MARGIN = 8; // px to the edges of the window

/** anchor places the popover below its button, within the window, and says on the button whether it is open. */
export function anchor(menu, button) {
  menu.addEventListener('beforetoggle', (event) => {
    if (event.newState !== 'open') return;
    const box = button.getBoundingClientRect();
    menu.style.top = `${box.bottom + GAP}px`;
    menu.style.maxHeight = `${innerHeight - box.bottom - GAP - MARGIN}px`;
  });
  menu.addEventListener('toggle', (event) => {
    const opens = event.newState === 'open';
    button.setAttribute('aria-expanded', String(opens));
    if (!opens) return;
    const box = button.getBoundingClientRect();
    const most = document.documentElement.clientWidth - menu.offsetWidth - MARGIN;
    menu.style.left = `${Math.max(MARGIN, Math.min(box.right - menu.offsetWidth, most))}px`;
  });
}

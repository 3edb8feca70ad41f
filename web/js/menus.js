// Menus: popovers that open below their button, or above it where there is more room.

const GAP = 4; // px
const MARGIN = 8; // px to the edges of the window

/** anchor places the popover at its button, within the window, and says on the button whether it is open. */
export function anchor(menu, button) {
  menu.addEventListener('beforetoggle', (event) => {
    if (event.newState !== 'open') return;
    const box = button.getBoundingClientRect();
    const [above, below] = [box.top - GAP - MARGIN, innerHeight - box.bottom - GAP - MARGIN];
    const up = above > 2 * below;
    menu.style.top = up ? 'auto' : `${box.bottom + GAP}px`;
    menu.style.bottom = up ? `${innerHeight - box.top + GAP}px` : 'auto';
    menu.style.maxHeight = `${up ? above : below}px`;
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

// Explanations: each term names its tip by data-tip; it opens on hover, on focus and on a press, can be
// entered by the pointer, and closes on Escape.

const GAP = 6; // px between a term and its tip
const MARGIN = 8; // px to the edge of the window

let open = null; // {term, tip}
let closing = 0;

/** explain opens the tips of all terms under root. */
export function explain(root) {
  root.addEventListener('pointerover', (event) => {
    const term = event.target.closest('[data-tip]');
    if (term) show(term);
    else if (!event.target.closest('.tip')) hideSoon();
    else clearTimeout(closing);
  });
  root.addEventListener('focusin', (event) => {
    const term = event.target.closest('[data-tip]');
    if (term?.matches(':focus-visible')) show(term);
    else if (!event.target.closest('.tip')) hide();
  });
  root.addEventListener('focusout', hideSoon);
  root.addEventListener('click', (event) => {
    const term = event.target.closest('.term[data-tip]');
    if (term) show(term);
  });
  addEventListener('keydown', (event) => event.key === 'Escape' && hide());
  addEventListener('scroll', scrolled, { passive: true, capture: true });
  addEventListener('resize', hide);
  document.documentElement.addEventListener('pointerleave', hideSoon);
}

function show(term) {
  clearTimeout(closing);
  if (open?.term === term) return;
  hide();
  const tip = document.getElementById(term.dataset.tip);
  tip.classList.add('open');
  open = { term, tip };
  place(term.getBoundingClientRect(), tip);
}

// A tip stands below its term, above it where the window ends, and never beyond an edge.
function place(anchor, tip) {
  const { offsetWidth: width, offsetHeight: height } = tip;
  const left = Math.max(MARGIN, Math.min(anchor.left, document.documentElement.clientWidth - width - MARGIN));
  const below = anchor.bottom + GAP;
  const top = below + height + MARGIN <= innerHeight ? below : Math.max(MARGIN, anchor.top - GAP - height);
  tip.style.left = `${left}px`;
  tip.style.top = `${top}px`;
}

// Focus scrolls its term into view, and that scroll comes after it: the tip of a focused term goes along.
function scrolled() {
  if (open?.term === document.activeElement) place(open.term.getBoundingClientRect(), open.tip);
  else hide();
}

function hideSoon() {
  clearTimeout(closing);
  closing = setTimeout(hide, 120);
}

function hide() {
  clearTimeout(closing);
  open?.tip.classList.remove('open');
  open = null;
}

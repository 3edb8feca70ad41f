// Explanations: what is to be explained names its tip by data-tip. It opens on hover and on focus, can be entered by the
// pointer, and closes on Escape. A term's opens at once and on a press too; that of a control, which is pressed for
// something else, waits until the pointer rests on it, and a finger does not open it.

const GAP = 6; // px between a term and its tip
const MARGIN = 8; // px to the edge of the window
const REST = 450; // ms that the pointer rests on a control before its tip opens

let open = null; // {term, tip}
let closing = 0;
let opening = 0;

/** explain opens the tips of all terms under root. */
export function explain(root) {
  root.addEventListener('pointerover', (event) => {
    const term = event.target.closest('[data-tip]');
    if (term !== open?.term) clearTimeout(opening);
    if (term?.matches('.term')) show(term);
    else if (term && event.pointerType !== 'touch') showSoon(term);
    else if (!event.target.closest('.tip')) hideSoon();
    else clearTimeout(closing);
  });
  root.addEventListener('pointerdown', (event) => event.target.closest('[data-tip]:not(.term)') && hide());
  root.addEventListener('focusin', (event) => {
    const term = event.target.closest('[data-tip]');
    if (term && event.target.matches(':focus-visible')) show(term);
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

function showSoon(term) {
  if (open?.term === term) {
    clearTimeout(closing);
    return;
  }
  hideSoon();
  opening = setTimeout(() => show(term), REST);
}

function show(term) {
  clearTimeout(closing);
  clearTimeout(opening);
  if (!term.isConnected) return;
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
  if (open?.term.contains(document.activeElement)) place(open.term.getBoundingClientRect(), open.tip);
  else hide();
}

function hideSoon() {
  clearTimeout(closing);
  closing = setTimeout(hide, 120);
}

function hide() {
  clearTimeout(closing);
  clearTimeout(opening);
  open?.tip.classList.remove('open');
  open = null;
}

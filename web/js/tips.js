// Explanations: what is to be explained names its tip by data-tip. It opens on hover and on focus, can be entered by the
// pointer, and closes on Escape. A term's opens at once and on a press too; that of a control, which is pressed for
// something else, waits until the pointer rests on it, and a finger does not open it.

import { all, byID, closest } from './dom.js';

const GAP = 6; // px between a term and its tip
const MARGIN = 8; // px to the edge of the window
const REST = 450; // ms that the pointer rests on a control before its tip opens

/** @type {{term: HTMLElement, tip: HTMLElement} | null} */
let open = null;
let closing = 0;
let opening = 0;

/**
 * explain opens the tips of all terms under root.
 * @param {HTMLElement} root
 */
export function explain(root) {
  root.addEventListener('pointerover', (event) => {
    const term = closest(event, '[data-tip]');
    if (term !== open?.term) clearTimeout(opening);
    if (term?.matches('.term')) show(term);
    else if (term && event.pointerType !== 'touch') showSoon(term);
    else if (!closest(event, '.tip')) hideSoon();
    else clearTimeout(closing);
  });
  root.addEventListener('pointerdown', (event) => closest(event, '[data-tip]:not(.term)') && hide());
  root.addEventListener('focusin', (event) => {
    const term = closest(event, '[data-tip]');
    if (term && closest(event, ':focus-visible')) show(term);
    else if (!closest(event, '.tip')) hide();
  });
  root.addEventListener('focusout', hideSoon);
  root.addEventListener('click', (event) => {
    const term = closest(event, '.term[data-tip]');
    if (term) show(term);
  });
  addEventListener('keydown', (event) => {
    if (event.key === 'Escape') hide();
    if (event.key === '?') showNearest();
  });
  all('.numbers', root).forEach(rove);
  all('.term', root).filter((term) => !term.closest('.numbers')).forEach((term) => { term.tabIndex = -1; });
  addEventListener('scroll', scrolled, { passive: true, capture: true });
  addEventListener('resize', hide);
  document.documentElement.addEventListener('pointerleave', hideSoon);
}

/**
 * rove makes the terms of a list one stop of the keyboard: the arrows go from one to the next.
 * @param {HTMLElement} list
 */
export function rove(list) {
  const terms = all('.term', list);
  const stop = (/** @type {HTMLElement} */ at) => terms.forEach((term) => { term.tabIndex = term === at ? 0 : -1; });
  if (terms.length > 0) stop(terms[0]);
  list.addEventListener('keydown', (event) => {
    const by = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
    const at = terms.findIndex((term) => term === event.target);
    const next = by === undefined || at < 0 ? undefined : terms[at + by];
    if (!next) return;
    event.preventDefault();
    stop(next);
    next.focus();
  });
}

// Terms that explain a group of controls are no stops of the keyboard: “?” opens that of the group in which one is.
function showNearest() {
  for (let e = document.activeElement; e && e !== document.body; e = e.parentElement) {
    if (e.matches('input:not([type=checkbox], [type=radio], [type=range]), select, textarea')) return;
    const term = e.matches('fieldset, .group, .foot, .card') ? all('.term[data-tip]', e).find((each) => !each.closest('.numbers')) : undefined;
    if (term) return void show(term);
  }
}

/** @param {HTMLElement} term */
function showSoon(term) {
  if (open?.term === term) {
    clearTimeout(closing);
    return;
  }
  hideSoon();
  opening = setTimeout(() => show(term), REST);
}

/** @param {HTMLElement} term */
function show(term) {
  clearTimeout(closing);
  clearTimeout(opening);
  if (!term.isConnected) return;
  if (open?.term === term) return;
  hide();
  const tip = byID(term.dataset.tip ?? '');
  tip.classList.add('open');
  open = { term, tip };
  place(term.getBoundingClientRect(), tip);
}

// A tip stands below its term, above it where the window ends, and never beyond an edge.
/**
 * @param {DOMRect} anchor
 * @param {HTMLElement} tip
 */
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
  if (open && open.term.contains(document.activeElement)) place(open.term.getBoundingClientRect(), open.tip);
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

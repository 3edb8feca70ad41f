// What a browser may lack, asked for here and nowhere else, each within its own try: some browsers have no such thing,
// others throw where a person has forbidden it. What is missing costs just what it would give, and whoever uses it says so.

/**
 * tried is what ask gives, or undefined where it throws.
 * @template T
 * @param {() => T} ask
 * @returns {T | undefined}
 */
export function tried(ask) {
  try {
    return ask() ?? undefined;
  } catch {
    return undefined;
  }
}

// A module with one function that returns a vector: () -> v128.const 0.
const VECTOR = Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 22, 1, 20, 0, 253, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 11);

/** Abilities, each undefined where the browser does not have it. */
export const abilities = Object.freeze({
  /** database keeps saves over a reload. */
  database: tried(() => globalThis.indexedDB),
  /** locks keep two tabs from taking up one run. */
  locks: tried(() => navigator.locks),
  /** channel(name) tells the other tabs. */
  channel: tried(() => { new BroadcastChannel('onestep').close(); return (/** @type {string} */ name) => new BroadcastChannel(name); }),
  /** notes are small texts by name that outlive the page. */
  notes: tried(() => { localStorage.getItem('onestep'); return localStorage; }),
  /** digest computes SHA-256. */
  digest: tried(() => (crypto.subtle.digest.name ? (/** @type {BufferSource} */ bytes) => crypto.subtle.digest('SHA-256', bytes) : undefined)),
  /** unpack undoes gzip. */
  unpack: tried(() => globalThis.DecompressionStream && (() => new DecompressionStream('gzip'))),
  /** pack does gzip. */
  pack: tried(() => globalThis.CompressionStream && (() => new CompressionStream('gzip'))),
  /** copy writes to the clipboard. */
  copy: tried(() => (navigator.clipboard.writeText.name ? (/** @type {string} */ text) => navigator.clipboard.writeText(text) : undefined)),
  /** worker keeps the site for days without a network; only a secure page has it. */
  worker: tried(() => navigator.serviceWorker),
  /** sizes(tell) watches elements and tells of their sizes, the new ones. */
  sizes: tried(() => globalThis.ResizeObserver && ((/** @type {ResizeObserverCallback} */ tell) => new ResizeObserver(tell))),
  /** popover opens menus above the page. */
  popover: tried(() => Boolean(HTMLElement.prototype.showPopover.name)),
  /** modal opens dialogs above the page. */
  modal: tried(() => Boolean(HTMLDialogElement.prototype.showModal.name)),
  /** whole shows an element on the whole screen, and nothing else. */
  whole: tried(() => (document.fullscreenEnabled ? (/** @type {Element} */ element) => element.requestFullscreen() : undefined)),
  /** simd is false where WebAssembly's vectors are missing. */
  simd: tried(() => WebAssembly.validate(VECTOR)),
});

/** @typedef {{matches: boolean, addEventListener: (type: 'change', listener: () => void) => void}} Media */

/**
 * media is a media query; one that cannot be asked does not match.
 * @param {string} query
 * @returns {Media}
 */
export const media = (query) => tried(() => matchMedia(query)) ?? { matches: false, addEventListener() {} };

/**
 * note keeps a text under a name, or forgets it; a storage that is refused or full keeps nothing.
 * @param {string} name
 * @param {string | null} text
 */
export function note(name, text) {
  tried(() => (text === null ? abilities.notes?.removeItem(name) : abilities.notes?.setItem(name, text)));
}

/**
 * noted is the text that is kept under a name, or null.
 * @param {string} name
 */
export const noted = (name) => tried(() => abilities.notes?.getItem(name)) ?? null;

/**
 * showDialog opens a dialog, above everything where the browser can, else in its place.
 * @param {HTMLDialogElement} dialog
 */
export function showDialog(dialog) {
  if (abilities.modal) dialog.showModal();
  else dialog.setAttribute('open', '');
}

/** @param {HTMLDialogElement} dialog */
export function closeDialog(dialog) {
  if (abilities.modal) dialog.close();
  else dialog.removeAttribute('open');
}

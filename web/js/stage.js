// The frame's own script: it starts the stage's Go program and stands between it and the browser. Pointer
// events are queued as numbers, texts are shown over the canvas, keys and dropped files go to the page.
// Ebitengine takes every event of its canvas for itself; the capturing listeners here come first and keep
// from it whatever the page or the browser needs.

import { Type, message } from './protocol.js';
import { tried } from './abilities.js';
import { stageWords, tr } from './language.js';
import * as load from './loader.js';

const queueRows = 64;
const PointerKind = Object.freeze({ Move: 0, Down: 1, Up: 2, Leave: 3 });
const LOSSES = 'onestep-stage-losses'; // in sessionStorage: when the context was lost
const MOST_DROPPED = 256 * 1024 * 1024; // bytes of files that are dropped together

// The stage is laid out in pixels of a page whose text has 15 px; where the page's text is larger, on a large screen, so
// is all of the stage.
const textSize = 15; // px
const scaleSteps = 8;

const pageWindow = window.parent !== window ? window.parent : null;
/**
 * @param {Envelope} envelope
 * @param {ArrayBuffer[]} [transfer]
 */
const post = (envelope, transfer = []) => pageWindow?.postMessage(envelope, window.location.origin, transfer);

/** @param {string} id */
const byID = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

// ---- What the Go program uses; tests read numbers. Its columns stand in wasm/app/dom_js.go.

/**
 * labelSet is the element of a set of labels, which come in the order in which they lie above each other.
 * @param {number} i
 */
function labelSet(i) {
  const all = byID('labels');
  while (all.children.length <= i) {
    const set = document.createElement('div');
    set.className = 'set';
    all.append(set);
  }
  return all.children[i];
}

const stage = {
  queue: new Float64Array(3 * queueRows),
  queued: 0,
  /** scale is how many CSS pixels make one of the layout's. */
  scale: 1,
  numbers: new Float64Array(128),
  /** names and titles are the panels', in their order; touches tells whether a touch at x, y, in pixels of the layout, is the stage's. The program sets them. */
  names: /** @type {string[]} */ ([]),
  titles: /** @type {string[]} */ ([]),
  touches: (/** @type {number} */ _x, /** @type {number} */ _y) => false,
  /** answer takes the messages that wait; the program sets it. */
  answer: () => {},
  /**
   * @param {number} set
   * @param {string} json
   */
  labels(set, json) {
    labelSet(set).replaceChildren(...JSON.parse(json).map(labelElement));
    drawn();
  },
  /** words of the program in another language than English, as JSON. */
  words: stageWords(),
  /** plain: the browser has no WebGL 2, and the program draws by itself what resize and paint show. */
  plain: !tried(() => document.createElement('canvas').getContext('webgl2')),
  /**
   * @param {number} width
   * @param {number} height
   */
  resize(width, height) { Object.assign(canvas(), { width, height }); },
  /**
   * @param {Uint8ClampedArray<ArrayBuffer>} pixels
   * @param {number} width of the picture
   * @param {number} x
   * @param {number} y
   */
  paint(pixels, width, x, y) { canvas().getContext('2d')?.putImageData(new ImageData(pixels, width), x, y); },
  /** drew tells the page of a frame while it is made: what the page writes now is part of the same one. */
  drew() { window.frameElement?.dispatchEvent(new Event('drawn')); },
  /** @param {string} name */
  cursor(name) { canvas().style.cursor = name; },
  /** @param {boolean} dark */
  theme(dark) {
    document.documentElement.dataset.theme = dark ? 'dark' : 'light';
    followScheme();
  },
  get frames() { return this.numbers[0]; },
  /** body is the box of the limbs on the screen; hold a point of the first limb, and of the root in the world, m. */
  get body() {
    const n = this.numbers;
    const css = (/** @type {number} */ i) => n[i] * this.scale;
    return { x: css(9), y: css(10), width: css(11), height: css(12), hold: { x: css(13), y: css(14) }, root: { u: n[15], v: n[16] }, grabbed: n[17] === 1 };
  },
  get panels() {
    const css = (/** @type {number} */ i) => this.numbers[i] * this.scale;
    return Object.fromEntries(this.names.map((name, i) =>
      [name, { x: css(18 + 4 * i), y: css(19 + 4 * i), width: css(20 + 4 * i), height: css(21 + 4 * i) }]));
  },
};
Object.defineProperty(window, 'onestepStage', { value: stage });

/** The canvas that Ebitengine draws on. */
const canvas = () => /** @type {HTMLCanvasElement} */ (document.querySelector('canvas'));

/** @param {{class: string, turned: boolean, align: string, color?: string, x: number, y: number, text: string}} l */
function labelElement(l) {
  const e = document.createElement('div');
  e.className = `label ${l.class} ${l.turned ? 'turned' : l.align} ${l.color ?? ''}`;
  e.style.left = `${l.x}px`;
  e.style.top = `${l.y}px`;
  if (l.class === 'legend') e.append(...l.text.split('|').map(keyElement));
  else e.textContent = l.text;
  return e;
}

/** @param {string} text */
function keyElement(text) {
  const at = text.indexOf(':');
  const key = document.createElement('span');
  const name = document.createElement('span');
  key.className = `key ${text.slice(0, at)}`;
  name.textContent = text.slice(at + 1);
  key.append(name);
  if (key.classList.contains('switch')) {
    const layer = key.classList[2];
    key.addEventListener('click', () => post(message(Type.LayerSwitched, 0, { layer }))); // for the pointer; the page has a checkbox too
  }
  return key;
}

// A frame is transparent only where it has the colour scheme of the element that holds it.
function followScheme() {
  const holder = window.frameElement;
  if (holder) document.documentElement.style.colorScheme = getComputedStyle(holder).colorScheme;
}

function rescale() {
  const page = window.frameElement?.ownerDocument ?? document;
  const size = window.frameElement ? parseFloat(getComputedStyle(page.documentElement).fontSize) : textSize;
  stage.scale = Math.max(1, Math.round((scaleSteps * size) / textSize) / scaleSteps);
  const { style } = byID('labels');
  style.transform = `scale(${stage.scale})`;
  style.width = style.height = `${100 / stage.scale}%`;
}
rescale();
window.addEventListener('resize', rescale); // comes before the frame in which the canvas gets its new size

// ---- Pointer, keys, files: first for us.

/**
 * @template {keyof WindowEventMap} K
 * @param {K} type
 * @param {(event: WindowEventMap[K]) => void} handle
 * @param {AddEventListenerOptions} [options]
 */
const own = (type, handle, options = {}) => window.addEventListener(type, handle, { capture: true, ...options });

/** @param {Event} event */
const onCanvas = (event) => event.target instanceof HTMLCanvasElement;

/**
 * @param {number} kind
 * @param {PointerEvent} event
 */
function queue(kind, event) {
  const q = stage.queue;
  if (stage.queued > 0 && kind === PointerKind.Move && q[3 * (stage.queued - 1)] === PointerKind.Move) stage.queued--; // only the last of a run of moves counts
  if (stage.queued === queueRows) return;
  const at = 3 * stage.queued++;
  q[at] = kind;
  q[at + 1] = event.offsetX / stage.scale;
  q[at + 2] = event.offsetY / stage.scale;
}

// The page marks the panels while the keyboard is in the stage.
for (const type of /** @type {const} */ (['focus', 'blur'])) {
  own(type, (event) => {
    if (onCanvas(event)) pageMark('focused', type === 'focus' && canvas().matches(':focus-visible'));
  });
}

/**
 * @param {string} name
 * @param {boolean} on
 */
function pageMark(name, on) {
  const holder = window.frameElement;
  if (!(holder && holder.ownerDocument)) return;
  holder.toggleAttribute(`data-${name}`, on);
}

own('pointerdown', (event) => {
  if (!onCanvas(event) || !event.isPrimary || event.button !== 0) return;
  canvas().setPointerCapture(event.pointerId);
  queue(PointerKind.Down, event);
});
own('pointermove', (event) => { if (onCanvas(event) && event.isPrimary) queue(PointerKind.Move, event); });
own('pointerup', (event) => { if (onCanvas(event) && event.isPrimary) queue(PointerKind.Up, event); });
for (const type of /** @type {const} */ (['pointercancel', 'pointerout'])) {
  own(type, (event) => { if (onCanvas(event) && event.isPrimary) queue(PointerKind.Leave, event); });
}
// A finger on the body grabs it; anywhere else it scrolls the page.
own('touchstart', (event) => {
  const touch = event.changedTouches[0];
  if (onCanvas(event) && stage.touches(touch.clientX / stage.scale, touch.clientY / stage.scale)) event.preventDefault();
}, { passive: false });
// Ebitengine would prevent what the browser does with these: scrolling, selecting, the context menu.
for (const type of /** @type {const} */ (['mousedown', 'mouseup', 'mousemove', 'wheel', 'touchstart', 'touchmove', 'touchend', 'contextmenu'])) {
  own(type, (event) => { if (onCanvas(event)) event.stopImmediatePropagation(); }, { passive: true });
}

// No key is Ebitengine's: Tab, Escape, modifiers and function keys do what they do everywhere, and plain
// keys are told to the page, which knows its shortcuts.
for (const type of /** @type {const} */ (['keydown', 'keyup'])) {
  own(type, (event) => {
    event.stopImmediatePropagation();
    if (type === 'keyup' || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const arrow = { ArrowLeft: '[', ArrowRight: ']' }[event.key]; // to an older or a newer visited state
    if (event.key.length !== 1 && event.key !== 'Escape' && !arrow) return;
    if (event.target instanceof HTMLButtonElement) return;
    if (event.key === ' ') event.preventDefault(); // would scroll the page
    if (arrow) event.preventDefault();
    post(message(Type.KeyPressed, 0, { key: arrow ?? event.key }));
  });
}

own('dragover', (event) => { event.preventDefault(); event.stopImmediatePropagation(); });
own('drop', async (event) => {
  event.preventDefault();
  event.stopImmediatePropagation();
  const files = [...(event.dataTransfer?.files ?? [])];
  try {
    const size = files.reduce((sum, file) => sum + file.size, 0);
    if (size > MOST_DROPPED) throw new Error(tr`with ${Math.round(size / 1048576)} MiB there is more than is read at once`);
    const bytes = await Promise.all(files.map((file) => file.arrayBuffer()));
    post(message(Type.FileDropped, 0, { names: files.map((file) => file.name) }, bytes), bytes);
  } catch (error) {
    post(message(Type.StageError, 0, { code: 'bad-file', message: tr`A dropped file cannot be read: ${/** @type {Error} */ (error).message}` }));
  }
});

// ---- A lost context: only this frame is loaded anew, and not for ever.

let gone = false; // the frame is being loaded anew

function lose() {
  if (gone || failed) return;
  const minuteAgo = Date.now() - 60_000;
  const losses = lossesSince(minuteAgo);
  tried(() => sessionStorage.setItem(LOSSES, JSON.stringify([...losses, Date.now()])));
  gone = losses.length < 3;
  if (gone) window.location.reload();
  else fail(tr('The graphics context was lost four times within a minute. Other pages may use too much of the graphics processor'), 'graphics');
}

window.addEventListener('webglcontextlost', (event) => {
  event.preventDefault();
  event.stopImmediatePropagation();
  lose();
}, { capture: true });

/**
 * lossesSince lists when the context was lost, ms since 1970.
 * @param {number} since
 * @returns {number[]}
 */
function lossesSince(since) {
  const kept = tried(() => JSON.parse(sessionStorage.getItem(LOSSES) ?? '[]'));
  return Array.isArray(kept) ? kept.filter((time) => time > since) : [];
}

// ---- A frame that is not rendered draws nothing and takes no messages by itself; where the page wants answers, a timer sees to them.

setInterval(() => {
  if (window.frameElement?.hasAttribute('data-answers') && document.querySelector('canvas')?.clientWidth === 0) stage.answer();
}, 500);

// ---- Start.

const loading = byID('loading');
const loadingBar = byID('loading-bar');
let failed = false;
place();

// drawn hides the loading bar once there are texts, with the first frame. What a stage that has failed says stays.
function drawn() {
  if (loading.hidden || failed) return;
  loading.hidden = true;
  canvas().tabIndex = 0;
  canvas().setAttribute('role', 'img');
  canvas().setAttribute('aria-label', tr`Panels: ${stage.titles.join(', ')}. Arrow left and right go back to older and newer visited states.`);
}

// Over the rest of the frame the page has its controls: what is said here, and can be pressed, lies where the body is drawn.
function place() {
  const pane = window.frameElement?.ownerDocument.querySelector('.cell .pane');
  if (!pane) return; // the stage stands alone
  const [box, frame] = [pane.getBoundingClientRect(), /** @type {Element} */ (window.frameElement).getBoundingClientRect()];
  loading.style.inset = `${box.top - frame.top}px auto auto ${box.left - frame.left}px`;
  loading.style.width = `${box.width}px`;
  loading.style.height = `${box.height}px`;
}

/**
 * fail says in place of the stage why there is none.
 * @param {string} reason without its full stop
 * @param {string} code
 */
function fail(reason, code) {
  failed = true;
  loading.hidden = false;
  loading.classList.add('failed');
  place();
  byID('loading-text').textContent = `${reason}.`;
  if (!loading.querySelector('button')) {
    const again = document.createElement('button');
    again.textContent = tr('Load it again');
    again.addEventListener('click', () => {
      tried(() => sessionStorage.removeItem(LOSSES));
      window.location.reload();
    });
    loading.append(again);
  }
  post(message(Type.StageError, 0, { code, message: `${reason}.` }));
}

/** @param {string} url */
function loadScript(url) {
  return new Promise((resolve, reject) => {
    const script = document.createElement('script');
    script.src = url;
    script.onload = resolve;
    script.onerror = () => reject(new Error(tr`${url} cannot be loaded`));
    document.head.append(script);
  });
}

async function start() {
  followScheme();
  const site = await load.manifest();
  const [module] = await Promise.all([
    load.compile(site.stage.url, (received) => { loadingBar.style.transform = `scaleX(${Math.min(1, received / site.stage.bytes)})`; }),
    loadScript(site.wasmExec.url),
  ]);
  const go = new /** @type {any} */ (globalThis).Go();
  const instance = await WebAssembly.instantiate(module, go.importObject);
  await go.run(instance);
  throw new Error(tr('its program has ended')); // it never does unless it panics
}

// A context that is lost while the program asks it something answers null, at which the program ends before the loss is heard of.
start().catch((error) => {
  if (document.querySelector('canvas')?.getContext('webgl2')?.isContextLost()) lose();
  else if (!gone) fail(tr`The stage has stopped: ${error.message}`, 'panic');
});

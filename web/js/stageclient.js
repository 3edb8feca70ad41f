// The page's end of the stage: a same-origin frame that may be reloaded at any moment.

import { byID } from './dom.js';
import { Client } from './client.js';
import { tr } from './language.js';
import { Signal } from './signal.js';
import { Type } from './protocol.js';

const SILENT_FOR = 8; // seconds without counters while visible, until the frame is reloaded
const START_WITHIN = 60; // seconds until the stage counts as not starting
const RELOADS = 3; // in a row without a sign of life

/** Stage talks to the frame. */
export class Stage {
  isReady = false;
  /** resting: the frame is not seen, and a browser may stop its loop; its silence then means nothing. */
  resting = false;
  /** ready: a new frame listens; all that the page holds is to be sent again. */
  ready = new Signal();
  #frame;
  #client;
  #trouble;
  /** @type {Promise<unknown> | null} */
  #started = null;
  #ended = false; // it has said itself that it stopped, and why
  #heard = false;
  #silence = 0;
  #lastTick = 0;
  #framed = true; // the browser has drawn a frame of the page since the last tick
  #reloads = 0;

  /**
   * @param {HTMLIFrameElement} frame
   * @param {(text: string) => void} trouble
   */
  constructor(frame, trouble) {
    this.#frame = frame;
    this.#trouble = trouble;
    // Buffers are copied by the clone and not transferred: the page keeps the newest of everything.
    this.#client = new Client((envelope) => this.#window.postMessage(envelope, location.origin));
    this.on(Type.StageReady, ({ body }) => {
      byID('stage-lacks').hidden = !body.plain;
      this.#arrived();
    });
    this.on(Type.StageStats, () => {
      this.#heard = true;
      this.#reloads = 0;
    });
    this.on(Type.StageError, ({ body }) => {
      if (['graphics', 'panic'].includes(body.code)) this.#ended = true;
    });
    addEventListener('message', (event) => {
      if (event.source === frame.contentWindow && event.origin === location.origin) this.#receive(event.data);
    });
    setInterval(() => this.#watch(), 1000);
  }

  get #window() {
    return /** @type {Window} */ (this.#frame.contentWindow);
  }

  /** @type {Client['on']} */
  on(types, listener) {
    this.#client.on(types, listener);
  }

  /**
   * start loads the frame, once; not before this page listens, so that its greeting is not missed. It resolves when that has come.
   * @returns {Promise<unknown>}
   */
  start() {
    this.#started ??= new Promise((resolve) => {
      this.ready.add(() => resolve(undefined));
      this.#frame.src = this.#frame.dataset.src ?? '';
    });
    return this.#started;
  }

  /**
   * tell sends what needs no answer. A stage that is not ready gets everything when it is.
   * @param {number} type
   * @param {unknown} body
   * @param {ArrayBuffer[]} [data]
   */
  tell(type, body, data) {
    if (this.isReady) this.#client.tell(type, body, data);
  }

  /**
   * request sends and resolves with the answer. A stage that waits to be seen is started by it, and one that loads is waited for.
   * @param {number} type
   * @param {unknown} body
   * @param {ArrayBuffer[]} [data]
   */
  async request(type, body, data) {
    if (!this.isReady) await this.start(); // else it is sent at once, before what is told after it
    if (!this.isReady) throw new Error(tr('the stage is not ready'));
    this.#asked(1); // so that it answers even while it is not seen
    try {
      return await this.#client.request(type, body, data);
    } finally {
      this.#asked(-1);
    }
  }

  #waiting = 0; // requests without an answer

  /** @param {number} more */
  #asked(more) {
    this.#waiting += more;
    this.#frame.toggleAttribute('data-answers', this.#waiting > 0);
  }

  /** @param {unknown} envelope */
  #receive(envelope) {
    try {
      this.#client.receive(envelope);
    } catch (error) {
      this.#trouble(tr`The stage sent ${/** @type {Error} */ (error).message}.`);
    }
  }

  #arrived() {
    this.#gone(); // a new frame answers no old request
    this.isReady = true;
    this.#ended = false;
    this.#window.addEventListener('pagehide', () => this.#gone(), { once: true });
    this.ready.send();
  }

  #gone() {
    this.isReady = false;
    this.#silence = 0;
    this.#client.drop(tr('the stage was reloaded'));
  }

  #watch() {
    const now = performance.now();
    const steady = now - this.#lastTick < 2500 && this.#framed; // a browser that draws nothing at all is slow, and the stage with it
    this.#lastTick = now;
    this.#framed = false;
    requestAnimationFrame(() => { this.#framed = true; });
    this.#silence = this.#heard || !steady || document.hidden || this.resting || this.#ended || !this.#started ? 0 : this.#silence + 1;
    this.#heard = false;
    const limit = this.isReady ? SILENT_FOR : START_WITHIN;
    if (this.#silence < limit) return;
    this.#silence = 0;
    if (this.#reloads > RELOADS) return;
    this.#reloads++;
    if (this.#reloads > RELOADS) this.#trouble(tr('The stage does not start. Reload the page, or try another browser.'));
    else {
      this.#trouble(tr`The stage was silent for ${limit} seconds and is started again; nothing else is lost.`);
      this.#gone();
      this.#window.location.reload();
    }
  }
}

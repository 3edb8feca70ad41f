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

  /** start loads the frame; not before this page listens, so that its greeting is not missed. */
  start() {
    this.#frame.src = this.#frame.dataset.src ?? '';
  }

  /**
   * answers says whether the frame is to answer even while it is not seen.
   * @param {boolean} wanted
   */
  answers(wanted) {
    this.#frame.toggleAttribute('data-answers', wanted);
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
   * request sends and resolves with the answer.
   * @param {number} type
   * @param {unknown} body
   * @param {ArrayBuffer[]} [data]
   */
  request(type, body, data) {
    if (!this.isReady) return Promise.reject(new Error(tr('the stage is not ready')));
    return this.#client.request(type, body, data);
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
    this.#silence = this.#heard || !steady || document.hidden || this.resting || this.#ended ? 0 : this.#silence + 1;
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

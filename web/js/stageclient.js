// The page's end of the stage: a same-origin frame that may be reloaded at any moment.

import { Type, message, read } from './protocol.js';

const SILENT_FOR = 8; // seconds without counters while visible, until the frame is reloaded
const START_WITHIN = 60; // seconds until the stage counts as not starting
const RELOADS = 3; // in a row without a sign of life

/** StageClient talks to the frame. on(message) gets what is no answer; ready() sends all that the page holds. */
export class StageClient {
  isReady = false;
  /** resting: the frame is not seen, and a browser may stop its loop; its silence then means nothing. */
  resting = false;
  #frame;
  #requests = new Map();
  #nextID = 1;
  #heard = false;
  #silence = 0;
  #lastTick = 0;
  #reloads = 0;

  constructor(frame, { on, ready, trouble }) {
    this.#frame = frame;
    Object.assign(this, { on, ready, trouble });
    addEventListener('message', (event) => {
      if (event.source === frame.contentWindow && event.origin === location.origin) this.#receive(event.data);
    });
    setInterval(() => this.#watch(), 1000);
  }

  /** start loads the frame; not before this page listens, so that its greeting is not missed. */
  start() {
    this.#frame.src = this.#frame.dataset.src;
  }

  /** tell sends what needs no answer. A stage that is not ready gets everything when it is. */
  tell(type, body, data = []) {
    if (this.isReady) this.#post(type, 0, body, data);
  }

  /** request sends and resolves with the answer's message, or rejects with an Error that carries the failure. */
  request(type, body, data = []) {
    if (!this.isReady) return Promise.reject(new Error('the stage is not ready'));
    const id = this.#nextID++;
    return new Promise((resolve, reject) => {
      this.#requests.set(id, { resolve, reject });
      this.#post(type, id, body, data);
    });
  }

  /** reload starts the frame anew; the page sends it everything once it is ready. */
  reload() {
    this.#gone();
    this.#frame.contentWindow.location.reload();
  }

  // Buffers are copied by the clone and not transferred: the page keeps the newest of everything.
  #post(type, id, body, data) {
    this.#frame.contentWindow.postMessage(message(type, id, body, data), location.origin);
  }

  #receive(envelope) {
    let m;
    try {
      m = read(envelope);
    } catch (error) {
      this.trouble(`The stage sent ${error.message}.`);
      return;
    }
    if (m.type === Type.StageReady) this.#arrived(m);
    if (m.type === Type.StageStats) {
      this.#heard = true;
      this.#reloads = 0;
    }
    const request = m.id === 0 ? undefined : this.#requests.get(m.id);
    if (!request) {
      this.on(m);
      return;
    }
    this.#requests.delete(m.id);
    if (m.type === Type.StageError) request.reject(Object.assign(new Error(m.body.message), { failure: m.body }));
    else request.resolve(m);
  }

  #arrived(m) {
    this.#gone(); // a new frame answers no old request
    this.isReady = true;
    this.#frame.contentWindow.addEventListener('pagehide', () => this.#gone(), { once: true });
    this.ready(m.body);
  }

  #gone() {
    this.isReady = false;
    this.#silence = 0;
    for (const request of this.#requests.values()) request.reject(new Error('the stage was reloaded'));
    this.#requests.clear();
  }

  #watch() {
    const now = performance.now();
    const steady = now - this.#lastTick < 2500;
    this.#lastTick = now;
    this.#silence = this.#heard || !steady || document.hidden || this.resting ? 0 : this.#silence + 1;
    this.#heard = false;
    const limit = this.isReady ? SILENT_FOR : START_WITHIN;
    if (this.#silence < limit) return;
    this.#silence = 0;
    if (this.#reloads === RELOADS) {
      this.#reloads++;
      this.trouble('The stage does not start. Reload the page, or try a browser with WebGL 2.');
    } else if (this.#reloads < RELOADS) {
      this.#reloads++;
      this.trouble(`The stage was silent for ${limit} seconds and is started again; nothing else is lost.`);
      this.reload();
    }
  }
}

// What the stage is told of the page's state. A stage that was reloaded gets all of it again.

import { media } from './abilities.js';
import { Type } from './protocol.js';

const dark = media('(prefers-color-scheme: dark)');
const still = media('(prefers-reduced-motion: reduce)');

/**
 * sampler is the state's sampler as the stage wants it; K stays at least 2, what one step is compared with.
 * @param {State} state
 */
export function sampler({ sampler: kind, manySteps, best, candidates, latency }) {
  return { steps: kind === 'one' ? 1 : manySteps, manySteps: Math.max(2, manySteps), bestOf: best ? candidates : 1, latency: latency / 1000 };
}

/** SWITCHES: fields of the state that are layers of the stage. @type {(keyof State)[]} */
export const SWITCHES = ['ghost', 'value', 'field', 'lambda', 'contacts', 'torques', 'asActing'];

const VIEW = [...SWITCHES, 'particles', 'axisX', 'axisY'];

/** @param {number | 'auto'} value */
const axis = (value) => (value === 'auto' ? -1 : value);

/** StageView tells the stage. */
export class StageView {
  #store;
  #stage;
  #body;
  #thrifty = false;
  #verdict = ''; // on the other sampler, which follows the words of the ghost
  #told = false; // the change under way comes from the stage itself
  #drive = { mode: 'policy', values: /** @type {number[]} */ ([]) };

  /**
   * @param {import('./state.js').Store} store
   * @param {import('./stageclient.js').Stage} stage
   * @param {import('./body.js').Body} body
   */
  constructor(store, stage, body) {
    this.#store = store;
    this.#stage = stage;
    this.#body = body;
    dark.addEventListener('change', () => this.#configure());
    still.addEventListener('change', () => this.#configure());
    store.subscribe((_, changed) => this.#follow(changed));
    stage.ready.add(() => this.#restore());
    stage.on(Type.ScrubMoved, ({ body: { auto, slow, t } }) => {
      this.#told = true;
      store.set({ auto, slow, t: Math.round(t * 1000) / 1000 });
      this.#told = false;
    });
  }

  /**
   * busy tells the stage whether a training runs, to which it leaves processor time.
   * @param {boolean} on
   */
  busy(on) {
    if (this.#thrifty === on) return;
    this.#thrifty = on;
    this.#configure();
  }

  /**
   * drive says who moves the body; values are the actions of a hand.
   * @param {string} mode
   * @param {number[]} values
   */
  drive(mode, values = []) {
    this.#drive = { mode, values };
    this.#stage.tell(Type.SetDrive, this.#drive);
  }

  /** @param {{single?: number, reset?: boolean}} [more] */
  play(more) {
    const { playing, speed } = this.#store.state;
    this.#stage.tell(Type.SetPlay, { playing, ...(speed === 'max' ? { speed: 1, max: true } : { speed }), ...more });
  }

  /**
   * judge says in a few words whether the other sampler returns more; '' where that is not known.
   * @param {string} verdict
   */
  judge(verdict) {
    if (verdict === this.#verdict) return;
    this.#verdict = verdict;
    this.#view();
  }

  /** @param {-1 | 1} direction */
  push(direction) {
    this.#stage.tell(Type.Push, { direction });
  }

  /**
   * walk goes to the visited state so many steps older than the chosen one; 0 lets the body go on.
   * @param {number} step
   */
  walk(step) {
    this.#stage.tell(Type.SelectDot, { step });
  }

  #configure() {
    this.#stage.resting = this.#store.state.place !== 'playground';
    this.#stage.tell(Type.Configure, { dark: dark.matches, reducedMotion: still.matches, thrifty: this.#thrifty, resting: this.#stage.resting });
  }

  #view() {
    const { ghost, value, field, lambda, contacts, torques, asActing, particles, axisX, axisY } = this.#store.state;
    this.#stage.tell(Type.SetView, { ghost, value, field, weights: lambda, contacts, torques, acting: asActing, particles, axisX: axis(axisX), axisY: axis(axisY), verdict: this.#verdict });
  }

  #sampler() {
    this.#stage.tell(Type.SetSampler, sampler(this.#store.state));
  }

  #scrub() {
    const { auto, t, slow } = this.#store.state;
    this.#stage.tell(Type.SetScrub, { auto, t, slow });
  }

  /** @param {Set<string>} changed */
  #follow(changed) {
    const any = (/** @type {string[]} */ ...names) => names.some((name) => changed.has(name));
    if (any('place')) this.#configure();
    if (any(...VIEW)) this.#view();
    if (any('sampler', 'manySteps', 'best', 'candidates', 'latency')) this.#sampler();
    if (any('playing', 'speed')) this.play();
    if (any('auto', 't', 'slow') && !this.#told) this.#scrub();
  }

  #restore() {
    this.#configure();
    this.#stage.tell(Type.SetTask, this.#body.request(this.#store.state));
    this.#sampler();
    this.play();
    this.#scrub();
    this.#stage.tell(Type.SetDrive, this.#drive);
    this.#view();
  }
}

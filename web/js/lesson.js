// The lesson that is taken: a band above the place, with what a step says and asks. Each step is a link, so that back and forward go from
// step to step; what the band points at is never under it.

import { abilities } from './abilities.js';
import { all, button, byID, closest, write, writeHeight } from './dom.js';
import { tr } from './language.js';
import { TARGETS, stateOf } from './lessonfile.js';
import { initial, toFragment } from './state.js';
import { ended, quoted } from './words.js';

/** @typedef {import('./lessonfile.js').Lesson} Lesson */

const BAR = 72; // px that the bar of a small screen may cover
const MOMENT = 4; // s of the body's time that are a moment
/** INCLUDES: what has happened before an event can. @type {Record<string, string[]>} */
const INCLUDES = { trained: ['training', 'evaluation'], evaluation: ['training'] };
const STOPS = 'input:checked, input:not([type=file]), select, button:not(.enlarge), a[href], [tabindex="0"]'; // of the keyboard, in what is pointed at

/**
 * linkOfStep is the link of a step, from 1. One that leaves the page as it is keeps now; without now it has what the last step before it
 * sets.
 * @param {string} name
 * @param {Lesson} lesson
 * @param {number} at
 * @param {State} [now]
 */
export function linkOfStep(name, { steps }, at, now) {
  const last = steps.slice(0, at).findLast(({ link }) => link)?.link ?? '';
  const state = now && !steps[at - 1].link ? now : stateOf(last, tr`step ${at}`);
  return toFragment({ ...state, lesson: name, at });
}

/** LessonBand shows the lesson of the state. */
export class LessonBand {
  #store;
  #lessons;
  #messages;
  #now;
  #band = byID('lesson');
  #name = '';
  /** @type {Lesson | null} */
  #lesson = null;
  #at = 0;
  /** @type {HTMLElement | SVGElement | null} */
  #pointed = null;
  #from = NaN; // the body's time when the step was shown, s
  #touches = NaN; // of the body, as the stage counts them

  /**
   * @param {import('./state.js').Store} store
   * @param {import('./lessonstore.js').LessonStore} lessons
   * @param {import('./messages.js').Messages} messages
   * @param {() => string} now the event that a training stands for now, '' for none
   */
  constructor(store, lessons, messages, now) {
    this.#store = store;
    this.#now = now;
    this.#lessons = lessons;
    this.#messages = messages;
    button('lesson-leave').addEventListener('click', () => store.set({ lesson: '', at: 1 }));
    button('lesson-show').addEventListener('click', () => this.#lead());
    byID('lesson-next').addEventListener('click', () => this.#lesson && this.#at === this.#lesson.steps.length && lessons.keep(this.#name, { at: 1, over: true, done: [] }));
    for (const type of ['click', 'input']) document.addEventListener(type, ({ target }) => target instanceof Node && this.#pointed?.contains(target) && this.happened('use'));
    abilities.sizes?.(() => this.#measure()).observe(this.#band);
    store.subscribe((state, changed) => {
      this.#follow(changed.has('lesson') || changed.has('at'));
      if (changed.has('latency') && !changed.has('at') && state.latency > 0) this.happened('delay');
    });
    lessons.changed.add(() => { this.#again(); });
    this.#follow(true);
  }

  // Where a file brings another lesson under the name of the one that is shown, the link may stay as it is.
  async #again() {
    const [name, lesson] = [this.#name, this.#lesson];
    const now = lesson && await this.#lessons.get(name).catch(() => lesson);
    if (now !== this.#lesson && lesson === this.#lesson && this.#store.state.lesson === name) await this.#follow(true);
  }

  /**
   * happened tells of an event that a step may wait for.
   * @param {string} event
   */
  happened(event) {
    const done = this.#step?.done;
    if (done && 'event' in done && (done.event === event || INCLUDES[event]?.includes(done.event))) this.#did();
  }

  /**
   * tick takes what the stage counts.
   * @param {number} touches
   * @param {number} seconds of the body's time in its episode
   */
  tick(touches, seconds) {
    if (touches > this.#touches) this.happened('pull');
    this.#touches = touches;
    if (!(seconds >= this.#from)) this.#from = seconds; // another episode
    if (seconds - this.#from >= MOMENT) this.happened('moment');
  }

  get #step() {
    return this.#lesson?.steps[this.#at - 1];
  }

  /** @param {boolean} other another step, or none */
  async #follow(other) {
    const { lesson: name, at } = this.#store.state;
    if (other && name) {
      try {
        const lesson = await this.#lessons.get(name);
        if (this.#store.state.lesson !== name || this.#store.state.at !== at) return;
        this.#enter(name, lesson, Math.min(at, lesson.steps.length));
      } catch (error) {
        if (this.#store.state.lesson !== name) return;
        this.#messages.error(tr`The lesson ${quoted(name)} is not shown: ${ended(/** @type {Error} */ (error).message)}`);
        this.#store.set({ lesson: '', at: 1 });
      }
    } else if (!name) this.#leave();
    if (this.#lesson) this.#show();
  }

  /**
   * @param {string} name
   * @param {Lesson} lesson
   * @param {number} at
   */
  #enter(name, lesson, at) {
    Object.assign(this.#band.dataset, { name, at });
    [this.#name, this.#lesson, this.#at, this.#from] = [name, lesson, at, NaN];
    const { lang } = this.#store.state;
    if (this.#bare) location.replace(`${linkOfStep(name, lesson, at)}${lang && `&lang=${lang}`}`);
    this.#lessons.keep(name, { at });
    this.#point();
    this.happened(this.#now());
  }

  // Whether the link says the lesson, perhaps a language, and nothing else.
  get #bare() {
    const said = (/** @type {State} */ { playing, auto, slow, ...rest }) => JSON.stringify(rest);
    const { lesson, at, lang } = this.#store.state;
    return said(this.#store.state) === said({ ...initial(), lesson, at, lang });
  }

  #leave() {
    if (!this.#lesson) return;
    if (this.#band.contains(document.activeElement)) byID(this.#store.state.place === 'playground' ? 'controls' : this.#store.state.place).focus();
    [this.#name, this.#lesson, this.#at] = ['', null, 0];
    this.#band.hidden = true;
    this.#measure();
    this.#point();
  }

  #show() {
    const { state } = this.#store, [name, at] = [this.#name, this.#at];
    const lesson = /** @type {Lesson} */ (this.#lesson), { steps, title } = lesson;
    const { says, asks, done } = steps[at - 1];
    if (done && 'state' in done && Object.entries(done.state).every(([field, value]) => state[/** @type {keyof State} */ (field)] === value)) this.#did();
    const did = this.#lessons.progress(name).done.includes(at);
    this.#band.hidden = false;
    this.#band.classList.toggle('did', did || !done);
    write(byID('lesson-title'), title);
    write(byID('lesson-at'), tr`${at} of ${steps.length}`);
    write(byID('lesson-says'), says);
    write(byID('lesson-asks'), did ? tr`Done: ${asks}` : asks);
    byID('lesson-show').hidden = !this.#pointed;
    const back = /** @type {HTMLAnchorElement} */ (byID('lesson-back')), next = /** @type {HTMLAnchorElement} */ (byID('lesson-next'));
    back.hidden = at === 1;
    if (at > 1) back.href = linkOfStep(name, lesson, at - 1);
    next.href = at < steps.length ? linkOfStep(name, lesson, at + 1, state) : toFragment({ ...state, place: 'learn', lesson: '', at: 1 });
    write(next, at < steps.length ? tr('Next') : tr('Finish'));
    this.#measure();
  }

  #did() {
    const { done } = this.#lessons.progress(this.#name);
    if (done.includes(this.#at)) return;
    this.#lessons.keep(this.#name, { done: [...done, this.#at] });
    this.#show();
  }

  // Marks what the step points at, and brings it beside the band.
  #point() {
    this.#pointed?.classList.remove('pointed');
    const points = this.#step?.points;
    const found = points ? document.querySelector(TARGETS[/** @type {keyof typeof TARGETS} */ (points)]) : null;
    this.#pointed = found instanceof HTMLElement || found instanceof SVGElement ? found : null;
    this.#pointed?.classList.add('pointed');
    requestAnimationFrame(() => this.#bring());
  }

  // What the bar of a small screen holds is always seen.
  #bring() {
    const to = this.#pointed;
    if (!to || getComputedStyle(to).position === 'fixed') return;
    const { top, bottom } = to.getBoundingClientRect();
    if (top < this.#band.getBoundingClientRect().bottom || bottom > document.documentElement.clientHeight - BAR) to.scrollIntoView({ block: 'nearest' });
  }

  // Puts the keyboard where the step points at.
  #lead() {
    const to = this.#pointed;
    if (!to) return;
    to.scrollIntoView({ block: 'center' });
    const stop = to.matches('.cell') ? byID('stage') : to.matches(STOPS) ? to : all(STOPS, to).find((e) => e.checkVisibility());
    (stop ?? to).focus();
  }

  #measure() {
    document.documentElement.toggleAttribute('data-lesson', !this.#band.hidden);
    writeHeight('--lesson', this.#band);
  }
}

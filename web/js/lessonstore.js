// Where lessons come from and how far a person has come in them: those of the site, and one of a file, which is kept, with the progress,
// in the notes of the browser. A browser that refuses notes keeps both until the page is left.

import { note, noted } from './abilities.js';
import { texts, tr } from './language.js';
import { MOST_STEPS, lessonIn } from './lessonfile.js';
import { Signal } from './signal.js';
import * as load from './loader.js';

/** @typedef {import('./lessonfile.js').Lesson} Lesson */
/** How far a lesson is: the step last shown, from 1; the steps whose action was done; whether it was gone through. @typedef {{at: number, done: number[], over: boolean}} Progress */

/** OWN is the name of the lesson of a file. */
export const OWN = 'own';
const PROGRESS = 'onestep.lessons';
const FILE = 'onestep.lesson';
const MOST_LESSONS = 32; // of which the progress is kept

/** LessonStore finds lessons by name. */
export class LessonStore {
  /** changed: another lesson of a file, or progress. */
  changed = new Signal();
  #site;
  /** @type {Map<string, Promise<Lesson>>} */
  #held = new Map();
  #own = noted(FILE) ?? '';
  /** @type {Map<string, Progress>} */
  #progress = progressIn(noted(PROGRESS) ?? '');

  /** @param {Promise<Site>} site */
  constructor(site) {
    this.#site = site;
  }

  /** names are those of the site's lessons in their order, and that of a file's lesson where there is one. */
  async names() {
    return [...(await this.#site).lessons.map(({ name }) => name), ...this.#own ? [OWN] : []];
  }

  /** own is the text of the lesson of a file, '' for none. */
  get own() {
    return this.#own;
  }

  /**
   * take makes a text the lesson of a file; it throws an Error that says what is wrong with it, and keeps the one before.
   * @param {string} text
   */
  take(text) {
    const lesson = lessonIn(text);
    this.#own = text;
    this.#held.delete(OWN);
    this.#progress.delete(OWN);
    note(FILE, text);
    this.changed.send();
    return lesson;
  }

  /**
   * get finds a lesson, or throws an Error that says why there is none.
   * @param {string} name
   * @returns {Promise<Lesson>}
   */
  get(name) {
    const held = this.#held.get(name) ?? this.#find(name);
    this.#held.set(name, held);
    held.catch(() => this.#held.delete(name));
    return held;
  }

  /**
   * @param {string} name
   * @returns {Promise<Lesson>}
   */
  async #find(name) {
    if (name === OWN) {
      if (!this.#own) throw new Error(tr('it is a lesson of somebody’s file, which a link does not hold: open the file here'));
      return lessonIn(this.#own);
    }
    const found = (await this.#site).lessons.find((lesson) => lesson.name === name);
    if (!found) throw new Error(tr('this page has no such lesson'));
    return texts(lessonIn(new TextDecoder().decode(await load.bytes(found.url))), ['title', 'about', 'steps.says', 'steps.asks']);
  }

  /**
   * progress is how far a lesson is.
   * @param {string} name
   * @returns {Readonly<Progress>}
   */
  progress(name) {
    return this.#progress.get(name) ?? { at: 1, done: [], over: false };
  }

  /**
   * keep notes how far a lesson is.
   * @param {string} name
   * @param {Partial<Progress>} patch
   */
  keep(name, patch) {
    const before = this.progress(name);
    const after = { ...before, ...patch };
    if (JSON.stringify(before) === JSON.stringify(after)) return;
    this.#progress.delete(name);
    this.#progress.set(name, after);
    for (const oldest of [...this.#progress.keys()].slice(0, -MOST_LESSONS)) this.#progress.delete(oldest);
    note(PROGRESS, JSON.stringify(Object.fromEntries(this.#progress)));
    this.changed.send();
  }
}

/**
 * progressIn reads what was noted; what is not as keep writes it is left out.
 * @param {string} text
 * @returns {Map<string, Progress>}
 */
export function progressIn(text) {
  /** @type {Map<string, Progress>} */
  const read = new Map();
  try {
    const step = (/** @type {unknown} */ x) => typeof x === 'number' && Number.isInteger(x) && x >= 1 && x <= MOST_STEPS;
    for (const [name, of] of Object.entries(JSON.parse(text)).slice(-MOST_LESSONS)) {
      if (step(of?.at) && Array.isArray(of.done) && of.done.every(step) && typeof of.over === 'boolean') read.set(name, { at: of.at, done: [...new Set(/** @type {number[]} */ (of.done))], over: of.over });
    }
  } catch { /* nothing was noted, or something else */ }
  return read;
}

// The place Learn: the list of lessons with how far each is, a lesson of a file, and, on the first visit, the offer of the tour.

import { abilities, note, noted } from './abilities.js';
import { button, byID, input, make, write } from './dom.js';
import { readFile } from './files.js';
import { plural } from './format.js';
import { tr } from './language.js';
import { linkOfStep } from './lesson.js';
import { pack, unpack } from './lessonlink.js';
import { OWN } from './lessonstore.js';
import { ended, quoted } from './words.js';

const TOUR = 'what-you-see'; // the lesson that the first visit offers
const VISITED = 'onestep.tour';

/** Learn fills the list while its place is shown. */
export class Learn {
  #store;
  #lessons;
  #messages;

  /**
   * @param {import('./state.js').Store} store
   * @param {import('./lessonstore.js').LessonStore} lessons
   * @param {import('./messages.js').Messages} messages
   */
  constructor(store, lessons, messages) {
    this.#store = store;
    this.#lessons = lessons;
    this.#messages = messages;
    const file = input('lesson-file');
    button('lesson-open').addEventListener('click', () => file.click());
    file.addEventListener('change', async () => {
      const [chosen] = file.files ?? [];
      if (chosen) await this.#read(chosen);
      file.value = '';
    });
    button('lesson-link').addEventListener('click', () => { this.#copy(); });
    lessons.changed.add(() => this.#list());
    store.subscribe((_, changed) => changed.has('place') && this.#list());
    this.#list();
    this.#offer();
  }

  /** @param {File} file */
  async #read(file) {
    try {
      this.take(file.name, new TextDecoder().decode(await readFile(file)));
    } catch (error) {
      this.#messages.error(tr`${quoted(file.name)} was not taken: ${ended(/** @type {Error} */ (error).message)} Nothing was changed.`);
    }
  }

  /**
   * take begins the lesson of a file, or says what is wrong with it.
   * @param {string} name of the file
   * @param {string} text
   */
  take(name, text) {
    let lesson;
    try {
      lesson = this.#lessons.take(text);
    } catch (error) {
      this.#messages.error(tr`${quoted(name)} was not taken: ${ended(/** @type {Error} */ (error).message)} Nothing was changed.`);
      return;
    }
    location.hash = linkOfStep(OWN, lesson, 1);
  }

  /**
   * carried begins the lesson that a link holds, or says what is wrong with it.
   * @param {string} fragment
   */
  async carried(fragment) {
    try {
      this.take(tr('The link'), await unpack(fragment));
    } catch (error) {
      this.#messages.error(tr`The lesson of the link was not taken: ${ended(/** @type {Error} */ (error).message)}`);
    }
  }

  async #copy() {
    const says = byID('lesson-link-says');
    try {
      const link = new URL(await pack(this.#lessons.own), document.baseURI).href;
      if (!abilities.copy) throw new Error(tr('this browser does not let the page copy; send the file'));
      await abilities.copy(link);
      write(says, tr`The link is copied. It holds the whole lesson, in ${link.length.toLocaleString('en')} characters.`);
    } catch (error) {
      write(says, tr`There is no link: ${ended(/** @type {Error} */ (error).message)}`);
    }
  }

  async #list() {
    if (this.#store.state.place !== 'learn') return;
    button('lesson-link').hidden = !this.#lessons.own;
    try {
      const names = await this.#lessons.names();
      const lessons = await Promise.all(names.map((name) => this.#lessons.get(name)));
      byID('lessons').replaceChildren(...lessons.map((lesson, i) => this.#entry(names[i], lesson)));
    } catch (error) {
      this.#messages.error(tr`The lessons are unavailable: ${ended(/** @type {Error} */ (error).message)}`);
    }
  }

  /**
   * @param {string} name
   * @param {import('./lessonfile.js').Lesson} lesson
   */
  #entry(name, lesson) {
    const { at, over } = this.#lessons.progress(name);
    const { steps, minutes, title, about } = lesson;
    const length = `${plural(steps.length, 'step')}${minutes ? `, ${plural(minutes, 'minute')}` : ''}`;
    const far = at > 1 && at <= steps.length ? tr`go on at step ${at}` : over ? tr('done') : '';
    const own = name === OWN ? tr('from a file, ') : '';
    const href = linkOfStep(name, lesson, Math.min(at, steps.length));
    const link = make('a', { href }, make('b', {}, title), make('span', {}, about), make('small', {}, `${own}${length}${far ? ` · ${far}` : ''}`));
    return make('li', { className: over ? 'over' : '' }, link);
  }

  // Once, as a link that takes no room from anything.
  #offer() {
    const tour = /** @type {HTMLAnchorElement} */ (byID('tour'));
    if (noted(VISITED) !== null || this.#store.state.lesson || this.#store.state.embed) return;
    note(VISITED, 'offered');
    tour.href = `#v=1&lesson=${TOUR}`;
    tour.hidden = false;
    this.#store.subscribe((state) => { tour.hidden ||= state.lesson !== ''; });
  }
}

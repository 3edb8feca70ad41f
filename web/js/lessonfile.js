// Lesson files: what a lesson is, and the one place where a text that claims to be one is judged. A lesson is a small JSON file; DESIGN.md
// has its format. What it says is shown as text; what it can do is what a link of the page can do, and nothing else.

import { jsonIn } from './json.js';
import { tr } from './language.js';
import { FIELDS, fromFragment } from './state.js';
import { foreign, quoted } from './words.js';

/**
 * A step: it sets the page by a link (or leaves it as the step before did), says what is seen, points at something, asks
 * for one action, and knows by what the action is seen to be done.
 * @typedef {{says: string, link: string, points: string, asks: string, done: Done | null}} Step
 */
/** What ends a step: fields of the state that have these values, or an event. @typedef {{state: Partial<State>} | {event: string}} Done */
/** @typedef {{title: string, about: string, minutes: number, steps: Step[]}} Lesson */

/** LARGEST is the size from which a lesson is refused unread, bytes. */
export const LARGEST = 32 * 1024;
/** MOST_STEPS of a lesson. */
export const MOST_STEPS = 12;
const LONGEST = Object.freeze({ title: 60, about: 200, says: 420, asks: 160, link: 2000 }); // characters

/** TARGETS: what a step can point at, as a selector of the page. */
export const TARGETS = Object.freeze({
  body: '.cell[data-pane="body"]', flow: '.cell[data-pane="flow"]', scatter: '.cell[data-pane="scatter"]', curve: '.cell[data-pane="curve"]',
  sampler: '#sampler', steps: '#many-steps', nfe: '.nfe', agents: '#agents', best: '#best-group', task: '#task', speed: '#speed', play: '#play', step: '#step',
  drive: '#drive', push: '#push-right', ghost: '#ghost', delay: '#late', t: '#scrub', slow: '#slow', layers: '#layers',
  train: '#train', training: '#training', numbers: '#acting-card', seed: '#seed', settings: '#open-settings', film: '#film-open',
  share: '#share', import: '#import', export: '#export',
  'lab-target': '#lab-target', 'lab-numbers': '#lab-sliders', 'lab-train': '#lab-train', 'lab-says': '#lab-says', 'lab-exact': '#lab-exact', 'lab-net': '#lab-net', 'lab-chart': '#lab-chart',
  'lab-bound': '#lab-second', 'lab-descend': '#lab-descend',
  'mirror-problem': '#mirror-problem-name', 'mirror-a': '#mirror-a', 'mirror-b': '#mirror-b', 'mirror-k': '#mirror-k', 'mirror-play': '#mirror-play', 'mirror-says': '#mirror-says', 'mirror-gap': '#mirror-gap',
  'exp-new': '#exp-compose', 'exp-curves': '#exp-chart', idea: '#idea',
});

/**
 * EVENTS: what a step can wait for, beside the state: what it points at is pressed or changed; the body is pulled or pushed; it has moved for
 * some seconds; a visited state is chosen; actions come late; a training runs, has evaluated, is finished.
 */
export const EVENTS = Object.freeze(['use', 'pull', 'moment', 'dot', 'delay', 'training', 'evaluation', 'trained']);

/** What a lesson's links cannot set: they belong to the page, or to what a link does not hold. */
const NOT_SET = Object.freeze(['lesson', 'at', 'embed', 'example']);

/**
 * isLesson tells whether a JSON file claims to be a lesson.
 * @param {string} name
 * @param {string} text
 */
export const isLesson = (name, text) => /\.lesson\.json$/i.test(name) || /^\s*\{\s*"onestep"\s*:\s*"lesson/.test(text.slice(0, 200));

/**
 * lessonIn reads a lesson's text; it throws an Error that says what is wrong and where.
 * @param {string} text
 * @returns {Lesson}
 */
export function lessonIn(text) {
  if (text.length > LARGEST) throw new Error(tr`it has ${text.length.toLocaleString('en')} characters; a lesson has at most ${LARGEST.toLocaleString('en')}`);
  const top = fields(tr('the lesson'), jsonIn(text), ['onestep', 'title', 'about', 'minutes', 'steps']);
  if (top.onestep !== 'lesson 1') throw new Error(tr`its “onestep” is ${quoted(top.onestep)}; this page reads “lesson 1”`);
  const { minutes = 0, steps } = top;
  if (!(Number.isInteger(minutes) && minutes >= 0 && minutes <= 60)) throw new Error(tr('its “minutes” is no whole number from 1 to 60'));
  if (!Array.isArray(steps) || steps.length < 1 || steps.length > MOST_STEPS) throw new Error(tr`its “steps” is no list of 1 to ${MOST_STEPS} steps`);
  return { title: words(top, 'title', tr('the lesson')), about: words(top, 'about', tr('the lesson'), true), minutes, steps: steps.map(step) };
}

/**
 * @param {unknown} file
 * @param {number} i
 * @returns {Step}
 */
function step(file, i) {
  const where = tr`step ${i + 1}`;
  const of = fields(where, file, ['says', 'link', 'points', 'asks', 'done', 'event']);
  const points = words(of, 'points', where, true);
  if (points && !Object.hasOwn(TARGETS, points)) throw new Error(tr`${where} points at ${quoted(points)}, which this page does not have; it knows ${Object.keys(TARGETS).join(', ')}`);
  const link = words(of, 'link', where, true);
  if (link) stateOf(link, where);
  else if (i === 0) throw new Error(tr`${where} has no “link”: the first step says what the page shows`);
  const asks = words(of, 'asks', where, true);
  const done = doneOf(of, where);
  if (done && !asks) throw new Error(tr`${where} waits for something and has no “asks” that says for what`);
  if (done && 'event' in done && done.event === 'use' && !points) throw new Error(tr`${where} waits for a use and points at nothing`);
  return { says: words(of, 'says', where), link, points, asks, done };
}

/**
 * @param {Record<string, unknown>} of
 * @param {string} where
 * @returns {Done | null}
 */
function doneOf(of, where) {
  const [done, event] = [words(of, 'done', where, true), words(of, 'event', where, true)];
  if (done && event) throw new Error(tr`${where} has both “done” and “event”; one tells when it is done`);
  if (event && !EVENTS.includes(event)) throw new Error(tr`${where} waits for the event ${quoted(event)}; this page knows ${EVENTS.join(', ')}`);
  if (event) return { event };
  if (!done) return null;
  const state = stateOf(`#v=1&${done}`, where);
  const keys = new Set(new URLSearchParams(done).keys());
  return { state: Object.fromEntries(Object.entries(FIELDS).filter(([, { key }]) => keys.has(key)).map(([name]) => [name, state[/** @type {keyof State} */ (name)]])) };
}

/**
 * stateOf is the state of a link of a lesson; it throws where the link is none of this page's, or says what a lesson cannot.
 * @param {string} link
 * @param {string} where
 */
export function stateOf(link, where) {
  if (!/^#v=\d/.test(link)) throw new Error(tr`${where} has the link ${quoted(link)}; a lesson’s links are of this page and begin with #v=1`);
  const { state, refused } = fromFragment(link);
  if (refused.length > 0) throw new Error(`${where}: ${foreign(refused.join(' '), 300)}`);
  const params = new URLSearchParams(link.slice(1));
  const not = NOT_SET.find((key) => params.has(key));
  if (not) throw new Error(tr`${where} has a link with “${not}”, which a lesson does not set`);
  if (state.task === 'custom') throw new Error(tr`${where} has a link to somebody’s own body, which a link does not hold`);
  return state;
}

/**
 * fields are those of an object, all of them known.
 * @param {string} where
 * @param {unknown} value
 * @param {string[]} known
 * @returns {Record<string, any>}
 */
function fields(where, value, known) {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error(tr`${where} is no object`);
  const other = Object.keys(value).find((key) => !known.includes(key));
  if (other !== undefined) throw new Error(tr`${where} has ${quoted(other)}, which this page does not know; it knows ${known.join(', ')}`);
  return Object.fromEntries(Object.entries(value));
}

/**
 * words is a text of an object, cut nowhere: a longer one is refused.
 * @param {Record<string, unknown>} of
 * @param {string} name
 * @param {string} where
 * @param {boolean} [optional]
 * @returns {string}
 */
function words(of, name, where, optional = false) {
  const text = of[name];
  if (text === undefined && optional) return '';
  if (typeof text !== 'string' || text.trim() === '') throw new Error(tr`${where} has no “${name}”`);
  const longest = LONGEST[/** @type {keyof LONGEST} */ (name)] ?? 200;
  if (text.length > longest) throw new Error(tr`${where}: “${name}” has ${text.length.toLocaleString('en')} characters; at most ${longest} fit`);
  return name === 'link' || name === 'done' ? text : foreign(text, longest);
}

// The page state: one object that says everything a link should reproduce. It is validated, versioned and
// serialised, with the seed, into the fragment of the URL.

import catalog from './catalog.js';
import { parseView } from './experimentdata.js';
import { parseLab } from './labstate.js';
import { LANGUAGES, tr } from './language.js';
import { parseMirror } from './mirrorstate.js';
import { FewestParticles, MostCandidates, MostParticles, MostSteps } from './protocolnumbers.js';
import { parseText, toText } from './settings.js';
import { foreign, quoted } from './words.js';

/** STATE_VERSION is the version of the fragment; an unknown one is refused as a whole. */
export const STATE_VERSION = 1;

/**
 * A field of the state: its name in the URL, start value, parser, and what the parser wants. dropped, where a field has
 * parts, says what goes of a text so that the rest is kept.
 * @typedef {{key: string, start: any, parse: (text: string) => any, wants: string, part?: (text: string) => {text: string, refused: string[]}}} FieldOfState
 */

const LISTED = 12; // names that a refusal lists

/**
 * @param {string} key
 * @param {string} start
 * @param {...string} of
 */
const choice = (key, start, ...of) => ({
  key, start,
  parse: (/** @type {string} */ text) => (text === start || of.includes(text) ? text : undefined),
  wants: tr`one of ${of.slice(0, LISTED).join(', ')}${of.length > LISTED ? tr` and ${of.length - LISTED} more` : ''}`,
});
/**
 * @param {string} key
 * @param {number | string} start
 * @param {number} min
 * @param {number} max
 */
const integer = (key, start, min, max) => ({
  key, start,
  parse: (/** @type {string} */ text) => (/^\d{1,16}$/.test(text) && +text >= min && +text <= max ? +text : undefined),
  wants: tr`a whole number from ${min} to ${max}`,
});
/**
 * @param {string} key
 * @param {number} start
 * @param {number} min
 * @param {number} max
 */
const real = (key, start, min, max) => ({
  key, start,
  parse: (/** @type {string} */ text) => (/^\d*\.?\d+$/.test(text) && +text >= min && +text <= max ? +text : undefined),
  wants: tr`a number from ${min} to ${max}`,
});
/**
 * @param {string} key
 * @param {boolean} start
 */
const flag = (key, start) => ({
  key, start,
  parse: (/** @type {string} */ text) => (text === '1' ? true : text === '0' ? false : undefined),
  wants: tr('0 or 1'),
});
/**
 * @param {string} word
 * @param {FieldOfState} field
 */
const or = (word, field) => ({ ...field, parse: (/** @type {string} */ text) => (text === word ? word : field.parse(text)), wants: tr`${word}, or ${field.wants}` });
/**
 * alias reads an old word as the one that stands for it now.
 * @param {string} old
 * @param {string} now
 * @param {FieldOfState} field
 */
const alias = (old, now, field) => ({ ...field, parse: (/** @type {string} */ text) => field.parse(text === old ? now : text) });

/**
 * panels are names of the stage's panels, which Panels compares with the stage's own.
 * @param {string} key
 * @param {number} most
 */
const panels = (key, most) => ({
  key, start: '',
  parse: (/** @type {string} */ text) => {
    const names = text === '' ? [] : text.split('*');
    return names.length <= most && names.every((name) => /^[a-z]{1,16}$/.test(name) && !(name in {})) ? text : undefined;
  },
  wants: tr`${most} names of panels at most, with * between`,
});

// LONGEST_EXPRESSION: of a reward or a condition, in characters; two of them and the rest fit a link.
const LONGEST_EXPRESSION = 500;

/** @param {string} key of a reward or condition of one's own, which the stage judges */
const expression = (key) => ({
  key, start: '',
  parse: (/** @type {string} */ text) => (text.length <= LONGEST_EXPRESSION && !(text in Object.prototype) ? text : undefined),
  wants: tr`an expression of at most ${LONGEST_EXPRESSION} characters`,
});

/**
 * FIELDS: the fields by their names in the state.
 * @type {Readonly<Record<keyof State, FieldOfState>>}
 */
export const FIELDS = Object.freeze({
  place: alias('about', 'learn', choice('place', 'playground', 'playground', 'experiments', 'lab', 'mirror', 'learn')),
  task: choice('task', 'half_cheetah', ...catalog.tasks.map(({ name }) => name)),
  algorithm: choice('alg', 'fpmd-m', ...catalog.agents.map(({ name }) => name)),
  sampler: choice('sampler', 'one', 'one', 'many'),
  manySteps: integer('k', 20, 1, MostSteps),
  best: flag('best', false),
  candidates: integer('n', 32, 2, MostCandidates),
  latency: real('late', 0, 0, 5), // ms that one evaluation of the network takes in simulated time
  seed: integer('seed', 1, 0, Number.MAX_SAFE_INTEGER),
  speed: or('max', real('speed', 1, 0.05, 8)),
  playing: flag('play', true),
  auto: flag('auto', true),
  t: real('t', 1, 0, 1),
  slow: flag('slow', false),
  preset: choice('preset', 'browser', ...catalog.presets.map(({ id }) => id)),
  // What differs from the preset; its names and ranges are judged by settings.js.
  settings: {
    key: 'set', start: '', parse: (text) => (parseText(text).refused.length === 0 ? text : undefined),
    wants: tr('settings as name_value, with * between'),
    part: (text) => {
      const { map, refused } = parseText(text);
      return { text: toText(map), refused: refused.map((part) => tr`The link sets ${quoted(part)}, which is no setting as name_value. It is left out.`) };
    },
  },
  drive: choice('drive', 'policy', 'policy', 'zero', 'noise', 'hand'),
  contacts: flag('contacts', false),
  torques: flag('torques', false),
  ghost: flag('ghost', true),
  lane: choice('lane', 'none', 'none', 'same', ...catalog.agents.map(({ name }) => name)), // who acts in the second lane; same: the same weights
  laneSteps: integer('lanek', 20, 1, MostSteps),
  laneBest: integer('lanen', 1, 1, MostCandidates),
  value: flag('value', true),
  field: flag('field', true),
  lambda: flag('weights', true),
  asActing: flag('acting', false),
panels: panels('panels', 8),
  present: panels('present', 2), // shown alone and large, for a projector
  particles: integer('particles', 256, FewestParticles, MostParticles),
  axisX: or('auto', integer('x', 'auto', 0, 47)),
  axisY: or('auto', integer('y', 'auto', 0, 47)),
  reward: choice('reward', 'move', 'move', 'up'),
  pays: expression('pays'),
  ends: expression('ends'),
  example: choice('example', '', ...catalog.examples.map(({ id }) => id)),
  lab: { key: 'lab', start: '', parse: (text) => (text === '' || parseLab(text) ? text : undefined), wants: tr('a target with its numbers as name_value, with * between') },
  mirror: { key: 'mirror', start: '', parse: (text) => (text === '' || parseMirror(text) ? text : undefined), wants: tr('a problem with numbers as name_value, and a.name_value and b.name_value for the columns, with * between') },
  view: { key: 'runs', start: '', parse: (text) => (text === '' || parseView(text) ? text : undefined), wants: tr('what the place Experiments shows, as name_value with * between') },
  embed: flag('embed', false),
  lang: choice('lang', '', ...Object.keys(LANGUAGES)), // '': that of the browser, or of an earlier choice
  lesson: { key: 'lesson', start: '', parse: (text) => (/^[a-z][a-z0-9-]{0,31}$/.test(text) && !(text in Object.prototype) || text === '' ? text : undefined), wants: tr('the name of a lesson') },
  at: integer('at', 1, 1, 12), // step of the lesson
});

const NAMES = /** @type {(keyof State)[]} */ (Object.keys(FIELDS));

/** initial is the state of a page without a fragment. */
export const initial = () => /** @type {State} */ (Object.fromEntries(NAMES.map((name) => [name, FIELDS[name].start])));

/**
 * toFragment writes every field, so that a later change of a start value changes no link; nothing for an empty text.
 * @param {State} state
 */
export function toFragment(state) {
  const params = new URLSearchParams({ v: String(STATE_VERSION) });
  for (const name of NAMES) {
    const value = state[name];
    if (value !== '') params.set(FIELDS[name].key, textOf(value));
  }
  return `#${params}`;
}

/**
 * toShortFragment writes only what differs from a page without a fragment: short enough for a wall or a QR code.
 * @param {State} state
 */
export function toShortFragment(state) {
  const start = initial();
  const params = new URLSearchParams({ v: String(STATE_VERSION) });
  for (const name of NAMES) if (state[name] !== start[name]) params.set(FIELDS[name].key, textOf(state[name]));
  return `#${params}`;
}

/** @param {unknown} value */
const textOf = (value) => String(typeof value === 'boolean' ? +value : value);

// A pattern's time grows with the square of a text that almost fits it; no link of ours comes near this.
const LONGEST_LINK = 4096;

/**
 * fromFragment reads a link: the state, and a sentence for each part that was not taken. What is good is kept.
 * @param {string} fragment
 */
export function fromFragment(fragment) {
  const state = initial();
  /** @type {string[]} */
  const refused = [];
  const afresh = (/** @type {string} */ why) => ({ state, refused: [tr`${why} It starts afresh.`] });
  if (fragment.length > LONGEST_LINK) return afresh(tr`The link has ${fragment.length} characters; this page reads ${LONGEST_LINK}.`);
  const params = new URLSearchParams(fragment.replace(/^#/, ''));
  if (params.size === 0) return { state, refused };
  const version = params.get('v');
  if (version !== String(STATE_VERSION)) return afresh(tr`The link is of version ${version === null ? 'none' : quoted(version)}; this page reads version ${STATE_VERSION}.`);
  params.delete('v');
  for (const name of NAMES) {
    const { key, start, parse, wants, part } = FIELDS[name];
    const given = params.get(key);
    params.delete(key);
    if (given === null) continue;
    const { text, refused: parts } = part?.(given) ?? { text: given, refused: [] };
    refused.push(...parts);
    const value = parse(text);
    if (value === undefined) refused.push(tr`The link says ${key}=${foreign(text)}; it wants ${wants}. ${start === '' ? tr('None') : textOf(start)} is used.`);
    else Object.assign(state, { [name]: value });
  }
  for (const key of new Set(params.keys())) refused.push(tr`The link says ${quoted(key)}, which this page does not know.`);
  return { state, refused };
}

/**
 * valid tells whether value may stand in the field; what it refuses never enters the state.
 * @param {string} name
 * @param {unknown} value
 */
export const valid = (name, value) => Object.hasOwn(FIELDS, name) && value !== undefined
  && /** @type {Record<string, FieldOfState>} */ (FIELDS)[name].parse(textOf(value)) === value;

const WRITE_EVERY = 350; // ms

/** @typedef {(state: Readonly<State>, changed: Set<string>) => void} StateListener */

/** Store holds the state, tells listeners what changed and keeps the URL in step. */
export class Store {
  /** @type {Readonly<State>} */
  #state;
  /** @type {StateListener[]} */
  #listeners = [];
  #timer = 0;
  #written = -Infinity; // when, ms
  #fragment = location.hash; // as the address had it after the last write

  /** @param {State} state */
  constructor(state) {
    this.#state = Object.freeze({ ...state });
  }

  get state() {
    return this.#state;
  }

  /**
   * set changes fields; a value that is not valid is a programmer's error.
   * @param {Partial<State>} patch
   */
  set(patch) {
    const changed = new Set();
    for (const [name, value] of Object.entries(patch)) {
      if (!valid(name, value)) throw new Error(`state: ${name} cannot be ${value}`);
      if (this.#state[/** @type {keyof State} */ (name)] !== value) changed.add(name);
    }
    if (changed.size === 0) return;
    this.#state = Object.freeze({ ...this.#state, ...patch });
    this.#writeSoon();
    for (const listener of this.#listeners) listener(this.#state, changed);
  }

  /** @param {StateListener} listener */
  subscribe(listener) {
    this.#listeners.push(listener);
  }

  /** write puts the state into the URL now, without a new entry in the history. */
  write() {
    clearTimeout(this.#timer);
    this.#timer = 0;
    this.#written = performance.now();
    history.replaceState(null, '', toFragment(this.#state));
    this.#fragment = location.hash;
  }

  // At once, or, as browsers refuse more than about a hundred replaceState calls in half a minute, after a
  // pause: a slider that is dragged writes its last value.
  #writeSoon() {
    const wait = this.#written + WRITE_EVERY - performance.now();
    if (wait <= 0) this.#writeUnlessLeft();
    else this.#timer ||= setTimeout(() => this.#writeUnlessLeft(), wait);
  }

  // A link that was chosen stands in the address before its hashchange comes: it is not written over.
  #writeUnlessLeft() {
    this.#timer = 0;
    if (location.hash === this.#fragment) this.write();
  }
}

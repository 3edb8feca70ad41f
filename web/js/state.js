// The page state: one object that says everything a link should reproduce. It is validated, versioned and
// serialised, with the seed, into the fragment of the URL.

import { EXAMPLES } from './examples.js';
import { parseLab } from './labstate.js';
import { PRESETS, parseText } from './settings.js';

/** STATE_VERSION is the version of the fragment; an unknown one is refused as a whole. */
export const STATE_VERSION = 1;

const choice = (start, ...of) => ({
  start,
  parse: (text) => (text === start || of.includes(text) ? text : undefined),
  wants: `one of ${of.join(', ')}`,
});
const integer = (start, min, max) => ({
  start,
  parse: (text) => (/^\d{1,16}$/.test(text) && +text >= min && +text <= max ? +text : undefined),
  wants: `a whole number from ${min} to ${max}`,
});
const real = (start, min, max) => ({
  start,
  parse: (text) => (/^\d*\.?\d+$/.test(text) && +text >= min && +text <= max ? +text : undefined),
  wants: `a number from ${min} to ${max}`,
});
const flag = (start) => ({
  start,
  parse: (text) => ({ 0: false, 1: true })[text],
  wants: '0 or 1',
});
const or = (word, field) => ({ ...field, parse: (text) => (text === word ? word : field.parse(text)), wants: `${word}, or ${field.wants}` });

/** FIELDS: name in the state -> name in the URL, start value, parser and what the parser wants. */
export const FIELDS = Object.freeze({
  place: { key: 'place', ...choice('playground', 'playground', 'lab', 'about') },
  task: {
    key: 'task',
    ...choice('half_cheetah', 'pendulum', 'inverted_pendulum', 'inverted_double_pendulum', 'reacher', 'swimmer', 'hopper', 'half_cheetah', 'walker2d', 'custom'),
  },
  algorithm: { key: 'alg', ...choice('fpmd-m', 'fpmd-m', 'fpmd-r', 'dpmd', 'sac') },
  sampler: { key: 'sampler', ...choice('one', 'one', 'many') },
  manySteps: { key: 'k', ...integer(20, 1, 32) },
  best: { key: 'best', ...flag(false) },
  candidates: { key: 'n', ...integer(32, 2, 32) },
  seed: { key: 'seed', ...integer(1, 0, Number.MAX_SAFE_INTEGER) },
  speed: { key: 'speed', ...or('max', real(1, 0.05, 8)) },
  playing: { key: 'play', ...flag(true) },
  auto: { key: 'auto', ...flag(true) },
  t: { key: 't', ...real(1, 0, 1) },
  slow: { key: 'slow', ...flag(false) },
  preset: { key: 'preset', ...choice('browser', ...PRESETS.map(({ id }) => id)) },
  // What differs from the preset; its names and ranges are the worker's to judge (settings.js).
  settings: {
    key: 'set', start: '', parse: (text) => (parseText(text) ? text : undefined),
    wants: 'settings as name_value, with * between',
  },
  drive: { key: 'drive', ...choice('policy', 'policy', 'zero', 'noise', 'hand') },
  contacts: { key: 'contacts', ...flag(false) },
  torques: { key: 'torques', ...flag(false) },
  ghost: { key: 'ghost', ...flag(true) },
  value: { key: 'value', ...flag(true) },
  field: { key: 'field', ...flag(true) },
  lambda: { key: 'weights', ...flag(true) },
  particles: { key: 'particles', ...integer(256, 16, 4096) },
  axisX: { key: 'x', ...or('auto', integer('auto', 0, 47)) },
  axisY: { key: 'y', ...or('auto', integer('auto', 0, 47)) },
  reward: { key: 'reward', ...choice('move', 'move', 'up') },
  example: { key: 'example', ...choice('', ...EXAMPLES.map(({ id }) => id)) },
  lab: { key: 'lab', start: '', parse: (text) => (text === '' || parseLab(text) ? text : undefined), wants: 'a target with its numbers as name_value, with * between' },
  embed: { key: 'embed', ...flag(false) },
});

/** initial is the state of a page without a fragment. */
export function initial() {
  return Object.fromEntries(Object.entries(FIELDS).map(([name, field]) => [name, field.start]));
}

/** toFragment writes every field, so that a later change of a start value changes no link; nothing for an empty text. */
export function toFragment(state) {
  const params = new URLSearchParams({ v: STATE_VERSION });
  for (const [name, field] of Object.entries(FIELDS)) {
    const value = state[name];
    if (value === '') continue;
    params.set(field.key, typeof value === 'boolean' ? +value : value);
  }
  return `#${params}`;
}

// A pattern's time grows with the square of a text that almost fits it; no link of ours comes near this.
const LONGEST_LINK = 4096;

/** fromFragment reads a link: the state, and a sentence for each part that was not taken. */
export function fromFragment(fragment) {
  const state = initial();
  const refused = [];
  if (fragment.length > LONGEST_LINK) {
    refused.push(`The link has ${fragment.length} characters; this page reads ${LONGEST_LINK}. It starts afresh.`);
    return { state, refused };
  }
  const params = new URLSearchParams(fragment.replace(/^#/, ''));
  if ([...params].length === 0) return { state, refused };
  if (params.get('v') !== String(STATE_VERSION)) {
    refused.push(`The link is of version ${params.get('v') ?? 'none'}; this page reads version ${STATE_VERSION}. It starts afresh.`);
    return { state, refused };
  }
  params.delete('v');
  for (const [name, field] of Object.entries(FIELDS)) {
    const text = params.get(field.key);
    params.delete(field.key);
    if (text === null) continue;
    const value = field.parse(text);
    if (value === undefined) refused.push(`The link says ${field.key}=${text}; it wants ${field.wants}. ${field.start === '' ? 'None' : field.start} is used.`);
    else state[name] = value;
  }
  for (const key of new Set(params.keys())) refused.push(`The link says ${key}, which this page does not know.`);
  return { state, refused };
}

/** valid tells whether value may stand in the field; what it refuses never enters the state. */
export function valid(name, value) {
  return value !== undefined && FIELDS[name].parse(typeof value === 'boolean' ? String(+value) : String(value)) === value;
}

const WRITE_EVERY = 350; // ms

/** Store holds the state, tells listeners what changed and keeps the URL in step. */
export class Store {
  #state;
  #listeners = [];
  #timer = 0;
  #written = -Infinity; // when, ms

  constructor(state) {
    this.#state = Object.freeze({ ...state });
  }

  get state() {
    return this.#state;
  }

  /** set changes fields; a value that is not valid is a programmer's error. */
  set(patch) {
    const changed = new Set();
    for (const [name, value] of Object.entries(patch)) {
      if (!valid(name, value)) throw new Error(`state: ${name} cannot be ${value}`);
      if (this.#state[name] !== value) changed.add(name);
    }
    if (changed.size === 0) return;
    this.#state = Object.freeze({ ...this.#state, ...patch });
    this.#writeSoon();
    for (const listener of this.#listeners) listener(this.#state, changed);
  }

  subscribe(listener) {
    this.#listeners.push(listener);
  }

  /** write puts the state into the URL now, without a new entry in the history. */
  write() {
    clearTimeout(this.#timer);
    this.#timer = 0;
    this.#written = performance.now();
    history.replaceState(null, '', toFragment(this.#state));
  }

  // At once, or, as browsers refuse more than about a hundred replaceState calls in half a minute, after a
  // pause: a slider that is dragged writes its last value.
  #writeSoon() {
    const wait = this.#written + WRITE_EVERY - performance.now();
    if (wait <= 0) this.write();
    else this.#timer ||= setTimeout(() => this.write(), wait);
  }
}

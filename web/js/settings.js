// The settings of the next training: a preset and what was changed from it. Fields, ranges, help and the
// presets come from the catalog; here stands how they are read.

import catalog from './catalog.js';
import { count } from './format.js';
import { places } from './helpers.js';
import { tr } from './language.js';
import { foreign, quoted } from './words.js';

/** @typedef {import('./catalog.js').Preset} Preset */

// ---- text: name_value*name_value, layers with dots, only what differs from the preset --------------------

const LONGEST = 1000; // characters
const ENTRY = /^([A-Za-z]{1,32})_([-.0-9A-Za-z]{1,64})$/;

// NAMES leads from a name that a setting had before to today's.
const NAMES = new Map(catalog.settings.flatMap(({ name, aliases }) => (aliases ?? []).map((alias) => [alias, name])));

/**
 * nameOf is today's name of a setting: links, saves and records from before may have another one.
 * @param {string} name
 */
export const nameOf = (name) => NAMES.get(name) ?? name;

/**
 * parseText reads a link's settings into a Map of texts, and lists the parts that are none.
 * @param {string} text
 */
export function parseText(text) {
  /** @type {Map<string, string>} */
  const map = new Map();
  if (text.length > LONGEST) return { map, refused: [text] };
  /** @type {string[]} */
  const refused = [];
  for (const part of text === '' ? [] : text.split('*')) {
    const found = ENTRY.exec(part);
    const name = nameOf(found?.[1] ?? '');
    if (found && !map.has(name)) map.set(name, found[2]);
    else refused.push(part);
  }
  return { map, refused };
}

/** @param {Map<string, string>} map */
export const toText = (map) => [...map].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, value]) => `${name}_${value}`).join('*');

/** @param {Value} value */
const textOf = (value) => (Array.isArray(value) ? value.join('.') : typeof value === 'boolean' ? String(+value) : String(value));

/**
 * shown is a value as the form writes it.
 * @param {Value} value
 */
export const shown = (value) => (Array.isArray(value) ? value.join(', ') : String(value));

/**
 * @param {Value} a
 * @param {Value} b
 */
const same = (a, b) => textOf(a) === textOf(b);

// ---- ranges ---------------------------------------------------------------------------------------------

const number = /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d{1,3})?$/i;
/** @param {number} x */
const bound = (x) => (Math.abs(x) >= 1e4 ? count(x) : String(x));
/** @param {Field} field */
const span = ({ min, max }) => tr`${bound(min)} to ${bound(max)}`.replaceAll('-', '−');

/**
 * rangeOf says what a field takes.
 * @param {Field} field
 */
export function rangeOf(field) {
  switch (field.kind) {
    case 'int': return tr`a whole number from ${span(field)}`;
    case 'float': return tr`a number from ${span(field)}`;
    case 'enum': return tr`one of ${field.values?.join(', ')}`;
    case 'bool': return tr('yes or no');
    case 'ints': return tr`1 to ${field.items?.[1]} whole numbers from ${span(field)}, with commas between`;
  }
  return tr('nothing that this page knows');
}

/**
 * read turns what was typed into a value, or undefined where the field does not take it.
 * @param {Field} field
 * @param {string | boolean} text
 * @returns {Value | undefined}
 */
export function read(field, text) {
  const within = (/** @type {number} */ x) => x >= field.min && x <= field.max;
  const trimmed = String(text).trim();
  switch (field.kind) {
    case 'int':
    case 'float': {
      const x = number.test(trimmed) ? Number(trimmed) : NaN;
      return within(x) && (field.kind === 'float' || Number.isInteger(x)) ? x : undefined;
    }
    case 'enum': return field.values?.includes(trimmed) ? trimmed : undefined;
    case 'bool': return ['1', 'true'].includes(trimmed) ? true : ['0', 'false'].includes(trimmed) ? false : undefined;
    case 'ints': {
      const list = trimmed.split(/[\s,.]+/);
      const good = list.length <= (field.items?.[1] ?? 0) && list.every((x) => /^\d{1,6}$/.test(x) && within(+x));
      return good ? list.map(Number) : undefined;
    }
  }
  return undefined;
}

// ---- the settings of a state ----------------------------------------------------------------------------

/**
 * presetsFor lists the presets that differ for an algorithm: SAC has no weights to normalise.
 * @param {TaskInfo} task
 * @param {AgentName} algorithm
 */
export function presetsFor(task, algorithm) {
  const seen = new Set();
  return catalog.presets.filter((preset) => {
    const values = task.sizes[algorithm]?.[preset.base] && presetValues(task, algorithm, preset);
    const key = values && JSON.stringify(values, Object.keys(values).sort());
    if (!key || seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

/**
 * @param {TaskInfo} task
 * @param {AgentName} algorithm
 * @param {Preset} preset
 * @returns {Values}
 */
function presetValues(task, algorithm, { base, patch = {} }) {
  const values = { ...task.sizes[algorithm][base] };
  for (const [name, value] of Object.entries(patch)) if (Object.hasOwn(values, name)) values[name] = value;
  return values;
}

/**
 * presetOf is the state's preset, or the one that it amounts to for the algorithm.
 * @param {State} state
 * @param {TaskInfo} task
 */
export function presetOf(state, task) {
  const wanted = catalog.presets.find(({ id }) => id === state.preset) ?? catalog.presets[0];
  const list = presetsFor(task, state.algorithm);
  return list.find(({ id }) => id === state.preset) ?? list.find(({ base }) => base === wanted.base) ?? list[0];
}

/**
 * settingsOf returns {preset, base, values, changed}: what the preset says, what the next training takes, and the names
 * of what differs; undefined where there are no settings for the task and the algorithm.
 * @param {State} state
 * @param {TaskInfo} task
 */
export function settingsOf(state, task) {
  const preset = presetOf(state, task);
  if (!preset) return undefined;
  const base = presetValues(task, state.algorithm, preset);
  const values = { ...base };
  for (const [name, text] of parseText(state.settings).map) {
    const value = Object.hasOwn(base, name) && Object.hasOwn(task.fields, name) ? read(task.fields[name], text) : undefined;
    if (value !== undefined) values[name] = value;
  }
  if ('shards' in base) {
    base.shards = shardsFor(values);
    if (!parseText(state.settings).map.has('shards')) values.shards = base.shards;
  }
  return { preset, base, values, changed: Object.keys(base).filter((name) => !same(base[name], values[name])) };
}

// An update is divided where that pays on this machine. Sending a shard and its gradient costs half a millisecond, and so
// much takes what is not divided; an update takes about a millisecond for every 2e6 of this product (web/bench, U and U64).
const WORTH_DIVIDING = 8e6;

/**
 * pays tells whether an update with such settings is worth dividing, and can be.
 * @param {Values} values
 */
function pays(values) {
  const { hidden, batch, particles, weighting, released } = /** @type {{hidden: number[], batch: number, particles: number, weighting: string, released: boolean}} */ (/** @type {unknown} */ (values));
  const widths = hidden.reduce((sum, width, i) => sum + (i > 0 ? width * hidden[i - 1] : 0), 0);
  return batch * particles * widths >= WORTH_DIVIDING && ['per-state', 'constant'].includes(weighting) && !released;
}

/** @param {Values} values */
const shardsFor = (values) => (pays(values) ? Math.min(places(), /** @type {number} */ (values.batch)) : 1);

/**
 * withShards returns the state's text with the number of shards in it, where it depends on the machine.
 * @param {State} state
 * @param {TaskInfo} task
 */
export function withShards(state, task) {
  const values = settingsOf(state, task)?.values;
  const { map } = parseText(state.settings);
  if (values && Object.hasOwn(values, 'shards') && pays(values)) map.set('shards', textOf(values.shards));
  return toText(map);
}

/**
 * withoutShards returns a text without the number of shards, unless it is another than in the text before.
 * @param {string} text
 * @param {string} before
 */
export function withoutShards(text, before) {
  const { map } = parseText(text);
  if (map.get('shards') === parseText(before).map.get('shards')) map.delete('shards');
  return toText(map);
}

/**
 * withSetting returns the state's text with one value changed; a value of the preset needs no words.
 * @param {State} state
 * @param {TaskInfo} task
 * @param {string} name
 * @param {Value} value
 */
export function withSetting(state, task, name, value) {
  const { map } = parseText(state.settings);
  const base = settingsOf(state, task)?.base ?? {};
  if (Object.hasOwn(base, name) && same(value, base[name])) map.delete(name);
  else map.set(name, textOf(value));
  return toText(map);
}

/**
 * learnsNothing is a sentence where a run with these settings has no update, otherwise empty.
 * @param {Values} values
 */
export function learnsNothing({ steps, warmUp, updatesPerStep }) {
  const learning = Math.max(Number(steps) - Number(warmUp), 0);
  if (Math.floor(learning * Number(updatesPerStep)) > 0) return '';
  const run = tr`A run of ${Number(steps).toLocaleString('en')} steps`, rest = Number(warmUp).toLocaleString('en');
  return learning === 0 ? tr`${run} with a warm-up of ${rest} learns nothing.` : tr`${run}, ${rest} of them warm-up, with ${updatesPerStep} updates a step learns nothing.`;
}

/**
 * judge checks settings against their ranges: {settings, refused}, a sentence for each that goes.
 * @param {State} state
 * @param {TaskInfo} task
 */
export function judge(state, task) {
  const { map } = parseText(state.settings);
  /** @type {string[]} */
  const refused = [];
  for (const [name, text] of map) {
    const field = Object.hasOwn(task.fields, name) ? task.fields[name] : undefined;
    if (field && read(field, text) !== undefined) continue;
    map.delete(name);
    refused.push(field
      ? tr`The link sets ${name} to ${foreign(text)}; it wants ${rangeOf(field)}. The preset’s value is used.`
      : tr`The link sets ${quoted(name)}, which is no setting of a training.`);
  }
  return { settings: toText(map), refused };
}

/**
 * requestOf is the training that the state asks for: only what differs from the defaults.
 * @param {State} state
 * @param {TaskInfo | undefined} task
 * @returns {TrainRequest}
 */
export function requestOf(state, task) {
  const { task: name, algorithm, seed } = state;
  const settings = task && settingsOf(state, task);
  if (!settings) return { task: name, algorithm, seed, steps: 0 };
  const { steps, ...rest } = settings.values;
  const defaults = task.sizes[algorithm].browser;
  const config = Object.fromEntries(Object.entries(rest).filter(([field, value]) => !same(value, defaults[field])));
  return { task: name, algorithm, seed, steps: Number(steps), config };
}

/** presetGroups are the headings of the presets. */
export const presetGroups = [...new Set(catalog.presets.map(({ group }) => group))];

/**
 * groupsOf lists [title, names] of the fields that have a value.
 * @param {Values} values
 * @returns {[string, string[]][]}
 */
export function groupsOf(values) {
  const fields = catalog.settings.filter(({ name }) => Object.hasOwn(values, name));
  const titles = [...new Set(fields.map(({ group }) => group))];
  return titles.map((title) => [title, fields.filter(({ group }) => group === title).map(({ name }) => name)]);
}

/** @param {string} name */
export const labelOf = (name) => catalog.settings.find((field) => field.name === name)?.label ?? name;

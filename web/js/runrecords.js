// Runs that are kept: what each was, how far it came, its numbers over time and the moments of its policy. A run stays until
// somebody deletes it, and a deleted one can be brought back for a while. Saves of the same runs, from which a training goes
// on, lie in the same database.

import { abilities, tried } from './abilities.js';
import { Database, Memory, Shelf } from './database.js';
import { tr } from './language.js';
import { Signal } from './signal.js';
import { KeyframesPerRun, NumMetrics, Metric } from './protocol.js';

const UNDO_FOR = 10 * 60_000; // ms for which a deleted run is kept
const MOST_ROWS = 1600; // that lie in parts: five minutes of a run
const STRETCHES = 800; // of an outline, about a pixel each
const LONG = 4 * STRETCHES; // rows of a run that has outlines
/** COLOURS of runs, in turn: colour-blind safe (after P. Tol's "bright" and "muted"), readable in both themes. */
export const COLOURS = ['#0077bb', '#ee7733', '#009988', '#cc3377', '#8866cc', '#b58900', '#33a0dd', '#bb5566', '#5b8c2a', '#887766'];

/** @typedef {'queued' | 'running' | 'paused' | 'done' | 'failed'} RunState */
/** @typedef {'playground' | 'queue' | 'shipped' | 'file'} Origin shipped and file: only the record is there */

/**
 * A run. record is what the worker last told of it, in the form of fpmd's record.json.
 * @typedef {object} KeptRun
 * @property {string} id
 * @property {number} created ms since 1970
 * @property {Origin} origin
 * @property {string} task
 * @property {string} algorithm
 * @property {number} seed
 * @property {number} steps environment steps of the whole run
 * @property {RunState} state
 * @property {string} [cause] of a failure
 * @property {number} envSteps taken so far
 * @property {TrainRequest} [request] what it was begun with
 * @property {Partial<State>} [page] what the page shows with it
 * @property {Values} [config]
 * @property {string} [hash] of its weights at envSteps
 * @property {RunRecord} [record]
 * @property {{name: string, envSteps: number, id: string}} [from] the moment of another run that it began with
 * @property {string} [name] given by a person
 * @property {string} [colour]
 * @property {boolean} [pinned]
 * @property {number} [deleted] ms since 1970
 */

/** RunRecords owns the list of runs; changed tells that it is another. */
export class RunRecords {
  changed = new Signal();
  /** trouble(text): runs are not kept over a reload. @type {Signal<[string]>} */
  trouble = new Signal();
  /** listed resolves when what was stored is in the list. @type {Promise<void>} */
  listed;
  /** loaded resolves when the list is in order too: what no tab trains any more is paused, what was deleted long ago is gone. @type {Promise<void>} */
  loaded;
  /** @type {Map<string, KeptRun>} */
  #runs = new Map();
  /** @type {Shelf | Memory} */
  #shelf;
  #tabs = tried(() => abilities.channel?.('onestep runs'));
  // Resolves when no change of this page is being written.
  #written = Promise.resolve();
  /** @type {Map<string, KeptRun>} */
  #unwritten = new Map(); // what the storage has no room for
  #failed = false;
  #undoFor;

  /** @param {number} undoFor ms for which a deleted run is kept */
  constructor(undoFor = UNDO_FOR) {
    this.#undoFor = undoFor;
    const { database } = abilities;
    this.#shelf = database ? new Shelf(new Database(database)) : new Memory();
    this.#tabs?.addEventListener('message', () => { this.#read(); });
    this.listed = this.#read();
    this.loaded = this.listed.then(() => this.#order());
  }

  /** kept tells whether runs outlive the page. */
  get kept() {
    return this.#shelf instanceof Shelf;
  }

  /** all lists the runs that are not deleted, the newest first. */
  get all() {
    return [...this.#runs.values()].filter(({ deleted }) => !deleted).sort((a, b) => b.created - a.created);
  }

  /** @param {string} id */
  find(id) {
    return this.#runs.get(id);
  }

  // The list is read again only where something in it was out of order.
  async #order() {
    const stored = [...this.#runs.values()];
    const changes = await this.#try(async () => {
      const [locks, metas] = await Promise.all([abilities.locks?.query(), /** @type {Promise<Meta[]>} */ (this.#shelf.all('runs'))]);
      const held = new Set((locks?.held ?? []).map(({ name }) => name));
      const gone = await this.#sweep();
      const left = stored.filter(({ id, state, origin }) => state === 'running' && origin === 'playground' && !held.has(lockOf(id)));
      const unknown = metas.filter(({ id, info }) => !this.#runs.has(id) && info?.task);
      for (const { id } of left) await this.#shelf.update('records', id, (now) => now && { ...now, state: 'paused' });
      for (const meta of unknown) await this.#shelf.update('records', meta.id, (now) => now ?? ofSave(meta));
      return gone + left.length + unknown.length;
    });
    if (changes !== 0) await this.#read();
  }

  // Removes what was deleted long ago, and tells how much that was.
  async #sweep() {
    const gone = [...this.#runs.values()].filter(({ deleted }) => deleted && Date.now() - deleted > this.#undoFor);
    for (const { id } of gone) {
      await this.#shelf.remove(id);
      this.#unwritten.delete(id);
    }
    return gone.length;
  }

  // What was read before a change of this page was written would take that change back, so that it is read again.
  async #read() {
    let written, stored;
    do {
      await (written = this.#written);
      stored = /** @type {KeptRun[]} */ (await this.#try(() => this.#shelf.all('records')) ?? [...this.#runs.values()]);
    } while (written !== this.#written);
    this.#runs = new Map([...stored.map((run) => /** @type {const} */ ([run.id, run])), ...this.#unwritten]);
    this.changed.send();
  }

  /**
   * add keeps a new run.
   * @param {KeptRun} run
   */
  add(run) {
    return this.#write(run, () => run);
  }

  /**
   * patch changes some of a run; what another tab has changed of it stays.
   * @param {string} id
   * @param {Partial<KeptRun>} fields
   */
  async patch(id, fields) {
    const run = this.#runs.get(id);
    if (!run) return;
    await this.#write({ ...run, ...fields }, (now) => ({ ...now ?? run, ...fields }));
  }

  /**
   * @param {KeptRun} run as this page has it now
   * @param {(now: KeptRun | undefined) => KeptRun} change of what is stored
   */
  async #write(run, change) {
    this.#runs.set(run.id, run);
    this.changed.send();
    const before = this.#written;
    const write = this.#try(async () => {
      await this.#shelf.update('records', run.id, change);
      this.#unwritten.delete(run.id);
      return true;
    }).then((done) => done ?? this.#unwritten.set(run.id, run));
    this.#written = (async () => { await before; await write; })();
    await write;
    this.#tabs?.postMessage('changed');
  }

  /**
   * delete hides a run, which goes for good when nobody has restored it for a while, on this visit or another.
   * @param {string} id
   */
  delete(id) {
    setTimeout(async () => {
      if (!await this.#try(() => this.#sweep())) return;
      this.#tabs?.postMessage('changed');
      await this.#read();
    }, this.#undoFor + 1);
    return this.patch(id, { deleted: Date.now() });
  }

  /** @param {string} id */
  restore(id) {
    return this.patch(id, { deleted: undefined });
  }

  /**
   * measured keeps rows of Metrics, one behind the other.
   * @param {string} id
   * @param {Float64Array} rows
   */
  measured(id, rows) {
    return this.#try(() => this.#shelf.put('metrics', [id, performance.timeOrigin + performance.now()], rows));
  }

  /**
   * metrics resolves with columns of all rows of a run. Steps that were taken again after a loss count once, as they were taken last.
   * @param {string} id
   * @param {number[]} columns
   */
  async metrics(id, columns) {
    const of = [...new Set([Metric.EnvSteps, ...columns])];
    const table = await this.#try(() => this.#shelf.columns('metrics', id, of)) ?? { columns: [], parts: [] };
    const all = joined(table, of);
    if (table.parts.reduce((sum, { length }) => sum + length, 0) > MOST_ROWS * NumMetrics
      || table.parts.length === 0 && all[0].length > LONG && this.#plain.delete(id)) this.pack(id);
    return columns.map((column) => all[of.indexOf(column)]);
  }

  /** @type {Set<string>} */
  #plain = new Set(); // runs of which no outline was found

  /**
   * outlines resolves with the outlines of a column over the steps of runs, undefined of one that is short or goes on.
   * @param {string[]} ids
   * @param {number} column
   * @returns {Promise<(Float64Array[] | undefined)[]>}
   */
  async outlines(ids, column) {
    const found = await this.#try(() => this.#shelf.outlines('metrics', ids, column)) ?? [];
    ids.forEach((id, i) => { if (!found[i]) this.#plain.add(id); });
    return ids.map((_, i) => found[i]);
  }

  /** @type {Promise<unknown>} */
  #packed = Promise.resolve();

  /**
   * pack puts the rows of a run into columns, one run after another.
   * @param {string} id
   */
  pack(id) {
    const of = [...Array(NumMetrics).keys()];
    return this.#packed = this.#packed.then(() => this.#try(() => this.#shelf.pack('metrics', id, NumMetrics, (table) => {
      const columns = joined(table, of);
      const steps = columns[Metric.EnvSteps];
      return { columns, outlines: steps.length > LONG ? columns.map((column) => outlined(steps, column, STRETCHES)) : [] };
    })));
  }

  /**
   * filmed keeps a moment of a run's policy, and thins the others where there are too many.
   * @param {string} id
   * @param {number} envSteps
   * @param {ArrayBuffer} bytes
   */
  async filmed(id, envSteps, bytes) {
    await this.#try(async () => {
      await this.#shelf.put('films', [id, envSteps], bytes);
      for (const gone of thinned(await this.#shelf.numbersOf('films', id), KeyframesPerRun)) await this.#shelf.drop('films', [id, gone]);
    });
  }

  /**
   * film lists the environment steps of the moments that are kept of a run.
   * @param {string} id
   * @returns {Promise<number[]>}
   */
  async film(id) {
    return await this.#try(() => this.#shelf.numbersOf('films', id)) ?? [];
  }

  /**
   * moment resolves with the policy file of one of them, or undefined.
   * @param {string} id
   * @param {number} envSteps
   * @returns {Promise<ArrayBuffer | undefined>}
   */
  moment(id, envSteps) {
    return this.#try(() => this.#shelf.get('films', [id, envSteps]));
  }

  /**
   * weight resolves with the bytes that a run's film and metrics take.
   * @param {string} id
   */
  async weight(id) {
    const parts = await this.#try(async () => [...await this.#shelf.allOf('films', id), ...await this.#shelf.allOf('metrics', id)]) ?? [];
    return parts.reduce((sum, part) => sum + part.byteLength, 0);
  }

  // That the storage is full is said once. Where it refuses for another reason, memory takes its place with all that is known: the
  // place Experiments says so, and a training that is under way.
  /**
   * @template T
   * @param {() => Promise<T>} work
   * @returns {Promise<T | undefined>}
   */
  async #try(work) {
    const shelf = this.#shelf;
    try {
      return await work();
    } catch (error) {
      const full = /** @type {Error} */ (error).name === 'QuotaExceededError';
      if (full && !this.#failed) this.trouble.send(tr('The browser’s storage is full: runs are kept only until this page is closed, and no further curves and moments of them. Delete runs, or export them.'));
      this.#failed = true;
      if (full || shelf instanceof Memory) return undefined;
      if (this.#shelf === shelf) {
        const memory = this.#shelf = new Memory();
        for (const run of this.#runs.values()) memory.update('records', run.id, (now) => now ?? run);
      }
      return this.#try(work);
    }
  }
}

/**
 * newRun is the record of a run that has taken no step.
 * @param {Origin} origin
 * @param {TrainRequest} request
 * @param {number} steps
 * @returns {KeptRun}
 */
export function newRun(origin, request, steps) {
  const { task, algorithm, seed } = request;
  return { id: newID(), created: Date.now(), origin, task, algorithm, seed, steps, state: 'queued', envSteps: 0, request };
}

/**
 * lockOf names the lock that a tab holds of a run in one of its workers.
 * @param {string} id
 */
export const lockOf = (id) => `onestep run ${id}`;

/** newID names a run, no more. */
export const newID = () => `${Date.now().toString(36)}-${Math.random().toString(36).slice(2)}`;

/**
 * ofSave is the run of a save that was written before runs were kept.
 * @param {Meta} meta
 * @returns {KeptRun}
 */
export function ofSave({ id, at, info, page }) {
  const { task, algorithm, seed, envSteps, totalSteps, config } = info;
  return { id, created: at, origin: 'playground', task, algorithm, seed, steps: totalSteps, envSteps, page, config, state: envSteps >= totalSteps ? 'done' : 'paused' };
}

/**
 * joined are columns of Metrics: as they were packed, and behind them those of the rows that came since. Where the steps go back,
 * what was there from that step on is replaced.
 * @param {{columns: (Float64Array | undefined)[], parts: Float64Array[]}} table its columns are those of, and parts hold rows
 * @param {number[]} of numbers of the columns, the steps' among them
 * @returns {Float64Array[]}
 */
export function joined({ columns, parts }, of) {
  const steps = columns[of.indexOf(Metric.EnvSteps)] ?? new Float64Array(0);
  let stay = steps.length; // of the packed rows
  /** @type {Float64Array[]} */
  const rows = [];
  for (const part of parts) {
    for (let at = 0; at + NumMetrics <= part.length; at += NumMetrics) {
      const row = part.subarray(at, at + NumMetrics);
      const step = row[Metric.EnvSteps];
      while (rows.length > 0 && rows[rows.length - 1][Metric.EnvSteps] >= step) rows.pop();
      if (rows.length === 0) while (stay > 0 && steps[stay - 1] >= step) stay--;
      rows.push(row);
    }
  }
  return of.map((number, i) => {
    const packed = columns[i]?.subarray(0, stay) ?? new Float64Array(stay).fill(NaN);
    if (rows.length === 0) return packed;
    const all = new Float64Array(stay + rows.length);
    all.set(packed);
    rows.forEach((row, k) => { all[stay + k] = row[number]; });
    return all;
  });
}

/**
 * outlined keeps of a column the first and the last number, and of each of so many stretches of rows the lowest and the highest, in
 * their order: [steps, values].
 * @param {Float64Array} steps
 * @param {Float64Array} column
 * @param {number} stretches
 */
export function outlined(steps, column, stretches) {
  /** @type {number[]} */
  const kept = [];
  let last = -1; // row with a number
  const keep = (/** @type {number} */ row) => row > (kept.at(-1) ?? -1) && kept.push(row);
  for (let i = 0; i < stretches; i++) {
    const [from, end] = [i, i + 1].map((k) => Math.floor((k * column.length) / stretches));
    let [low, high] = [-1, -1];
    for (let row = from; row < end; row++) {
      if (!Number.isFinite(column[row])) continue;
      if (last < 0) keep(row);
      last = row;
      if (low < 0 || column[row] < column[low]) low = row;
      if (high < 0 || column[row] > column[high]) high = row;
    }
    if (low < 0) continue;
    keep(Math.min(low, high));
    keep(Math.max(low, high));
  }
  if (last >= 0) keep(last);
  return [steps, column].map((of) => Float64Array.from(kept, (row) => of[row]));
}

/**
 * thinned lists the moments that go so that at most so many stay, as evenly as can be: each time the one without which the
 * gap is smallest. The first and the last stay.
 * @param {number[]} moments in order
 * @param {number} most
 */
export function thinned(moments, most) {
  const left = [...moments];
  const gone = [];
  while (left.length > most) {
    let at = 1;
    for (let i = 2; i < left.length - 1; i++) if (left[i + 1] - left[i - 1] < left[at + 1] - left[at - 1]) at = i;
    gone.push(...left.splice(at, 1));
  }
  return gone;
}

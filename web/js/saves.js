// Where saves of a training are kept. A save is a small state and the blocks of its replay; each part that comes is
// written in one transaction, so that a write that is cut leaves the save before it whole. Two keepers with the same
// methods: the browser's storage, and memory where that fails.
//
// A run's meta is {id, format, at, info, page, oldest, slot, earlier, aside, shelved}: oldest is the first transition that its state
// needs, slot where the state lies, earlier the meta of the save before, which is kept too, aside why the run could not
// go on from either, and shelved that it waits among the experiments and is not offered beside Train. A state and a block are stored as {bytes, sum}.

import { abilities } from './abilities.js';
import { Database, allOf, resultOf } from './database.js';
import { count } from './format.js';
import { tr } from './language.js';

/** FORMAT is the version of the records. */
export const FORMAT = 2;

/** FORMATS are the versions that are read. In 1 there were bytes without a sum, and one state of a run, under its id. */
export const FORMATS = [1, FORMAT];

/** @typedef {{bytes?: ArrayBuffer, sum?: string}} Sealed */
/** @typedef {{meta: Meta, first: number, block: ArrayBuffer, state?: ArrayBuffer}} Part */

/** Cleared: what a save builds on is no longer stored. */
export class Cleared extends Error {}

/** @param {Meta} meta */
const stateKey = ({ id, slot }) => (slot === undefined ? id : [id, slot]);

/**
 * following is the meta of a save that comes after another one of its run (null: none), which stays beside it.
 * @param {Meta | null} before
 * @param {Meta} meta
 * @returns {Meta}
 */
export function following(before, meta) {
  if (!before) return { ...meta, slot: 0 };
  return { ...meta, slot: before.slot === 0 ? 1 : 0, earlier: { ...before, earlier: undefined, aside: undefined } };
}

/**
 * versions lists the metas of a run's saves, the newest first.
 * @param {Meta} meta
 */
export const versions = (meta) => [meta, ...meta.earlier ? [meta.earlier] : []];

/** Stored keeps saves in IndexedDB. Every method rejects where the storage does. */
export class Stored {
  #database;

  /** @param {IDBFactory} factory */
  constructor(factory) {
    this.#database = new Database(factory);
  }

  /**
   * put writes a block, and with a state the save that it completes. It rejects with Cleared where the save before is gone,
   * or the blocks before this one.
   * @param {Part} part
   */
  async put({ meta, first, block, state }) {
    const [sealedBlock, sealedState] = await Promise.all([block, state].map(sealed));
    return this.#database.within('readwrite', ({ runs, states, blocks }, _, abort) => {
      if (meta.earlier) runs.getKey(meta.id).onsuccess = (event) => resultOf(event) === undefined && abort(new Cleared());
      if (first > (meta.oldest ?? 0)) blocks.getKey(IDBKeyRange.bound([meta.id, 0], [meta.id, first], false, true)).onsuccess = (event) => resultOf(event) === undefined && abort(new Cleared());
      blocks.delete(allOf(meta.id, first)); // of a save that was never completed
      if (block.byteLength > 8) blocks.put(sealedBlock, [meta.id, first]);
      if (!state) return;
      states.put(sealedState, stateKey(meta));
      if (meta.earlier?.slot !== undefined) states.delete(meta.id); // of format 1
      runs.put(meta);
      const oldest = Math.min(...versions(meta).map((version) => version.oldest ?? 0));
      const keys = blocks.getAllKeys(allOf(meta.id));
      keys.onsuccess = () => forgotten(numbersOf(keys.result), oldest).forEach((number) => blocks.delete([meta.id, number]));
    });
  }

  /**
   * list resolves with the metas of all complete saves, the newest first.
   * @returns {Promise<Meta[]>}
   */
  async list() {
    const all = await this.#database.within('readonly', ({ runs }, done) => {
      const request = runs.getAll();
      request.onsuccess = () => done(request.result);
    });
    return all.sort((/** @type {Meta} */ a, /** @type {Meta} */ b) => (b.at || 0) - (a.at || 0));
  }

  /**
   * find resolves with the meta of a run's newest save, or null.
   * @param {string} id
   * @returns {Promise<Meta | null>}
   */
  find(id) {
    return this.#database.within('readonly', ({ runs }, done) => {
      runs.get(id).onsuccess = (event) => done(resultOf(event) ?? null);
    });
  }

  /**
   * mark writes the meta of a run anew.
   * @param {Meta} meta
   */
  mark(meta) {
    return this.#database.within('readwrite', ({ runs }) => runs.put(meta));
  }

  /**
   * read resolves with one of a run's versions; damage, where it has some, says what is not whole.
   * @param {Meta} meta
   * @returns {Promise<Save>}
   */
  async read(meta) {
    const range = allOf(meta.id);
    const { state, blocks, firsts } = await this.#database.within('readonly', ({ states, blocks }, done) => {
      /** @type {Record<string, unknown>} */
      const save = {};
      states.get(stateKey(meta)).onsuccess = (event) => { save.state = opened(resultOf(event)); };
      blocks.getAllKeys(range).onsuccess = (event) => { save.firsts = numbersOf(resultOf(event)); };
      blocks.getAll(range).onsuccess = (event) => done({ ...save, blocks: resultOf(event).map(opened) });
    });
    const idle = new Set(forgotten(firsts, meta.oldest ?? 0));
    const needed = /** @type {number[]} */ (firsts).map((first, i) => ({ first, ...blocks[i] })).filter(({ first }) => first < meta.info.envSteps && !idle.has(first));
    return { meta, state: state.bytes, blocks: needed.map(({ bytes }) => bytes), damage: await damageOf(state, needed) };
  }

  /** @param {string} id */
  remove(id) {
    return this.#database.within('readwrite', ({ runs, states, blocks }) => {
      runs.delete(id);
      states.delete(id); // of format 1
      states.delete(allOf(id));
      blocks.delete(allOf(id));
    });
  }
}

/**
 * numbersOf are the numbers of keys [id, number].
 * @param {IDBValidKey[]} keys
 */
const numbersOf = (keys) => keys.map((key) => /** @type {[string, number]} */ (key)[1]);

/**
 * sumOf resolves with the SHA-256 of bytes, in hex, or undefined where the browser fails.
 * @param {ArrayBuffer} bytes
 */
async function sumOf(bytes) {
  try {
    if (!abilities.digest) return undefined;
    const sum = new Uint8Array(await abilities.digest(bytes));
    return Array.from(sum, (byte) => byte.toString(16).padStart(2, '0')).join('');
  } catch {
    return undefined;
  }
}

/** @param {ArrayBuffer | undefined} bytes */
const sealed = async (bytes) => bytes && { bytes, sum: await sumOf(bytes) };

/**
 * opened is what is stored, of either format.
 * @param {ArrayBuffer | Sealed | undefined} value
 * @returns {Sealed}
 */
const opened = (value) => (value instanceof ArrayBuffer ? { bytes: value } : { bytes: value?.bytes, sum: value?.sum });

/**
 * sound tells whether bytes are what they were when they were sealed, as far as that is known.
 * @param {Sealed} sealed
 */
async function sound({ bytes, sum }) {
  if (!(bytes instanceof ArrayBuffer)) return false;
  if (sum === undefined) return true;
  const now = await sumOf(bytes);
  return now === undefined || now === sum;
}

/**
 * damageOf resolves with what is not whole of a state and its blocks, or '' where all is.
 * @param {Sealed} state
 * @param {(Sealed & {first: number})[]} blocks
 */
async function damageOf(state, blocks) {
  if (!state.bytes) return tr('its state is missing');
  if (!await sound(state)) return tr('its state is damaged (its checksum differs)');
  const broken = (await Promise.all(blocks.map(sound))).indexOf(false);
  return broken < 0 ? '' : tr`its transitions from number ${count(blocks[broken].first)} on are damaged (their checksum differs)`;
}

/**
 * forgotten lists the first numbers of blocks whose transitions the replay has all written over.
 * @param {number[]} firsts
 * @param {number} oldest
 */
const forgotten = (firsts, oldest) => firsts.filter((_, i) => i + 1 < firsts.length && firsts[i + 1] <= oldest);

/** Remembered keeps the save of one run in memory: it outlives the worker, not the page. */
export class Remembered {
  /** @type {{meta: Meta, state: ArrayBuffer} | null} */
  #save = null;
  /** @type {Map<number, ArrayBuffer>} */
  #blocks = new Map();

  /** @param {Part} part */
  async put({ meta, first, block, state }) {
    if (this.#save && this.#save.meta.id !== meta.id) await this.remove();
    for (const number of [...this.#blocks.keys()]) if (number >= first) this.#blocks.delete(number);
    this.#blocks.set(first, block);
    if (!state) return;
    this.#save = { meta: { ...meta, earlier: undefined }, state };
    for (const number of forgotten([...this.#blocks.keys()], meta.oldest ?? 0)) this.#blocks.delete(number);
  }

  async list() {
    return this.#save ? [this.#save.meta] : [];
  }

  /** @param {string} id */
  async find(id) {
    return this.#save?.meta.id === id ? this.#save.meta : null;
  }

  /** @param {Meta} meta */
  async mark(meta) {
    if (this.#save?.meta.id === meta.id) this.#save.meta = meta;
  }

  /**
   * @param {Meta} meta
   * @returns {Promise<Save>}
   */
  async read(meta) {
    if (this.#save?.meta.id !== meta.id) throw new Error(tr('it is no longer there'));
    return { ...this.#save, state: this.#save.state.slice(0), blocks: [...this.#blocks.values()].map((block) => block.slice(0)) };
  }

  async remove() {
    this.#save = null;
    this.#blocks.clear();
  }
}

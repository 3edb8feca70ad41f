// The page's one database: saves of trainings, and runs with what they have come to. Two keepers with the same methods, the
// browser's storage and memory where that fails; keys are arrays that begin with the id of a run, or that id itself.

import { tr } from './language.js';

const DATABASE = 'onestep';
const LONGEST = 1600; // ms of a pause before another try
// How long another try is made, ms: of a storage that has opened before, which may be cleared again and again, and of any other.
const PATIENCE = { opened: 60_000, other: 3000 };
const SCHEMA = 2; // in 1 there were saves alone
/** @type {Record<string, IDBObjectStoreParameters>} */
const STORES = {
  runs: { keyPath: 'id' }, // meta of the newest save by id; saves.js says more
  states: {}, // by [id, slot]
  blocks: {}, // by [id, number of the first transition]
  records: { keyPath: 'id' }, // runs as runrecords.js keeps them
  metrics: {}, // by [id, ms since 1970]: rows of Metrics; by [id, -1 - column]: the column of the rows before those; by [id, OUTLINES - column]: its outline
  films: {}, // by [id, environment step]: policy files
};

/**
 * allOf is the range of a run's keys [id, number] from a number on.
 * @param {string} id
 */
export const allOf = (id, from = -Infinity) => IDBKeyRange.bound([id, from], [id, Infinity]);

const OUTLINES = -1000;

/** @param {string} id */
const outlinesOf = (id) => IDBKeyRange.bound([id, -Infinity], [id, OUTLINES]);

/**
 * resultOf is what a request of the database gave.
 * @param {Event} event
 * @returns {any}
 */
export const resultOf = (event) => /** @type {IDBRequest} */ (event.target).result;

/** Database opens on demand, and again after the person has cleared the storage. Every method rejects where the storage fails. */
export class Database {
  #factory;
  /** @type {Promise<IDBDatabase> | undefined} */
  #database;
  #patience = PATIENCE.other;

  /** @param {IDBFactory} factory */
  constructor(factory) {
    this.#factory = factory;
  }

  #open() {
    this.#database ??= new Promise((resolve, reject) => {
      const request = this.#factory.open(DATABASE, SCHEMA);
      request.onupgradeneeded = () => {
        for (const [name, options] of Object.entries(STORES)) if (!request.result.objectStoreNames.contains(name)) request.result.createObjectStore(name, options);
      };
      request.onsuccess = () => {
        this.#patience = PATIENCE.opened;
        const reopen = () => { this.#database = undefined; };
        request.result.onclose = reopen; // the person has cleared the storage
        request.result.onversionchange = () => {
          request.result.close();
          reopen();
        };
        resolve(request.result);
      };
      request.onerror = () => reject(request.error);
      request.onblocked = () => reject(new Error(tr('another tab holds an older form of it')));
    });
    this.#database.catch(() => { this.#database = undefined; });
    return this.#database;
  }

  /**
   * within runs work(stores) in one transaction and resolves with its result once all of it is written. Where the browser ends
   * it, as it does when the storage is cleared meanwhile, the database is opened and work runs again, for a while.
   * @param {IDBTransactionMode} mode
   * @param {Work} work
   * @param {string[]} names of the stores
   * @returns {Promise<any>}
   */
  async within(mode, work, names = Object.keys(STORES)) {
    const begun = performance.now();
    for (let pause = 50; ; pause = Math.min(2 * pause, LONGEST)) {
      const opened = this.#open();
      /** @type {IDBDatabase | undefined} */
      let database;
      try {
        database = await opened;
        return await transacted(database, mode, work, names);
      } catch (error) {
        if (performance.now() - begun > this.#patience || !passes(error, Boolean(database))) throw error;
        database?.close();
        if (this.#database === opened) this.#database = undefined;
        await new Promise((resolve) => { setTimeout(resolve, pause); });
      }
    }
  }
}

class GivenUp extends Error {} // by the browser, which tells no cause

/**
 * passes tells whether another try may go well. A cleared storage is told by many names; a full one stays full, one that is
 * forbidden stays forbidden, and what work has refused it refuses again.
 * @param {unknown} error
 * @param {boolean} opened
 */
const passes = (error, opened) => error instanceof GivenUp || error instanceof DOMException && (opened ? error.name !== 'QuotaExceededError' : ['AbortError', 'UnknownError'].includes(error.name));

/** @typedef {(stores: Record<string, IDBObjectStore>, done: (value: any) => void, abort: (why: Error) => void) => void} Work */

/**
 * @param {IDBDatabase} database
 * @param {IDBTransactionMode} mode
 * @param {Work} work
 * @param {string[]} names
 * @returns {Promise<any>}
 */
function transacted(database, mode, work, names) {
  const transaction = database.transaction(names, mode);
  return new Promise((resolve, reject) => {
    /** @type {unknown} */
    let result;
    /** @type {Error | undefined} */
    let given;
    transaction.oncomplete = () => resolve(result);
    transaction.onerror = transaction.onabort = () => reject(given ?? transaction.error ?? new GivenUp('the transaction was given up'));
    work(Object.fromEntries(names.map((name) => [name, transaction.objectStore(name)])), (value) => { result = value; }, (why) => {
      given = why;
      transaction.abort();
    });
  });
}

/** @typedef {[string, number]} RunKey */
/** @typedef {{columns: any[], parts: any[]}} Table */

/**
 * read gives done a table of a run.
 * @param {IDBObjectStore} store
 * @param {string} id
 * @param {number[]} numbers of its columns
 * @param {(table: Table) => void} done
 */
function read(store, id, numbers, done) {
  /** @type {any[]} */
  const columns = [];
  for (const number of numbers) store.get([id, -1 - number]).onsuccess = (event) => columns.push(resultOf(event));
  store.getAll(allOf(id, 0)).onsuccess = (event) => done({ columns, parts: resultOf(event) });
}

/** Shelf keeps values of runs in the browser's storage. */
export class Shelf {
  #database;

  /** @param {Database} database */
  constructor(database) {
    this.#database = database;
  }

  /**
   * @param {string} store
   * @returns {Promise<any[]>}
   */
  all(store) {
    return this.#database.within('readonly', (stores, done) => {
      stores[store].getAll().onsuccess = (event) => done(resultOf(event));
    }, [store]);
  }

  /**
   * update writes change(what is there now, or undefined) under the id, in one transaction; undefined writes nothing.
   * @param {string} store with ids for keys
   * @param {string} id
   * @param {(now: any) => any} change
   */
  update(store, id, change) {
    return this.#database.within('readwrite', (stores, done) => {
      stores[store].get(id).onsuccess = (event) => {
        const next = change(resultOf(event));
        if (next !== undefined) stores[store].put(next);
        done(next);
      };
    }, [store]);
  }

  /**
   * @param {string} store
   * @param {RunKey} key
   * @param {unknown} value
   */
  put(store, key, value) {
    return this.#database.within('readwrite', (stores) => { stores[store].put(value, key); }, [store]);
  }

  /**
   * @param {string} store
   * @param {RunKey} key
   */
  get(store, key) {
    return this.#database.within('readonly', (stores, done) => {
      stores[store].get(key).onsuccess = (event) => done(resultOf(event));
    }, [store]);
  }

  /**
   * @param {string} store
   * @param {string} id
   * @returns {Promise<any[]>}
   */
  allOf(store, id) {
    return this.#database.within('readonly', (stores, done) => {
      stores[store].getAll(allOf(id)).onsuccess = (event) => done(resultOf(event));
    }, [store]);
  }

  /**
   * @param {string} store
   * @param {string} id
   * @returns {Promise<number[]>} the numbers of its keys
   */
  numbersOf(store, id) {
    return this.#database.within('readonly', (stores, done) => {
      stores[store].getAllKeys(allOf(id)).onsuccess = (event) => done(resultOf(event).map((/** @type {RunKey} */ key) => key[1]));
    }, [store]);
  }

  /**
   * columns resolves with some columns of a run's rows, undefined where there is none, and with the parts that came after them.
   * @param {string} store
   * @param {string} id
   * @param {number[]} numbers of the columns
   * @returns {Promise<Table>}
   */
  columns(store, id, numbers) {
    return this.#database.within('readonly', (stores, done) => read(stores[store], id, numbers, done), [store]);
  }

  /**
   * outlines resolves with the outline of a column of each run, undefined where there is none or rows came after it.
   * @param {string} store
   * @param {string[]} ids
   * @param {number} number
   * @returns {Promise<any[]>}
   */
  outlines(store, ids, number) {
    return this.#database.within('readonly', (stores, done) => {
      /** @type {any[]} */
      const found = [];
      ids.forEach((id, i) => {
        stores[store].get([id, OUTLINES - number]).onsuccess = (event) => { found[i] = resultOf(event); };
        stores[store].getKey(allOf(id, 0)).onsuccess = (event) => { if (resultOf(event)) found[i] = undefined; };
      });
      done(found);
    }, [store]);
  }

  /**
   * pack puts join(table) of so many columns, and the outlines of those, in place of all parts of a run: a chart needs two of
   * them. A run without parts and with outlines stays.
   * @param {string} store
   * @param {string} id
   * @param {number} width
   * @param {(table: Table) => {columns: any[], outlines: any[]}} join
   */
  pack(store, id, width, join) {
    return this.#database.within('readwrite', (stores) => {
      const metrics = stores[store];
      metrics.getKey(allOf(id, 0)).onsuccess = (part) => {
        metrics.getKey(outlinesOf(id)).onsuccess = (outline) => {
          if (resultOf(part) === undefined && resultOf(outline) !== undefined) return;
          read(metrics, id, [...Array(width).keys()], (table) => {
            metrics.delete(allOf(id, 0));
            metrics.delete(outlinesOf(id)); // of which there may be fewer now
            const { columns, outlines } = join(table);
            columns.forEach((column, number) => metrics.put(column, [id, -1 - number]));
            outlines.forEach((line, number) => metrics.put(line, [id, OUTLINES - number]));
          });
        };
      };
    }, [store]);
  }

  /**
   * @param {string} store
   * @param {RunKey} key
   */
  drop(store, key) {
    return this.#database.within('readwrite', (stores) => { stores[store].delete(key); }, [store]);
  }

  /**
   * remove forgets a run: its record, metrics, film and saves.
   * @param {string} id
   */
  remove(id) {
    return this.#database.within('readwrite', (stores) => {
      for (const store of ['runs', 'records', 'states']) stores[store].delete(id); // a state under the id alone is of an older form
      for (const store of ['states', 'blocks', 'metrics', 'films']) stores[store].delete(allOf(id));
    });
  }
}

/** Memory keeps the same in memory: as long as the page. It has no saves. */
export class Memory {
  /** @type {Map<string, Map<string, any>>} */
  #stores = new Map();

  /** @param {string} name */
  #store(name) {
    const store = this.#stores.get(name) ?? new Map();
    this.#stores.set(name, store);
    return store;
  }

  /**
   * @param {string} store
   * @param {string} id
   * @returns {RunKey[]}
   */
  #keysOf(store, id) {
    return [...this.#store(store).keys()].map((text) => JSON.parse(text)).filter((key) => key[0] === id).sort((a, b) => a[1] - b[1]);
  }

  /** @type {Shelf['all']} */
  async all(store) { return [...this.#store(store).values()]; }

  /** @type {Shelf['update']} */
  async update(store, id, change) {
    const next = change(this.#store(store).get(id));
    if (next !== undefined) this.#store(store).set(id, next);
    return next;
  }

  /** @type {Shelf['put']} */
  async put(store, key, value) { this.#store(store).set(JSON.stringify(key), value); }

  /** @type {Shelf['get']} */
  async get(store, key) { return this.#store(store).get(JSON.stringify(key)); }

  /** @type {Shelf['allOf']} */
  async allOf(store, id) { return this.#keysOf(store, id).map((key) => this.#store(store).get(JSON.stringify(key))); }

  /** @type {Shelf['numbersOf']} */
  async numbersOf(store, id) { return this.#keysOf(store, id).map(([, number]) => number); }

  /** @type {Shelf['columns']} */
  async columns(store, id) { return { columns: [], parts: await this.allOf(store, id) }; }

  /** @type {Shelf['outlines']} */
  async outlines() { return []; }

  /** @type {Shelf['pack']} */
  async pack() {} // memory gains nothing

  /** @type {Shelf['drop']} */
  async drop(store, key) { this.#store(store).delete(JSON.stringify(key)); }

  /** @type {Shelf['remove']} */
  async remove(id) {
    this.#store('records').delete(id);
    for (const store of ['metrics', 'films']) for (const key of this.#keysOf(store, id)) this.#store(store).delete(JSON.stringify(key));
  }
}

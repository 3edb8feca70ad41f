// Where saves of a training are kept. A save is a small state and the blocks of its replay; each part that comes is
// written in one transaction, so that a write that is cut leaves the save before it whole. Two keepers with the same
// methods: the browser's storage, and memory where that fails.

/** FORMAT is the version of the records; another one is not read. */
export const FORMAT = 1;

const DATABASE = 'onestep';
const SCHEMA = 1;
const STORES = ['runs', 'states', 'blocks']; // meta by id; bytes by id; bytes by [id, number of the first transition]

const blocksOf = (id, from = 0, to = Infinity) => IDBKeyRange.bound([id, from], [id, to]);

/** Stored keeps saves in IndexedDB. Every method rejects where the storage does. */
export class Stored {
  #database; // promise

  #open() {
    this.#database ??= new Promise((resolve, reject) => {
      const request = indexedDB.open(DATABASE, SCHEMA);
      request.onupgradeneeded = () => {
        request.result.createObjectStore('runs', { keyPath: 'id' });
        request.result.createObjectStore('states');
        request.result.createObjectStore('blocks');
      };
      request.onsuccess = () => {
        request.result.onversionchange = () => request.result.close();
        resolve(request.result);
      };
      request.onerror = () => reject(request.error);
      request.onblocked = () => reject(new Error('another tab holds an older form of it'));
    });
    return this.#database;
  }

  /** #within runs work(stores) in one transaction and resolves with its result once all of it is written. */
  async #within(mode, work) {
    const transaction = (await this.#open()).transaction(STORES, mode);
    return new Promise((resolve, reject) => {
      let result;
      transaction.oncomplete = () => resolve(result);
      transaction.onerror = transaction.onabort = () => reject(transaction.error ?? new Error('the transaction was given up'));
      work(Object.fromEntries(STORES.map((name) => [name, transaction.objectStore(name)])), (value) => { result = value; });
    });
  }

  /** put writes a block, and with a state the save that it completes. */
  put({ meta, first, oldest, block, state }) {
    return this.#within('readwrite', ({ runs, states, blocks }) => {
      blocks.delete(blocksOf(meta.id, first)); // of a save that was never completed
      if (block.byteLength > 8) blocks.put(block, [meta.id, first]);
      if (!state) return;
      states.put(state, meta.id);
      runs.put(meta);
      const keys = blocks.getAllKeys(blocksOf(meta.id));
      keys.onsuccess = () => forgotten(keys.result.map(([, number]) => number), oldest).forEach((number) => blocks.delete([meta.id, number]));
    });
  }

  /** list resolves with the metas of all complete saves, the newest first. */
  async list() {
    const all = await this.#within('readonly', ({ runs }, done) => {
      const request = runs.getAll();
      request.onsuccess = () => done(request.result);
    });
    return all.sort((a, b) => b.at - a.at);
  }

  /** read resolves with {meta, state, blocks}, or null. */
  read(id) {
    return this.#within('readonly', ({ runs, states, blocks }, done) => {
      const save = {};
      runs.get(id).onsuccess = (event) => { save.meta = event.target.result; };
      states.get(id).onsuccess = (event) => { save.state = event.target.result; };
      blocks.getAll(blocksOf(id)).onsuccess = (event) => {
        save.blocks = event.target.result;
        done(save.meta && save.state ? save : null);
      };
    });
  }

  remove(id) {
    return this.#within('readwrite', ({ runs, states, blocks }) => {
      runs.delete(id);
      states.delete(id);
      blocks.delete(blocksOf(id));
    });
  }
}

/** forgotten lists the first numbers of blocks whose transitions the replay has all written over. */
const forgotten = (firsts, oldest) => firsts.filter((_, i) => i + 1 < firsts.length && firsts[i + 1] <= oldest);

/** Remembered keeps the save of one run in memory: it outlives the worker, not the page. */
export class Remembered {
  #save = null;
  #blocks = new Map();

  async put({ meta, first, oldest, block, state }) {
    if (this.#save && this.#save.meta.id !== meta.id) await this.remove(this.#save.meta.id);
    for (const number of [...this.#blocks.keys()]) if (number >= first) this.#blocks.delete(number);
    this.#blocks.set(first, block);
    if (!state) return;
    this.#save = { meta, state };
    for (const number of forgotten([...this.#blocks.keys()], oldest)) this.#blocks.delete(number);
  }

  async list() {
    return this.#save ? [this.#save.meta] : [];
  }

  async read(id) {
    if (this.#save?.meta.id !== id) return null;
    return { ...this.#save, state: this.#save.state.slice(0), blocks: [...this.#blocks.values()].map((block) => block.slice(0)) };
  }

  async remove() {
    this.#save = null;
    this.#blocks.clear();
  }
}

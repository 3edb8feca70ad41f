// The saves of the training in this tab: written as they come, read again when its worker is lost, and offered after
// the page was. A tab holds a lock of its run as long as it lives, so that no other tab takes it up meanwhile.

import { FORMAT, Remembered, Stored } from './saves.js';

const lockOf = (id) => `onestep run ${id}`;
const LEFT = 'onestep.left'; // in localStorage: when a page with a run was left

/**
 * Autosave: ask(all) has the worker save; trouble(text) reports; saved(meta) hears of every complete save; changed() hears
 * when another tab may have changed what is offered.
 */
export class Autosave {
  #keeper;
  #memory = new Remembered();
  #run = null; // {id, page, release} of the training in the worker
  #newest = null; // meta of its last complete save
  #queue = Promise.resolve(); // of writes and reads, in order
  #tabs = new BroadcastChannel('onestep saves'); // a message says that a run was taken up or discarded
  #awaited = new Set(); // ids of runs whose tabs it waits for

  constructor({ ask, trouble, saved, changed }) {
    Object.assign(this, { ask, trouble, saved, changed });
    this.#tabs.addEventListener('message', () => this.changed());
    // Without locks two tabs could take up one run.
    this.#keeper = globalThis.indexedDB && navigator.locks ? new Stored() : this.#memory;
    if (this.#keeper === this.#memory) this.why = 'this browser offers no storage with locks here';
    document.addEventListener('visibilitychange', () => document.hidden && this.#run && this.ask(false));
    addEventListener('pagehide', () => this.#leave());
  }

  get newest() {
    return this.#newest;
  }

  /** begin starts the saves of a run that has none; page is what the page must show with it again. */
  begin(page) {
    this.end();
    const id = `${Date.now().toString(36)}-${Math.random().toString(36).slice(2)}`; // names a record, no more
    this.#run = { id, page };
    this.#hold(this.#run);
    if (this.why) this.#complain(this.why);
  }

  /** end removes the saves of the run: it has finished, or nobody wants it. */
  end() {
    const run = this.#run;
    this.#run = this.#newest = null;
    if (!run) return;
    this.#later(() => this.#removed(run.id)).finally(() => run.release?.());
  }

  /** leave keeps the saves and gives the run free, for this page or another to take up. */
  async leave() {
    await this.#queue;
    this.#run?.release?.();
    this.#run = this.#newest = null;
  }

  /** receive stores an Autosave of the worker. */
  receive({ body: { run: info, first, oldest }, data: [block, state] }) {
    const run = this.#run;
    if (!run) return;
    const meta = { id: run.id, format: FORMAT, at: Date.now(), info, page: run.page };
    this.#later(async () => {
      if (run !== this.#run) return;
      try {
        await this.#keeper.put({ meta, first, oldest, block, state });
      } catch (error) {
        this.#fallBack(error);
        return;
      }
      if (!state) return;
      this.#newest = meta;
      this.saved(meta);
    });
  }

  /** read resolves with {meta, state, blocks} of the run in the worker, or null. */
  read() {
    return this.#later(async () => this.#run && this.#keeper.read(this.#run.id)).catch(() => null);
  }

  /** offers resolves with the metas of saves that no tab holds, the newest first. */
  async offers() {
    try {
      const { held } = this.#keeper === this.#memory ? { held: [] } : await navigator.locks.query();
      const taken = new Set(held.map(({ name }) => name));
      const metas = (await this.#later(() => this.#keeper.list())).filter(({ id }) => id !== this.#run?.id);
      metas.filter(({ id }) => taken.has(lockOf(id))).forEach(({ id }) => this.#await(id));
      return metas.filter(({ id }) => !taken.has(lockOf(id))).map((meta) => ({ ...meta, left: leftAt(meta.id) }));
    } catch (error) {
      this.#fallBack(error);
      return [];
    }
  }

  /** take reads an offered save and holds its run, or rejects with the reason. */
  async take(meta) {
    const run = { id: meta.id, page: meta.page };
    if (!await this.#hold(run)) throw new Error('it goes on in another tab');
    this.#tell();
    const save = await this.#later(() => this.#keeper.read(meta.id)).catch(() => null);
    if (!save) {
      run.release?.();
      throw new Error('it is no longer there');
    }
    return { ...save, keep: () => this.#adopt(run, save.meta), release: () => run.release?.() };
  }

  /** discard removes an offered save. */
  discard({ id }) {
    return this.#later(() => this.#removed(id)).finally(() => this.#tell());
  }

  #adopt(run, meta) {
    this.#run = run;
    this.#newest = meta;
  }

  async #removed(id) {
    await this.#keeper.remove(id).catch(() => {});
    try {
      if (JSON.parse(localStorage.getItem(LEFT))?.id === id) localStorage.removeItem(LEFT);
    } catch { /* a storage that is refused holds nothing */ }
  }

  // The promise resolves with whether the lock was free; it is held until run.release is called or the page ends.
  #hold(run) {
    if (!navigator.locks) return Promise.resolve(true);
    return new Promise((answer) => {
      navigator.locks.request(lockOf(run.id), { ifAvailable: true }, (lock) => {
        answer(Boolean(lock));
        return lock && new Promise((release) => { run.release = release; });
      }).catch(() => answer(true));
    });
  }

  // A closed tab tells nothing, but its lock comes free.
  #await(id) {
    if (this.#awaited.has(id)) return;
    this.#awaited.add(id);
    navigator.locks.request(lockOf(id), { mode: 'shared' }, () => {}).catch(() => {}).then(() => {
      this.#awaited.delete(id);
      this.changed();
    });
  }

  #tell() {
    this.#tabs.postMessage('changed');
  }

  #later(work) {
    const result = this.#queue.then(work);
    this.#queue = result.catch(() => {});
    return result;
  }

  /** #fallBack goes on in memory, where a lost worker finds the save but a reloaded page does not. */
  #fallBack(error) {
    if (this.#keeper === this.#memory) return;
    this.#keeper = this.#memory;
    this.why = error.name === 'QuotaExceededError' ? 'its storage is full' : `its storage fails: ${error.message || error.name}`;
    if (!this.#run) return;
    this.#complain(this.why);
    this.ask(true);
  }

  #complain(why) {
    const kept = this.#newest ? ` The save at ${this.#newest.info.envSteps.toLocaleString('en')} steps stays.` : '';
    this.trouble(`The browser does not keep this training over a reload: ${why}. Training goes on; export the run to keep it.${kept}`);
    this.why = '';
  }

  #leave() {
    if (!this.#run) return;
    try {
      localStorage.setItem(LEFT, JSON.stringify({ id: this.#run.id, at: Date.now() }));
    } catch { /* then the offer says how long ago it was saved */ }
  }
}

/** leftAt is when the page with a run was left, ms since 1970, or undefined where that is not known. */
function leftAt(id) {
  try {
    const left = JSON.parse(localStorage.getItem(LEFT));
    return left?.id === id ? left.at : undefined;
  } catch {
    return undefined;
  }
}

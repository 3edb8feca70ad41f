// The saves of the training in this tab: written as they come, read again when its worker is lost, and offered after
// the page was. A tab holds a lock of its run as long as it lives, so that no other tab takes it up meanwhile.

import { FORMAT, Remembered, Stored, following, versions } from './saves.js';

const lockOf = (id) => `onestep run ${id}`;
const LEFT = 'onestep.left'; // in localStorage: when a page with a run was left

/** Refused is why a save could not be read; it has a failure, as what the worker refuses has. */
class Refused extends Error {
  constructor(cause, damaged) {
    super(cause);
    this.failure = { code: damaged ? 'damaged' : 'unread', message: cause };
  }
}

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
  #aside = new Map(); // by id and time of a save: why this page could not go on from it

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

  /** leave keeps the saves and gives the run free, for this page or another to take up; error, if any, is why it does not go on. */
  async leave(error) {
    await this.#queue;
    if (error && this.#newest) await this.#setAside(this.#newest, error);
    this.#run?.release?.();
    this.#run = this.#newest = null;
  }

  /** receive stores an Autosave of the worker. */
  receive({ body: { run: info, first, oldest }, data: [block, state] }) {
    const run = this.#run;
    if (!run) return;
    const made = { id: run.id, format: FORMAT, at: Date.now(), info, page: run.page, oldest };
    this.#later(async () => {
      if (run !== this.#run) return;
      const meta = following(this.#newest, made);
      try {
        await this.#keeper.put({ meta, first, block, state });
      } catch (error) {
        this.#fallBack(error);
        return;
      }
      if (!state) return;
      this.#newest = meta;
      this.saved(meta);
    });
  }

  /** found resolves with the meta of the newest save of the run in the worker, or null. */
  found() {
    return this.#later(async () => this.#run && this.#keeper.find(this.#run.id)).catch(() => null);
  }

  /** goOn gives the run in the worker to load(save), as #first does with that run's meta. */
  async goOn(meta, load) {
    const taken = await this.#first(meta, load);
    this.#newest = taken.meta;
    return taken;
  }

  /**
   * offers resolves with the metas of saves that no tab holds, the newest first; aside, {cause, damaged}, has those from
   * which the run could not go on.
   */
  async offers() {
    try {
      const { held } = this.#keeper === this.#memory ? { held: [] } : await navigator.locks.query();
      const taken = new Set(held.map(({ name }) => name));
      const metas = (await this.#later(() => this.#keeper.list())).filter(({ id }) => id !== this.#run?.id);
      metas.filter(({ id }) => taken.has(lockOf(id))).forEach(({ id }) => this.#await(id));
      return metas.filter(({ id }) => !taken.has(lockOf(id))).map((meta) => ({ ...meta, left: leftAt(meta.id), aside: meta.aside ?? this.#aside.get(nameOf(meta)) }));
    } catch (error) {
      this.#fallBack(error);
      return [];
    }
  }

  /** take holds an offered run and gives it to load(save), as #first does; or it rejects with the reason. */
  async take({ id, page }, load) {
    const run = { id, page };
    if (!await this.#hold(run)) throw new Error('it goes on in another tab');
    this.#tell();
    let meta;
    try {
      meta = await this.#later(() => this.#keeper.find(id));
      if (!meta) throw new Error('it is no longer there');
      const taken = await this.#first(meta, load);
      this.#run = run;
      this.#newest = taken.meta;
      return taken;
    } catch (error) {
      if (meta) await this.#setAside(meta, error);
      run.release?.();
      throw error;
    }
  }

  /** discard removes an offered save. */
  discard({ id }) {
    return this.#later(() => this.#removed(id)).finally(() => this.#tell());
  }

  /**
   * #first gives load(save) the newest save of a run, and where that is refused the one before it. It resolves with the
   * meta of the save that was taken and with passedOver, {meta, cause} of one that was not; or it rejects with the first cause.
   */
  async #first(newest, load) {
    const refused = []; // {meta, cause, damaged}
    for (const meta of versions(newest)) {
      try {
        await load(await this.#read(meta));
        return { meta, passedOver: refused[0] };
      } catch (error) {
        if (!error.failure) throw error; // the worker was lost, which says nothing about the save
        refused.push({ meta, cause: error.message, damaged: error.failure.code === 'damaged' });
      }
    }
    throw new Refused(refused[0].cause, refused.every(({ damaged }) => damaged));
  }

  async #read(meta) {
    const save = await this.#later(() => this.#keeper.read(meta)).catch((error) => {
      throw new Refused(`its storage fails: ${error.message || error.name}`, false);
    });
    if (save.damage) throw new Refused(save.damage, true);
    return save;
  }

  // Damage is written down, for other pages too. What failed otherwise may succeed in another page or version of it.
  async #setAside(meta, { failure }) {
    if (!failure) return;
    const aside = { cause: failure.message, damaged: failure.code === 'damaged' };
    this.#aside.set(nameOf(meta), aside);
    if (aside.damaged) await this.#later(() => this.#keeper.mark({ ...meta, aside })).catch(() => {});
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

const nameOf = ({ id, at }) => `${id} ${at}`;

/** leftAt is when the page with a run was left, ms since 1970, or undefined where that is not known. */
function leftAt(id) {
  try {
    const left = JSON.parse(localStorage.getItem(LEFT));
    return left?.id === id ? left.at : undefined;
  } catch {
    return undefined;
  }
}

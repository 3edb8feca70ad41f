// The saves of the training in this tab: written as they come, read again when its worker is lost, and offered after
// the page was. A tab holds a lock of its run as long as it lives, so that no other tab takes it up meanwhile.

import { tr } from './language.js';
import { FORMAT, Cleared, Remembered, Stored, following, versions } from './saves.js';
import { abilities, note, noted, tried } from './abilities.js';
import { lockOf, newID } from './runrecords.js';

const LEFT = 'onestep.left'; // in localStorage: when a page with a run was left

/** Refused is why a save could not be read; it has a failure, as what the worker refuses has. */
class Refused extends Error {
  /**
   * @param {string} cause
   * @param {boolean} damaged
   */
  constructor(cause, damaged) {
    super(cause);
    this.failure = { code: damaged ? 'damaged' : 'unread', message: cause };
  }
}

/** @typedef {{id: string, page: Partial<State>, newest: Meta | null, release?: (value?: unknown) => void, unwanted?: boolean}} Run newest: meta of its last complete save */
/** @typedef {{meta: Meta, passedOver?: {meta: Meta, cause: string}}} Taken meta of the save that was taken, and one that was not */
/** @typedef {(save: Save) => Promise<unknown>} Load */

/**
 * Autosave: ask(all) has the worker save; trouble(text) reports; saved(meta) hears of every complete save; changed() hears
 * when another tab may have changed what is offered.
 */
export class Autosave {
  /** @type {Stored | Remembered} */
  #keeper;
  #memory = new Remembered();
  /** @type {Run | null} */
  #run = null; // the training in the worker
  /** @type {Promise<unknown>} */
  #queue = Promise.resolve(); // of writes and reads, in order
  #tabs = tried(() => abilities.channel?.('onestep saves')); // a message says that a run was taken up or discarded
  /** @type {Set<string>} */
  #awaited = new Set(); // ids of runs whose tabs it waits for
  /** @type {Map<string, NonNullable<Meta['aside']>>} */
  #aside = new Map(); // by id and time of a save: why this page could not go on from it
  #open = new AbortController(); // until close
  #unoffered;
  #failures = 0; // writes in a row that failed
  #why = ''; // nothing is kept over a reload, which is still to be said

  /**
   * @param {{ask: (all: boolean) => void, trouble: (text: string) => void, saved: (meta: Meta) => void, changed: () => void}} events
   * @param {{shelved: boolean}} [of] shelved: what is saved is not offered
   */
  constructor({ ask, trouble, saved, changed }, { shelved } = { shelved: false }) {
    this.#unoffered = shelved;
    this.ask = ask;
    this.trouble = trouble;
    this.saved = saved;
    this.changed = changed;
    const { signal } = this.#open;
    this.#tabs?.addEventListener('message', () => this.changed(), { signal });
    // Without locks two tabs could take up one run.
    const { database, locks } = abilities;
    this.#keeper = database && locks ? new Stored(database) : this.#memory;
    if (this.#keeper === this.#memory) this.#why = tr('this browser offers no storage with locks here');
    document.addEventListener('visibilitychange', () => document.hidden && this.#run && this.ask(false), { signal });
    addEventListener('pagehide', () => this.#leave(), { signal });
  }

  /** close ends what it hears of; what is asked of it still works. */
  close() {
    this.#open.abort();
    this.#tabs?.close();
    this.#tabs = undefined;
  }

  /** id of the run in the worker, '' for none. */
  get id() {
    return this.#run?.id ?? '';
  }

  /**
   * begin starts the saves of a run that has none, and returns its id; page is what the page must show with it again.
   * @param {Partial<State>} page
   */
  begin(page, id = newID()) {
    this.shelve();
    this.#run = { id, page, newest: null };
    this.#hold(this.#run);
    if (this.#why) this.#complain(this.#why);
    return id;
  }

  /** shelve keeps the saves of the run, which is offered no more, and gives it free. It resolves with its id once that is written. */
  async shelve() {
    const run = this.#run;
    this.#run = null;
    if (!run) return '';
    await this.#later(() => this.#shelved(run.id, true)).catch(() => {});
    run.release?.();
    return run.id;
  }

  /** end removes the saves of the run: what it has come to is kept elsewhere. */
  end() {
    const run = this.#run;
    this.#run = null;
    if (!run) return;
    run.unwanted = true;
    this.#later(() => this.#removed(run.id)).finally(() => run.release?.()).catch(() => {});
  }

  /**
   * leave keeps the saves and gives the run free, for this page or another to take up; error, if any, is why it does not go on.
   * @param {PageError} [error]
   */
  async leave(error) {
    await this.#queue;
    const run = this.#run;
    if (error && run?.newest) await this.#setAside(run.newest, error);
    run?.release?.();
    if (run === this.#run) this.#run = null;
  }

  /**
   * receive stores an Autosave of the worker.
   * @param {Pick<Message, 'body' | 'data'>} m
   */
  receive({ body: { run: info, first, oldest }, data: [block, state] }) {
    const run = this.#run;
    if (!run) return;
    /** @type {Meta} */
    const made = { id: run.id, format: FORMAT, at: Date.now(), info, page: run.page, oldest, ...this.#unoffered ? { shelved: true } : {} };
    this.#later(async () => {
      if (run.unwanted) return;
      const meta = following(run.newest, made);
      try {
        await this.#keeper.put({ meta, first, block, state });
      } catch (error) {
        // A storage that is cleared under a write fails in some way or other: it is tried once more.
        const first = this.#failures++ === 0 && /** @type {Error} */ (error).name !== 'QuotaExceededError';
        if (error instanceof Cleared) this.#again(run);
        else if (first) this.ask(true);
        else this.#fallBack(/** @type {Error} */ (error));
        return;
      }
      this.#failures = 0;
      if (!state) return;
      run.newest = meta;
      this.saved(meta);
    });
  }

  /** found resolves with the meta of the newest save of the run in the worker, or null. */
  /** @returns {Promise<Meta | null>} */
  found() {
    return this.#later(async () => (this.#run ? this.#keeper.find(this.#run.id) : null)).catch(() => null);
  }

  /**
   * goOn gives the run in the worker to load(save), as #first does with that run's meta.
   * @param {Meta} meta
   * @param {Load} load
   */
  async goOn(meta, load) {
    const taken = await this.#first(meta, load);
    if (this.#run) this.#run.newest = taken.meta;
    return taken;
  }

  /**
   * offers resolves with the metas of saves that no tab holds, the newest first; aside, {cause, damaged}, has those from
   * which the run could not go on.
   * @returns {Promise<Meta[]>}
   */
  async offers() {
    try {
      const held = this.#keeper === this.#memory ? [] : (await abilities.locks?.query())?.held ?? [];
      const taken = new Set(held.map(({ name }) => name));
      const metas = (await this.#later(() => this.#keeper.list())).filter(({ id, shelved }) => id !== this.#run?.id && !shelved);
      metas.filter(({ id }) => taken.has(lockOf(id))).forEach(({ id }) => this.#await(id));
      return metas.filter(({ id }) => !taken.has(lockOf(id))).map((meta) => ({ ...meta, left: leftAt(meta.id), aside: meta.aside ?? this.#aside.get(nameOf(meta)) }));
    } catch (error) {
      this.#fallBack(/** @type {Error} */ (error));
      return [];
    }
  }

  /**
   * take holds an offered run and gives it to load(save), as #first does; or it rejects with the reason.
   * @param {Meta} offered
   * @param {Load} load
   */
  async take({ id, page }, load) {
    /** @type {Run} */
    const run = { id, page, newest: null };
    if (!await this.#hold(run)) throw new Error(tr('it goes on in another tab'));
    this.#tell();
    /** @type {Meta | null | undefined} */
    let meta;
    try {
      meta = await this.#later(() => this.#keeper.find(id));
      if (!meta) throw new Error(tr('it is no longer there'));
      const taken = await this.#first(meta, load);
      run.newest = taken.meta;
      this.#run = run;
      return taken;
    } catch (error) {
      if (meta) await this.#setAside(meta, /** @type {PageError} */ (error));
      run.release?.();
      throw error;
    }
  }

  /**
   * discard removes an offered save.
   * @param {Meta} meta
   */
  discard({ id }) {
    return this.#later(() => this.#removed(id)).finally(() => this.#tell());
  }

  /**
   * offer says whether the saves of a run are offered.
   * @param {string} id
   * @param {boolean} on
   */
  offer(id, on) {
    return this.#later(() => this.#shelved(id, !on)).finally(() => this.#tell());
  }

  /**
   * saveOf resolves with the meta of a run's newest save, or null.
   * @param {string} id
   * @returns {Promise<Meta | null>}
   */
  saveOf(id) {
    return this.#later(() => this.#keeper.find(id)).catch(() => null);
  }

  /** tidy removes the saves of ended runs that are not offered: their policies and numbers are kept with the runs. */
  tidy() {
    return this.#later(async () => {
      for (const { id, shelved, info } of await this.#keeper.list()) if (shelved && info?.envSteps >= info?.totalSteps) await this.#keeper.remove(id);
    }).catch(() => {});
  }

  /**
   * @param {string} id
   * @param {boolean} shelved
   */
  async #shelved(id, shelved) {
    const meta = await this.#keeper.find(id);
    if (meta) await this.#keeper.mark({ ...meta, shelved });
  }

  /**
   * #first gives load(save) the newest save of a run, and where that is refused the one before it. It resolves with the
   * meta of the save that was taken and with passedOver, {meta, cause} of one that was not; or it rejects with the first cause.
   * @param {Meta} newest
   * @param {Load} load
   * @returns {Promise<Taken>}
   */
  async #first(newest, load) {
    /** @type {{meta: Meta, cause: string, damaged: boolean}[]} */
    const refused = [];
    for (const meta of versions(newest)) {
      try {
        await load(await this.#read(meta));
        return { meta, passedOver: refused[0] };
      } catch (thrown) {
        const error = /** @type {PageError} */ (thrown);
        if (!error.failure) throw error; // the worker was lost, which says nothing about the save
        refused.push({ meta, cause: error.message, damaged: error.failure.code === 'damaged' });
      }
    }
    throw new Refused(refused[0].cause, refused.every(({ damaged }) => damaged));
  }

  /**
   * @param {Meta} meta
   * @returns {Promise<Save>}
   */
  async #read(meta) {
    const save = await this.#later(() => this.#keeper.read(meta)).catch((error) => {
      throw new Refused(tr`its storage fails: ${(error.message || error.name).replace(/\.$/, '')}`, false);
    });
    if (save.damage) throw new Refused(save.damage, true);
    return save;
  }

  // Damage is written down, for other pages too. What failed otherwise may succeed in another page or version of it.
  /**
   * @param {Meta} meta
   * @param {PageError} error
   */
  async #setAside(meta, { failure }) {
    if (!failure) return;
    const aside = { cause: failure.message, damaged: failure.code === 'damaged' };
    this.#aside.set(nameOf(meta), aside);
    if (aside.damaged) await this.#later(() => this.#keeper.mark({ ...meta, aside })).catch(() => {});
  }

  /** @param {string} id */
  async #removed(id) {
    await this.#keeper.remove(id).catch(() => {});
    if (leftAt(id) !== undefined) note(LEFT, null);
  }

  // The promise resolves with whether the lock was free; it is held until run.release is called or the page ends.
  /**
   * @param {Run} run
   * @returns {Promise<boolean>}
   */
  #hold(run) {
    const { locks } = abilities;
    if (!locks) return Promise.resolve(true);
    return new Promise((answer) => {
      locks.request(lockOf(run.id), { ifAvailable: true }, (lock) => {
        answer(Boolean(lock));
        return lock && new Promise((release) => { run.release = release; });
      }).catch(() => answer(true));
    });
  }

  // A closed tab tells nothing, but its lock comes free.
  /** @param {string} id */
  #await(id) {
    if (this.#awaited.has(id)) return;
    this.#awaited.add(id);
    Promise.resolve(abilities.locks?.request(lockOf(id), { mode: 'shared' }, () => {})).catch(() => {}).then(() => {
      this.#awaited.delete(id);
      this.changed();
    });
  }

  #tell() {
    this.#tabs?.postMessage('changed');
  }

  /**
   * @template T
   * @param {() => Promise<T>} work
   * @returns {Promise<T>}
   */
  #later(work) {
    const result = this.#queue.then(work);
    this.#queue = result.catch(() => {});
    return result;
  }

  // What was stored is gone: the run is saved anew, whole.
  /** @param {Run} run */
  #again(run) {
    run.newest = null;
    this.trouble(tr('The browser’s storage was cleared, and the save of this training with it. It is saved again now.'));
    this.ask(true);
  }

  /**
   * #fallBack goes on in memory, where a lost worker finds the save but a reloaded page does not.
   * @param {Error} error
   */
  #fallBack(error) {
    if (this.#keeper === this.#memory) return;
    this.#keeper = this.#memory;
    this.#why = error.name === 'QuotaExceededError' ? tr('its storage is full') : tr`its storage fails: ${(error.message || error.name).replace(/\.$/, '')}`;
    if (!this.#run) return;
    this.#complain(this.#why);
    this.ask(true);
  }

  /** @param {string} why */
  #complain(why) {
    const newest = this.#run?.newest;
    const kept = newest ? tr` The save at ${newest.info.envSteps.toLocaleString('en')} steps stays.` : '';
    this.trouble(tr`The browser does not keep this training over a reload: ${why}. Training goes on; export the run to keep it.${kept}`);
    this.#why = '';
  }

  #leave() {
    if (!this.#run) return;
    note(LEFT, JSON.stringify({ id: this.#run.id, at: Date.now() }));
  }
}

/** @param {Meta} meta */
const nameOf = ({ id, at }) => `${id} ${at}`;

/**
 * leftAt is when the page with a run was left, ms since 1970, or undefined where that is not known.
 * @param {string} id
 */
function leftAt(id) {
  const left = tried(() => JSON.parse(noted(LEFT) ?? 'null'));
  return left?.id === id && Number.isFinite(left.at) ? /** @type {number} */ (left.at) : undefined;
}

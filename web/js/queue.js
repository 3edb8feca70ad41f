// The queue of runs: as many workers as cores but one train what waits, the oldest first. It goes on after a reload and after
// a lost worker, from the last save; one tab runs it, others add to it. What is trained here has the bits of each run alone.

import { abilities, note, noted } from './abilities.js';
import { Autosave } from './autosave.js';
import { tr } from './language.js';
import { Signal } from './signal.js';
import { Training } from './training.js';
import { TrainingWorker } from './trainingworker.js';
import { Recorder } from './recorder.js';
import { newRun } from './runrecords.js';
import { Type } from './protocol.js';
import { plural } from './format.js';
import { ended } from './words.js';

const PAUSED = 'onestep.queue'; // in localStorage: the queue is paused
const WORKERS = 'onestep.workers'; // and how many workers it has
const LOCK = 'onestep queue';
const LOSSES = 3; // of a worker without getting further, until its run has failed
const MANY_STEPS = 20; // K of the second evaluation, as in the shipped records
const MOST = 8;

/** cores is how many workers may train: one core is left to the page. */
const cores = () => Math.max(1, Math.min(MOST, (navigator.hardwareConcurrency || 2) - 1));

/** @typedef {import('./runrecords.js').KeptRun} KeptRun */

/** Queue owns the workers of the queue. */
export class Queue {
  /** changed: what runs or waits is another. */
  changed = new Signal();
  /** finished(run): a run has ended, or failed. @type {Signal<[KeptRun]>} */
  finished = new Signal();
  most = Math.min(MOST, Math.max(1, navigator.hardwareConcurrency || 2));
  workers = Math.min(this.most, Math.max(1, Number(noted(WORKERS)) || cores()));
  paused = noted(PAUSED) === 'paused';
  /** elsewhere: another tab runs the queue. */
  elsewhere = false;
  #programs;
  #records;
  #messages;
  #owner = false;
  #asked = false;
  /** @type {Set<Slot>} */
  #slots = new Set();

  /**
   * @param {import('./program.js').Programs} programs
   * @param {import('./runrecords.js').RunRecords} records
   * @param {import('./messages.js').Messages} messages
   */
  constructor(programs, records, messages) {
    this.#programs = programs;
    this.#records = records;
    this.#messages = messages;
    records.changed.add(() => this.#look());
  }

  /** waiting lists the runs that are not in a worker yet, the oldest first. */
  get waiting() {
    return this.#records.all.filter(({ origin, state }) => origin === 'queue' && state === 'queued').reverse();
  }

  /** running lists the runs in the workers of this tab, with how far they are. */
  get running() {
    return [...this.#slots].map(({ run, training }) => ({ run, envSteps: training.envSteps, rate: training.metrics }));
  }

  /**
   * add puts trainings into the queue. from, where given, is the moment of another run that they begin with.
   * @param {{request: TrainRequest, steps: number, page?: Partial<State>, from?: KeptRun['from']}[]} list
   */
  async add(list) {
    const now = Date.now();
    for (const [i, { request, steps, page, from }] of list.entries()) await this.#records.add({ ...newRun('queue', request, steps), created: now + i, page, from });
  }

  /**
   * more adds the trainings of further seeds, and says so.
   * @param {Parameters<Queue['add']>[0]} list
   */
  more(list) {
    this.#messages.say(tr`${plural(list.length, 'more seed waits', 'more seeds wait')} in the queue under Experiments.`);
    return this.add(list);
  }

  /** @param {number} workers */
  setWorkers(workers) {
    this.workers = Math.min(this.most, Math.max(1, workers));
    note(WORKERS, String(this.workers));
    for (const slot of [...this.#slots].slice(this.workers)) slot.putAside('queued');
    this.#pump();
    this.changed.send();
  }

  /** pause puts all runs aside, each with a save. */
  async pause() {
    this.paused = true;
    note(PAUSED, 'paused');
    this.changed.send();
    await Promise.all([...this.#slots].map((slot) => slot.putAside('queued')));
  }

  resume() {
    this.paused = false;
    note(PAUSED, null);
    this.changed.send();
    this.#look();
    this.#pump();
  }

  /**
   * stop puts one run aside; it goes on by again().
   * @param {string} id
   */
  async stop(id) {
    const slot = [...this.#slots].find(({ run }) => run.id === id);
    if (slot) await slot.putAside('paused');
    else await this.#records.patch(id, { state: 'paused' });
  }

  /**
   * again puts a run that stands into the queue.
   * @param {string} id
   */
  again(id) {
    return this.#records.patch(id, { state: 'queued', origin: 'queue', cause: undefined });
  }

  // The first look at something that waits asks for the lock, which one tab has at a time.
  #look() {
    const all = this.#records.all;
    const due = all.some(({ origin, state }) => origin === 'queue' && (state === 'queued' || state === 'running'));
    if (due && !this.#asked) {
      this.#asked = true;
      this.#ask();
    }
    for (const slot of this.#slots) if (this.#records.find(slot.run.id)?.deleted) slot.drop();
    this.#pump();
    this.changed.send();
  }

  async #ask() {
    const { locks } = abilities;
    if (!locks) {
      this.#own();
      return;
    }
    const free = !(await locks.query().catch(() => ({ held: [] }))).held?.some(({ name }) => name === LOCK);
    this.elsewhere = !free;
    this.changed.send();
    locks.request(LOCK, () => {
      this.#own();
      return new Promise(() => {}); // as long as the page
    }).catch(() => {});
  }

  // What a closed page has left running waits again.
  async #own() {
    this.elsewhere = false;
    for (const { id, origin, state } of this.#records.all) if (origin === 'queue' && state === 'running') await this.#records.patch(id, { state: 'queued' });
    this.#owner = true;
    this.#pump();
    this.changed.send();
  }

  #pump() {
    if (!this.#owner || this.paused) return;
    while (this.#slots.size < this.workers) {
      const held = new Set([...this.#slots].map(({ run }) => run.id));
      const next = this.waiting.find(({ id }) => !held.has(id));
      if (!next) return;
      this.#slots.add(new Slot(this.#programs, this.#records, next, {
        trouble: (text) => this.#messages.error(text),
        left: (slot) => {
          this.#slots.delete(slot);
          const run = this.#records.find(slot.run.id);
          if (run && (run.state === 'done' || run.state === 'failed')) this.finished.send(run);
          this.#pump();
          this.changed.send();
        },
        moved: () => this.changed.send(),
      }));
    }
  }
}

/** Slot is one worker with one run, from its start or its last save to its end. */
class Slot {
  run;
  /** @type {Training} */
  training;
  #records;
  #events;
  /** @type {TrainingWorker} */
  #worker;
  /** @type {Recorder} */
  #recorder;
  /** @type {Autosave} */
  #saves;
  #losses = 0;
  #furthest = -1;
  #gone = false;

  /**
   * @param {import('./program.js').Programs} programs
   * @param {import('./runrecords.js').RunRecords} records
   * @param {KeptRun} run
   * @param {{trouble: (text: string) => void, left: (slot: Slot) => void, moved: () => void}} events
   */
  constructor(programs, records, run, events) {
    this.run = run;
    this.#records = records;
    this.#events = events;
    this.#worker = new TrainingWorker(programs, {
      listen: (client) => {
        client.on(Type.Autosave, (m) => this.#saves.receive(m));
        this.#recorder.listen(client);
        this.training.listen(client);
      },
      dead: (reason, restarted) => this.#lost(reason, restarted),
      talking: () => this.training.phase === 'running',
    }, `onestep queue, ${run.algorithm} on ${run.task}, seed ${run.seed}`);
    this.training = new Training(this.#worker);
    this.#recorder = new Recorder(records);
    this.#saves = new Autosave({
      ask: (all) => { this.#worker.tell(Type.SaveNow, { all }).catch(() => {}); },
      trouble: events.trouble, saved: ({ info }) => { if (info.envSteps > this.#furthest) this.#losses = 0; }, changed: () => {},
    }, { shelved: true });
    this.training.measured.add(() => events.moved());
    this.training.finished.add(() => this.#end('done'));
    this.training.failed.add((failure) => failure.code !== 'body-diverged' && this.#end('failed', failure.message));
    this.#begin();
  }

  async #begin() {
    const { id } = this.run;
    try {
      await this.#worker.start();
      this.training.ready();
      await this.#worker.tell(Type.SetLive, { manySteps: MANY_STEPS });
      const meta = await this.#saves.saveOf(id);
      if (this.#gone) return;
      this.#recorder.begin(id);
      if (meta) {
        await this.#saves.take(meta, (save) => this.training.loadState(save));
        if (this.training.phase === 'finished') this.#end('done');
        else await this.training.resume();
      } else {
        await this.#fromTheStart();
      }
      if (!this.#gone) this.#recorder.state('running', this.training.info);
    } catch (error) {
      if (!this.#gone) this.#end('failed', /** @type {Error} */ (error).message);
    }
  }

  async #fromTheStart() {
    const { id, request, from } = this.run;
    if (!request) throw new Error(tr('there is no save from which it could go on'));
    const policy = from && await this.#records.moment(from.id, from.envSteps);
    if (from && !policy) throw new Error(tr('the moment of the run that it begins with was deleted'));
    this.#saves.begin({}, id);
    await this.training.train(request, policy);
  }

  /** @param {'queued' | 'paused'} state */
  async putAside(state) {
    if (this.#gone) return;
    this.#gone = true;
    try {
      if (this.training.phase === 'running') await this.training.pause(); // the save comes before the answer to Stop
      await this.training.stop();
      await this.#saves.shelve();
    } catch { /* the save before it stays */ }
    this.#recorder.state(state, this.training.info);
    this.#leave();
  }

  /** drop ends a run that was deleted; its save stays for an undo. */
  drop() {
    this.putAside('paused');
  }

  /**
   * @param {'done' | 'failed'} state
   * @param {string} [cause]
   */
  #end(state, cause) {
    if (this.#gone) return;
    this.#gone = true;
    this.#recorder.id ||= this.run.id;
    this.#recorder.state(state, this.training.info, cause);
    if (state === 'done') this.#saves.end(); // policies and numbers are kept with the run
    else this.#saves.shelve();
    this.#leave();
  }

  #leave() {
    this.#recorder.end();
    this.#worker.end();
    this.#saves.close();
    this.#events.left(this);
  }

  /**
   * @param {string} reason
   * @param {boolean} restarted
   */
  async #lost(reason, restarted) {
    if (this.#gone) return;
    if (!restarted) {
      this.#end('failed', tr`its worker does not start: ${reason}`);
      return;
    }
    this.#losses++;
    this.#furthest = Math.max(this.#furthest, this.training.envSteps);
    if (this.#losses >= LOSSES) {
      this.#end('failed', tr`its worker was lost ${LOSSES} times without getting further: ${reason}`);
      return;
    }
    this.training.recovering();
    try {
      await this.#worker.ready;
      this.training.ready();
      await this.#worker.tell(Type.SetLive, { manySteps: MANY_STEPS });
      const newest = await this.#saves.found();
      if (newest) {
        await this.#saves.goOn(newest, (save) => this.training.loadState(save));
        await this.training.resume();
      } else {
        await this.#saves.shelve();
        this.training.dropped();
        await this.#fromTheStart();
      }
    } catch (error) {
      if (!this.#gone && /** @type {PageError} */ (error).failure) this.#end('failed', tr`its save cannot be read: ${ended(/** @type {Error} */ (error).message)}`);
    }
  }
}

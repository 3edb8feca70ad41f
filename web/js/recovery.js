// What becomes of a training whose worker or page was lost: it goes on from its last save, by itself or where a person
// takes up the offer. A finished training is kept too, until it is exported, replaced or discarded.

import { tr } from './language.js';
import { Type } from './protocol.js';
import { Autosave } from './autosave.js';
import { FORMATS } from './saves.js';
import { Refusal } from './client.js';
import { algorithmName, count, plural } from './format.js';
import { button, byID, write } from './dom.js';
import { ended, foreign } from './words.js';

/** What a phase of the training is in its record. @type {Map<string, import('./runrecords.js').RunState>} */
const RECORDED = new Map([['running', 'running'], ['paused', 'paused'], ['finished', 'done']]);

const LOSSES = 3; // of a worker without getting further, until it is not started again

/** Recovery owns the saves and the offer in the training's card. */
export class Recovery {
  #store;
  #messages;
  #weights;
  #worker;
  #training;
  #take;
  #records;
  #recorder;
  /** @type {Meta | null} */
  #offered = null;
  #losses = 0;
  #furthest = -1; // environment steps at which a worker was lost
  /** from is the moment of another run with which the next one begins. @type {import('./runrecords.js').KeptRun['from']} */
  from = undefined;

  /**
   * @param {import('./state.js').Store} store
   * @param {import('./messages.js').Messages} messages
   * @param {import('./weights.js').Weights} weights
   * @param {import('./trainingworker.js').TrainingWorker} worker
   * @param {import('./training.js').Training} training
   * @param {(save: Save, load: () => Promise<RunInfo>) => Promise<RunInfo>} take loads a save and shows what it is about
   * @param {import('./runrecords.js').RunRecords} records
   * @param {import('./recorder.js').Recorder} recorder of the worker
   */
  constructor(store, messages, weights, worker, training, take, records, recorder) {
    this.#records = records;
    this.#recorder = recorder;
    this.#store = store;
    this.#messages = messages;
    this.#weights = weights;
    this.#worker = worker;
    this.#training = training;
    this.#take = take;
    this.saves = new Autosave({
      ask: (all) => { worker.tell(Type.SaveNow, { all }).catch(() => {}); },
      trouble: (text) => messages.error(text),
      saved: ({ info }) => {
        if (info.envSteps > this.#furthest) this.#losses = 0;
        byID('training').dataset.saved = String(info.envSteps);
      },
      changed: () => { this.offer(); },
    });
    training.cleared.add(() => recorder.end()); // what comes next is of another run
    training.began.add(() => this.#began());
    training.changed.add(() => this.#record());
    training.failed.add((failure) => failure.code === 'diverged' && recorder.state('failed', training.info, failure.message));
    training.finished.add(() => this.saves.ask(false));
    this.saves.tidy();
    training.ended.add(() => this.#ended());
    button('saved-continue').addEventListener('click', () => this.#continue());
    button('saved-discard').addEventListener('click', () => this.#discard());
  }

  #began() {
    const { seed, preset, settings } = this.#store.state;
    this.#losses = 0;
    this.#furthest = -1;
    const page = { seed, preset, settings };
    const id = this.saves.begin(page);
    const info = /** @type {RunInfo} */ (this.#training.info);
    const { task, algorithm, envSteps, totalSteps, config } = info;
    this.#records.add({
      id, created: Date.now(), origin: 'playground', task, algorithm, seed: info.seed, steps: totalSteps, envSteps, config, page, from: this.from,
      state: this.#training.phase === 'running' ? 'running' : 'paused',
    });
    this.from = undefined;
    this.#recorder.begin(id);
    this.#show(null);
  }

  // The run's record follows the phase.
  #record() {
    const state = RECORDED.get(this.#training.phase);
    const { id } = this.#recorder;
    if (!state || !id || id !== this.saves.id) return;
    if (state === 'paused' && this.#records.find(id)?.state === 'failed') return; // it stands at its last good state
    this.#recorder.state(state, this.#training.info);
  }

  #ended() {
    delete byID('training').dataset.saved;
    this.#recorder.end();
    this.saves.shelve().then(() => this.offer());
  }

  /** exported: a finished run is in a file, and is offered no more. */
  exported() {
    this.saves.offer(this.saves.id, false);
  }

  /** reset puts the run in the worker among the experiments, from where it can be brought back. */
  async reset() {
    const { id } = this.saves;
    const { info } = this.#training;
    await this.#worker.tell(Type.SaveNow, { all: false }).catch(() => {}); // the save comes before the answer to Stop
    await this.#training.stop();
    if (!id || !info) return;
    await this.saves.saveOf(id); // it is said once it is stored that nothing is offered any more
    const at = this.#records.find(id)?.envSteps ?? info.envSteps;
    this.#messages.say(tr`The training of ${algorithmName(info.algorithm)} on ${taskTitle(info.task)}, ${plural(Math.max(at, info.envSteps), 'step')}, is kept under Experiments.`, { text: tr('Undo the reset'), act: () => { this.#back(id); } });
  }

  /** @param {string} id */
  async #back(id) {
    const meta = await this.saves.saveOf(id);
    if (meta) await this.#takeUp(meta);
    else this.#messages.error(tr('The training had no save yet from which it could go on.'));
  }

  /** putAside saves the run in the worker and gives it free; it tells whether it did. */
  async putAside() {
    try {
      await this.#worker.tell(Type.SaveNow, { all: false });
      await this.#worker.request(Type.Stop); // the save comes before its answer
      await this.saves.leave();
      this.#training.dropped();
      await this.offer();
      return true;
    } catch (error) {
      this.#messages.error(tr`The run in memory was not put aside: ${ended(/** @type {Error} */ (error).message)} Export it and press Reset first.`);
      return false;
    }
  }

  /** offer shows the newest save that no tab holds, and one that does not go on only where none does. */
  async offer() {
    const metas = await this.saves.offers();
    const meta = metas.find((each) => readable(each) && !each.aside) ?? metas[0] ?? null;
    if (this.#training.idle) this.#show(meta);
  }

  /**
   * lost goes on in another worker, at most LOSSES times without getting further, and says what it cost.
   * @param {string} reason
   * @param {number} at environment step
   * @param {boolean} wasRunning
   */
  async lost(reason, at, wasRunning) {
    this.#losses++;
    this.#furthest = Math.max(this.#furthest, at);
    const said = tr`The training worker was lost at ${plural(at, 'step')}: ${ended(reason)}`;
    try {
      await this.#worker.ready;
      const newest = await this.saves.found();
      if (!newest) {
        this.#messages.error(tr`${said} Another was started; there is no save to go on from.`);
        this.#training.dropped();
        return;
      }
      if (this.#losses >= LOSSES) {
        await this.saves.leave();
        this.#training.dropped();
        this.#messages.error(tr`${said} That was the ${LOSSES}rd time without getting further, so it is not started again. The save at ${stepsOf(newest)} is kept.`);
        await this.offer();
        return;
      }
      const taken = await this.saves.goOn(newest, (save) => this.#training.loadState(save));
      if (wasRunning) await this.#training.resume();
      const from = taken.meta.info.envSteps;
      this.#messages.error(tr`${said} Another goes on from the save at ${plural(from, 'step')}: ${plural(Math.max(0, at - from), 'step')} lost.`);
      this.#tellPassedOver(taken);
    } catch (error) {
      if (!/** @type {PageError} */ (error).failure) return; // this worker was lost too, and is reported
      this.#messages.error(tr`${said} The save cannot be read: ${ended(/** @type {Error} */ (error).message)}`);
      await this.saves.leave(/** @type {PageError} */ (error));
      this.#training.dropped();
      await this.offer();
    }
  }

  /**
   * alter goes on from the last save with the settings of the form.
   * @param {Values} config
   */
  async alter(config) {
    const newest = await this.saves.found();
    if (!newest) return;
    try {
      const taken = await this.saves.goOn(newest, (save) => this.#training.loadState(save, { config }));
      await this.#training.resume();
      this.#tellPassedOver(taken);
    } catch (error) {
      this.#messages.error(tr`The training does not go on with these settings: ${ended(/** @type {Error} */ (error).message)}`);
    }
  }

  async #continue() {
    if (this.#offered) await this.#takeUp(this.#offered);
  }

  /** @param {Meta} meta */
  async #takeUp(meta) {
    if (this.#training.loading) return; // it was pressed twice
    if (!this.#training.idle) {
      this.#messages.error(tr('Another training is in the worker. Press Reset first; the earlier one is kept under Experiments.'));
      return;
    }
    try {
      /** @type {RunInfo | undefined} */
      let info;
      const taken = await this.saves.take(meta, async (save) => {
        info = await this.#take(save, () => this.#training.loadState(save));
      });
      this.#recorder.begin(meta.id);
      await this.saves.offer(meta.id, true);
      this.#record();
      this.#show(null);
      this.#store.set({ ...info && { algorithm: info.algorithm }, ...taken.meta.page });
      this.#weights.show('training');
      if (this.#training.phase === 'paused') await this.#training.resume();
      this.#tellPassedOver(taken);
      byID('train').focus();
    } catch (error) {
      this.#messages.error(tr`The saved training does not go on: ${ended(/** @type {Error} */ (error).message)}`);
      await this.offer();
      if (byID('saved-continue').hidden) byID('train').focus();
    }
  }

  /** @param {import('./autosave.js').Taken} taken */
  #tellPassedOver({ meta, passedOver }) {
    if (!passedOver) return;
    this.#messages.error(tr`The save at ${stepsOf(passedOver.meta)} is passed over: ${ended(passedOver.cause)} The training goes on from the one before it, at ${stepsOf(meta)}.`);
  }

  // A run goes to the deleted ones, from where it can be brought back; what no page can read is removed.
  async #discard() {
    const meta = this.#offered;
    if (meta && this.#records.find(meta.id)) {
      const { id } = meta;
      await Promise.all([this.saves.offer(id, false), this.#records.delete(id)]).catch(() => {});
      this.#messages.say(tr('The saved training is deleted.'), { text: tr('Undo'), act: async () => {
        await Promise.all([this.saves.offer(id, true), this.#records.restore(id)]);
        await this.offer();
      } });
    } else if (meta) {
      await this.saves.discard(meta).catch(() => {});
    }
    byID('train').focus();
    await this.offer();
  }

  // What is said stands in a live region that is always there: a screen reader tells what comes into it.
  /** @param {Meta | null} meta */
  #show(meta) {
    this.#offered = meta;
    byID('saved').hidden = !meta;
    write(byID('saved-says'), meta ? says(meta) : '');
    button('saved-continue').hidden = !meta || !readable(meta) || Boolean(meta.aside?.damaged);
    write(button('saved-continue'), meta && readable(meta) && done(meta) ? tr('Take it up') : tr('Continue'));
  }
}

/**
 * readable tells whether this page can go on from a save with that meta.
 * @param {Meta} meta
 */
const readable = ({ format, info, page }) => FORMATS.includes(format) && Number.isFinite(info?.envSteps) && Boolean(page);

/** @param {Meta} meta */
const done = ({ info }) => info.envSteps >= info.totalSteps;

/** @param {Meta} meta */
function says(meta) {
  if (!readable(meta)) return tr('A training was saved by another version of this page, which this one cannot go on from.');
  const { at, left, info, aside } = meta;
  const ago = left ? tr`saved ${plural(Math.max(0, Math.round((left - at) / 1000)), 'second')} before the page was left` : tr`saved on ${new Date(at).toLocaleString('en')}`;
  const far = done(meta) ? tr`finished after ${plural(info.envSteps, 'step')}` : tr`${count(info.envSteps)} of ${plural(info.totalSteps, 'step')}`;
  return tr`Training of ${algorithmName(info.algorithm)} on ${taskTitle(info.task)}, ${far}, ${ago}.${aside ? tr` It does not go on: ${ended(aside.cause)}` : ''}`;
}

/** @param {Meta} meta */
const stepsOf = ({ info }) => plural(info.envSteps, 'step');

/**
 * taskTitle names a task as a person reads it.
 * @param {string} task
 */
export const taskTitle = (task) => byID('task').querySelector(`option[value="${CSS.escape(task)}"]`)?.textContent ?? foreign(task);

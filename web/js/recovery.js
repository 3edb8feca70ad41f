// What becomes of a training whose worker or page was lost: it goes on from its last save, by itself or where a person
// takes up the offer.

import { Type } from './protocol.js';
import { Autosave } from './autosave.js';
import { FORMATS } from './saves.js';
import { algorithmName, count, plural } from './format.js';
import { ended } from './words.js';

const LOSSES = 3; // of a worker without getting further, until it is not started again

const byID = (id) => document.getElementById(id);

/** Recovery owns the saves and the offer in the training's card. */
export class Recovery {
  #page;
  #offered = null; // meta
  #losses = 0;
  #furthest = -1; // environment steps at which a worker was lost

  constructor(page, runs) {
    this.#page = page;
    this.runs = runs;
    this.saves = new Autosave({
      ask: (all) => runs.worker.tell(Type.SaveNow, { all }).catch(() => {}),
      trouble: (text) => page.messages.error(text),
      saved: ({ info }) => {
        if (info.envSteps > this.#furthest) this.#losses = 0;
        byID('training').dataset.saved = info.envSteps;
      },
      changed: () => this.offer(),
    });
    byID('saved-continue').addEventListener('click', () => this.#continue(this.#offered));
    byID('saved-discard').addEventListener('click', () => this.#discard(this.#offered));
  }

  /** began starts the saves of a new run. */
  began() {
    const { seed, preset, settings } = this.#page.store.state;
    this.#losses = 0;
    this.#furthest = -1;
    this.saves.begin({ seed, preset, settings });
    this.#show(null);
  }

  /** ended removes them. */
  ended() {
    delete byID('training').dataset.saved;
    this.saves.end();
    this.offer();
  }

  /** offer shows the newest save that no tab holds, and one that does not go on only where none does. */
  async offer() {
    const metas = await this.saves.offers();
    const meta = metas.find((each) => readable(each) && !each.aside) ?? metas[0] ?? null;
    if (['idle', 'finished'].includes(this.runs.training.phase)) this.#show(meta);
  }

  /** lost goes on in another worker, at most LOSSES times without getting further, and says what it cost. */
  async lost(reason, at, wasRunning) {
    const { messages } = this.#page;
    const { training, worker } = this.runs;
    this.#losses++;
    this.#furthest = Math.max(this.#furthest, at);
    const said = `The training worker was lost at ${plural(at, 'step')}: ${ended(reason)}`;
    try {
      await worker.ready;
      const newest = await this.saves.found();
      if (!newest) {
        messages.error(`${said} Another was started; there is no save to go on from.`);
        training.dropped();
        return;
      }
      if (this.#losses >= LOSSES) {
        await this.saves.leave();
        training.dropped();
        messages.error(`${said} That was the ${LOSSES}rd time without getting further, so it is not started again. The save at ${stepsOf(newest)} is kept.`);
        await this.offer();
        return;
      }
      const taken = await this.saves.goOn(newest, (save) => training.loadState(save));
      if (wasRunning) await training.resume();
      const from = taken.meta.info.envSteps;
      messages.error(`${said} Another goes on from the save at ${plural(from, 'step')}: ${plural(Math.max(0, at - from), 'step')} lost.`);
      this.#tellPassedOver(taken);
    } catch (error) {
      if (!error.failure) return; // this worker was lost too, and is reported
      messages.error(`${said} The save cannot be read: ${ended(error.message)}`);
      await this.saves.leave(error);
      training.dropped();
      await this.offer();
    }
  }

  /** alter goes on from the last save with the settings of the form. */
  async alter(config) {
    const newest = await this.saves.found();
    if (!newest) return;
    try {
      const taken = await this.saves.goOn(newest, (save) => this.runs.training.loadState(save, { config }));
      await this.runs.training.resume();
      this.#tellPassedOver(taken);
    } catch (error) {
      this.#page.messages.error(`The training does not go on with these settings: ${ended(error.message)}`);
    }
  }

  async #continue(meta) {
    const { store, messages, policies, weights } = this.#page;
    try {
      let info;
      const taken = await this.saves.take(meta, async (save) => {
        info = await this.runs.take(save.state, () => this.runs.training.loadState(save));
      });
      this.#show(null);
      store.set({ algorithm: info.algorithm, ...taken.meta.page });
      policies.fetch(info.algorithm);
      weights.show('training');
      await this.runs.training.resume();
      this.#tellPassedOver(taken);
      byID('train').focus();
    } catch (error) {
      messages.error(`The saved training does not go on: ${ended(error.message)}`);
      await this.offer();
      if (byID('saved-continue').hidden) byID('train').focus();
    }
  }

  #tellPassedOver({ meta, passedOver }) {
    if (!passedOver) return;
    this.#page.messages.error(`The save at ${stepsOf(passedOver.meta)} is passed over: ${ended(passedOver.cause)} The training goes on from the one before it, at ${stepsOf(meta)}.`);
  }

  async #discard(meta) {
    await this.saves.discard(meta).catch(() => {});
    byID('train').focus();
    await this.offer();
  }

  // What is said stands in a live region that is always there: a screen reader tells what comes into it.
  #show(meta) {
    this.#offered = meta;
    byID('saved').hidden = !meta;
    const says = meta ? this.#says(meta) : '';
    if (byID('saved-says').textContent !== says) byID('saved-says').textContent = says;
    byID('saved-continue').hidden = !meta || !readable(meta) || Boolean(meta.aside?.damaged);
  }

  #says(meta) {
    if (!readable(meta)) return 'A training was saved by another version of this page, which this one cannot go on from.';
    const { at, left, info, aside } = meta;
    const ago = left ? `saved ${plural(Math.max(0, Math.round((left - at) / 1000)), 'second')} before the page was left` : `saved on ${new Date(at).toLocaleString('en')}`;
    return `Training of ${algorithmName(info.algorithm)} on ${taskTitle(info.task)}, ${count(info.envSteps)} of ${plural(info.totalSteps, 'step')}, ${ago}.${aside ? ` It does not go on: ${ended(aside.cause)}` : ''}`;
  }
}

/** readable tells whether this page can go on from a save with that meta. */
const readable = ({ format, info, page }) => FORMATS.includes(format) && Number.isFinite(info?.envSteps) && Boolean(page);

const stepsOf = ({ info }) => plural(info.envSteps, 'step');

const taskTitle = (task) => byID('task').querySelector(`option[value="${CSS.escape(task)}"]`)?.textContent ?? task;

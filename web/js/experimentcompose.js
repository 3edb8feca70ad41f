// New runs: tasks x agents x settings x seeds, what they would cost on this machine, and the queue that they go into.

import catalog from './catalog.js';
import { tr } from './language.js';
import { Type } from './protocol.js';
import { FIELDS } from './state.js';
import { nameOf, presetsFor, rangeOf, read, settingsOf, shown } from './settings.js';
import { MOST_RUNS, TASKS, stepsOf, taskName, variantsOf } from './experimentdata.js';
import { algorithmName, plural, timeText } from './format.js';
import { button, byID, input, make, select, write } from './dom.js';
import { taskOf } from './tasks.js';
import { ended, foreign, quoted } from './words.js';

const TYPED = 400; // ms without a change until the cost is estimated
const HOLDS = 60_000; // ms for which a measurement is believed
const MOST_GAUGED = 12; // combinations that are measured; of more than these the rest counts as their mean

/** @typedef {{request: TrainRequest, steps: number, page: Partial<State>}} Planned */

/** Compose binds the form. */
export class Compose {
  #store;
  #queue;
  #messages;
  #ask;
  /** @type {Map<string, {at: number, running: number, seconds: Promise<number>}>} */
  #costs = new Map(); // by request without its seed, with what ran when it was measured
  #timer = 0;
  #round = 0;

  /**
   * @param {import('./state.js').Store} store
   * @param {import('./queue.js').Queue} queue
   * @param {import('./messages.js').Messages} messages
   * @param {(type: number, body: unknown) => Promise<Message>} ask a worker
   */
  constructor(store, queue, messages, ask) {
    this.#store = store;
    this.#queue = queue;
    this.#messages = messages;
    this.#ask = ask;
    const { task, algorithm, seed } = store.state;
    select('exp-tasks').append(...TASKS.map(({ name, label }) => new Option(label, name, false, name === task)));
    byID('exp-agents').append(...catalog.agents.map(({ name, title }) => make('label', { className: 'check' },
      make('input', { type: 'checkbox', name: 'exp-agent', value: name, checked: name === algorithm }), make('span', {}, title))));
    select('exp-preset').append(...catalog.presets.map(({ id, name }) => new Option(name, id)));
    input('exp-seed').value = String(seed);
    const form = byID('exp-compose');
    form.addEventListener('input', () => this.estimate());
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      if (button('exp-start').ariaDisabled !== 'true') this.#start();
    });
    queue.changed.add(() => this.#seen && this.#load !== this.#loaded && this.estimate());
  }

  #loaded = '';

  // What the machine is busy with: a measurement holds for it alone.
  get #load() {
    return `${this.#queue.running.length} of ${this.#queue.workers}`;
  }

  // To measure takes a worker, which a place that nobody sees must not start.
  get #seen() {
    return this.#store.state.place === 'experiments';
  }

  /** estimate says how many runs there are and what they would cost, once nothing was changed for a moment. */
  estimate() {
    clearTimeout(this.#timer);
    this.#loaded = this.#load;
    this.#timer = setTimeout(() => { if (this.#seen) this.#estimate(); }, TYPED);
  }

  async #estimate() {
    const round = ++this.#round;
    const says = byID('exp-estimate');
    try {
      const plan = this.#plan();
      button('exp-start').ariaDisabled = 'false';
      const runs = plural(plan.length, 'run');
      write(says, tr`${runs}; measuring what they cost on this machine…`);
      const alike = Map.groupBy(plan, ({ request }) => JSON.stringify({ ...request, seed: 0 }));
      let [seconds, measured] = [0, 0];
      for (const [key, list] of [...alike].slice(0, MOST_GAUGED)) {
        seconds += await this.#cost(key, list[0].request) * list.length;
        measured += list.length;
        if (round !== this.#round) return;
      }
      const all = (seconds * plan.length) / measured / Math.min(this.#queue.workers, plan.length);
      write(says, tr`${runs}, ${timeText(all)} in ${plural(this.#queue.workers, 'worker')}, as measured on this machine just now.`);
      says.dataset.seconds = all.toFixed(1);
    } catch (error) {
      if (round !== this.#round) return;
      button('exp-start').ariaDisabled = 'true';
      write(says, ended(/** @type {Error} */ (error).message));
    }
  }

  /**
   * #cost is what one run costs, s. A measurement holds for a minute of the same load: beside other trainings a run takes longer.
   * @param {string} key
   * @param {TrainRequest} request
   */
  #cost(key, request) {
    const running = this.#queue.running.length;
    const known = this.#costs.get(key);
    if (known && known.running === running && Date.now() - known.at < HOLDS) return known.seconds;
    const seconds = this.#ask(Type.Gauge, request).then(({ body }) => body.seconds);
    this.#costs.set(key, { at: Date.now(), running, seconds });
    seconds.catch(() => this.#costs.delete(key));
    return seconds;
  }

  /**
   * #plan lists the trainings of the form; it throws an Error that says what is wrong with it.
   * @returns {Planned[]}
   */
  #plan() {
    const tasks = [...select('exp-tasks').selectedOptions].map(({ value }) => value);
    const algorithms = [...document.getElementsByName('exp-agent')].filter((e) => e instanceof HTMLInputElement).filter(({ checked }) => checked).map(({ value }) => value);
    if (tasks.length === 0 || algorithms.length === 0) throw new Error(tr('Choose a task and an agent.'));
    const seeds = input('exp-seeds').value.trim();
    const first = FIELDS.seed.parse(input('exp-seed').value.trim());
    const count = /^\d{1,3}$/.test(seeds) ? +seeds : 0;
    if (count < 1 || count > 100) throw new Error(tr('Seeds are 1 to 100.'));
    if (first === undefined) throw new Error(tr`The first seed is ${FIELDS.seed.wants}.`);
    const steps = stepsOf(input('exp-steps').value);
    if (steps === undefined) throw new Error(tr('Steps are 1 to 100,000,000, or nothing for those of the preset.'));
    const planned = [];
    for (const task of tasks) {
      const info = /** @type {TaskInfo} */ (taskOf(task));
      for (const variant of variantsOf(input('exp-settings').value, info.fields)) {
        for (const algorithm of algorithms) {
          for (let seed = first; seed < first + count; seed++) {
            planned.push(planOf(info, algorithm, seed, steps, select('exp-preset').value, variant));
            if (planned.length > MOST_RUNS) throw new Error(tr`These are more than ${MOST_RUNS} runs.`);
          }
        }
      }
    }
    return planned;
  }

  async #start() {
    try {
      const plan = this.#plan();
      await this.#queue.add(plan);
      this.#messages.say(tr`${plural(plan.length, 'run')} ${plan.length === 1 ? tr('is') : tr('are')} in the queue.`);
    } catch (error) {
      this.#messages.error(ended(/** @type {Error} */ (error).message));
    }
  }
}

/**
 * planOf is the training with a preset's settings, some of them changed; settings that the agent does not have are an Error.
 * @param {TaskInfo} info
 * @param {AgentName} algorithm
 * @param {number} seed
 * @param {number} steps 0: the preset's
 * @param {string} preset
 * @param {Values} change
 * @returns {Planned}
 */
export function planOf(info, algorithm, seed, steps, preset, change) {
  const known = /** @type {State} */ ({ task: info.name, algorithm, seed, preset, settings: '' });
  const of = presetsFor(info, algorithm).length > 0 ? settingsOf(known, info) : undefined;
  if (!of) throw new Error(tr`There are no settings to train ${algorithmName(algorithm)} on ${taskName(info.name)} with.`);
  const values = { ...of.values };
  for (const [given, value] of Object.entries(change)) {
    const name = nameOf(given);
    if (!Object.hasOwn(values, name)) throw new Error(tr`${algorithmName(algorithm)} has no setting ${foreign(given)}.`);
    const taken = read(info.fields[name], shown(value));
    if (taken === undefined) throw new Error(tr`${name} cannot be ${quoted(shown(value))}: it wants ${rangeOf(info.fields[name])}`);
    values[name] = taken;
  }
  const { steps: length, shards: _, ...rest } = values;
  const defaults = info.sizes[algorithm].browser;
  const same = (/** @type {Value} */ a, /** @type {Value} */ b) => JSON.stringify(a) === JSON.stringify(b);
  const config = Object.fromEntries(Object.entries(rest).filter(([name, value]) => !same(value, defaults[name])));
  if (Object.hasOwn(change, 'shards')) config.shards = change.shards;
  const total = steps || Number(length);
  return { request: { task: info.name, algorithm, seed, steps: total, config }, steps: total, page: { seed, preset } };
}

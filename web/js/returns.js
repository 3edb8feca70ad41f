// What the sampler's toggle is about, in numbers: the returns of the weights that act, with one step and with K, over episodes that the idle
// training worker plays in the background, both from the same starts and noise.

import { agent } from './agents.js';
import { fixed, plural } from './format.js';
import { byID, write } from './dom.js';
import { tr } from './language.js';

const EPISODES = 20;
const FEWEST = 5; // of which something is said
const SETTLED = 2500; // ms without a change until the first is played
const HELD = 16; // results that are kept

/** Returns writes under the two choices of the sampler, and tells the stage whether it matters that the ghost parted. */
export class Returns {
  #store;
  #weights;
  #runs;
  #view;
  #key = ''; // what the numbers are about
  /** @type {Map<string, Scored>} */
  #held = new Map();
  #asked = ''; // the key of the episode that is being played
  #timer = 0;

  /**
   * @param {import('./state.js').Store} store
   * @param {import('./weights.js').Weights} weights
   * @param {import('./runs.js').Runs} runs
   * @param {import('./stageview.js').StageView} view
   */
  constructor(store, weights, runs, view) {
    this.#store = store;
    this.#weights = weights;
    this.#runs = runs;
    this.#view = view;
    const follow = () => this.#follow();
    store.subscribe(follow);
    weights.changed.add(follow);
    runs.training.changed.add(follow);
    runs.greeted.add(follow);
    document.addEventListener('visibilitychange', follow);
    runs.scored.add((scored) => this.#take(scored));
    follow();
  }

  // Best-of-N is another question, a Gaussian has no steps, and a reward of one's own is not that of the weights.
  #about() {
    const { shown } = this.#weights, { task, manySteps, latency, best, drive, pays, ends } = this.#store.state;
    const other = !shown || shown.info.updates === 0 || shown.info.task !== task || agent(shown.info.algorithm)?.single;
    return other || best || pays || ends || drive !== 'policy' || manySteps < 2 ? '' : `${shown.info.hash} ${manySteps} ${latency}`;
  }

  // The worker has nothing else to do, and the numbers can be seen.
  get #free() {
    const { place, embed } = this.#store.state;
    return ['idle', 'paused', 'finished'].includes(this.#runs.training.phase) && place === 'playground' && !embed && !document.hidden;
  }

  #follow() {
    const key = this.#about();
    if (key !== this.#key) {
      this.#key = key;
      this.#show(this.#held.get(key));
    }
    clearTimeout(this.#timer);
    if (!this.#free) this.#asked = '';
    else if (key && key !== this.#asked) this.#timer = setTimeout(() => this.#ask(), SETTLED);
  }

  #ask() {
    const { one = [], many = [], problem = '' } = this.#held.get(this.#key) ?? {};
    const { shown } = this.#weights, { manySteps, latency } = this.#store.state;
    if (!shown || problem || one.length >= EPISODES || !this.#free) return;
    this.#asked = this.#key;
    this.#runs.score({ of: this.#key, manySteps, latency: latency / 1000, one, many }, shown.bytes);
  }

  /** @param {Scored} scored */
  #take(scored) {
    const key = scored.of;
    if (!key || key !== this.#asked) return; // of what was asked for before
    scored.burst ??= this.#held.get(key)?.burst; // which is told of the episode played last
    this.#held.delete(key);
    this.#held.set(key, scored);
    for (const oldest of [...this.#held.keys()].slice(0, -HELD)) this.#held.delete(oldest);
    if (key !== this.#key) return;
    this.#show(scored);
    this.#ask();
  }

  /** @param {Scored | undefined} scored */
  #show(scored) {
    const said = scored && !scored.problem && scored.one.length >= FEWEST ? scored : undefined;
    byID('sampler').dataset.episodes = String(said?.one.length ?? 0);
    write(byID('return-one'), said ? withInterval(said.oneMean) : '');
    write(byID('return-many'), said ? withInterval(said.manyMean) : '');
    byID('sampler').title = said?.burst ? tr`Of the returns ${said.burst}; it ended there.` : '';
    this.#view.judge(said ? verdict(said, this.#store.state.manySteps) : '');
  }
}

/** @param {number} x @param {number} of a number of the same size */
const rounded = (x, of) => fixed(x, Math.abs(of) < 10 ? 2 : Math.abs(of) < 100 ? 1 : 0);

/** @param {Statistic} mean nothing is said of one that is unknown */
const withInterval = ({ value, interval }) => (value === null || !interval ? '' : `${rounded(value, value)} ± ${rounded((interval[1] - interval[0]) / 2, value)}`);

/**
 * verdict says in a few words which of the two returns more, where the interval of the difference leaves no doubt.
 * @param {Scored} scored
 * @param {number} manySteps
 */
export function verdict(scored, manySteps) {
  const said = compared(scored, manySteps);
  return said && scored.burst ? tr`${said}, although one diverged` : said;
}

/**
 * @param {Scored} scored
 * @param {number} manySteps
 */
function compared({ one, oneMean, difference: { value, interval } }, manySteps) {
  if (value === null || !interval || oneMean.value === null) return '';
  if (interval[0] <= 0 && interval[1] >= 0) return tr`no difference in ${plural(one.length, 'return')}`;
  const more = rounded(Math.abs(value), oneMean.value);
  return value > 0 ? tr`${manySteps} steps return ${more} more` : tr`one step returns ${more} more`;
}

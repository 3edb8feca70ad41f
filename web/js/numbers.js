// The numbers beside the stage: what each is called, what it means, and how it is written. At most five stand in a card;
// the others are behind “More”.

import { agent } from './agents.js';
import { tr } from './language.js';
import { Stat, Metric, Eval } from './protocol.js';
import { MISSING, between, count, duration, fixed, percent, plural, short, spread } from './format.js';
import { byID, make, write } from './dom.js';

/** The cost of the usual diffusion policy: 20 steps for each of 32 candidates. */
const DIFFUSION_NFE = 20 * 32;

/** @typedef {Float64Array | null} Row */
/**
 * @typedef {object} Quantity
 * @property {string} id
 * @property {string} label
 * @property {string} tip
 * @property {(of: Float64Array) => string} value
 * @property {boolean} [half] it takes half of the card's width
 * @property {string} [key] colour
 */

// 0 stands for what has not been computed.
/** @param {number} x */
const computed = (x) => (x === 0 ? MISSING : short(x));

/** @type {Quantity[]} */
const acting = [
  {
    id: 'time', label: tr('Time per action'),
    tip: tr('Time that the policy takes for one action here, and the time until the next one is due. The network runs in this tab, on one thread.'),
    value: (s) => (Number.isFinite(s[Stat.ActionMicros]) ? tr`${duration(s[Stat.ActionMicros])} of ${duration(s[Stat.ControlPeriodMicros])} (${percent(s[Stat.ActionMicros], s[Stat.ControlPeriodMicros])})` : MISSING),
  },
  {
    id: 'return', label: tr('Return so far'),
    tip: tr('Sum of rewards of the episode that you see. What a step is worth stands in the task’s definition; a Pendulum costs up to 16 a step, a walker earns its speed.'),
    value: (s) => tr`${fixed(s[Stat.EpisodeReturn], 0)} in ${plural(s[Stat.EpisodeSteps], 'step')}`,
  },
  {
    id: 'error-now', label: tr('1 to K steps'), half: true,
    tip: tr('Distance between the one-step action and the K-step action for the same weights, state and noise, in units of the action range −1 to 1. Where it is near 0, one step is enough. (The 1-step error of a training compares clouds of actions, by W2.)'),
    value: (s) => computed(s[Stat.OneStepError]),
  },
  {
    id: 'variance-now', label: tr('Variance'), half: true,
    tip: tr('Variance of the K-step actions for the state you see, over noise of the standard deviation that the policy was trained with, 1. The paper bounds the one-step error by it: a policy that knows what to do needs one step.'),
    value: (s) => computed(s[Stat.Variance]),
  },
];

/** @type {Quantity[]} */
const moreActing = [
  {
    id: 'last', label: tr('Last episode'),
    tip: tr('Return of the last episode that ran to its end on the stage.'),
    value: (s) => (s[Stat.Episodes] > 0 && Number.isFinite(s[Stat.LastReturn]) ? `${fixed(s[Stat.LastReturn], 0)} (${plural(s[Stat.Episodes], 'episode')})` : MISSING),
  },
  {
    id: 'speed', label: tr('Speed'), half: true,
    tip: tr('Simulated seconds per second of yours. 1 is real time.'),
    value: (s) => (Number.isFinite(s[Stat.RealTimeFactor]) ? `${s[Stat.RealTimeFactor].toFixed(2)}×` : MISSING),
  },
  {
    id: 'fps', label: tr('Frames'), half: true,
    tip: tr('Frames drawn per second. A computer without a graphics processor draws few; the body keeps its speed.'),
    value: (s) => (Number.isFinite(s[Stat.FPS]) ? `${fixed(s[Stat.FPS], 0)}/s` : MISSING),
  },
];

/** Numbers of an Evaluation. @type {Quantity[]} */
const evaluated = [
  {
    id: 'eval-one', label: tr('Return with 1 step'), key: 'one',
    tip: tr('Mean return ± standard deviation of the newest evaluation: episodes with fixed seeds, one network evaluation per action, no noise added.'),
    value: (e) => spread(e[Eval.OneStepMean], e[Eval.OneStepStd]),
  },
  {
    id: 'eval-many', label: tr('Return with K steps'), key: 'many',
    tip: tr('The same weights, episodes and noise with K steps per action. Where the two agree, the other steps were not needed.'),
    value: (e) => spread(e[Eval.ManyMean], e[Eval.ManyStd]),
  },
];

/** Numbers of a row of Metrics. @type {Quantity[]} */
const measured = [
  { id: 'variance', label: tr('Variance'), half: true, tip: tr('Mean over visited states of the variance of the K-step actions.'), value: (m) => computed(m[Metric.Variance]) },
  { id: 'error', label: tr('1-step error'), half: true, tip: tr('Mean over visited states of the distance (W2) between the clouds of one-step and K-step actions, from the noise of the training. In more than one dimension W2 lies between two bounds: √d times the sliced distance, and the root mean square over pairs from the same noise.'), value: (m) => (m[Metric.OneStepError] > 0 ? between(m[Metric.OneStepError], m[Metric.OneStepUpper]) : MISSING) },
  {
    id: 'steps-rate', label: tr('Env steps/s'), tip: tr('Steps of the task’s simulation per second of training since it began, learning and evaluations included.'),
    value: (m) => (m[Metric.Seconds] > 0 ? count(m[Metric.EnvSteps] / m[Metric.Seconds]) : MISSING),
  },
];

/** @type {Quantity[]} */
const moreMeasured = [
  {
    id: 'updates-rate', label: tr('Updates/s'), half: true, tip: tr('Updates of both critics and the policy per second of training since it began.'),
    value: (m) => (m[Metric.Seconds] > 0 ? count(m[Metric.Updates] / m[Metric.Seconds]) : MISSING),
  },
  { id: 'temperature', label: tr('Temperature'), half: true, tip: tr('λ of the policy mirror descent step: the next policy is the last one times exp(Q/λ). Small means greedy. It is adapted so that the noise falls on schedule.'), value: (m) => short(m[Metric.Temperature]) },
  { id: 'episode', label: tr('Last return'), half: true, tip: tr('Return of the last training episode, with exploration noise; the evaluations above have none.'), value: (m) => fixed(m[Metric.EpisodeReturn], 0) },
  { id: 'critic-loss', label: tr('Critic loss'), half: true, tip: tr('Mean squared error of both critics against their targets, smoothed over updates.'), value: (m) => short(m[Metric.CriticLoss]) },
  { id: 'policy-loss', label: tr('Policy loss'), half: true, tip: tr('The weighted flow matching loss, smoothed. It need not fall: its floor is the variance of the actions, and the weights change with λ.'), value: (m) => short(m[Metric.PolicyLoss]) },
  { id: 'updates', label: tr('Updates'), half: true, tip: tr('Updates of the agent so far: one batch from the replay memory each.'), value: (m) => count(m[Metric.Updates]) },
  { id: 'noise', label: tr('Noise'), half: true, tip: tr('Standard deviation of the exploration noise that is added to an action while training.'), value: (m) => short(m[Metric.NoiseStd]) },
  { id: 'ess', label: tr('Sample size'), half: true, tip: tr('Effective sample size of the weights exp(Q/λ), as a part of the batch. Near 0, few actions decide everything.'), value: (m) => percent(m[Metric.ESS], 1) },
  { id: 'q', label: tr('Mean Q'), half: true, tip: tr('Mean over the last batch of the smaller critic’s value: the expected discounted return, scaled as the task scales rewards.'), value: (m) => short(m[Metric.QMean]) },
  { id: 'shift', label: tr('Mean shift'), half: true, tip: tr('The part of the one-step error that is a shift of the mean: what the network has not learned exactly, which the theory of the exact field leaves out.'), value: (m) => short(m[Metric.MeanShift]) },
  { id: 'workers', label: tr('Workers'), half: true, tip: tr('Workers that compute the updates now. How many shards a batch has is a setting, on which the result depends; how many workers compute them changes only the time.'), value: (m) => count(m[Metric.Workers]) },
  { id: 'seconds', label: tr('Trained for'), half: true, tip: tr('Wall time of training, pauses left out.'), value: (m) => `${fixed(m[Metric.Seconds], 1)} s` },
];

/** Numbers writes the rows of the lists once and their values whenever they change. */
export class Numbers {
  #acting = [...rows('acting-numbers', acting), ...rows('more-acting-numbers', moreActing)];
  #evaluated = rows('training-numbers', evaluated);
  #measured = [...rows('training-numbers', measured), ...rows('more-numbers', moreMeasured)];

  constructor() {
    this.train(null, null);
  }

  /**
   * act shows StageStats.
   * @param {Float64Array} stats
   * @param {{steps: number, bestOf: number}} sampler
   * @param {string} [algorithm]
   */
  act(stats, sampler, algorithm) {
    show(this.#acting, stats);
    const nfe = stats[Stat.PolicyNFE];
    const big = byID('num-nfe');
    write(big, count(nfe));
    big.dataset.digits = String(String(nfe).length);
    write(byID('nfe-noun'), nfe === 1 ? tr('network evaluation per action') : tr('network evaluations per action'));
    write(byID('nfe-how'), nfe === 0 ? tr('no network acts') : howItActs(algorithm, sampler, stats[Stat.CriticNFE]));
    const times = DIFFUSION_NFE / nfe;
    write(byID('nfe-compare'), !Number.isFinite(times) || times <= 1 ? '' : tr`${times >= 10 || Number.isInteger(times) ? count(times) : fixed(times, 1)}× fewer than 20 steps × best of 32`);
  }

  /**
   * train shows the newest Metrics and Evaluation; null where there is none.
   * @param {Row} metrics
   * @param {Row} evaluation
   */
  train(metrics, evaluation) {
    show(this.#evaluated, evaluation);
    show(this.#measured, metrics);
  }
}

/**
 * howItActs says what the evaluations are spent on.
 * @param {string | undefined} algorithm
 * @param {{steps: number, bestOf: number}} sampler
 * @param {number} critics
 */
function howItActs(algorithm, { steps, bestOf }, critics) {
  const chosen = tr`and ${count(critics)} of the critics`;
  const of = agent(algorithm);
  if (of?.single) return bestOf > 1 ? tr`${bestOf} samples of the Gaussian, ${chosen}` : tr`the Gaussian’s mean; ${of.title} has no steps`;
  const denoises = of !== undefined && of.steps > 1;
  const [one, many] = denoises ? [tr('denoising step'), tr('denoising steps')] : ['step', 'steps'];
  if (bestOf > 1) return `${plural(steps, one, many)} × ${bestOf}, ${chosen}`;
  if (steps > 1) return tr`${steps} ${many}, one particle`;
  return denoises ? tr`one denoising step instead of ${of.steps}: a single DDIM step multiplies the noise network’s error about 400-fold, so it illustrates and is no competitor` : tr('one step, one particle, no noise');
}

/** @typedef {{number: Quantity, text: HTMLElement}} Shown */

/**
 * @param {Shown[]} list
 * @param {Row} of
 */
function show(list, of) {
  for (const { number, text } of list) write(text, of ? number.value(of) : MISSING);
}

/**
 * rows adds rows to the list of that id.
 * @param {string} id
 * @param {Quantity[]} numbers
 * @returns {Shown[]}
 */
function rows(id, numbers) {
  return numbers.map((number) => {
    const tip = make('div', { id: `tip-${number.id}`, className: 'tip', role: 'tooltip', textContent: number.tip });
    const term = make('button', { type: 'button', className: 'term', textContent: number.label });
    term.dataset.tip = tip.id;
    term.setAttribute('aria-describedby', tip.id);
    const text = make('span', { id: `num-${number.id}` }, MISSING);
    const item = make('div', { className: number.half ? 'number half' : 'number' }, make('dt', {}, term, tip), make('dd', {}, text));
    if (number.key) item.dataset.key = number.key;
    byID(id).append(item);
    return { number, text };
  });
}

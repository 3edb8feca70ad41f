// The numbers beside the stage: what each is called, what it means, and how it is written. At most five stand in a card;
// the others are behind “More”.

import { agent } from './agents.js';
import metrics from './metrics.js';
import { Stat, Metric, Eval } from './protocol.js';
import { MISSING, between, count, duration, fixed, percent, plural, short, spread } from './format.js';
import { byID, make, write } from './dom.js';

/** The cost of the usual diffusion policy: 20 steps for each of 32 candidates. */
const DIFFUSION_NFE = 20 * 32;

/** @typedef {Float64Array | null} Row */
/**
 * @typedef {object} Quantity
 * @property {string} id
 * @property {import('./metrics.js').Metric} of its name, formula and meaning
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
    id: 'time', of: metrics.Stat.ActionMicros,
    value: (s) => (Number.isFinite(s[Stat.ActionMicros]) ? `${duration(s[Stat.ActionMicros])} of ${duration(s[Stat.ControlPeriodMicros])} (${percent(s[Stat.ActionMicros], s[Stat.ControlPeriodMicros])})` : MISSING),
  },
  {
    id: 'return', of: metrics.Stat.EpisodeReturn,
    value: (s) => `${fixed(s[Stat.EpisodeReturn], 0)} in ${plural(s[Stat.EpisodeSteps], 'step')}`,
  },
  {
    id: 'error-now', of: metrics.Stat.OneStepError, half: true,
    value: (s) => computed(s[Stat.OneStepError]),
  },
  {
    id: 'variance-now', of: metrics.Stat.Variance, half: true,
    value: (s) => computed(s[Stat.Variance]),
  },
];

/** @type {Quantity[]} */
const moreActing = [
  {
    id: 'last', of: metrics.Stat.LastReturn,
    value: (s) => (s[Stat.Episodes] > 0 && Number.isFinite(s[Stat.LastReturn]) ? `${fixed(s[Stat.LastReturn], 0)} (${plural(s[Stat.Episodes], 'episode')})` : MISSING),
  },
  {
    id: 'speed', of: metrics.Stat.RealTimeFactor, half: true,
    value: (s) => (Number.isFinite(s[Stat.RealTimeFactor]) ? `${s[Stat.RealTimeFactor].toFixed(2)}×` : MISSING),
  },
  {
    id: 'fps', of: metrics.Stat.FPS, half: true,
    value: (s) => (Number.isFinite(s[Stat.FPS]) ? `${fixed(s[Stat.FPS], 0)}/s` : MISSING),
  },
];

/** Numbers of an Evaluation. @type {Quantity[]} */
const evaluated = [
  {
    id: 'eval-one', of: metrics.Eval.OneStepMean, key: 'one',
    value: (e) => spread(e[Eval.OneStepMean], e[Eval.OneStepStd]),
  },
  {
    id: 'eval-many', of: metrics.Eval.ManyMean, key: 'many',
    value: (e) => spread(e[Eval.ManyMean], e[Eval.ManyStd]),
  },
];

/** Numbers of a row of Metrics. @type {Quantity[]} */
const measured = [
  { id: 'variance', of: metrics.Metric.Variance, half: true, value: (m) => computed(m[Metric.Variance]) },
  { id: 'error', of: metrics.Metric.OneStepError, half: true, value: (m) => (m[Metric.OneStepError] > 0 ? between(m[Metric.OneStepError], m[Metric.OneStepUpper]) : MISSING) },
  {
    id: 'steps-rate', of: metrics.Metric.StepsPerSecond,
    value: (m) => (m[Metric.Seconds] > 0 ? count(m[Metric.EnvSteps] / m[Metric.Seconds]) : MISSING),
  },
];

/** @type {Quantity[]} */
const moreMeasured = [
  {
    id: 'updates-rate', of: metrics.Metric.UpdatesPerSecond, half: true,
    value: (m) => (m[Metric.Seconds] > 0 ? count(m[Metric.Updates] / m[Metric.Seconds]) : MISSING),
  },
  { id: 'temperature', of: metrics.Metric.Temperature, half: true, value: (m) => short(m[Metric.Temperature]) },
  { id: 'episode', of: metrics.Metric.EpisodeReturn, half: true, value: (m) => fixed(m[Metric.EpisodeReturn], 0) },
  { id: 'critic-loss', of: metrics.Metric.CriticLoss, half: true, value: (m) => short(m[Metric.CriticLoss]) },
  { id: 'policy-loss', of: metrics.Metric.PolicyLoss, half: true, value: (m) => short(m[Metric.PolicyLoss]) },
  { id: 'updates', of: metrics.Metric.Updates, half: true, value: (m) => count(m[Metric.Updates]) },
  { id: 'noise', of: metrics.Metric.NoiseStd, half: true, value: (m) => short(m[Metric.NoiseStd]) },
  { id: 'ess', of: metrics.Metric.ESS, half: true, value: (m) => percent(m[Metric.ESS], 1) },
  { id: 'q', of: metrics.Metric.QMean, half: true, value: (m) => short(m[Metric.QMean]) },
  { id: 'shift', of: metrics.Metric.MeanShift, half: true, value: (m) => short(m[Metric.MeanShift]) },
  { id: 'workers', of: metrics.Metric.Workers, half: true, value: (m) => count(m[Metric.Workers]) },
  { id: 'seconds', of: metrics.Metric.Seconds, half: true, value: (m) => `${fixed(m[Metric.Seconds], 1)} s` },
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
    write(byID('nfe-noun'), nfe === 1 ? 'network evaluation per action' : 'network evaluations per action');
    write(byID('nfe-how'), nfe === 0 ? 'no network acts' : howItActs(algorithm, sampler, stats[Stat.CriticNFE]));
    const times = DIFFUSION_NFE / nfe;
    write(byID('nfe-compare'), !Number.isFinite(times) || times <= 1 ? '' : `${times >= 10 || Number.isInteger(times) ? count(times) : fixed(times, 1)}× fewer than 20 steps × best of 32`);
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
  const chosen = `and ${count(critics)} of the critics`;
  const of = agent(algorithm);
  if (of?.single) return bestOf > 1 ? `${bestOf} samples of the Gaussian, ${chosen}` : `the Gaussian’s mean; ${of.title} has no steps`;
  const denoises = of !== undefined && of.steps > 1;
  const [one, many] = denoises ? ['denoising step', 'denoising steps'] : ['step', 'steps'];
  if (bestOf > 1) return `${plural(steps, one, many)} × ${bestOf}, ${chosen}`;
  if (steps > 1) return `${steps} ${many}, one particle`;
  return denoises ? `one denoising step instead of ${of.steps}: a single DDIM step multiplies the noise network’s error about 400-fold, so it illustrates and is no competitor` : 'one step, one particle, no noise';
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
 * explanation is what a metric means, with its formula and unit.
 * @param {import('./metrics.js').Metric} metric
 */
const explanation = ({ help, formula, unit }) => `${help} Formula: ${formula}${unit ? `; unit: ${unit}` : ''}.`;

/**
 * rows adds rows to the list of that id.
 * @param {string} id
 * @param {Quantity[]} numbers
 * @returns {Shown[]}
 */
function rows(id, numbers) {
  return numbers.map((number) => {
    const tip = make('div', { id: `tip-${number.id}`, className: 'tip', role: 'tooltip', textContent: explanation(number.of) });
    const term = make('button', { type: 'button', className: 'term', textContent: number.of.label });
    term.dataset.tip = tip.id;
    term.setAttribute('aria-describedby', tip.id);
    const text = make('span', { id: `num-${number.id}` }, MISSING);
    const item = make('div', { className: number.half ? 'number half' : 'number' }, make('dt', {}, term, tip), make('dd', {}, text));
    if (number.key) item.dataset.key = number.key;
    byID(id).append(item);
    return { number, text };
  });
}

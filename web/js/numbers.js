// The numbers beside the stage: what each is called, what it means, and how it is written. At most five stand in a card;
// the others are behind “More”.

import { agent } from './agents.js';
import { ONNX } from './files.js';
import { tr } from './language.js';
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
 * @property {string} label
 * @property {string} tip
 * @property {(of: Float64Array) => string} value
 * @property {boolean} [half] it takes half of the card's width
 * @property {string} [key] colour
 */

// 0 stands for what has not been computed.
/** @param {number} x */
const computed = (x) => (x === 0 ? MISSING : short(x));

/**
 * said is what a metric is called and what it means, with its formula.
 * @param {string} table
 * @param {string} name
 */
function said(table, name) {
  const { label, help, formula, unit } = metrics[table].find((metric) => metric.name === name) ?? { label: name, help: '', formula: '', unit: '' };
  return { label, tip: formula === 'count' ? help : `${help} ${tr`Formula: ${formula}${unit ? `, ${unit}` : ''}.`}` };
}

/** @type {Quantity[]} */
const acting = [
  {
    id: 'time', ...said('Stat', 'ActionMicros'),
    value: (s) => (Number.isFinite(s[Stat.ActionMicros]) ? tr`${duration(s[Stat.ActionMicros])} of ${duration(s[Stat.ControlPeriodMicros])} (${percent(s[Stat.ActionMicros], s[Stat.ControlPeriodMicros])})` : MISSING),
  },
  {
    id: 'return', ...said('Stat', 'EpisodeReturn'),
    value: (s) => tr`${fixed(s[Stat.EpisodeReturn], 0)} in ${plural(s[Stat.EpisodeSteps], 'step')}`,
  },
  {
    id: 'error-now', ...said('Stat', 'OneStepError'), half: true,
    value: (s) => computed(s[Stat.OneStepError]),
  },
  {
    id: 'variance-now', ...said('Stat', 'Variance'), half: true,
    value: (s) => computed(s[Stat.Variance]),
  },
];

/** @type {Quantity[]} */
const moreActing = [
  {
    id: 'last', ...said('Stat', 'LastReturn'),
    value: (s) => (s[Stat.Episodes] > 0 && Number.isFinite(s[Stat.LastReturn]) ? `${fixed(s[Stat.LastReturn], 0)} (${plural(s[Stat.Episodes], 'episode')})` : MISSING),
  },
  {
    id: 'speed', ...said('Stat', 'RealTimeFactor'), half: true,
    value: (s) => (Number.isFinite(s[Stat.RealTimeFactor]) ? `${s[Stat.RealTimeFactor].toFixed(2)}×` : MISSING),
  },
  {
    id: 'fps', ...said('Stat', 'FPS'), half: true,
    value: (s) => (Number.isFinite(s[Stat.FPS]) ? `${fixed(s[Stat.FPS], 0)}/s` : MISSING),
  },
];

/** Numbers of an Evaluation. @type {Quantity[]} */
const evaluated = [
  {
    id: 'eval-one', ...said('Eval', 'OneStepMean'), key: 'one',
    value: (e) => spread(e[Eval.OneStepMean], e[Eval.OneStepStd]),
  },
  {
    id: 'eval-many', ...said('Eval', 'ManyMean'), key: 'many',
    value: (e) => spread(e[Eval.ManyMean], e[Eval.ManyStd]),
  },
];

/** Numbers of a row of Metrics. @type {Quantity[]} */
const measured = [
  { id: 'variance', ...said('Metric', 'Variance'), half: true, value: (m) => computed(m[Metric.Variance]) },
  { id: 'error', ...said('Metric', 'OneStepError'), half: true, value: (m) => (m[Metric.OneStepError] > 0 ? between(m[Metric.OneStepError], m[Metric.OneStepUpper]) : MISSING) },
  {
    id: 'steps-rate', ...said('Metric', 'StepsPerSecond'),
    value: (m) => (m[Metric.Seconds] > 0 ? count(m[Metric.EnvSteps] / m[Metric.Seconds]) : MISSING),
  },
];

/** @type {Quantity[]} */
const moreMeasured = [
  {
    id: 'updates-rate', ...said('Metric', 'UpdatesPerSecond'), half: true,
    value: (m) => (m[Metric.Seconds] > 0 ? count(m[Metric.Updates] / m[Metric.Seconds]) : MISSING),
  },
  { id: 'temperature', ...said('Metric', 'Temperature'), half: true, value: (m) => short(m[Metric.Temperature]) },
  { id: 'episode', ...said('Metric', 'EpisodeReturn'), half: true, value: (m) => fixed(m[Metric.EpisodeReturn], 0) },
  { id: 'critic-loss', ...said('Metric', 'CriticLoss'), half: true, value: (m) => short(m[Metric.CriticLoss]) },
  { id: 'policy-loss', ...said('Metric', 'PolicyLoss'), half: true, value: (m) => short(m[Metric.PolicyLoss]) },
  { id: 'updates', ...said('Metric', 'Updates'), half: true, value: (m) => count(m[Metric.Updates]) },
  { id: 'noise', ...said('Metric', 'NoiseStd'), half: true, value: (m) => short(m[Metric.NoiseStd]) },
  { id: 'ess', ...said('Metric', 'ESS'), half: true, value: (m) => percent(m[Metric.ESS], 1) },
  { id: 'q', ...said('Metric', 'QMean'), half: true, value: (m) => short(m[Metric.QMean]) },
  { id: 'shift', ...said('Metric', 'MeanShift'), half: true, value: (m) => short(m[Metric.MeanShift]) },
  { id: 'workers', ...said('Metric', 'Workers'), half: true, value: (m) => count(m[Metric.Workers]) },
  { id: 'seconds', ...said('Metric', 'Seconds'), half: true, value: (m) => `${fixed(m[Metric.Seconds], 1)} s` },
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
   * @param {boolean} [waits] a policy is to act, and has not yet
   */
  act(stats, sampler, algorithm, waits = false) {
    show(this.#acting, stats);
    const nfe = stats[Stat.PolicyNFE];
    const big = byID('num-nfe');
    write(big, waits && nfe === 0 ? MISSING : count(nfe));
    big.dataset.digits = String(String(nfe).length);
    write(byID('nfe-noun'), nfe === 1 ? tr('network evaluation per action') : tr('network evaluations per action'));
    write(byID('nfe-how'), nfe === 0 ? (waits ? tr('no policy has acted yet') : tr('no network acts')) : howItActs(algorithm, sampler, stats[Stat.CriticNFE]));
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
  if (algorithm === ONNX) return tr('one evaluation of another program’s graph');
  const chosen = tr`and ${count(critics)} of the critics`;
  const of = agent(algorithm);
  if (of?.single) return bestOf > 1 ? tr`${bestOf} samples of the Gaussian, ${chosen}` : tr`the Gaussian’s mean; ${of.title} has no steps`;
  const denoises = of !== undefined && of.steps > 1;
  const [one, many] = denoises ? [tr('denoising step'), tr('denoising steps')] : [tr('step'), tr('steps')];
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

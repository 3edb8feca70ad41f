// The numbers beside the stage: what each is called, what it means, and how it is written.

import { Stat, Metric, Eval } from './protocol.js';
import { MISSING, count, duration, fixed, percent, plural, short, spread } from './format.js';

/** The cost of the usual diffusion policy: 20 steps for each of 32 candidates. */
const DIFFUSION_NFE = 20 * 32;

const acting = [
  {
    id: 'time', label: 'Time per action',
    tip: 'Time that the policy takes for one action here, and the time until the next one is due. The network runs in this tab, on one thread.',
    value: (s) => (Number.isFinite(s[Stat.ActionMicros]) ? `${duration(s[Stat.ActionMicros])} of ${duration(s[Stat.ControlPeriodMicros])} (${percent(s[Stat.ActionMicros], s[Stat.ControlPeriodMicros])})` : MISSING),
  },
  {
    id: 'return', label: 'Return so far',
    tip: 'Sum of rewards of the episode that you see. What a step is worth stands in the task’s definition; a Pendulum costs up to 16 a step, a walker earns its speed.',
    value: (s) => `${fixed(s[Stat.EpisodeReturn], 0)} in ${plural(s[Stat.EpisodeSteps], 'step')}`,
  },
  {
    id: 'last', label: 'Last episode',
    tip: 'Return of the last episode that ran to its end on the stage.',
    value: (s) => (s[Stat.Episodes] > 0 ? `${fixed(s[Stat.LastReturn], 0)} (${plural(s[Stat.Episodes], 'episode')})` : MISSING),
  },
  {
    id: 'error-now', label: '1-step error', half: true,
    tip: 'Distance between the one-step action and the K-step action for the same weights, state and noise, in units of the action range −1 to 1. Where it is near 0, one step is enough.',
    value: (s) => short(s[Stat.OneStepError]),
  },
  {
    id: 'variance-now', label: 'Variance', half: true,
    tip: 'Variance of the K-step actions for the state you see, over the cloud of noise. The paper bounds the one-step error by it: a policy that knows what to do needs one step.',
    value: (s) => short(s[Stat.Variance]),
  },
  {
    id: 'speed', label: 'Speed', half: true,
    tip: 'Simulated seconds per second of yours. 1 is real time.',
    value: (s) => (Number.isFinite(s[Stat.RealTimeFactor]) ? `${s[Stat.RealTimeFactor].toFixed(2)}×` : MISSING),
  },
  {
    id: 'fps', label: 'Frames', half: true,
    tip: 'Frames drawn per second. A computer without a graphics processor draws few; the body keeps its speed.',
    value: (s) => (Number.isFinite(s[Stat.FPS]) ? `${fixed(s[Stat.FPS], 0)}/s` : MISSING),
  },
];

const training = [
  {
    id: 'eval-one', label: 'Return with 1 step', key: 'one',
    tip: 'Mean return ± standard deviation of the newest evaluation: episodes with fixed seeds, one network evaluation per action, no noise added.',
    value: (m, e) => (e ? spread(e[Eval.OneStepMean], e[Eval.OneStepStd]) : MISSING),
  },
  {
    id: 'eval-many', label: 'Return with K steps', key: 'many',
    tip: 'The same weights, episodes and noise with K steps per action. Where the two agree, the other steps were not needed.',
    value: (m, e) => (e ? `${spread(e[Eval.ManyMean], e[Eval.ManyStd])}` : MISSING),
  },
  { id: 'steps-rate', label: 'Env steps/s', half: true, tip: 'Steps of the task’s simulation per second of training, learning included.', value: (m) => count(m?.[Metric.StepsPerSecond]) },
  { id: 'updates-rate', label: 'Updates/s', half: true, tip: 'Updates of both critics and the policy per second of training.', value: (m) => count(m?.[Metric.UpdatesPerSecond]) },
  { id: 'temperature', label: 'Temperature', half: true, tip: 'λ of the policy mirror descent step: the next policy is the last one times exp(Q/λ). Small means greedy. It is adapted so that the noise falls on schedule.', value: (m) => short(m?.[Metric.Temperature]) },
  { id: 'episode', label: 'Last return', half: true, tip: 'Return of the last training episode, with exploration noise; the evaluations above have none.', value: (m) => fixed(m?.[Metric.EpisodeReturn], 0) },
  { id: 'critic-loss', label: 'Critic loss', half: true, tip: 'Mean squared error of both critics against their targets, smoothed over updates.', value: (m) => short(m?.[Metric.CriticLoss]) },
  { id: 'policy-loss', label: 'Policy loss', half: true, tip: 'The weighted flow matching loss, smoothed. It need not fall: its floor is the variance of the actions, and the weights change with λ.', value: (m) => short(m?.[Metric.PolicyLoss]) },
  { id: 'variance', label: 'Variance', half: true, tip: 'Mean over visited states of the variance of the K-step actions.', value: (m) => short(m?.[Metric.Variance]) },
  { id: 'error', label: '1-step error', half: true, tip: 'Mean over visited states of the distance (W2) between the clouds of one-step and K-step actions.', value: (m) => short(m?.[Metric.OneStepError]) },
];

const more = [
  { id: 'updates', label: 'Updates', half: true, tip: 'Updates of the agent so far: one batch from the replay memory each.', value: (m) => count(m?.[Metric.Updates]) },
  { id: 'noise', label: 'Noise', half: true, tip: 'Standard deviation of the exploration noise that is added to an action while training.', value: (m) => short(m?.[Metric.NoiseStd]) },
  { id: 'ess', label: 'Sample size', half: true, tip: 'Effective sample size of the weights exp(Q/λ), as a part of the batch. Near 0, few actions decide everything.', value: (m) => percent(m?.[Metric.ESS], 1) },
  { id: 'q', label: 'Mean Q', half: true, tip: 'Mean over the last batch of the smaller critic’s value: the expected discounted return, scaled as the task scales rewards.', value: (m) => short(m?.[Metric.QMean]) },
  { id: 'shift', label: 'Mean shift', half: true, tip: 'The part of the one-step error that is a shift of the mean: what the network has not learned exactly, which the theory of the exact field leaves out.', value: (m) => short(m?.[Metric.MeanShift]) },
  { id: 'workers', label: 'Workers', half: true, tip: 'Workers that compute the updates now. How many shares a batch has is a setting, on which the result depends; how many workers compute them changes only the time.', value: (m) => count(m?.[Metric.Workers]) },
  { id: 'seconds', label: 'Trained for', half: true, tip: 'Wall time of training, pauses left out.', value: (m) => (m ? `${fixed(m[Metric.Seconds], 1)} s` : MISSING) },
];

/** Numbers writes the rows of the lists once and their values whenever they change. */
export class Numbers {
  #acting;
  #training;
  #hero;

  constructor({ acting: first, training: second, more: third, hero }) {
    this.#acting = rows(first, acting);
    this.#training = [...rows(second, training), ...rows(third, more)];
    this.#hero = hero;
    this.train(null, null);
  }

  /** act shows StageStats. */
  act(stats, sampler, algorithm) {
    for (const { row, output } of this.#acting) write(output, row.value(stats));
    const nfe = stats[Stat.PolicyNFE];
    const critics = stats[Stat.CriticNFE];
    const { nfe: big, noun, how, compare } = this.#hero;
    write(big, count(nfe));
    big.dataset.digits = String(nfe).length;
    write(noun, nfe === 1 ? 'network evaluation per action' : 'network evaluations per action');
    write(how, nfe === 0 ? 'no network acts' : howItActs(algorithm, sampler, critics));
    const times = DIFFUSION_NFE / nfe;
    write(compare, !Number.isFinite(times) || times <= 1 ? '' : `${times >= 10 || Number.isInteger(times) ? count(times) : fixed(times, 1)}× fewer than 20 steps × best of 32`);
  }

  /** train shows the newest Metrics and Evaluation; null where there is none. */
  train(metrics, evaluation) {
    for (const { row, output } of this.#training) write(output, row.value(metrics, evaluation));
  }
}

/** howItActs says what the evaluations are spent on. */
function howItActs(algorithm, { steps, bestOf }, critics) {
  const chosen = `and ${count(critics)} of the critics`;
  if (algorithm === 'sac') return bestOf > 1 ? `${bestOf} samples of the Gaussian, ${chosen}` : 'the Gaussian’s mean; SAC has no steps';
  const [one, many] = algorithm === 'dpmd' ? ['denoising step', 'denoising steps'] : ['step', 'steps'];
  if (bestOf > 1) return `${plural(steps, one, many)} × ${bestOf}, ${chosen}`;
  if (steps > 1) return `${steps} ${many}, one particle`;
  return algorithm === 'dpmd' ? 'one denoising step instead of 20: instructive, not good' : 'one step, one particle, no noise';
}

function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

function rows(list, table) {
  return table.map((row) => {
    const item = document.createElement('div');
    item.className = row.half ? 'number half' : 'number';
    if (row.key) item.dataset.key = row.key;
    const term = document.createElement('dt');
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'term';
    button.textContent = row.label;
    button.dataset.tip = `tip-${row.id}`;
    term.append(button);
    const value = document.createElement('dd');
    const output = document.createElement('output');
    output.id = `num-${row.id}`;
    output.textContent = MISSING;
    value.append(output);
    const tip = document.createElement('div');
    tip.id = `tip-${row.id}`;
    tip.className = 'tip';
    tip.setAttribute('role', 'tooltip');
    tip.textContent = row.tip;
    button.setAttribute('aria-describedby', tip.id);
    term.append(tip);
    item.append(term, value);
    list.append(item);
    return { row, output };
  });
}

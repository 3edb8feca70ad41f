// What the mirror lab shows, as one object and as its text in a link: the problem, numbers as name_value, and the two
// columns' choices as a.name_value and b.name_value, with * between.

import { tr } from './language.js';

/**
 * A choice of a column: its label, what it is, and its formula, which is said on hover.
 * @typedef {{label: string, tip: string, start: number | string, of?: Readonly<Record<string, string>>, min?: number, max?: number, step?: number, log?: boolean}} Choice
 */

/** @typedef {Record<string, number | string>} Column */

/** METHODS by their names in package tabular. */
export const METHODS = Object.freeze({
  'h-pmd': tr('Policy mirror descent'), 'h-pi': tr('Policy iteration'), 'dual-averaging': tr('Dual averaging'), 'softmax-pg': tr('Softmax policy gradient'),
  'mdpo-on': tr('MDPO, m gradient steps'), 'reg-pmd': tr('Regularised descent'), bpmd: tr('Block descent, one state at a time'),
});

export const MAPS = Object.freeze({ entropy: tr('entropy'), euclid: tr('euclid'), tsallis: tr('Tsallis q'), hyperbolic: tr('hyperbolic b'), mixed: tr('mixed (learned)'), barrier: tr('log barrier') });

/** @type {Readonly<Record<string, Choice>>} */
export const CHOICES = Object.freeze({
  method: { label: tr('Method'), tip: tr('How the policy of every state moves. Its numbers follow below.'), start: 'h-pmd', of: METHODS },
  map: { label: tr('Mirror map'), tip: tr('h(p) = Σ H(pₐ), H′ = inv. The step is π_new = [φ(inv(π) + ηQ + λ)]₊, φ = inv⁻¹, λ such that the sum is 1.'), start: 'entropy', of: MAPS },
  q: { label: tr('Order q'), tip: 'H(p) = (p^q − 1)/(q − 1)', start: 0.5, min: 0.1, max: 3, step: 0.05 },
  b: { label: 'b', tip: tr('inv(p) = asinh(p/b): between euclid and entropy'), start: 0.1, min: 0.001, max: 10, step: 0.001, log: true },
  w0: { label: tr('Weight of log p'), tip: 'inv(p) = w₀ log p + w₁ p − w₂ p^−½ + w₃ p^½ + w₄ p³', start: 0.25, min: 0, max: 4, step: 0.01 },
  w1: { label: tr('Weight of p'), tip: tr('w₁ of the mixed map, the weight of p in inv(p)'), start: 0.11, min: 0, max: 4, step: 0.01 },
  w2: { label: tr('Weight of −1/√p'), tip: tr('w₂ of the mixed map, the weight of −p^−½ in inv(p)'), start: 0.02, min: 0, max: 4, step: 0.01 },
  w3: { label: tr('Weight of √p'), tip: tr('w₃ of the mixed map, the weight of p^½ in inv(p)'), start: 0.12, min: 0, max: 4, step: 0.01 },
  w4: { label: tr('Weight of p³'), tip: tr('w₄ of the mixed map, the weight of p³ in inv(p)'), start: 0.06, min: 0, max: 4, step: 0.01 },
  rule: { label: tr('Step rule'), tip: tr('constant: η. geometric: η₀ γ^−k. adaptive: max over states of the least D_h to a greedy policy, over c₀ γ^(2h(k+1)), at most 10⁹.'), start: 'constant', of: { constant: tr('constant'), geometric: tr('geometric'), adaptive: tr('adaptive') } },
  eta: { label: tr('Step η'), tip: tr('η = 1/λ, the inverse of the temperature of FPMD'), start: 1, min: 0.01, max: 1000, step: 0.01, log: true },
  c0: { label: 'c₀', tip: tr('c_k = c₀ γ^(2h(k+1)): the smaller, the larger the step'), start: 1, min: 0.001, max: 10, step: 0.001, log: true },
  h: { label: tr('Lookahead h'), tip: tr('Q_h = r + γ P T^(h−1) V in place of Q'), start: 1, min: 1, max: 20, step: 1 },
  noise: { label: tr('Noise b'), tip: tr('b (2u − 1) is added to every Q at every iteration, u uniform'), start: 0, min: 0, max: 1, step: 0.01 },
  tau: { label: tr('Entropy weight τ'), tip: tr('V_τ = E Σ γ^t (r + τ H(π)); it ends at softmax(Q*_τ/τ)'), start: 0.05, min: 0.001, max: 1, step: 0.001, log: true },
  sampling: { label: tr('States'), tip: tr('Which state moves at each iteration'), start: 'uniform', of: { uniform: tr('uniform'), cyclic: tr('cyclic'), visit: tr('visited'), hybrid: tr('visited, then uniform') } },
  H: { label: tr('Visited for'), tip: tr('Iterations that sample visited states before uniform ones'), start: 96, min: 1, max: 1000, step: 1 },
  lr: { label: tr('Gradient step'), tip: tr('θ += lr ∇V(θ), a step along the gradient'), start: 1, min: 0.01, max: 100, step: 0.01, log: true },
  m: { label: tr('Gradient steps m'), tip: tr('of each iteration on ⟨π, A⟩ − KL(π, π_k)/t_k, t_k = 1 − k/K'), start: 10, min: 1, max: 200, step: 1 },
});

/** @type {Record<string, string[]>} */
const OF_METHOD = {
  'h-pmd': ['map', 'rule', 'h', 'noise'], 'h-pi': ['h'], 'dual-averaging': ['map', 'eta'], 'softmax-pg': ['lr'], 'mdpo-on': ['lr', 'm'],
  'reg-pmd': ['tau', 'eta'], bpmd: ['tau', 'eta', 'sampling'],
};
/** @type {Record<string, string[]>} */
const OF_MAP = { tsallis: ['q'], hyperbolic: ['b'], mixed: ['w0', 'w1', 'w2', 'w3', 'w4'] };
/** @type {Record<string, string>} */
const OF_RULE = { constant: 'eta', geometric: 'eta', adaptive: 'c0' };

/**
 * choicesOf lists what a column has to choose, in the order of its controls.
 * @param {Column} column
 */
export function choicesOf(column) {
  const names = ['method'];
  for (const name of OF_METHOD[column.method]) {
    names.push(name);
    if (name === 'map') names.push(...OF_MAP[column.map] ?? []);
    if (name === 'rule') names.push(OF_RULE[column.rule]);
    if (name === 'sampling' && column.sampling === 'hybrid') names.push('H');
  }
  return names;
}

/** PROBLEMS by their names in package tabular, with what is seen on each. */
export const PROBLEMS = Object.freeze({
  cliff: tr('Cliff: 5 × 8 cells, wind and slip'), deepsea10: tr('Deep sea: ten paid steps to a reward'), 'deepsea:30,0.95': tr('Deep sea: thirty steps, 466 states'), chain8: tr('Chain: a lock of 8 states'), chain5: tr('Chain: a lock of 5 states'),
  trap: tr('Trap: lookahead makes it worse first'), detour48: tr('Detour: 8 states matter, 40 hardly'), garnet20: tr('Garnet: random, ergodic'), threearm: tr('Three arms: the simplex'),
  twoarm: tr('Two arms'), doublewell: tr('Double well: 81 actions'), 'doublewell:1.5,0,81': tr('Equal wells: nothing wins'), grid: tr('Your grid'),
});

/**
 * suited are the columns as they are on a problem: one without a future (gamma = 0) knows the constant step alone.
 * @param {string} problem
 * @param {[Column, Column]} columns
 */
export const suited = (problem, columns) => /** @type {[Column, Column]} */ (/^(twoarm|threearm|doublewell)/.test(problem) ? columns.map((c) => ({ ...c, rule: 'constant' })) : columns);

export const LAYERS = Object.freeze({ value: tr('value V'), gap: tr('gap V* − V'), visits: tr('visits d') });
export const AXES = Object.freeze({ k: tr('iterations'), u: tr('state updates'), b: tr('backups') });

/** GROUND is what a drawn grid does besides its cells. @type {Readonly<Record<'slip' | 'cost' | 'goal', Choice>>} */
export const GROUND = Object.freeze({
  slip: { label: tr('Slip'), tip: tr('With this probability a move turns to one of the two right angles, half of it each'), start: 0.1, min: 0, max: 1, step: 0.01 },
  cost: { label: tr('Cost of a move'), tip: tr('r(s, a) = −cost + goal · P(enter a goal) − P(enter a cliff)'), start: 0.01, min: 0, max: 1, step: 0.01 },
  goal: { label: tr('Reward of a goal'), tip: tr('What entering a goal pays; entering a cliff pays −1'), start: 1, min: 0.1, max: 10, step: 0.1 },
});

/** The grid that one draws on first: cliff's. */
export const DRAWING = Object.freeze(['........', '...#....', '...#....', '........', 'SXXXXXXG']);

/**
 * @typedef {{problem: string, n: number, k: number, layer: string, axis: string, state: number, start: number[], slip: number, cost: number, goal: number, equal: number, lying: number, grid: string[], wind: number[],
 *   seed: number, columns: [Column, Column]}} MirrorState
 */

/** @returns {Column} */
const column = (over = {}) => ({ ...Object.fromEntries(Object.entries(CHOICES).map(([name, { start }]) => [name, start])), ...over });

/**
 * initialMirror is the lab as it is first shown.
 * @returns {MirrorState}
 */
export const initialMirror = () => ({
  problem: 'cliff', n: 60, k: 9, layer: 'value', axis: 'k', state: 30, start: [], slip: 0.1, cost: 0.01, goal: 1, equal: 0, lying: 0, grid: [...DRAWING], wind: [0, 0, 0, 0.2, 0.2, 0.2, 0, 0],
  seed: 1, columns: [column({ rule: 'adaptive', h: 4 }), column({ map: 'euclid' })],
});

const CELLS = '.#SGX';
const WRITTEN = 'owSGX'; // of cells in a link
export const MAX_SIDE = 40;

/** Numbers of the lab outside the columns, with their ranges. @type {Readonly<Record<string, [number, number]>>} */
const NUMBERS = Object.freeze({
  n: [1, 5000], k: [0, 5000], state: [0, 4095], equal: [0, 1], lying: [0, 1], seed: [0, 1e9], ...Object.fromEntries(Object.entries(GROUND).map(([name, { min = 0, max = 1 }]) => [name, [min, max]])),
});

/**
 * textOfMirror writes what differs from the lab as it is first shown.
 * @param {MirrorState} lab
 */
export function textOfMirror(lab) {
  const first = initialMirror();
  const parts = [lab.problem];
  for (const name of Object.keys(NUMBERS)) {
    const value = /** @type {any} */ (lab)[name];
    if (value !== /** @type {any} */ (first)[name]) parts.push(`${name}_${value}`);
  }
  if (lab.layer !== first.layer) parts.push(`layer_${lab.layer}`);
  if (lab.axis !== first.axis) parts.push(`axis_${lab.axis}`);
  if (lab.start.length) parts.push(`start_${lab.start.map((p) => +p.toPrecision(4)).join('!')}`);
  if (lab.problem === 'grid') {
    parts.push(`grid_${lab.grid.map((row) => [...row].map((c) => WRITTEN[CELLS.indexOf(c)]).join('')).join('-')}`);
    if (lab.wind.some((w) => w > 0)) parts.push(`wind_${lab.wind.map((w) => Math.round(10 * w).toString(11)).join('')}`);
  }
  lab.columns.forEach((c, i) => {
    for (const name of choicesOf(c)) if (c[name] !== CHOICES[name].start) parts.push(`${'ab'[i]}.${name}_${c[name]}`);
  });
  return parts.join('*');
}

/**
 * parseMirror reads such a text, or undefined where anything in it is not as it should be.
 * @param {string} text
 * @returns {MirrorState | undefined}
 */
export function parseMirror(text) {
  const [problem, ...parts] = text.split('*');
  if (!Object.hasOwn(PROBLEMS, problem)) return undefined;
  const lab = { ...initialMirror(), problem, columns: /** @type {[Column, Column]} */ ([column(), column()]) };
  let winds = '';
  for (const part of parts) {
    const at = part.indexOf('_');
    const name = part.slice(0, at);
    const value = part.slice(at + 1);
    if (at < 1 || value === '') return undefined;
    if (name === 'wind') winds = value;
    else if (!setPart(lab, name, value)) return undefined;
  }
  const wide = lab.grid[0].length;
  if (winds && (winds.length !== wide || !/^[0-9a]+$/.test(winds))) return undefined;
  lab.wind = problem === 'grid' ? Array.from({ length: wide }, (_, i) => (winds ? parseInt(winds[i], 11) / 10 : 0)) : lab.wind;
  lab.k = Math.min(lab.k, lab.n);
  return lab;
}

/**
 * @param {MirrorState} lab
 * @param {string} name
 * @param {string} value
 */
function setPart(lab, name, value) {
  if (Object.hasOwn(NUMBERS, name)) {
    const [min, max] = NUMBERS[name];
    if (!isNumber(value) || +value < min || +value > max || (!Object.hasOwn(GROUND, name) && !Number.isInteger(+value))) return false;
    return Object.assign(lab, { [name]: +value }) && true;
  }
  switch (name) {
    case 'layer': lab.layer = value; return Object.hasOwn(LAYERS, value);
    case 'axis': lab.axis = value; return Object.hasOwn(AXES, value);
    case 'start':
      lab.start = value.split('!').map(Number);
      return lab.start.length <= 3 && lab.start.every((p) => p >= 0 && p <= 1);
    case 'grid':
      if (!/^[owSGX-]+$/.test(value)) return false;
      lab.grid = value.split('-').map((row) => [...row].map((c) => CELLS[WRITTEN.indexOf(c)]).join(''));
      return lab.grid.length <= MAX_SIDE && lab.grid.every((row) => row.length === lab.grid[0].length && row.length > 0 && row.length <= MAX_SIDE);
  }
  const of = { a: 0, b: 1 }[name.slice(0, 1)];
  const choice = name.slice(2);
  if (of === undefined || name[1] !== '.' || !Object.hasOwn(CHOICES, choice)) return false;
  const { of: words, min = 0, max = 0 } = CHOICES[choice];
  if (words ? !Object.hasOwn(words, value) : !isNumber(value) || +value < min || +value > max) return false;
  lab.columns[of][choice] = words ? value : +value;
  return true;
}

/** @param {string} value */
const isNumber = (value) => /^\d{1,9}(\.\d{1,6})?$/.test(value);

/**
 * settingsOf is tabular.Settings of a column.
 * @param {Column} c
 * @param {MirrorState} lab
 */
export function settingsOf(c, lab) {
  /** @type {Record<string, any>} */
  const s = { method: c.method, iterations: lab.n };
  const has = choicesOf(c);
  if (has.includes('map')) s.map = mapOf(c);
  if (has.includes('h')) s.h = c.h;
  if (has.includes('rule')) s.step = { constant: { kind: 'constant', eta: c.eta }, geometric: { kind: 'geometric', eta0: c.eta }, adaptive: { kind: 'adaptive', c0: c.c0 } }[c.rule];
  else if (has.includes('eta')) s.step = { kind: 'constant', eta: c.eta };
  if (lab.equal && has.includes('map') && !(has.includes('rule') && c.rule === 'adaptive')) s.equalFirstStep = true;
  if (has.includes('noise') && Number(c.noise) > 0) s.noise = { b: c.noise, seed: lab.seed };
  if (has.includes('tau')) s.tau = c.tau;
  if (has.includes('sampling')) Object.assign(s, { sampling: c.sampling, seed: lab.seed });
  for (const name of ['H', 'lr', 'm']) if (has.includes(name)) s[name] = c[name];
  const start = startOf(lab);
  if (start) s.start = start;
  return s;
}

/**
 * mapOf is tabular.Map of a column.
 * @param {Column} c
 */
export function mapOf(c) {
  const w = [c.w0, c.w1, c.w2, c.w3, c.w4].map(Number);
  return { kind: c.map, ...c.map === 'tsallis' && { q: Number(c.q) === 1 ? 1.001 : c.q }, ...c.map === 'hyperbolic' && { b: c.b }, ...c.map === 'mixed' && { w: w.some((x) => x > 0) ? w : [1, 0, 0, 0, 0] } };
}

/**
 * startOf is pi_0 where it is not uniform: a law of three actions, or the probability of the good action in trap's second state.
 * @param {MirrorState} lab
 */
function startOf({ problem, start }) {
  if (problem === 'threearm' && start.length === 3) {
    const sum = start[0] + start[1] + start[2];
    return [start.map((p) => p / sum)];
  }
  if (problem === 'trap' && start.length === 1) return [[0.5, 0.5], [1 - start[0], start[0]], [0.5, 0.5]];
  return undefined;
}

/**
 * problemOf is the problem's part of a MirrorRequest.
 * @param {MirrorState} lab
 */
export function problemOf({ problem, grid, slip, cost, goal, wind }) {
  return problem === 'grid' ? { grid: { layout: grid, slip, step: -cost, goal, wind, gamma: 0.95 } } : { problem };
}

/** FAILURES: instructive ones, each a link of the lab, or of the playground, and a sentence. @type {readonly {title: string, says: string, link?: string, playground?: string}[]} */
export const FAILURES = Object.freeze([
  { title: tr('Lookahead that makes it worse'), says: tr('With two steps of lookahead and a small step the value of trap falls before it rises: the theorem needs large steps. With one step it never falls.'), link: 'trap*n_60*k_6*state_0*start_0.02*a.h_2*a.eta_0.25*b.eta_0.25' },
  { title: tr('Only visited states'), says: tr('Sampling where the policy goes starts fastest and then never gets better: a state that the policy leaves is never mended.'), link: 'detour48*n_960*k_200*axis_u*state_0*a.method_bpmd*a.tau_0.02*a.eta_27.78*a.sampling_visit*b.method_bpmd*b.tau_0.02*b.eta_27.78' },
  { title: tr('The plateau of the policy gradient'), says: tr('On a lock of eight states plain softmax gradient learns to give up and stays; mirror descent divides by the visits and walks on.'), link: 'chain8*n_400*k_400*state_7*a.method_softmax-pg*b.eta_2' },
  { title: tr('A debt that one map charges'), says: tr('From a probability of 10⁻⁶ Tsallis ½ needs hundreds of iterations, entropy log(1/p) of them, euclid nothing extra.'), link: 'trap*n_400*k_167*state_1*start_0.000001*a.map_tsallis*a.eta_0.25*b.eta_0.25' },
  { title: tr('An adaptive step under noise'), says: tr('The greedy action changes, the distance to it is the log-odds that earlier steps made, and the step explodes to its cap: the policy freezes where it is.'), link: 'garnet20*n_30*k_13*state_0*seed_9*a.rule_adaptive*a.h_3*a.noise_0.05*b.rule_adaptive*b.h_3' },
  { title: tr('A learned map, an untuned rival'), says: tr('The learned map beats entropy at a step that nobody tuned. Tune the step, and entropy does as well: press Learn a map and read all bars.'), link: 'cliff*n_60*k_20*a.map_mixed*b.map_entropy' },
  { title: tr('Equal wells'), says: tr('Two actions that are equally good are never told apart: variance rises to the squared distance of the wells and stays, and one step stays wrong.'), link: 'doublewell:1.5,0,81*n_100*k_40*state_0*a.eta_1*b.eta_1*b.map_euclid' },
  { title: tr('MDPO with a proximal weight of 1'), says: tr('Once its earlier copy is certain, (μ − μ_old)²/σ_old² freezes the mean: on Pendulum seed 13 is at −935 after 6,000 steps where seed 11 reaches −150. “As released” has no floor under the copy’s σ; without that quirk they end at −150 and −141.'), playground: '#v=1&task=pendulum&alg=mdpo&set=prox_1*m_50*released_1&seed=13' },
  { title: tr('A proximal term that moves nothing'), says: tr('A hundred gradient steps of on-policy MDPO still stand far from the closed form: states that the policy does not visit do not move.'), link: 'cliff*n_40*k_40*a.method_mdpo-on*a.lr_5*a.m_100*b.eta_1' },
]);

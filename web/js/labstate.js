// What the variance lab shows, as one object and as the text of it in a link: target*s_0.5*c_1, the numbers that the
// target has, the steps, the variant and, for a drawing, its points.

import { tr } from './language.js';

/**
 * @param {number} min
 * @param {number} max
 * @param {number} step
 * @param {string} label
 */
const number = (min, max, step, label) => ({ min, max, step, label });

/**
 * NUMBERS are the sliders.
 * @type {Readonly<Record<string, {min: number, max: number, step: number, label: string}>>}
 */
export const NUMBERS = Object.freeze({
  s: number(0.02, 2, 0.01, tr('Width s')),
  m: number(0.1, 2, 0.01, tr('Distance from 0')),
  w: number(0.05, 0.95, 0.01, tr('Weight of the right mode')),
  h: number(0.5, 2, 0.05, tr('Wells at ±m')),
  d: number(0, 0.6, 0.01, tr('Difference of the wells')),
  l: number(0.2, 5, 0.05, tr('Temperature λ')),
  n: number(0, 60, 1, tr('Mirror-descent steps k')),
  c: number(0.1, 2, 0.01, tr('Source std c')),
  k: number(1, 32, 1, tr('Euler steps K')),
});

/**
 * TARGETS: what each is called, its own numbers with their start values, and what one sees.
 * @type {Readonly<Record<string, {title: string, numbers: Record<string, number>, says: string}>>}
 */
export const TARGETS = Object.freeze({
  gaussian: { title: tr('Gaussian'), numbers: { s: 0.5 }, says: tr('One step of the exact field sends all noise to the mean: its error is s itself. A narrow target loses little, and that is what a policy becomes that has made up its mind.') },
  two: { title: tr('Two modes'), numbers: { m: 0.8, s: 0.1 }, says: tr('One step lands between the modes, where there is nothing. A rectified flow that is trained does the same; a MeanFlow learns the whole way and keeps them apart.') },
  unequal: { title: tr('Unequal modes'), numbers: { m: 0.8, s: 0.1, w: 0.8 }, says: tr('The heavier a mode, the nearer to it the one step lands, and the smaller the variance and its error: move the weight to the end and one step suffices.') },
  ring: { title: tr('Ring'), numbers: { s: 0.1 }, says: tr('All of the ring goes to its centre in one step. Two steps open it, eight close the gap.') },
  moons: { title: tr('Two moons'), numbers: { s: 0.08 }, says: tr('The noise must split between the moons. The split happens early in t, which is why the first steps of K matter most.') },
  eight: { title: tr('Eight Gaussians'), numbers: { s: 0.06 }, says: tr('Eight choices at once. The more the target leaves open, the further one step misses.') },
  drawn: { title: tr('Your drawing'), numbers: { s: 0.08 }, says: tr('Draw with the pointer in the left picture. Each point of your stroke becomes a Gaussian of width s, so the field is exact for a drawing too.') },
  mirror: { title: tr('Mirror descent, unequal wells'), numbers: { l: 1, n: 3, h: 1.5, d: 0.2 }, says: tr('The policy N(0,1) exp(kQ/λ). While both wells hold actions the one-step error rises; once the better one is chosen it falls. That is why a policy that has converged needs one step.') },
  equal: { title: tr('Mirror descent, equal wells'), numbers: { l: 1, n: 3, h: 1.5 }, says: tr('With two equally good actions nothing is ever chosen: the variance stays, and so does the error of one step. That is the limit of the claim.') },
});

export const VARIANTS = Object.freeze(['meanflow', 'rectified']);
const COMMON = { c: 1, k: 4 };
const MAX_POINTS = 64;
export const SPAN = 2.5; // coordinates of a drawing lie in ±SPAN

// A heart-shaped stroke, for those who have not drawn yet.
const STROKE = Array.from({ length: 48 }, (_, i) => {
  const a = (2 * Math.PI * i) / 48;
  return [Math.sin(a) ** 3 * 1.3, (13 * Math.cos(a) - 5 * Math.cos(2 * a) - 2 * Math.cos(3 * a) - Math.cos(4 * a)) / 13];
}).flat();

/**
 * startOf is the lab as a target is first shown.
 * @param {string} target
 * @param {Partial<LabState>} [kept]
 * @returns {LabState}
 */
export function startOf(target, kept = {}) {
  return { target, variant: 'meanflow', ...COMMON, ...kept, ...TARGETS[target].numbers, points: target === 'drawn' ? (kept.points ?? quantised(STROKE)) : undefined };
}

/**
 * numbersOf are the sliders of a target.
 * @param {string} target
 */
export const numbersOf = (target) => [...Object.keys(TARGETS[target].numbers), ...Object.keys(COMMON)];

/** @param {number} x */
const code = (x) => Math.round(((Math.min(Math.max(x, -SPAN), SPAN) + SPAN) / (2 * SPAN)) * 4095);
/** @param {number[]} points */
const quantised = (points) => points.map((x) => (code(x) / 4095) * 2 * SPAN - SPAN);

/**
 * thinned keeps at most as many points of a stroke as a link and the lab hold, evenly, as a link would give them back.
 * @param {number[]} points [n*2]
 */
export function thinned(points) {
  const n = points.length / 2;
  const keep = Math.min(n, MAX_POINTS);
  return quantised(Array.from({ length: keep }, (_, i) => Math.floor((i * n) / keep)).flatMap((i) => [points[2 * i], points[2 * i + 1]]));
}

/**
 * textOf writes a lab.
 * @param {LabState} lab
 */
export function textOf(lab) {
  const parts = [lab.target, ...numbersOf(lab.target).map((name) => `${name}_${numberOf(lab, name)}`), `v_${lab.variant}`];
  if (lab.points) parts.push(`p_${lab.points.map((x) => code(x).toString(16).padStart(3, '0')).join('')}`);
  return parts.join('*');
}

/**
 * numberOf is one of the lab's own numbers.
 * @param {LabState} lab
 * @param {string} name
 */
export const numberOf = (lab, name) => /** @type {any} */ (lab)[name];

/**
 * parseLab reads such a text, or undefined where anything in it is not as it should be.
 * @param {string} text
 */
export function parseLab(text) {
  const [target, ...parts] = text.split('*');
  if (!Object.hasOwn(TARGETS, target)) return undefined;
  const lab = startOf(target);
  const allowed = numbersOf(target);
  for (const part of parts) {
    const [name, value, ...more] = part.split('_');
    if (more.length || value === undefined) return undefined;
    if (name === 'v' && VARIANTS.includes(value)) lab.variant = value;
    else if (name === 'p' && target === 'drawn' && value.length % 6 === 0 && value.length > 0 && value.length <= 6 * MAX_POINTS && /^[0-9a-f]+$/.test(value)) {
      lab.points = Array.from(value.matchAll(/.{3}/g), ([hex]) => hex).map((hex) => (parseInt(hex, 16) / 4095) * 2 * SPAN - SPAN);
    } else if (allowed.includes(name) && /^\d{1,3}(\.\d{1,4})?$/.test(value) && +value >= NUMBERS[name].min && +value <= NUMBERS[name].max && (NUMBERS[name].step < 1 || Number.isInteger(+value))) {
      Object.assign(lab, { [name]: +value });
    } else return undefined;
  }
  return lab;
}

/**
 * requestOf is the LabRequest of a lab.
 * @param {LabState} lab
 */
export function requestOf(lab) {
  const request = /** @type {Record<string, any>} */ ( { target: lab.target, mean: 0, std: lab.s ?? 0, lambda: 0, step: 0, wells: 0, difference: 0, sourceStd: lab.c, steps: lab.k });
  if (lab.target === 'two' || lab.target === 'unequal') {
    const right = lab.w ?? 0.5;
    request.target = 'mixture';
    request.modes = [[1 - right, -(lab.m ?? 0), lab.s], [right, lab.m, lab.s]];
  }
  if (lab.target === 'drawn') request.points = lab.points;
  if (lab.target === 'mirror' || lab.target === 'equal') {
    Object.assign(request, { target: 'mirror', lambda: lab.l, step: lab.n, wells: lab.h, difference: lab.d ?? 0 });
  }
  return request;
}

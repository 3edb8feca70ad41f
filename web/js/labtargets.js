// The targets of the variance lab: what each is called, which numbers it has, and what the worker is asked for.

import { fixed } from './format.js';

/** TARGETS: the numbers that a target listens to, its dimension, and the fields of a LabRequest. */
export const TARGETS = Object.freeze({
  gaussian: { dim: 1, numbers: ['labStd'], ask: (s) => ({ target: 'gaussian', std: s.labStd }) },
  two: { dim: 1, numbers: ['labStd', 'labHalf'], ask: (s) => mixture(s, 0.5) },
  unequal: { dim: 1, numbers: ['labStd', 'labHalf', 'labWeight'], ask: (s) => mixture(s, s.labWeight) },
  'equal-wells': { dim: 1, numbers: ['labHalf', 'labLambda', 'labDescent'], ask: (s) => mirror(s, 0) },
  'unequal-wells': { dim: 1, numbers: ['labHalf', 'labLambda', 'labDescent'], ask: (s) => mirror(s, DIFFERENCE) },
  ring: { dim: 2, numbers: ['labStd'], ask: (s) => ({ target: 'ring', std: s.labStd }) },
  moons: { dim: 2, numbers: ['labStd'], ask: (s) => ({ target: 'moons', std: s.labStd }) },
  eight: { dim: 2, numbers: ['labStd'], ask: (s) => ({ target: 'eight', std: s.labStd }) },
  drawn: { dim: 2, numbers: ['labStd'], ask: (s) => ({ target: 'drawn', std: s.labStd, points: pointsOf(s.labDrawing) }) },
});

/** DIFFERENCE is by how much the value of the right well exceeds that of the left one, where they differ. */
export const DIFFERENCE = 0.3;

/** LEAST_WELLS is how near to 0 the wells may come. */
export const LEAST_WELLS = 0.5;

const mixture = ({ labHalf: m, labStd: s }, weight) => ({ target: 'mixture', modes: [[1 - weight, -m, s], [weight, m, s]] });
const mirror = ({ labHalf, labLambda, labDescent }, difference) => (
  { target: 'mirror', wells: Math.max(LEAST_WELLS, labHalf), lambda: labLambda, step: labDescent, difference });

/** isPath tells whether a target is a policy on the path of mirror descent. */
export const isPath = (target) => target.endsWith('-wells');

/** MOST_POINTS of a drawing are kept: a link has to hold them. */
export const MOST_POINTS = 60;

// A drawing before anybody has drawn: a spiral.
const SPIRAL = Array.from({ length: 36 }, (_, i) => [Math.round(3.2 * (i + 4) * Math.cos(i / 4)), Math.round(3.2 * (i + 4) * Math.sin(i / 4))]).flat();

/** pointsOf reads a drawing, "x.y" in hundredths with _ between; none is the spiral. */
export function pointsOf(text) {
  const hundredths = text === '' ? SPIRAL : text.split('_').flatMap((pair) => pair.split('.').map(Number));
  return hundredths.map((x) => x / 100);
}

/** drawingOf writes [x, y] points for the link. */
export const drawingOf = (points) => points.slice(0, MOST_POINTS).map(([x, y]) => `${Math.round(100 * x)}.${Math.round(100 * y)}`).join('_');

/** requestOf is the LabRequest of the state. */
export function requestOf(state) {
  const none = { mean: 0, std: state.labStd, lambda: 1, step: 0, wells: 1, difference: 0 };
  return { ...none, ...TARGETS[state.labTarget].ask(state), sourceStd: state.labSource, steps: state.labSteps };
}

/** nameOf says in words what the target is. */
export function nameOf(state) {
  const { labTarget: target, labStd: s, labHalf: m } = state;
  switch (target) {
    case 'gaussian': return `a Gaussian of standard deviation ${fixed(s, 2)}`;
    case 'two': return `two equal modes at ±${fixed(m, 1)} of width ${fixed(s, 2)}`;
    case 'unequal': return `two modes at ±${fixed(m, 1)} of width ${fixed(s, 2)}, the right one with ${Math.round(100 * state.labWeight)} %`;
    case 'equal-wells': return `a policy after ${state.labDescent} mirror-descent steps on a value with two equally good actions`;
    case 'unequal-wells': return `a policy after ${state.labDescent} mirror-descent steps on a value whose right action is better`;
    default: return { ring: 'a ring', moons: 'two moons', eight: 'eight Gaussians on a circle', drawn: 'your drawing' }[target];
  }
}

import { MOST_WEIGHT, bend, fitMixed, mixedAt } from '../js/mirrormaps.js';
import { equal, holds, test } from './unit.js';

const PS = Array.from({ length: 100 }, (_, i) => (i + 1) / 100);

/** @param {number[]} got @param {number[]} want @param {string} what */
const near = (got, want, what) => got.forEach((v, i) => holds(Math.abs(v - want[i]) < 1e-6, `${what}: ${got} is not ${want}`));

test('the curves of the named maps are mixed maps', () => {
  near(fitMixed(PS, PS.map((p) => Math.log(p) - Math.log(0.01))), [1, 0, 0, 0, 0], 'entropy');
  near(fitMixed(PS, PS.map((p) => p - 0.01)), [0, 1, 0, 0, 0], 'euclid');
  near(fitMixed(PS, PS.map((p) => 10 - 1 / Math.sqrt(p))), [0, 0, 1, 0, 0], 'Tsallis 1/2');
  near(fitMixed(PS, PS.map((p) => 3 * Math.sqrt(p) - 0.3)), [0, 0, 0, 3, 0], 'Tsallis 3/2');
});

test('a mixed map is fitted by itself', () => {
  const w = [0.25, 0.11, 0.02, 0.12, 0.06];
  near(fitMixed(PS, PS.map((p) => mixedAt(w, p))), w, 'the learned map');
});

test('every map increases, and a fit is never negative', () => {
  for (const b of [0.01, 0.1, 1]) {
    const w = fitMixed(PS, PS.map((p) => Math.asinh(p / b) - Math.asinh(0.01 / b)));
    holds(w.every((v) => v >= 0 && v <= MOST_WEIGHT), `hyperbolic ${b} gives ${w}`);
  }
});

test('a bent curve passes through the pointer', () => {
  const w = [0.25, 0.11, 0.02, 0.12, 0.06];
  for (const [p, c] of [[0.3, 2], [0.9, 1], [1, 3], [0.05, 0.1]]) {
    const bent = bend(w, p, c);
    holds(Math.abs(mixedAt(bent, p) - c) < 1e-6, `at ${p} it is ${mixedAt(bent, p)}, not ${c}`);
    holds(bent.every((v) => v >= 0 && v <= MOST_WEIGHT), `weights ${bent}`);
  }
  equal(bend(w, 0.5, mixedAt(w, 0.5)), w, 'where it is already it stays');
  holds(bend(w, 0.5, 1e9).every((v) => v <= MOST_WEIGHT), 'no weight leaves its range');
});

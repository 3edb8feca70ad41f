import { NUMBERS, TARGETS, numbersOf, parseLab, requestOf, startOf, textOf, thinned } from '../js/labstate.js';
import { equal, holds, test } from './unit.js';

test('the text of each target gives it back', () => {
  for (const target of Object.keys(TARGETS)) {
    const lab = startOf(target);
    equal(parseLab(textOf(lab)), lab, target);
  }
});

test('a text that is not as it should be is none', () => {
  for (const text of ['', 'nothing', 'two*m', 'two*m_9', 'two*m_0.8*x_1', 'two*v_other', 'drawn*p_12', '__proto__', 'constructor', 'two*constructor_1', 'two*__proto___1', 'gaussian*k_1.5']) {
    equal(parseLab(text), undefined, text);
  }
});

test('a stroke is thinned to what a link holds', () => {
  const points = thinned(Array.from({ length: 2000 }, (_, i) => Math.sin(i)));
  equal(points.length, 128);
  equal(parseLab(textOf({ ...startOf('drawn'), points }))?.points, points);
});

test('a request has the modes of the target', () => {
  equal(requestOf(startOf('two')).modes, [[0.5, -0.8, 0.1], [0.5, 0.8, 0.1]]);
  const { target, step, wells } = requestOf(startOf('equal'));
  equal({ target, step, wells }, { target: 'mirror', step: 3, wells: 1.5 });
});

test('start values lie in their ranges', () => {
  for (const target of Object.keys(TARGETS)) {
    const lab = /** @type {Record<string, any>} */ (startOf(target));
    for (const name of numbersOf(target)) {
      const { min, max } = /** @type {Record<string, {min: number, max: number}>} */ (NUMBERS)[name];
      holds(lab[name] >= min && lab[name] <= max, `${target}: ${name} = ${lab[name]}`);
    }
  }
});

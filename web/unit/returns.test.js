import { verdict } from '../js/returns.js';
import { equal, test } from './unit.js';

test('the verdict claims no more than its interval does, and says where an episode diverged', () => {
  /** @type {(interval: [number, number], burst?: string) => Scored} */
  const scored = (interval, burst) => ({ of: '', one: Array(20).fill(100), many: [], oneMean: { value: 100, interval: [90, 110] }, manyMean: { value: 105, interval: [95, 115] }, difference: { value: 5, interval }, burst });
  equal(verdict(scored([-1, 11]), 4), 'no difference in 20 returns');
  equal(verdict(scored([1, 9]), 4), '4 steps return 5 more');
  equal(verdict(scored([1, 9], 'episode 3 diverged at step 1: action 0 is NaN'), 4), '4 steps return 5 more, although one diverged');
});

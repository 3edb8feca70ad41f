import { painted, stepTo } from '../js/mirrorgrid.js';
import { movedLaw } from '../js/mirrordraw.js';
import { equal, test } from './unit.js';

test('a tool changes one cell, or the wind of a column', () => {
  const layout = ['S..', '..G'];
  equal(painted(layout, [], '#', 1, 1), { grid: ['S..', '.#G'], wind: [0, 0, 0] });
  equal(layout, ['S..', '..G'], 'what was there stays');
  equal(painted(layout, [0, 0.2, 0.6], 'wind', 0, 1).wind, [0, 0.4, 0.6]);
  equal(painted(layout, [0, 0.2, 0.6], 'wind', 0, 2).wind, [0, 0.2, 0]);
  equal(painted(layout, [0, 0, 0], '#', 2, 0), { grid: layout, wind: [0, 0, 0] }, 'outside nothing changes');
});

test('the arrows walk over states and over one wall', () => {
  /** @type {[number, number][]} */
  const at = [[0, 0], [0, 2], [1, 0]];
  equal(stepTo(at, [0, 0], [0, 1]), 1);
  equal(stepTo(at, [0, 0], [1, 0]), 2);
  equal(stepTo(at, [0, 2], [0, 1]), -1);
});

test('the arrows move a law of three actions', () => {
  equal(movedLaw([0.5, 0.3, 0.2], 'Tab'), undefined);
  equal(movedLaw([0.5, 0.3, 0.2], 'ArrowUp'), [0.54, 0.28, 0.18]);
  equal(movedLaw([0.5, 0.3, 0.2], 'ArrowLeft'), [0.5, 0.32, 0.18]);
});

import { open } from '../js/link.js';
import { initial } from '../js/state.js';
import { equal, holds, test } from './unit.js';

/**
 * opened is the state of a page with such an address, what it was told, and its address afterwards.
 * @param {string} hash
 */
function opened(hash) {
  const before = location.hash;
  /** @type {string[]} */
  const told = [];
  const messages = /** @type {import('../js/messages.js').Messages} */ (/** @type {unknown} */ ({ error: (/** @type {string} */ text) => told.push(text) }));
  history.replaceState(null, '', hash);
  const { state } = open(messages);
  const after = location.hash;
  history.replaceState(null, '', before || ' ');
  return { state, told, after };
}

// Where motion is to be reduced, nothing moves by itself.
const still = matchMedia('(prefers-reduced-motion: reduce)').matches ? { playing: false, auto: false, slow: false } : {};

test('a page opens with the state of its link, and keeps the link', () => {
  const { state, told, after } = opened('#v=1&task=pendulum&seed=7');
  equal(state, { ...initial(), ...still, task: 'pendulum', seed: 7 });
  equal(told, []);
  holds(after.includes('task=pendulum') && after.includes('seed=7'), after);
});

test('what a link says wrong is told in one message, and leaves the address', () => {
  const { state, told, after } = opened('#v=1&seed=abc&task=attic&t=0.5');
  equal([state.seed, state.task, state.t], [initial().seed, initial().task, 0.5]);
  equal(told.length, 1);
  for (const word of ['seed', 'attic']) holds(told[0].includes(word), told[0]);
  holds(!after.includes('abc') && !after.includes('attic'), after);
});

test('a link to somebody’s own body opens another one and says what is missing', () => {
  const { state, told } = opened('#v=1&task=custom');
  equal(state.task, initial().task);
  equal(told.length, 1);
  holds(told[0].includes('drop its file here'), told[0]);
});

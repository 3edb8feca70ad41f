// What is seen of the body before the stage's first picture.

import { coordinates, prelude } from '../js/prelude.js';
import recorded from '../js/recorded.js';
import { Store, initial } from '../js/state.js';
import { equal, holds, test } from './unit.js';

/** @param {Partial<State>} [state] */
function page(state) {
  document.getElementById('prelude')?.remove();
  document.body.insertAdjacentHTML('beforeend', '<div id="prelude" hidden><svg id="prelude-body"></svg></div>');
  const store = new Store({ ...initial(), ...state });
  const stage = new EventTarget();
  prelude(store, stage);
  return { store, stage };
}

const shown = () => document.getElementById('prelude')?.hidden === false;

test('the page as it opens shows the recorded body, until the stage draws its own', () => {
  const { stage } = page();
  holds(shown(), 'it is shown');
  equal(document.querySelectorAll('#prelude line').length, 2 + 2 * recorded.limbs.length);
  stage.dispatchEvent(new Event('drawn'));
  holds(!shown(), 'it has gone');
});

test('where something else is asked for it is not shown, or goes', () => {
  for (const state of [{ task: 'hopper' }, { algorithm: 'sac' }, { drive: 'zero' }, { place: 'lab' }]) {
    page(/** @type {Partial<State>} */ (state));
    holds(!shown(), JSON.stringify(state));
  }
  const { store } = page();
  store.set({ task: 'pendulum' });
  holds(!shown(), 'another task');
});

test('a moment between two frames lies between them, and after the last comes the first', () => {
  const [first, second] = recorded.frames;
  equal(coordinates(0), first);
  equal(coordinates(recorded.period / 2), first.map((x, i) => x + (second[i] - x) / 2));
  equal(coordinates(recorded.period * (recorded.frames.length - 1)), first);
});

import { dotsOf } from '../js/mirrorlive.js';
import { drags } from '../js/drag.js';
import { equal, test } from './unit.js';

test('dots come from the stage’s numbers, by their first columns', () => {
  const head = 'age (0 is newest),std c of the noise,variance tr Var of actions in -1..1,W2 of one step lower bound,W2 upper bound,shift of the mean,W2 without shift lower bound,"cos, x"\n';
  equal(dotsOf(`${head}0,1,0.25,0.4,0.5,0.1,0.3,1\n1,1,0.01,0.1,0.12,0,0.1,0.5\n`), [{ variance: 0.25, lower: 0.4, upper: 0.5, shift: 0.1 }, { variance: 0.01, lower: 0.1, upper: 0.12, shift: 0 }]);
  equal(dotsOf(head), []);
  equal(dotsOf(`${head}0,1,NaN,0.4,0.5,0.1,0.3,1\n`), [], 'what did not come out is left out');
});

test('Escape takes a drag back, and a press that begins none is left alone', () => {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setPointerCapture = () => {};
  document.body.append(svg);
  let value = 0;
  let taken = true;
  drags(svg, () => (taken ? () => { value = 0; } : null), (event) => { value = event.clientX; });
  const send = (/** @type {string} */ type, x = 0) => svg.dispatchEvent(new PointerEvent(type, { pointerId: 1, clientX: x, bubbles: true }));
  const escape = () => svg.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', bubbles: true }));
  send('pointerdown');
  send('pointermove', 5);
  equal(value, 5);
  escape();
  equal(value, 0);
  send('pointermove', 7);
  equal(value, 0, 'the drag has ended');
  send('pointerdown');
  send('pointermove', 3);
  send('pointerup', 3);
  escape();
  equal(value, 3, 'what has ended stays');
  taken = false;
  send('pointerdown');
  send('pointermove', 9);
  equal(value, 3);
  svg.remove();
});

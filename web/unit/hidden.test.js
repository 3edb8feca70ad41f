// What is said of a training whose tab was hidden: js/hidden.js.

import { sayWhatHidingCost } from '../js/hidden.js';
import { Metric, NumMetrics } from '../js/protocol.js';
import { Signal } from '../js/signal.js';
import { equal, test } from './unit.js';

/**
 * A training at 80 steps a second whose tab is hidden for some seconds, in which it makes so many steps.
 * @param {number} seconds
 * @param {number} made
 * @param {(training: any) => void} [meanwhile]
 */
function hiddenFor(seconds, made, meanwhile = () => {}) {
  const real = performance.now;
  let clock = 0;
  performance.now = () => clock;
  const tab = Object.assign(new EventTarget(), { hidden: false });
  const metrics = Object.assign(new Float64Array(NumMetrics), { [Metric.Seconds]: 100, [Metric.EnvSteps]: 8000 });
  const training = { phase: 'running', envSteps: 8000, metrics, measured: new Signal(), cleared: new Signal() };
  /** @type {string[]} */
  const said = [];
  sayWhatHidingCost(/** @type {any} */ (training), { say: (text) => { said.push(text); } }, /** @type {any} */ (tab));
  const turn = (/** @type {boolean} */ hidden) => {
    tab.hidden = hidden;
    tab.dispatchEvent(new Event('visibilitychange'));
  };
  turn(true);
  clock += 1000 * seconds;
  training.measured.send();
  meanwhile(training);
  turn(false);
  training.envSteps += made;
  training.measured.send();
  training.measured.send();
  performance.now = real;
  return said;
}

test('what the browser held back is said once', () => {
  equal(hiddenFor(600, 1200), ['This tab was hidden for 600 seconds, and the browser held its training back: 1,200 steps instead of about 48,000. Only time is lost; a window of its own keeps it going.']);
});

test('a training that went on is not spoken of, nor a short while, nor another run', () => {
  equal(hiddenFor(600, 47_000), []);
  equal(hiddenFor(20, 0), []);
  equal(hiddenFor(600, 0, (training) => training.cleared.send()), []);
  equal(hiddenFor(600, 0, (training) => { training.phase = 'paused'; }), []);
});

// What a training lost while its tab was hidden: a worker goes on at full speed there, unless the browser holds it back.

import { count, plural } from './format.js';
import { tr } from './language.js';
import { Metric } from './protocol.js';

const LONG = 30; // s, the shortest time of which something is said
const LESS = 0.5; // of the steps that were due

/**
 * sayWhatHidingCost follows a training and the tab that it is in.
 * @param {Pick<import('./training.js').Training, 'phase' | 'envSteps' | 'metrics' | 'measured' | 'cleared'>} training
 * @param {Pick<import('./messages.js').Messages, 'say'>} messages
 * @param {Pick<Document, 'hidden' | 'addEventListener'>} tab
 */
export function sayWhatHidingCost(training, messages, tab = document) {
  /** @type {{at: number, steps: number, rate: number, seconds: number} | null} seconds: how long it was hidden, 0 while it is */
  let left = null;
  tab.addEventListener('visibilitychange', () => {
    const { phase, envSteps, metrics } = training, now = performance.now() / 1000;
    if (!tab.hidden) {
      if (left) left.seconds = now - left.at;
    } else if (phase === 'running' && metrics && metrics[Metric.Seconds] > 0) {
      left = { at: now, steps: envSteps, rate: metrics[Metric.EnvSteps] / metrics[Metric.Seconds], seconds: 0 };
    } else left = null;
  });
  training.cleared.add(() => { left = null; });
  training.measured.add(() => {
    if (!left?.seconds || tab.hidden) return;
    const { steps, rate, seconds } = left, made = training.envSteps - steps, due = rate * seconds;
    left = null;
    if (training.phase !== 'running' || seconds < LONG || made > LESS * due) return;
    messages.say(tr`This tab was hidden for ${plural(Math.round(seconds), 'second')}, and the browser held its training back: ${plural(made, 'step')} instead of about ${count(+due.toPrecision(2))}. Only time is lost; a window of its own keeps it going.`);
  });
}

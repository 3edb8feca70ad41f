// What the cards write: what is not known is a dash, and a rate is that of the whole run.

import { Metric, NumMetrics, NumStats, Stat } from '../js/protocol.js';
import { equal, holds, test } from './unit.js';

/** The cards of the page, and what they say. */
async function cards() {
  const page = new DOMParser().parseFromString(await (await fetch('/index.html')).text(), 'text/html');
  for (const element of page.querySelectorAll('script, iframe, link')) element.remove();
  document.body.replaceChildren(...page.body.children);
  const { Numbers } = await import('../js/numbers.js');
  return { numbers: new Numbers(), said: (/** @type {string[]} */ ...names) => names.map((name) => document.getElementById(`num-${name}`)?.textContent) };
}

const one = { steps: 1, bestOf: 1 };

test('what has not been measured is a dash, and no 0', async () => {
  const { numbers, said } = await cards();
  numbers.act(new Float64Array(NumStats), one, 'fpmd-m');
  equal(said('error-now', 'variance-now', 'last'), ['–', '–', '–']);
  const stats = new Float64Array(NumStats).fill(NaN);
  stats[Stat.Episodes] = 1; // it was moved by hand, and counts for nothing
  numbers.act(stats, one, 'fpmd-m');
  equal(said('error-now', 'variance-now', 'last', 'time'), ['–', '–', '–', '–']);
  numbers.train(null, null);
  equal(said('variance', 'error', 'steps-rate', 'updates-rate', 'eval-one', 'eval-many'), Array(6).fill('–'));
});

test('the rate is that of the whole run, also when its newest row is slow', async () => {
  const { numbers, said } = await cards();
  const row = new Float64Array(NumMetrics);
  Object.assign(row, { [Metric.Seconds]: 100, [Metric.EnvSteps]: 8000, [Metric.Updates]: 7500, [Metric.StepsPerSecond]: 6, [Metric.UpdatesPerSecond]: 5 });
  numbers.train(row, null);
  equal(said('steps-rate', 'updates-rate', 'variance', 'error'), ['80', '75', '–', '–']);
});

test('before a policy has acted no evaluations are counted', async () => {
  const { numbers, said } = await cards();
  numbers.act(new Float64Array(NumStats), one, 'sac', true);
  equal(said('nfe'), ['–']);
  numbers.act(new Float64Array(NumStats), one, 'sac', false);
  equal(said('nfe'), ['0']);
});

test('one word is one thing: of two numbers with the same name the meaning is the same', async () => {
  const { default: metrics } = await import('../js/metrics.js');
  /** @type {Map<string, string>} */
  const meant = new Map();
  for (const { label, formula } of Object.values(metrics).flat()) {
    const meaning = formula.replace(/^mean over states of | for one state( and noise)?$/g, '');
    holds((meant.get(label) ?? meaning) === meaning, `${label} is ${meant.get(label)} and ${meaning}`);
    meant.set(label, meaning);
  }
  equal(meant.get('1-step error')?.startsWith('W₂('), true);
});

import { Client } from '../js/client.js';
import { Eval, Metric, NumEvaluation, NumMetrics, Type, message } from '../js/protocol.js';
import { Training } from '../js/training.js';
import { equal, test } from './unit.js';

const info = { task: 'pendulum', algorithm: 'fpmd-m', seed: 1, envSteps: 0, totalSteps: 100, updates: 0, seconds: 0 };

/** A worker that answers each request by the message that is given for its type. */
function begun(/** @type {Record<number, [number, unknown]>} */ answers) {
  const client = new Client(() => {});
  const training = new Training({
    heard: 0,
    request: async (type) => {
      const [answer, body] = answers[type];
      return { type: answer, id: 1, body, data: [] };
    },
  });
  training.listen(client);
  training.ready();
  return { client, training };
}

const evaluation = (/** @type {number} */ one) => {
  const row = new Float64Array(NumEvaluation);
  row[Eval.OneStepMean] = one;
  return row;
};

test('the curve has every evaluation, and the best of them', async () => {
  const { client, training } = begun({ [Type.Train]: [Type.Started, info] });
  await training.train({ task: 'pendulum', algorithm: 'fpmd-m', seed: 1, steps: 100 });
  for (const one of [-300, -100, -200]) client.receive(message(Type.Evaluation, 0, undefined, [evaluation(one).buffer]));
  equal(training.rows.length, 3);
  equal(training.best, -100);
  const curve = new Float64Array(training.curve());
  equal([0, 1, 2].map((i) => curve[i * NumEvaluation + Eval.OneStepMean]), [-300, -100, -200]);
});

test('the phase follows what the worker says', async () => {
  const { client, training } = begun({ [Type.Train]: [Type.Started, info], [Type.Pause]: [Type.Paused, info], [Type.Continue]: [Type.Running, info], [Type.Stop]: [Type.Stopped, undefined] });
  const phases = [/** @type {string} */ (training.phase)];
  training.changed.add(() => phases.at(-1) !== training.phase && phases.push(training.phase));
  await training.train({ task: 'pendulum', algorithm: 'fpmd-m', seed: 1, steps: 100 });
  await training.pause();
  await training.resume();
  client.receive(message(Type.Finished, 0, { ...info, envSteps: 100 }));
  await training.stop();
  equal(phases, ['idle', 'starting', 'running', 'pausing', 'paused', 'starting', 'running', 'finished', 'stopping', 'idle']);
});

test('what is left of a run goes by the last half minute that learned', async () => {
  const { client, training } = begun({ [Type.Train]: [Type.Started, { ...info, totalSteps: 10_000 }], [Type.Stop]: [Type.Stopped, undefined] });
  await training.train({ task: 'pendulum', algorithm: 'fpmd-m', seed: 1, steps: 10_000 });
  const left = (/** @type {number} */ seconds, /** @type {number} */ envSteps, /** @type {number} */ updates) => {
    const row = Object.assign(new Float64Array(NumMetrics), { [Metric.Seconds]: seconds, [Metric.EnvSteps]: envSteps, [Metric.Updates]: updates });
    client.receive(message(Type.Metrics, 0, undefined, [row.buffer]));
    return training.left;
  };
  equal([left(5, 4000, 0), left(10, 4500, 500), left(39, 4700, 700)], [NaN, NaN, NaN]);
  equal(left(40, 4800, 800), 520); // 300 steps in 30 s
  equal(left(45, 5000, 1000), 500); // at the same pace
  equal(left(70, 5400, 1400), 230); // 600 steps in 30 s
  equal(left(100, 5400, 1400), NaN); // it stands still
  await training.stop();
  equal(left(1, 20, 1), NaN);
});

test('how far a run has come is the most that was reported', () => {
  const { client, training } = begun({});
  const row = new Float64Array(NumMetrics);
  row[1] = 42;
  client.receive(message(Type.Metrics, 0, undefined, [row.buffer]));
  equal(training.envSteps, 42);
});

import { keyOf, stepsOf, variantsOf } from '../js/experimentdata.js';
import { judge, parseText, read, requestOf, settingsOf, toText, withSetting, withoutShards } from '../js/settings.js';
import { initial } from '../js/state.js';
import { equal, holds, test } from './unit.js';

/** @typedef {import('../js/runrecords.js').KeptRun} KeptRun */

/** @type {TaskInfo} */
const task = {
  name: 'pendulum', title: 'Pendulum', solved: -200,
  fields: {
    steps: { kind: 'int', min: 1, max: 1e6, help: '' },
    gamma: { kind: 'float', min: 0, max: 1, help: '' },
    released: { kind: 'bool', min: 0, max: 1, help: '' },
    weighting: { kind: 'enum', min: 0, max: 0, values: ['per-state', 'global', 'constant'], help: '' },
    hidden: { kind: 'ints', min: 1, max: 512, items: [1, 3], help: '' },
  },
  sizes: { 'fpmd-m': { browser: { steps: 100, gamma: 0.98, released: false, weighting: 'per-state', hidden: [64, 64] } } },
};
const state = { ...initial(), task: 'pendulum', algorithm: 'fpmd-m' };

test('each kind of field reads what it takes and nothing else', () => {
  const field = (/** @type {string} */ kind) => ({ kind, min: 0, max: 100, values: ['a', 'b'], items: [1, 3], help: '' });
  const cases = /** @type {[string, string, unknown][]} */ ([
    ['int', '12', 12], ['int', '1e2', 100], ['int', '1.5', undefined], ['int', '101', undefined], ['int', '', undefined],
    ['float', '1e-3', 0.001], ['float', '-1', undefined], ['float', 'NaN', undefined], ['float', '0x10', undefined], ['float', '1_0', undefined],
    ['enum', 'a', 'a'], ['enum', 'c', undefined], ['enum', 'constructor', undefined],
    ['bool', '1', true], ['bool', 'false', false], ['bool', 'yes', undefined], ['bool', 'constructor', undefined], ['bool', '__proto__', undefined], ['bool', 'toString', undefined],
    ['ints', '8, 16', [8, 16]], ['ints', '8.16', [8, 16]], ['ints', '8,16,32,64', undefined], ['ints', '8,', undefined], ['ints', '500', undefined],
  ]);
  for (const [kind, text, want] of cases) equal(read(field(kind), text), want, `${kind} ${text}`);
});

test('a link that sets what is out of range keeps the rest and names what goes', () => {
  const { settings, refused } = judge({ ...state, settings: 'gamma_0.9*hidden_9999*released_constructor*toString_1*weighting_valueOf' }, task);
  equal(settings, 'gamma_0.9');
  equal(refused.length, 4);
  for (const name of ['hidden', 'released', 'toString', 'weighting']) holds(refused.some((text) => text.includes(name)), name);
});

test('what is not a setting never enters the values', () => {
  const values = settingsOf({ ...state, settings: 'released_constructor*constructor_1*toString_1' }, task)?.values;
  equal(values, task.sizes['fpmd-m'].browser);
});

test('a value of the preset needs no words', () => {
  equal(withSetting({ ...state, settings: 'gamma_0.9' }, task, 'gamma', 0.98), '');
  equal(withSetting({ ...state, settings: 'gamma_0.9' }, task, 'hidden', [32, 32]), 'gamma_0.9*hidden_32.32');
});

test('a request holds only what differs from the defaults', () => {
  equal(requestOf({ ...state, settings: 'gamma_0.9' }, task), { task: 'pendulum', algorithm: 'fpmd-m', seed: 1, steps: 100, config: { gamma: 0.9 } });
});

test('shards that Train entered are taken back, others stay', () => {
  equal(withoutShards('gamma_0.9*shards_2', 'gamma_0.9*shards_2'), 'gamma_0.9');
  equal(withoutShards('shards_3', 'shards_2'), 'shards_3');
});

test('names of before are read as those of today, in links, records and sweeps', () => {
  equal(parseText('alphaInit_3*temperatureInit_4*alphaLR_0.01').refused, ['temperatureInit_4']);
  equal(toText(parseText('alphaLR_0.01*alphaInit_3').map), 'temperatureInit_3*temperatureLR_0.01');
  const run = (/** @type {Values} */ config) => /** @type {KeptRun} */ ({ task: 'pendulum', algorithm: 'fpmd-m', steps: 1, config });
  equal(keyOf(run({ alphaInit: 3 })), keyOf(run({ temperatureInit: 3 })));
  equal(variantsOf('alphaInit = 3', { temperatureInit: { kind: 'float', min: 0, max: 9, help: '' } }), [{ temperatureInit: 3 }]);
});

test('a text of settings is read part by part', () => {
  const { map, refused } = parseText('gamma_0.9*gamma*gamma_1*<b>_1*hidden_8.8');
  equal([...map], [['gamma', '0.9'], ['hidden', '8.8']]);
  equal(refused, ['gamma', 'gamma_1', '<b>_1']);
  equal(parseText('a_1*'.repeat(400)).map.size, 0);
});

test('steps are typed in decimal digits, with commas or spaces between thousands', () => {
  const all = ['', '0', '010', '60000', '60,000', '1 000 000', '100,000,000', '0x10', '1e3', '0b11', '60.000', '1,5', '1_000', '-1', '100,000,001', '9'.repeat(400)];
  equal(all.map(stepsOf), [0, 0, 10, 60000, 60000, 1e6, 1e8, ...Array(9).fill(undefined)]);
});

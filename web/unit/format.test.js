import { between, count, duration, fixed, percent, plural, short, spread } from '../js/format.js';
import { equal, test } from './unit.js';

test('what is no finite number is a dash', () => {
  for (const write of [count, short, duration, (/** @type {number} */ x) => fixed(x, 2)]) {
    for (const x of [NaN, Infinity, -Infinity]) equal(write(x), '–');
  }
  equal(percent(1, 0), '–');
  equal(spread(NaN, 1), '–');
});

test('numbers are written with a minus sign and separated thousands', () => {
  equal([count(-1234567), fixed(-1.25, 1), short(-0.5)], ['−1,234,567', '−1.3', '−0.500']);
  equal([0, 999, 1000, 999_999.5, 1e9].map(count), ['0', '999', '1,000', '1,000,000', '1,000,000,000']);
});

test('short keeps three digits', () => {
  equal([0, 9.999, 0.012345, 1.5e-7, 123.4, 12345].map(short), ['0', '10.0', '0.0123', '1.5e−7', '123', '12,345']);
});

test('durations choose their unit', () => {
  equal([14.2, 50_000, 2e6].map(duration), ['14.2 µs', '50 ms', '2 s']);
});

test('bounds are two numbers where they differ', () => {
  equal([between(0.12, 0.345), between(0.12, 0.12), between(NaN, NaN)], ['0.120 to 0.345', '0.120', '–']);
});

test('nouns follow their number', () => {
  equal([plural(1, 'step'), plural(2, 'step'), plural(1000, 'entry', 'entries')], ['1 step', '2 steps', '1,000 entries']);
});

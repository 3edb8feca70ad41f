import { cell, ended, foreign, quoted } from '../js/words.js';
import { equal, holds, test } from './unit.js';

test('a foreign text is cut, and what cannot be seen is written by its number', () => {
  equal(quoted('a\u0000b\u202Ec\u200Bd\n'), '“a\\u{0}b\\u{202e}c\\u{200b}d\\u{a}”');
  equal(foreign('x'.repeat(61)), `${'x'.repeat(60)}… (61 characters)`);
  holds(foreign('\u0001'.repeat(600_000)).length < 500, 'a text of control characters stays short');
  equal(foreign('😀'.repeat(3)), '😀😀😀');
});

test('of a long foreign text only the beginning is taken apart', () => {
  const { from } = Array;
  let most = 0;
  Array.from = (/** @type {any} */ of, /** @type {any[]} */ ...more) => {
    most = Math.max(most, of.length ?? 0);
    return Reflect.apply(from, Array, [of, ...more]);
  };
  try {
    quoted('ö'.repeat(5_000_000));
  } finally {
    Array.from = from;
  }
  holds(most > 0 && most <= 200, `${most} characters`);
});

test('a cell of a CSV file is no formula', () => {
  equal(['=1+1', '+1', '-1', '@a', 'plain', 'a,b', 'say "x"'].map(cell), ["'=1+1", "'+1", "'-1", "'@a", 'plain', '"a,b"', '"say ""x"""']);
  equal([-1.5, NaN, Infinity, 0].map(cell), ['-1.5', '', '', '0']);
});

test('a cause ends with a full stop', () => {
  equal(['a', 'a.', 'a! '].map(ended), ['a.', 'a.', 'a!']);
});

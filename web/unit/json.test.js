import { jsonIn } from '../js/json.js';
import { equal, test, throws } from './unit.js';

test('JSON is read as it stands', () => {
  for (const value of [null, 1, 'a', [], {}, { a: { a: [{ a: 1 }, { a: '"a":1' }] }, b: '\\', '': ':', ' "': [] }]) {
    equal(jsonIn(JSON.stringify(value)), value);
    equal(jsonIn(JSON.stringify(value, null, '\t')), value);
  }
});

test('a name that is given twice is refused, however it is written', async () => {
  await throws(() => jsonIn('{"a":1,"a":2}'), /the name “a” twice/);
  await throws(() => jsonIn('[{"b":{"a":1,"c":"}","\\u0061" : 2}}]'), /the name “a” twice/);
  await throws(() => jsonIn('{"__proto__":1,"__proto__":2}'), /the name “__proto__” twice/);
  await throws(() => jsonIn(`{"${'x'.repeat(1e5)}":1,"${'x'.repeat(1e5)}":2}`), /^it has the name “x{60}… \(100,000 characters\)” twice$/);
});

test('what is no JSON, or nested so deep that a walk through it could run out of stack, is refused', async () => {
  for (const text of ['', '{', '{"a":1,}', 'NaN', '\ufeff1', '{"a":Infinity}']) await throws(() => jsonIn(text), /^it is not JSON$/);
  await throws(() => jsonIn('['.repeat(1e6) + ']'.repeat(1e6)), /nested deeper than 32/);
  await throws(() => jsonIn('{"a":'.repeat(1e5) + '1' + '}'.repeat(1e5)), /nested deeper than 32/);
});

import { LARGEST, lessonIn } from '../js/lessonfile.js';
import { carries, pack, unpack } from '../js/lessonlink.js';
import { equal, holds, test, throws } from './unit.js';

test('a lesson survives its link', async () => {
  for (const name of await (await fetch('/lessons/')).json()) {
    const text = await (await fetch(`/lessons/${name}`)).text();
    const link = await pack(text);
    holds(carries(link) && /^#lesson=[\w-]+$/.test(link), link);
    holds(link.length < 2000, `${name} has a link of ${link.length} characters`);
    equal(await unpack(link), text);
  }
});

test('a link that is cut off, changed or too long is refused with its cause', async () => {
  const link = await pack('{"onestep": "lesson 1"}');
  await throws(() => unpack(link.slice(0, -6)), /cut off or changed/);
  await throws(() => unpack('#lesson='), /cut off or changed/);
  await throws(() => unpack('#lesson=AAAA'), /does not unpack/);
  await throws(() => unpack('#lesson=<script>'), /holds what no such link holds/);
  await throws(() => unpack(`#lesson=${'A'.repeat(50000)}`), /it has 50,000 characters/);
});

test('what unpacks to gigabytes is not read to its end', async () => {
  const text = await unpack(await pack(' '.repeat(30e6)));
  holds(text.length < LARGEST + 1e6, `${text.length} characters were read`);
  await throws(() => lessonIn(text), /a lesson has at most/);
});

import { ShippedRuns } from '../js/shippedruns.js';
import { equal, holds, test } from './unit.js';

const record = (/** @type {number} */ seed, /** @type {string} */ hash) => ({ options: { task: 'pendulum', algorithm: 'fpmd-m', seed, steps: 100, config: {} }, record: { envSteps: 100, curve: [] }, hash });
const site = /** @type {any} */ (Promise.resolve({
  records: { url: 'records' },
  policies: [{ task: 'pendulum', algorithm: 'fpmd-m', hash: 'a', film: { moments: [{ envSteps: 0, url: 'begin' }, { envSteps: 100, url: 'end' }] } }, { task: 'hopper', algorithm: 'fpmd-m', hash: 'c' }],
}));
const written = (/** @type {unknown} */ value) => new TextEncoder().encode(JSON.stringify(value)).buffer;

test('the film of a shipped policy is of the run that ends in its weights; each moment is fetched once, when it is asked for', async () => {
  /** @type {string[]} */
  const asked = [];
  const files = new Map([['records', [record(2, 'b'), record(1, 'a')]], ['begin', 1], ['end', 2]].map(([url, value]) => [url, written(value)]));
  const shipped = new ShippedRuns(site, async (url) => { asked.push(url); return /** @type {any} */ (files.get(url)); });
  equal([await shipped.hasFilm('pendulum', 'fpmd-m'), await shipped.hasFilm('hopper', 'fpmd-m'), await shipped.hasFilm('pendulum', 'sac')], [true, false, false]);
  equal(asked, []);
  const run = await shipped.filmed('pendulum', 'fpmd-m');
  equal([run?.seed, run?.origin], [1, 'shipped']);
  if (!run) return;
  equal(await shipped.moments(run), [0, 100]);
  equal(asked, ['records']);
  await Promise.all([shipped.moment(run, 100), shipped.moment(run, 100)]);
  await shipped.moment(run, 100);
  equal(asked, ['records', 'end']);
  equal(await shipped.moment(run, 50), undefined);
  const [other] = await shipped.all();
  equal([other.seed, await shipped.moments(other), await shipped.acts(other), await shipped.acts(run)], [2, [], false, true]);
});

test('a file that could not be fetched is fetched again when it is asked for again', async () => {
  let down = true;
  const shipped = new ShippedRuns(site, async () => {
    if (down) throw new Error('the server does not answer');
    return written([record(1, 'a')]);
  });
  let cause = '';
  await shipped.all().catch((error) => { cause = error.message; });
  holds(/does not answer/.test(cause), cause);
  down = false;
  equal((await shipped.all()).length, 1);
});

import { groupsOf } from '../js/experimentdata.js';
import { RunTable } from '../js/experimenttable.js';
import { newRun } from '../js/runrecords.js';
import { equal, holds, test } from './unit.js';

const runs = Array.from({ length: 50 }, (_, i) => ({ ...newRun('queue', { task: 'pendulum', algorithm: i % 2 ? 'sac' : 'fpmd-m', seed: i, steps: 100 }, 100), id: `run ${i}` }));
const rows = (/** @type {HTMLElement} */ table) => [...table.querySelectorAll('tr[data-run]')];

test('rows of many runs are made a few in a turn, and those of runs that have not changed stay', async () => {
  const element = document.createElement('table');
  document.body.append(element);
  const table = new RunTable(element, { ticked() {}, choose() {}, colour: () => '#0077bb' });
  equal([table.ready(runs), table.ready(runs.slice(0, 8))], [false, true]);
  const { createElement } = document;
  let slow = 0;
  document.createElement = (/** @type {any} */ ...of) => { // a slow machine
    const until = performance.now() + 0.2;
    while (performance.now() < until);
    slow++;
    return createElement.apply(document, of);
  };
  let turns = 0;
  const counting = setInterval(() => { turns++; });
  await table.prepare(runs);
  clearInterval(counting);
  document.createElement = createElement;
  holds(slow >= 50 * 9 && turns > 5, `${slow} elements in ${turns} turns`);
  holds(table.ready(runs), 'rows are lacking');
  table.show(groupsOf(runs), true);
  const before = new Map(rows(element).map((row) => [/** @type {HTMLElement} */ (row).dataset.run, row]));
  equal(before.size, 50);
  const changed = runs.map((run) => (run.id === 'run 7' ? { ...run, state: /** @type {const} */ ('done') } : run));
  table.hidden.add('run 8');
  table.chosen = 'run 9';
  table.show(groupsOf(changed), true);
  equal(rows(element).filter((row) => before.get(/** @type {HTMLElement} */ (row).dataset.run) !== row).map((row) => /** @type {HTMLElement} */ (row).dataset.run), ['run 7']);
  const box = (/** @type {string} */ id) => /** @type {HTMLInputElement} */ (document.getElementById(`exp-show-${id}`)).checked;
  equal([box('run 8'), box('run 9'), element.querySelector('[aria-selected]')?.getAttribute('data-run')], [false, true, 'run 9']);
  table.show(groupsOf(runs.slice(0, 3)), true);
  equal(rows(element).length, 3);
  equal(table.ready(runs), false);
});

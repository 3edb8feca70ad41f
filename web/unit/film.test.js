import { Store, initial } from '../js/state.js';
import { equal, test } from './unit.js';

const settled = () => new Promise((done) => setTimeout(done, 20));

/** The time machine over runs whose moments come when they are given. */
async function machine(/** @type {string[] | undefined} */ errors = undefined) {
  const page = new DOMParser().parseFromString(await (await fetch('/index.html')).text(), 'text/html');
  for (const element of page.querySelectorAll('script, iframe, link')) element.remove();
  document.body.replaceChildren(...page.body.children);
  const { Film } = await import('../js/film.js');
  const store = new Store({ ...initial(), task: 'pendulum', algorithm: 'fpmd-m' });
  /** @type {[string, () => void][]} */
  const asked = [];
  /** @type {string[]} */
  const shown = [];
  const hear = { add() {} };
  const held = (/** @type {string} */ name, /** @type {unknown} */ value) => new Promise((resolve) => { asked.push([name, () => resolve(value)]); });
  const weights = { changed: hear, wanted: 'file', held: { file: null }, drop() {}, tryFile: async (/** @type {string} */ name) => { shown.push(name); } };
  const records = {
    changed: hear, find: () => undefined,
    film: (/** @type {string} */ id) => held(`film ${id}`, [0, 10]),
    moment: (/** @type {string} */ id, /** @type {number} */ at) => held(`moment ${id} ${at}`, new ArrayBuffer(8)),
  };
  const imports = { adopt: async () => {} };
  const film = new Film(store, /** @type {any} */ ({ error(/** @type {string} */ text) { if (!errors) throw new Error(text); errors.push(text); } }), /** @type {any} */ (records), /** @type {any} */ ({ hasFilm: async () => false, moments: async () => [], acts: async (/** @type {any} */ of) => of.seed === 1 }), /** @type {any} */ (imports), /** @type {any} */ (weights), /** @type {any} */ ({ id: '' }));
  const give = async (/** @type {string} */ name) => { asked.find(([of]) => of === name)?.[1](); await settled(); };
  return { film, store, shown, asked, give };
}

const run = (/** @type {string} */ id) => /** @type {any} */ ({ id, name: id, origin: 'queue', task: 'pendulum', algorithm: 'fpmd-m', seed: 1, steps: 10 });

test('a film goes from moment to moment', async () => {
  const { film, shown, give } = await machine();
  film.show(run('a'));
  await give('film a');
  await give('moment a 10');
  equal(shown, ['a, 10 steps']);
  equal([document.getElementById('film')?.hidden, document.getElementById('film')?.dataset.shown], [false, '10']);
});

test('of two runs that are to be watched the one chosen last is, whichever moments come first', async () => {
  const { film, shown, give } = await machine();
  film.show(run('a'));
  film.show(run('b'));
  await give('film b');
  await give('film a');
  await give('moment b 10');
  await give('moment a 10');
  equal(shown, ['b, 10 steps']);
});

test('a moment that comes after another task was chosen is not put on the stage', async () => {
  const { film, store, shown, give } = await machine();
  film.show(run('a'));
  await give('film a');
  store.set({ task: 'hopper' });
  await give('moment a 10');
  equal([shown, store.state.task, document.getElementById('film')?.hidden], [[], 'hopper', true]);
});

test('the moments of an open film are read once each, before they are asked for', async () => {
  const { film, shown, asked, give } = await machine();
  film.show(run('a'));
  await give('film a');
  await give('moment a 10');
  await give('moment a 0');
  const range = /** @type {HTMLInputElement} */ (document.getElementById('film-at'));
  for (const at of ['0', '1', '0']) {
    range.value = at;
    range.dispatchEvent(new Event('input'));
    await settled();
  }
  equal(shown, ['a, 10 steps', 'a, 0 steps', 'a, 10 steps', 'a, 0 steps']);
  equal(asked.map(([name]) => name), ['film a', 'moment a 10', 'moment a 0']);
});

test('of a shipped run whose policy is not shipped the stage shows no other', async () => {
  /** @type {string[]} */
  const errors = [];
  const { film, store } = await machine(errors);
  store.set({ place: 'experiments' });
  await film.show({ ...run('a'), origin: 'shipped', seed: 2, algorithm: 'sac' });
  equal([store.state.place, store.state.algorithm, errors], ['experiments', 'fpmd-m', ['a on Pendulum has no moment of its policy: a record holds numbers alone; import its policy file.']]);
  await film.show({ ...run('a'), origin: 'shipped', algorithm: 'sac' });
  equal([store.state.place, store.state.algorithm, errors.length], ['playground', 'sac', 1]);
});

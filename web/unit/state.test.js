import { FIELDS, Store, fromFragment, initial, toFragment, toShortFragment, valid } from '../js/state.js';
import { equal, holds, test } from './unit.js';

const INHERITED = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf'];

test('a link gives the state back that it was made of', () => {
  const state = { ...initial(), seed: Number.MAX_SAFE_INTEGER, t: 0.25, slow: true, task: 'pendulum', settings: 'gamma_0.9' };
  equal(fromFragment(toFragment(state)), { state, refused: [] });
});

test('names that every object inherits are no values of any field', () => {
  for (const [name, { key }] of Object.entries(FIELDS)) {
    for (const text of INHERITED) {
      const { state, refused } = fromFragment(`#v=1&${key}=${text}`);
      equal(state, initial(), `${key}=${text}`);
      equal(refused.length, 1, `${key}=${text} is refused by name`);
      holds(refused[0].includes(key), refused[0]);
      holds(!valid(/** @type {any} */ (name), /** @type {any} */ (text)), `${name} cannot be ${text}`);
    }
  }
});

test('a bad part of a link is named and dropped, and the rest is kept', () => {
  const { state, refused } = fromFragment('#v=1&task=pendulum&k=99&seed=7&play=maybe&unknown=1');
  equal([state.task, state.seed, state.manySteps, state.playing], ['pendulum', 7, 20, true]);
  equal(refused.length, 3);
  for (const [i, part] of ['k=', 'play=', 'unknown'].entries()) holds(refused[i].includes(part), refused[i]);
});

test('a bad part of the settings is named and dropped, and the rest is kept', () => {
  const { state, refused } = fromFragment('#v=1&task=pendulum&set=gamma_0.9*released*__proto___1*tau_0.01');
  equal(state.settings, 'gamma_0.9*tau_0.01');
  equal(refused.length, 2);
  holds(refused[0].includes('released') && refused[1].includes('__proto__'), refused.join(' | '));
});

test('what a link holds comes back short in the refusal', () => {
  const { refused } = fromFragment(`#v=1&task=${'x'.repeat(3000)}`);
  holds(refused[0].length < 400, `${refused[0].length} characters`);
});

test('a link that is too long or of another version starts afresh and says so', () => {
  for (const link of [`#v=1&task=${'x'.repeat(5000)}`, '#v=2&task=pendulum', '#task=pendulum']) {
    const { state, refused } = fromFragment(link);
    equal(state, initial());
    equal(refused.length, 1);
  }
});

test('panels on demand are named with * between', () => {
  for (const panels of ['', 'training', 'a*b*c']) equal(fromFragment(toFragment({ ...initial(), panels })), { state: { ...initial(), panels }, refused: [] });
  for (const panels of ['*', 'a*', '*a', 'A', 'a b', '1', 'a'.repeat(17)]) {
    const { state, refused } = fromFragment(`#v=1&panels=${encodeURIComponent(panels)}`);
    equal([state.panels, refused.length], ['', 1], panels);
  }
});

test('two panels at most are presented', () => {
  equal(fromFragment('#v=1&present=body*flow').state.present, 'body*flow');
  for (const text of ['body*flow*curve', '*', 'constructor', 'Body']) {
    const { state, refused } = fromFragment(`#v=1&present=${encodeURIComponent(text)}`);
    equal([state.present, refused.length], ['', 1], text);
  }
});

test('a short link says only what differs, and gives the same state', () => {
  equal(toShortFragment(initial()), '#v=1');
  const state = { ...initial(), task: 'hopper', manySteps: 8, playing: false, settings: 'gamma_0.9' };
  equal(fromFragment(toShortFragment(state)), { state, refused: [] });
  equal([...new URLSearchParams(toShortFragment(state).slice(1)).keys()].sort(), ['k', 'play', 'set', 'task', 'v']);
});

test('a link that was chosen is not written over before its hashchange comes', async () => {
  const store = new Store(initial());
  try {
    for (const late of [false, true]) {
      store.write();
      if (!late) await new Promise((done) => { setTimeout(done, 400); }); // the next change is written at once
      const heard = new Promise((done) => { addEventListener('hashchange', () => done(location.hash), { once: true }); });
      if (late) store.set({ seed: 7 });
      location.hash = '#v=1&task=pendulum&seed=5';
      store.set({ seed: 8 + Number(late) });
      if (late) for (const until = performance.now() + 400; performance.now() < until;); // the timer is due before the event
      equal(await heard, '#v=1&task=pendulum&seed=5', late ? 'a write after its pause' : 'a write at once');
      await new Promise((done) => { setTimeout(done, 400); });
      equal(location.hash, '#v=1&task=pendulum&seed=5');
    }
    store.write();
    holds(location.hash.includes('seed=9'), 'what is written by name is');
  } finally {
    history.replaceState(null, '', ' ');
  }
});

import { initial, Store } from '../js/state.js';
import { equal, test } from './unit.js';

test('a file that brings another lesson in place of the one that is shown is shown', async () => {
  const page = new DOMParser().parseFromString(await (await fetch('/index.html')).text(), 'text/html');
  for (const element of page.querySelectorAll('script, iframe, link')) element.remove();
  document.body.replaceChildren(...page.body.children);
  const { LessonBand } = await import('../js/lesson.js');
  const { LessonStore, OWN } = await import('../js/lessonstore.js');
  const lesson = (/** @type {string} */ title) => JSON.stringify({ onestep: 'lesson 1', title, about: 'What.', minutes: 1, steps: [{ says: `${title} says.`, link: '#v=1&task=pendulum' }] });
  const lessons = new LessonStore(/** @type {any} */ (Promise.resolve({ lessons: [], policies: [] })));
  lessons.take(lesson('One'));
  const store = new Store({ ...initial(), lesson: OWN });
  new LessonBand(store, lessons, /** @type {any} */ ({ error(/** @type {string} */ text) { throw new Error(text); } }), () => '');
  const settled = () => new Promise((done) => setTimeout(done, 20));
  const title = () => document.getElementById('lesson-title')?.textContent;
  await settled();
  equal(title(), 'One');
  lessons.take(lesson('Two'));
  await settled();
  equal([title(), document.getElementById('lesson-says')?.textContent], ['Two', 'Two says.']);
});

test('a link that says a lesson and a language gets the state of the step', async () => {
  const { LessonBand } = await import('../js/lesson.js');
  const { LessonStore, OWN } = await import('../js/lessonstore.js');
  const lessons = new LessonStore(/** @type {any} */ (Promise.resolve({ lessons: [], policies: [] })));
  lessons.take(JSON.stringify({ onestep: 'lesson 1', title: 'One', about: 'What.', minutes: 1, steps: [{ says: 'One says.', link: '#v=1&task=pendulum' }] }));
  for (const lang of ['', 'de']) {
    location.hash = '';
    new LessonBand(new Store({ ...initial(), lesson: OWN, lang }), lessons, /** @type {any} */ ({ error(/** @type {string} */ text) { throw new Error(text); } }), () => '');
    await new Promise((done) => setTimeout(done, 20));
    const flags = new URLSearchParams(location.hash.slice(1));
    equal([flags.get('task'), flags.get('lesson'), flags.get('lang') ?? ''], ['pendulum', OWN, lang]);
  }
});

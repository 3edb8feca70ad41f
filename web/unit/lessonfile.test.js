import { EVENTS, LARGEST, MOST_STEPS, TARGETS, isLesson, lessonIn } from '../js/lessonfile.js';
import { equal, holds, test, throws } from './unit.js';

const step = { says: 'A runner.', link: '#v=1&task=pendulum&sampler=one', points: 'sampler', asks: 'Press “20 steps”.', done: 'sampler=many' };
const lesson = { onestep: 'lesson 1', title: 'One', about: 'What one step is.', minutes: 1, steps: [step] };
/** @param {object} patch */
const of = (patch) => JSON.stringify({ ...lesson, ...patch });
/** @param {object} patch */
const withStep = (patch) => of({ steps: [{ ...step, ...patch }] });

test('a lesson is read', () => {
  const read = lessonIn(of({}));
  equal(read, { title: 'One', about: 'What one step is.', minutes: 1, steps: [{ says: 'A runner.', link: step.link, points: 'sampler', asks: step.asks, done: { state: { sampler: 'many' } } }] });
  equal(lessonIn(of({ steps: [step, { says: 'And so on.' }] })).steps[1], { says: 'And so on.', link: '', points: '', asks: '', done: null });
  for (const event of EVENTS) equal(lessonIn(withStep({ done: undefined, event })).steps[0].done, { event });
});

test('a broken lesson is refused with its cause', async () => {
  for (const [text, cause] of /** @type {[string, RegExp][]} */ ([
    ['', /it is not JSON/], ['{', /it is not JSON/], ['[]', /the lesson is no object/], ['null', /the lesson is no object/], ['"lesson 1"', /no object/],
    [of({ onestep: 'lesson 2' }), /its “onestep” is “lesson 2”; this page reads “lesson 1”/],
    [of({ title: undefined }), /the lesson has no “title”/], [of({ title: 3 }), /no “title”/], [of({ title: ' ' }), /no “title”/],
    [of({ title: 'x'.repeat(61) }), /“title” has 61 characters; at most 60 fit/],
    [of({ script: 'alert(1)' }), /the lesson has “script”, which this page does not know/],
    ['{"onestep":"lesson 1","__proto__":{"title":"x"},"steps":[]}', /has “__proto__”/],
    [of({ minutes: 1e9 }), /“minutes” is no whole number/], [of({ minutes: '1' }), /“minutes”/],
    [of({ steps: [] }), /“steps” is no list of 1 to/], [of({ steps: {} }), /“steps” is no list/],
    [of({ steps: Array(MOST_STEPS + 1).fill(step) }), /“steps” is no list of 1 to/],
    [of({ steps: [null] }), /step 1 is no object/], [of({ steps: [step, { asks: 'x' }] }), /step 2 has no “says”/],
    [withStep({ says: 'x'.repeat(421) }), /step 1: “says” has 421 characters/],
    [withStep({ link: undefined }), /step 1 has no “link”/],
    [withStep({ link: 'https://example.org/' }), /step 1 has the link “https:\/\/example\.org\/”; a lesson’s links are of this page/],
    // eslint-disable-next-line no-script-url
    [withStep({ link: 'javascript:alert(1)' }), /a lesson’s links are of this page/],
    [withStep({ link: '#v=2&task=pendulum' }), /version “2”/],
    [withStep({ link: '#v=1&task=nothing' }), /step 1: The link says task=nothing/],
    [withStep({ link: '#v=1&task=custom' }), /own body/],
    [withStep({ link: '#v=1&lesson=own' }), /a link with “lesson”/],
    [withStep({ points: 'body > script' }), /step 1 points at “body > script”, which this page does not have/],
    [withStep({ points: 'constructor' }), /points at “constructor”/],
    [withStep({ done: 'sampler=three' }), /step 1: The link says sampler=three/],
    [withStep({ event: 'pull' }), /both “done” and “event”/],
    [withStep({ done: undefined, event: 'toString' }), /the event “toString”/],
    [withStep({ asks: undefined }), /waits for something and has no “asks”/],
    [withStep({ done: undefined, event: 'use', points: undefined }), /waits for a use and points at nothing/],
    [' '.repeat(LARGEST + 1), /a lesson has at most 32,768/],
  ])) await throws(() => lessonIn(text), cause);
});

test('what cannot be seen in a text is written by its number', () => {
  const { title, steps } = lessonIn(of({ title: '<b>a\u202eb</b>', steps: [{ ...step, says: 'a\u0000b\u200bc' }] }));
  equal(title, '<b>a\\u{202e}b</b>');
  equal(steps[0].says, 'a\\u{0}b\\u{200b}c');
});

test('a lesson is known by its name or its first words', () => {
  holds(isLesson('a.lesson.json', '{'), 'a name');
  holds(isLesson('a.json', ' { "onestep": "lesson 1"'), 'first words');
  holds(!isLesson('a.json', '{"blocks": []}'), 'a plan');
});

test('the lessons that come with the page are such files, short, and their targets exist', async () => {
  const page = new DOMParser().parseFromString(await (await fetch('/index.html')).text(), 'text/html');
  for (const [name, selector] of Object.entries(TARGETS)) holds(page.querySelector(selector), `${name} (${selector}) stands in the page`);
  const names = await (await fetch('/lessons/')).json();
  holds(names.length >= 6 && names.length <= 8, `six to eight lessons: ${names}`);
  for (const name of names) {
    const text = await (await fetch(`/lessons/${name}`)).text();
    const { steps, about, minutes } = lessonIn(text);
    holds(steps.length >= 3 && steps.length <= 6, `${name} has ${steps.length} steps`);
    holds(about && minutes > 0, `${name} says what it is about and how long it takes`);
    holds(steps.some(({ done }) => done), `${name} asks for something`);
  }
});

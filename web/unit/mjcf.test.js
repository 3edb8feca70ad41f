import { isModel, modelOf } from '../js/mjcf.js';
import { equal, holds, test, throws } from './unit.js';

const file = (/** @type {string} */ name, /** @type {string} */ text) => ({ name, bytes: new TextEncoder().encode(text).buffer });
const body = '<mujoco><worldbody/></mujoco>';

test('MJCF is known by its name', () => {
  equal(['a.xml', 'b.MJCF', 'c.txt', 'xml'].map(isModel), [true, true, false, false]);
});

test('the model is the file that no other includes', () => {
  const { name, files } = modelOf([file('part.xml', body), file('main.xml', '<mujoco><include file="sub/part.xml"/></mujoco>')]);
  equal(name, 'main.xml');
  equal(Object.keys(files).sort(), ['main.xml', 'part.xml', 'sub/part.xml']);
});

test('a file that is included in a comment is not asked for', () => {
  equal(modelOf([file('a.xml', '<mujoco><!-- <include file="old.xml"/> --><worldbody/></mujoco>')]).name, 'a.xml');
});

test('an include may begin with ./', () => {
  equal(modelOf([file('a.xml', '<mujoco><include file="./b.xml"/></mujoco>'), file('b.xml', body)]).name, 'a.xml');
});

test('a drop that is no one model is refused with the reason', async () => {
  await throws(() => modelOf([file('a.xml', '<robot/>')]), /a\.xml.* has no element mujoco/);
  await throws(() => modelOf([file('a.xml', body), file('b.xml', body)]), /models of their own/);
  await throws(() => modelOf([file('a.xml', '<mujoco><include file="gone.xml"/></mujoco>')]), /gone\.xml.* is included, but was not dropped/);
  await throws(() => modelOf([{ name: 'a.xml', bytes: new Uint8Array([0xff, 0xfe]).buffer }]), /is not text/);
});

test('names of objects are names of files like others', async () => {
  await throws(() => modelOf([file('a.xml', '<mujoco><include file="constructor"/></mujoco>')]), /is included, but was not dropped/);
  await throws(() => modelOf([file('a.xml', '<mujoco><include file="__proto__"/></mujoco>')]), /is included, but was not dropped/);
});

test('a text that almost includes takes no long time', () => {
  const begin = performance.now();
  modelOf([file('a.xml', `<mujoco>${'<include '.repeat(60_000)}</mujoco>`)]);
  const millis = performance.now() - begin;
  holds(millis < 1000, `540 KB of "<include " are read in less than a second: ${millis} ms`);
});

import { Chart, drawn } from '../js/experimentchart.js';
import { writeHeight } from '../js/dom.js';
import { element } from '../js/labdraw.js';
import { equal, test } from './unit.js';

const frame = () => new Promise((resolve) => { requestAnimationFrame(() => setTimeout(resolve)); });
const xs = [0, 1, 2, 3];
const line = { name: 'a', colour: '#000000', xs, ys: [1, 5, 0, 2] };

test('a chart draws once it has a size, once, and makes nobody lay the page out', async () => {
  const svg = element('svg');
  svg.style.cssText = 'display: block; width: 500px; height: 250px';
  const hidden = document.createElement('div');
  hidden.hidden = true;
  hidden.append(svg);
  document.body.append(hidden);
  let [asked, drawings] = [0, 0];
  svg.getBoundingClientRect = () => { asked++; return new DOMRect(); };
  const { replaceChildren } = svg;
  svg.replaceChildren = (...of) => { drawings++; replaceChildren.apply(svg, of); };
  const chart = new Chart(svg, document.createElement('ul'));
  chart.draw({ lines: [line], xName: '', yName: '', log: false });
  await frame();
  equal([drawings, svg.dataset.lines], [0, undefined]);
  hidden.hidden = false;
  await frame();
  await frame();
  equal([drawings, svg.dataset.lines, svg.getAttribute('viewBox'), asked], [1, '1', '0 0 500 250', 0]);
  hidden.remove();
});

test('an outline is drawn as the area that it covers, however few its points are', () => {
  const kinds = [line, { ...line, dense: true }].map((one) => {
    const { parts } = drawn({ lines: [one], xName: '', yName: '', log: false }, 640, 320, null);
    return parts.map((p) => p.querySelector('g path')).find(Boolean)?.getAttribute('fill') ?? 'area';
  });
  equal(kinds, ['none', 'area']);
});

test('a height is written where it is another', () => {
  const [e, { style }] = [document.createElement('div'), document.documentElement];
  const { setProperty } = style;
  let written = 0;
  style.setProperty = (...of) => { written++; setProperty.apply(style, of); };
  document.body.append(e);
  const after = (/** @type {number} */ height, hidden = false) => {
    e.style.height = `${height}px`;
    e.hidden = hidden;
    writeHeight('--test', e);
    return [style.getPropertyValue('--test'), written];
  };
  equal([after(0), after(20), after(20), after(30), after(30, true), after(10, true)], [['', 0], ['20px', 1], ['20px', 1], ['30px', 2], ['0px', 3], ['0px', 3]]);
  e.remove();
  style.removeProperty('--test');
  Reflect.deleteProperty(style, 'setProperty');
});

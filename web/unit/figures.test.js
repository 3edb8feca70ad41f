// Figures in another language: js/figures.js.

import { equal, test, holds } from './unit.js';
import { inWords } from '../js/figures.js';

/** @param {number} size @param {string} fill */
const style = (size, fill) => `font-family:Liberation Sans,Arial,Helvetica,sans-serif;font-size:${size}px;fill:${fill}`;
const FIGURE = `<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" width="100pt" viewBox="0 0 396 255">
<text x="115" style="${style(11, '#1A2230')}">Pendulum, one step</text><text x="160" style="${style(10, '#545F70')}">steps</text>
<text x="82" style="${style(10, '#1A2230')}">shift &amp; mean</text><text x="20" style="${style(10, '#545F70')}">0.5</text></svg>`;

test('a figure in other words: titles stay centred, a legend begins where it began', () => {
  /** @type {Record<string, string>} */
  const words = { 'Pendulum, one step': 'Pendel, ein einziger Schritt', steps: 'x', 'shift & mean': 'Verschiebung & <Mittel>' };
  const figure = new DOMParser().parseFromString(inWords(FIGURE, (text) => words[text] ?? text), 'image/svg+xml');
  const [title, axis, legend, tick] = figure.querySelectorAll('text');
  equal([title, axis, legend, tick].map((e) => e.textContent), [...Object.values(words), '0.5']);
  holds(Number(title.getAttribute('x')) < 115, 'a longer title begins earlier');
  holds(Number(axis.getAttribute('x')) > 160, 'a shorter name begins later');
  equal([legend, tick].map((e) => e.getAttribute('x')), ['82', '20']);
  equal([title, tick].map((e) => e.getAttribute('style')), [style(11, '#1A2230'), style(10, '#545F70')]);
});

test('a figure without words of the language is as it was', () => {
  const figure = new DOMParser().parseFromString(inWords(FIGURE, (text) => text), 'image/svg+xml');
  equal([...figure.querySelectorAll('text')].map((e) => e.getAttribute('x')), ['115', '160', '82', '20']);
});

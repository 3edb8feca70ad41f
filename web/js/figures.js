// The figures of Learn in another language than that of their files: an SVG file is an image of its own, whose words the page does
// not reach, so that it is read, its words are exchanged, and the picture shows the result.

import { language, tr } from './language.js';

const FONT = 'Liberation Sans, Arial, Helvetica, sans-serif'; // that of the files
const KEYS = 'en';

/**
 * inWords exchanges the words of a figure. Titles of the figure and of its axes stay centred, the legend begins where it began: its
 * small letters have the title's colour, those of the axes another.
 * @param {string} svg
 * @param {(text: string) => string} word
 */
export function inWords(svg, word) {
  // The page's policy of contents forbids inline styles, where they are parsed too: they are under another name meanwhile.
  const figure = new DOMParser().parseFromString(svg.replace(/(\s)style="/g, '$1data-style="'), 'image/svg+xml');
  const pen = document.createElement('canvas').getContext('2d');
  const texts = [...figure.querySelectorAll('text')];
  const of = (/** @type {Element} */ e) => (/font-size:(\d+)px;fill:(#\w+)/.exec(e.getAttribute('data-style') ?? '') ?? ['', '10', '']).slice(1);
  const [large, ink] = texts.map(of).reduce((a, b) => (+b[0] > +a[0] ? b : a), ['0', '']);
  for (const e of texts) {
    const text = e.textContent ?? '';
    const own = word(text);
    if (own === text) continue;
    const [size, color] = of(e);
    e.textContent = own;
    if (!pen || (size !== large && color === ink)) continue;
    pen.font = `${size}px ${FONT}`;
    e.setAttribute('x', String(Number(e.getAttribute('x')) + (pen.measureText(text).width - pen.measureText(own).width) / 2));
  }
  return new XMLSerializer().serializeToString(figure).replace(/(\s)data-style="/g, '$1style="');
}

/** figures puts the words of the page's pictures into its language, each as the browser has loaded it. */
export function figures() {
  if (language === KEYS) return;
  for (const image of document.querySelectorAll('picture > img')) {
    const put = () => exchange(/** @type {HTMLImageElement} */ (image));
    image.addEventListener('load', put);
    if (/** @type {HTMLImageElement} */ (image).complete) put();
  }
}

/** @param {HTMLImageElement} image */
async function exchange(image) {
  const from = image.currentSrc;
  if (!from.endsWith('.svg')) return;
  try {
    const response = await fetch(from);
    if (!response.ok) return;
    const url = URL.createObjectURL(new Blob([inWords(await response.text(), tr)], { type: 'image/svg+xml' }));
    for (const source of image.parentElement?.querySelectorAll('source') ?? []) if (from.endsWith(source.srcset)) source.srcset = url;
    if (from === image.src) image.src = url;
  } catch { /* the figure stays as its file is */ }
}

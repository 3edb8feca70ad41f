// Figures of the lab as files: a picture with the page's colours written into it, and the numbers behind the curves.

import { save } from './files.js';
import { HIGH, WIDE, element } from './labdraw.js';
import { raster } from './raster.js';
import { cell } from './words.js';

const PNG_SCALE = 3;

/**
 * standalone copies a picture with computed colours, so that it needs no page.
 * @param {SVGSVGElement} svg
 */
function standalone(svg) {
  const copy = /** @type {SVGSVGElement} */ (svg.cloneNode(true));
  copy.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  copy.setAttribute('width', String(WIDE));
  copy.setAttribute('height', String(HIGH + 4));
  const ground = getComputedStyle(document.body).getPropertyValue('--surface');
  const from = svg.querySelectorAll('*');
  copy.querySelectorAll('*').forEach((e, i) => {
    const { fill, stroke, opacity } = getComputedStyle(from[i]);
    e.removeAttribute('style');
    for (const [name, value] of Object.entries({ fill, stroke, opacity })) e.setAttribute(name, value);
    if (e.tagName === 'text') e.setAttribute('font-family', 'system-ui, sans-serif');
  });
  copy.prepend(element('rect', { width: '100%', height: '100%', fill: ground }));
  return new XMLSerializer().serializeToString(copy);
}

/** @param {SVGSVGElement} svg */
export function saveSVG(svg) {
  save(standalone(svg), `onestep-${svg.id}.svg`);
}

/** @param {SVGSVGElement} svg */
export async function savePNG(svg) {
  save(await raster(standalone(svg), WIDE, HIGH + 4, PNG_SCALE), `onestep-${svg.id}.png`);
}

/**
 * saveCSV writes the rows of the exact laws and, where there is one, of the network.
 * @param {LabRow[]} exact
 * @param {LabRow[]} [fit]
 */
export function saveCSV(exact, fit = []) {
  const columns = /** @type {const} */ (['k', 'w2', 'std', 'energy', 'shift']);
  const lines = [['of', ...columns].join(',')];
  for (const [of, rows] of /** @type {[string, LabRow[]][]} */ ([['exact', exact], ['network', fit]])) {
    for (const row of rows) lines.push([of, ...columns.map((c) => row[c])].map(cell).join(','));
  }
  save(`${lines.join('\n')}\n`, 'onestep-lab.csv');
}

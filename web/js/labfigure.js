// Figures of the lab as files: a picture with the page's colours written into it, and the numbers behind the curves.

import { save } from './files.js';
import { HIGH, WIDE } from './labdraw.js';

const PNG_SCALE = 3;

/** standalone copies a picture with computed colours, so that it needs no page. */
function standalone(svg) {
  const copy = svg.cloneNode(true);
  copy.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  copy.setAttribute('width', WIDE);
  copy.setAttribute('height', HIGH + 4);
  const ground = getComputedStyle(document.body).getPropertyValue('--surface');
  const from = svg.querySelectorAll('*');
  copy.querySelectorAll('*').forEach((e, i) => {
    const { fill, stroke, opacity } = getComputedStyle(from[i]);
    e.removeAttribute('style');
    for (const [name, value] of Object.entries({ fill, stroke, opacity })) e.setAttribute(name, value);
    if (e.tagName === 'text') e.setAttribute('font-family', 'system-ui, sans-serif');
  });
  const rect = document.createElementNS('http://www.w3.org/2000/svg', 'rect');
  for (const [name, value] of Object.entries({ width: '100%', height: '100%', fill: ground })) rect.setAttribute(name, value);
  copy.prepend(rect);
  return new XMLSerializer().serializeToString(copy);
}

export function saveSVG(svg) {
  save(standalone(svg), `onestep-${svg.id}.svg`);
}

export async function savePNG(svg) {
  const image = new Image();
  const url = URL.createObjectURL(new Blob([standalone(svg)], { type: 'image/svg+xml' }));
  image.src = url;
  await image.decode();
  const canvas = Object.assign(document.createElement('canvas'), { width: PNG_SCALE * WIDE, height: PNG_SCALE * (HIGH + 4) });
  canvas.getContext('2d').drawImage(image, 0, 0, canvas.width, canvas.height);
  URL.revokeObjectURL(url);
  save(await new Promise((resolve) => { canvas.toBlob(resolve, 'image/png'); }), `onestep-${svg.id}.png`);
}

/** saveCSV writes the rows of the exact laws and, where there is one, of the network. */
export function saveCSV(exact, fit = []) {
  const columns = ['k', 'w2', 'std', 'energy', 'shift'];
  const lines = [['of', ...columns].join(',')];
  for (const [of, rows] of [['exact', exact], ['network', fit]]) {
    for (const row of rows) lines.push([of, ...columns.map((c) => (Number.isFinite(row[c]) ? row[c] : ''))].join(','));
  }
  save(`${lines.join('\n')}\n`, 'onestep-lab.csv');
}

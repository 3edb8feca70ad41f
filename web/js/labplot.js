// Small figures as SVG: a frame with axes, lines, dots and areas in the page's own colours, drawn anew at the size
// that the page has for them, and saved as SVG, PNG or CSV.

import { save } from './files.js';
import { short } from './format.js';

const SVG = 'http://www.w3.org/2000/svg';

/** element makes an SVG element. */
export function element(name, attributes = {}, text = '') {
  const e = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) e.setAttribute(key, value);
  if (text !== '') e.textContent = text;
  return e;
}

/** ticks are about n round numbers in low..high. */
export function ticks(low, high, n = 5) {
  const rough = (high - low) / n;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((m) => m * power).find((s) => s >= rough);
  const from = Math.ceil(low / step - 1e-9);
  return Array.from({ length: Math.floor(high / step + 1e-9) - from + 1 }, (_, i) => Number(((from + i) * step).toPrecision(12)));
}

/** decades are the powers of ten in low..high. */
export function decades(low, high) {
  const list = [];
  for (let e = Math.ceil(Math.log10(low) - 1e-9); 10 ** e <= high * (1 + 1e-9); e++) list.push(Number(`1e${e}`));
  return list;
}

/** Plot is one figure in a div of the page. draw(plot) fills it; it is called again when the size changes. */
export class Plot {
  #observer;

  constructor(holder, draw) {
    this.holder = holder;
    this.drawn = draw;
    this.svg = element('svg', { 'aria-hidden': 'true', focusable: 'false' });
    holder.append(this.svg);
    this.#observer = new ResizeObserver(() => this.draw());
    this.#observer.observe(holder);
  }

  /** draw makes the figure anew; nothing where it is not seen. */
  draw() {
    const { clientWidth: width, clientHeight: height } = this.holder;
    if (width < 50 || height < 50) return;
    Object.assign(this, { width, height });
    this.svg.setAttribute('viewBox', `0 0 ${width} ${height}`);
    this.svg.setAttribute('width', width);
    this.svg.setAttribute('height', height);
    this.svg.replaceChildren();
    this.drawn(this);
  }

  /** frame sets the area {left, right, top, bottom} and the scales x and y: {low, high, log}. */
  frame(area, x, y) {
    this.area = area;
    const scale = ({ low, high, log }, from, to) => {
      const f = log ? Math.log : (v) => v;
      return (v) => from + (to - from) * (f(v) - f(low)) / (f(high) - f(low));
    };
    this.x = scale(x, area.left, area.right);
    this.y = scale(y, area.bottom, area.top);
  }

  add(name, attributes, text) {
    const e = element(name, attributes, text);
    this.svg.append(e);
    return e;
  }

  /** xAxis writes numbers and a name below the area. */
  xAxis(values, name, text = short) {
    const { bottom, left, right } = this.area;
    for (const v of values) {
      this.add('line', { class: 'tick', x1: this.x(v), x2: this.x(v), y1: bottom, y2: bottom + 4 });
      this.add('text', { class: 'number', x: this.x(v), y: bottom + 18, 'text-anchor': 'middle' }, text(v));
    }
    this.add('text', { class: 'name', x: (left + right) / 2, y: bottom + 36, 'text-anchor': 'middle' }, name);
  }

  /** yAxis draws a grid with numbers at the left. */
  yAxis(values, name, text = short) {
    const { left, right, top } = this.area;
    for (const v of values) {
      this.add('line', { class: 'grid', x1: left, x2: right, y1: this.y(v), y2: this.y(v) });
      this.add('text', { class: 'number', x: left - 8, y: this.y(v) + 4, 'text-anchor': 'end' }, text(v));
    }
    this.add('text', { class: 'name', x: left, y: top - 10, 'text-anchor': 'start' }, name);
  }

  /** line joins points [[x, y], ...] given in data. */
  line(points, attributes) {
    return this.add('polyline', { fill: 'none', ...attributes, points: points.map(([x, y]) => `${this.x(x).toFixed(1)},${this.y(y).toFixed(1)}`).join(' ') });
  }

  /** dots draws all points as one path of round strokes: a thousand of them cost one element. */
  dots(points, attributes) {
    const d = points.map(([x, y]) => `M${this.x(x).toFixed(1)},${this.y(y).toFixed(1)}h0`).join('');
    return this.add('path', { fill: 'none', 'stroke-linecap': 'round', ...attributes, d });
  }
}

const PAINT = ['fill', 'stroke', 'stroke-width', 'stroke-dasharray', 'opacity', 'fill-opacity', 'stroke-opacity', 'font-size', 'font-weight', 'font-family', 'paint-order'];

/** standalone is the figure as an SVG file, which holds its own colours. */
export function standalone(plot, title) {
  const copy = plot.svg.cloneNode(true);
  const from = [plot.svg, ...plot.svg.querySelectorAll('*')];
  const to = [copy, ...copy.querySelectorAll('*')];
  from.forEach((e, i) => {
    const style = getComputedStyle(e);
    if (e.tagName !== 'stop') for (const name of PAINT) if (!(e.getAttribute(name) ?? '').startsWith('url')) to[i].setAttribute(name, style.getPropertyValue(name));
    else to[i].setAttribute('stop-color', style.stopColor);
    to[i].removeAttribute('class');
  });
  const ground = getComputedStyle(plot.holder.closest('.card')).backgroundColor;
  copy.prepend(element('title', {}, title), element('rect', { width: plot.width, height: plot.height, fill: ground }));
  copy.removeAttribute('aria-hidden');
  copy.setAttribute('xmlns', SVG);
  return new XMLSerializer().serializeToString(copy);
}

async function png(text, { width, height }) {
  const url = URL.createObjectURL(new Blob([text], { type: 'image/svg+xml' }));
  try {
    const image = new Image();
    image.src = url;
    await image.decode();
    const canvas = document.createElement('canvas');
    canvas.width = 2 * width;
    canvas.height = 2 * height;
    canvas.getContext('2d').drawImage(image, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise((resolve) => { canvas.toBlob(resolve, 'image/png'); });
    return blob.arrayBuffer();
  } finally {
    URL.revokeObjectURL(url);
  }
}

/** saveFigure saves a figure in a format: svg, png, or csv, whose text numbers() gives. */
export async function saveFigure(plot, format, name, title, numbers) {
  const bytes = (text) => new TextEncoder().encode(text).buffer;
  switch (format) {
    case 'csv': return save(bytes(numbers()), `${name}.csv`);
    case 'svg': return save(bytes(standalone(plot, title)), `${name}.svg`);
    default: return save(await png(standalone(plot, title), plot), `${name}.png`);
  }
}

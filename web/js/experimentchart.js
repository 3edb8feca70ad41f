// Curves over a training as SVG: lines, bands, values under the pointer or the cursor of the keyboard, zoom by a drag, and the
// same picture alone as a file. Colours are the page's own, so that both themes need one drawing.

import { abilities } from './abilities.js';
import { decimated, valueAt } from './experimentdata.js';
import { element, fix, line, area, polyline, styled, text, ticks } from './labdraw.js';
import { make } from './dom.js';
import { short } from './format.js';
import { tr } from './language.js';
import { raster } from './raster.js';
import { save } from './files.js';

const LEFT = 64;
const RIGHT = 14;
const TOP = 12;
const BOTTOM = 40;
const FINE = 10; // parts of a unit of the picture in which lines are written
const LARGEST = 1e150; // what lies beyond is not drawn: no axis could hold it

/**
 * A line of the chart; raw is drawn faintly behind it, low and high as a band around it.
 * dots marks its points, and draws their intervals as bars; dense: it is drawn as the area that it covers, however few its points are.
 * @typedef {{name: string, colour: string, xs: number[], ys: number[], raw?: number[], low?: number[], high?: number[], thin?: boolean, dots?: boolean, dense?: boolean}} Line
 */
/**
 * A picture; with xLog the xs are decimal logarithms of what the axis shows.
 * front are points that no other beats, xs and ys ascending: they are marked, with stairs through them.
 * @typedef {{lines: Line[], xName: string, yName: string, log: boolean, xLog?: boolean, level?: {y: number, name: string}, front?: {name: string, xs: number[], ys: number[]}, mark?: number}} Picture
 */

/** Plot is the place of the data in the picture. @typedef {{x: (v: number) => number, y: (v: number) => number, left: number, right: number, top: number, bottom: number, x0: number, x1: number, y0: number, y1: number}} Plot */

/** Chart owns an SVG and what a person does to it. */
export class Chart {
  /** @type {Picture} */
  #picture = { lines: [], xName: '', yName: '', log: false };
  #svg;
  #readout;
  /** @type {[number, number] | null} */
  #zoom = null;
  /** @type {number | null} */
  #cursor = null;
  /** @type {number | null} */
  #from = null; // of a drag, in the picture's units
  #width = abilities.sizes ? 0 : 640; // until it is told, there is nothing to draw for
  /** @type {Plot | null} */
  #plot = null;

  /**
   * @param {SVGSVGElement} svg
   * @param {HTMLElement} readout lists the values of all lines at the cursor
   */
  constructor(svg, readout) {
    this.#svg = svg;
    this.#readout = readout;
    svg.tabIndex = 0;
    // One chart that draws makes the browser lay the page out anew for the next that asks for its size.
    const resized = (/** @type {number} */ wide) => {
      const width = Math.round(wide);
      if (width === 0 || width === this.#width) return;
      this.#width = width;
      this.#draw();
    };
    const sizes = abilities.sizes?.(([{ contentRect }]) => resized(contentRect.width));
    if (sizes) sizes.observe(svg);
    else addEventListener('resize', () => resized(svg.getBoundingClientRect().width));
    svg.addEventListener('pointermove', (event) => this.#move(event));
    svg.addEventListener('pointerleave', () => this.#from === null && this.#show(null));
    svg.addEventListener('pointerdown', (event) => this.#press(event));
    svg.addEventListener('pointerup', (event) => this.#release(event));
    svg.addEventListener('pointercancel', () => { this.#from = null; this.#draw(); });
    svg.addEventListener('dblclick', () => this.whole());
    svg.addEventListener('keydown', (event) => this.#key(event));
  }

  /** zoomed tells whether only a part of the axis is shown. */
  get zoomed() {
    return this.#zoom !== null;
  }

  /** @param {Picture} picture */
  draw(picture) {
    if (picture.xName !== this.#picture.xName) this.#zoom = null;
    this.#picture = picture;
    this.#draw();
  }

  /** whole shows the whole axis again. */
  whole() {
    this.#zoom = null;
    this.#draw();
  }

  /**
   * mark points out a place of the axis.
   * @param {number | undefined} x
   */
  mark(x) {
    this.#picture = { ...this.#picture, mark: x };
    this.#draw();
  }

  #draw() {
    if (this.#width === 0) return;
    const height = Math.round(Math.min(440, Math.max(240, 0.5 * this.#width)));
    this.#svg.setAttribute('viewBox', `0 0 ${this.#width} ${height}`);
    const begun = performance.now();
    const { parts, plot } = drawn(this.#picture, this.#width, height, this.#zoom);
    this.#plot = plot;
    this.#svg.replaceChildren(...parts);
    this.#svg.dataset.lines = String(this.#picture.lines.length);
    this.#svg.dataset.millis = (performance.now() - begun).toFixed(1);
    this.#svg.dataset.zoomed = String(this.zoomed);
    this.#show(this.#cursor);
  }

  /** @param {PointerEvent} event */
  #at(event) {
    return new DOMPoint(event.clientX, event.clientY).matrixTransform(this.#svg.getScreenCTM()?.inverse()).x;
  }

  /** @param {number} px */
  #value(px) {
    const { left, right, x0, x1 } = /** @type {Plot} */ (this.#plot);
    return x0 + ((Math.min(right, Math.max(left, px)) - left) / (right - left)) * (x1 - x0);
  }

  /** @param {PointerEvent} event */
  #press(event) {
    if (!this.#plot || event.button !== 0) return;
    this.#from = this.#at(event);
    this.#svg.setPointerCapture(event.pointerId);
  }

  /** @param {PointerEvent} event */
  #move(event) {
    if (!this.#plot) return;
    const at = this.#at(event);
    this.#svg.querySelector('.brush')?.remove();
    if (this.#from !== null && Math.abs(at - this.#from) > 4) {
      const { top, bottom, left, right } = this.#plot;
      const [a, b] = [Math.max(left, Math.min(at, this.#from)), Math.min(right, Math.max(at, this.#from))];
      this.#svg.append(styled(element('rect', { class: 'brush', x: fix(a), y: top, width: fix(Math.max(0, b - a)), height: bottom - top }), { fill: 'var(--accent)', opacity: 0.15 }));
    }
    this.#show(this.#value(at));
  }

  /** @param {PointerEvent} event */
  #release(event) {
    const from = this.#from;
    this.#from = null;
    if (!this.#plot || from === null) return;
    const at = this.#at(event);
    if (Math.abs(at - from) > 8) this.#zoom = /** @type {[number, number]} */ ([this.#value(from), this.#value(at)].sort((a, b) => a - b));
    this.#draw();
  }

  // Arrows move the cursor, + and − zoom around it, 0 and Escape show all.
  /** @param {KeyboardEvent} event */
  #key(event) {
    if (!this.#plot || event.ctrlKey || event.metaKey || event.altKey) return;
    const { x0, x1 } = this.#plot;
    const [whole, step] = [x1 - x0, (x1 - x0) / (event.shiftKey ? 10 : 50)];
    const at = this.#cursor ?? (x0 + x1) / 2;
    switch (event.key) {
      case 'ArrowLeft': this.#show(Math.max(x0, at - step)); break;
      case 'ArrowRight': this.#show(Math.min(x1, at + step)); break;
      case 'Home': this.#show(x0); break;
      case 'End': this.#show(x1); break;
      case '+': this.#zoom = [at - whole / 4, at + whole / 4]; this.#draw(); break;
      case '-':
      case '0':
      case 'Escape': this.whole(); break;
      default: return;
    }
    event.preventDefault();
    event.stopPropagation();
  }

  /** @param {number | null} x where the values of all lines are told */
  #show(x) {
    this.#cursor = x;
    this.#svg.querySelector('.cursor')?.remove();
    if (x === null || !this.#plot || this.#picture.lines.length === 0) {
      this.#readout.replaceChildren(...this.#legend());
      return;
    }
    const { top, bottom } = this.#plot;
    const px = fix(this.#plot.x(x));
    const cursor = element('g', { class: 'cursor' });
    cursor.append(line(`M${px} ${top}V${bottom}`, 'var(--strong)'));
    const values = this.#picture.lines.map((l) => ({ l, y: valueAt(l, x) })).filter(({ y }) => y !== undefined);
    for (const { l, y } of values.slice(0, 60)) cursor.append(styled(element('circle', { cx: px, cy: fix(this.#plot.y(/** @type {number} */ (y))), r: 3.4 }), { fill: l.colour, stroke: 'var(--surface)' }));
    this.#svg.append(cursor);
    values.sort((a, b) => /** @type {number} */ (b.y) - /** @type {number} */ (a.y));
    const rest = values.length - 12;
    this.#readout.replaceChildren(make('li', { className: 'at' }, `${short(this.#picture.xLog ? 10 ** x : x)} ${this.#picture.xName}`),
      ...values.slice(0, 12).map(({ l, y }) => make('li', {}, styledSpan(l.colour), `${l.name}: ${short(/** @type {number} */ (y))}${intervalAt(l, x)}`)),
      ...rest > 0 ? [make('li', {}, tr`and ${rest} more in the table`)] : []);
  }

  // What stands in place of the values while nothing is pointed at.
  #legend() {
    const { lines, front } = this.#picture;
    const named = lines.filter(({ thin }) => !thin);
    const rest = named.length - 12;
    return [...named.slice(0, 12).map(({ name, colour }) => make('li', {}, styledSpan(colour), name)), ...rest > 0 ? [make('li', {}, tr`and ${rest} more in the table`)] : [],
      ...front ? [make('li', {}, `◆ ${front.name}`)] : []];
  }

  /**
   * standalone is the picture alone, for a slide: with a title, a legend and its own size.
   * @param {string} title
   * @param {number} width
   * @param {number} height
   */
  standalone(title, width = 1280, height = 720) {
    const style = getComputedStyle(document.documentElement);
    const colour = (/** @type {string} */ name) => style.getPropertyValue(name).trim();
    const { lines, front } = this.#picture;
    const legend = lines.filter(({ thin }) => !thin).slice(0, 12);
    const inThirds = Math.ceil(legend.length / 3);
    const rows = inThirds + (front ? 1 : 0);
    const scale = 1.6; // text for a slide
    const { parts } = drawn(this.#picture, width / scale, (height - 44) / scale - 20 * rows, this.#zoom);
    const svg = element('svg', { xmlns: 'http://www.w3.org/2000/svg', width, height, viewBox: `0 0 ${width} ${height}`, 'font-family': 'system-ui, sans-serif' });
    const picture = element('g', { transform: `translate(0 44) scale(${scale})` });
    picture.append(...parts);
    const names = element('g', { transform: `translate(0 ${height - 20 * rows * scale}) scale(${scale})` });
    legend.forEach(({ name, colour: of }, i) => {
      const [x, y] = [LEFT + ((i % 3) * (width / scale - LEFT)) / 3, 14 + 20 * Math.floor(i / 3)];
      names.append(line(`M${x} ${y - 4}h18`, of, 3), styled(text(x + 24, y, name, 'start'), { fill: 'var(--ink)' }));
    });
    if (front) names.append(diamond(LEFT + 9, 10 + 20 * inThirds), styled(text(LEFT + 24, 14 + 20 * inThirds, front.name, 'start'), { fill: 'var(--ink)' }));
    const head = styled(element('text', { x: LEFT * scale, y: 32, 'font-size': 24, 'font-weight': 650 }, title), { fill: 'var(--ink)' });
    svg.append(styled(element('rect', { width, height }), { fill: 'var(--surface)' }), head, picture, names);
    const resolved = new XMLSerializer().serializeToString(svg).replace(/var\((--[a-z]+)\)/g, (_, name) => colour(name));
    return resolved.replace(/ style="([^"]*)"/g, (_, css) => css.split(';').map((/** @type {string} */ part) => part.split(':').map((p) => p.trim())).filter((/** @type {string[]} */ [name]) => name)
      .map((/** @type {string[]} */ [name, value]) => ` ${name}="${value}"`).join(''));
  }

  /**
   * @param {string} title
   * @param {string} name of the file, without its ending
   */
  saveSVG(title, name) {
    return save(this.standalone(title), `${name}.svg`);
  }

  /**
   * @param {string} title
   * @param {string} name
   */
  async savePNG(title, name) {
    return save(await raster(this.standalone(title), 1280, 720, 1.5), `${name}.png`);
  }
}

/**
 * @param {Line} l
 * @param {number} x
 */
function intervalAt({ xs, low, high }, x) {
  if (!low || !high) return '';
  const [a, b] = [valueAt({ xs, ys: low }, x), valueAt({ xs, ys: high }, x)];
  return a === undefined || b === undefined || !Number.isFinite(a) || !Number.isFinite(b) ? '' : ` [${short(a)}; ${short(b)}]`;
}

/** @param {string} colour */
function styledSpan(colour) {
  const span = make('span', { className: 'exp-dot' });
  span.style.background = colour;
  return span;
}

/**
 * drawn lays the picture out and returns its elements.
 * @param {Picture} picture
 * @param {number} width
 * @param {number} height
 * @param {[number, number] | null} zoom
 * @returns {{parts: SVGElement[], plot: Plot | null}}
 */
export function drawn({ lines, xName, yName, log, xLog, level, front, mark }, width, height, zoom) {
  const [left, right, top, bottom] = [LEFT, width - RIGHT, TOP, height - BOTTOM];
  const [x0, x1] = zoom ?? extent(lines.map(({ xs }) => [xs[0], xs.at(-1)]), (v) => v !== undefined);
  /** @type {SVGElement[]} */
  const parts = [text((left + right) / 2, height - 6, xName), text(left, TOP - 2, '', 'start')];
  if (!(x1 > x0)) return { parts: [styled(element('text', { x: width / 2, y: height / 2, 'text-anchor': 'middle', 'font-size': 14 }, lines.length > 0 ? tr('There is one point only.') : ''), { fill: 'var(--muted)' })], plot: null };
  const columns = Math.max(50, Math.round(right - left));
  const kept = lines.map((l) => ({ l, main: decimated(l, x0, x1, columns), raw: l.raw && decimated({ xs: l.xs, ys: l.raw }, x0, x1, columns) }));
  const f = log ? (/** @type {number} */ v) => Math.log10(v) : (/** @type {number} */ v) => v;
  const ok = (/** @type {number | undefined} */ v) => v !== undefined && Math.abs(v) < LARGEST && (v > 0 || !log);
  const heights = kept.flatMap(({ l, main, raw }) => [main.ys, raw?.ys ?? [], ...l.low && l.high ? [l.low, l.high].map((ys) => ys.filter((_, i) => l.xs[i] >= x0 && l.xs[i] <= x1)) : []]);
  let [y0, y1] = extent(level ? [...heights, [level.y]] : heights, ok).map(f);
  if (!(y1 > y0)) [y0, y1] = [y0 - (Math.abs(y0) || 1) * 0.1, y1 + (Math.abs(y1) || 1) * 0.1];
  const room = (y1 - y0) * 0.04;
  [y0, y1] = [y0 - room, y1 + room];
  const x = (/** @type {number} */ v) => left + ((v - x0) / (x1 - x0)) * (right - left);
  const y = (/** @type {number} */ v) => bottom - ((f(v) - y0) / (y1 - y0)) * (bottom - top);
  const decades = log ? Array.from({ length: Math.max(0, Math.floor(y1) - Math.ceil(y0) + 1) }, (_, i) => 10 ** (Math.ceil(y0) + i)) : [];
  const marks = decades.length > 1 ? decades : ticks(log ? 10 ** y0 : y0, log ? 10 ** y1 : y1, 5).filter((v) => ok(v));
  for (const v of marks) parts.push(line(`M${left} ${fix(y(v))}H${right}`, 'var(--border)'), text(left - 6, fix(y(v) + 4), short(v), 'end'));
  for (const v of xLog ? roundPowers(x0, x1, width > 500 ? 10 : 5) : ticks(x0, x1, width > 500 ? 6 : 4)) parts.push(text(fix(x(v)), bottom + 16, xLog ? String(+(10 ** v).toPrecision(3)) : short(v), x(v) > right - 16 ? 'end' : 'middle'));
  const name = text(0, 0, yName);
  name.setAttribute('transform', `translate(12 ${(top + bottom) / 2}) rotate(-90)`);
  parts.push(name);
  if (level && ok(level.y)) parts.push(styled(element('path', { d: `M${left} ${fix(y(level.y))}H${right}`, 'stroke-width': 1.4, 'stroke-dasharray': '6 4' }), { stroke: 'var(--strong)' }));
  const clip = `clip${Math.random().toString(36).slice(2)}`;
  const frame = element('clipPath', { id: clip });
  frame.append(element('rect', { x: left, y: top - 4, width: right - left, height: bottom - top + 8 }));
  const all = element('g', { 'clip-path': `url(#${clip})` });
  for (const { l } of kept) if (l.low && l.high && !l.dots) all.append(area(bandPath(l, x, y, ok), l.colour, 0.18));
  const fine = element('g', { transform: `scale(${1 / FINE})` });
  const drawLine = (/** @type {{xs: number[], ys: number[]}} */ series, /** @type {string} */ colour, /** @type {number} */ wide, /** @type {number} */ opacity, dense = series.xs.length > 2 * columns) => {
    fine.append(dense ? area(densePath(series, x, y, ok, wide), colour, opacity) : line(finePath(series, x, y, ok), colour, FINE * wide, opacity));
  };
  for (const { l, raw } of kept) if (raw) drawLine(raw, l.colour, 1, 0.25);
  for (const { l, main } of kept) drawLine(main, l.colour, l.thin ? 1.2 : 2.2, l.thin ? 0.55 : 1, l.dense || undefined);
  all.append(fine);
  parts.push(frame, all);
  for (const { l } of kept) if (l.dots) parts.push(line(barsPath(l, x0, x1, x, y, ok), l.colour, 1.5, 0.6), ...pointsOf(l, x0, x1, x, y, ok));
  if (front) {
    const inside = front.xs.map((v, i) => ({ v, at: front.ys[i] })).filter(({ v, at }) => v >= x0 && v <= x1 && ok(at));
    if (inside.length > 0) parts.push(styled(element('path', { class: 'front', d: `${inside.map(({ v, at }, i) => (i ? `H${fix(x(v))}V${fix(y(at))}` : `M${fix(x(v))} ${fix(y(at))}`)).join('')}H${right}`, fill: 'none', 'stroke-width': 1.4, 'stroke-dasharray': '2 3' }), { stroke: 'var(--ink)' }));
    parts.push(...inside.map(({ v, at }) => diamond(x(v), y(at))));
  }
  if (level && ok(level.y)) parts.push(levelName(level.name, y(level.y), left, right, top, kept.map(({ main }) => main.xs.map((v, i) => [x(v), y(main.ys[i])]))));
  if (mark !== undefined) parts.push(line(`M${fix(x(mark))} ${top}V${bottom}`, 'var(--ink)', 1.5, 0.9));
  return { parts, plot: { x, y, left, right, top, bottom, x0, x1, y0, y1 } };
}

/**
 * diamond marks a point.
 * @param {number} x
 * @param {number} y
 */
const diamond = (x, y) => styled(element('path', { class: 'best', d: `M${fix(x - 9)} ${fix(y)}l9 -9l9 9l-9 9z`, fill: 'none', 'stroke-width': 1.6 }), { stroke: 'var(--ink)' });

/**
 * levelName writes the name of a level at its left or right end or in its middle, above or below it, where the fewest parts of
 * lines cross it, and keeps those off the letters.
 * @param {string} name
 * @param {number} y
 * @param {number} left
 * @param {number} right
 * @param {number} top
 * @param {number[][][]} lines points of each
 */
function levelName(name, y, left, right, top, lines) {
  const [width, height] = [7 * name.length, 14];
  /** @type {number[][][]} */
  const near = [];
  for (const line of lines) {
    for (let i = 1; i < line.length; i++) {
      const [[, p], [, q]] = [line[i - 1], line[i]];
      if (Math.min(p, q) < y + 20 && Math.max(p, q) > y - 20) near.push([line[i - 1], line[i]]);
    }
  }
  const places = /** @type {[number, 'start' | 'middle' | 'end'][]} */ ([[right, 'end'], [left + 4, 'start'], [(left + right) / 2, 'middle']]).flatMap(([x, anchor]) => {
    const from = x - (anchor === 'start' ? 0 : anchor === 'end' ? width : width / 2);
    return [y - 5, y + 15].map((base) => ({ x, anchor, base, crossed: near.reduce((sum, line) => sum + crossings(line, from, from + width, base - height + 3, base + 3), base - height < top - 10 ? 1 : 0) }));
  });
  const { x, anchor, base } = places.reduce((best, place) => (place.crossed < best.crossed ? place : best));
  const label = text(x, fix(base), name, anchor);
  label.setAttribute('paint-order', 'stroke');
  label.setAttribute('stroke-width', '4');
  label.setAttribute('stroke-linejoin', 'round');
  return styled(label, { stroke: 'var(--surface)' });
}

// How many parts of a line meet a box.
/**
 * @param {number[][]} line
 * @param {number} x0
 * @param {number} x1
 * @param {number} y0
 * @param {number} y1
 */
function crossings(line, x0, x1, y0, y1) {
  let count = 0;
  for (let i = 1; i < line.length; i++) {
    const [[ax, ay], [bx, by]] = [line[i - 1], line[i]];
    if (bx < x0 || ax > x1) continue;
    const at = (/** @type {number} */ x) => (bx > ax ? ay + ((x - ax) / (bx - ax)) * (by - ay) : by);
    const [p, q] = [at(Math.max(ax, x0)), at(Math.min(bx, x1))];
    if (Math.min(p, q) < y1 && Math.max(p, q) > y0) count++;
  }
  return count;
}

/**
 * roundPowers are the decimal logarithms of round numbers from x0 to x1: 1, 2, 5 of each power of ten where they are at most so
 * many, else the powers alone.
 * @param {number} x0
 * @param {number} x1
 * @param {number} most
 */
export function roundPowers(x0, x1, most) {
  const of = (/** @type {number[]} */ digits) => Array.from({ length: Math.ceil(x1) - Math.floor(x0) + 1 }, (_, i) => digits.map((d) => Math.floor(x0) + i + Math.log10(d))).flat().filter((v) => v >= x0 - 1e-9 && v <= x1 + 1e-9);
  const fine = of([1, 2, 5]);
  return fine.length <= most ? fine : of([1]);
}

/**
 * finePath is a line in whole parts of a unit, each point from the one before: integers of few digits are written and read in a
 * fifth of the time of decimal fractions, which counts where a hundred thousand points are drawn.
 * @param {{xs: number[], ys: number[]}} series
 * @param {(v: number) => number} x
 * @param {(v: number) => number} y
 * @param {(v: number | undefined) => boolean} ok
 */
function finePath({ xs, ys }, x, y, ok) {
  const points = [];
  for (let i = 0; i < xs.length; i++) if (ok(ys[i])) points.push(x(xs[i]), y(ys[i]));
  return fineLine(points);
}

/** @param {number[]} points x, y of each */
function fineLine(points) {
  const steps = [];
  let [px, py] = [0, 0];
  for (let i = 0; i < points.length; i += 2) { // no array is taken apart in here: a first drawing is interpreted
    const qx = Math.round(FINE * points[i]);
    const qy = Math.round(FINE * points[i + 1]);
    steps.push(qx - px, qy - py);
    px = qx;
    py = qy;
  }
  return steps.length > 0 ? `m${steps.join(' ')}` : '';
}

/**
 * densePath is the outline of a line that has several points in most columns of pixels: from the lowest to the highest of each, and
 * of the way from the column before, as the line would fill it. Fifty such lines as strokes take a browser without a graphics
 * processor seconds to paint, their outlines a twentieth of that.
 * @param {{xs: number[], ys: number[]}} series
 * @param {(v: number) => number} x
 * @param {(v: number) => number} y
 * @param {(v: number | undefined) => boolean} ok
 * @param {number} wide of the line
 */
function densePath({ xs, ys }, x, y, ok, wide) {
  /** @type {number[]} */
  const upper = [];
  /** @type {number[]} */
  const lower = [];
  let [column, before, top, bottom] = [NaN, 0, 0, 0];
  const close = () => {
    if (Number.isNaN(column)) return;
    upper.push(column + 0.5, top - wide / 2);
    lower.push(bottom + wide / 2, column + 0.5); // is turned round
  };
  for (let i = 0; i < xs.length; i++) {
    if (!ok(ys[i])) continue;
    const at = Math.floor(x(xs[i]));
    const py = y(ys[i]);
    if (at !== column) {
      close();
      const from = at === column + 1 ? before : py;
      top = Math.min(py, from);
      bottom = Math.max(py, from);
      column = at;
    }
    if (py < top) top = py;
    if (py > bottom) bottom = py;
    before = py;
  }
  close();
  return `${fineLine([...upper, ...lower.reverse()])}z`;
}

/**
 * @param {Line} l
 * @param {(v: number) => number} x
 * @param {(v: number) => number} y
 * @param {(v: number | undefined) => boolean} ok
 */
function bandPath({ xs, low = [], high = [] }, x, y, ok) {
  const good = xs.map((_, i) => i).filter((i) => ok(low[i]) && ok(high[i]));
  const back = [...good].reverse();
  return good.length === 0 ? '' : `${polyline([...good, ...back].map((i) => x(xs[i])), [...good.map((i) => y(high[i])), ...back.map((i) => y(low[i]))])}Z`;
}

/**
 * @param {Line} l
 * @param {number} x0
 * @param {number} x1
 * @param {(v: number) => number} x
 * @param {(v: number) => number} y
 * @param {(v: number | undefined) => boolean} ok
 */
function barsPath({ xs, low = [], high = [] }, x0, x1, x, y, ok) {
  return xs.map((v, i) => (v >= x0 && v <= x1 && ok(low[i]) && ok(high[i]) ? `M${fix(x(v) - 4)} ${fix(y(low[i]))}h8m-4 0V${fix(y(high[i]))}m-4 0h8` : '')).join('');
}

/**
 * @param {Line} l
 * @param {number} x0
 * @param {number} x1
 * @param {(v: number) => number} x
 * @param {(v: number) => number} y
 * @param {(v: number | undefined) => boolean} ok
 */
function pointsOf({ xs, ys, colour }, x0, x1, x, y, ok) {
  return xs.map((v, i) => ({ v, at: ys[i] })).filter(({ v, at }) => v >= x0 && v <= x1 && ok(at)).map(({ v, at }) => styled(element('circle', { cx: fix(x(v)), cy: fix(y(at)), r: 4 }), { fill: colour }));
}

/**
 * extent is the lowest and the highest of the values that are ok.
 * @param {(number | undefined)[][]} lists
 * @param {(v: number | undefined) => boolean} ok
 * @returns {[number, number]}
 */
function extent(lists, ok) {
  let [low, high] = [Infinity, -Infinity];
  for (const list of lists) {
    for (const v of list) {
      if (v === undefined || !ok(v)) continue;
      if (v < low) low = v;
      if (v > high) high = v;
    }
  }
  return [low, high];
}

// The pictures of the variance lab as SVG, made from arrays. Colours are the page's own properties, so that light and
// dark need no second drawing; clouds and arrows are one path each.

import { tr } from './language.js';

const SPACE = 'http://www.w3.org/2000/svg';

/** @typedef {ArrayLike<number>} Numbers */
/** @typedef {(x: number) => number} Scale from coordinates to the picture's units */

/**
 * A flow on the line or in the plane: paths [(steps+1)*n*dim] of n particles, the field on a grid of times and points, and
 * draws of the target or its density.
 * @typedef {object} Flow
 * @property {number} low of the axis, or of both
 * @property {number} high
 * @property {Numbers} paths
 * @property {number} steps
 * @property {number} n
 * @property {Numbers} target
 * @property {Numbers | null} density on the line
 * @property {Numbers | null} field
 * @property {number} fieldTimes
 * @property {number} fieldPoints
 * @property {number} c standard deviation of the noise
 */

/**
 * element makes an SVG element.
 * @template {keyof SVGElementTagNameMap} K
 * @param {K} name
 * @param {Record<string, string | number>} [attributes]
 * @param {string} [text]
 * @returns {SVGElementTagNameMap[K]}
 */
export function element(name, attributes = {}, text) {
  const e = document.createElementNS(SPACE, name);
  for (const [key, value] of Object.entries(attributes)) e.setAttribute(key, String(value));
  if (text !== undefined) e.textContent = text;
  return e;
}

/** @param {number} x */
export const fix = (x) => Math.round(x * 10) / 10;
/** @param {number} t */
const mixed = (t) => `color-mix(in oklab, var(--action) ${Math.round(t * 100)}%, var(--noise))`;

/**
 * @param {Numbers} points [n*2]
 * @param {Scale} x
 * @param {Scale} y
 */
function dots(points, x, y, stride = 1) {
  let d = '';
  for (let i = 0; i < points.length; i += 2 * stride) d += `M${fix(x(points[i]))} ${fix(y(points[i + 1]))}h0`;
  return d;
}

/**
 * @param {Numbers} xs
 * @param {Numbers} ys
 */
export function polyline(xs, ys) {
  let d = '';
  for (let i = 0; i < xs.length; i++) d += `${i ? 'L' : 'M'}${fix(xs[i])} ${fix(ys[i])}`;
  return d;
}

/**
 * @template {SVGElement} T
 * @param {T} e
 * @param {Record<string, string | number>} style
 */
export function styled(e, style) {
  Object.assign(e.style, style);
  return e;
}

/**
 * @param {string} d
 * @param {string} stroke
 */
export const line = (d, stroke, width = 1, opacity = 1) => styled(element('path', { d, fill: 'none', 'stroke-width': width, 'stroke-linejoin': 'round', 'stroke-linecap': 'round' }), { stroke, opacity });
/**
 * @param {string} d
 * @param {string} fill
 * @param {number} opacity
 */
export const area = (d, fill, opacity) => styled(element('path', { d }), { fill, opacity });
/**
 * @param {number} x
 * @param {number} y
 * @param {string} words
 */
export const text = (x, y, words, anchor = 'middle') => styled(element('text', { x, y, 'text-anchor': anchor, 'font-size': 12 }, words), { fill: 'var(--muted)' });

/**
 * entitled gives a part of a picture what it says on hover.
 * @template {SVGElement} T
 * @param {T} e
 * @param {string} [title]
 */
export function entitled(e, title) {
  if (title) e.append(element('title', {}, title));
  return e;
}

/**
 * pointOf is the place under a pointer in a picture's own units.
 * @param {SVGSVGElement} svg
 * @param {MouseEvent} event
 */
export const pointOf = (svg, event) => new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM()?.inverse());

/** Size of a picture in its own units; it scales with the page. */
export const WIDE = 460;
export const HIGH = 330;
const LEFT = 58;
const RIGHT = 374;
export const TOP = 14;
export const BOTTOM = 300;

/**
 * drawLine draws a flow on the line: t to the right, the noise's density at the left, the target's at the right with the
 * law over it, and the ways between.
 * @param {SVGSVGElement} svg
 * @param {Flow} flow
 * @param {number} t
 */
export function drawLine(svg, { low, high, paths, steps, n, density, field, fieldTimes, fieldPoints, c }, t) {
  const x = (/** @type {number} */ time) => LEFT + time * (RIGHT - LEFT);
  const y = (/** @type {number} */ v) => BOTTOM - ((v - low) / (high - low)) * (BOTTOM - TOP);
  /** @type {SVGElement[]} */
  const parts = [frame(x, y, low, high)];
  if (field) parts.push(line(arrowsOnLine(field, fieldTimes, fieldPoints, low, high, x, y), 'var(--strong)', 1, 0.45));
  parts.push(...waysOnLine(paths, steps, n, x, y));
  const bins = 66;
  const noise = Array.from({ length: bins }, (_, i) => Math.exp(-((low + ((i + 0.5) / bins) * (high - low)) ** 2) / (2 * c * c)));
  parts.push(sideDensity(noise, -46, LEFT - 4, 'var(--noise)', 0.55, Math.max(...noise)));
  const law = histogram(paths, steps * n, n, low, high, bins);
  const shown = density ?? law;
  const tallest = Math.max(...Array.from(shown));
  if (density) parts.push(sideDensity(density, 70, RIGHT + 4, 'var(--action)', 0.4, tallest));
  parts.push(sideSteps(law, 70, RIGHT + 4, tallest));
  if (t < 1) parts.push(styled(element('path', { d: cloudOnLine(paths, steps, n, t, x, y), 'stroke-width': 5, 'stroke-linecap': 'round' }), { stroke: mixed(t) }));
  svg.replaceChildren(...parts);
}

/**
 * @param {Scale} x
 * @param {Scale} y
 * @param {number} low
 * @param {number} high
 */
function frame(x, y, low, high) {
  const g = element('g');
  g.append(line(`M${x(0)} ${TOP}V${BOTTOM}M${x(1)} ${TOP}V${BOTTOM}`, 'var(--border)'));
  g.append(text(x(0), BOTTOM + 20, tr('noise, t = 0')), text(x(1), BOTTOM + 20, tr('action, t = 1')));
  for (const v of ticks(low, high, 5)) g.append(text(4, y(v) + 4, `${v}`, 'start'), line(`M${x(0) - 3} ${fix(y(v))}h3`, 'var(--strong)'));
  return g;
}

/**
 * @param {Numbers} paths
 * @param {number} steps
 * @param {number} n
 * @param {Scale} x
 * @param {Scale} y
 */
function waysOnLine(paths, steps, n, x, y) {
  const ways = 40;
  return Array.from({ length: steps }, (_, k) => {
    let d = '';
    for (let w = 0; w < ways; w++) {
      const i = Math.floor(((w + 0.5) * n) / ways);
      d += `M${fix(x(k / steps))} ${fix(y(paths[k * n + i]))}L${fix(x((k + 1) / steps))} ${fix(y(paths[(k + 1) * n + i]))}`;
    }
    return line(d, mixed((k + 0.5) / steps), 1.1, 0.75);
  });
}

/**
 * @param {Numbers} field
 * @param {number} times
 * @param {number} points
 * @param {number} low
 * @param {number} high
 * @param {Scale} x
 * @param {Scale} y
 */
function arrowsOnLine(field, times, points, low, high, x, y) {
  const dx = (0.55 * (RIGHT - LEFT)) / times;
  let d = '';
  for (let k = 0; k < times; k++) {
    for (let i = 0; i < points; i++) {
      const at = low + ((i + 0.5) / points) * (high - low);
      const dy = ((field[k * points + i] * 0.55) / times / (high - low)) * (BOTTOM - TOP);
      d += arrow(x((k + 0.2) / times), y(at), dx, -dy, 18);
    }
  }
  return d;
}

/**
 * arrow is a shaft of at most so long with two barbs.
 * @param {number} x
 * @param {number} y
 * @param {number} dx
 * @param {number} dy
 * @param {number} longest
 */
function arrow(x, y, dx, dy, longest) {
  const size = Math.hypot(dx, dy);
  const f = size > longest ? longest / size : 1;
  const [u, v] = [dx * f, dy * f];
  const [ex, ey] = [x + u, y + v];
  return `M${fix(x)} ${fix(y)}L${fix(ex)} ${fix(ey)}M${fix(ex - 0.3 * u - 0.18 * v)} ${fix(ey - 0.3 * v + 0.18 * u)}L${fix(ex)} ${fix(ey)}L${fix(ex - 0.3 * u + 0.18 * v)} ${fix(ey - 0.3 * v - 0.18 * u)}`;
}

/**
 * @param {Numbers} paths
 * @param {number} steps
 * @param {number} n
 * @param {number} t
 * @param {Scale} x
 * @param {Scale} y
 */
function cloudOnLine(paths, steps, n, t, x, y) {
  const { k, f } = between(t, steps);
  let d = '';
  for (let i = 0; i < n; i += 8) d += `M${fix(x(t))} ${fix(y(paths[k * n + i] * (1 - f) + paths[(k + 1) * n + i] * f))}h0`;
  return d;
}

/**
 * between is the step k in which t lies, and how far of it has passed.
 * @param {number} t
 * @param {number} steps
 */
const between = (t, steps) => {
  const k = Math.min(Math.floor(t * steps), steps - 1);
  return { k, f: t * steps - k };
};

/**
 * histogram is the density of n values from values[from] in equal bins.
 * @param {Numbers} values
 * @param {number} from
 * @param {number} n
 * @param {number} low
 * @param {number} high
 * @param {number} bins
 */
export function histogram(values, from, n, low, high, bins) {
  const h = new Float64Array(bins);
  for (let i = from; i < from + n; i++) {
    const b = Math.floor(((values[i] - low) / (high - low)) * bins);
    if (b >= 0 && b < bins) h[b] += bins / (n * (high - low));
  }
  return h;
}

/**
 * sideDensity draws a density along the vertical axis, so wide (to the left where negative) at its tallest.
 * @param {Numbers} density
 * @param {number} width
 * @param {number} from
 * @param {string} colour
 * @param {number} opacity
 * @param {number} tallest
 */
function sideDensity(density, width, from, colour, opacity, tallest) {
  const n = density.length;
  const xs = [from, ...Array.from(density, (p) => from + (Math.min(p / tallest, 1.15)) * width), from];
  const ys = [BOTTOM, ...Array.from(density, (_, i) => BOTTOM - ((i + 0.5) / n) * (BOTTOM - TOP)), TOP];
  return area(`${polyline(xs, ys)}Z`, colour, opacity);
}

/**
 * @param {Float64Array} law
 * @param {number} width
 * @param {number} from
 * @param {number} tallest
 */
function sideSteps(law, width, from, tallest) {
  const n = law.length;
  let d = `M${from} ${BOTTOM}`;
  law.forEach((p, i) => {
    d += `H${fix(from + Math.min(p / tallest, 1.15) * width)}V${fix(BOTTOM - ((i + 1) / n) * (BOTTOM - TOP))}`;
  });
  return line(`${d}H${from}`, 'var(--ink)', 1.6);
}

/**
 * drawPlane draws a flow in the plane: the target's draws, the field at t, some ways, and the cloud at t.
 * @param {SVGSVGElement} svg
 * @param {Flow} flow
 * @param {number} t
 */
export function drawPlane(svg, { low, high, paths, steps, n, target, field, fieldTimes, fieldPoints }, t) {
  const size = HIGH - 24;
  const left = (WIDE - size) / 2;
  const x = (/** @type {number} */ v) => left + ((v - low) / (high - low)) * size;
  const y = (/** @type {number} */ v) => 12 + size - ((v - low) / (high - low)) * size;
  /** @type {SVGElement[]} */
  const parts = [styled(element('rect', { x: left, y: 12, width: size, height: size, rx: 8, fill: 'none' }), { stroke: 'var(--border)' })];
  parts.push(styled(element('path', { d: dots(target, x, y), 'stroke-width': 3, 'stroke-linecap': 'round' }), { stroke: 'var(--action)', opacity: 0.28 }));
  if (field) parts.push(line(arrowsInPlane(field, Math.min(Math.floor(t * fieldTimes), fieldTimes - 1), fieldPoints, low, high, x, y, size), 'var(--strong)', 1, 0.5));
  const ways = 44;
  for (let k = 0; k < steps; k++) {
    let d = '';
    for (let w = 0; w < Math.min(ways, n); w++) {
      const a = 2 * (k * n + w);
      const b = a + 2 * n;
      d += `M${fix(x(paths[a]))} ${fix(y(paths[a + 1]))}L${fix(x(paths[b]))} ${fix(y(paths[b + 1]))}`;
    }
    parts.push(line(d, mixed((k + 0.5) / steps), 1, 0.55));
  }
  const { k, f } = between(t, steps);
  const cloud = new Float32Array(2 * n);
  for (let i = 0; i < 2 * n; i++) cloud[i] = paths[2 * k * n + i] * (1 - f) + paths[2 * (k + 1) * n + i] * f;
  parts.push(styled(element('path', { d: dots(cloud, x, y, n > 512 ? 2 : 1), 'stroke-width': 3.4, 'stroke-linecap': 'round' }), { stroke: mixed(t), opacity: 0.9 }));
  svg.replaceChildren(...parts);
}

/**
 * @param {Numbers} field
 * @param {number} k
 * @param {number} points
 * @param {number} low
 * @param {number} high
 * @param {Scale} x
 * @param {Scale} y
 * @param {number} size
 */
function arrowsInPlane(field, k, points, low, high, x, y, size) {
  const cell = size / points;
  let d = '';
  for (let i = 0; i < points; i++) {
    for (let j = 0; j < points; j++) {
      const at = 2 * ((k * points + i) * points + j);
      const scale = (0.22 * size) / (high - low);
      d += arrow(x(low + ((j + 0.5) / points) * (high - low)), y(low + ((i + 0.5) / points) * (high - low)), field[at] * scale, -field[at + 1] * scale, 0.85 * cell);
    }
  }
  return d;
}

/**
 * planeAt gives the coordinates under a pointer in drawPlane's picture.
 * @param {SVGSVGElement} svg
 * @param {PointerEvent} event
 * @param {number} low
 * @param {number} high
 */
export function planeAt(svg, event, low, high) {
  const size = HIGH - 24;
  const left = (WIDE - size) / 2;
  const point = pointOf(svg, event);
  return [low + ((point.x - left) / size) * (high - low), low + ((12 + size - point.y) / size) * (high - low)];
}

/**
 * ticks are about so many round numbers from low to high.
 * @param {number} low
 * @param {number} high
 * @param {number} about
 */
export function ticks(low, high, about) {
  const raw = (high - low) / about;
  const unit = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map((f) => f * unit).find((s) => s >= raw) ?? 10 * unit;
  const first = Math.ceil(low / step), places = Math.floor(high / step) - first + 1;
  return places <= 10 * about ? Array.from({ length: Math.max(0, places) }, (_, i) => +((first + i) * step).toPrecision(6)) : []; // NaN where the axis has no such places
}

/**
 * drawChart draws series over one horizontal axis; mark is an x to point out, log makes the axis logarithmic to base 2.
 * @param {SVGSVGElement} svg
 * @param {object} chart
 * @param {{xs: Numbers, ys: Numbers, colour: string, dots?: boolean, joined?: boolean, dash?: string, to?: Numbers, titles?: string[]}[]} chart.series to: a thin
 *   line reaches from each dot up to here; titles: what each dot, or all of a line, says on hover
 * @param {{y: number, colour: string}[]} [chart.levels]
 * @param {{to: number}} [chart.band]
 * @param {number} [chart.mark]
 * @param {boolean} [chart.log]
 * @param {number} [chart.xMost] where the axis ends; elsewhere at the greatest x, and at least 1 behind the least
 * @param {string} chart.xName
 * @param {string} chart.yName
 */
export function drawChart(svg, { series, levels = [], band, mark, log = false, xMost, xName, yName }) {
  const left = 48;
  const right = WIDE - 14;
  const f = log ? Math.log2 : (/** @type {number} */ v) => v;
  const allX = series.flatMap((s) => Array.from(s.xs));
  const allY = [...series.flatMap((s) => [...Array.from(s.ys), ...Array.from(s.to ?? [])]), ...levels.map((l) => l.y), band?.to ?? 0].filter(Number.isFinite);
  const x0 = f(Math.min(...allX));
  const x1 = xMost ?? Math.max(f(Math.max(...allX)), x0 + 1);
  const low = Math.min(0, ...allY);
  const top = low + Math.max(...allY.map((v) => v - low), 1e-6) * 1.08;
  const x = (/** @type {number} */ v) => left + ((f(v) - x0) / (x1 - x0)) * (right - left);
  const y = (/** @type {number} */ v) => BOTTOM - ((v - low) / (top - low)) * (BOTTOM - TOP);
  /** @type {SVGElement[]} */
  const parts = [];
  for (const v of ticks(low, top, 5)) parts.push(line(`M${left} ${fix(y(v))}H${right}`, 'var(--border)'), text(left - 6, y(v) + 4, `${v}`, 'end'));
  for (const v of log ? [1, 2, 4, 8, 16, 32] : ticks(x0, x1, 6)) parts.push(text(x(v), BOTTOM + 16, `${v}`));
  parts.push(text((left + right) / 2, BOTTOM + 30, xName), text(left, TOP - 3, yName, 'start'));
  if (band) parts.push(area(`M${left} ${y(0)}H${right}V${fix(y(band.to))}H${left}Z`, 'var(--strong)', 0.22));
  if (mark !== undefined) parts.push(line(`M${fix(x(mark))} ${TOP}V${BOTTOM}`, 'var(--strong)', 1, 0.8));
  for (const l of levels) parts.push(styled(element('path', { d: `M${left} ${fix(y(l.y))}H${right}`, 'stroke-width': 1.8, 'stroke-dasharray': '6 4' }), { stroke: l.colour }));
  for (const s of series) {
    const px = Array.from(s.xs, x);
    const py = Array.from(s.ys, y);
    if (!s.dots || s.joined) {
      const p = line(polyline(px, py), s.colour, 2.2);
      if (s.dash) p.setAttribute('stroke-dasharray', s.dash);
      parts.push(entitled(p, s.dots ? undefined : s.titles?.[0]));
    }
    const { to } = s;
    if (to) parts.push(line(px.map((cx, i) => `M${fix(cx)} ${fix(py[i])}V${fix(y(to[i]))}`).join(''), s.colour, 1.2, 0.4));
    if (s.dots) parts.push(...px.map((cx, i) => entitled(styled(element('circle', { cx: fix(cx), cy: fix(py[i]), r: 4.2 }), { fill: s.colour, stroke: 'var(--surface)' }), s.titles?.[i])));
  }
  svg.replaceChildren(...parts);
}

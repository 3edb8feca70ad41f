// The pictures of the mirror lab as SVG, made from arrays. Wedges of a grid are one path, so that 40 x 40 cells keep up.

import { BOTTOM, HIGH, TOP, WIDE, area, element, entitled, fix, line, pointOf, polyline, styled, text, ticks } from './labdraw.js';
import { tr } from './language.js';

/** @typedef {ArrayLike<number>} Numbers */

/**
 * What one column found: the path of its policy, by frames.
 * @typedef {object} Path
 * @property {import('./mirror.js').PathInfo} info
 * @property {string} problem what was asked for, as JSON
 * @property {Float64Array} rows [iterations+1][NumMirrorRow]
 * @property {Float32Array} v [frames][S]
 * @property {Float32Array} pi [frames][S][A]
 * @property {Float32Array} q [frames][S][A]
 * @property {Float32Array} visits [frames][S]
 * @property {Float32Array} best V* [S], then pi* [S][A]
 */

/**
 * placesOf lays the states of a problem out: their cells where it is a grid, a triangle for a sea, rows otherwise.
 * @param {import('./mirror.js').PathInfo} info
 * @returns {{rows: number, columns: number, at: [number, number][]}} row and column of each state; the end of a grid has none
 */
export function placesOf({ states, layout, cells, problem }) {
  if (layout && cells) return { rows: layout.length, columns: layout[0].length, at: cells };
  const n = Math.round((Math.sqrt(8 * (states - 1) + 1) - 1) / 2);
  if (problem.startsWith('deepsea')) {
    /** @type {[number, number][]} */
    const at = [];
    for (let i = 0; i < n; i++) for (let j = 0; j <= i; j++) at.push([i, j]);
    return { rows: n, columns: n, at };
  }
  const columns = problem.startsWith('detour') ? 8 : Math.min(states, 8);
  return { rows: Math.ceil(states / columns), columns, at: Array.from({ length: states }, (_, s) => [Math.floor(s / columns), s % columns]) };
}

const TITLED = 500; // states up to which each says its number on hover
/** @type {Record<string, string>} */
const LAYER_FORMULAS = { value: tr('V^k(s) = E Σ γ^t r from s'), gap: 'V*(s) − V^k(s)', visits: 'd_ρ(s) = (1 − γ) Σ γ^t P(s_t = s)' };

/**
 * drawGrid draws a layer as colour, the policy as wedges (four actions) or bars, and the chosen state.
 * @param {SVGSVGElement} svg
 * @param {Path} path
 * @param {number} frame
 * @param {string} layer
 * @param {number | [number, number]} chosen a state, or the cell that one draws at
 * @param {string[]} layout of a grid as it is drawn on, which its path may not know yet; empty elsewhere
 * @param {number[]} wind
 * @param {number} goal what entering a goal pays
 */
export function drawGrid(svg, path, frame, layer, chosen, layout, wind, goal) {
  const { info } = path;
  const { rows, columns, at } = placesOf(info);
  const size = Math.min((WIDE - 20) / columns, (HIGH - 26) / rows, 110);
  const left = (WIDE - columns * size) / 2;
  const { low, high, of } = scaleOf(path, frame, layer);
  /** @type {SVGElement[]} */
  const parts = [];
  parts.push(...drawLayout(layout, left, size, wind, goal));
  at.forEach(([i, j], s) => {
    const f = high > low ? (of(s) - low) / (high - low) : 0.5;
    const cell = element('rect', { x: fix(left + j * size), y: fix(6 + i * size), width: fix(size - 1), height: fix(size - 1), rx: Math.min(3, size / 8) });
    if (info.terminal.includes(s)) cell.setAttribute('stroke-dasharray', '3 3');
    if (at.length <= TITLED) entitled(cell, `${short(of(s))} = ${LAYER_FORMULAS[layer]}`);
    parts.push(styled(cell, { fill: `color-mix(in oklab, var(--action) ${Math.round(100 * Math.min(Math.max(f, 0), 1))}%, var(--noise))`, opacity: '0.55', stroke: 'var(--border)' }));
  });
  parts.push(styled(element('path', { d: wedges(path, frame, at, left, size) }), { fill: 'var(--ink)', opacity: 0.85 }));
  if (size > 34) at.forEach(([i, j], s) => parts.push(small(left + (j + 0.5) * size, 6 + (i + 1) * size - 5, short(of(s)))));
  const mark = typeof chosen === 'number' ? at[chosen] : chosen;
  if (mark) {
    const [i, j] = mark;
    parts.push(styled(element('rect', { x: fix(left + j * size), y: fix(6 + i * size), width: fix(size - 1), height: fix(size - 1), fill: 'none', 'stroke-width': 2.5 }), { stroke: 'var(--ink)' }));
  }
  parts.push(text(WIDE / 2, HIGH - 4, tr`${short(low)} (blue) to ${short(high)} (orange)`));
  svg.replaceChildren(...parts);
}

/**
 * @param {Path} path
 * @param {number} frame
 * @param {string} layer
 */
function scaleOf(path, frame, layer) {
  const { states, terminal } = path.info;
  const live = Array.from({ length: states }, (_, s) => s).filter((s) => !terminal.includes(s));
  const from = frame * states;
  const of = (/** @type {number} */ s) => (layer === 'visits' ? path.visits[from + s] : layer === 'gap' ? path.best[s] - path.v[from + s] : path.v[from + s]);
  if (layer === 'value') { // one scale for all of the path, up to V*
    const all = [...live.map((s) => path.best[s]), ...live.map((s) => path.v[s])];
    return { of, low: Math.min(...all), high: Math.max(...all) };
  }
  return { of, low: 0, high: Math.max(1e-12, ...live.map(of)) };
}

/**
 * @param {string[]} layout
 * @param {number} left
 * @param {number} size
 * @param {number[]} wind
 * @param {number} goal
 */
function drawLayout(layout, left, size, wind, goal) {
  /** @type {SVGElement[]} */
  const parts = [];
  layout.forEach((row, i) => [...row].forEach((c, j) => {
    if (c === '.' || c === 'S') return;
    const rect = element('rect', { x: fix(left + j * size), y: fix(6 + i * size), width: fix(size - 1), height: fix(size - 1), rx: Math.min(3, size / 8) });
    parts.push(styled(rect, { fill: c === '#' ? 'var(--strong)' : c === 'G' ? 'var(--one)' : 'var(--noise)', opacity: c === 'X' ? 0.9 : 0.7 }));
    if (size > 16 && c !== '#') parts.push(styled(element('text', { x: fix(left + (j + 0.5) * size), y: fix(6 + (i + 0.62) * size), 'text-anchor': 'middle', 'font-size': fix(size * 0.36) }, c === 'G' ? `+${goal}` : '−1'), { fill: 'var(--surface)' }));
  }));
  wind.forEach((w, j) => w > 0 && parts.push(styled(element('path', { d: `M${fix(left + (j + 0.5) * size)} 0v5m-3 -3l3 3l3 -3`, fill: 'none', 'stroke-width': 0.6 + 2 * w }), { stroke: 'var(--muted)' })));
  return parts;
}

/**
 * wedges is one path for the policy of all states: triangles toward up, right, down and left, or bars from the floor.
 * @param {Path} path
 * @param {number} frame
 * @param {[number, number][]} at
 * @param {number} left
 * @param {number} size
 */
function wedges({ info, pi }, frame, at, left, size) {
  const A = info.actions;
  const from = frame * info.states * A;
  const reach = 0.44 * size;
  const half = 0.13 * size;
  let d = '';
  at.forEach(([i, j], s) => {
    if (info.terminal.includes(s)) return;
    const x = left + (j + 0.5) * size;
    const y = 6 + (i + 0.5) * size;
    for (let a = 0; a < A; a++) {
      const p = pi[from + s * A + a];
      if (p < 0.01) continue;
      if (info.layout && A === 4) {
        const [ux, uy] = [[0, -1], [1, 0], [0, 1], [-1, 0]][a];
        d += `M${fix(x - uy * half)} ${fix(y + ux * half)}L${fix(x + ux * reach * p)} ${fix(y + uy * reach * p)}L${fix(x + uy * half)} ${fix(y - ux * half)}Z`;
      } else {
        const wide = (0.8 * size) / A;
        d += `M${fix(x - 0.4 * size + a * wide)} ${fix(y + 0.2 * size)}v${fix(-0.6 * size * p)}h${fix(0.8 * wide)}v${fix(0.6 * size * p)}Z`;
      }
    }
  });
  return d;
}

/**
 * cellAt is row and column under a pointer in drawGrid's picture.
 * @param {SVGSVGElement} svg
 * @param {MouseEvent} event
 * @param {{rows: number, columns: number}} places
 */
export function cellAt(svg, event, { rows, columns }) {
  const size = Math.min((WIDE - 20) / columns, (HIGH - 26) / rows, 110);
  const left = (WIDE - columns * size) / 2;
  const point = pointOf(svg, event);
  return [Math.floor((point.y - 6) / size), Math.floor((point.x - left) / size)];
}

/** @param {number} x @param {number} y @param {string} words */
function small(x, y, words) {
  const e = text(x, y, words);
  e.setAttribute('font-size', '10');
  e.setAttribute('stroke-width', '2.5');
  return styled(e, { fill: 'var(--ink)', stroke: 'var(--surface)', paintOrder: 'stroke' });
}

/** @param {number} x */
export const short = (x) => (Number.isNaN(x) ? '–' : !Number.isFinite(x) ? '∞' : x !== 0 && (Math.abs(x) < 0.001 || Math.abs(x) >= 1e5) ? x.toExponential(1) : String(+x.toPrecision(3)));

/**
 * drawLog draws series of positive numbers on a logarithmic axis; mark is an x to point out.
 * @param {SVGSVGElement} svg
 * @param {object} chart
 * @param {{xs: number[], ys: number[], colour: string, dash?: string, title: string}[]} chart.series
 * @param {number} [chart.mark]
 * @param {string} chart.xName
 * @param {string} chart.yName
 */
export function drawLog(svg, { series, mark, xName, yName }) {
  const left = 48;
  const right = WIDE - 14;
  const least = 1e-12;
  const shown = series.map((s) => {
    const kept = s.xs.map((x, i) => [x, s.ys[i]]).filter(([, y]) => y > least && y < 1e12);
    return { ...s, xs: kept.map(([x]) => x), ys: kept.map(([, y]) => Math.log10(y)) };
  });
  const ys = shown.flatMap((s) => s.ys);
  if (ys.length === 0) ys.push(-1, 0);
  const [low, high] = [Math.floor(Math.min(...ys)), Math.ceil(Math.max(...ys) + 0.01)];
  const most = Math.max(1, ...shown.flatMap((s) => s.xs));
  const x = (/** @type {number} */ v) => left + (v / most) * (right - left);
  const y = (/** @type {number} */ v) => BOTTOM - ((v - low) / (high - low)) * (BOTTOM - TOP);
  const every = Math.ceil((high - low) / 7);
  /** @type {SVGElement[]} */
  const parts = [];
  for (let v = low; v <= high; v += every) parts.push(line(`M${left} ${fix(y(v))}H${right}`, 'var(--border)'), text(left - 6, y(v) + 4, `1e${v}`, 'end'));
  for (const v of ticks(0, most, 5)) parts.push(text(x(v), BOTTOM + 16, `${v}`));
  parts.push(text((left + right) / 2, BOTTOM + 30, xName), text(left, TOP - 3, yName, 'start'));
  if (mark !== undefined && mark <= most) parts.push(line(`M${fix(x(mark))} ${TOP}V${BOTTOM}`, 'var(--strong)', 1, 0.8));
  for (const s of shown) {
    const p = line(polyline(s.xs.map(x), s.ys.map(y)), s.colour, 2.2);
    if (s.dash) p.setAttribute('stroke-dasharray', s.dash);
    parts.push(entitled(p, s.title));
  }
  svg.replaceChildren(...parts);
}

const CORNERS = /** @type {const} */ ([[WIDE / 2, 22], [70, HIGH - 30], [WIDE - 70, HIGH - 30]]);

/** @param {Numbers} p [3] */
const onSimplex = (p) => [0, 1].map((c) => p[0] * CORNERS[0][c] + p[1] * CORNERS[1][c] + p[2] * CORNERS[2][c]);

/**
 * drawSimplex draws paths of three actions' probabilities with level lines of a distance to the start.
 * @param {SVGSVGElement} svg
 * @param {object} picture
 * @param {{name: string, colour: string, points: number[][]}[]} picture.paths
 * @param {{n: number, values: Numbers} | null} picture.level
 * @param {number[]} picture.start
 */
export function drawSimplex(svg, { paths, level, start }) {
  /** @type {SVGElement[]} */
  const parts = [line(`M${CORNERS.map((c) => c.join(' ')).join('L')}Z`, 'var(--strong)')];
  [tr('action 0'), tr('action 1'), tr('action 2')].forEach((name, i) => parts.push(text(CORNERS[i][0], CORNERS[i][1] + (i ? 18 : -8), name)));
  if (level) parts.push(line(levels(level.n, level.values), 'var(--muted)', 0.8, 0.6));
  paths.forEach(({ name, colour, points }, i) => {
    const at = points.map(onSimplex);
    const way = line(polyline(at.map(([x]) => x), at.map(([, y]) => y)), colour, 2);
    parts.push(entitled(way, name), styled(element('path', { d: at.map(([x, y]) => `M${fix(x)} ${fix(y)}h0`).join(''), 'stroke-width': 4.5, 'stroke-linecap': 'round' }), { stroke: colour }));
    parts.push(styled(text(8, 16 + 15 * i, name, 'start'), { fill: colour }));
  });
  const [sx, sy] = onSimplex(start);
  parts.push(styled(element('circle', { cx: fix(sx), cy: fix(sy), r: 7, 'stroke-width': 2.5 }), { fill: 'var(--surface)', stroke: 'var(--ink)' }));
  svg.replaceChildren(...parts);
}

/**
 * levels are the lines D = 0.05, 0.1, 0.2, ... through the small triangles of a lattice.
 * @param {number} n
 * @param {Numbers} values
 */
function levels(n, values) {
  const index = (/** @type {number} */ i, /** @type {number} */ j) => i * (n + 1) - (i * (i - 1)) / 2 + j;
  const point = (/** @type {number} */ i, /** @type {number} */ j) => ({ v: values[index(i, j)], at: onSimplex([i / n, j / n, (n - i - j) / n]) });
  let d = '';
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n - i; j++) {
      d += crossings([point(i, j), point(i + 1, j), point(i, j + 1)]);
      if (j < n - i - 1) d += crossings([point(i + 1, j + 1), point(i + 1, j), point(i, j + 1)]);
    }
  }
  return d;
}

/** @param {{v: number, at: number[]}[]} corners */
function crossings(corners) {
  let d = '';
  for (const level of [0.02, 0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2]) {
    const ends = [[0, 1], [1, 2], [2, 0]].flatMap(([a, b]) => {
      const [p, q] = [corners[a], corners[b]];
      if ((p.v < level) === (q.v < level) || !Number.isFinite(p.v + q.v)) return [];
      const f = (level - p.v) / (q.v - p.v);
      return [`${fix(p.at[0] + f * (q.at[0] - p.at[0]))} ${fix(p.at[1] + f * (q.at[1] - p.at[1]))}`];
    });
    if (ends.length === 2) d += `M${ends[0]}L${ends[1]}`;
  }
  return d;
}

/**
 * lawAt is the point of the simplex under a pointer: kept inside, and how far outside it was (0 within).
 * @param {SVGSVGElement} svg
 * @param {MouseEvent} event
 */
export function lawAt(svg, event) {
  const point = pointOf(svg, event);
  const [[x0, y0], [x1, y1], [x2]] = CORNERS;
  const p0 = (y1 - point.y) / (y1 - y0);
  const p2 = (point.x - x1 - p0 * (x0 - x1)) / (x2 - x1);
  const p = [p0, 1 - p0 - p2, p2];
  return { law: rounded(p), outside: Math.max(0, -Math.min(...p)) };
}

/** @param {number[]} p made a law whose actions all have some probability */
function rounded(p) {
  const kept = p.map((v) => Math.max(v, 0.01));
  const sum = kept[0] + kept[1] + kept[2];
  return kept.map((v) => Math.round((1000 * v) / sum) / 1000);
}

/**
 * movedLaw is a law of three actions after an arrow key, or undefined for another key: up raises action 0, left and right
 * move probability between the other two.
 * @param {number[]} law
 * @param {string} key
 */
export function movedLaw(law, key) {
  const move = { ArrowUp: [0.04, -0.02, -0.02], ArrowDown: [-0.04, 0.02, 0.02], ArrowLeft: [0, 0.02, -0.02], ArrowRight: [0, -0.02, 0.02] }[key];
  if (!move) return undefined;
  return rounded(law.map((v, i) => v + move[i]));
}

/**
 * drawBars draws shares of V* that maps and steps leave.
 * @param {SVGSVGElement} svg
 * @param {{name: string, eta: number, shortfall: number}[]} bars
 */
export function drawBars(svg, bars) {
  const most = Math.max(...bars.map((b) => b.shortfall));
  svg.replaceChildren(...bars.flatMap(({ name, eta, shortfall }, i) => {
    const y = 26 + i * 56;
    const width = (shortfall / most) * (WIDE - 140);
    return [
      text(10, y - 6, `${name} (η = ${eta})`, 'start'),
      area(`M10 ${y}h${fix(width)}v22h${fix(-width)}Z`, i ? 'var(--many)' : 'var(--one)', 0.85), text(18 + width, y + 16, shortfall.toFixed(3), 'start'),
    ];
  }));
}

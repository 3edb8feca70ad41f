// Mirror maps as curves that one bends: inv over p, or phi over y, which is the same curve lying down. A curve that is
// bent becomes a mixed map, inv(p) = w0 log p + w1 p - w2 p^-1/2 + w3 p^1/2 + w4 p^3.

import { BOTTOM, HIGH, TOP, WIDE, entitled, fix, line, pointOf, polyline, text, ticks } from './labdraw.js';
import { drags } from './drag.js';
import { tr } from './language.js';

/** The terms of a mixed map. @type {((p: number) => number)[]} */
const TERMS = [Math.log, (p) => p, (p) => -1 / Math.sqrt(p), Math.sqrt, (p) => p ** 3];
const LEAST = 0.01; // p at which every curve is drawn at 0
export const MOST_WEIGHT = 4;
const REACH = 28; // CSS px from a curve within which a press takes it
const LEFT = 48;
const RIGHT = WIDE - 14;

/** @param {number} p */
const termsAt = (p) => TERMS.map((f) => f(p) - f(LEAST));

/** @param {number[]} w @param {number} p inv(p) - inv(0.01) of a mixed map */
export const mixedAt = (w, p) => termsAt(p).reduce((sum, b, j) => sum + w[j] * b, 0);

/**
 * bend changes the weights so that the curve passes through height c at p, as little as can be relative to what they are.
 * @param {number[]} w
 * @param {number} p
 * @param {number} c
 */
export function bend(w, p, c) {
  let bent = [...w];
  const terms = termsAt(p);
  for (let turn = 0; turn < 5; turn++) { // what a bound takes from one weight the others give
    const free = bent.map((v, j) => {
      const size = Math.max(w[j], 0.02);
      return turn > 0 && (v <= 0 || v >= MOST_WEIGHT) ? 0 : size * size;
    });
    const rest = c - terms.reduce((sum, b, j) => sum + bent[j] * b, 0);
    const norm = terms.reduce((sum, b, j) => sum + free[j] * b * b, 0);
    if (norm === 0 || Math.abs(rest) < 1e-9) break;
    bent = bent.map((v, j) => Math.min(Math.max(v + (free[j] * terms[j] * rest) / norm, 0), MOST_WEIGHT));
  }
  return bent;
}

/**
 * fitMixed is the mixed map nearest to a curve by least squares with weights of at least 0: the best of the solutions for
 * every choice of terms.
 * @param {number[]} ps
 * @param {number[]} cs heights over inv(0.01)
 */
export function fitMixed(ps, cs) {
  const rows = ps.map(termsAt);
  let best = { w: [0, 0, 0, 0, 0], error: Infinity };
  for (let choice = 1; choice < 32; choice++) {
    const free = [0, 1, 2, 3, 4].filter((j) => choice & (1 << j));
    const part = solve(free.map((j) => free.map((k) => rows.reduce((sum, b) => sum + b[j] * b[k], 0))), free.map((j) => rows.reduce((sum, b, i) => sum + b[j] * cs[i], 0)));
    if (part.some((v) => !(v >= 0))) continue;
    const w = [0, 0, 0, 0, 0];
    free.forEach((j, n) => { w[j] = part[n]; });
    const error = rows.reduce((sum, b, i) => sum + (b.reduce((c, v, j) => c + v * w[j], 0) - cs[i]) ** 2, 0);
    if (error < best.error - 1e-9) best = { w, error };
  }
  return best.w.map((v) => Math.min(v, MOST_WEIGHT));
}

/** @param {number[][]} a symmetric @param {number[]} b the solution of a x = b by elimination */
function solve(a, b) {
  const n = b.length;
  const m = a.map((row, i) => [...row, b[i]]);
  for (let i = 0; i < n; i++) {
    for (let j = i + 1; j < n; j++) {
      const f = m[j][i] / m[i][i];
      for (let c = i; c <= n; c++) m[j][c] -= f * m[i][c];
    }
  }
  const x = Array(n).fill(0);
  for (let i = n - 1; i >= 0; i--) x[i] = (m[i][n] - x.reduce((sum, v, j) => sum + (j > i ? m[i][j] * v : 0), 0)) / m[i][i];
  return x;
}

/**
 * scaleOf places p and heights in the picture.
 * @param {number} most the greatest height
 * @param {boolean} lying phi: heights to the right, p upwards
 */
function scaleOf(most, lying) {
  const across = (/** @type {number} */ v, /** @type {number} */ top) => LEFT + (v / top) * (RIGHT - LEFT);
  const up = (/** @type {number} */ v, /** @type {number} */ top) => BOTTOM - (v / top) * (BOTTOM - TOP);
  return {
    x: (/** @type {number} */ p, /** @type {number} */ c) => (lying ? across(c, most) : across(p, 1)),
    y: (/** @type {number} */ p, /** @type {number} */ c) => (lying ? up(p, 1) : up(c, most)),
    /** @param {number} x @param {number} y @returns {[number, number]} p and height */
    back: (x, y) => {
      const u = (x - LEFT) / (RIGHT - LEFT);
      const v = (BOTTOM - y) / (BOTTOM - TOP);
      return lying ? [v, u * most] : [u, v * most];
    },
  };
}

/**
 * drawMaps draws the curves of both columns and returns their scale.
 * @param {SVGSVGElement} svg
 * @param {{ps: number[], cs: number[], colour: string, name: string}[]} curves
 * @param {boolean} lying
 */
export function drawMaps(svg, curves, lying) {
  const most = 1.05 * Math.max(0.1, ...curves.flatMap(({ cs }) => cs.filter(Number.isFinite)));
  const scale = scaleOf(most, lying);
  const { x, y } = scale;
  /** @type {SVGElement[]} */
  const parts = [];
  for (const v of ticks(0, lying ? 1 : most, 5)) {
    const at = lying ? y(v, 0) : y(0, v);
    parts.push(line(`M${LEFT} ${fix(at)}H${RIGHT}`, 'var(--border)'), text(LEFT - 6, at + 4, `${v}`, 'end'));
  }
  for (const v of ticks(0, lying ? most : 1, 5)) parts.push(text(lying ? x(0, v) : x(v, 0), BOTTOM + 16, `${v}`));
  parts.push(text((LEFT + RIGHT) / 2, BOTTOM + 30, lying ? 'y − inv(0.01)' : 'p'), text(LEFT, TOP - 3, lying ? 'p = φ(y)' : 'inv(p) − inv(0.01)', 'start'));
  for (const { ps, cs, colour, name } of curves) parts.push(entitled(line(polyline(ps.map((p, i) => x(p, cs[i])), ps.map((p, i) => y(p, cs[i]))), colour, 3), tr`inv(p) − inv(0.01) of ${name}’s map`));
  svg.replaceChildren(...parts);
  svg.setAttribute('viewBox', `0 0 ${WIDE} ${HIGH + 4}`);
  return scale;
}

/**
 * MapHand lets a person bend the curves.
 */
export class MapHand {
  #scale = scaleOf(1, false);
  /** @type {({ps: number[], cs: number[], colour: string, name: string} | null)[]} */
  #curves = [];
  #svg;

  /**
   * @param {SVGSVGElement} svg
   * @param {(i: number, w: number[]) => void} set takes the mixed map of a column
   * @param {() => () => void} keep returns what puts the maps back as they are now
   */
  constructor(svg, set, keep) {
    this.#svg = svg;
    /** @type {{i: number, w: number[], back: (x: number, y: number) => [number, number]} | null} */
    let held = null;
    drags(svg, (event) => {
      held = this.#near(event);
      return held && keep();
    }, (event) => {
      if (!held) return;
      const [p, c] = this.#place(event, held.back);
      set(held.i, bend(held.w, p, c).map((v) => +v.toFixed(4)));
    });
  }

  /**
   * @param {({ps: number[], cs: number[], colour: string, name: string} | null)[]} curves of the columns; null where there is none
   * @param {boolean} lying
   */
  draw(curves, lying) {
    this.#curves = curves;
    this.#scale = drawMaps(this.#svg, curves.filter((c) => c !== null), lying);
  }

  /** @param {PointerEvent} event @param {(x: number, y: number) => [number, number]} back @returns {[number, number]} */
  #place(event, back) {
    const point = pointOf(this.#svg, event);
    const [p, c] = back(point.x, point.y);
    return [Math.min(Math.max(p, 0.02), 1), Math.max(c, 0)];
  }

  // The curve under the pointer is the nearest one within reach; one of another kind is fitted by a mixed map first.
  /** @param {PointerEvent} event */
  #near(event) {
    const { x, y, back } = this.#scale;
    const point = pointOf(this.#svg, event);
    const reach = REACH / (this.#svg.getScreenCTM()?.a ?? 1);
    const awayFrom = (/** @type {{ps: number[], cs: number[]}} */ { ps, cs }) => Math.min(...ps.map((p, j) => Math.hypot(x(p, cs[j]) - point.x, y(p, cs[j]) - point.y)));
    const near = this.#curves.map((curve, i) => ({ i, curve, away: curve ? awayFrom(curve) : Infinity })).sort((a, b) => a.away - b.away)[0];
    return near?.curve && near.away < reach ? { i: near.i, w: fitMixed(near.curve.ps, near.curve.cs), back } : null;
  }
}

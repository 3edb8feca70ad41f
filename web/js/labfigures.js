// The figures of the variance lab, drawn from what its worker has sent.

import { LabRow, NumLabRow } from './protocol.js';
import { decades, ticks } from './labplot.js';
import { fixed } from './format.js';

/** rowsOf reads rows of numbers as objects {K, W2, Std, Energy, Shift}. */
export function rowsOf(numbers) {
  const rows = [];
  for (let i = 0; i + NumLabRow <= numbers.length; i += NumLabRow) {
    rows.push(Object.fromEntries(Object.entries(LabRow).map(([name, at]) => [name, numbers[i + at]])));
  }
  return rows;
}

/** at gives particle i of n after step k of a path, as its dim coordinates. */
const at = (path, n, dim, k, i) => path.subarray((k * n + i) * dim, (k * n + i + 1) * dim);

const normal = (x, c) => Math.exp(-x * x / (2 * c * c)) / (c * Math.sqrt(2 * Math.PI));

/** histogram counts values into the bins of low..high; a density. */
function histogram(values, low, high, bins) {
  const counts = new Float64Array(bins);
  for (const v of values) {
    const b = Math.floor((v - low) / (high - low) * bins);
    if (b >= 0 && b < bins) counts[b]++;
  }
  return counts.map((n) => n / values.length * bins / (high - low));
}

/** drawFlow shows how noise at the left becomes the target at the right, or, in the plane, where it goes. */
export function drawFlow(plot, { law, fit, state }) {
  if (!law) return;
  if (law.dim === 1) drawLine(plot, law, fit, state);
  else drawPlane(plot, law, fit, state);
}

function drawLine(plot, law, fit, { labSource: c }) {
  const { low, high, steps, particles: n } = law;
  const wing = Math.min(90, plot.width * 0.15);
  plot.frame({ left: 44 + wing, right: plot.width - wing - 16, top: 30, bottom: plot.height - 46 }, { low: 0, high: 1 }, { low, high });
  const { left, right } = plot.area;
  plot.yAxis(ticks(low, high, 5), '', () => '');
  for (const v of ticks(low, high, 5)) plot.add('text', { class: 'number', x: 38, y: plot.y(v) + 4, 'text-anchor': 'end' }, fixed(v, Number.isInteger(v) ? 0 : 1));
  plot.xAxis([0, 0.25, 0.5, 0.75, 1], 't, from noise to action', (v) => fixed(v, v * 2 % 1 ? 2 : v % 1 ? 1 : 0));
  field(plot, law);
  const gradient = plot.add('linearGradient', { id: 'lab-way', gradientUnits: 'userSpaceOnUse', x1: left, x2: right, y1: 0, y2: 0 });
  gradient.append(...[['0', 'way-noise'], ['1', 'way-action']].map(([offset, name]) => {
    const stop = document.createElementNS('http://www.w3.org/2000/svg', 'stop');
    stop.setAttribute('offset', offset);
    stop.setAttribute('class', name);
    return stop;
  }));
  const ways = [];
  const shown = Math.min(n, 48);
  for (let j = 0; j < shown; j++) {
    const i = Math.floor(j * n / shown);
    ways.push(Array.from({ length: steps + 1 }, (_, k) => [k / steps, at(law.paths, n, 1, k, i)[0]]));
  }
  for (const way of ways) plot.line(way, { stroke: 'url(#lab-way)', class: 'way' });
  plot.dots(ways.map((way) => way[0]), { class: 'noise-dots' });
  plot.dots(ways.map((way) => way[steps]), { class: 'action-dots' });
  wings(plot, law, fit, c, wing);
}

/** wings are the densities: the noise to the left of t = 0; to the right of t = 1 the target and what came of the noise. */
function wings(plot, law, fit, c, wing) {
  const { low, high, steps, particles: n } = law;
  const { left, right } = plot.area;
  const places = Array.from({ length: law.target.length }, (_, i) => low + (high - low) * i / (law.target.length - 1));
  const bins = 64;
  const ends = histogram(Array.from({ length: n }, (_, i) => at(law.paths, n, 1, steps, i)[0]), low, high, bins);
  const top = Math.max(...law.target, normal(0, c)) * 1.05;
  const area = (from, sign, values, name) => {
    const points = values.map((p, i) => `${(from + sign * wing * Math.min(1, p / top)).toFixed(1)},${plot.y(places[i]).toFixed(1)}`);
    plot.add('polygon', { class: name, points: `${from},${plot.y(low)} ${points.join(' ')} ${from},${plot.y(high)}` });
  };
  area(left, -1, places.map((x) => normal(x, c)), 'area noise-area');
  area(right, 1, [...law.target], 'area action-area');
  const outline = (density, name) => {
    const points = [];
    density.forEach((p, b) => {
      const x = right + wing * Math.min(1, p / top);
      for (const e of [b, b + 1]) points.push(`${x.toFixed(1)},${plot.y(low + (high - low) * e / bins).toFixed(1)}`);
    });
    plot.add('polyline', { class: name, fill: 'none', points: points.join(' ') });
  };
  outline(ends, `outline ${steps === 1 ? 'one-line' : 'many-line'}`);
  if (fit?.paths && fit.steps === steps) {
    outline(histogram(Array.from({ length: fit.particles }, (_, i) => at(fit.paths, fit.particles, 1, fit.steps, i)[0]), low, high, bins), 'outline net-line');
  }
}

/** field draws the exact velocity as short strokes. */
function field(plot, { field: v, fieldTimes: times, fieldPoints: points, low, high, dim }) {
  if (dim !== 1 || !v.length) return;
  const step = 0.35 / times;
  const strokes = [];
  for (let a = 0; a < times; a++) {
    for (let b = 0; b < points; b++) {
      const t = a / times;
      const x = low + (high - low) * (b + 0.5) / points;
      const dx = v[a * points + b] * step;
      if (Math.abs(dx) < (high - low) / 6) strokes.push(`M${plot.x(t).toFixed(1)},${plot.y(x).toFixed(1)}L${plot.x(t + step).toFixed(1)},${plot.y(x + dx).toFixed(1)}`);
    }
  }
  plot.add('path', { class: 'field', fill: 'none', d: strokes.join('') });
}

function drawPlane(plot, law, fit, state) {
  const { low, high, steps, particles: n } = law;
  const size = Math.min(plot.width - 60, plot.height - 70);
  const left = (plot.width - size) / 2 + 12;
  plot.frame({ left, right: left + size, top: 20, bottom: 20 + size }, { low, high }, { low, high });
  plot.yAxis(ticks(low, high, 4), '');
  plot.xAxis(ticks(low, high, 4), 'the two components of the action');
  const pairs = (count, of) => Array.from({ length: count }, (_, i) => of(i));
  plot.dots(pairs(law.target.length / 2, (i) => [law.target[2 * i], law.target[2 * i + 1]]), { class: 'action-dots faint' });
  for (let i = 0; i < Math.min(n, 72); i++) {
    plot.line(pairs(steps + 1, (k) => at(law.paths, n, 2, k, i)), { class: 'way plane' });
  }
  plot.dots(pairs(n, (i) => at(law.paths, n, 2, 0, i)), { class: 'noise-dots' });
  plot.dots(pairs(n, (i) => at(law.paths, n, 2, steps, i)), { class: steps === 1 ? 'one-dots' : 'many-dots' });
  if (fit?.paths && fit.steps === steps) {
    plot.dots(pairs(fit.particles, (i) => at(fit.paths, fit.particles, 2, fit.steps, i)), { class: 'net-dots' });
  }
  if (state.labTarget === 'drawn') plot.add('text', { class: 'name', x: plot.area.left + 6, y: plot.area.top + 16 }, 'draw here with the pointer');
}

const LEAST = 1e-3; // smallest error that has a place on the logarithmic axis

/** drawError shows the distance to the target against K. */
export function drawError(plot, { law, fit, state }) {
  if (!law) return;
  const rows = law.rows;
  const learned = fit?.rows ?? [];
  const one = Math.sqrt(law.variance);
  const values = [one, ...rows.map((r) => r.W2), ...learned.map((r) => r.W2)].filter((v) => v > 0);
  if (law.floor > 0 && (law.dim > 1 || learned.length)) values.push(law.floor);
  const low = Math.max(LEAST, Math.min(...values) / 1.6);
  const high = Math.max(...values) * 1.5;
  plot.frame({ left: 58, right: plot.width - 18, top: 34, bottom: plot.height - 46 }, { low: 0.9, high: 36, log: true }, { low, high, log: true });
  const marks = decades(low, high).length > 1 ? decades(low, high) : ticks(low, high, 4).filter((v) => v > 0);
  plot.yAxis(marks, 'W2 to the target');
  plot.xAxis([1, 2, 4, 8, 16, 32], 'K steps, network evaluations per action', String);
  const { left, right, top, bottom } = plot.area;
  if (law.floor > low && (law.dim > 1 || learned.length)) {
    plot.add('rect', { class: 'floor', x: left, y: plot.y(law.floor), width: right - left, height: bottom - plot.y(law.floor) });
    plot.add('text', { class: 'number', x: right - 6, y: plot.y(law.floor) - 5, 'text-anchor': 'end' }, `floor of the estimate, ${law.samples} samples`);
  }
  plot.add('line', { class: 'one-line dashed', x1: left, x2: right, y1: plot.y(one), y2: plot.y(one) });
  plot.add('text', { class: 'number one-text', x: right - 6, y: plot.y(one) - 6, 'text-anchor': 'end' }, 'spread of the target');
  plot.add('line', { class: 'cursor', x1: plot.x(state.labSteps), x2: plot.x(state.labSteps), y1: top, y2: bottom });
  const place = (r) => [r.K, Math.max(low, r.W2)];
  plot.line(rows.map(place), { class: 'many-line' });
  plot.dots(rows.filter((r) => r.K > 1).map(place), { class: 'many-dots large' });
  plot.dots(rows.filter((r) => r.K === 1).map(place), { class: 'one-dots large' });
  if (learned.length) {
    plot.line(learned.map(place), { class: 'net-line thin' });
    plot.dots(learned.map(place), { class: 'net-dots large' });
  }
}

/** drawDescent shows the error of one exact step along the path of mirror descent. */
export function drawDescent(plot, { law, state }) {
  if (!law?.descent?.length) return;
  const values = [...law.descent];
  plot.frame({ left: 58, right: plot.width - 18, top: 34, bottom: plot.height - 46 }, { low: 0, high: values.length - 1 }, { low: 0, high: Math.max(...values) * 1.15 });
  plot.yAxis(ticks(0, Math.max(...values) * 1.15, 4), 'W2 of one step = spread of the policy');
  plot.xAxis(ticks(0, values.length - 1, 6), 'k, steps of mirror descent', String);
  plot.line(values.map((v, k) => [k, v]), { class: 'one-line' });
  const now = Math.min(state.labDescent, values.length - 1);
  plot.dots([[now, values[now]]], { class: 'one-dots huge' });
}

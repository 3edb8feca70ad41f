import { cellsDue, costOf, frontOf, scaleOf } from '../js/costcells.js';
import { drawn, roundPowers } from '../js/experimentchart.js';
import { equal, test } from './unit.js';

/** @type {(nfe: number, criticNFE: number, n: number) => {nfe: number, criticNFE: number, returns: number[] | null}} */
const cell = (nfe, criticNFE, n) => ({ nfe, criticNFE, returns: n === 0 ? null : Array(n).fill(1) });

test('all cells are played a little before one is played more, the cheapest first', () => {
  const [cheap, dear, begun] = [cell(1, 0, 0), cell(640, 64, 0), cell(2, 0, 5)];
  equal(cellsDue([begun, dear, cheap], 12).map(({ cell: c, episodes }) => [c.nfe, episodes]), [[1, 5], [640, 5], [2, 5]]);
  equal(cellsDue([cell(1, 0, 10), cell(1, 0, 12), cell(1, 0, 20)], 12).map(({ episodes }) => episodes), [2]);
  equal(costOf(dear) > costOf(cheap), true);
});

test('a logarithmic axis is marked at round numbers', () => {
  equal(roundPowers(0, Math.log10(12), 10).map((v) => Math.round(10 ** v)), [1, 2, 5, 10]);
  equal(roundPowers(-0.5, 4, 10).map((v) => Math.round(10 ** v)), [1, 10, 100, 1000, 10000]);
});

test('colours of a map differ no more than its intervals', () => {
  const of = (/** @type {number} */ mean, /** @type {number} */ half) => ({ mean, interval: { Low: mean - half, High: mean + half } });
  equal(scaleOf([of(10, 5), of(12, 5)]), [6, 16]);
  equal(scaleOf([of(10, 1), of(100, 1)]), [10, 100]);
});

test('the front are the ways that nothing beats at the same or a lower cost', () => {
  const of = (/** @type {[number, number][]} */ ...list) => list.map(([cost, mean]) => ({ cost, mean }));
  const ways = of([8, 50], [1, 10], [2, 30], [2, 20], [4, 30], [16, 40], [32, 51], [NaN, 99]);
  equal(frontOf(ways, ({ cost }) => cost).map(({ cost, mean }) => [cost, mean]), [[1, 10], [2, 30], [8, 50], [32, 51]]);
  equal(frontOf(of([2, 5], [2, 5], [3, 5]), ({ cost }) => cost).length, 2); // equals do not beat each other
  equal(frontOf(of([1, -3], [2, -4]), ({ cost }) => cost).length, 1);
  equal(frontOf([], () => 0), []);
});

test('a chart draws the front as stairs through marked points', () => {
  const line = { name: 'a', colour: 'red', dots: true, xs: [0, 1, 2], ys: [1, 3, 2] };
  const { parts } = drawn({ lines: [line], front: { name: 'front', xs: [0, 1], ys: [1, 3] }, xName: '', yName: '', log: false }, 400, 240, null);
  equal(parts.filter((p) => p.classList.contains('best')).length, 2);
  const stairs = parts.find((p) => p.classList.contains('front'))?.getAttribute('d') ?? '';
  equal(/^M[\d.]+ [\d.]+H[\d.]+V[\d.]+H[\d.]+$/.test(stairs), true, stairs);
});

test('the name of a level stands where the fewest lines cross it', () => {
  const [above, below] = [-150, -250].map((y) => ({ name: 'a', colour: 'red', xs: [0, 5, 10], ys: [-1500, y, y] }));
  const { parts, plot } = drawn({ lines: [above, below], level: { y: -200, name: 'learned' }, xName: '', yName: '', log: false }, 640, 320, null);
  const label = parts.find((p) => p.textContent === 'learned');
  equal(label?.getAttribute('text-anchor'), 'start');
  equal(Number(label?.getAttribute('y')) < /** @type {import('../js/experimentchart.js').Plot} */ (plot).y(-200), true);
});

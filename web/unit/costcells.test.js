import { cellsDue, costOf, scaleOf } from '../js/costcells.js';
import { roundPowers } from '../js/experimentchart.js';
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

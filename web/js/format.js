// Numbers in words. Everything that is not a finite number is an en dash.

import { tr } from './language.js';

export const MISSING = '–';

/** @typedef {number | null | undefined} Number */

/** @type {(x: unknown) => x is number} */
const number = (x) => typeof x === 'number' && Number.isFinite(x);
/** @param {string} text */
const minus = (text) => text.replaceAll('-', '−');

/**
 * count writes a whole number with thousands separated.
 * @param {Number} x
 */
export const count = (x) => (number(x) ? minus(x.toFixed(0).replace(/\B(?=(\d{3})+$)/g, ',')) : MISSING);

/**
 * fixed writes x with the given decimals.
 * @param {Number} x
 * @param {number} decimals
 */
export const fixed = (x, decimals) => (number(x) ? minus(x.toFixed(decimals)) : MISSING);

/**
 * short writes x with about three significant digits.
 * @param {Number} x
 * @returns {string}
 */
export function short(x) {
  if (!number(x)) return MISSING;
  const size = Number(Math.abs(x).toPrecision(3)); // 9.999 is written as 10.0
  if (size === 0) return '0';
  if (size >= 1000) return count(x);
  if (size < 0.001) return minus(x.toExponential(1));
  return minus(x.toFixed(size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : size >= 0.1 ? 3 : 4));
}

// A whole number has no decimals.
/** @param {number} x */
const plain = (x) => (Number.isInteger(x) ? count(x) : short(x));

/**
 * duration writes microseconds in the unit that suits them.
 * @param {Number} micros
 */
export function duration(micros) {
  if (!number(micros)) return MISSING;
  if (micros < 1000) return `${plain(micros)} µs`;
  if (micros < 1e6) return `${plain(micros / 1000)} ms`;
  return `${plain(micros / 1e6)} s`;
}

/**
 * percent writes part of whole.
 * @param {Number} part
 * @param {Number} whole
 */
export function percent(part, whole) {
  if (!number(part) || !number(whole) || whole <= 0) return MISSING;
  const p = (100 * part) / whole;
  return `${p < 0.01 ? '<0.01' : p < 1 ? p.toFixed(2) : p < 10 ? p.toFixed(1) : p.toFixed(0)} %`;
}

/**
 * spread writes mean ± std.
 * @param {Number} mean
 * @param {Number} std
 */
export const spread = (mean, std) => (number(mean) ? `${fixed(mean, 0)} ± ${fixed(std, 0)}` : MISSING);

/**
 * between writes a number by its bounds, one number where they are the same.
 * @param {Number} lower
 * @param {Number} upper
 */
export const between = (lower, upper) => (short(lower) === short(upper) ? short(lower) : tr`${short(lower)} to ${short(upper)}`);

/**
 * plural writes n and its noun.
 * @param {number} n
 * @param {string} one
 * @param {string} [many]
 */
export const plural = (n, one, many = `${one}s`) => `${count(n)} ${tr(n === 1 ? one : many)}`;

/**
 * timeText writes how long something takes, as one says it.
 * @param {number} seconds
 */
export function timeText(seconds) {
  if (seconds < 90) return tr`about ${Math.max(1, Math.round(seconds))} seconds`;
  if (seconds < 90 * 60) return tr`about ${Math.round(seconds / 60)} minutes`;
  return tr`about ${(seconds / 3600).toFixed(1)} hours`;
}

/**
 * bytes writes a size.
 * @param {number} n
 */
export const bytes = (n) => (n < 1e6 ? `${short(n / 1e3)} kB` : `${short(n / 1e6)} MB`);

/**
 * algorithmName writes "fpmd-m" as a person reads it.
 * @param {string} name
 */
export const algorithmName = (name) => String(name).toUpperCase();

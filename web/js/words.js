// Sentences that several parts of the page put together, and the one way in which a text that comes from elsewhere (a
// link, a file, its name, its metadata) enters them.

import { tr } from './language.js';

/**
 * ended gives a cause, which stands after a colon, its full stop.
 * @param {unknown} text
 */
export function ended(text) {
  const trimmed = String(text).trim();
  return /[.!?]$/.test(trimmed) ? trimmed : `${trimmed}.`;
}

const LONGEST = 60; // characters of a foreign text that are shown

// Control characters, marks that turn the direction of a text, and what has no width.
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]/gu;

/** @param {string} char */
const code = (char) => `\\u{${/** @type {number} */ (char.codePointAt(0)).toString(16)}}`;

/**
 * foreign is a text from elsewhere, cut, and with what cannot be seen written by its number.
 * @param {unknown} text
 * @param {number} [longest] characters
 */
export function foreign(text, longest = LONGEST) {
  const whole = String(text);
  const begin = Array.from(whole.slice(0, 2 * longest)).slice(0, longest).join('');
  const shown = begin.replace(UNSEEN, code);
  return begin.length === whole.length ? shown : tr`${shown}… (${whole.length.toLocaleString('en')} characters)`;
}

/**
 * quoted is a foreign text in quotation marks.
 * @param {unknown} text
 */
export const quoted = (text) => `“${foreign(text)}”`;

/**
 * cell is a value as a field of a CSV file: a text that a spreadsheet would take for a formula is quoted as text.
 * @param {unknown} value
 */
export function cell(value) {
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : '';
  const text = String(value ?? '');
  const plain = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\n\r]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
}

// JSON of files that come from elsewhere: what JSON.parse passes over in silence is refused.

import { tr } from './language.js';
import { quoted } from './words.js';

const DEEPEST = 32; // lists and objects within each other

/**
 * jsonIn reads a JSON text. It throws an Error that says what is wrong: that it is none, that an object has a name twice, of which
 * JSON.parse would take the last, or that it is nested so deep that whoever walks through it could run out of stack.
 * @param {string} text
 * @returns {any}
 */
export function jsonIn(text) {
  let value;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new Error(tr('it is not JSON'), { cause });
  }
  /** @type {(Set<string> | null)[]} */
  const open = []; // names of the objects around; null for a list
  for (let i = 0; i < text.length; i++) {
    switch (text[i]) {
      case '{': case '[':
        open.push(text[i] === '{' ? new Set() : null);
        if (open.length > DEEPEST) throw new Error(tr`it is nested deeper than ${DEEPEST} levels`);
        break;
      case '}': case ']':
        open.pop();
        break;
      case '"': {
        const end = endOf(text, i);
        if (isName(text, end)) named(open.at(-1), JSON.parse(text.slice(i, end)));
        i = end - 1;
      }
    }
  }
  return value;
}

/**
 * endOf is behind the string that begins at a place of a JSON text.
 * @param {string} text
 * @param {number} at
 */
function endOf(text, at) {
  while (text[++at] !== '"') if (text[at] === '\\') at++;
  return at + 1;
}

/**
 * isName tells whether the string before a place of a JSON text names a field.
 * @param {string} text
 * @param {number} at
 */
function isName(text, at) {
  while (' \t\n\r'.includes(text[at] || '.')) at++;
  return text[at] === ':';
}

/**
 * @param {Set<string> | null | undefined} names
 * @param {string} name
 */
function named(names, name) {
  if (names?.has(name)) throw new Error(tr`it has the name ${quoted(name)} twice`);
  names?.add(name);
}

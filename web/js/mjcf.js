// Models that a person drops: the MJCF files of one drop make one model.

import { quoted } from './words.js';

const LARGEST = 4 * 1024 * 1024; // bytes of a file, as engine/modelfile reads them

/**
 * isModel tells whether a file is MJCF by its name.
 * @param {string} name
 */
export const isModel = (name) => /\.(xml|mjcf)$/i.test(name);

/**
 * modelOf joins files to a model: it begins with the one that no other includes. An include that names a folder finds its
 * file by its last part. It throws an Error that says what is wrong.
 * @param {NamedBytes[]} list
 * @returns {Model}
 */
export function modelOf(list) {
  const files = new Map(list.map(({ name, bytes }) => [name, textOf(name, bytes)]));
  const included = new Set();
  for (const text of [...files.values()]) {
    for (const path of includesOf(text)) {
      const base = path.split('/').pop() ?? '';
      const found = files.get(base);
      if (found === undefined) throw new Error(`${quoted(path)} is included, but was not dropped with it`);
      files.set(path, found);
      included.add(base);
    }
  }
  const roots = list.map(({ name }) => name).filter((name) => !included.has(name));
  if (roots.length === 0) throw new Error('each file includes another: none is the first');
  if (roots.length > 1) throw new Error(`${roots.slice(0, 3).map(quoted).join(' and ')} are models of their own; drop one, with what it includes`);
  return { name: roots[0], files: Object.fromEntries(files) };
}

/**
 * @param {string} name
 * @param {ArrayBuffer} bytes
 */
function textOf(name, bytes) {
  if (bytes.byteLength > LARGEST) throw new Error(`${quoted(name)} has ${(bytes.byteLength / 2 ** 20).toFixed(0)} MiB; a file of a model has at most 4`);
  let text;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new Error(`${quoted(name)} is not text`);
  }
  if (!text.includes('<mujoco')) throw new Error(`${quoted(name)} has no element mujoco: it is not MJCF`);
  return text;
}

// An element with its attributes. No part of it matches “<”, so that a text is gone through once.
const INCLUDE = /<include(?:\s+[\w:.-]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*\s*\/?>/y;
const FILE = /\sfile\s*=\s*(?:"([^"]*)"|'([^']*)')/;

/**
 * includesOf lists the files that a text includes, those in comments left out.
 * @param {string} text
 */
function includesOf(text) {
  const paths = [];
  for (let at = text.indexOf('<'); at >= 0; at = text.indexOf('<', at + 1)) {
    if (text.startsWith('<!--', at)) {
      at = text.indexOf('-->', at);
      if (at < 0) break;
      continue;
    }
    INCLUDE.lastIndex = at;
    const found = text.startsWith('<include', at) && FILE.exec(INCLUDE.exec(text)?.[0] ?? '');
    if (found) paths.push(found[1] ?? found[2]);
  }
  return paths;
}

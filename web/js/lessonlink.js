// A lesson in a link: the file, compressed, in the fragment of the address, so that it opens without a host of its own.

import { abilities } from './abilities.js';
import { tr } from './language.js';
import { LARGEST } from './lessonfile.js';

const CARRIED = '#lesson=';
const LONGEST = 48 * 1024; // characters of a link that is read

/**
 * carries tells whether a fragment holds a lesson.
 * @param {string} fragment
 */
export const carries = (fragment) => fragment.startsWith(CARRIED);

/**
 * pack writes a lesson's text as a fragment.
 * @param {string} text
 */
export async function pack(text) {
  if (!abilities.pack) throw new Error(tr('this browser cannot compress (it has no CompressionStream); send the file'));
  const bytes = new Uint8Array(await new Response(new Blob([text]).stream().pipeThrough(abilities.pack())).arrayBuffer());
  return CARRIED + btoa(Array.from(bytes, (b) => String.fromCharCode(b)).join('')).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

/**
 * unpack reads such a fragment; it throws an Error that says what is wrong with it. What unpacks to more than a lesson is
 * not read to its end.
 * @param {string} fragment
 */
export async function unpack(fragment) {
  const code = fragment.slice(CARRIED.length);
  if (code.length > LONGEST) throw new Error(tr`it has ${code.length.toLocaleString('en')} characters; this page reads ${LONGEST.toLocaleString('en')}`);
  if (!/^[\w-]+$/.test(code)) throw new Error(tr('it is cut off or changed: it holds what no such link holds'));
  if (!abilities.unpack) throw new Error(tr('this browser cannot unpack it (it has no DecompressionStream); open the file'));
  let text = '';
  try {
    const bytes = Uint8Array.from(atob(code.replaceAll('-', '+').replaceAll('_', '/')), (c) => c.charCodeAt(0));
    const reader = new Blob([bytes]).stream().pipeThrough(abilities.unpack()).pipeThrough(new TextDecoderStream('utf-8', { fatal: true })).getReader();
    for (let part = await reader.read(); !part.done && text.length <= LARGEST; part = await reader.read()) text += part.value;
    await reader.cancel();
  } catch (cause) {
    throw new Error(tr('it is cut off or changed: it does not unpack'), { cause });
  }
  return text;
}

// Getting the site's files: the manifest that names them, and compressed WebAssembly.

import { abilities } from './abilities.js';
import { tr } from './language.js';

/**
 * manifest reads manifest.json; its paths are relative to the page.
 * @returns {Promise<Site>}
 */
export async function manifest() {
  const response = await get('manifest.json', { cache: 'no-store' });
  return response.json();
}

/**
 * bytes fetches a file whole.
 * @param {string} url
 */
export const bytes = async (url) => (await get(url)).arrayBuffer();

/**
 * compile fetches a gzip-compressed WebAssembly program and compiles it while it comes. A host that names the compression
 * in a header has the browser undo it, so the first two bytes decide, not the file's name.
 * @param {string} url
 * @param {(received: number) => void} [progress] is told how many bytes have come so far
 */
export async function compile(url, progress = () => {}) {
  if (abilities.simd === false) throw new Error(tr('this browser does not run WebAssembly with SIMD, in which the program is written; a newer one does'));
  const response = await get(url);
  const plain = new Response(await unpacked(await parts(response, progress)), { headers: { 'Content-Type': 'application/wasm' } });
  if (plain.body && WebAssembly.compileStreaming) return WebAssembly.compileStreaming(plain);
  return WebAssembly.compile(await plain.arrayBuffer());
}

/**
 * parts are a response's bytes as they come, or all at once where the browser offers no streams of them.
 * @param {Response} response
 * @param {(received: number) => void} progress
 * @returns {Promise<{first: Uint8Array, all: ReadableStream<BufferSource> | ArrayBuffer}>}
 */
async function parts(response, progress) {
  if (!response.body) {
    const whole = await response.arrayBuffer();
    progress(whole.byteLength);
    return { first: new Uint8Array(whole), all: whole };
  }
  let received = 0;
  const count = (/** @type {Uint8Array<ArrayBuffer>} */ chunk) => {
    received += chunk.byteLength;
    progress(received);
    return chunk;
  };
  const reader = response.body.getReader();
  const { value: first = new Uint8Array() } = await reader.read();
  const all = new ReadableStream({
    start: (controller) => controller.enqueue(count(first)),
    async pull(controller) {
      const { done, value } = await reader.read();
      if (done) controller.close();
      else controller.enqueue(count(value));
    },
    cancel: (reason) => reader.cancel(reason),
  });
  return { first, all };
}

/**
 * unpacked undoes gzip where there is some.
 * @param {{first: Uint8Array, all: ReadableStream<BufferSource> | ArrayBuffer}} parts
 */
async function unpacked({ first, all }) {
  if (first[0] !== 0x1f || first[1] !== 0x8b) return all;
  if (!abilities.unpack) throw new Error(tr('this browser cannot unpack the program (it has no DecompressionStream); a newer one can'));
  const stream = all instanceof ArrayBuffer ? new Blob([all]).stream() : all;
  return stream.pipeThrough(abilities.unpack());
}

/**
 * @param {string} url
 * @param {RequestInit} [options]
 */
async function get(url, options) {
  let response;
  try {
    response = await fetch(url, options);
  } catch (cause) {
    throw new Error(tr`${url} could not be fetched: the server does not answer`, { cause });
  }
  if (!response.ok) throw new Error(tr`${url} could not be fetched: the server answers ${response.status}`);
  return response;
}

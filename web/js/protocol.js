// Messages between the parts of the page. The numbers are those of wasm/protocol, where the meaning of each stands, with the
// diagram of who talks to whom; the build writes them.

import { Type, Version } from './protocolnumbers.js';

export * from './protocolnumbers.js';

/**
 * message builds an envelope; body is any JSON value or undefined.
 * @param {number} type
 * @param {number} [id]
 * @param {unknown} [body]
 * @param {ArrayBuffer[]} [data]
 * @returns {Envelope}
 */
export function message(type, id = 0, body = undefined, data = []) {
  return { v: Version, type, id, body: body === undefined ? '' : JSON.stringify(body), data };
}

/**
 * read checks an envelope and parses its body; it throws an Error that names what is wrong.
 * @param {any} envelope
 * @returns {Message}
 */
export function read(envelope) {
  if (typeof envelope !== 'object' || envelope === null) throw new Error('a message that is no object');
  if (envelope.v !== Version) throw new Error(`a message of protocol version ${envelope.v}; this page speaks version ${Version}`);
  if (!known.has(envelope.type)) throw new Error(`a message of unknown type ${envelope.type}`);
  const body = typeof envelope.body === 'string' && envelope.body !== '' ? JSON.parse(envelope.body) : undefined;
  return { type: envelope.type, id: envelope.id | 0, body, data: Array.isArray(envelope.data) ? envelope.data : [] };
}

/** @type {Set<number>} */
const known = new Set(Object.values(Type));

/**
 * view reads data of a message as an array of numbers, whether it came as a buffer or as a view.
 * @template {Float64Array | Float32Array} T
 * @param {ArrayBuffer | ArrayBufferView<ArrayBuffer> | undefined} data
 * @param {{new (buffer: ArrayBuffer, offset?: number, length?: number): T, BYTES_PER_ELEMENT: number}} kind
 * @returns {T}
 */
function view(data, kind) {
  if (data === undefined) throw new Error('a message without its numbers');
  if (data instanceof ArrayBuffer) return new kind(data);
  return new kind(data.buffer, data.byteOffset, Math.floor(data.byteLength / kind.BYTES_PER_ELEMENT));
}

/** @param {ArrayBuffer | ArrayBufferView<ArrayBuffer> | undefined} data */
export const floats = (data) => view(data, Float64Array);

/** @param {ArrayBuffer | ArrayBufferView<ArrayBuffer> | undefined} data */
export const singles = (data) => view(data, Float32Array);

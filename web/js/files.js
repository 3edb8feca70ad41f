// Files in and out. A safetensors file starts with the length of its header, 8 bytes little-endian, and the
// header, a JSON text; what kind of file it is stands in the header's metadata.

import { tr } from './language.js';
import { quoted } from './words.js';

/** LARGEST is the size from which a file is refused unread, bytes. */
export const LARGEST = 64 * 1024 * 1024;

const KIND = 'onestep.kind';

/** ONNX is the format of policies of other programs, and stands in the place of their agent. */
export const ONNX = 'onnx';

/**
 * isGraph tells a policy of another program, an ONNX graph, by its file's name.
 * @param {string} name
 */
export const isGraph = (name) => /\.onnx$/i.test(name);

/**
 * metadataOf returns the metadata of a file that kindOf knows: name -> text.
 * @param {ArrayBuffer} buffer
 * @returns {Record<string, string>}
 */
export const metadataOf = (buffer) => headerOf(buffer).__metadata__;

/**
 * modelOf returns the body of its own that such a file brings, or null.
 * @param {ArrayBuffer} buffer
 * @returns {Model | null}
 */
export function modelOf(buffer) {
  const header = headerOf(buffer);
  const tensor = header['model.files'];
  try {
    if (!tensor) return JSON.parse(header.__metadata__['onestep.model'] ?? 'null'); // format 1
    const start = 8 + Number(new DataView(buffer).getBigUint64(0, true));
    const [from, to] = tensor.data_offsets;
    return JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, start + from, to - from)));
  } catch (cause) {
    throw new Error(tr('the body that it brings is not whole'), { cause });
  }
}

/**
 * kindOf returns "policy" or "run", or throws an Error that names what is wrong with the file.
 * @param {ArrayBuffer} buffer
 */
export function kindOf(buffer) {
  const header = headerOf(buffer);
  const metadata = header.__metadata__;
  if (typeof metadata !== 'object' || metadata === null) {
    throw new Error(tr('it is a safetensors file without metadata, and not one of Onestep’s'));
  }
  const kind = metadata[KIND];
  if (kind === 'policy' || kind === 'run') return kind;
  if (kind === undefined) throw new Error(tr`it is a safetensors file, but not one of Onestep’s: its metadata has no ${KIND}`);
  throw new Error(tr`its ${KIND} is ${quoted(kind)}; this page reads policy and run files`);
}

/**
 * @param {ArrayBuffer} buffer
 * @returns {any}
 */
function headerOf(buffer) {
  if (buffer.byteLength > LARGEST) throw new Error(tooLarge(buffer.byteLength));
  if (buffer.byteLength === 0) throw new Error(tr('it is empty'));
  if (buffer.byteLength < 10) throw new Error(tr('it is too short for a safetensors file'));
  const length = new DataView(buffer).getBigUint64(0, true);
  if (length > BigInt(buffer.byteLength - 8)) {
    const text = new TextDecoder().decode(new Uint8Array(buffer, 8, 1));
    if (text !== '{') throw new Error(tr('it is not a safetensors file'));
    throw new Error(tr`it is cut off: its header says ${length} bytes, and ${buffer.byteLength - 8} follow`);
  }
  let header;
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(new Uint8Array(buffer, 8, Number(length))));
  } catch {
    throw new Error(tr('it is not a safetensors file: its header is not JSON'));
  }
  if (typeof header !== 'object' || header === null) throw new Error(tr('it is not a safetensors file: its header is not an object'));
  return header;
}

/**
 * readFile reads a File, refusing an oversized one before a byte is read.
 * @param {File} file
 */
export async function readFile(file) {
  if (file.size > LARGEST) throw new Error(tooLarge(file.size));
  try {
    return await file.arrayBuffer();
  } catch (cause) {
    throw new Error(tr('it could not be read: it is a folder, or it changed meanwhile'), { cause });
  }
}

/** askedFor is the file that the page's address names by ?open=URL, or null. */
export const askedFor = () => new URLSearchParams(location.search).get('open');

/**
 * fetchFile gets a file of this page's own host, refusing an oversized one without reading it whole. The page's policy of
 * contents lets it reach no other host (SECURITY.md).
 * @param {string} address relative to the page, or whole
 * @returns {Promise<NamedBytes>}
 */
export async function fetchFile(address) {
  const url = URL.canParse(address, document.baseURI) ? new URL(address, document.baseURI) : null;
  if (!url || !/^https?:$/.test(url.protocol)) throw new Error(tr('that is no address of a file'));
  if (url.origin !== location.origin) throw new Error(tr`it lies on ${quoted(url.host)}, and this page asks no host but its own: save the file and drop it here`);
  const name = url.pathname.slice(url.pathname.lastIndexOf('/') + 1);
  if (!/\.(safetensors|onnx|xml|mjcf)$/i.test(name)) throw new Error(tr('an address opens a .safetensors, .onnx, .xml or .mjcf file'));
  const response = await fetch(url).catch((cause) => { throw new Error(tr('its host does not answer'), { cause }); });
  if (!response.ok) throw new Error(tr`its host answers ${response.status}`);
  return { name, bytes: await whole(response) };
}

/** @param {Response} response */
async function whole(response) {
  const said = Number(response.headers.get('Content-Length') ?? 0);
  if (said > LARGEST) {
    await response.body?.cancel();
    throw new Error(tooLarge(said));
  }
  /** @type {Uint8Array<ArrayBuffer>[]} */
  const parts = [];
  let size = 0;
  const reader = response.body?.getReader();
  if (!reader) return response.arrayBuffer();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return new Blob(parts).arrayBuffer();
    parts.push(value);
    size += value.byteLength;
    if (size > LARGEST) {
      await reader.cancel();
      throw new Error(tooLarge(size));
    }
  }
}

/** @param {number} size */
function tooLarge(size) {
  return tr`it has ${(size / 2 ** 20).toFixed(0)} MiB; files above ${LARGEST / 2 ** 20} MiB are refused`;
}

/** @typedef {Pick<RunInfo, 'task' | 'algorithm' | 'seed'>} Trained */

/**
 * runName names an exported run.
 * @param {Trained} info
 */
export const runName = ({ task, algorithm, seed }) => `onestep-${task}-${algorithm}-seed${seed}.run.safetensors`;

/** @typedef {'onnx' | 'json' | 'python' | 'safetensors'} Format */

/** @type {Record<Format, string>} */
const ENDINGS = { onnx: '.onnx', json: '.json', python: '.py', safetensors: '.safetensors' };

/**
 * exportName names a policy in a format; a graph carries its number of steps.
 * @param {Trained} info
 * @param {Format} format
 * @param {number} [steps]
 */
export function exportName({ task, algorithm, seed }, format, steps) {
  return `onestep-${task}-${algorithm}-seed${seed}${format === 'onnx' ? `-${steps}step` : ''}${ENDINGS[format]}`;
}

// Chromium starts ten downloads of a frame within a second and drops what comes beyond them without a word.
const SAVE_EVERY = 125; // ms between two downloads

/** @type {Promise<unknown>} */
let saving = Promise.resolve(); // the download before, and the pause after it

/**
 * save hands bytes, a Blob or a text to the browser as a download, each file after the one before.
 * @param {BlobPart} content
 * @param {string} name
 */
export function save(content, name) {
  const begun = saving.then(() => download(content, name));
  saving = begun.catch(() => {}).then(() => new Promise((done) => setTimeout(done, SAVE_EVERY)));
  return begun;
}

/**
 * @param {BlobPart} content
 * @param {string} name
 */
function download(content, name) {
  const url = URL.createObjectURL(new Blob([content], { type: 'application/octet-stream' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

/**
 * acceptDrops calls take with the files that are dropped anywhere on the page and marks the page meanwhile.
 * @param {HTMLElement} target
 * @param {(files: File[]) => void} take
 */
export function acceptDrops(target, take) {
  let depth = 0;
  const carriesFiles = (/** @type {DragEvent} */ event) => event.dataTransfer?.types.includes('Files');
  const mark = () => target.classList.toggle('dropping', depth > 0);
  addEventListener('dragenter', (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    depth++;
    mark();
  });
  addEventListener('dragleave', () => {
    depth = Math.max(0, depth - 1);
    mark();
  });
  addEventListener('dragover', (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    if (event.dataTransfer) event.dataTransfer.dropEffect = 'copy';
  });
  addEventListener('drop', (event) => {
    depth = 0;
    mark();
    if (!carriesFiles(event)) return;
    event.preventDefault();
    take([...event.dataTransfer?.files ?? []]);
  });
}

// Getting the site's files: the manifest that names them, and compressed WebAssembly.

/** manifest reads manifest.json; its paths are relative to the page. */
export async function manifest() {
  const response = await get('manifest.json', { cache: 'no-store' });
  return response.json();
}

/** bytes fetches a file whole; progress(n) is told how many bytes have come so far. */
export async function bytes(url, progress = () => {}) {
  const response = await get(url);
  if (!response.body) return response.arrayBuffer();
  let received = 0;
  const counted = response.body.pipeThrough(new TransformStream({
    transform(chunk, controller) {
      received += chunk.byteLength;
      progress(received);
      controller.enqueue(chunk);
    },
  }));
  return new Response(counted).arrayBuffer();
}

/**
 * compile fetches a gzip-compressed WebAssembly program and compiles it. A host that names the compression
 * in a header has the browser undo it, so the first two bytes decide, not the file's name.
 */
export async function compile(url, progress) {
  const packed = await bytes(url, progress);
  const head = new Uint8Array(packed, 0, Math.min(2, packed.byteLength));
  if (head[0] !== 0x1f || head[1] !== 0x8b) return WebAssembly.compile(packed);
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream('gzip'));
  const response = new Response(stream, { headers: { 'Content-Type': 'application/wasm' } });
  return WebAssembly.compileStreaming(response);
}

async function get(url, options) {
  let response;
  try {
    response = await fetch(url, options);
  } catch (cause) {
    throw new Error(`${url} could not be fetched: the server does not answer`, { cause });
  }
  if (!response.ok) throw new Error(`${url} could not be fetched: the server answers ${response.status}`);
  return response;
}

// Bootstrap of a worker. The page posts {boot: {module, wasmExec}, panic} once; everything after it is between the page
// and the Go program. A program that ends, for whatever reason, is reported by the envelope panic with its reason in
// it: Go itself only logs.
'use strict';

let lastWords = ''; // the first line of a Go panic, as wasm_exec.js logs it

const log = console.log.bind(console);
console.log = (/** @type {unknown[]} */ ...parts) => {
  const line = parts.join(' ');
  if (!lastWords) lastWords = (/^(panic: |fatal error: |runtime: ).*/m.exec(line) ?? [''])[0];
  log(...parts);
};

self.addEventListener('message', async function boot(/** @type {MessageEvent} */ event) {
  self.removeEventListener('message', boot);
  const { boot: { module, wasmExec }, panic } = event.data;
  const report = (/** @type {string} */ text) => self.postMessage({ ...panic, body: JSON.stringify({ code: 'panic', message: text }) });
  try {
    /** @type {any} */ (self).importScripts(wasmExec);
    const go = new /** @type {any} */ (globalThis).Go();
    const instance = await WebAssembly.instantiate(module, go.importObject);
    await go.run(instance);
    report(lastWords ? `The training program stopped: ${lastWords}` : 'The training program ended by itself.');
  } catch (error) {
    report(`The training program stopped: ${lastWords || (error instanceof Error && error.message) || error}`);
  }
});

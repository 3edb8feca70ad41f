// Bootstrap of the training worker. The page posts {boot: {module, wasmExec}} once; everything after it is
// between the page and the Go program. A program that ends, for whatever reason, is reported as a
// WorkerError: Go itself only logs.
'use strict';

const PROTOCOL_VERSION = 1;
const WORKER_ERROR = 41;

let lastWords = ''; // the first line of a Go panic, as wasm_exec.js logs it

function report(message) {
  self.postMessage({ v: PROTOCOL_VERSION, type: WORKER_ERROR, id: 0, body: JSON.stringify({ code: 'panic', message }), data: [] });
}

const log = console.log.bind(console);
console.log = (...parts) => {
  const line = parts.join(' ');
  if (!lastWords) lastWords = (/^(panic: |fatal error: |runtime: ).*/m.exec(line) ?? [''])[0];
  log(...parts);
};

self.addEventListener('message', async function boot(event) {
  self.removeEventListener('message', boot);
  try {
    const { module, wasmExec } = event.data.boot;
    importScripts(wasmExec);
    const go = new Go();
    const instance = await WebAssembly.instantiate(module, go.importObject);
    await go.run(instance);
    report(lastWords ? `The training program stopped: ${lastWords}` : 'The training program ended by itself.');
  } catch (error) {
    report(`The training program stopped: ${lastWords || error.message || error}`);
  }
});

// Runs every NAME.onnx of a folder with onnxruntime on the inputs beside it and writes its outputs:
//
//   node run.mjs FOLDER
//   NAME.obs.f32, NAME.x0.f32  ->  NAME.action.f32   (float32, little-endian, row-major)
//
// It prints one line of JSON with the runtime's version and the names and shapes that it found in each graph.
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as ort from "onnxruntime-web";

ort.env.wasm.numThreads = 1;

function read(file, columns) {
  const bytes = readFileSync(file);
  const data = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
  return new ort.Tensor("float32", data, [data.length / columns, columns]);
}

async function run(folder, name) {
  const session = await ort.InferenceSession.create(readFileSync(join(folder, `${name}.onnx`)), { executionProviders: ["wasm"] });
  const shape = (values) => Object.fromEntries(values.map((v) => [v.name, v.shape]));
  const inputs = shape(session.inputMetadata);
  const outputs = shape(session.outputMetadata);
  const feeds = {};
  for (const [input, dims] of Object.entries(inputs)) {
    feeds[input] = read(join(folder, `${name}.${input}.f32`), dims[1]);
  }
  const { action } = await session.run(feeds);
  const { data } = action;
  writeFileSync(join(folder, `${name}.action.f32`), new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  await session.release();
  return { inputs, outputs };
}

const folder = process.argv[2];
const graphs = {};
for (const file of readdirSync(folder).filter((f) => f.endsWith(".onnx")).sort()) {
  const name = file.slice(0, -".onnx".length);
  graphs[name] = await run(folder, name);
}
console.log(JSON.stringify({ version: ort.env.versions.web, graphs }));

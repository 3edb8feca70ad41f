// This program: the items of web/bench/work, compiled to WebAssembly.
export default async function load({ items, bodies }) {
  await import("/built/wasm_exec.js");
  const go = new globalThis.Go();
  const { instance } = await WebAssembly.instantiateStreaming(fetch("/built/bench.wasm"), go.importObject);
  go.run(instance);
  const { benchRepeat, benchRollout, benchLanes, mem } = instance.exports;
  return {
    lanes: benchLanes(),
    items: Object.fromEntries(items.map((name, i) => [name, (n) => benchRepeat(i, n)])),
    rollout(name, steps) {
      const body = bodies.findIndex((b) => b.task === name);
      const qpos = benchRollout(body, steps);
      return Array.from(new Float64Array(mem.buffer, qpos, bodies[body].nq));
    },
  };
}

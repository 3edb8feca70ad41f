// TensorFlow.js, its WebAssembly backend with SIMD on one thread, by its own gradients and optimiser.
import { FEATURES, adam, latency, latencyNumbers, problem, product, productNumbers } from "./problem.js";

await import("/npm/@tensorflow/tfjs/dist/tf.min.js");
await import("/npm/@tensorflow/tfjs-backend-wasm/dist/tf-backend-wasm.min.js");
const { tf } = globalThis;
const dist = "/npm/@tensorflow/tfjs-backend-wasm/dist/";
tf.wasm.setWasmPaths(dist);
tf.wasm.setThreadsCount(1);

const variables = (arrays, shape) =>
  shape.flatMap(([n, m], i) => [tf.variable(tf.tensor2d(arrays[2 * i], [n, m])), tf.variable(tf.tensor1d(arrays[2 * i + 1]))]);

function mlp(params, x) {
  const last = params.length / 2 - 1;
  for (let i = 0; i <= last; i++) {
    x = tf.fused.matMul({ a: x, b: params[2 * i], bias: params[2 * i + 1] });
    if (i < last) x = tf.mul(x, tf.sigmoid(x));
  }
  return x;
}

function update(size) {
  const p = problem(size);
  const { obs, act, batch, particles, gamma, tau, lr } = size;
  const { critic, policy } = p.shapes;
  const matrix = (name, rows, columns) => tf.tensor2d(p[name], [rows, columns]);
  const given = {
    obs: matrix("obs", batch, obs), act: matrix("act", batch, act), reward: matrix("reward", batch, 1), done: matrix("done", batch, 1),
    next: matrix("next", batch, obs), nextRows: matrix("nextRows", p.rows, obs), x0: matrix("x0", p.rows, act),
    candidates: matrix("candidates", p.rows, obs + act + FEATURES), noise: matrix("noise", batch, act), z: matrix("z", batch, act),
    t: matrix("t", batch, 1), et: matrix("et", batch, FEATURES),
  };
  const firstRow = tf.tensor1d(Int32Array.from({ length: batch }, (_, b) => b * particles), "int32");
  let online, targets, actor, optimisers;
  const reset = () => {
    tf.dispose([online, targets, actor].filter(Boolean).flat(2));
    online = p.critics.map((c) => variables(c, critic));
    targets = p.critics.map((c) => variables(c, critic));
    actor = variables(p.policy, policy);
    optimisers = [0, 1].map(() => tf.train.adam(lr, adam.beta1, adam.beta2, adam.eps));
  };
  const smaller = (nets, x) => tf.minimum(mlp(nets[0], x), mlp(nets[1], x));

  const step = () => tf.tidy(() => {
    const x = tf.add(given.x0, mlp(actor, given.candidates));
    const q = tf.reshape(smaller(online, tf.concat([given.nextRows, x], 1)), [batch, particles]);
    const chosen = tf.gather(x, tf.add(tf.argMax(q, 1), firstRow)); // its batchDims reads out of bounds in this backend
    const action = tf.add(tf.clipByValue(chosen, -1, 1), given.noise);
    const w = tf.exp(tf.clipByValue(tf.sub(tf.max(q, 1, true), tf.mean(q, 1, true)), -3, 3));
    const value = smaller(targets, tf.concat([given.next, action], 1));
    const y = tf.add(given.reward, tf.mul(tf.mul(tf.sub(1, given.done), gamma), value));
    const now = tf.concat([given.obs, given.act], 1);
    const criticLoss = optimisers[0].minimize(
      () => tf.add(...online.map((net) => tf.mean(tf.square(tf.sub(mlp(net, now), y))))), true, online.flat());

    const xt = tf.add(tf.mul(given.t, action), tf.mul(tf.sub(1, given.t), given.z));
    const input = tf.concat([given.next, xt, given.et], 1);
    const v = tf.sub(action, given.z);
    const policyLoss = optimisers[1].minimize(
      () => tf.div(tf.sum(tf.mul(w, tf.square(tf.sub(mlp(actor, input), v)))), batch), true, actor);
    online.forEach((net, k) => net.forEach((param, i) => {
      const target = targets[k][i];
      target.assign(tf.add(target, tf.mul(tf.sub(param, target), tau)));
    }));
    return [criticLoss.dataSync()[0], policyLoss.dataSync()[0]];
  });
  reset();
  return { step, reset };
}

// once repeats something whose result is a tensor, and reads the last.
function once(compute) {
  return (n) => {
    for (let i = 0; i < n; i++) {
      const y = tf.tidy(compute);
      if (i === n - 1) y.dataSync();
      y.dispose();
    }
  };
}

export default async function load({ sizes }) {
  await tf.setBackend("wasm");
  await tf.ready();
  if (tf.wasm.getThreadsCount() !== 1 || !(await tf.env().getAsync("WASM_HAS_SIMD_SUPPORT"))) throw new Error("tfjs: not one thread with SIMD");
  const updates = Object.fromEntries(Object.entries(sizes).map(([name, size]) => [name, update(size)]));
  const items = {};
  for (const [name, u] of Object.entries(updates)) {
    items[name] = (n) => {
      for (let i = 0; i < n; i++) u.step();
    };
  }
  const numbers = productNumbers();
  const [a, b, bias] = [tf.tensor2d(numbers.a, [product.m, product.k]), tf.tensor2d(numbers.b, [product.k, product.n]), tf.tensor1d(numbers.bias)];
  items.product = once(() => tf.fused.matMul({ a, b, bias }));
  const net = latencyNumbers();
  const params = variables(net.params, latency);
  const x = tf.tensor2d(net.x, [1, 39]);
  items.latency = once(() => mlp(params, x));
  return {
    items,
    check(name) {
      updates[name].reset();
      return Array.from({ length: 3 }, () => updates[name].step()).flat();
    },
  };
}

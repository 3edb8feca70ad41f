// onnxruntime-web on one thread. It has no derivatives: the backward passes and Adam are written out as graph nodes.
import * as ort from "/npm/onnxruntime-web/dist/ort.wasm.bundle.min.mjs";
import { Graph } from "./onnx.js";
import { FEATURES, adam, latency, latencyNumbers, problem, product, productNumbers } from "./problem.js";

ort.env.wasm.wasmPaths = "/npm/onnxruntime-web/dist/";
ort.env.wasm.numThreads = 1;

const open = (graph) => ort.InferenceSession.create(graph.model(), { executionProviders: ["wasm"], graphOptimizationLevel: "all" });
const tensor = (data, shape) => new ort.Tensor("float32", data, shape);

// forward applies an MLP and keeps what backward needs.
function forward(g, params, x) {
  const steps = [];
  const last = params.length / 2 - 1;
  for (let i = 0; i <= last; i++) {
    const z = g.op("Gemm", [x, params[2 * i], params[2 * i + 1]]);
    if (i === last) return { y: z, steps: [...steps, { x }] };
    const s = g.op("Sigmoid", [z]);
    const h = g.op("Mul", [z, s]);
    steps.push({ x, s, h });
    x = h;
  }
}

// backward returns the gradients [W0, b0, ...] for the cotangent dy of y.
function backward(g, params, steps, dy) {
  const grads = [];
  const one = g.scalar(1);
  for (let i = steps.length - 1; i >= 0; i--) {
    const db = g.op("ReduceSum", [dy, g.ints([0])], { keepdims: 0 });
    grads.unshift(g.op("Gemm", [steps[i].x, dy], { transA: 1 }), db);
    if (i > 0) {
      // d silu = s + h (1 - s)
      const { s, h } = steps[i - 1];
      const slope = g.op("Add", [s, g.op("Mul", [h, g.op("Sub", [one, s])])]);
      dy = g.op("Mul", [g.op("Gemm", [dy, params[2 * i]], { transB: 1 }), slope]);
    }
  }
  return grads;
}

const sizesOf = (shape) => shape.flatMap(([n, m]) => [{ size: n * m, shape: [n, m] }, { size: m, shape: [m] }]);
const count = (shape) => sizesOf(shape).reduce((n, s) => n + s.size, 0);

// unpack views parts of a flat vector as the tensors of several networks.
function unpack(g, flat, shapes) {
  const tensors = shapes.flatMap(sizesOf);
  const parts = g.op("Split", [flat, g.ints(tensors.map((t) => t.size))], { axis: 0 }, tensors.length);
  const shaped = tensors.map((t, i) => (t.shape.length === 1 ? parts[i] : g.op("Reshape", [parts[i], g.ints(t.shape)])));
  let at = 0;
  return shapes.map((shape) => shaped.slice(at, (at += 2 * shape.length)));
}

// updateGraph is one update, see problem.js. State goes in and comes out as flat vectors, which leaves Adam with one
// short chain of large operators.
function updateGraph(p) {
  const { obs, act, batch, particles, gamma, tau, lr } = p.size;
  const { critic, policy } = p.shapes;
  const g = new Graph();
  const critics = 2 * count(critic);
  const total = critics + count(policy);
  const params = g.input("params", [total]);
  const m = g.input("m", [total]);
  const v = g.input("v", [total]);
  const targets = g.input("targets", [critics]);
  const correction = g.input("correction", [2]); // 1/(1 - beta^t) of both moments
  for (const [name, shape] of Object.entries(inputShapes(p))) g.input(name, shape);
  const [q1, q2, actor] = unpack(g, params, [critic, critic, policy]);
  const [t1, t2] = unpack(g, targets, [critic, critic]);

  // The best candidate of each state.
  const x = g.op("Add", ["x0", forward(g, actor, "candidates").y]);
  const pairs = g.op("Concat", ["nextRows", x], { axis: 1 });
  const q = g.op("Reshape", [g.op("Min", [forward(g, q1, pairs).y, forward(g, q2, pairs).y]), g.ints([batch, particles])]);
  const best = g.op("ArgMax", [q], { axis: 1, keepdims: 1 });
  const chosen = g.op("GatherND", [g.op("Reshape", [x, g.ints([batch, particles, act])]), best], { batch_dims: 1 });
  const action = g.op("Add", [g.op("Clip", [chosen, g.scalar(-1), g.scalar(1)]), "noise"]);
  const advantage = g.op("Sub", [g.op("ReduceMax", [q], { axes: [1], keepdims: 1 }), g.op("ReduceMean", [q], { axes: [1], keepdims: 1 })]);
  const w = g.op("Exp", [g.op("Clip", [advantage, g.scalar(-3), g.scalar(3)])]);

  // Critics.
  const nextPairs = g.op("Concat", ["next", action], { axis: 1 });
  const value = g.op("Min", [forward(g, t1, nextPairs).y, forward(g, t2, nextPairs).y]);
  const alive = g.op("Mul", [g.op("Sub", [g.scalar(1), "done"]), g.scalar(gamma)]);
  const y = g.op("Add", ["reward", g.op("Mul", [alive, value])]);
  const now = g.op("Concat", ["obs", "act"], { axis: 1 });
  const grads = [];
  let criticLoss;
  for (const net of [q1, q2]) {
    const f = forward(g, net, now);
    const error = g.op("Sub", [f.y, y]);
    const loss = g.op("ReduceMean", [g.op("Mul", [error, error])], { keepdims: 0 });
    criticLoss = criticLoss ? g.op("Add", [criticLoss, loss]) : loss;
    grads.push(...backward(g, net, f.steps, g.op("Mul", [error, g.scalar(2 / batch)])));
  }

  // Policy.
  const xt = g.op("Add", [g.op("Mul", ["t", action]), g.op("Mul", [g.op("Sub", [g.scalar(1), "t"]), "z"])]);
  const f = forward(g, actor, g.op("Concat", ["next", xt, "et"], { axis: 1 }));
  const error = g.op("Sub", [f.y, g.op("Sub", [action, "z"])]);
  const weighted = g.op("Mul", [w, error]);
  const policyLoss = g.op("Mul", [g.op("ReduceSum", [g.op("Mul", [weighted, error])], { keepdims: 0 }), g.scalar(1 / batch)]);
  grads.push(...backward(g, actor, f.steps, g.op("Mul", [weighted, g.scalar(2 / batch)])));

  // Adam and the target critics.
  const minusOne = g.ints([-1]);
  const grad = g.op("Concat", grads.map((d) => g.op("Reshape", [d, minusOne])), { axis: 0 });
  const [c1, c2] = g.op("Split", [correction, g.ints([1, 1])], { axis: 0 }, 2);
  const move = (from, to, rate) => g.op("Add", [from, g.op("Mul", [g.op("Sub", [to, from]), g.scalar(rate)])]);
  const m1 = move(m, grad, 1 - adam.beta1);
  const v1 = move(v, g.op("Mul", [grad, grad]), 1 - adam.beta2);
  const root = g.op("Add", [g.op("Sqrt", [g.op("Mul", [v1, c2])]), g.scalar(adam.eps)]);
  const step = g.op("Div", [g.op("Mul", [m1, g.op("Mul", [c1, g.scalar(lr)])]), root]);
  const params1 = g.op("Sub", [params, step]);
  const online = g.op("Slice", [params1, g.ints([0]), g.ints([critics]), g.ints([0])]);
  g.output("params1", [total], params1);
  g.output("m1", [total], m1);
  g.output("v1", [total], v1);
  g.output("targets1", [critics], move(targets, online, tau));
  g.output("criticLoss", [], criticLoss);
  g.output("policyLoss", [], policyLoss);
  return { graph: g, total, critics };
}

function inputShapes({ size: { obs, act, batch }, rows }) {
  return {
    obs: [batch, obs], act: [batch, act], reward: [batch, 1], done: [batch, 1], next: [batch, obs],
    nextRows: [rows, obs], x0: [rows, act], candidates: [rows, obs + act + FEATURES], noise: [batch, act],
    z: [batch, act], t: [batch, 1], et: [batch, FEATURES],
  };
}

function flatten(arrays) {
  const out = new Float32Array(arrays.reduce((n, a) => n + a.length, 0));
  let at = 0;
  for (const a of arrays) {
    out.set(a, at);
    at += a.length;
  }
  return out;
}

async function update(size) {
  const p = problem(size);
  const { graph, total, critics } = updateGraph(p);
  const session = await open(graph);
  const fixed = Object.fromEntries(Object.entries(inputShapes(p)).map(([name, shape]) => [name, tensor(p[name], shape)]));
  let state;
  let t;
  const reset = () => {
    t = 0;
    state = {
      params: tensor(flatten([...p.critics.flat(), ...p.policy]), [total]), m: tensor(new Float32Array(total), [total]),
      v: tensor(new Float32Array(total), [total]), targets: tensor(flatten(p.critics.flat()), [critics]),
    };
  };
  const step = async () => {
    t++;
    const correction = tensor(Float32Array.of(1 / (1 - adam.beta1 ** t), 1 / (1 - adam.beta2 ** t)), [2]);
    const out = await session.run({ ...fixed, ...state, correction });
    state = { params: out.params1, m: out.m1, v: out.v1, targets: out.targets1 };
    return [out.criticLoss.data[0], out.policyLoss.data[0]];
  };
  reset();
  return { step, reset };
}

// once opens a graph with fixed feeds.
async function once(graph, feeds) {
  const session = await open(graph);
  return async (n) => {
    for (let i = 0; i < n; i++) await session.run(feeds);
  };
}

// productItem keeps the right-hand side as a weight, which onnxruntime packs beforehand.
function productItem() {
  const { m, k, n } = product;
  const { a, b, bias } = productNumbers();
  const g = new Graph();
  g.input("a", [m, k]);
  g.output("c", [m, n], g.op("Gemm", ["a", g.constant(b, [k, n]), g.constant(bias, [n])]));
  return once(g, { a: tensor(a, [m, k]) });
}

function latencyItem() {
  const { params, x } = latencyNumbers();
  const g = new Graph();
  g.input("x", [1, 39]);
  const names = latency.flatMap(([n, m], i) => [g.constant(params[2 * i], [n, m]), g.constant(params[2 * i + 1], [m])]);
  g.output("y", [1, 6], forward(g, names, "x").y);
  return once(g, { x: tensor(x, [1, 39]) });
}

export default async function load({ sizes }) {
  const updates = Object.fromEntries(await Promise.all(Object.entries(sizes).map(async ([name, size]) => [name, await update(size)])));
  const items = { product: await productItem(), latency: await latencyItem() };
  for (const [name, u] of Object.entries(updates)) {
    items[name] = async (n) => {
      for (let i = 0; i < n; i++) await u.step();
    };
  }
  return {
    items,
    async check(name) {
      updates[name].reset();
      const losses = [];
      for (let i = 0; i < 3; i++) losses.push(...(await updates[name].step()));
      return losses;
    },
  };
}

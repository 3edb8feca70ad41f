// jax-js on its WebAssembly device, the whole update under jit, by its own gradients.
import { defaultDevice, grad, init, jit, nn, numpy as np, tree, valueAndGrad } from "/npm/@jax-js/jax/dist/index.js";
import { FEATURES, adam, latency, latencyNumbers, problem, product, productNumbers } from "./problem.js";

// In jax-js a function owns its arguments: x.ref is one more reference, plain x gives it away.
const array = (data, shape) => np.array(data).reshape(shape);
const parameters = (arrays, shape) => shape.flatMap(([n, m], i) => [array(arrays[2 * i], [n, m]), np.array(arrays[2 * i + 1])]);
const refs = (list) => list.map((x) => x.ref);

function mlp(params, x) {
  const last = params.length / 2 - 1;
  for (let i = 0; i <= last; i++) {
    x = np.matmul(x, params[2 * i]).add(params[2 * i + 1]);
    if (i < last) x = nn.silu(x);
  }
  return x;
}

function update(size) {
  const p = problem(size);
  const { obs, act, batch, particles, gamma, tau, lr } = size;
  const { critic, policy } = p.shapes;
  const given = {
    obs: array(p.obs, [batch, obs]), act: array(p.act, [batch, act]), reward: array(p.reward, [batch, 1]), done: array(p.done, [batch, 1]),
    next: array(p.next, [batch, obs]), nextRows: array(p.nextRows, [p.rows, obs]), x0: array(p.x0, [p.rows, act]),
    candidates: array(p.candidates, [p.rows, obs + act + FEATURES]), noise: array(p.noise, [batch, act]), z: array(p.z, [batch, act]),
    t: array(p.t, [batch, 1]), et: array(p.et, [batch, FEATURES]),
  };
  const smaller = (nets, x) => np.minimum(mlp(refs(nets[0]), x.ref), mlp(refs(nets[1]), x));

  // Adam on one list of parameters: [params, m, v].
  const adamStep = (params, grads, m, v, c1, c2) => {
    const m1 = m.map((x, i) => x.mul(adam.beta1).add(grads[i].ref.mul(1 - adam.beta1)));
    const v1 = v.map((x, i) => x.mul(adam.beta2).add(np.square(grads[i]).mul(1 - adam.beta2)));
    const next = params.map((x, i) =>
      x.sub(m1[i].ref.mul(c1.ref).mul(lr).div(np.sqrt(v1[i].ref.mul(c2.ref)).add(adam.eps))));
    return [next, m1, v1];
  };

  const choose = (online, actor, s) => {
    const x = s.x0.add(mlp(refs(actor), s.candidates));
    const q = smaller(online, np.concatenate([s.nextRows, x.ref], 1)).reshape([batch, particles]);
    const best = np.argmax(q.ref, 1).reshape([batch, 1, 1]);
    const chosen = np.takeAlongAxis(x.reshape([batch, particles, act]), best, 1).reshape([batch, act]);
    const action = np.clip(chosen, -1, 1).add(s.noise);
    const w = np.exp(np.clip(np.max(q.ref, 1, { keepdims: true }).sub(np.mean(q, 1, { keepdims: true })), -3, 3));
    return [action, w];
  };

  const criticLoss = (nets, now, y) => {
    const losses = nets.map((net) => np.mean(np.square(mlp(net, now.ref).sub(y.ref))));
    now.dispose();
    y.dispose();
    return losses[0].add(losses[1]);
  };
  const policyLoss = (net, input, v, w) => np.sum(w.mul(np.square(mlp(net, input).sub(v)))).div(batch);

  const step = jit((online, targets, actor, moments, c1, c2, s) => {
    const [action, w] = choose(online, actor, s);
    const value = smaller(targets, np.concatenate([s.next.ref, action.ref], 1));
    const y = s.reward.add(np.multiply(-gamma, s.done.sub(1)).mul(value));
    const now = np.concatenate([s.obs, s.act], 1);
    const [lossQ, gradQ] = valueAndGrad(criticLoss)(online.map(refs), now, y);

    const xt = s.t.ref.mul(action.ref).add(np.multiply(-1, s.t.sub(1)).mul(s.z.ref));
    const input = np.concatenate([s.next, xt, s.et], 1);
    const [lossP, gradP] = valueAndGrad(policyLoss)(refs(actor), input, action.sub(s.z), w);

    const params = [...online.flat(), ...actor];
    const [params1, m1, v1] = adamStep(params, [...gradQ.flat(), ...gradP], moments.m, moments.v, c1, c2);
    c1.dispose();
    c2.dispose();
    const half = online[0].length;
    const online1 = [params1.slice(0, half), params1.slice(half, 2 * half)];
    const targets1 = targets.map((net, k) => net.map((x, i) => x.ref.add(online1[k][i].ref.sub(x).mul(tau))));
    return { online: online1, targets: targets1, actor: params1.slice(2 * half), moments: { m: m1, v: v1 }, lossQ, lossP };
  });

  let state;
  let t;
  const reset = () => {
    if (state) tree.dispose(state);
    const zeros = () => [...critic, ...critic, ...policy].flatMap(([n, m]) => [np.zeros([n, m]), np.zeros([m])]);
    state = {
      online: p.critics.map((c) => parameters(c, critic)), targets: p.critics.map((c) => parameters(c, critic)),
      actor: parameters(p.policy, policy), moments: { m: zeros(), v: zeros() },
    };
    t = 0;
  };
  const one = () => {
    t++;
    const c1 = np.array(1 / (1 - adam.beta1 ** t));
    const c2 = np.array(1 / (1 - adam.beta2 ** t));
    const { lossQ, lossP, ...next } = step(state.online, state.targets, state.actor, state.moments, c1, c2, tree.ref(given));
    state = next;
    return [lossQ, lossP];
  };
  reset();
  return { one, reset };
}

// once repeats something whose result is an array. Arrays are lazy: what nobody waits for is never computed.
function once(compute) {
  return async (n) => {
    for (let i = 0; i < n; i++) {
      const y = compute();
      await y.blockUntilReady();
      y.dispose();
    }
  };
}

export default async function load({ sizes }) {
  await init("wasm");
  defaultDevice("wasm");
  const updates = Object.fromEntries(Object.entries(sizes).map(([name, size]) => [name, update(size)]));
  const losses = async (u) => {
    const [a, b] = u.one();
    return [(await a.data())[0], (await b.data())[0]];
  };
  const items = {};
  for (const [name, u] of Object.entries(updates)) {
    items[name] = async (n) => {
      for (let i = 0; i < n; i++) await losses(u);
    };
  }
  const numbers = productNumbers();
  const [a, b, bias] = [array(numbers.a, [product.m, product.k]), array(numbers.b, [product.k, product.n]), np.array(numbers.bias)];
  const multiply = jit((x, y, z) => np.matmul(x, y).add(z));
  items.product = once(() => multiply(a.ref, b.ref, bias.ref));
  const net = latencyNumbers();
  const params = parameters(net.params, latency);
  const x = array(net.x, [1, 39]);
  const forward = jit((w, input) => mlp(w, input));
  items.latency = once(() => forward(refs(params), x.ref));
  return {
    items,
    async check(name) {
      const u = updates[name];
      u.reset();
      const out = [];
      for (let i = 0; i < 3; i++) out.push(...(await losses(u)));
      return out;
    },
  };
}

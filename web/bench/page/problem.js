// The actor-critic update that the libraries do, with the same numbers in each:
//
//   x    = x0 + policy([s', x0, e])               8 candidates per state, one step
//   q    = min(Q1, Q2)(s', x)
//   a'   = clip(x_best, -1, 1) + noise,  w = exp(clip(q_best - mean q, -3, 3))
//   y    = r + gamma (1 - done) min(T1, T2)(s', a')
//   critics: mean (Q_i(s, a) - y)^2;  policy: mean w |policy([s', t a' + (1-t) z, e_t]) - (a' - z)|^2
//   Adam on all three, T_i += tau (Q_i - T_i)
//
// e and e_t are 16 features of a time, given; every network is an MLP with SiLU. Batch and noise are fixed: drawing
// them is not what is measured. What does not change (s' repeated for its candidates) is prepared here.

// random is a small generator (mulberry32 and Box-Muller); only that all libraries get the same numbers matters.
function random(seed) {
  let a = seed >>> 0;
  const uniform = () => {
    a = (a + 0x6d2b79f5) >>> 0;
    let t = Math.imul(a ^ (a >>> 15), a | 1);
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  const normal = () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
  return { uniform, fill: (n, scale = 1) => Float32Array.from({ length: n }, () => scale * normal()) };
}

export const FEATURES = 16;

// layers lists the [in, out] of an MLP.
export function layers(input, hidden, output) {
  const widths = [input, ...hidden, output];
  return widths.slice(1).map((out, i) => [widths[i], out]);
}

// network returns [W0, b0, W1, b1, ...], W row-major [in, out].
function network(shape, r) {
  return shape.flatMap(([n, m]) => [r.fill(n * m, 1 / Math.sqrt(n)), new Float32Array(m)]);
}

// rows joins matrices of equally many rows.
function join(count, ...parts) {
  const widths = parts.map((p) => p.length / count);
  const total = widths.reduce((a, b) => a + b);
  const out = new Float32Array(count * total);
  for (let i = 0; i < count; i++) {
    let at = i * total;
    parts.forEach((p, k) => {
      out.set(p.subarray(i * widths[k], (i + 1) * widths[k]), at);
      at += widths[k];
    });
  }
  return out;
}

function repeat(x, count, times) {
  const width = x.length / count;
  const out = new Float32Array(x.length * times);
  for (let i = 0; i < count * times; i++) out.set(x.subarray(Math.floor(i / times) * width, Math.floor(i / times) * width + width), i * width);
  return out;
}

// problem makes the numbers of a size {obs, act, hidden, batch, particles, sourceStd, noiseStd, gamma, tau, lr}.
export function problem(size) {
  const { obs, act, hidden, batch, particles } = size;
  const r = random(12345);
  const critic = layers(obs + act, hidden, 1);
  const policy = layers(obs + act + FEATURES, hidden, act);
  const next = r.fill(batch * obs);
  const rows = batch * particles;
  const x0 = r.fill(rows * act, size.sourceStd);
  const nextRows = repeat(next, batch, particles);
  const e = repeat(r.fill(FEATURES, 0.2), 1, rows);
  return {
    size, rows, shapes: { critic, policy },
    critics: [network(critic, r), network(critic, r)], policy: network(policy, r),
    obs: r.fill(batch * obs), act: r.fill(batch * act), reward: r.fill(batch), done: new Float32Array(batch), next,
    nextRows, x0, candidates: join(rows, nextRows, x0, e), noise: r.fill(batch * act, size.noiseStd),
    z: r.fill(batch * act), t: Float32Array.from({ length: batch }, r.uniform), et: r.fill(batch * FEATURES, 0.2),
  };
}

// adam are the optimiser's constants.
export const adam = { beta1: 0.9, beta2: 0.999, eps: 1e-8 };

// The other two pieces of work.
export const product = { m: 1024, k: 128, n: 128 };
export const latency = layers(39, [256, 256, 256], 6);

export function latencyNumbers() {
  const r = random(7);
  return { params: network(latency, r), x: r.fill(39) };
}

export function productNumbers() {
  const r = random(8);
  return { a: r.fill(product.m * product.k), b: r.fill(product.k * product.n), bias: r.fill(product.n) };
}

// Reference trajectories for the model files of engine/modelfile/testdata: what MuJoCo 3.3.8 makes of each.
//
//   npm ci && node peers.mjs ../../engine/modelfile/testdata/NAME.xml ...
//
// writes NAME.json beside each file: start, random controls, the states after each control, contacts, inverse weights and
// masses. The solver runs to convergence. A file that MuJoCo refuses gets {"refused": why}.
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import loadMujoco from 'mujoco-js';

const controls = Number(process.env.CONTROLS ?? 30);
const frameSkip = Number(process.env.FRAME_SKIP ?? 2);
const mujoco = await loadMujoco({ print() {}, printErr() {} });

// A linear congruential generator, so that a file's data come out the same again.
let state = 1;
const uniform = (scale) => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return scale * (state / 2 ** 31 - 1);
};
const list = (n, scale) => Array.from({ length: n }, () => uniform(scale));

// put copies a folder's files, for includes.
function put(folder, into) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const from = join(folder, entry.name);
    if (entry.isDirectory()) {
      mujoco.FS.mkdirTree(`${into}/${entry.name}`);
      put(from, `${into}/${entry.name}`);
    } else if (entry.name.endsWith('.xml')) {
      mujoco.FS.writeFile(`${into}/${entry.name}`, readFileSync(from));
    }
  }
}

function reference(file) {
  state = 1;
  let model;
  try {
    model = mujoco.MjModel.loadFromXML(file);
    if (!model) throw new Error('no model');
  } catch (error) {
    const message = typeof error === 'number' ? mujoco.getExceptionMessage?.(error)?.join(' ') : error.message;
    return { refused: String(message ?? error) };
  }
  Object.assign(model.opt, { tolerance: 0, ls_tolerance: 1e-12, iterations: 500, ls_iterations: 500, solver: 2 });
  const data = new mujoco.MjData(model);
  const copy = (view) => Array.from(view);
  const qpos0 = copy(model.qpos0).map((q) => q + uniform(0.02));
  const qvel0 = list(model.nv, 0.3);
  const ctrl = Array.from({ length: controls }, () => list(model.nu, 1));
  const want = {
    qpos0, qvel0, ctrl, qpos: [], ncon: [], frame_skip: frameSkip,
    dof_invweight0: copy(model.dof_invweight0),
    body_invweight0_tran: copy(model.body_invweight0).filter((_, i) => i % 2 === 0),
    body_mass: copy(model.body_mass),
  };
  data.qpos.set(qpos0);
  data.qvel.set(qvel0);
  const check = new mujoco.MjData(model); // counts contacts without touching the warm start
  for (const u of ctrl) {
    data.ctrl.set(u);
    for (let k = 0; k < frameSkip; k++) mujoco.mj_step(model, data);
    want.qpos.push(copy(data.qpos));
    check.qpos.set(data.qpos);
    check.qvel.set(data.qvel);
    mujoco.mj_forward(model, check);
    want.ncon.push(check.ncon);
  }
  for (const object of [check, data, model]) object.delete();
  return want;
}

const folders = new Set();
for (const arg of process.argv.slice(2)) {
  const path = resolve(arg);
  const folder = dirname(path);
  if (!folders.has(folder)) {
    mujoco.FS.mkdirTree(folder);
    put(folder, folder);
    folders.add(folder);
  }
  const want = reference(path);
  writeFileSync(path.replace(/\.xml$/, '.json'), JSON.stringify(want) + '\n');
  console.log(basename(path), want.refused ? `refused: ${want.refused.split('\n')[0]}` : `${want.qpos.length} controls`);
}

// MuJoCo's own WebAssembly build on this project's model files.
import loadMujoco from "/npm/mujoco-js/dist/mujoco_wasm.js";

export const mujoco = await loadMujoco();

// write puts the model files where includes find each other.
export function write(files) {
  for (const [name, text] of Object.entries(files)) mujoco.FS.writeFile(`/${name}`, text);
}

// open compiles a model file that write has put there.
export function open(name) {
  try {
    const model = mujoco.MjModel.loadFromXML(`/${name}`);
    if (!model) throw new Error("no model");
    return { model, data: new mujoco.MjData(model) };
  } catch (e) {
    throw new Error(`MuJoCo does not compile ${name}: ${e?.message ?? e?.name ?? e}`);
  }
}

const RK4 = 1;

// Sim drives one body along its rollout.
class Sim {
  constructor(body) {
    const { model, data } = open(body.model);
    Object.assign(this, { body, model, data, t: 0 });
    this.ctrl = Float64Array.from(body.ctrl);
    this.setState();
  }

  setState() {
    mujoco.mj_resetData(this.model, this.data);
    this.data.qpos.set(this.body.qpos);
    this.data.qvel.set(this.body.qvel);
    this.t = 0;
  }

  // step takes n environment steps, as often as the rollout's length from the start again.
  step(n) {
    const { model, data, ctrl, body: { nu, frameSkip } } = this;
    const { mj_step } = mujoco;
    const horizon = ctrl.length / nu;
    let control = data.ctrl; // a view of MuJoCo's memory
    for (let k = 0; k < n; k++) {
      if (this.t === horizon) {
        this.setState();
        control = data.ctrl;
      }
      for (let i = 0; i < nu; i++) control[i] = ctrl[this.t * nu + i];
      for (let s = 0; s < frameSkip; s++) mj_step(model, data);
      this.t++;
    }
  }
}

export default async function load({ bodies, files }) {
  write(files);
  const sims = Object.fromEntries(bodies.map((b) => [b.task, new Sim(b)]));
  return {
    items: Object.fromEntries(Object.entries(sims).map(([name, sim]) => [name, (n) => sim.step(n)])),

    // model tells what MuJoCo made of the file.
    model(name) {
      const { model } = sims[name];
      return {
        nq: model.nq, nv: model.nv, nu: model.nu, masses: Array.from(model.body_mass), timestep: model.opt.timestep,
        rk4: model.opt.integrator === RK4, solver: model.opt.solver, iterations: model.opt.iterations, tolerance: model.opt.tolerance,
      };
    },

    // rollout returns qpos after so many environment steps with the solver's tolerance at tolerance.
    rollout(name, steps, tolerance) {
      const sim = sims[name];
      const before = sim.model.opt.tolerance;
      sim.model.opt.tolerance = tolerance;
      sim.setState();
      sim.step(steps);
      const qpos = Array.from(sim.data.qpos);
      sim.model.opt.tolerance = before;
      sim.setState();
      return qpos;
    },
  };
}

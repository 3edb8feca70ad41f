// An exported policy (ONNX, run by onnxruntime) in MuJoCo, as Gymnasium's v4 environments have it: observations,
// rewards and terminations of HalfCheetah, Hopper and Walker2d (gymnasium/envs/mujoco/*_v4.py).
import * as ort from "/npm/onnxruntime-web/dist/ort.wasm.bundle.min.mjs";
import { mujoco, open, write } from "./mujoco.js";

ort.env.wasm.wasmPaths = "/npm/onnxruntime-web/dist/";
ort.env.wasm.numThreads = 1;

const clip = (x, bound) => Math.min(Math.max(x, -bound), bound);

// walking is what Hopper and Walker2d share: 1 for each step, speed, and the end when the body has fallen.
const walking = (healthy) => ({
  observe: (q, v) => [...q.slice(1), ...v.map((x) => clip(x, 10))],
  reward: (speed, effort) => speed + 1 - 1e-3 * effort,
  healthy,
});

const tasks = {
  half_cheetah: { observe: (q, v) => [...q.slice(1), ...v], reward: (speed, effort) => speed - 0.1 * effort, healthy: () => true },
  hopper: walking((q, v) => q[1] > 0.7 && Math.abs(q[2]) < 0.2 && [...q.slice(2), ...v].every((x) => Math.abs(x) < 100)),
  walker2d: walking((q) => q[1] > 0.8 && q[1] < 2 && Math.abs(q[2]) < 1),
};

export default async function load({ task, model: file, files, frameSkip, maxSteps, scale }) {
  write(files);
  const { model, data } = open(file);
  const { observe, reward, healthy } = tasks[task];
  const get = async (name) => (await fetch(`/built/${name}`)).arrayBuffer();
  const session = await ort.InferenceSession.create(new Uint8Array(await get("policy.onnx")), { executionProviders: ["wasm"] });
  const noise = new Float32Array(await get("noise.f32")); // [episodes, maxSteps, nu]
  const { nu } = model;
  const period = model.opt.timestep * frameSkip;

  async function act(obs, episode, t) {
    const from = (episode * maxSteps + t) * nu;
    const { action } = await session.run({
      obs: new ort.Tensor("float32", Float32Array.from(obs), [1, obs.length]),
      x0: new ort.Tensor("float32", noise.slice(from, from + nu), [1, nu]),
    });
    return action.data;
  }

  return {
    items: {},

    // episode plays one from its start and returns [return, length].
    async episode(index, qpos, qvel) {
      mujoco.mj_resetData(model, data);
      data.qpos.set(qpos);
      data.qvel.set(qvel);
      mujoco.mj_forward(model, data);
      let total = 0;
      for (let t = 0; t < maxSteps; t++) {
        const action = await act(observe(Array.from(data.qpos), Array.from(data.qvel)), index, t);
        const control = Array.from(action, (a, i) => a * scale[i]);
        const before = data.qpos[0];
        data.ctrl.set(control);
        for (let s = 0; s < frameSkip; s++) mujoco.mj_step(model, data);
        total += reward((data.qpos[0] - before) / period, control.reduce((sum, a) => sum + a * a, 0));
        if (!healthy(Array.from(data.qpos), Array.from(data.qvel))) return [total, t + 1];
      }
      return [total, maxSteps];
    },
  };
}

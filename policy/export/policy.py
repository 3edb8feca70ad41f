"""Acts in Gymnasium with a policy exported from Onestep.

    python FILE.py policy.onnx                  the sampler that the graph holds
    python FILE.py policy.safetensors --steps 1 any number of sampling steps

Needs numpy and gymnasium (with its MuJoCo extra for MuJoCo's bodies), and onnxruntime for .onnx files.
"""

import argparse
import json
import struct

import numpy as np

#CONSTANTS


def refuse_other_task(metadata):
    """Stops with both tasks named when the file belongs to another one."""
    if metadata.get("onestep.task") != TASK:
        raise SystemExit(f"this program is for the task {TASK}, the file for {metadata.get('onestep.task')}")


def load_onnx(path):
    """Returns act(obs [B, obs_dim], x0 [B, act_dim]) -> action [B, act_dim] in [-1, 1]."""
    import onnxruntime

    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    refuse_other_task(session.get_modelmeta().custom_metadata_map)
    return lambda obs, x0: session.run(["action"], {"obs": obs, "x0": x0})[0]


def load_safetensors(path, steps):
    """The same act from a policy file, with the sampler written out."""
    with open(path, "rb") as file:
        data = file.read()
    (size,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8 : 8 + size])
    refuse_other_task(header.pop("__metadata__", {}))
    p = {}
    for name, info in header.items():
        if name.startswith("policy."):
            begin, end = info["data_offsets"]
            values = np.frombuffer(data[8 + size + begin : 8 + size + end], "<f4")
            p[name[len("policy.") :]] = values.reshape(info["shape"])
    layers = sum(name.startswith("layer") and name.endswith(".weight") for name in p)

    def mish(z):
        return z * np.tanh(np.logaddexp(0, z))

    def hidden(z):
        return mish(z) if ACTIVATION == "mish" else z / (1 + np.exp(-z))

    def embedding(i, t):
        f = 10000.0 ** (-np.arange(8) / 8)
        phi = np.concatenate([np.sin(t * f), np.cos(t * f)]) / 4
        a = mish(phi @ p[f"time{i}.in.weight"] + p[f"time{i}.in.bias"])
        return a @ p[f"time{i}.out.weight"] + p[f"time{i}.out.bias"]

    def network(obs, x, times):
        e = [np.tile(embedding(i, t), (len(obs), 1)) for i, t in enumerate(times)]
        a = np.concatenate([obs, x, *e], axis=1)
        for i in range(layers):
            a = a @ p[f"layer{i}.weight"] + p[f"layer{i}.bias"]
            if i + 1 < layers:
                a = hidden(a)
        return a

#SAMPLER

    return act


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("policy", help="an .onnx or .safetensors file exported for " + GYMNASIUM)
    parser.add_argument("--steps", type=int, default=STEPS, help="sampling steps; .safetensors only")
    parser.add_argument("--episodes", type=int, default=10)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--render", action="store_true")
    args = parser.parse_args()

    import gymnasium

    act = load_onnx(args.policy) if args.policy.endswith(".onnx") else load_safetensors(args.policy, args.steps)
    env = gymnasium.make(GYMNASIUM, render_mode="human" if args.render else None)
    noise = np.random.default_rng(args.seed)
    returns = []
    for episode in range(args.episodes):
        obs, _ = env.reset(seed=args.seed + episode)
        total, done = 0.0, False
        while not done:
            x0 = noise.normal(0, SOURCE_STD, (1, len(ACTION_SCALE))).astype(np.float32)
            action = act(np.asarray(obs, np.float32)[None], x0)[0]
            obs, reward, terminated, truncated, _ = env.step(action * np.asarray(ACTION_SCALE, np.float32))
            total, done = total + float(reward), terminated or truncated
        returns.append(total)
        print(f"episode {episode}: {total:.1f}")
    print(f"mean {np.mean(returns):.1f}, standard deviation {np.std(returns):.1f}, {len(returns)} episodes")
    env.close()


if __name__ == "__main__":
    main()

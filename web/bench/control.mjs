// Reference trajectories for the tasks of engine/env's DeepMind Control family: what MuJoCo 3.3.8 makes of the published
// bodies, with the observations and rewards as the suite defines them, written here anew.
//
//   npm ci && node control.mjs SUITE | gzip -9n > ../../engine/env/testdata/control.json.gz
//
// SUITE is the folder dm_control/suite of the published suite. The solver runs to convergence.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import loadMujoco from 'mujoco-js';

const folder = process.argv[2];
const steps = 50;
const mujoco = await loadMujoco({ print() {}, printErr() {} });
const kind = { body: 1, xbody: 2, joint: 3, geom: 5, site: 6, sensor: 20 };

// A linear congruential generator, so that the data come out the same again.
let state = 1;
const uniform = (lo, hi) => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return lo + ((hi - lo) * state) / 2 ** 32;
};

// The suite's looks lie in files of their own; nothing of them moves anything.
const bare = (name) => readFileSync(join(folder, `${name}.xml`), 'utf8').replace(/<include[^>]*>/g, '').replace(/\smaterial="[^"]*"/g, '');

// swimmer makes the chain of n links, as suite/swimmer.py does.
function swimmer(n) {
  let bodies = '', ends = '', motors = '', sensors = '';
  for (let i = 0; i < n - 1; i++) {
    bodies += `<body name="segment_${i}" pos="0 .1 0"><geom class="visual"/><geom class="inertial"/><site name="site_${i}"/><joint name="joint_${i}" range="${-360 / n} ${360 / n}"/>`;
    ends += '</body>';
    motors += `<motor joint="joint_${i}"/>`;
    sensors += `<velocimeter site="site_${i}"/><gyro site="site_${i}"/>`;
  }
  return bare('swimmer').replace('<site name="head"/>', `<site name="head"/>${bodies}${ends}`)
    .replace('</sensor>', `${sensors}</sensor><actuator>${motors}</actuator>`);
}

// fall and tolerance are those of dm_control/utils/rewards.py.
const fall = {
  gaussian: (x, at1) => Math.exp(-0.5 * (x * Math.sqrt(-2 * Math.log(at1))) ** 2),
  linear: (x, at1) => (Math.abs(x * (1 - at1)) < 1 ? 1 - x * (1 - at1) : 0),
  quadratic: (x, at1) => (Math.abs(x * Math.sqrt(1 - at1)) < 1 ? 1 - (x * Math.sqrt(1 - at1)) ** 2 : 0),
  long_tail: (x, at1) => 1 / ((x * Math.sqrt(1 / at1 - 1)) ** 2 + 1),
};
function tolerance(x, [lo, hi] = [0, 0], margin = 0, at = 0.1, form = 'gaussian') {
  if (lo <= x && x <= hi) return 1;
  return margin === 0 ? 0 : fall[form]((x < lo ? lo - x : x - hi) / margin, at);
}
const mean = (list) => list.reduce((sum, x) => sum + x, 0) / list.length;
const quiet = (p) => (4 + mean(p.ctrl.map((u) => tolerance(u, [0, 0], 1, 0, 'quadratic')))) / 5;

// physics reads what the tasks read, by names.
function physics(xml) {
  mujoco.FS.writeFile('/model.xml', xml);
  const model = mujoco.MjModel.loadFromXML('/model.xml');
  Object.assign(model.opt, { tolerance: 0, ls_tolerance: 1e-12, iterations: 500, ls_iterations: 500, solver: 2 });
  const data = new mujoco.MjData(model);
  const id = (type, name) => mujoco.mj_name2id(model, kind[type], name);
  const at = (array, i, n = 3) => Array.from(array.slice(i * n, i * n + n));
  return {
    model, data,
    get q() { return Array.from(data.qpos); },
    get v() { return Array.from(data.qvel); },
    get ctrl() { return Array.from(data.ctrl); },
    mat: (name) => at(data.xmat, id('body', name), 9),
    pos: (name) => at(data.xpos, id('body', name)),
    com: (name) => at(data.xipos, id('body', name)),
    geom: (name) => at(data.geom_xpos, id('geom', name)),
    site: (name) => at(data.site_xpos, id('site', name)),
    sensors: (name, n) => Array.from(data.sensordata.slice(model.sensor_adr[id('sensor', name)])).slice(0, n),
    body: (name) => id('body', name), geomID: (name) => id('geom', name), siteID: (name) => id('site', name), joint: (name) => id('joint', name),
  };
}

// speed is the velocity of the torso's subtree along x.
const speed = (p) => p.sensors('torso_subtreelinvel', 1)[0];
const withSpeed = (name) => {
  const text = bare(name);
  const sensor = '<subtreelinvel name="torso_subtreelinvel" body="torso"/>';
  if (text.includes('torso_subtreelinvel')) return text;
  return text.includes('<sensor>') ? text.replace('<sensor>', `<sensor>${sensor}`) : text.replace('</mujoco>', `<sensor>${sensor}</sensor></mujoco>`);
};
const away = (a, b, axes = [0, 1, 2]) => axes.map((i) => a[i] - b[i]);
const norm = (v) => Math.hypot(...v);

const cartpole = (sparse) => (p) => {
  const zz = p.mat('pole_1')[8];
  if (sparse) return tolerance(p.q[0], [-0.25, 0.25]) * tolerance(zz, [0.995, 1]);
  return ((zz + 1) / 2) * quiet(p) * ((1 + tolerance(p.v[1], [0, 0], 5)) / 2) * ((1 + tolerance(p.q[0], [0, 0], 2)) / 2);
};
const pole = (p) => [p.q[0], p.mat('pole_1')[8], p.mat('pole_1')[2], ...p.v];
const links = (p) => [p.mat('upper_arm')[2], p.mat('lower_arm')[2], p.mat('upper_arm')[8], p.mat('lower_arm')[8], ...p.v];
const tip = (margin) => (p) => tolerance(norm(away(p.site('target'), p.site('tip'))), [0, 0.2], margin);
const reached = (p) => away(p.geom('target'), p.geom('finger'), [0, 1]);
const onTarget = (radius) => (p) => tolerance(norm(reached(p)), [0, radius + 0.01]);
const leg = (p) => [...p.q.slice(1), ...p.v, Math.log1p(p.sensors('touch_toe', 1)[0]), Math.log1p(p.sensors('touch_heel', 1)[0])];
const standing = (p) => tolerance(p.com('torso')[2] - p.com('foot')[2], [0.6, 2]);
const names = ['torso', 'right_thigh', 'right_leg', 'right_foot', 'left_thigh', 'left_leg', 'left_foot'];
const figure = (p) => [...names.flatMap((n) => [p.mat(n)[0], p.mat(n)[2]]), p.pos('torso')[2], ...p.v];
const walk = (fast) => (p) => {
  const stand = (3 * tolerance(p.pos('torso')[2], [1.2, Infinity], 0.6) + (1 + p.mat('torso')[8]) / 2) / 4;
  return fast === 0 ? stand : (stand * (5 * tolerance(speed(p), [fast, Infinity], fast / 2, 0.5, 'linear') + 1)) / 6;
};
const nose = (p) => {
  const d = away(p.geom('target'), p.geom('nose')), m = p.mat('head');
  return [0, 1].map((i) => d[0] * m[i] + d[1] * m[3 + i] + d[2] * m[6 + i]);
};
const chain = (p) => {
  const rest = Array.from(p.data.sensordata.slice(12)), out = [];
  for (let i = 0; i < rest.length; i += 6) out.push(rest[i], rest[i + 1], rest[i + 5]);
  return [...p.q.slice(3), ...nose(p), ...out];
};
const tipAt = (p) => away(p.site('tip'), p.pos('spinner'), [0, 2]);
const targetAt = (p) => away(p.site('target'), p.pos('spinner'), [0, 2]);
const fingers = (p) => [p.q[0], p.q[1], ...tipAt(p), ...p.v, Math.log1p(p.sensors('touchtop', 1)[0]), Math.log1p(p.sensors('touchbottom', 1)[0])];
const beyond = (p, radius) => norm(away(targetAt(p), tipAt(p), [0, 1])) - radius;
const turned = (radius, angle) => ({
  place: (p, [x, z]) => { p.model.site_pos[3 * p.siteID('target')] = x; p.model.site_pos[3 * p.siteID('target') + 2] = z; },
  target: [0.2 + 0.13 * Math.sin(angle), 0.4 + 0.13 * Math.cos(angle)],
  observe: (p) => [...fingers(p), ...targetAt(p), beyond(p, radius)], reward: (p) => (beyond(p, radius) <= 0 ? 1 : 0),
});
const moveGeom = (p, [x, y]) => { p.model.geom_pos[3 * p.geomID('target')] = x; p.model.geom_pos[3 * p.geomID('target') + 1] = y; };

// start: the positions at first; near what the task begins with, so that rewards differ from 0.
const tasks = {
  cartpole_balance: { xml: bare('cartpole'), skip: 1, start: [0.05, 0.03], observe: pole, reward: cartpole(false) },
  cartpole_balance_sparse: { xml: bare('cartpole'), skip: 1, start: [0.05, 0.03], observe: pole, reward: cartpole(true) },
  cartpole_swingup: { xml: bare('cartpole'), skip: 1, start: [0.01, 3.13], observe: pole, reward: cartpole(false) },
  cartpole_swingup_sparse: { xml: bare('cartpole'), skip: 1, start: [-0.24, 0.09], observe: pole, reward: cartpole(true) },
  pendulum_swingup: { xml: bare('pendulum'), skip: 1, start: [0.1], observe: (p) => [p.mat('pole')[8], p.mat('pole')[2], ...p.v],
    reward: (p) => tolerance(p.mat('pole')[8], [Math.cos((8 * Math.PI) / 180), 1]) },
  acrobot_swingup: { xml: bare('acrobot'), skip: 1, start: [0.4, 0.3], observe: links, reward: tip(1) },
  acrobot_swingup_sparse: { xml: bare('acrobot'), skip: 1, start: [0.05, 0.05], observe: links, reward: tip(0) },
  point_mass_easy: { xml: bare('point_mass'), skip: 1, start: [0.012, -0.01], observe: (p) => [...p.q, ...p.v],
    reward: (p) => tolerance(norm(away(p.geom('target'), p.geom('pointmass'))), [0, 0.015], 0.015) * quiet(p) },
  reacher_easy: { xml: bare('reacher'), skip: 1, start: [0.5, 0.9], place: moveGeom, target: [0.1, 0.16],
    observe: (p) => [...p.q, ...reached(p), ...p.v], reward: onTarget(0.05) },
  reacher_hard: { xml: bare('reacher'), skip: 1, start: [0.5, 0.9], place: moveGeom, target: [0.12, 0.16],
    observe: (p) => [...p.q, ...reached(p), ...p.v], reward: onTarget(0.015) },
  cheetah_run: { xml: withSpeed('cheetah'), skip: 1, start: [0, -0.1, 0.05, 0.1, -0.1, 0.1, -0.1, 0, 0.1], speed: 3, observe: (p) => [...p.q.slice(1), ...p.v],
    reward: (p) => tolerance(speed(p), [10, Infinity], 10, 0, 'linear') },
  hopper_stand: { xml: withSpeed('hopper'), skip: 4, start: [0, -0.03, 0.05, 0.05, -0.4, 0.8, -0.4], observe: leg, reward: (p) => standing(p) * quiet(p) },
  hopper_hop: { xml: withSpeed('hopper'), skip: 4, start: [0, 0, 0.05, 0, -0.4, 0.8, -0.4], speed: 1.7, observe: leg,
    reward: (p) => standing(p) * tolerance(speed(p), [2, Infinity], 1, 0.5, 'linear') },
  walker_stand: { xml: withSpeed('walker'), skip: 10, start: [-0.05, 0, 0.05, 0.3, -0.3, 0.1, -0.1, -0.1, 0], observe: figure, reward: walk(0) },
  walker_walk: { xml: withSpeed('walker'), skip: 10, start: [0, 0, 0.05, 0.3, -0.3, 0.1, -0.1, -0.1, 0], speed: 0.8, observe: figure, reward: walk(1) },
  walker_run: { xml: withSpeed('walker'), skip: 10, start: [-0.2, 0, 0.2, 0.3, -0.3, 0.1, -0.1, -0.1, 0], speed: 5, observe: figure, reward: walk(8) },
  swimmer6: { xml: swimmer(6), skip: 15, start: [0, 0, 0.4, 0.3, -0.2, 0.1, 0.5, -0.4], place: moveGeom, target: [0.2, -0.25], observe: chain,
    reward: (p) => tolerance(norm(nose(p)), [0, 0.1], 0.5, 0.1, 'long_tail') },
  finger_spin: { xml: bare('finger').replace('damping=".5"', 'damping=".03"'), skip: 2, start: [0.42, -0.72, 0], spin: -20, observe: fingers,
    reward: (p) => (p.v[2] <= -15 ? 1 : 0) },
  finger_turn_easy: { xml: bare('finger'), skip: 2, start: [0.42, -0.72, 0], spin: 1, ...turned(0.07, -0.45) },
  finger_turn_hard: { xml: bare('finger'), skip: 2, start: [0.42, -0.72, 0], spin: -3, ...turned(0.03, 0.4) },
  ball_in_cup_catch: { xml: bare('ball_in_cup'), skip: 10, start: [0.01, -0.02, 0.02, 0.35], observe: (p) => [...p.q, ...p.v],
    reward: (p) => {
      const d = away(p.site('target'), p.pos('ball'), [0, 2]);
      return Math.abs(d[0]) < 0.05 - 0.025 && Math.abs(d[1]) < 0.05 - 0.025 ? 1 : 0;
    } },
};

// step is the suite's own loop: what is read is of the present positions and velocities, touch of the last substep.
function step(p, skip) {
  const { model, data } = p;
  if (model.opt.integrator === 1) {
    for (let k = 0; k < skip; k++) mujoco.mj_step(model, data);
  } else {
    mujoco.mj_step2(model, data);
    for (let k = 1; k < skip; k++) mujoco.mj_step(model, data);
  }
  mujoco.mj_step1(model, data);
}

const out = {};
for (const [name, task] of Object.entries(tasks)) {
  state = 1;
  const p = physics(task.xml);
  task.place?.(p, task.target);
  const { model, data } = p;
  const qvel = Array.from({ length: model.nv }, () => uniform(-0.05, 0.05));
  if (task.speed) qvel[model.nv === 9 && name.startsWith('walker') ? 1 : 0] += task.speed;
  if (task.spin) qvel[2] = task.spin;
  data.qpos.set(task.start);
  data.qvel.set(qvel);
  mujoco.mj_forward(model, data);
  const run = { qpos0: task.start, qvel0: qvel, target: task.target ?? [], first: task.observe(p), masses: Array.from(model.body_mass).filter((m) => m > 0),
    ctrl: [], qpos: [], observations: [], rewards: [], ncon: [] };
  for (let t = 0; t < steps; t++) {
    const u = Array.from({ length: model.nu }, () => uniform(-1, 1));
    data.ctrl.set(u);
    step(p, task.skip);
    run.ctrl.push(u);
    run.qpos.push(p.q);
    run.observations.push(task.observe(p));
    run.rewards.push(task.reward(p));
    run.ncon.push(data.ncon);
  }
  out[name] = run;
}
console.log(JSON.stringify(out));

// The page: it owns the state and its URL, the worker's life and the newest weights; it tells the stage what
// to draw and the worker what to train, and brings either back when it is lost. wasm/protocol draws who
// talks to whom.

import { Type, floats, Stat } from './protocol.js';
import { FIELDS, Store, fromFragment, valid } from './state.js';
import { Messages } from './messages.js';
import { Numbers } from './numbers.js';
import { Controls } from './controls.js';
import { StageClient } from './stageclient.js';
import { WorkerClient } from './workerclient.js';
import { Weights } from './weights.js';
import { Training } from './training.js';
import { BodyControls, axis } from './bodies.js';
import { isModel, modelOf } from './mjcf.js';
import { Keys } from './keys.js';
import { SettingsForm } from './settingsform.js';
import { ExportMenu } from './exports.js';
import { judge, requestOf } from './settings.js';
import { explain } from './tips.js';
import { algorithmName, plural } from './format.js';
import * as load from './loader.js';
import * as files from './files.js';

const byID = (id) => document.getElementById(id);
const darkQuery = matchMedia('(prefers-color-scheme: dark)');
const motionQuery = matchMedia('(prefers-reduced-motion: reduce)');

const link = fromFragment(location.hash);
if (motionQuery.matches && location.hash === '') link.state.playing = link.state.auto = false;
const messages = new Messages(byID('errors'), byID('news'));
if (link.state.task === 'custom') {
  link.state.task = FIELDS.task.start;
  link.refused.push('The link is to somebody’s own body, which a link does not hold: drop its file here.');
}
const store = new Store(link.state);
link.refused.forEach((text) => messages.error(text));
store.write();

const site = load.manifest();
const assets = new Map(); // task and algorithm -> promise of the trained policy's bytes
let own = null; // {name, files}: the person's own body
let shipped = true; // a trained policy of this task and algorithm is shipped, as far as is known
let trainedOn = null; // {task, own}: what the run in the worker is about
let newest = null; // bytes of the run's newest policy

// ---- the stage ----------------------------------------------------------------------------------------

const stage = new StageClient(byID('stage'), {
  on: fromStage,
  ready: restoreStage,
  trouble: (text) => messages.error(text),
});
const weights = new Weights(stage, {
  changed: () => {
    showDriver();
    exports.show(weights.newest);
  },
  failed: (policy, error) => messages.error(`${policyName(policy)} was not taken: ${error.message}. The last one goes on.`),
});

/** sampler is the state's sampler as the stage wants it; K stays at least 2, what one step is compared with. */
function sampler({ sampler: kind, manySteps, best, candidates }) {
  return { steps: kind === 'one' ? 1 : manySteps, manySteps: Math.max(2, manySteps), bestOf: best ? candidates : 1 };
}

let thrifty = false; // what the stage was told last
const tell = {
  configure: () => {
    thrifty = training.phase === 'running';
    stage.tell(Type.Configure, { dark: darkQuery.matches, reducedMotion: motionQuery.matches, thrifty });
  },
  task: (state) => stage.tell(Type.SetTask, taskOf(state)),
  drive: () => stage.tell(Type.SetDrive, { mode: driver(), values: driver() === 'hand' ? bodies.values : [] }),
  view: ({ contacts, torques, axisX, axisY }) => stage.tell(Type.SetView, { contacts, torques, axisX: axis(axisX), axisY: axis(axisY) }),
  sampler: (state) => stage.tell(Type.SetSampler, sampler(state)),
  play: ({ playing, speed }, more = {}) => stage.tell(Type.SetPlay, { playing, ...(speed === 'max' ? { speed: 1, max: true } : { speed }), ...more }),
  scrub: ({ auto, t, slow }) => stage.tell(Type.SetScrub, { auto, t, slow }),
  curve: (rows, reset) => stage.tell(Type.Curve, { ...training.curveInfo, reset }, [training.curve(rows)]),
  dots: () => training.dots && ofThisBody() && stage.tell(Type.Dots, training.dots.body, [training.dots.bytes]),
};

/** taskOf is the state's task as stage and worker want it. */
function taskOf({ task, seed, reward }) {
  return { task, seed, ...(task === 'custom' ? { model: { ...own, reward } } : {}) };
}

/** ofThisBody tells whether the run in the worker is about what the stage shows. */
function ofThisBody() {
  return trainedOn?.task === store.state.task && (trainedOn.task !== 'custom' || trainedOn.own === own);
}

/** driver says who moves the body: noise where the policy should and there is none. */
function driver() {
  const { drive } = store.state;
  return drive === 'policy' && !weights.any && !shipped ? 'noise' : drive;
}

let lastDriver = '';
function showDriver() {
  const mode = driver();
  bodies.showDrive(mode, weights.any || shipped);
  const untrained = { zero: 'Untrained: zero torque.', noise: 'Untrained: uniform noise on its joints.', hand: 'Untrained: your sliders move it.' }[mode];
  const trained = shipped || weights.held.training || weights.held.file;
  controls.showWeights(weights, trained || mode === 'policy' ? '' : `${untrained} Press Train to teach it.`);
  if (mode !== lastDriver) tell.drive();
  lastDriver = mode;
}

/** restoreStage gives a fresh stage all that the page holds. */
function restoreStage() {
  const state = store.state;
  tell.configure();
  tell.task(state);
  tell.sampler(state);
  tell.play(state);
  tell.scrub(state);
  tell.drive();
  tell.view(state);
  weights.restore();
  tell.curve(ofThisBody() ? training.rows : [], true);
  tell.dots();
}

function fromStage(m) {
  switch (m.type) {
    case Type.StageStats: {
      const stats = floats(m.data[0]);
      numbers.act(stats, sampler(store.state), weights.shown?.info.algorithm);
      if (stats[Stat.Frames] > 0) document.documentElement.dataset.stage = 'drawn';
      byID('stage').dataset.frames = stats[Stat.Frames];
      byID('stage').dataset.simSeconds = stats[Stat.SimSeconds];
      break;
    }
    case Type.FileDropped:
      importAll(m.body.names.map((name, i) => ({ name, bytes: m.data[i] })));
      break;
    case Type.BodyShown:
      bodies.showBody(m.body);
      break;
    case Type.KeyPressed:
      keys.press(m.body.key);
      break;
    case Type.StateSelected:
      byID('selected').textContent = m.body.live ? '' : 'All panels show the visited state that you chose, not the body’s.';
      break;
    case Type.StageError:
      messages.error(`The stage: ${ended(m.body.message)}`);
      break;
  }
}

// ---- the worker ---------------------------------------------------------------------------------------

const worker = new WorkerClient({
  on: (m) => training.receive(m),
  talking: () => training.phase === 'running',
  dead: (reason, restarted) => {
    const at = training.info ? ` at ${plural(training.info.envSteps, 'step')}` : '';
    const held = weights.held.training ? ' The newest policy of this training is kept and still acts.' : '';
    messages.error(restarted
      ? `The training worker was lost${at}: ${ended(reason)} Another was started.${held}`
      : `The training worker does not start: ${ended(reason)} Everything else works.`);
    training.lost(restarted);
    if (restarted) worker.ready.then((info) => greeted(info), () => {});
  },
});
const training = new Training(worker, {
  changed: () => {
    if (thrifty !== (training.phase === 'running')) tell.configure();
    controls.showTraining(training, store.state.algorithm);
    numbers.train(training.metrics, training.evaluation);
  },
  snapshot: (bytes) => {
    newest = bytes;
    if (ofThisBody()) weights.hold('training', 'this training', bytes);
  },
  evaluated: (rows, reset) => ofThisBody() && tell.curve(rows, reset),
  dotted: () => tell.dots(),
  cleared: () => {
    newest = null;
    if (weights.held.training) weights.drop('training');
  },
  failed: (failure) => messages.error(`Training: ${ended(failure.message)}`),
});

let welcome;
const greeting = new Promise((resolve) => { welcome = resolve; }); // of the first worker

function greeted(info) {
  training.ready(info);
  welcome();
  judgeSettings();
  form.show();
  document.documentElement.dataset.worker = 'ready';
  live();
}

function live() {
  if (training.tasks.size > 0) worker.tell(Type.SetLive, { manySteps: sampler(store.state).manySteps }).catch(() => {});
}

async function startWorker() {
  try {
    const names = await site;
    const module = await load.compile(names.worker.url);
    greeted(await worker.start({ module, wasmExec: new URL(names.wasmExec.url, document.baseURI).href }));
  } catch (error) {
    if (training.phase === 'loading') {
      training.lost(false);
      messages.error(`Training is not to be had: ${ended(error.message)}`);
    }
  }
}

// ---- weights ------------------------------------------------------------------------------------------

/** asset holds the trained policy of a variant, and the untrained one where none is shipped. */
async function asset(algorithm) {
  const { task } = store.state;
  const key = `${task} ${algorithm}`;
  const current = () => store.state.algorithm === algorithm && store.state.task === task;
  try {
    const names = await site;
    if (!current()) return;
    const entry = names.policies.find((p) => p.task === task && p.algorithm === algorithm);
    shipped = Boolean(entry);
    if (!entry) {
      weights.drop('asset');
      await draft(); // the badge on the stage and the weights' button call it untrained; a message would cover Train
      return;
    }
    if (!assets.has(key)) assets.set(key, load.bytes(entry.url));
    const bytes = await assets.get(key);
    if (current()) weights.hold('asset', `trained ${algorithmName(algorithm)}`, bytes);
  } catch (error) {
    assets.delete(key);
    messages.error(`The trained policy: ${ended(error.message)}`);
  }
}

// ---- settings -----------------------------------------------------------------------------------------

const taskInfo = () => training.tasks.get(store.state.task);

/** request is the training that the state asks for. */
const request = (state) => ({ ...requestOf(state, taskInfo()), ...taskOf(state) });

/** judgeSettings drops what a link sets and the worker does not take, and says so. */
function judgeSettings() {
  if (!taskInfo() || store.state.settings === '') return;
  const { settings, refused } = judge(store.state, taskInfo());
  refused.forEach((text) => messages.error(text));
  store.set({ settings });
}

const same = (state) => ['task', 'algorithm', 'seed', 'preset', 'settings'].every((name) => store.state[name] === state[name]);

/**
 * draft has the worker try the settings and make the untrained policy of the chosen agent; where no trained one is
 * shipped, that is held in its place. It tells whether it is.
 */
async function draft() {
  let bytes;
  let wrong = '';
  const { policies } = await site;
  await greeting;
  await worker.ready;
  const { state } = store;
  const untrained = !policies.some(({ task, algorithm }) => task === state.task && algorithm === state.algorithm);
  try {
    bytes = await training.draft(request(state));
  } catch (error) {
    wrong = ended(error.message);
  }
  if (!same(state)) return false; // another one is on its way
  form.problem(wrong);
  if (untrained && bytes) weights.hold('asset', `untrained ${algorithmName(state.algorithm)}`, bytes, true);
  return untrained && Boolean(bytes);
}

let drafting = 0;

/** draftSoon waits until nothing was typed for a moment. */
function draftSoon() {
  clearTimeout(drafting);
  drafting = setTimeout(() => draft().catch(() => {}), 250);
}

// ---- weights, again -----------------------------------------------------------------------------------

/** chooseVariant shows the newest policy of the variant: of the training, where it is that variant's. */
function chooseVariant(algorithm) {
  store.set({ algorithm });
  asset(algorithm);
  weights.show(training.inMemory && training.info?.algorithm === algorithm && ofThisBody() ? 'training' : 'asset');
}

// ---- bodies -------------------------------------------------------------------------------------------

/** changeBody drops what belongs to the last body and takes up what is held of the next. */
function changeBody() {
  shipped = true;
  weights.clear();
  bodies.forget();
  store.set({ axisX: 'auto', axisY: 'auto' });
  asset(store.state.algorithm);
  if (newest && ofThisBody()) {
    weights.hold('training', 'this training', newest);
    weights.show('training');
  }
  tell.curve(ofThisBody() ? training.rows : [], true);
  tell.dots();
}

let asked = false; // the stage was asked for the body already

/** showOwn has the stage judge a model; only one that it takes becomes the person's own body. */
async function showOwn(model) {
  const { seed, reward } = store.state;
  const answer = await stage.request(Type.SetTask, { task: 'custom', seed, model: { ...model, reward } });
  own = model;
  asked = true;
  if (store.state.task === 'custom') changeBody();
  else store.set({ task: 'custom', drive: 'zero' });
  asked = false;
  bodies.offerOwn(answer.body.title);
  bodies.showBody(answer.body);
  return answer.body;
}

/** chooseTask shows another body, or says why not. */
function chooseTask(task) {
  if (task === 'custom' && !own) messages.error('There is no body of your own yet: drop its MJCF file.');
  else store.set({ task, drive: 'policy' });
}

/** adoptBody shows the body that a file of weights was trained on. */
async function adoptBody(bytes) {
  const { 'onestep.task': task, 'onestep.model': text, 'onestep.reward': reward } = files.metadataOf(bytes);
  if (task === 'custom' && text) {
    const model = JSON.parse(text);
    if (valid('reward', reward)) store.set({ reward });
    if (store.state.task !== 'custom' || JSON.stringify(own) !== JSON.stringify(model)) await showOwn(model);
  } else if (valid('task', task) && task !== 'custom') {
    store.set({ task });
  }
}

// ---- files --------------------------------------------------------------------------------------------

async function importFiles(list) {
  const read = [];
  for (const file of list) {
    try {
      read.push({ name: file.name, bytes: await files.readFile(file) });
    } catch (error) {
      refuse(file.name, error);
    }
  }
  importAll(read);
}

/** importAll takes files that came together: the MJCF files are one model. */
function importAll(list) {
  const models = list.filter(({ name }) => isModel(name));
  if (models.length > 0) importModel(models);
  for (const { name, bytes } of list) if (!isModel(name)) importBytes(name, bytes);
}

async function importModel(list) {
  try {
    const info = await showOwn(modelOf(list));
    const notes = info.notes?.length ? ` Left out: ${info.notes.join('; ')}.` : '';
    messages.say(`“${info.title}” is on the stage: ${plural(info.actDim, 'action')}, ${plural(info.obsDim, 'observation')}.${notes}`);
  } catch (error) {
    refuse(list.map(({ name }) => name).join(', '), error);
  }
}

/** titleOf names a task as a person reads it. */
const titleOf = (task) => byID('task').querySelector(`option[value="${CSS.escape(task)}"]`)?.textContent ?? task;

/**
 * refuseOtherTask throws where the file's weights are for another task than the page's, and offers that task. A file that
 * brings its own body is no such case.
 */
function refuseOtherTask(name, bytes) {
  const { 'onestep.task': task } = files.metadataOf(bytes);
  if (typeof task !== 'string' || task === store.state.task || task === 'custom') return;
  const error = new Error(`it is for the task ${titleOf(task)}, and the page shows ${titleOf(store.state.task)}`);
  if (valid('task', task)) error.offer = { text: `Show ${titleOf(task)} with it`, act: () => importBytes(name, bytes, true) };
  throw error;
}

async function importBytes(name, bytes, anyTask = false) {
  try {
    if (/\.(onnx|json|py)$/i.test(name)) throw new Error('ONNX, JSON and Python are for other programs; a policy comes back as .safetensors');
    const kind = files.kindOf(bytes);
    if (!anyTask) refuseOtherTask(name, bytes);
    if (kind === 'run') await importRun(name, bytes);
    else await importPolicy(name, bytes);
  } catch (error) {
    refuse(name, error);
  }
}

async function importPolicy(name, bytes) {
  const before = { task: store.state.task, own };
  let info;
  try {
    await adoptBody(bytes);
    info = await weights.tryFile(name, bytes);
  } catch (error) {
    if (before.task === 'custom' && own !== before.own) await showOwn(before.own);
    else store.set({ task: before.task });
    throw error;
  }
  if (info.algorithm !== store.state.algorithm) {
    store.set({ algorithm: info.algorithm });
    asset(info.algorithm);
  }
  messages.say(`“${name}” acts: ${algorithmName(info.algorithm)}, seed ${info.seed}, after ${plural(info.envSteps, 'step')}.`);
}

async function importRun(name, bytes) {
  if (!['idle', 'finished'].includes(training.phase)) {
    throw new Error('it is a run, and another one is in the worker; export that and press Reset first');
  }
  const info = await training.load(bytes);
  await adoptBody(bytes);
  trainedOn = { task: info.task, own };
  if (newest) weights.hold('training', 'this training', newest);
  tell.curve(training.rows, true);
  tell.dots();
  store.set({ algorithm: info.algorithm });
  asset(info.algorithm);
  weights.show('training');
  messages.say(`“${name}” is loaded at ${plural(info.envSteps, 'step')}. Press Continue to go on.`);
}

function refuse(name, error) {
  const cause = error.message.replace(`${name} cannot be used: `, ''); // as the stage begins
  messages.error(`“${name}” was not taken: ${ended(cause)} Nothing was changed.`, error.offer);
}

async function exportRun() {
  try {
    const { bytes, info } = await training.save();
    files.save(bytes, files.runName(info));
  } catch (error) {
    messages.error(`The run was not saved: ${ended(error.message)}`);
  }
}

// ---- what the controls do -----------------------------------------------------------------------------

const actions = {
  chooseVariant,
  showWeights: (source) => weights.show(source),
  play: () => store.set({ playing: !store.state.playing }),
  step: () => {
    store.set({ playing: false });
    tell.play(store.state, { single: 1 });
  },
  resetBody: () => tell.play(store.state, { reset: true }),
  train: () => {
    const { task, algorithm } = store.state;
    switch (training.phase) {
      case 'running':
        return training.pause();
      case 'paused':
        return training.resume();
      case 'idle':
      case 'finished':
        if (!taskInfo()?.defaults[algorithm]) {
          return messages.error(`There are no settings to train ${algorithmName(algorithm)} on this task with.`);
        }
        trainedOn = { task, own };
        store.set({ drive: 'policy' });
        training.train(request(store.state));
        return weights.show('training');
    }
  },
  resetTraining: async () => {
    await training.stop();
    tell.curve([], true);
  },
  newSeed: () => store.set({ seed: Math.floor(Math.random() * 1e6) }), // a person's choice, not the program's
  exportRun,
  importFiles,
  chooseTask,
  drive: () => tell.drive(),
  push: (direction) => stage.tell(Type.Push, { direction }),
  complain: (text) => messages.error(text),
};

const numbers = new Numbers({
  acting: byID('acting-numbers'),
  training: byID('training-numbers'),
  more: byID('more-numbers'),
  hero: { nfe: byID('num-nfe'), noun: byID('nfe-noun'), how: byID('nfe-how'), compare: byID('nfe-compare') },
});
const controls = new Controls(store, actions);
const bodies = new BodyControls(store, actions);
const form = new SettingsForm(store, taskInfo);
const exports = new ExportMenu(store, stage, () => weights.newest, (error) => messages.error(`The policy was not exported: ${ended(error.message)}`));
form.show();
exports.show(null);
controls.showTraining(training, store.state.algorithm);
showDriver();

const keys = new Keys({
  ' ': actions.play,
  '.': actions.step,
  r: actions.resetBody,
  1: () => store.set({ sampler: 'one' }),
  k: () => store.set({ sampler: 'many' }),
  b: () => store.set({ best: !store.state.best }),
  t: () => byID('train').click(),
  a: () => actions.push(-1),
  d: () => actions.push(1),
});
byID('shortcuts').addEventListener('change', (event) => {
  keys.enabled = event.target.checked;
});

store.subscribe((state, changed) => {
  const any = (...names) => names.some((name) => changed.has(name));
  if (any('task', 'seed') && !asked || any('reward') && state.task === 'custom') tell.task(state);
  if (any('task')) changeBody();
  if (any('drive')) showDriver();
  if (any('contacts', 'torques', 'axisX', 'axisY')) tell.view(state);
  if (any('sampler', 'manySteps', 'best', 'candidates')) tell.sampler(state);
  if (any('playing', 'speed')) tell.play(state);
  if (any('auto', 't', 'slow')) tell.scrub(state);
  if (any('manySteps')) live();
  if (any('preset', 'settings')) draftSoon();
  if (any('seed') && weights.held.asset?.untrained) draftSoon();
  if (any('algorithm')) controls.showTraining(training, state.algorithm);
});
addEventListener('hashchange', () => {
  const { state, refused } = fromFragment(location.hash);
  if (state.task === 'custom' && !own) {
    state.task = store.state.task;
    refused.push('The link is to somebody’s own body, which a link does not hold.');
  }
  refused.forEach((text) => messages.error(text));
  const variant = state.algorithm !== store.state.algorithm;
  store.set(state);
  judgeSettings();
  store.write();
  if (variant) chooseVariant(state.algorithm);
});
addEventListener('pagehide', () => store.write());
darkQuery.addEventListener('change', tell.configure);
motionQuery.addEventListener('change', tell.configure);

explain(document.body);
files.acceptDrops(document.documentElement, importFiles);

function policyName({ source, name }) {
  return { asset: 'The trained policy', training: 'A policy of this training' }[source] ?? `“${name}”`;
}

/** ended gives a cause, which stands after a colon, its full stop. */
function ended(text) {
  const trimmed = String(text).trim();
  return /[.!?]$/.test(trimmed) ? trimmed : `${trimmed}.`;
}

asset(store.state.algorithm);
stage.start();
startWorker();

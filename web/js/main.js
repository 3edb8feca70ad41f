// The page: it owns the state and its URL, the worker's life and the newest weights; it tells the stage what
// to draw and the worker what to train, and brings either back when it is lost. wasm/protocol draws who
// talks to whom.

import { Type, floats, Stat } from './protocol.js';
import { Store, fromFragment } from './state.js';
import { Messages } from './messages.js';
import { Numbers } from './numbers.js';
import { Controls } from './controls.js';
import { StageClient } from './stageclient.js';
import { WorkerClient } from './workerclient.js';
import { Weights } from './weights.js';
import { Training } from './training.js';
import { Keys } from './keys.js';
import { explain } from './tips.js';
import { algorithmName, plural } from './format.js';
import * as load from './loader.js';
import * as files from './files.js';

const byID = (id) => document.getElementById(id);
const darkQuery = matchMedia('(prefers-color-scheme: dark)');
const motionQuery = matchMedia('(prefers-reduced-motion: reduce)');

const link = fromFragment(location.hash);
if (motionQuery.matches && location.hash === '') link.state.playing = link.state.auto = false;
const store = new Store(link.state);
const messages = new Messages(byID('errors'), byID('news'));
link.refused.forEach((text) => messages.error(text));
store.write();

const site = load.manifest();
const assets = new Map(); // algorithm -> promise of the trained policy's bytes, or of null where none is shipped

// ---- the stage ----------------------------------------------------------------------------------------

const stage = new StageClient(byID('stage'), {
  on: fromStage,
  ready: restoreStage,
  trouble: (text) => messages.error(text),
});
const weights = new Weights(stage, {
  changed: () => controls.showWeights(weights),
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
  task: ({ task, seed }) => stage.tell(Type.SetTask, { task, seed }),
  sampler: (state) => stage.tell(Type.SetSampler, sampler(state)),
  play: ({ playing, speed }, more = {}) => stage.tell(Type.SetPlay, { playing, speed, ...more }),
  scrub: ({ auto, t, slow }) => stage.tell(Type.SetScrub, { auto, t, slow }),
  curve: (rows, reset) => stage.tell(Type.Curve, { ...training.curveInfo, reset }, [training.curve(rows)]),
  dots: () => training.dots && stage.tell(Type.Dots, training.dots.body, [training.dots.bytes]),
};

/** restoreStage gives a fresh stage all that the page holds. */
function restoreStage() {
  const state = store.state;
  tell.configure();
  tell.task(state);
  tell.sampler(state);
  tell.play(state);
  tell.scrub(state);
  weights.restore();
  tell.curve(training.rows, true);
  tell.dots();
}

function fromStage(m) {
  switch (m.type) {
    case Type.StageStats: {
      const stats = floats(m.data[0]);
      numbers.act(stats, sampler(store.state));
      if (stats[Stat.Frames] > 0) document.documentElement.dataset.stage = 'drawn';
      byID('stage').dataset.frames = stats[Stat.Frames];
      byID('stage').dataset.simSeconds = stats[Stat.SimSeconds];
      break;
    }
    case Type.FileDropped:
      importBytes(m.body.name, m.data[0]);
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
  snapshot: (bytes) => weights.hold('training', 'this training', bytes),
  evaluated: (rows, reset) => tell.curve(rows, reset),
  dotted: () => tell.dots(),
  cleared: () => {
    if (weights.held.training) weights.drop('training');
  },
  failed: (failure) => messages.error(`Training: ${ended(failure.message)}`),
});

function greeted(info) {
  training.ready(info);
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

/** asset holds the trained policy of a variant, and says so where none is shipped. */
async function asset(algorithm) {
  try {
    const names = await site;
    const { task } = store.state;
    const entry = names.policies.find((p) => p.task === task && p.algorithm === algorithm);
    if (!entry) {
      messages.say(`No trained ${algorithmName(algorithm)} is shipped for this task. Press Train to make one.`);
      return;
    }
    if (!assets.has(algorithm)) assets.set(algorithm, load.bytes(entry.url));
    const bytes = await assets.get(algorithm);
    if (store.state.algorithm === algorithm) weights.hold('asset', `trained ${algorithmName(algorithm)}`, bytes);
  } catch (error) {
    assets.delete(algorithm);
    messages.error(`The trained policy: ${ended(error.message)}`);
  }
}

/** chooseVariant shows the newest policy of the variant: of the training, where it is that variant's. */
function chooseVariant(algorithm) {
  store.set({ algorithm });
  asset(algorithm);
  weights.show(training.inMemory && training.info?.algorithm === algorithm ? 'training' : 'asset');
}

// ---- files --------------------------------------------------------------------------------------------

async function importFile(file) {
  try {
    importBytes(file.name, await files.readFile(file));
  } catch (error) {
    refuse(file.name, error);
  }
}

async function importBytes(name, bytes) {
  try {
    if (files.kindOf(bytes) === 'run') await importRun(name, bytes);
    else await importPolicy(name, bytes);
  } catch (error) {
    refuse(name, error);
  }
}

async function importPolicy(name, bytes) {
  const info = await weights.tryFile(name, bytes);
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
  store.set({ algorithm: info.algorithm });
  asset(info.algorithm);
  weights.show('training');
  messages.say(`“${name}” is loaded at ${plural(info.envSteps, 'step')}. Press Continue to go on.`);
}

function refuse(name, error) {
  const cause = error.message.replace(`${name} cannot be used: `, ''); // as the stage begins
  messages.error(`“${name}” was not taken: ${ended(cause)} Nothing was changed.`);
}

async function exportRun() {
  try {
    const { bytes, info } = await training.save();
    files.save(bytes, files.fileName(info, 'run'));
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
    const { task, algorithm, seed } = store.state;
    switch (training.phase) {
      case 'running':
        return training.pause();
      case 'paused':
        return training.resume();
      case 'idle':
      case 'finished':
        training.train({ task, algorithm, seed, steps: 0 });
        return weights.show('training');
    }
  },
  resetTraining: async () => {
    await training.stop();
    tell.curve([], true);
  },
  newSeed: () => store.set({ seed: Math.floor(Math.random() * 1e6) }), // a person's choice, not the program's
  exportPolicy: () => {
    const { bytes, info } = weights.shown;
    files.save(bytes, files.fileName(info, 'policy'));
  },
  exportRun,
  importFile,
  complain: (text) => messages.error(text),
};

const numbers = new Numbers({
  acting: byID('acting-numbers'),
  training: byID('training-numbers'),
  more: byID('more-numbers'),
  hero: { nfe: byID('num-nfe'), noun: byID('nfe-noun'), how: byID('nfe-how'), compare: byID('nfe-compare') },
});
const controls = new Controls(store, actions);
controls.showTraining(training, store.state.algorithm);
controls.showWeights(weights);

const keys = new Keys({
  ' ': actions.play,
  '.': actions.step,
  r: actions.resetBody,
  1: () => store.set({ sampler: 'one' }),
  k: () => store.set({ sampler: 'many' }),
  b: () => store.set({ best: !store.state.best }),
  t: () => byID('train').click(),
});
byID('shortcuts').addEventListener('change', (event) => {
  keys.enabled = event.target.checked;
});

store.subscribe((state, changed) => {
  const any = (...names) => names.some((name) => changed.has(name));
  if (any('task', 'seed')) tell.task(state);
  if (any('sampler', 'manySteps', 'best', 'candidates')) tell.sampler(state);
  if (any('playing', 'speed')) tell.play(state);
  if (any('auto', 't', 'slow')) tell.scrub(state);
  if (any('manySteps')) live();
  if (any('algorithm')) controls.showTraining(training, state.algorithm);
});
addEventListener('hashchange', () => {
  const { state, refused } = fromFragment(location.hash);
  refused.forEach((text) => messages.error(text));
  const variant = state.algorithm !== store.state.algorithm;
  store.set(state);
  store.write();
  if (variant) chooseVariant(state.algorithm);
});
addEventListener('pagehide', () => store.write());
darkQuery.addEventListener('change', tell.configure);
motionQuery.addEventListener('change', tell.configure);

explain(document.body);
files.acceptDrops(document.documentElement, importFile);

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

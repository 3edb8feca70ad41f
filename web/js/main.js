// The page: it owns the state and its URL, the worker's life and the newest weights; it tells the stage what
// to draw and the worker what to train, and brings either back when it is lost. wasm/protocol draws who
// talks to whom. Here its parts are made, each with what it uses; what one is told by another it hears of by a signal.

import { byID, frame, input, progress, write } from './dom.js';
import { tr } from './language.js';
import { Messages } from './messages.js';
import { Arrangement } from './arrangement.js';
import { Stage } from './stageclient.js';
import { StageView, sampler } from './stageview.js';
import { prelude } from './prelude.js';
import { Programs } from './program.js';
import { Body } from './body.js';
import { Weights } from './weights.js';
import { Runs } from './runs.js';
import { RunRecords } from './runrecords.js';
import { Policies } from './policies.js';
import { Present } from './present.js';
import { Imports } from './imports.js';
import { Pace } from './pace.js';
import { Numbers } from './numbers.js';
import { Controls } from './controls.js';
import { BodyControls } from './bodies.js';
import { Late } from './late.js';
import { Returns } from './returns.js';
import { Lanes } from './lanes.js';
import { Layers } from './layers.js';
import { Panels } from './panels.js';
import { ExportMenu } from './exports.js';
import { SettingsForm } from './settingsform.js';
import { ExampleList } from './examplelist.js';
import { Places } from './places.js';
import { figures } from './figures.js';
import { sayWhatHidingCost } from './hidden.js';
import { Film } from './film.js';
import { ShippedRuns } from './shippedruns.js';
import { Queue } from './queue.js';
import { Experiments } from './experiments.js';
import { Lab } from './lab.js';
import { MirrorLab } from './mirror.js';
import { Keys } from './keys.js';
import { LessonStore } from './lessonstore.js';
import { LessonBand } from './lesson.js';
import { isLesson } from './lessonfile.js';
import { Learn } from './learn.js';
import { actionsOf, shortcutsOf } from './actions.js';
import { Stat, Eval, Type, floats } from './protocol.js';
import { fixed, plural } from './format.js';
import { ended, quoted } from './words.js';
import { share } from './share.js';
import { bar } from './bar.js';
import { languages } from './languages.js';
import { offline } from './offline.js';
import { explain } from './tips.js';
import { attach } from './explanations.js';
import { acceptDrops, askedFor } from './files.js';
import * as link from './link.js';
import * as load from './loader.js';

// What works.
const messages = new Messages(byID('errors'), byID('news'));
const store = link.open(messages);
const site = load.manifest();
const programs = new Programs(site, (part) => { progress('loading-page').value = part; });
const stage = new Stage(frame('stage'), (text) => messages.error(text));
const body = new Body(store, stage, messages);
const view = new StageView(store, stage, body);
prelude(store, byID('stage'));
const weights = new Weights(stage, (policy, error) => messages.error(tr`${named(policy)} was not taken: ${ended(error.message)} The last one goes on.`));
body.changed.add(() => weights.clear());
const records = new RunRecords();
records.trouble.add((text) => messages.error(text));
const runs = new Runs(programs, store, stage, messages, body, weights, records);
const policies = new Policies(site, store, messages, body, weights, runs);
const imports = new Imports(store, stage, messages, body, weights, runs);

// What is seen and pressed.
const actions = actionsOf(store, view, runs);
const pace = new Pace(() => runs.training.phase === 'running');
const numbers = new Numbers();
const controls = new Controls(store, messages, actions, weights, policies, imports);
const bodies = new BodyControls(store, body, view);
const late = new Late(store);
new Returns(store, weights, runs, view);
new Lanes(site, store, stage, messages, body);
const layers = new Layers(store, stage, view, messages);
const arrangement = new Arrangement(stage);
const exports = new ExportMenu(store, stage, weights, new Panels(store, stage, arrangement, messages), messages);
const form = new SettingsForm(store);
const present = new Present(store, stage, messages);
const keys = new Keys(stage, shortcutsOf(store, view, actions), () => present.end() || arrangement.restore());
new ExampleList(store);
new Places(store);
const shipped = new ShippedRuns(site);
const film = new Film(store, messages, records, shipped, imports, weights, runs);
const queue = new Queue(programs, records, messages);
const experiments = new Experiments(site, programs, store, messages, records, shipped, queue, weights, (run) => { film.show(run); });
const lessons = new LessonStore(site);
const trained = () => ({ running: 'training', finished: 'trained' }[/** @type {string} */ (runs.training.phase)] ?? '');
const band = new LessonBand(store, lessons, messages, trained);
const learn = new Learn(store, lessons, messages);
imports.records = (/** @type {string} */ name, /** @type {ArrayBuffer} */ bytes) => {
  const text = new TextDecoder().decode(bytes);
  if (isLesson(name, text)) learn.take(name, text);
  else experiments.take(name, bytes);
};
runs.more = queue.more.bind(queue);
new Lab(programs, store, messages);
new MirrorLab(programs, store, messages, stage, weights);
share(store, stage);
languages(store);
figures();
bar(store);
attach();
explain(document.body);
acceptDrops(document.documentElement, (list) => { imports.read(list); });
input('shortcuts').addEventListener('change', () => { keys.enabled = input('shortcuts').checked; });
document.querySelector('.skip')?.addEventListener('click', (event) => {
  event.preventDefault(); // the fragment is the page's state
  byID(store.state.place === 'playground' ? 'controls' : store.state.place).focus();
});

// ---- Who moves the body, said and told to the stage.

let driver = '';

function showDriver() {
  const { drive } = store.state;
  const mode = drive === 'policy' && !weights.any && !policies.shipped ? 'noise' : drive; // where the policy should act and there is none
  bodies.showDrive(mode, weights.any || policies.shipped);
  const untrained = new Map([['zero', tr('zero torque.')], ['noise', tr('uniform noise on its joints.')], ['hand', tr('your sliders move it.')]]).get(mode);
  const trained = policies.shipped || weights.held.training || weights.held.file;
  controls.showWeights(weights, trained || !untrained ? '' : tr`Untrained: ${untrained} Press Train to teach it.`);
  if (mode !== driver) view.drive(mode, mode === 'hand' ? bodies.values : []);
  driver = mode;
}

store.subscribe((_, changed) => changed.has('drive') && showDriver());
weights.changed.add(() => pace.write('weights', () => {
  showDriver();
  exports.show();
}));
body.changed.add(showDriver);
showDriver();

// ---- What the training and the stage report.

const showTraining = () => {
  const { training, another } = runs;
  view.busy(training.phase === 'running');
  controls.showTraining(training, another);
  numbers.train(training.metrics, training.evaluation);
};
runs.training.changed.add(showTraining);
runs.training.measured.add(() => pace.write('training', showTraining));
runs.training.evaluated.add(([row], reset) => {
  if (!row) return;
  write(byID('evaluated'), evaluation(row));
  if (!reset) band.happened('evaluation');
});
sayWhatHidingCost(runs.training, messages);
runs.training.changed.add(() => band.happened(trained()));
runs.greeted.add(() => {
  experiments.ready();
  document.documentElement.dataset.worker = 'ready';
});
store.subscribe((_, changed) => (changed.has('algorithm') || changed.has('task')) && showTraining());
body.shown.add(showTraining);
policies.judged.add((text) => form.problem(text));
showTraining();

stage.on(Type.StageStats, ({ data }) => {
  const stats = floats(data[0]);
  pace.write('stage', () => {
    layers.tick(stats);
    late.tick(stats);
    band.tick(stats[Stat.Touches], stats[Stat.SimSeconds]);
    bodies.showReward(stats[Stat.Reward]);
    numbers.act(stats, sampler(store.state), weights.shown?.info.algorithm, store.state.drive === 'policy');
  });
  if (stats[Stat.Frames] > 0) document.documentElement.dataset.stage = 'drawn';
  byID('stage').dataset.frames = String(stats[Stat.Frames]);
  byID('stage').dataset.simSeconds = String(stats[Stat.SimSeconds]);
});
stage.on(Type.StateSelected, ({ body: { live } }) => live || band.happened('dot'));
stage.on(Type.StageError, ({ body: failure }) => messages.error(tr`The stage: ${ended(failure.message)}`));
byID('stage').addEventListener('drawn', () => pace.frame());

/** @param {Float64Array} row of evaluations */
function evaluation(row) {
  return tr`Evaluation at ${plural(row[Eval.EnvSteps], 'step')}: one step returns ${fixed(row[Eval.OneStepMean], 0)}, ${plural(row[Eval.ManySteps], 'step')} ${fixed(row[Eval.ManyMean], 0)}.`;
}

/** @param {import('./weights.js').Policy} policy */
function named({ source, name }) {
  return source === 'asset' ? tr('The trained policy') : source === 'training' ? tr('A policy of this training') : quoted(name);
}

// ---- Start.

link.follow(messages, store, body, runs, policies, learn);
policies.fetch();
let asked = askedFor();
stage.ready.add(() => {
  if (asked) imports.open(asked);
  asked = null; // a stage that is started again gets what the page holds
});
const startStage = () => { if (store.state.place !== 'experiments') stage.start(); }; // which holds the page for a second where the processor draws
store.subscribe((_, changed) => changed.has('place') && startStage());
experiments.opening.then(async () => { // which the start of the programs would keep waiting
  startStage();
  await runs.start();
  progress('loading-page').hidden = true;
  if (!store.state.embed) offline(messages);
});
byID('scripts').remove(); // what is said where no script runs

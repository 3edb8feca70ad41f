// The page: it owns the state and its URL, the worker's life and the newest weights; it tells the stage what
// to draw and the worker what to train, and brings either back when it is lost. wasm/protocol draws who
// talks to whom. Here its parts are made and joined: each finds the others in `page` when it acts.

import { Messages } from './messages.js';
import { Numbers } from './numbers.js';
import { Controls } from './controls.js';
import { BodyControls } from './bodies.js';
import { Layers, VIEW } from './layers.js';
import { StageView } from './stageview.js';
import { Weights } from './weights.js';
import { Policies } from './policies.js';
import { Body } from './body.js';
import { Runs } from './runs.js';
import { Imports } from './imports.js';
import { Pace } from './pace.js';
import { Places } from './places.js';
import { Lab } from './lab.js';
import { Keys } from './keys.js';
import { SettingsForm } from './settingsform.js';
import { ExportMenu } from './exports.js';
import { actionsOf, shortcutsOf } from './actions.js';
import { ExampleList } from './examplelist.js';
import { Share } from './share.js';
import { bar } from './bar.js';
import { explain } from './tips.js';
import { attach } from './explanations.js';
import { ended } from './words.js';
import * as link from './link.js';
import * as load from './loader.js';
import * as files from './files.js';

const byID = (id) => document.getElementById(id);

const messages = new Messages(byID('errors'), byID('news'));
const store = link.open(messages);
const page = { messages, store, site: load.manifest(), pace: new Pace(() => page.training.phase === 'running') };

// What works.
page.body = new Body(page);
page.policies = new Policies(page);
page.view = new StageView(page);
page.weights = new Weights(page.view.client, {
  changed: () => page.pace.write('weights', () => {
    page.view.showDriver();
    page.exports.show(page.weights.newest);
  }),
  failed: (policy, error) => messages.error(`${policyName(policy)} was not taken: ${error.message}. The last one goes on.`),
});
page.runs = new Runs(page);
page.training = page.runs.training;
page.imports = new Imports(page);

// What is seen and pressed.
const actions = actionsOf(page);
page.numbers = new Numbers({
  acting: byID('acting-numbers'),
  training: byID('training-numbers'),
  more: byID('more-numbers'),
  hero: { nfe: byID('num-nfe'), noun: byID('nfe-noun'), how: byID('nfe-how'), compare: byID('nfe-compare') },
});
page.controls = new Controls(store, actions);
page.bodies = new BodyControls(store, actions);
page.layers = new Layers(store, page.view.client, (text) => messages.error(text));
page.form = new SettingsForm(store, () => page.runs.taskInfo);
page.exports = new ExportMenu(store, page.view.client, () => page.weights.newest,
  (error) => messages.error(`The policy was not exported: ${ended(error.message)}`),
  (panel, format) => page.layers.exportPanel(panel, format));
page.places = new Places(store, () => page.view.configure());
page.lab = new Lab(store, page.site, messages);
page.keys = new Keys(shortcutsOf(page, actions));
page.examples = new ExampleList(store);
page.share = new Share(store);

page.form.show();
page.exports.show(null);
page.controls.showTraining(page.training, store.state.algorithm);
page.view.showDriver();
byID('shortcuts').addEventListener('change', (event) => {
  page.keys.enabled = event.target.checked;
});
document.querySelector('.skip').addEventListener('click', (event) => {
  event.preventDefault(); // the fragment is the page's state
  byID(store.state.place === 'playground' ? 'controls' : store.state.place).focus();
});
bar(store);
attach();
explain(document.body);
files.acceptDrops(document.documentElement, actions.importFiles);

store.subscribe((state, changed) => {
  const { view, runs, policies, weights, controls } = page;
  const any = (...names) => names.some((name) => changed.has(name));
  page.body.follow(state, changed);
  if (any('drive')) view.showDriver();
  if (any(...VIEW)) view.view(state);
  if (any('sampler', 'manySteps', 'best', 'candidates')) view.sampler(state);
  if (any('playing', 'speed')) view.play(state);
  if (any('auto', 't', 'slow') && !page.layers.dragging) view.scrub(state);
  if (any('manySteps')) runs.live();
  if (any('task', 'algorithm', 'preset', 'settings')) runs.unpin();
  if (any('preset', 'settings')) policies.draftSoon();
  if (any('seed') && weights.held.asset?.untrained) policies.draftSoon();
  if (any('algorithm')) controls.showTraining(page.training, state.algorithm);
});
link.follow(page);

function policyName({ source, name }) {
  return { asset: 'The trained policy', training: 'A policy of this training' }[source] ?? `“${name}”`;
}

page.policies.fetch(store.state.algorithm);
byID('stage').addEventListener('drawn', () => page.pace.frame());
page.view.client.start();
page.runs.start();

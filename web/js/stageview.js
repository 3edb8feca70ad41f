// What the stage is told and what it tells. Everything that it shows follows from the page's state, so that a stage
// which was reloaded gets all of it again.

import { Type, floats, Stat } from './protocol.js';
import { StageClient } from './stageclient.js';
import { viewOf } from './layers.js';
import { ended } from './words.js';

const byID = (id) => document.getElementById(id);
const darkQuery = matchMedia('(prefers-color-scheme: dark)');
const motionQuery = matchMedia('(prefers-reduced-motion: reduce)');

/** sampler is the state's sampler as the stage wants it; K stays at least 2, what one step is compared with. */
export function sampler({ sampler: kind, manySteps, best, candidates }) {
  return { steps: kind === 'one' ? 1 : manySteps, manySteps: Math.max(2, manySteps), bestOf: best ? candidates : 1 };
}

/** StageView speaks with the stage for the other parts of the page. */
export class StageView {
  #page;
  #thrifty = false; // what the stage was told last
  #lastDriver = '';

  constructor(page) {
    this.#page = page;
    this.client = new StageClient(byID('stage'), {
      on: (m) => this.#receive(m),
      ready: () => this.#restore(),
      trouble: (text) => page.messages.error(text),
    });
    darkQuery.addEventListener('change', () => this.configure());
    motionQuery.addEventListener('change', () => this.configure());
  }

  configure() {
    const { store, training } = this.#page;
    this.#thrifty = training.phase === 'running';
    this.client.resting = store.state.place !== 'playground';
    this.client.tell(Type.Configure, { dark: darkQuery.matches, reducedMotion: motionQuery.matches, thrifty: this.#thrifty, resting: this.client.resting });
  }

  /** trained configures the stage anew where a training has begun or ended. */
  trained() {
    if (this.#thrifty !== (this.#page.training.phase === 'running')) this.configure();
  }

  task(state) {
    this.client.tell(Type.SetTask, this.#page.body.request(state));
  }

  drive() {
    const mode = this.#driver();
    this.client.tell(Type.SetDrive, { mode, values: mode === 'hand' ? this.#page.bodies.values : [] });
  }

  view(state) {
    this.client.tell(Type.SetView, viewOf(state));
  }

  sampler(state) {
    this.client.tell(Type.SetSampler, sampler(state));
  }

  play({ playing, speed }, more = {}) {
    this.client.tell(Type.SetPlay, { playing, ...(speed === 'max' ? { speed: 1, max: true } : { speed }), ...more });
  }

  scrub({ auto, t, slow }) {
    this.client.tell(Type.SetScrub, { auto, t, slow });
  }

  push(direction) {
    this.client.tell(Type.Push, { direction });
  }

  curve(rows, reset) {
    const { training } = this.#page;
    this.client.tell(Type.Curve, { ...training.curveInfo, reset }, [training.curve(rows)]);
  }

  dots() {
    const { training, runs } = this.#page;
    if (training.dots && runs.ofThisBody) this.client.tell(Type.Dots, training.dots.body, training.dots.data);
  }

  /** learned shows the whole curve and the dots of the run, where it is about the body on the stage. */
  learned() {
    const { training, runs } = this.#page;
    this.curve(runs.ofThisBody ? training.rows : [], true);
    this.dots();
  }

  /** showDriver says who moves the body, and tells the stage where that has changed. */
  showDriver() {
    const { weights, policies, bodies, controls } = this.#page;
    const mode = this.#driver();
    bodies.showDrive(mode, weights.any || policies.shipped);
    const untrained = { zero: 'Untrained: zero torque.', noise: 'Untrained: uniform noise on its joints.', hand: 'Untrained: your sliders move it.' }[mode];
    const trained = policies.shipped || weights.held.training || weights.held.file;
    controls.showWeights(weights, trained || mode === 'policy' ? '' : `${untrained} Press Train to teach it.`);
    if (mode !== this.#lastDriver) this.drive();
    this.#lastDriver = mode;
  }

  // Noise, where the policy should act and there is none.
  #driver() {
    const { store, weights, policies } = this.#page;
    const { drive } = store.state;
    return drive === 'policy' && !weights.any && !policies.shipped ? 'noise' : drive;
  }

  #restore() {
    const { state } = this.#page.store;
    this.configure();
    this.task(state);
    this.sampler(state);
    this.play(state);
    this.scrub(state);
    this.drive();
    this.view(state);
    this.#page.weights.restore();
    this.learned();
  }

  #receive(m) {
    const { store, weights, numbers, bodies, imports, keys, layers, messages, pace } = this.#page;
    switch (m.type) {
      case Type.StageStats: {
        const stats = floats(m.data[0]);
        pace.write('stage', () => {
          layers.tick(stats);
          numbers.act(stats, sampler(store.state), weights.shown?.info.algorithm);
        });
        if (stats[Stat.Frames] > 0) document.documentElement.dataset.stage = 'drawn';
        byID('stage').dataset.frames = stats[Stat.Frames];
        byID('stage').dataset.simSeconds = stats[Stat.SimSeconds];
        break;
      }
      case Type.FileDropped:
        imports.all(m.body.names.map((name, i) => ({ name, bytes: m.data[i] })));
        break;
      case Type.BodyShown:
        bodies.showBody(m.body);
        break;
      case Type.KeyPressed:
        keys.press(m.body.key);
        break;
      case Type.StateSelected:
      case Type.ScrubMoved:
      case Type.LayerSwitched:
      case Type.Described:
      case Type.PanelAsked:
        layers.receive(m);
        break;
      case Type.StageError:
        messages.error(`The stage: ${ended(m.body.message)}`);
        break;
    }
  }
}

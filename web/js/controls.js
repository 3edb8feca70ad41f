// The controls: each reads the page state when it changes and writes it when it is used. What they say
// follows from state, training and weights alone.

import { algorithmName, bytes as size, count, fixed, plural } from './format.js';
import { FIELDS } from './state.js';

const byID = (id) => document.getElementById(id);

/** SAMPLER_TERMS: what the steps are, where they are not those of a flow. */
const SAMPLER_TERMS = { dpmd: 'Denoising steps from noise to action', sac: 'SAC has no steps: one evaluation' };

/** Controls binds the page's elements. actions are what a control does beyond setting a field. */
export class Controls {
  constructor(store, actions) {
    this.store = store;
    this.actions = actions;
    this.#radios('sampler', (value) => store.set({ sampler: value }));
    this.#radios('algorithm', actions.chooseVariant);
    this.#radios('weights', actions.showWeights);
    this.#range('many-steps', (value) => store.set({ manySteps: value, sampler: 'many' }));
    this.#range('scrub', (value) => store.set({ t: value, auto: false }));
    this.#checkbox('best', (on) => store.set({ best: on }));
    this.#checkbox('slow', (on) => store.set({ slow: on, ...(on ? { playing: true } : {}) }));
    byID('candidates').addEventListener('change', (event) => store.set({ candidates: +event.target.value, best: true }));
    byID('speed').addEventListener('change', (event) => store.set({ speed: event.target.value === 'max' ? 'max' : +event.target.value }));
    byID('scrub-play').addEventListener('click', () => store.set({ auto: !store.state.auto }));
    this.#seed();
    for (const [id, action] of Object.entries({
      play: actions.play, step: actions.step, 'reset-body': actions.resetBody,
      train: actions.train, 'reset-training': actions.resetTraining, 'new-seed': actions.newSeed,
      'export-run': actions.exportRun, import: () => byID('file').click(),
    })) {
      byID(id).addEventListener('click', () => byID(id).ariaDisabled !== 'true' && action());
    }
    byID('file').addEventListener('change', (event) => {
      actions.importFiles([...event.target.files]);
      event.target.value = ''; // so that the same file can be chosen again
    });
    store.subscribe((state) => this.showState(state));
    this.showState(store.state);
  }

  /** showState writes the page state into the controls. */
  showState(state) {
    check('sampler', state.sampler);
    check('algorithm', state.algorithm);
    document.documentElement.dataset.algorithm = state.algorithm;
    byID('sampler-term').textContent = SAMPLER_TERMS[state.algorithm] ?? 'Steps from noise to action';
    byID('many-steps').value = state.manySteps;
    byID('many-steps').setAttribute('aria-valuetext', plural(state.manySteps, 'step'));
    for (const k of document.querySelectorAll('[data-k]')) k.textContent = state.manySteps;
    byID('best').checked = state.best;
    byID('candidates').value = state.candidates;
    byID('best-group').classList.toggle('on', state.best);
    byID('speed').value = String(state.speed);
    if (document.activeElement !== byID('seed')) byID('seed').value = state.seed;
    byID('slow').checked = state.slow;
    byID('scrub').value = state.t;
    byID('scrub-group').classList.toggle('auto', state.auto);
    press('scrub-play', state.auto, 'Stop t', 'Let t run');
    press('play', state.playing, 'Pause the body', 'Play');
    byID('t').textContent = state.auto ? 'runs' : state.t.toFixed(2);
    const steps = state.sampler === 'one' ? 1 : state.manySteps;
    byID('lede-steps').textContent = steps === 1 ? 'one step' : `${steps} steps`;
    document.documentElement.dataset.sampler = steps === 1 ? 'one' : 'many';
  }

  /** showTraining writes what the training allows and says. */
  showTraining(training, algorithm) {
    const { phase, info } = training;
    const word = { running: 'Pause', pausing: 'Pausing…', paused: 'Continue', starting: 'Starting…', stopping: 'Stopping…', finished: 'Train again', recovering: 'Recovering…' }[phase] ?? 'Train';
    const button = byID('train');
    button.dataset.phase = phase;
    byID('train-word').textContent = word;
    button.ariaDisabled = String(['loading', 'lost', 'starting', 'pausing', 'stopping', 'recovering'].includes(phase));
    byID('reset-training').ariaDisabled = String(!training.inMemory || ['starting', 'pausing', 'recovering'].includes(phase));
    byID('export-run').ariaDisabled = String(!['running', 'paused', 'finished'].includes(phase));
    const steps = training.metrics?.[1] ?? info?.envSteps ?? 0;
    const total = info?.totalSteps ?? 0;
    const done = total > 0 ? Math.min(1, Math.max(steps, info?.envSteps ?? 0) / total) : 0;
    byID('progress').value = phase === 'finished' ? 1 : done;
    byID('training').dataset.answered = Number.isFinite(training.answered) ? training.answered.toFixed(1) : '';
    byID('training').dataset.evaluations = training.rows.length;
    byID('training').dataset.best = Number.isFinite(training.best) ? training.best.toFixed(1) : '';
    byID('training-status').textContent = status(training, algorithm, Math.max(steps, info?.envSteps ?? 0), this.store.state.task);
    byID('seed').disabled = training.inMemory;
    byID('new-seed').ariaDisabled = String(training.inMemory);
  }

  /** showWeights writes which policy acts and which could. */
  showWeights(weights, driver = '') {
    check('weights', weights.wanted);
    for (const source of ['asset', 'training', 'file']) byID(`weights-${source}`).disabled = !weights.held[source];
    const { shown } = weights;
    byID('weights-asset-word').textContent = weights.held.asset?.untrained ? 'Untrained' : 'Trained';
    const line = byID('acting');
    if (!shown || driver) {
      line.textContent = driver || 'No policy acts yet.';
      for (const name of ['hash', 'source', 'steps', 'algorithm']) delete line.dataset[name];
      line.title = '';
      return;
    }
    const { info, bytes } = shown;
    line.dataset.hash = info.hash;
    line.dataset.source = shown.source;
    line.dataset.steps = info.envSteps;
    line.dataset.algorithm = info.algorithm;
    line.textContent = `${algorithmName(info.algorithm)}, seed ${info.seed}, ${info.updates === 0 ? 'untrained' : plural(info.envSteps, 'step')}, hash ${info.hash.slice(0, 8)}`;
    line.title = `${count(info.parameters)} parameters, ${size(bytes.byteLength)}, SHA-256 ${info.hash}`;
  }

  #radios(name, choose) {
    for (const radio of document.getElementsByName(name)) {
      radio.addEventListener('change', () => choose(radio.value));
    }
  }

  #range(id, set) {
    byID(id).addEventListener('input', (event) => set(+event.target.value));
  }

  #checkbox(id, set) {
    byID(id).addEventListener('change', (event) => set(event.target.checked));
  }

  #seed() {
    const input = byID('seed');
    input.addEventListener('change', () => {
      const seed = FIELDS.seed.parse(input.value.trim());
      if (seed === undefined) this.actions.complain(`A seed is ${FIELDS.seed.wants}; ${input.value || 'nothing'} is not.`);
      else this.store.set({ seed });
      input.value = this.store.state.seed;
    });
  }
}

function status({ phase, info, evaluation, answered, best }, algorithm, steps, task) {
  const name = algorithmName(info?.algorithm ?? algorithm) + (info && info.task !== task ? ` (${info.task})` : '');
  const of = info ? `${count(steps)} of ${plural(info.totalSteps, 'step')}` : '';
  const reached = evaluation && Number.isFinite(best) ? ` Best evaluation ${fixed(best, 0)}.` : '';
  switch (phase) {
    case 'loading': return 'The training worker is starting.';
    case 'lost': return 'The training worker does not start in this browser.';
    case 'recovering': return `${name} goes on from its last save in another worker.`;
    case 'idle': return `Press Train to teach ${name} from nothing, in this tab.`;
    case 'starting': return `${name} starts.`;
    case 'running': return `${name} trains: ${of}.${reached}`;
    case 'pausing': return `${name} pauses.`;
    case 'paused': return `${name} is paused at ${of}${Number.isFinite(answered) ? ` (${fixed(answered, 0)} ms)` : ''}.${reached}`;
    case 'stopping': return `${name} stops.`;
    case 'finished': return `${name} is trained: ${of}.${reached}`;
  }
  return '';
}

function check(name, value) {
  for (const radio of document.getElementsByName(name)) radio.checked = radio.value === value;
}

function press(id, on, whenOn, whenOff) {
  const button = byID(id);
  button.classList.toggle('on', on);
  button.setAttribute('aria-label', on ? whenOn : whenOff);
}

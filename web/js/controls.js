// The controls: each reads the page state when it changes and writes it when it is used. What they say
// follows from state, training and weights alone.

import { algorithmName, bytes as size, count, fixed, plural, timeText } from './format.js';
import { agent, fillAgents } from './agents.js';
import { taskName } from './experimentdata.js';
import { tr } from './language.js';
import { ONNX } from './files.js';
import { FIELDS } from './state.js';
import { all, button, byID, choose, input, progress, radios, select, write } from './dom.js';
import { quoted } from './words.js';

/** What the Train button says in a phase. */
const WORDS = new Map([['running', tr('Pause')], ['pausing', tr('Pausing…')], ['paused', tr('Continue')], ['starting', tr('Starting…')], ['stopping', tr('Stopping…')], ['finished', tr('Train again')], ['recovering', tr('Recovering…')]]);

/** What a run of another body is. @type {Map<string, string>} */
const IN_MEMORY = new Map([['paused', tr('paused')], ['finished', tr('finished')]]);

/** PANES are the panels that show the acting policy; each says so by its name, however little room its title has. */
const PANES = ['body', 'flow', 'scatter'];

/** @type {Map<string, string>} */
const names = new Map(); // of the panes, as the page has them

/**
 * @param {string} pane
 * @param {string} of whose policy
 */
function nameOf(pane, of) {
  const cell = document.querySelector(`[data-pane="${pane}"]`);
  if (!cell) return;
  const name = names.get(pane) ?? cell.getAttribute('aria-label') ?? '';
  names.set(pane, name);
  cell.setAttribute('aria-label', of ? `${name}: ${of}` : name);
}

const SOURCES = /** @type {import('./weights.js').Source[]} */ (['asset', 'training', 'file']);

/** Controls binds the page's elements. */
export class Controls {
  #store;

  /**
   * @param {import('./state.js').Store} store
   * @param {import('./messages.js').Messages} messages
   * @param {import('./actions.js').Actions} actions
   * @param {import('./weights.js').Weights} weights
   * @param {import('./policies.js').Policies} policies
   * @param {import('./imports.js').Imports} imports
   */
  constructor(store, messages, actions, weights, policies, imports) {
    this.#store = store;
    fillAgents();
    chosen('sampler', (value) => store.set({ sampler: value }));
    chosen('algorithm', (value) => policies.choose(value));
    chosen('weights', (value) => weights.show(/** @type {import('./weights.js').Source} */ (value)));
    input('many-steps').addEventListener('input', () => store.set({ manySteps: +input('many-steps').value, sampler: 'many' }));
    input('scrub').addEventListener('input', () => store.set({ t: +input('scrub').value, auto: false }));
    input('best').addEventListener('change', () => store.set({ best: input('best').checked }));
    input('slow').addEventListener('change', () => store.set({ slow: input('slow').checked, ...(input('slow').checked ? { playing: true } : {}) }));
    select('candidates').addEventListener('change', () => store.set({ candidates: +select('candidates').value, best: true }));
    select('speed').addEventListener('change', () => store.set({ speed: select('speed').value === 'max' ? 'max' : +select('speed').value }));
    button('scrub-play').addEventListener('click', () => store.set({ auto: !store.state.auto }));
    this.#seed(messages);
    for (const [id, action] of Object.entries({
      play: actions.play, step: actions.step, 'reset-body': actions.resetBody,
      train: actions.train, 'reset-training': actions.resetTraining, 'new-seed': actions.newSeed,
      'export-run': actions.exportRun, import: () => input('file').click(),
    })) {
      button(id).addEventListener('click', () => button(id).ariaDisabled !== 'true' && action());
    }
    input('file').addEventListener('change', () => {
      imports.read([...input('file').files ?? []]);
      input('file').value = ''; // so that the same file can be chosen again
    });
    store.subscribe((state) => this.#showState(state));
    this.#showState(store.state);
  }

  /** @param {State} state */
  #showState(state) {
    check('sampler', state.sampler);
    check('algorithm', state.algorithm);
    document.documentElement.toggleAttribute('data-single', Boolean(agent(state.algorithm)?.single));
    write(byID('sampler-term'), stepsTerm(agent(state.algorithm)));
    input('many-steps').value = String(state.manySteps);
    input('many-steps').setAttribute('aria-valuetext', plural(state.manySteps, 'step'));
    for (const k of all('[data-k]')) write(k, String(state.manySteps));
    input('best').checked = state.best;
    choose(select('candidates'), state.candidates);
    byID('best-group').classList.toggle('on', state.best);
    choose(select('speed'), state.speed);
    if (document.activeElement !== input('seed')) input('seed').value = String(state.seed);
    input('slow').checked = state.slow;
    input('scrub').value = String(state.t);
    byID('scrub-group').classList.toggle('auto', state.auto);
    press('scrub-play', state.auto, tr('Stop t'), tr('Let t run'));
    press('play', state.playing, tr('Pause the body'), tr('Play'));
    write(byID('t'), state.auto ? 'runs' : state.t.toFixed(2));
    const steps = state.sampler === 'one' ? 1 : state.manySteps;
    write(byID('lede-steps'), steps === 1 ? tr('one step') : tr`${steps} steps`);
    document.documentElement.dataset.sampler = steps === 1 ? 'one' : 'many';
  }

  /**
   * showTraining writes what the training allows and says; another: the run is about another body.
   * @param {import('./training.js').Training} training
   * @param {boolean} another
   */
  showTraining(training, another) {
    const { phase, info } = training;
    const train = button('train');
    train.dataset.phase = another ? 'idle' : phase;
    write(byID('train-word'), (another ? undefined : WORDS.get(phase)) ?? tr('Train'));
    train.ariaDisabled = String(training.loading || ['loading', 'lost', 'starting', 'pausing', 'stopping', 'recovering'].includes(phase));
    button('reset-training').ariaDisabled = String(!training.inMemory || ['starting', 'pausing', 'recovering'].includes(phase));
    button('export-run').ariaDisabled = String(!['running', 'paused', 'finished'].includes(phase));
    const total = info?.totalSteps ?? 0;
    const done = phase === 'finished' ? 1 : total > 0 ? Math.min(1, training.envSteps / total) : 0;
    progress('progress').value = done;
    const far = !another && ['running', 'pausing', 'paused'].includes(phase);
    write(byID('train-far'), far ? `${Math.floor(100 * done)} %` : '');
    train.style.setProperty('--done', far ? `${100 * done}%` : '0%');
    const { dataset } = byID('training');
    dataset.before = Number.isFinite(training.before) ? `${training.before}` : '';
    dataset.evaluations = String(training.rows.length);
    dataset.best = Number.isFinite(training.best) ? training.best.toFixed(1) : '';
    const { algorithm, task } = this.#store.state;
    write(byID('training-status'), status(training, algorithm, task, another));
    input('seed').disabled = training.inMemory && !another;
    button('new-seed').ariaDisabled = String(training.inMemory && !another);
  }

  /**
   * showWeights writes which policy acts and which could.
   * @param {import('./weights.js').Weights} weights
   * @param {string} driver what moves the body where no policy does
   */
  showWeights(weights, driver) {
    check('weights', weights.wanted);
    for (const source of SOURCES) input(`weights-${source}`).disabled = !weights.held[source];
    write(byID('weights-asset-word'), weights.held.asset?.untrained ? tr('Untrained') : tr('Trained'));
    const line = byID('acting');
    const { shown } = weights;
    for (const pane of PANES) nameOf(pane, shown && !driver ? whoActs(shown) : '');
    if (!shown || driver) {
      write(line, driver || tr('No policy acts yet.'));
      for (const name of ['hash', 'source', 'steps', 'algorithm']) delete line.dataset[name];
      line.title = '';
      return;
    }
    const { info, bytes, source } = shown;
    Object.assign(line.dataset, { hash: info.hash, source, steps: info.envSteps, algorithm: info.algorithm });
    write(line, tr`${whoActs(shown)}, hash ${info.hash.slice(0, 8)}`);
    line.title = tr`${count(info.parameters)} parameters, ${size(bytes.byteLength)}, SHA-256 ${info.hash}`;
  }

  /** @param {import('./messages.js').Messages} messages */
  #seed(messages) {
    const field = input('seed');
    field.addEventListener('change', () => {
      const seed = FIELDS.seed.parse(field.value.trim());
      if (seed === undefined) messages.error(tr`A seed is ${FIELDS.seed.wants}; ${field.value ? quoted(field.value) : tr('nothing')} is not.`);
      else this.#store.set({ seed });
      field.value = String(this.#store.state.seed);
    });
  }
}

/**
 * whoActs names a policy; of another program's only its file is known.
 * @param {import('./weights.js').Shown} shown
 */
function whoActs({ name, info }) {
  if (info.algorithm === ONNX) return tr`ONNX graph ${quoted(name)}`;
  return tr`${algorithmName(info.algorithm)}, seed ${info.seed}, ${info.updates === 0 ? tr('untrained') : plural(info.envSteps, 'step')}`;
}

/**
 * stepsTerm names the steps of an agent's sampler.
 * @param {import('./agents.js').Agent | undefined} agent
 */
function stepsTerm(agent) {
  if (agent?.single) return tr`${agent.title} has no steps: one evaluation`;
  return agent && agent.steps > 1 ? tr('Denoising steps from noise to action') : tr('Steps from noise to action');
}

/**
 * @param {import('./training.js').Training} training
 * @param {string} algorithm
 * @param {string} task
 * @param {boolean} another
 */
function status({ phase, info, evaluation, best, envSteps, left }, algorithm, task, another) {
  const name = algorithmName(info?.algorithm ?? algorithm) + (info && info.task !== task ? tr` on ${taskName(info.task)}` : '');
  const of = info ? tr`${count(envSteps)} of ${plural(info.totalSteps, 'step')}` : '';
  const reached = evaluation && Number.isFinite(best) ? tr` Best evaluation ${fixed(best, 0)}.` : '';
  if (another) return tr`${name} is ${IN_MEMORY.get(phase) ?? phase} at ${of}. Train begins another run and keeps the save of this one.`;
  switch (phase) {
    case 'loading': return tr('The training worker is starting.');
    case 'lost': return tr('The training worker does not start in this browser.');
    case 'recovering': return tr`${name} goes on from its last save in another worker.`;
    case 'idle': return tr`Press Train to teach ${name} from nothing, in this tab.`;
    case 'starting': return tr`${name} starts.`;
    case 'running': return left > 5 ? tr`${name} trains: ${of}, ${timeText(left)} left.` : tr`${name} trains: ${of}.${reached}`;
    case 'pausing': return tr`${name} pauses.`;
    case 'paused': return tr`${name} is paused at ${of}.${reached}`;
    case 'stopping': return tr`${name} stops.`;
    case 'finished': return tr`${name} is trained: ${of}.${reached}`;
  }
}

/**
 * @param {string} name of radio buttons
 * @param {(value: string) => void} choose
 */
function chosen(name, choose) {
  for (const radio of radios(name)) radio.addEventListener('change', () => choose(radio.value));
}

/**
 * @param {string} name of radio buttons
 * @param {string} value
 */
function check(name, value) {
  for (const radio of radios(name)) radio.checked = radio.value === value;
}

/**
 * @param {string} id
 * @param {boolean} on
 * @param {string} whenOn
 * @param {string} whenOff
 */
function press(id, on, whenOn, whenOff) {
  button(id).classList.toggle('on', on);
  button(id).setAttribute('aria-label', on ? whenOn : whenOff);
}

// The bodies: the controls of the one on the stage: who drives it, pushes, forces
// drawn, sliders for its joints, and which two actions the flow panel shows.

import catalog from './catalog.js';
import { all, button, byID, input, make, radios, select, write } from './dom.js';
import { tr } from './language.js';
import { foreign } from './words.js';

const AUTO = 'auto';

/** BodyControls binds the controls of the body. */
export class BodyControls {
  /** values: the actions that the sliders say, in [-1,1]. @type {number[]} */
  values = [];
  /** @type {BodyInfo | null} */
  #info = null;
  #drive;

  /**
   * @param {import('./state.js').Store} store
   * @param {import('./body.js').Body} body
   * @param {import('./stageview.js').StageView} view
   */
  constructor(store, body, view) {
    this.#drive = () => view.drive('hand', this.values);
    const own = new Option(tr('Your own'), 'custom');
    own.id = 'task-custom';
    own.hidden = true;
    const listed = catalog.tasks.filter(({ name, base }) => name === base && name !== 'custom');
    const families = [...new Set(listed.map(({ family }) => family))];
    select('task').append(...families.map((family) => make('optgroup', { label: family },
      ...listed.filter((task) => task.family === family).map(({ name, label }) => new Option(label, name)))), own);
    select('task').addEventListener('change', () => body.choose(select('task').value));
    for (const name of ['drive', 'reward']) {
      for (const radio of radios(name)) radio.addEventListener('change', () => store.set({ [name]: radio.value, ...(name === 'reward' ? { pays: '' } : {}) }));
    }
    for (const id of ['pays', 'ends']) input(id).addEventListener('change', () => this.#judge(body));
    for (const [id, name] of [['axis-x', 'axisX'], ['axis-y', 'axisY']]) {
      select(id).addEventListener('change', () => store.set({ [name]: select(id).value === AUTO ? AUTO : +select(id).value }));
    }
    button('push-left').addEventListener('click', () => view.push(-1));
    button('push-right').addEventListener('click', () => view.push(1));
    button('hand-zero').addEventListener('click', () => this.#all(0));
    body.changed.add(() => {
      this.#info = null; // until the stage has told of the next
      this.values = [];
      store.set({ axisX: AUTO, axisY: AUTO });
    });
    body.shown.add((info) => {
      this.#show(info);
      this.#showState(store.state);
    });
    store.subscribe((state) => this.#showState(state));
    this.#showState(store.state);
  }

  /** @param {BodyInfo} info of what the stage shows now */
  #show(info) {
    const same = this.#info && this.#info.task === info.task && this.#info.title === info.title && this.#info.actDim === info.actDim;
    this.#info = info;
    byID('stage').dataset.task = info.task;
    byID('stage').dataset.title = info.title;
    if (info.task === 'custom') {
      byID('task-custom').hidden = false;
      write(byID('task-custom'), tr`Yours: ${foreign(info.title, 16)}`);
    }
    if (!same) {
      this.values = new Array(info.actDim).fill(0);
      byID('sliders').replaceChildren(...info.actions.map((action, i) => this.#slider(action, i)));
    }
    byID('axes').hidden = info.actDim < 2;
    for (const id of ['axis-x', 'axis-y']) {
      byID(id).replaceChildren(new Option(tr('auto'), AUTO), ...info.actions.map(({ name }, i) => new Option(foreign(tr(name), 40), String(i))));
    }
  }

  // Takes the reward and the condition that are typed, or says what is wrong with them and which quantities there are.
  /** @param {import('./body.js').Body} body */
  async #judge(body) {
    try {
      await body.pay(input('pays').value.trim(), input('ends').value.trim());
      write(byID('judge-says'), input('pays').value || input('ends').value ? tr('A training from now on is paid so.') : tr('The task’s own reward and end.'));
    } catch (error) {
      write(byID('judge-says'), foreign(/** @type {Error} */ (error).message, 600));
    }
  }

  /**
   * showReward writes what the last step was paid.
   * @param {number} reward
   */
  showReward(reward) { write(byID('reward-now'), ` ${reward.toPrecision(3).replace('-', '−')}`); }

  /** @param {State} state */
  #showState(state) {
    const { does = '', text = '' } = catalog.tasks.find(({ name }) => name === state.task) ?? {};
    select('task').value = state.task;
    for (const words of all('.lede-does')) write(words, does);
    write(byID('body-text'), text);
    byID('own').hidden = state.task !== 'custom';
    for (const radio of radios('reward')) radio.checked = radio.value === state.reward && !state.pays;
    for (const id of /** @type {const} */ (['pays', 'ends'])) if (document.activeElement !== input(id)) input(id).value = state[id];
    select('axis-x').value = String(state.axisX);
    select('axis-y').value = String(state.axisY);
  }

  /**
   * showDrive writes who drives, which is not the policy where there is none.
   * @param {string} mode
   * @param {boolean} hasPolicy
   */
  showDrive(mode, hasPolicy) {
    for (const radio of radios('drive')) radio.checked = radio.value === mode;
    input('drive-policy').disabled = !hasPolicy;
    byID('hand').hidden = mode !== 'hand';
    byID('stage').dataset.drive = mode;
  }

  /**
   * @param {BodyInfo['actions'][0]} action
   * @param {number} i
   */
  #slider({ name, unit, scale }, i) {
    const range = make('input', { type: 'range', id: `hand-${i}`, min: '-1', max: '1', step: '0.01', value: '0' });
    const value = make('span', { className: 'value' });
    const show = () => write(value, `${(this.values[i] * scale).toPrecision(3).replace('-', '−')} ${foreign(unit, 12)}`.trim());
    range.addEventListener('input', () => {
      this.values[i] = +range.value;
      show();
      this.#drive();
    });
    show();
    return make('label', { className: 'slider' }, make('span', {}, foreign(tr(name).replace(/ torque$/, ''), 40)), range, value); // its unit stands beside its value
  }

  /** @param {number} value */
  #all(value) {
    for (const range of byID('sliders').querySelectorAll('input')) {
      range.value = String(value);
      range.dispatchEvent(new Event('input'));
    }
  }
}

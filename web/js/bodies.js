// The bodies: what the page says of each task, and the controls of the one on the stage: who drives it, pushes, forces
// drawn, sliders for its joints, and which two actions the flow panel shows.

import { FIELDS } from './state.js';

const byID = (id) => document.getElementById(id);

/** TASKS: name -> what the sentence on top says that the action does, and what the body is. */
export const TASKS = Object.freeze({
  pendulum: ['balances this pendulum', 'A rod hangs from a motor too weak to lift it straight up: it must swing. The policy sees the angle and the rate, and answers with a torque, twenty times a second.'],
  inverted_pendulum: ['balances a pole on this cart', 'A pole stands on a cart that slides on a rail. The policy pushes the cart, twenty-five times a second, and the episode ends when the pole leans by 0.2 rad.'],
  inverted_double_pendulum: ['balances two poles on this cart', 'Two poles, one on the other, stand on a cart. The policy pushes the cart, twenty times a second, and the episode ends when the tip sinks below one metre.'],
  reacher: ['brings this arm to its target', 'An arm of two links, seen from above, is to bring its tip to the red target. Each episode has another one.'],
  swimmer: ['makes this chain swim', 'Three links in a viscous fluid, seen from above. Two torques bend the chain; the reward is the speed to the right.'],
  hopper: ['makes this leg hop', 'A leg of four parts hops to the right on its foot. The reward is the speed and 1 for being upright; it ends when it falls.'],
  half_cheetah: ['makes this runner run', 'A runner with two legs and six joints. The reward is the speed to the right less the effort.'],
  walker2d: ['makes this walker walk', 'Two legs and a torso. The reward is the speed to the right and 1 for being upright; it ends when it falls.'],
  custom: ['moves this body', 'Your own body, from the MJCF file that you dropped. Drive its joints by hand, or train on it with the reward that is chosen beside Train.'],
});

const AUTO = 'auto';

/** BodyControls binds the controls of the body. actions: drive(), push(direction). */
export class BodyControls {
  /** values: the actions that the sliders say, in [-1,1]. */
  values = [];
  #info = null;

  constructor(store, actions) {
    this.store = store;
    this.actions = actions;
    byID('task').addEventListener('change', (event) => actions.chooseTask(event.target.value));
    for (const radio of document.getElementsByName('drive')) {
      radio.addEventListener('change', () => store.set({ drive: radio.value }));
    }
    for (const radio of document.getElementsByName('reward')) {
      radio.addEventListener('change', () => store.set({ reward: radio.value }));
    }
    for (const [id, name] of [['axis-x', 'axisX'], ['axis-y', 'axisY']]) {
      byID(id).addEventListener('change', (event) => store.set({ [name]: event.target.value === AUTO ? AUTO : +event.target.value }));
    }
    byID('push-left').addEventListener('click', () => actions.push(-1));
    byID('push-right').addEventListener('click', () => actions.push(1));
    byID('hand-zero').addEventListener('click', () => this.#all(0));
    store.subscribe((state) => this.showState(state));
    this.showState(store.state);
  }

  /** showBody takes the BodyInfo of what the stage shows now. */
  showBody(info) {
    const same = this.#info && this.#info.task === info.task && this.#info.title === info.title && this.#info.actDim === info.actDim;
    this.#info = info;
    byID('stage').dataset.task = info.task;
    byID('stage').dataset.title = info.title;
    if (!same) {
      this.values = new Array(info.actDim).fill(0);
      byID('sliders').replaceChildren(...info.actions.map((action, i) => this.#slider(action, i)));
    }
    byID('axes').hidden = info.actDim < 2;
    for (const id of ['axis-x', 'axis-y']) {
      byID(id).replaceChildren(option(AUTO, 'auto'), ...info.actions.map(({ name }, i) => option(i, name)));
    }
    this.showState(this.store.state);
  }

  /** offerOwn lists the person's own body among the tasks. */
  offerOwn(title) {
    byID('task-custom').hidden = false;
    byID('task-custom').textContent = `Yours: ${title.slice(0, 16)}`;
  }

  /** forget drops what belongs to the last body, before the stage has told of the next. */
  forget() {
    this.#info = null;
    this.values = [];
  }

  showState(state) {
    const [does, text] = TASKS[state.task];
    byID('task').value = state.task;
    for (const words of document.querySelectorAll('.lede-does')) words.textContent = does;
    byID('body-text').textContent = text;
    byID('own').hidden = state.task !== 'custom';
    for (const radio of document.getElementsByName('reward')) radio.checked = radio.value === state.reward;
    byID('axis-x').value = state.axisX;
    byID('axis-y').value = state.axisY;
  }

  /** showDrive writes who drives, which is not the policy where there is none. */
  showDrive(mode, hasPolicy) {
    for (const radio of document.getElementsByName('drive')) radio.checked = radio.value === mode;
    byID('drive-policy').disabled = !hasPolicy;
    byID('hand').hidden = mode !== 'hand';
    byID('stage').dataset.drive = mode;
  }

  #slider({ name, unit, scale }, i) {
    const label = document.createElement('label');
    label.className = 'slider';
    const text = document.createElement('span');
    text.textContent = name.replace(/ torque$/, ''); // its unit stands beside its value
    const input = document.createElement('input');
    Object.assign(input, { type: 'range', id: `hand-${i}`, min: -1, max: 1, step: 0.01, value: 0 });
    const output = document.createElement('output');
    output.htmlFor = input.id;
    const write = () => {
      const value = this.values[i] * scale;
      output.textContent = `${value.toPrecision(3).replace('-', '−')} ${unit}`.trim();
    };
    input.addEventListener('input', () => {
      this.values[i] = +input.value;
      write();
      this.actions.drive();
    });
    input.write = write;
    write();
    label.append(text, input, output);
    return label;
  }

  #all(value) {
    this.values.fill(value);
    for (const input of byID('sliders').querySelectorAll('input')) {
      input.value = value;
      input.write();
    }
    this.actions.drive();
  }
}

/** taskNames lists the tasks that a link may name. */
export const taskNames = () => Object.keys(TASKS).filter((name) => FIELDS.task.parse(name));

function option(value, text) {
  const element = document.createElement('option');
  element.value = value;
  element.textContent = text;
  return element;
}

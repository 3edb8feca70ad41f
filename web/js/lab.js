// The variance lab: its controls, its own worker, and what is said beside its figures. The worker is started when the
// lab is first opened; a fit stops when the lab is left.

import { LabLaw, Type, floats } from './protocol.js';
import { WorkerClient } from './workerclient.js';
import { DIFFERENCE, LEAST_WELLS, MOST_POINTS, TARGETS, drawingOf, isPath, nameOf, requestOf } from './labtargets.js';
import { Plot, saveFigure } from './labplot.js';
import { drawDescent, drawError, drawFlow, rowsOf } from './labfigures.js';
import { count, fixed, plural, short } from './format.js';
import { ended } from './words.js';

const byID = (id) => document.getElementById(id);
const UPDATES = 6000; // of a network, a few seconds of a tab
const NUMBERS = ['labStd', 'labHalf', 'labWeight', 'labLambda', 'labDescent', 'labSource', 'labSteps'];
const DECIMALS = { labStd: 2, labHalf: 1, labLambda: 1, labSource: 1 };
const ASKED = [...NUMBERS, 'labTarget', 'labDrawing']; // what changes the exact law
const NETWORK = ASKED.filter((name) => name !== 'labSteps'); // what a trained network is about
const FRAME = 220; // ms between two steps of the played descent
const APART = 0.12; // least distance of two points of a drawing

const f32 = (data) => (data instanceof ArrayBuffer ? new Float32Array(data) : new Float32Array(data.buffer, data.byteOffset, data.byteLength >> 2));

/** Lab owns the lab's worker and what it has sent. */
export class Lab {
  #page;
  #store;
  #client = null;
  #law = null;
  #fit = null;
  #phase = 'loading'; // of the network: loading, idle, training
  #asking = false;
  #stale = true; // the law is not that of the state
  #open = false;
  #descending = 0;
  #stroke = null;
  #plots = {};

  constructor(page) {
    this.#page = page;
    this.#store = page.store;
    const drawer = (draw) => (plot) => draw(plot, { law: this.#law, fit: this.#fit, state: this.#store.state });
    for (const [name, draw] of Object.entries({ flow: drawFlow, error: drawError, descent: drawDescent })) {
      this.#plots[name] = new Plot(byID(`lab-${name}`), drawer(draw));
    }
    this.#listen();
    this.#store.subscribe((state, changed) => this.#changed(changed));
    this.#show();
  }

  /** shown tells whether the lab is the place of the page now. */
  shown(open) {
    this.#open = open;
    if (!open) {
      this.#stopDescent();
      if (this.#phase === 'training') this.#stop();
      return;
    }
    if (!this.#client) this.#start();
    this.#ask();
    this.#draw();
  }

  // ---- the worker

  async #start() {
    this.#client = new WorkerClient({
      on: (m) => this.#receive(m),
      talking: () => this.#phase === 'training',
      dead: (reason, restarted) => this.#dead(reason, restarted),
    });
    try {
      await this.#client.start(await this.#page.runs.program);
      this.#phase = 'idle';
      this.#show();
      this.#ask();
    } catch { /* dead() has said so */ }
  }

  #dead(reason, restarted) {
    this.#phase = 'loading';
    this.#asking = false;
    this.#stale = true;
    this.#page.messages.error(`The lab’s worker was lost: ${ended(reason)}${restarted ? ' Another was started.' : ''}`);
    if (restarted) {
      this.#client.ready.then(() => {
        this.#phase = 'idle';
        this.#show();
        this.#ask();
      }, () => {});
    }
    this.#show();
  }

  #receive(m) {
    if (m.type === Type.WorkerError) {
      this.#phase = 'idle';
      this.#page.messages.error(`The lab: ${ended(m.body.message)}`);
      this.#show();
    } else if (m.type === Type.LabFit) {
      if (!this.#fit) return; // of a target that is gone
      this.#fit = { ...m.body, rows: rowsOf(floats(m.data[0])), paths: f32(m.data[1]) };
      if (m.body.done && this.#phase === 'training') this.#phase = 'idle';
      this.#show();
      this.#draw();
    }
  }

  /** #ask gets the exact law of the state; while one is on its way the newest state waits. */
  async #ask() {
    if (!this.#open || !this.#stale || this.#asking || this.#phase === 'loading') return;
    this.#asking = true;
    this.#stale = false;
    try {
      const { body, data } = await this.#client.request(Type.LabExact, requestOf(this.#store.state));
      const block = (name) => f32(data[LabLaw[name]]);
      this.#law = { ...body, rows: rowsOf(floats(data[LabLaw.Rows])), target: block('Target'), paths: block('Paths'), field: block('Field'), descent: block('Descent') };
      byID('lab').dataset.law = JSON.stringify({ target: this.#store.state.labTarget, steps: body.steps, rows: this.#law.rows });
    } catch (error) {
      if (error.failure) this.#page.messages.error(`The lab: ${ended(error.message)} What was shown stays.`);
    }
    this.#asking = false;
    this.#show();
    this.#draw();
    this.#ask();
  }

  async #train() {
    const { state } = this.#store;
    this.#fit = { variant: state.labVariant, updates: 0, total: UPDATES, rows: [], paths: null, steps: 0 };
    this.#phase = 'training';
    this.#show();
    try {
      await this.#client.request(Type.LabTrain, { ...requestOf(state), variant: state.labVariant, seed: state.seed, updates: UPDATES });
    } catch (error) {
      this.#phase = this.#phase === 'training' ? 'idle' : this.#phase;
      if (error.failure) this.#page.messages.error(`The lab: ${ended(error.message)}`);
    }
    this.#show();
  }

  async #stop() {
    try {
      await this.#client.request(Type.LabStop);
      if (this.#phase === 'training') this.#phase = 'idle';
    } catch { /* dead() has said so */ }
    this.#show();
  }

  // ---- the controls

  #listen() {
    const { state } = this.#store;
    byID('lab-controls').addEventListener('submit', (event) => event.preventDefault());
    byID('lab-target').value = state.labTarget;
    byID('lab-target').addEventListener('change', (event) => {
      const labTarget = event.target.value;
      this.#stopDescent(); // shows the state, which is the old one yet
      this.#store.set({ labTarget });
    });
    for (const name of NUMBERS) {
      byID(`lab-${name}`).addEventListener('input', (event) => this.#store.set({ [name]: Number(event.target.value) }));
    }
    for (const variant of ['rectified', 'meanflow']) {
      byID(`lab-${variant}`).addEventListener('change', () => this.#store.set({ labVariant: variant }));
    }
    byID('lab-train').addEventListener('click', () => {
      if (this.#phase === 'training') this.#stop();
      else if (this.#phase === 'idle') this.#train();
    });
    byID('lab-descend').addEventListener('click', () => (this.#descending ? this.#stopDescent() : this.#descend()));
    byID('lab-clear').addEventListener('click', () => this.#store.set({ labDrawing: '' }));
    for (const button of document.querySelectorAll('.lab-save button')) {
      button.addEventListener('click', () => this.#save(button.dataset.figure, button.dataset.format));
    }
    const holder = byID('lab-flow');
    holder.addEventListener('pointerdown', (event) => this.#draws() && this.#begin(event));
    holder.addEventListener('pointermove', (event) => this.#stroke && this.#go(event));
    for (const type of ['pointerup', 'pointercancel']) holder.addEventListener(type, () => { this.#stroke = null; });
  }

  #changed(changed) {
    const any = (names) => names.some((name) => changed.has(name));
    if (any(NETWORK) || changed.has('labVariant')) this.#forget();
    if (any(ASKED)) {
      this.#stale = true;
      this.#ask();
    }
    if (any(ASKED) || changed.has('labVariant')) {
      this.#show();
      this.#draw();
    }
  }

  /** #forget lets go of a network that is about another target. */
  #forget() {
    this.#fit = null;
    if (this.#phase === 'training') this.#stop();
  }

  // ---- drawing a target

  #draws() {
    return this.#store.state.labTarget === 'drawn' && this.#law?.dim === 2 && this.#plots.flow.area;
  }

  #begin(event) {
    event.preventDefault();
    byID('lab-flow').setPointerCapture(event.pointerId);
    this.#stroke = [];
    this.#go(event);
  }

  #go(event) {
    const { area } = this.#plots.flow;
    const { left, top } = byID('lab-flow').getBoundingClientRect();
    const { low, high } = this.#law;
    const x = low + (high - low) * (event.clientX - left - area.left) / (area.right - area.left);
    const y = low + (high - low) * (area.bottom - (event.clientY - top)) / (area.bottom - area.top);
    if (Math.abs(x) > 2.99 || Math.abs(y) > 2.99) return;
    const last = this.#stroke.at(-1);
    if (last && Math.hypot(x - last[0], y - last[1]) < APART || this.#stroke.length >= MOST_POINTS) return;
    this.#stroke.push([x, y]);
    this.#store.set({ labDrawing: drawingOf(this.#stroke) });
  }

  // ---- the played descent

  #descend() {
    this.#store.set({ labDescent: 0 });
    this.#descending = setInterval(() => {
      if (this.#asking || this.#stale) return; // each policy of the path is seen
      const { labDescent } = this.#store.state;
      if (labDescent >= 60) this.#stopDescent();
      else this.#store.set({ labDescent: labDescent + 1 });
    }, FRAME);
    this.#show();
  }

  #stopDescent() {
    clearInterval(this.#descending);
    this.#descending = 0;
    this.#show();
  }

  // ---- what is seen

  #draw() {
    if (this.#open) for (const plot of Object.values(this.#plots)) plot.draw();
  }

  #show() {
    const { state } = this.#store;
    const target = TARGETS[state.labTarget];
    byID('lab-target').value = state.labTarget;
    for (const name of NUMBERS) {
      const row = document.querySelector(`[data-number=${name}]`);
      row.hidden = !target.numbers.includes(name) && name !== 'labSource' && name !== 'labSteps';
      const input = byID(`lab-${name}`);
      if (name === 'labHalf') input.min = isPath(state.labTarget) ? LEAST_WELLS : 0.2;
      input.value = state[name];
      byID(`lab-${name}-value`).textContent = name === 'labWeight' ? `${Math.round(100 * state[name])} %` : fixed(state[name], DECIMALS[name] ?? 0);
    }
    byID('lab-descend').hidden = !isPath(state.labTarget);
    byID('lab-descend').textContent = this.#descending ? 'Stop the descent' : 'Play the descent';
    byID('lab-descent-card').hidden = !isPath(state.labTarget);
    byID('lab-clear').hidden = state.labTarget !== 'drawn' || state.labDrawing === '';
    byID('lab-flow').classList.toggle('draws', state.labTarget === 'drawn');
    byID(`lab-${state.labVariant}`).checked = true;
    this.#showNetwork();
    this.#say();
    this.#table();
  }

  #showNetwork() {
    const button = byID('lab-train');
    const training = this.#phase === 'training';
    button.textContent = training ? 'Stop' : 'Train';
    button.setAttribute('aria-disabled', String(this.#phase === 'loading'));
    const fit = this.#fit;
    byID('lab-progress').value = fit ? fit.updates / fit.total : 0;
    byID('lab-updates').textContent = fit ? `${count(fit.updates)} of ${plural(fit.total, 'update')}` : '';
    byID('lab').dataset.phase = this.#phase;
    byID('lab').dataset.fit = JSON.stringify(fit ? { updates: fit.updates, rows: fit.rows } : null);
    const name = this.#store.state.labVariant === 'rectified' ? 'rectified flow' : 'MeanFlow';
    let text = `Train a ${name} of two layers of 48 on this target, in a worker of this tab.`;
    if (this.#phase === 'loading') text = this.#open ? 'The lab’s worker is starting.' : 'The lab opens with its own worker.';
    else if (training) text = `The ${name} learns.`;
    else if (fit?.updates) text = `The ${name} is trained${fit.done ? '' : ' in part'}. Move K to see what it does.`;
    if (byID('lab-status').textContent !== text) byID('lab-status').textContent = text;
  }

  #row(rows, k) {
    return rows.find((r) => r.K === k);
  }

  #say() {
    const { state } = this.#store;
    const law = this.#law;
    if (!law) return;
    const spread = Math.sqrt(law.variance);
    const exact = this.#row(law.rows, state.labSteps);
    const k = state.labSteps;
    byID('lab-flow-says').textContent = k === 1
      ? `One step of the exact field carries all noise to one point, the mean of ${nameOf(state)}. What is lost is its whole spread, ${short(spread)}.`
      : `In ${k} steps of the exact field noise becomes nearly ${nameOf(state)}${exact ? `: W2 is ${short(exact.W2)}, against ${short(spread)} in one step` : ''}.`;
    byID('lab-error-says').textContent = this.#errorSays(spread);
    const half = state.labTarget === 'equal-wells'
      ? 'Both actions are equally good: the policy stays of two minds, its spread stays, and one step never suffices.'
      : `The right action is better by ${DIFFERENCE}. While both are still likely the one-step error rises or stands; once the policy has chosen, it falls: a policy that has converged needs one step.`;
    byID('lab-descent-says').textContent = half;
  }

  #errorSays(spread) {
    const law = this.#law;
    const first = this.#fit?.rows ? this.#row(this.#fit.rows, 1) : null;
    const floor = `the estimator alone gives ${short(law.floor)} with ${count(law.samples)} samples`;
    if (first && this.#fit.updates > 0) {
      return this.#fit.variant === 'rectified'
        ? `The trained rectified flow keeps ${short(first.Std)} of the target’s spread ${short(spread)} in one step: W2 ${short(first.W2)} (${floor}). It collapses, as the exact field says.`
        : `The trained MeanFlow makes one step with W2 ${short(first.W2)} and a spread of ${short(first.Std)}, where a step of the exact velocity leaves ${short(spread)} (${floor}). It has learned the average velocity, not the velocity at the start.`;
    }
    const two = this.#row(law.rows, 2);
    return `The bound is met exactly by one step: W2 = ${short(spread)}, the root of the target’s variance.${two ? ` Two steps leave ${short(two.W2)}.` : ''} The narrower the target, the less there is to lose.`;
  }

  #table() {
    if (!this.#law) return;
    const { labSteps } = this.#store.state;
    const learned = this.#fit?.rows ?? [];
    byID('lab-rows').replaceChildren(...this.#law.rows.map((r) => {
      const tr = document.createElement('tr');
      const net = this.#row(learned, r.K);
      tr.classList.toggle('now', r.K === labSteps);
      for (const value of [String(r.K), short(r.W2), short(r.Std), short(net?.W2), short(net?.Energy ?? r.Energy)]) {
        const td = document.createElement('td');
        td.textContent = value;
        tr.append(td);
      }
      return tr;
    }));
    const { dim, samples, floor, energyFloor } = this.#law;
    byID('lab-table-says').textContent = dim === 1
      ? `Exact on the line; the network’s numbers are estimates from ${count(samples)} samples, whose floor is ${short(floor)} in W2 and ${short(energyFloor)} in energy distance.`
      : `In the plane all are estimates from ${count(samples)} samples: sliced W2 times √2, with a floor of ${short(floor)}; energy distance with ${short(energyFloor)}.`;
  }

  async #save(figure, format) {
    if (!this.#law) return;
    const { state } = this.#store;
    try {
      await saveFigure(this.#plots[figure], format, `onestep-lab-${figure}-${state.labTarget}`, byID(`lab-${figure}-says`).textContent, () => this.#csv(figure));
    } catch (error) {
      this.#page.messages.error(`The figure was not saved: ${ended(error.message)}`);
    }
  }

  #csv(figure) {
    const law = this.#law;
    const head = `# ${nameOf(this.#store.state)}; source std ${this.#store.state.labSource}\n`;
    const table = (names, rows) => `${head}${names.join(',')}\n${rows.map((r) => r.join(',')).join('\n')}\n`;
    if (figure === 'error') {
      const learned = this.#fit?.rows ?? [];
      return table(['K', 'w2_exact', 'std_exact', 'w2_network', 'std_network', 'energy_network'], law.rows.map((r) => {
        const net = this.#row(learned, r.K);
        return [r.K, r.W2, r.Std, net?.W2 ?? '', net?.Std ?? '', net?.Energy ?? ''];
      }));
    }
    if (figure === 'descent') return table(['k', 'w2_one_step'], [...law.descent].map((w, k) => [k, w]));
    const rows = [];
    for (let k = 0; k <= law.steps; k++) {
      for (let i = 0; i < law.particles; i++) {
        const from = (k * law.particles + i) * law.dim;
        rows.push([k / law.steps, i, ...law.paths.subarray(from, from + law.dim)]);
      }
    }
    return table(['t', 'particle', ...['x', 'y'].slice(0, law.dim)], rows);
  }
}

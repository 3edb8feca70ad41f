// The variance lab: targets whose exact laws are known, and small networks trained against them. The mathematics is in
// the lab's own worker; this is the page's part: the state, the controls, and what is drawn and said.

import { tr } from './language.js';
import { Type, LabLaw, LabRow, NumLabRow, floats, singles } from './protocol.js';
import { Refusal } from './client.js';
import { ProgramWorker } from './program.js';
import { NUMBERS, SPAN, TARGETS, numberOf, numbersOf, parseLab, requestOf, startOf, textOf, thinned } from './labstate.js';
import { HIGH, WIDE, drawChart, drawLine, drawPlane, planeAt } from './labdraw.js';
import { saveSVG, savePNG, saveCSV } from './labfigure.js';
import { all, button, byID, input, make, picture, progress, select, write } from './dom.js';
import { ended } from './words.js';
const START = textOf(startOf('two'));
const UPDATES = 4000; // of a fit
const PASS = 2.4; // seconds for t to go from noise to action
const DESCENT_EVERY = 0.35; // seconds a mirror-descent step is shown

/** @param {number | undefined} x */
const short = (x) => (x === undefined ? '–' : wide(x));

/** @param {number} x */
const wide = (x) => (Number.isFinite(x) ? (Math.abs(x) < 0.0005 && x !== 0 ? x.toExponential(1) : x.toFixed(3)) : '–');

/**
 * The exact law of the target, as it was asked for.
 * @typedef {import('./labdraw.js').Flow & {of: string, dim: number, variance: number, samples: number, floor: number, rows: LabRow[],
 *   field: Float32Array, stepErrors: Float32Array, descent: Float32Array}} Law
 */

/** @typedef {{variant: string, updates: number, total: number, steps: number, n: number, done: boolean, rows: LabRow[], paths: Float32Array}} Fit */

/** Lab shows the lab while its place is open; its worker lives as long. */
export class Lab {
  #store;
  #messages;
  #program;
  /** @type {ProgramWorker | null} */
  #worker = null;
  /** @type {Law | null} */
  #law = null;
  /** @type {Fit | null} */
  #fit = null; // of the target and source of #aim
  #aim = ''; // what a network was last asked for
  #begun = false; // the worker has begun with it: what came before is another network's
  #turn = 0; // counts starts and stops, so that a late answer to one takes nothing back
  #t = 1;
  #asking = false; // a LabExact is under way
  #again = false; // and something has changed since
  #training = false;
  #playing = ''; // or 't' or 'k'
  /** @type {number[] | null} */
  #stroke = null;

  /**
   * @param {import('./program.js').Programs} program
   * @param {import('./state.js').Store} store
   * @param {import('./messages.js').Messages} messages
   */
  constructor(program, store, messages) {
    this.#program = program;
    this.#store = store;
    this.#messages = messages;
    this.#build();
    store.subscribe((state, changed) => {
      if (changed.has('place')) this.#openOrLeave();
      if (changed.has('lab') && this.#worker) this.#changed();
    });
    this.#openOrLeave();
  }

  /** @returns {LabState} */
  get lab() {
    return /** @type {LabState} */ (parseLab(this.#store.state.lab || START)); // which the state has judged
  }

  /** @param {Partial<LabState>} patch */
  #set(patch) {
    this.#store.set({ lab: textOf({ ...this.lab, ...patch }) });
  }

  #openOrLeave() {
    if (this.#store.state.place !== 'lab') {
      this.#play('');
      this.#worker?.stop(tr('the lab was left'));
      this.#worker = null;
      this.#setTraining(false);
      this.#asking = false;
      return;
    }
    this.#worker ??= this.#start();
    this.#changed();
  }

  #start() {
    const worker = new ProgramWorker('onestep variance lab', this.#program.get(), (reason) => this.#lost(reason));
    worker.client.on(Type.WorkerError, ({ body }) => {
      this.#setTraining(false);
      this.#messages.error(tr`The lab stopped: ${ended(body.message)}`);
    });
    worker.client.on(Type.LabFit, (m) => this.#fitted(m));
    return worker;
  }

  /**
   * @param {number} type
   * @param {unknown} [body]
   */
  #request(type, body) {
    return this.#worker?.request(type, body) ?? Promise.reject(new Error(tr('the lab was left')));
  }

  /** @param {string} reason */
  #lost(reason) {
    this.#worker = null;
    this.#asking = false;
    this.#setTraining(false);
    if (this.#store.state.place !== 'lab') return;
    this.#messages.error(tr`The lab’s worker stopped: ${ended(reason)}`, { text: tr('Start it again'), act: () => this.#openOrLeave() });
  }

  // ---- Controls.

  #build() {
    const targets = select('lab-target');
    for (const [id, { title }] of Object.entries(TARGETS)) targets.append(new Option(title, id));
    targets.addEventListener('change', () => this.#choose(targets.value));
    const box = byID('lab-sliders');
    for (const [name, range] of Object.entries(NUMBERS)) box.append(slider(name, range, (value) => this.#set({ [name]: value })));
    for (const variant of ['meanflow', 'rectified']) byID(`lab-${variant}`).addEventListener('change', () => this.#set({ variant }));
    byID('lab-train').addEventListener('click', () => (this.#training ? this.#stop() : this.#train()));
    input('lab-t').addEventListener('input', () => {
      this.#play('');
      this.#t = +input('lab-t').value;
      this.#draw();
    });
    byID('lab-play').addEventListener('click', () => this.#play(this.#playing === 't' ? '' : 't'));
    byID('lab-descend').addEventListener('click', () => this.#play(this.#playing === 'k' ? '' : 'k'));
    for (const id of ['lab-exact', 'lab-net', 'lab-chart', 'lab-second']) picture(id).setAttribute('viewBox', `0 0 ${WIDE} ${HIGH + 4}`);
    byID('lab-svg').addEventListener('click', () => saveSVG(picture(select('lab-figure').value)));
    byID('lab-png').addEventListener('click', () => savePNG(picture(select('lab-figure').value)));
    byID('lab-csv').addEventListener('click', () => this.#law && saveCSV(this.#law.rows, this.#besideLaw?.rows));
    this.#acceptStrokes(picture('lab-exact'));
  }

  /** @param {string} target */
  #choose(target) {
    this.#play('');
    const { c, k, variant } = this.lab;
    this.#store.set({ lab: textOf(startOf(target, { c, k, variant })) });
  }

  // A stroke in the plane is a target; on the line there is nothing to draw on.
  /** @param {SVGSVGElement} svg */
  #acceptStrokes(svg) {
    const add = (/** @type {PointerEvent} */ event) => this.#law && this.#stroke?.push(...planeAt(svg, event, this.#law.low, this.#law.high));
    svg.addEventListener('pointerdown', (event) => {
      if (this.lab.target !== 'drawn' || this.#law?.dim !== 2 || !event.isPrimary) return;
      svg.setPointerCapture(event.pointerId);
      this.#stroke = [];
      add(event);
    });
    svg.addEventListener('pointermove', (event) => {
      if (!this.#stroke || !this.#law) return;
      for (const e of event.getCoalescedEvents?.() ?? [event]) add(e);
      drawPlane(svg, { ...this.#law, target: Float32Array.from(this.#stroke), paths: new Float32Array(4), steps: 1, n: 0, field: null }, 1);
    });
    const end = () => {
      const stroke = this.#stroke;
      this.#stroke = null;
      if (!stroke) return;
      if (stroke.every((x) => Number.isFinite(x))) this.#set({ points: thinned(stroke.map((x) => Math.min(Math.max(x, -SPAN), SPAN))) });
    };
    svg.addEventListener('pointerup', end);
    svg.addEventListener('pointercancel', end);
  }

  // ---- The worker.

  #changed() {
    const lab = this.lab;
    select('lab-target').value = lab.target;
    write(byID('lab-says'), TARGETS[lab.target].says);
    const shown = numbersOf(lab.target);
    for (const [name, { step }] of Object.entries(NUMBERS)) {
      byID(`lab-row-${name}`).hidden = !shown.includes(name);
      if (!shown.includes(name)) continue;
      input(`lab-${name}`).value = String(numberOf(lab, name));
      write(byID(`lab-value-${name}`), step < 1 ? numberOf(lab, name).toFixed(2) : String(numberOf(lab, name)));
    }
    input(`lab-${lab.variant}`).checked = true;
    byID('lab-descend').hidden = !shown.includes('n');
    picture('lab-exact').classList.toggle('drawable', lab.target === 'drawn');
    this.#ask();
  }

  // One request at a time; while a slider moves, the newest values wait for the answer to the last.
  async #ask() {
    this.#again = this.#asking;
    if (this.#asking) return;
    this.#asking = true;
    const request = requestOf(this.lab);
    try {
      this.#take(await this.#request(Type.LabExact, request), request);
      byID('lab-problem').textContent = '';
    } catch (error) {
      if (!this.#worker) return;
      if (error instanceof Refusal && error.failure.code === 'bad-config') byID('lab-problem').textContent = tr`Not computed: ${ended(error.message)}`;
    }
    this.#asking = false;
    if (this.#again) this.#ask();
  }

  /**
   * @param {Message} m
   * @param {Record<string, any>} request
   */
  #take({ body, data }, request) {
    if (this.#aim !== lawOf(requestOf(this.lab))) {
      this.#fit = null;
      if (this.#training) this.#stop();
    }
    const rows = table(floats(data[LabLaw.Rows]));
    this.#law = {
      ...body, of: lawOf(request), rows, c: request.sourceStd, n: body.particles,
      density: body.dim === 1 ? singles(data[LabLaw.Target]) : null, target: singles(data[LabLaw.Target]),
      paths: singles(data[LabLaw.Paths]), field: singles(data[LabLaw.Field]), stepErrors: singles(data[LabLaw.Steps]), descent: singles(data[LabLaw.Descent]),
    };
    this.#draw();
    this.#tell();
  }

  async #train() {
    const turn = ++this.#turn;
    const request = requestOf(this.lab);
    this.#setTraining(true);
    this.#fit = null;
    this.#aim = lawOf(request);
    this.#begun = false;
    try {
      await this.#request(Type.LabTrain, { ...request, variant: this.lab.variant, seed: this.#store.state.seed, updates: UPDATES });
      if (turn === this.#turn) this.#begun = true;
    } catch (error) {
      if (turn !== this.#turn) return;
      this.#setTraining(false);
      if (this.#worker) this.#messages.error(tr`No network was trained: ${ended(/** @type {Error} */ (error).message)}`);
    }
  }

  async #stop() {
    const turn = ++this.#turn;
    byID('lab-train').setAttribute('aria-disabled', 'true');
    try {
      await this.#request(Type.LabStop);
    } catch { /* the worker has ended, and the fit with it */ }
    if (turn === this.#turn) this.#setTraining(false);
  }

  /** @param {boolean} on */
  #setTraining(on) {
    this.#training = on;
    const train = button('lab-train');
    train.setAttribute('aria-disabled', 'false');
    write(train, on ? tr('Stop') : tr('Train'));
    train.dataset.phase = on ? 'running' : 'idle';
  }

  /** @param {Message} m */
  #fitted({ body, data }) {
    if (!this.#training || !this.#begun) return;
    this.#fit = { ...body, rows: table(floats(data[0])), paths: singles(data[1]), n: body.particles };
    if (body.done) this.#setTraining(false);
    this.#draw();
    this.#tell();
  }

  // ---- What is seen.

  // A network stands beside the law that it was trained against, and beside no other.
  get #besideLaw() {
    return this.#law?.of === this.#aim ? this.#fit : null;
  }

  /** @param {'' | 't' | 'k'} what */
  #play(what) {
    const was = this.#playing;
    this.#playing = what;
    byID('lab-play').textContent = what === 't' ? tr('Stop t') : tr('Play t');
    byID('lab-descend').textContent = what === 'k' ? tr('Stop k') : tr('Play k');
    if (!what || was === what) return;
    if (what === 't' && this.#t >= 1) this.#t = 0;
    const k = () => this.lab.n ?? 0;
    if (what === 'k' && k() >= NUMBERS.n.max) this.#set({ n: 0 });
    const begun = { at: performance.now(), t: this.#t, k: performance.now() };
    const tick = (/** @type {number} */ now) => {
      if (this.#playing !== what) return;
      if (what === 't') {
        this.#t = Math.min(begun.t + (now - begun.at) / 1000 / PASS, 1);
        input('lab-t').value = String(this.#t);
        this.#draw();
        if (this.#t >= 1) this.#play('');
      } else if (now - begun.k > 1000 * DESCENT_EVERY && !this.#asking) {
        begun.k = now;
        if (k() >= NUMBERS.n.max) this.#play('');
        else this.#set({ n: k() + 1 });
      }
      requestAnimationFrame(tick);
    };
    requestAnimationFrame(tick);
  }

  #draw() {
    const law = this.#law;
    if (!law || this.#stroke) return;
    const draw = law.dim === 1 ? drawLine : drawPlane;
    byID('lab-t-value').textContent = this.#t.toFixed(2);
    draw(picture('lab-exact'), law, this.#t);
    const fit = this.#besideLaw;
    byID('lab-net-empty').hidden = fit !== null;
    picture('lab-net').toggleAttribute('hidden', fit === null);
    if (fit) draw(picture('lab-net'), { ...law, field: null, paths: fit.paths, steps: fit.steps, n: fit.n }, this.#t);
    this.#drawCharts(law, fit);
  }

  /**
   * @param {Law} law
   * @param {Fit | null} fit
   */
  #drawCharts(law, fit) {
    /** @type {Parameters<typeof drawChart>[1]['series']} */
    const series = [{ xs: law.rows.map((r) => r.k), ys: law.rows.map((r) => r.w2), colour: 'var(--many)', dots: law.dim === 2, joined: true }];
    if (fit) series.push({ xs: fit.rows.map((r) => r.k), ys: fit.rows.map((r) => r.w2), colour: 'var(--one)', dots: true });
    const estimated = law.dim === 2 || fit;
    drawChart(picture('lab-chart'), {
      series, levels: [{ y: Math.sqrt(law.variance), colour: 'var(--action)' }], band: estimated ? { to: law.floor } : undefined,
      mark: law.steps, log: true, xName: tr('Euler steps K'), yName: tr`W₂ to the target${boundOf(law)}`,
    });
    const second = byID('lab-second-card');
    second.hidden = law.descent.length === 0 && law.stepErrors.length === 0;
    if (law.descent.length) {
      byID('lab-second-title').textContent = tr('One-step error along mirror descent');
      byID('lab-second-says').textContent = tr('The standard deviation of the policy after k steps, which is the exact error of one step.');
      drawChart(picture('lab-second'), {
        series: [{ xs: law.descent.map((_, i) => i), ys: law.descent, colour: 'var(--action)' }], mark: this.lab.n, xName: tr('mirror-descent steps k'), yName: tr('one-step error'),
      });
    } else if (law.stepErrors.length) {
      const at = Array.from({ length: law.steps }, (_, k) => k / law.steps);
      byID('lab-second-title').textContent = tr('Where the bound is tight');
      byID('lab-second-says').textContent = law.steps === 1
        ? tr('One step from t = 0 to 1 adds exactly what the bound allows: the target’s standard deviation.')
        : tr('Of each Euler step: the error that it adds (solid) and the bound h √E Var(X₁ − X₀ | Xₜ) (dashed). Set K to 1 and they meet.');
      drawChart(picture('lab-second'), {
        series: [
          { xs: at, ys: at.map((_, k) => law.stepErrors[2 * k]), colour: 'var(--many)', dots: true, joined: true },
          { xs: at, ys: at.map((_, k) => law.stepErrors[2 * k + 1]), colour: 'var(--action)', dash: '6 4', dots: law.steps === 1 },
        ],
        xName: tr('t at the start of the step'), yName: tr('W₂ of one step'),
      });
    }
  }

  #tell() {
    const law = this.#law;
    const fit = this.#besideLaw;
    if (!law) return;
    const std = Math.sqrt(law.variance);
    const exact = law.rows.find((r) => r.k === law.steps);
    const section = byID('lab');
    section.dataset.target = this.lab.target;
    section.dataset.std = String(std);
    section.dataset.rows = JSON.stringify(law.rows);
    section.dataset.fit = fit ? JSON.stringify({ updates: fit.updates, done: fit.done, variant: fit.variant, rows: fit.rows }) : '';
    byID('lab-std').textContent = short(std);
    byID('lab-w2').textContent = short(exact?.w2);
    byID('lab-w2-name').textContent = tr`W₂ of ${law.steps === 1 ? tr('1 step') : tr`${law.steps} steps`}, exact field${law.dim === 2 ? tr`, ${law.samples} samples, lower bound` : ''}`;
    byID('lab-floor').textContent = short(law.floor);
    byID('lab-floor-name').textContent = tr`floor of the estimator, n = ${law.samples}`;
    progress('lab-progress').max = fit?.total ?? 1;
    progress('lab-progress').value = fit?.updates ?? 0;
    write(byID('lab-fit-says'), fit ? fitWords(fit, law, std) : '');
    write(byID('lab-fitted'), fit && !this.#training ? fitWords(fit, law, std) : '');
    [tr('exact field'), tr('network')].forEach((of, i) => write(all('.lab-w2-head')[i], `W₂${boundOf(law)}, ${of}`));
    const mine = new Map(fit?.rows.map((r) => [r.k, r]));
    byID('lab-table').replaceChildren(...law.rows.map((r) => {
      const cells = [String(r.k), short(r.w2), short(r.std), short(mine.get(r.k)?.w2), short(mine.get(r.k)?.std), short(mine.get(r.k)?.shift), short(mine.get(r.k)?.energy)];
      return make('tr', {}, ...cells.map((text, i) => (i ? make('td', {}, text) : make('th', { scope: 'row' }, text))));
    }));
  }
}

/**
 * lawOf names what an exact law and a network are of: the target and the source, whatever the number of steps.
 * @param {Record<string, any>} request
 */
const lawOf = (request) => JSON.stringify({ ...request, steps: 0 });

/**
 * boundOf says what a W₂ is where it is not known: in the plane √2 times the sliced distance.
 * @param {Law} law
 */
const boundOf = (law) => (law.dim === 2 ? tr(', lower bound') : '');

/**
 * @param {Fit} fit
 * @param {Law} law
 * @param {number} std of the target
 */
function fitWords(fit, law, std) {
  const one = fit.rows.find((r) => r.k === 1);
  const kept = (one?.std ?? NaN) / std;
  const name = fit.variant === 'meanflow' ? tr('MeanFlow') : tr('rectified flow');
  const does = kept < 0.3 ? tr('collapses almost to one point, the mean') : kept > 0.7 ? tr('keeps the target’s spread') : tr('keeps part of the target’s spread');
  return tr`After ${fit.updates.toLocaleString('en')} updates, one step of this ${name} ${does}: its standard deviation is ${short(one?.std)} where the target has ${short(std)}; W₂${boundOf(law)} ${short(one?.w2)}.`;
}

/**
 * table turns rows of a typed array into objects.
 * @param {Float64Array} x [rows*NumLabRow]
 * @returns {LabRow[]}
 */
function table(x) {
  const rows = [];
  for (let i = 0; i < x.length; i += NumLabRow) {
    rows.push({ k: x[i + LabRow.K], w2: x[i + LabRow.W2], std: x[i + LabRow.Std], energy: x[i + LabRow.Energy], shift: x[i + LabRow.Shift] });
  }
  return rows;
}

/**
 * @param {string} name
 * @param {{min: number, max: number, step: number, label: string}} range
 * @param {(value: number) => void} set
 */
function slider(name, { min, max, step, label }, set) {
  const range = make('input', { type: 'range', id: `lab-${name}`, min: String(min), max: String(max), step: String(step) });
  range.addEventListener('input', () => set(+range.value));
  return make('label', { id: `lab-row-${name}`, className: 'lab-slider' }, make('span', {}, label), range, make('span', { id: `lab-value-${name}`, className: 'value' }));
}

// The mirror lab: two paths of mirror descent on a problem that is small enough to be exact, side by side. The mathematics
// is in the lab's own worker, which is the headless program's; this is the page's part: the state, the controls, and what
// is drawn and said.

import { MirrorData, MirrorRow, NumMirrorRow, Type, floats, singles } from './protocol.js';
import { Refusal } from './client.js';
import { ProgramWorker } from './program.js';
import { AXES, CHOICES, FAILURES, LAYERS, MAPS, METHODS, PROBLEMS, choicesOf, initialMirror, mapOf, parseMirror, problemOf, settingsOf, textOfMirror } from './mirrorstate.js';
import { HIGH, WIDE, drawChart } from './labdraw.js';
import { cellAt, drawBars, drawGrid, drawLog, drawSimplex, lawAt, placesOf, short } from './mirrordraw.js';
import { savePNG, saveSVG } from './labfigure.js';
import { save } from './files.js';
import { button, byID, input, make, picture, select, write } from './dom.js';
import { cell, ended } from './words.js';

/**
 * MirrorPathInfo of the protocol.
 * @typedef {{column: number, problem: string, about: string, states: number, actions: number, gamma: number, terminal: number[], layout?: string[],
 *   cells?: [number, number][], settings: any, optimum: number, boundOn: string, note: string, iterations: number, frames: number[], seconds: number}} PathInfo
 */

/** @typedef {import('./mirrordraw.js').Path} Path */
/** @typedef {import('./mirrorstate.js').MirrorState} MirrorState */

const NAMES = /** @type {const} */ (['A', 'B']);
const COLOURS = ['var(--one)', 'var(--many)'];
const PLANNED = 2; // the column of policy iteration, which is drawn with both
const SIMPLEX = 3; // the first of the columns behind the simplex
/** @type {[string, string, any][]} */
const SIMPLEX_MAPS = [
  ['entropy', 'var(--action)', { kind: 'entropy' }], ['euclid', 'var(--noise)', { kind: 'euclid' }], ['Tsallis ½', 'var(--many)', { kind: 'tsallis', q: 0.5 }],
  ['Tsallis 1½', 'var(--one)', { kind: 'tsallis', q: 1.5 }], ['hyperbolic 0.1', 'var(--ink)', { kind: 'hyperbolic', b: 0.1 }],
];
const PLAY = 60; // ms a picture while k is played
const TOOLS = { '': 'look', '.': 'floor', '#': 'wall', X: 'cliff, −1', G: 'goal, +1', S: 'start', wind: 'wind of a column' };

/** Numbers of both columns: what each is called, its formula, and where it stands. @type {[string, string, number][]} */
const FIGURES = [
  ['value', 'ρ·V^k, the value from the start', MirrorRow.Value], ['gap in ρ', 'ρ·(V* − V^k)', MirrorRow.GapRho], ['largest gap', 'max over states of V* − V^k', MirrorRow.GapSup],
  ['bound', 'what the theorem promises for the gap that the sentence names', MirrorRow.Bound], ['entropy', 'mean over states of −Σ π log π, in nats', MirrorRow.Entropy],
  ['variance', 'mean over states of 1 − Σ π², the trace of the covariance of the one-hot action; on the wells, that of the action’s place', MirrorRow.Variance],
  ['move', 'max over states of D_h(π_{k+1}, π_k)', MirrorRow.Move], ['step η', 'the step taken from k', MirrorRow.Eta], ['potential', 'ν*·(V* − V^k) + (1/η + τ) ν*·KL(π*, π_k)', MirrorRow.Potential],
  ['state updates', 'states whose policy moved so far', MirrorRow.Updates], ['backups', 'of a state and action: S A h an iteration, A where one state moves', MirrorRow.Backups],
  ['evaluations', 'solutions of (I − γP)V = r so far', MirrorRow.Evaluations],
];

/** MirrorLab shows the lab while its place is open; its worker lives as long. */
export class MirrorLab {
  #store;
  #messages;
  #program;
  /** @type {ProgramWorker | null} */
  #worker = null;
  /** @type {Map<number, Path>} */
  #paths = new Map();
  /** @type {Map<number, string>} */
  #asked = new Map(); // what each column was asked for last
  /** @type {(Float64Array | null)[]} */
  #curves = [null, null]; // inv of the columns' maps
  /** @type {{n: number, values: Float64Array} | null} */
  #level = null; // of the distance of column A's map to the start
  #playing = false;
  #k = 0;
  #tool = '';
  #drawn = false; // a picture is due

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
      else if (changed.has('mirror') && this.#worker) this.#changed();
    });
    this.#openOrLeave();
  }

  /** @returns {MirrorState} */
  get lab() {
    return parseMirror(this.#store.state.mirror) ?? initialMirror();
  }

  /** @param {Partial<MirrorState>} patch */
  #set(patch) {
    this.#store.set({ mirror: textOfMirror({ ...this.lab, ...patch }) });
  }

  #openOrLeave() {
    if (this.#store.state.place !== 'mirror') {
      this.#play(false);
      this.#worker?.stop('the lab was left');
      this.#worker = null;
      this.#asked.clear();
      return;
    }
    this.#worker ??= this.#start();
    this.#changed();
  }

  #start() {
    const worker = new ProgramWorker('onestep mirror lab', this.#program.get(), (reason) => this.#lost(reason));
    worker.client.on(Type.WorkerError, ({ body }) => this.#messages.error(`The mirror lab stopped: ${ended(body.message)}`));
    worker.client.on(Type.MirrorProgress, ({ body }) => write(byID('mirror-problem'), `${NAMES[body.column] ?? 'Another path'}: ${body.k} of ${body.of} iterations.`));
    worker.client.on(Type.MirrorGeneration, ({ body }) => this.#learned(body));
    return worker;
  }

  /** @param {string} reason */
  #lost(reason) {
    this.#worker = null;
    this.#asked.clear();
    if (this.#store.state.place !== 'mirror') return;
    this.#messages.error(`The mirror lab’s worker stopped: ${ended(reason)}`, { text: 'Start it again', act: () => this.#openOrLeave() });
  }

  // ---- Controls.

  #build() {
    fill(select('mirror-problem-name'), PROBLEMS, (problem) => this.#set({ problem, start: [], state: 0, k: Math.min(this.lab.k, this.lab.n) }));
    fill(select('mirror-layer'), LAYERS, (layer) => this.#set({ layer }));
    fill(select('mirror-axis'), AXES, (axis) => this.#set({ axis }));
    fill(select('mirror-tool'), TOOLS, (tool) => { this.#tool = tool; });
    const n = input('mirror-n');
    n.addEventListener('change', () => this.#set({ n: Math.min(Math.max(Math.round(+n.value) || 60, 1), 5000) }));
    for (const [i, name] of NAMES.entries()) {
      const box = byID(`mirror-${'ab'[i]}`);
      for (const choice of Object.keys(CHOICES)) box.append(this.#control(i, name, choice));
      const svg = picture(`mirror-grid-${'ab'[i]}`);
      svg.addEventListener('click', (event) => this.#clicked(svg, event, i));
      svg.addEventListener('keydown', (event) => this.#walk(event, i));
    }
    const k = input('mirror-k');
    k.addEventListener('input', () => {
      this.#play(false);
      this.#set({ k: +k.value });
    });
    byID('mirror-play').addEventListener('click', () => this.#play(!this.#playing));
    byID('mirror-size').addEventListener('change', () => this.#resize(select('mirror-size').value));
    byID('mirror-learn').addEventListener('click', () => this.#learn());
    const simplex = picture('mirror-simplex');
    simplex.addEventListener('pointerdown', (event) => simplex.setPointerCapture(event.pointerId));
    simplex.addEventListener('pointermove', (event) => event.buttons && this.#set({ start: lawAt(simplex, event) }));
    simplex.addEventListener('click', (event) => this.#set({ start: lawAt(simplex, event) }));
    for (const svg of document.querySelectorAll('#mirror svg')) svg.setAttribute('viewBox', `0 0 ${WIDE} ${HIGH + 4}`);
    const figure = select('mirror-figure');
    byID('mirror-svg').addEventListener('click', () => saveSVG(picture(figure.value)));
    byID('mirror-png').addEventListener('click', () => savePNG(picture(figure.value)));
    byID('mirror-csv').addEventListener('click', () => this.#saveCSV());
    byID('mirror-failures').append(...FAILURES.map(({ title, says, link }) => {
      const a = make('a', { href: '#', textContent: title });
      a.addEventListener('click', (event) => {
        event.preventDefault();
        this.#play(false);
        this.#store.set({ mirror: link });
        byID('mirror').focus();
      });
      return make('li', {}, a, ` ${says}`);
    }));
    const states = byID('mirror-states-box');
    states.addEventListener('toggle', () => this.#redraw());
  }

  /**
   * @param {number} i of the column
   * @param {string} column
   * @param {string} name
   */
  #control(i, column, name) {
    const { label, tip, of, min = 0, max = 0, step = 1, log, start } = CHOICES[name];
    const id = `mirror-${'ab'[i]}-${name}`;
    const set = (/** @type {number | string} */ value) => {
      const columns = /** @type {MirrorState['columns']} */ (this.lab.columns.map((c, j) => (j === i ? { ...c, [name]: value } : c)));
      this.#set({ columns });
    };
    if (of) {
      const list = make('select', { id });
      fill(list, of, set);
      list.setAttribute('aria-label', `${label}, ${column}`);
      return make('label', { id: `${id}-row`, className: 'field', title: tip }, make('span', {}, label), list);
    }
    const range = make('input', { type: 'range', id, min: String(log ? Math.log10(min) : min), max: String(log ? Math.log10(max) : max), step: String(log ? 0.02 : step), value: String(start) });
    range.setAttribute('aria-label', `${label}, ${column}`);
    range.addEventListener('input', () => set(log ? +(10 ** +range.value).toPrecision(3) : +range.value));
    return make('label', { id: `${id}-row`, className: 'lab-slider', title: tip }, make('span', {}, label), range, make('span', { id: `${id}-value`, className: 'value' }));
  }

  /** @param {string} size rows x columns */
  #resize(size) {
    if (!size) return;
    const [rows, columns] = size.split('x').map(Number);
    const grid = Array.from({ length: rows }, () => '.'.repeat(columns));
    grid[rows - 1] = `S${'.'.repeat(columns - 2)}G`;
    select('mirror-size').value = '';
    this.#set({ problem: 'grid', grid, wind: Array(columns).fill(0), state: 0 });
  }

  /**
   * A click chooses a state, or with a tool changes the cell.
   * @param {SVGSVGElement} svg
   * @param {MouseEvent} event
   * @param {number} i
   */
  #clicked(svg, event, i) {
    const path = this.#paths.get(i);
    if (!path) return;
    const places = placesOf(path.info);
    const [row, column] = cellAt(svg, event, places);
    if (this.#tool && path.info.layout) {
      this.#paint(path.info.layout, row, column);
      return;
    }
    const state = places.at.findIndex(([r, c]) => r === row && c === column);
    if (state >= 0) this.#set({ state });
  }

  /**
   * @param {string[]} layout
   * @param {number} row
   * @param {number} column
   */
  #paint(layout, row, column) {
    if (row >= layout.length || row < 0 || column < 0 || column >= layout[0].length) return;
    const wind = this.#windOf(layout);
    const grid = [...layout];
    if (this.#tool === 'wind') wind[column] = wind[column] >= 0.6 ? 0 : +(wind[column] + 0.2).toFixed(1);
    else grid[row] = grid[row].slice(0, column) + this.#tool + grid[row].slice(column + 1);
    this.#set({ problem: 'grid', grid, wind, state: 0 });
  }

  /** @param {string[]} layout */
  #windOf(layout) {
    const { wind } = this.lab;
    return wind.length === layout[0].length ? [...wind] : Array(layout[0].length).fill(0);
  }

  /**
   * The arrow keys walk over the cells.
   * @param {KeyboardEvent} event
   * @param {number} i
   */
  #walk(event, i) {
    const move = { ArrowUp: [-1, 0], ArrowRight: [0, 1], ArrowDown: [1, 0], ArrowLeft: [0, -1] }[event.key];
    const path = this.#paths.get(i);
    if (!move || !path) return;
    event.preventDefault();
    const { at } = placesOf(path.info);
    const [row, column] = at[this.lab.state] ?? at[0];
    let state = at.findIndex(([r, c]) => r === row + move[0] && c === column + move[1]);
    if (state < 0) state = at.findIndex(([r, c]) => r === row + 2 * move[0] && c === column + 2 * move[1]); // over a wall
    if (state >= 0) this.#set({ state });
  }

  // ---- The worker.

  #changed() {
    const lab = this.lab;
    this.#k = Math.min(lab.k, lab.n);
    select('mirror-problem-name').value = lab.problem;
    select('mirror-layer').value = lab.layer;
    select('mirror-axis').value = lab.axis;
    input('mirror-n').value = String(lab.n);
    input('mirror-k').max = String(lab.n);
    lab.columns.forEach((c, i) => {
      const shown = choicesOf(c);
      for (const [name, { of, log }] of Object.entries(CHOICES)) {
        const id = `mirror-${'ab'[i]}-${name}`;
        byID(`${id}-row`).hidden = !shown.includes(name);
        if (of) select(id).value = String(c[name]);
        else {
          input(id).value = String(log ? Math.log10(+c[name]) : c[name]);
          write(byID(`${id}-value`), String(c[name]));
        }
      }
    });
    const problem = problemOf(lab);
    lab.columns.forEach((c, i) => this.#follow(i, problem, settingsOf(c, lab)));
    const { start } = settingsOf({ ...lab.columns[0], method: 'h-pi' }, lab);
    this.#follow(PLANNED, problem, { method: 'h-pi', iterations: Math.min(lab.n, 100), ...start && { start } });
    byID('mirror-simplex-card').hidden = lab.problem !== 'threearm';
    if (lab.problem === 'threearm') {
      SIMPLEX_MAPS.forEach(([, , map], j) => this.#follow(SIMPLEX + j, problem, { method: 'pmd', map, step: { kind: 'constant', eta: 0.5 }, iterations: Math.min(lab.n, 60), ...start && { start } }));
    }
    this.#askCurves(lab);
    this.#redraw();
  }

  /**
   * @param {number} column
   * @param {object} problem
   * @param {object} settings
   */
  async #follow(column, problem, settings) {
    const request = { column, ...problem, settings };
    const text = JSON.stringify(request);
    if (this.#asked.get(column) === text || !this.#worker) return;
    this.#asked.set(column, text);
    try {
      const { body, data } = await this.#worker.request(Type.MirrorFollow, request);
      if (this.#asked.get(column) !== text) return;
      this.#paths.set(column, {
        info: body, rows: floats(data[MirrorData.Rows]), v: singles(data[MirrorData.V]), pi: singles(data[MirrorData.Pi]), q: singles(data[MirrorData.Q]),
        visits: singles(data[MirrorData.Visits]), best: singles(data[MirrorData.Best]),
      });
      write(byID('mirror-problem'), '');
    } catch (error) {
      if (this.#asked.get(column) !== text) return; // outdated
      if (column < 2) this.#paths.delete(column);
      if (error instanceof Refusal && column < 2) write(byID('mirror-problem'), `${NAMES[column]} is not followed: ${ended(error.message)}`);
    }
    this.#redraw();
  }

  /** @param {MirrorState} lab */
  #askCurves(lab) {
    const start = lab.problem === 'threearm' && lab.start.length === 3 ? (settingsOf(lab.columns[0], lab).start?.[0] ?? [1 / 3, 1 / 3, 1 / 3]) : [1 / 3, 1 / 3, 1 / 3];
    lab.columns.forEach(async (c, i) => {
      const request = { map: mapOf(choicesOf(c).includes('map') ? c : { ...c, map: 'entropy' }), start };
      const text = JSON.stringify(request);
      if (this.#asked.get(-1 - i) === text || !this.#worker) return;
      this.#asked.set(-1 - i, text);
      try {
        const { body, data } = await this.#worker.request(Type.MirrorMap, request);
        if (this.#asked.get(-1 - i) !== text) return;
        this.#curves[i] = floats(data[0]);
        if (i === 0) this.#level = { n: body.lattice, values: floats(data[1]) };
      } catch {
        this.#curves[i] = null; // what is wrong with the map is said of its path
      }
      this.#redraw();
    });
  }

  async #learn() {
    const learn = button('mirror-learn');
    learn.disabled = true;
    write(byID('mirror-learned'), 'The first generation is under way.');
    try {
      const { body } = await /** @type {ProgramWorker} */ (this.#worker).request(Type.MirrorLearn, { seed: this.lab.seed });
      drawBars(picture('mirror-bars'), body.bars);
      picture('mirror-bars').removeAttribute('hidden');
      const best = [...body.bars].sort((p, q) => p.shortfall - q.shortfall)[0];
      write(byID('mirror-learned'), `On 48 grids that no map has seen, the least is missing with: ${best.name}. The learned map must be held against a rival whose step was tuned too.`);
    } catch (error) {
      write(byID('mirror-learned'), `No map was learned: ${ended(/** @type {Error} */ (error).message)}`);
    }
    learn.disabled = false;
  }

  /** @param {{generation: number, of: number, w: number[], shortfall: number}} g */
  #learned({ generation, of, w, shortfall }) {
    write(byID('mirror-learned'), `Generation ${generation} of ${of}: ${shortfall.toFixed(3)} of V* is missing on average. Column A shows the map.`);
    const [a, b] = this.lab.columns;
    const weights = Object.fromEntries(w.map((v, i) => [`w${i}`, Math.min(2, +v.toFixed(4))]));
    this.#set({ columns: [{ ...a, method: 'h-pmd', map: 'mixed', ...weights }, b] });
  }

  // ---- What is seen.

  /** @param {boolean} on */
  #play(on) {
    if (on === this.#playing) return;
    this.#playing = on;
    write(byID('mirror-play'), on ? 'Stop k' : 'Play k');
    if (!on) {
      if (this.#store.state.place === 'mirror') this.#set({ k: this.#k });
      return;
    }
    if (this.#k >= this.lab.n) this.#k = 0;
    let last = performance.now();
    const tick = (/** @type {number} */ now) => {
      if (!this.#playing) return;
      if (now - last >= PLAY) {
        last = now;
        const { n } = this.lab;
        this.#k = Math.min(this.#k + Math.max(1, Math.round(n / 150)), n);
        this.#redraw();
        if (this.#k >= n) this.#play(false);
      }
      requestAnimationFrame(tick);
    };
    requestAnimationFrame(tick);
  }

  #redraw() {
    if (this.#drawn) return;
    this.#drawn = true;
    requestAnimationFrame(() => {
      this.#drawn = false;
      if (this.#store.state.place === 'mirror') this.#draw();
    });
  }

  #draw() {
    const lab = this.lab;
    input('mirror-k').value = String(this.#k);
    write(byID('mirror-k-value'), String(this.#k));
    const section = byID('mirror');
    section.dataset.columns = JSON.stringify([0, 1].map((i) => this.#row(i)));
    for (const i of [0, 1]) {
      const path = this.#paths.get(i);
      const svg = picture(`mirror-grid-${'ab'[i]}`);
      if (path) drawGrid(svg, path, frameOf(path, this.#k), lab.layer, lab.state, path.info.layout ? (lab.problem === 'cliff' ? [0, 0, 0, 0.2, 0.2, 0.2, 0, 0] : lab.wind) : []);
      else svg.replaceChildren();
      write(byID(`mirror-title-${'ab'[i]}`), `${NAMES[i]}: ${nameOf(lab, i)}`);
    }
    this.#drawCharts(lab);
    this.#tell(lab);
  }

  /** @param {number} i @returns {Record<string, number> | null} */
  #row(i) {
    const path = this.#paths.get(i);
    if (!path || this.#k > path.info.iterations) return null;
    return Object.fromEntries(Object.entries(MirrorRow).map(([name, c]) => [name, path.rows[this.#k * NumMirrorRow + c]]));
  }

  /** @param {MirrorState} lab */
  #drawCharts(lab) {
    const axis = { k: MirrorRow.K, u: MirrorRow.Updates, b: MirrorRow.Backups }[lab.axis] ?? MirrorRow.K;
    const series = [];
    for (const i of [0, 1, PLANNED]) {
      const path = this.#paths.get(i);
      if (!path) continue;
      const xs = column(path, axis);
      const colour = COLOURS[i] ?? 'var(--muted)';
      const soft = path.info.boundOn === 'potential' || path.info.boundOn === 'gapSup' ? (path.info.boundOn === 'gapSup' ? MirrorRow.GapSup : MirrorRow.Potential) : MirrorRow.GapRho;
      series.push({ xs, ys: column(path, i === PLANNED ? MirrorRow.GapRho : soft), colour, dash: i === PLANNED ? '2 3' : undefined, title: i === PLANNED ? 'policy iteration' : `${NAMES[i]}, measured` });
      if (i !== PLANNED && path.info.boundOn) series.push({ xs, ys: column(path, MirrorRow.Bound), colour, dash: '7 4', title: `bound of ${NAMES[i]}` });
    }
    if (series.length) drawLog(picture('mirror-gap'), { series, mark: lab.axis === 'k' ? this.#k : undefined, xName: AXES[/** @type {'k'} */ (lab.axis)], yName: 'V* − V' });
    const bridges = [0, 1].flatMap((i) => {
      const path = this.#paths.get(i);
      if (!path) return [];
      const xs = column(path, MirrorRow.K);
      const line = [{ xs, ys: column(path, MirrorRow.Variance), colour: COLOURS[i] }, { xs, ys: column(path, MirrorRow.Entropy), colour: COLOURS[i], dash: '2 3' }];
      if (path.info.problem.startsWith('doublewell')) line.push({ xs, ys: column(path, MirrorRow.Variance).map(Math.sqrt), colour: COLOURS[i], dash: '7 4' });
      return line;
    });
    if (bridges.length) drawChart(picture('mirror-bridge'), { series: bridges, mark: this.#k, xName: 'iterations k', yName: 'variance, entropy' });
    const maps = this.#curves.flatMap((inv, i) => (inv ? [{ xs: Array.from(inv, (_, j) => (j + 1) / inv.length), ys: Array.from(inv, (v) => v - inv[0]), colour: COLOURS[i] }] : []));
    if (maps.length) drawChart(picture('mirror-map'), { series: maps, xName: 'p', yName: 'inv(p) − inv(0.01)' });
    if (lab.problem === 'threearm') {
      const paths = SIMPLEX_MAPS.flatMap(([name, colour], j) => {
        const path = this.#paths.get(SIMPLEX + j);
        return path?.info.actions === 3 ? [{ name, colour, points: path.info.frames.filter((k) => k <= Math.max(this.#k, 1)).map((_, f) => Array.from(path.pi.subarray(3 * f, 3 * f + 3))) }] : [];
      });
      drawSimplex(picture('mirror-simplex'), { paths, level: this.#level, start: lab.start.length === 3 ? lab.start : [1 / 3, 1 / 3, 1 / 3] });
    }
  }

  /** @param {MirrorState} lab */
  #tell(lab) {
    write(byID('mirror-says'), [0, 1].map((i) => this.#sentence(i)).join(' '));
    const rows = [0, 1].map((i) => this.#paths.get(i));
    byID('mirror-numbers').replaceChildren(...FIGURES.map(([name, formula, c]) => make('tr', { title: formula },
      make('th', { scope: 'row', textContent: name }), ...rows.map((path) => make('td', { textContent: path && this.#k <= path.info.iterations ? short(path.rows[this.#k * NumMirrorRow + c]) : '–', title: formula })))));
    this.#tellState(lab);
    if (byID('mirror-states-box').hasAttribute('open')) this.#tellStates();
  }

  /** @param {number} i */
  #sentence(i) {
    const path = this.#paths.get(i);
    if (!path) return `${NAMES[i]} has no path yet.`;
    const k = Math.min(this.#k, path.info.iterations);
    const at = (/** @type {number} */ j, /** @type {number} */ c) => path.rows[j * NumMirrorRow + c];
    const share = at(k, MirrorRow.GapRho) / at(0, MirrorRow.GapRho);
    const fell = k > 0 && at(k, MirrorRow.Value) < at(k - 1, MirrorRow.Value) - 1e-9 ? ', and the last step made it worse' : '';
    const { boundOn, note } = path.info;
    const what = new Map([['gapRho', MirrorRow.GapRho], ['gapSup', MirrorRow.GapSup], ['potential', MirrorRow.Potential]]).get(boundOn);
    const first = what === undefined ? NaN : at(0, what);
    const promise = what === undefined ? ` The theorem is silent: ${note}.`
      : at(k, MirrorRow.Bound) >= first ? ' Its bound is still above where it began, so the theorem promises nothing yet.'
        : ` The theorem promises at most ${short(at(k, MirrorRow.Bound))} for the ${{ gapRho: 'gap in ρ', gapSup: 'largest gap', potential: 'potential' }[boundOn]}, which is ${short(at(k, what))}.`;
    return `After ${k} iterations ${NAMES[i]} still lacks ${share < 1e-9 ? 'nothing' : `${short(100 * share)} % of what it lacked at the start`}${fell}.${promise}`;
  }

  /** @param {MirrorState} lab */
  #tellState(lab) {
    const some = this.#paths.get(0) ?? this.#paths.get(1);
    if (!some) return;
    const { cells, actions, layout, states } = some.info;
    const state = lab.state < states ? lab.state : 0;
    write(byID('mirror-state'), cells?.[state] ? `Row ${cells[state][0] + 1}, column ${cells[state][1] + 1}` : `number ${state}`);
    const most = Math.min(actions, 12);
    byID('mirror-actions').replaceChildren(...Array.from({ length: most }, (_, a) => {
      const cells = [0, 1].flatMap((i) => {
        const path = this.#paths.get(i);
        if (!path) return ['–', '–', '–'];
        const j = (frameOf(path, this.#k) * path.info.states + state) * actions + a;
        const star = path.best[path.info.states + state * actions + a];
        return [short(path.pi[j]), short(path.q[j]), star > 0 ? short(Math.log(star / path.pi[j])) : '–'];
      });
      return make('tr', {}, make('th', { scope: 'row', textContent: actionName(a, layout) }), ...cells.map((textContent) => make('td', { textContent })));
    }));
  }

  // The table of states is the grid for those who do not see it.
  #tellStates() {
    const some = this.#paths.get(0) ?? this.#paths.get(1);
    if (!some) return;
    const { info } = some;
    const { at } = placesOf(info);
    byID('mirror-states').replaceChildren(...Array.from({ length: info.states }, (_, s) => {
      const numbers = [0, 1].flatMap((i) => {
        const path = this.#paths.get(i);
        if (!path) return ['–', '–'];
        const f = frameOf(path, this.#k);
        const row = path.pi.subarray((f * info.states + s) * info.actions, (f * info.states + s + 1) * info.actions);
        const best = row.indexOf(Math.max(...row));
        return [short(path.v[f * info.states + s]), info.terminal.includes(s) ? 'end' : `${actionName(best, info.layout)}, ${Math.round(100 * row[best])} %`];
      });
      const choose = make('button', { type: 'button', className: 'quiet', textContent: at[s] && info.layout ? `${at[s][0] + 1}, ${at[s][1] + 1}` : String(s) });
      choose.setAttribute('aria-pressed', String(s === this.lab.state));
      choose.addEventListener('click', () => this.#set({ state: s }));
      return make('tr', {}, make('th', { scope: 'row' }, choose), ...numbers.map((textContent) => make('td', { textContent })));
    }));
  }

  #saveCSV() {
    const names = Object.keys(MirrorRow);
    const lines = [['column', ...names].join(',')];
    for (const i of [0, 1]) {
      const path = this.#paths.get(i);
      for (let r = 0; path && r < path.rows.length; r += NumMirrorRow) lines.push([NAMES[i], ...path.rows.subarray(r, r + NumMirrorRow)].map(cell).join(','));
    }
    save(`${lines.join('\n')}\n`, 'onestep-mirror.csv');
  }
}

/** @param {Path} path @param {number} c */
const column = (path, c) => Array.from({ length: path.info.iterations + 1 }, (_, k) => path.rows[k * NumMirrorRow + c]);

/**
 * frameOf is the last frame at or before iteration k.
 * @param {Path} path
 * @param {number} k
 */
function frameOf({ info: { frames } }, k) {
  let f = frames.length - 1;
  while (f > 0 && frames[f] > k) f--;
  return f;
}

/** @param {number} a @param {string[]} [layout] */
const actionName = (a, layout) => (layout ? ['up', 'right', 'down', 'left'][a] : `action ${a}`);

/** @param {MirrorState} lab @param {number} i */
function nameOf(lab, i) {
  const c = lab.columns[i];
  /** @type {string[]} */
  const parts = [METHODS[/** @type {'h-pi'} */ (c.method)]];
  for (const name of choicesOf(c).slice(1)) {
    if (name === 'map') parts.push(MAPS[/** @type {'entropy'} */ (c.map)]);
    else if (name === 'rule') parts.push(`${c.rule} step`);
    else if (!name.startsWith('w') && !(name === 'noise' && c.noise === 0) && !(name === 'h' && c.h === 1)) parts.push(`${CHOICES[name].label.replace(/^.* /, '')} = ${c[name]}`);
  }
  return parts.filter(Boolean).join(', ');
}

/**
 * @param {HTMLSelectElement} list
 * @param {Readonly<Record<string, string>>} of
 * @param {(value: string) => void} set
 */
function fill(list, of, set) {
  for (const [value, words] of Object.entries(of)) list.append(new Option(words, value));
  list.addEventListener('change', () => set(list.value));
}

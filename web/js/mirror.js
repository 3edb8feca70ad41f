// The mirror lab: two paths of mirror descent on a problem that is small enough to be exact, side by side. The mathematics
// is in the lab's own worker, which is the headless program's; this is the page's part: the state, the controls, and what
// is drawn and said.

import { tr } from './language.js';
import { MirrorData, MirrorRow, NumMirrorRow, Type, floats, singles } from './protocol.js';
import { Refusal } from './client.js';
import { ProgramWorker } from './program.js';
import { AXES, FAILURES, choicesOf, initialMirror, mapOf, parseMirror, problemOf, settingsOf, textOfMirror } from './mirrorstate.js';
import { HIGH, WIDE, drawChart } from './labdraw.js';
import { drawBars, drawGrid, drawLog, drawSimplex, lawAt, movedLaw, short } from './mirrordraw.js';
import { buildControls, showControls } from './mirrorcontrols.js';
import { GridHand } from './mirrorgrid.js';
import { MOST_WEIGHT, MapHand } from './mirrormaps.js';
import { LiveScatter } from './mirrorlive.js';
import { drags } from './drag.js';
import { agent } from './agents.js';
import { taskTitle } from './recovery.js';
import { NAMES, buildWords, frameOf, nameOf, tell } from './mirrorwords.js';
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

const COLOURS = ['var(--one)', 'var(--many)'];
const PLANNED = 2; // the column of policy iteration, which is drawn with both
const SIMPLEX = 3; // the first of the columns behind the simplex
/** @type {[string, string, any][]} */
const SIMPLEX_MAPS = [
  [tr('entropy'), 'var(--action)', { kind: 'entropy' }], [tr('euclid'), 'var(--noise)', { kind: 'euclid' }], [tr('Tsallis ½'), 'var(--many)', { kind: 'tsallis', q: 0.5 }],
  [tr('Tsallis 1½'), 'var(--one)', { kind: 'tsallis', q: 1.5 }], [tr('hyperbolic 0.1'), 'var(--ink)', { kind: 'hyperbolic', b: 0.1 }],
];
const PLAY = 60; // ms a picture while k is played

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
  /** @type {GridHand | null} */
  #hand = null;
  /** @type {MapHand | null} */
  #maps = null;
  #drawn = false; // a picture is due
  #live;

  /**
   * @param {import('./program.js').Programs} program
   * @param {import('./state.js').Store} store
   * @param {import('./messages.js').Messages} messages
   * @param {import('./stageclient.js').Stage} stage
   * @param {import('./weights.js').Weights} weights of the playground
   */
  constructor(program, store, messages, stage, weights) {
    this.#program = program;
    this.#store = store;
    this.#messages = messages;
    this.#live = new LiveScatter(stage, picture('mirror-live'), () => tr`${agent(weights.shown?.info.algorithm)?.title ?? tr('the policy')} on ${taskTitle(store.state.task)}`);
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
    this.#live.watch(this.#store.state.place === 'mirror');
    if (this.#store.state.place !== 'mirror') {
      this.#play(false);
      this.#worker?.stop(tr('the lab was left'));
      this.#worker = null;
      this.#asked.clear();
      return;
    }
    this.#worker ??= this.#start();
    this.#changed();
  }

  #start() {
    const worker = new ProgramWorker('onestep mirror lab', this.#program.get(), (reason) => this.#lost(reason));
    worker.client.on(Type.WorkerError, ({ body }) => this.#messages.error(tr`The mirror lab stopped: ${ended(body.message)}`));
    worker.client.on(Type.MirrorProgress, ({ body }) => write(byID('mirror-problem'), tr`${NAMES[body.column] ?? tr('Another path')}: ${body.k} of ${body.of} iterations.`));
    worker.client.on(Type.MirrorGeneration, ({ body }) => this.#learned(body));
    return worker;
  }

  /** @param {string} reason */
  #lost(reason) {
    this.#worker = null;
    this.#asked.clear();
    if (this.#store.state.place !== 'mirror') return;
    this.#messages.error(tr`The mirror lab’s worker stopped: ${ended(reason)}`, { text: tr('Start it again'), act: () => this.#openOrLeave() });
  }

  // ---- Controls.

  #build() {
    const set = (/** @type {Partial<MirrorState>} */ patch) => this.#set(patch);
    buildWords();
    this.#hand = new GridHand((i) => this.#paths.get(i), () => this.lab, (patch) => {
      this.#set(patch);
      this.#redraw();
    });
    const keep = () => {
      const { mirror } = this.#store.state;
      return () => this.#store.set({ mirror });
    };
    this.#maps = new MapHand(picture('mirror-map'), (i, w) => this.#mix(i, w), keep);
    buildControls(() => this.lab, set, (tool) => this.#hand?.take(tool));
    const k = input('mirror-k');
    k.addEventListener('input', () => {
      this.#play(false);
      this.#set({ k: +k.value });
    });
    byID('mirror-play').addEventListener('click', () => this.#play(!this.#playing));
    byID('mirror-learn').addEventListener('click', () => this.#learn());
    const simplex = picture('mirror-simplex');
    const startAt = (/** @type {PointerEvent} */ event) => this.#set({ start: lawAt(simplex, event).law });
    drags(simplex, (event) => {
      if (lawAt(simplex, event).outside > 0.05) return null;
      const back = keep();
      startAt(event);
      return back;
    }, startAt);
    simplex.addEventListener('keydown', (event) => {
      const start = movedLaw(this.lab.start.length === 3 ? this.lab.start : [1 / 3, 1 / 3, 1 / 3], event.key);
      if (!start) return;
      event.preventDefault();
      this.#set({ start });
    });
    for (const svg of document.querySelectorAll('#mirror svg')) svg.setAttribute('viewBox', `0 0 ${WIDE} ${HIGH + 4}`);
    const figure = select('mirror-figure');
    byID('mirror-svg').addEventListener('click', () => saveSVG(picture(figure.value)));
    byID('mirror-png').addEventListener('click', () => savePNG(picture(figure.value)));
    byID('mirror-csv').addEventListener('click', () => this.#saveCSV());
    byID('mirror-failures').append(...FAILURES.map(({ title, says, link, playground }) => {
      const a = make('a', { href: playground ?? '#', textContent: title });
      if (link) a.addEventListener('click', (event) => {
        event.preventDefault();
        this.#play(false);
        this.#store.set({ mirror: link });
        byID('mirror').focus();
      });
      return make('li', {}, a, ` ${says}`);
    }));
    byID('mirror-states-box').addEventListener('toggle', () => this.#redraw());
  }

  /**
   * mix gives a column a mixed map.
   * @param {number} i
   * @param {number[]} w
   */
  #mix(i, w) {
    const weights = Object.fromEntries(w.map((v, j) => [`w${j}`, Math.min(MOST_WEIGHT, +v.toFixed(4))]));
    this.#set({ columns: /** @type {MirrorState['columns']} */ (this.lab.columns.map((c, j) => (j === i ? { ...c, map: 'mixed', ...weights } : c))) });
  }

  // ---- The worker.

  #changed() {
    const lab = this.lab;
    this.#k = Math.min(lab.k, lab.n);
    showControls(lab);
    const problem = problemOf(lab);
    lab.columns.forEach((c, i) => this.#follow(i, problem, settingsOf(c, lab)));
    const { start } = settingsOf({ ...lab.columns[0], method: 'h-pi' }, lab);
    this.#follow(PLANNED, problem, { method: 'h-pi', iterations: Math.min(lab.n, 100), ...start && { start } });
    byID('mirror-simplex-card').hidden = lab.problem !== 'threearm';
    if (lab.problem === 'threearm') {
      SIMPLEX_MAPS.forEach(([, , map], j) => this.#follow(SIMPLEX + j, problem, { method: 'pmd', map, step: { kind: 'constant', eta: 0.5 }, iterations: Math.min(lab.n, 60), ...lab.equal && { equalFirstStep: true }, ...start && { start } }));
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
        info: body, problem: JSON.stringify(problem), rows: floats(data[MirrorData.Rows]), v: singles(data[MirrorData.V]), pi: singles(data[MirrorData.Pi]), q: singles(data[MirrorData.Q]),
        visits: singles(data[MirrorData.Visits]), best: singles(data[MirrorData.Best]),
      });
      write(byID('mirror-problem'), '');
    } catch (error) {
      if (this.#asked.get(column) !== text) return; // outdated
      if (column < 2) this.#paths.delete(column);
      if (error instanceof Refusal && column < 2) write(byID('mirror-problem'), tr`${NAMES[column]} is not followed: ${ended(error.message)}`);
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
    write(byID('mirror-learned'), tr('The first generation is under way.'));
    try {
      const { body } = await /** @type {ProgramWorker} */ (this.#worker).request(Type.MirrorLearn, { seed: this.lab.seed });
      drawBars(picture('mirror-bars'), body.bars);
      picture('mirror-bars').removeAttribute('hidden');
      byID('mirror-bars-says').hidden = false;
      const best = [...body.bars].sort((p, q) => p.shortfall - q.shortfall)[0];
      write(byID('mirror-learned'), tr`On 48 grids that no map has seen, the least is missing with: ${best.name}. The learned map must be held against a rival whose step was tuned too.`);
    } catch (error) {
      write(byID('mirror-learned'), tr`No map was learned: ${ended(/** @type {Error} */ (error).message)}`);
    }
    learn.disabled = false;
  }

  /** @param {{generation: number, of: number, w: number[], shortfall: number}} g */
  #learned({ generation, of, w, shortfall }) {
    write(byID('mirror-learned'), tr`Generation ${generation} of ${of}: ${shortfall.toFixed(3)} of V* is missing on average. Column A shows the map.`);
    const [a, b] = this.lab.columns;
    if (a.method !== 'h-pmd') this.#set({ columns: [{ ...a, method: 'h-pmd' }, b] });
    this.#mix(0, w);
  }

  // ---- What is seen.

  /** @param {boolean} on */
  #play(on) {
    if (on === this.#playing) return;
    this.#playing = on;
    write(byID('mirror-play'), on ? tr('Stop k') : tr('Play k'));
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

  /**
   * current are the paths of the problem that is chosen; those of the one before are drawn faintly until theirs come.
   * @param {MirrorState} lab
   */
  #current(lab) {
    const problem = JSON.stringify(problemOf(lab));
    return new Map([...this.#paths].filter(([, path]) => path.problem === problem));
  }

  #draw() {
    const lab = this.lab;
    const paths = this.#current(lab);
    input('mirror-k').value = String(this.#k);
    write(byID('mirror-k-value'), String(this.#k));
    const section = byID('mirror');
    section.dataset.columns = JSON.stringify([0, 1].map((i) => this.#row(paths.get(i))));
    for (const i of [0, 1]) {
      const path = this.#paths.get(i);
      const svg = picture(`mirror-grid-${'ab'[i]}`);
      svg.classList.toggle('stale', !paths.has(i));
      if (path) drawGrid(svg, path, frameOf(path, this.#k), lab.layer, this.#hand?.cursor ?? lab.state, ...this.#ground(lab, path));
      else svg.replaceChildren();
      write(byID(`mirror-title-${'ab'[i]}`), `${NAMES[i]}: ${nameOf(lab, i)}`);
    }
    if ([0, 1].some((i) => this.#paths.has(i) && !paths.has(i))) return; // words and charts stay for so long, and the page with them
    this.#drawCharts(lab, paths);
    if (!this.#playing || this.#k % 4 === 0) tell(paths, lab, this.#k, (state) => this.#set({ state }));
  }

  /**
   * ground is the layout, the wind and the reward of a goal under the states.
   * @param {MirrorState} lab
   * @param {Path} path
   * @returns {[string[], number[], number]}
   */
  #ground(lab, { info: { layout } }) {
    if (!layout) return [[], [], 1];
    const drawn = lab.problem === 'grid' && lab.grid.length === layout.length && lab.grid[0].length === layout[0].length;
    return lab.problem === 'cliff' ? [layout, [0, 0, 0, 0.2, 0.2, 0.2, 0, 0], 1] : [drawn ? lab.grid : layout, lab.wind, lab.goal];
  }

  /** @param {Path | undefined} path @returns {Record<string, number> | null} */
  #row(path) {
    if (!path || this.#k > path.info.iterations) return null;
    return Object.fromEntries(Object.entries(MirrorRow).map(([name, c]) => [name, path.rows[this.#k * NumMirrorRow + c]]));
  }

  /**
   * @param {MirrorState} lab
   * @param {Map<number, Path>} paths
   */
  #drawCharts(lab, paths) {
    const axis = { k: MirrorRow.K, u: MirrorRow.Updates, b: MirrorRow.Backups }[lab.axis] ?? MirrorRow.K;
    const series = [];
    for (const i of [0, 1, PLANNED]) {
      const path = paths.get(i);
      if (!path) continue;
      const xs = column(path, axis);
      const colour = COLOURS[i] ?? 'var(--muted)';
      const soft = path.info.boundOn === 'potential' || path.info.boundOn === 'gapSup' ? (path.info.boundOn === 'gapSup' ? MirrorRow.GapSup : MirrorRow.Potential) : MirrorRow.GapRho;
      series.push({ xs, ys: column(path, i === PLANNED ? MirrorRow.GapRho : soft), colour, dash: i === PLANNED ? '2 3' : undefined, title: i === PLANNED ? tr('policy iteration') : tr`${NAMES[i]}, measured` });
      if (i !== PLANNED && path.info.boundOn) series.push({ xs, ys: column(path, MirrorRow.Bound), colour, dash: '7 4', title: tr`bound of ${NAMES[i]}` });
    }
    if (series.length) drawLog(picture('mirror-gap'), { series, mark: lab.axis === 'k' ? this.#k : undefined, xName: AXES[/** @type {'k'} */ (lab.axis)], yName: 'V* − V' });
    const bridges = [0, 1].flatMap((i) => {
      const path = paths.get(i);
      if (!path) return [];
      const xs = column(path, MirrorRow.K);
      const line = [
        { xs, ys: column(path, MirrorRow.Variance), colour: COLOURS[i], titles: [tr`variance of ${NAMES[i]}`] },
        { xs, ys: column(path, MirrorRow.Entropy), colour: COLOURS[i], dash: '2 3', titles: [tr`entropy of ${NAMES[i]}: mean over states of −Σ π log π, nats`] },
      ];
      if (path.info.problem.startsWith('doublewell')) line.push({ xs, ys: column(path, MirrorRow.Variance).map(Math.sqrt), colour: COLOURS[i], dash: '7 4', titles: [tr`one-step error of ${NAMES[i]}, W₂ = √variance`] });
      return line;
    });
    if (bridges.length) drawChart(picture('mirror-bridge'), { series: bridges, mark: this.#k, xName: tr('iterations k'), yName: tr('variance, entropy') });
    this.#maps?.draw(this.#curves.map((inv, i) => (inv && choicesOf(lab.columns[i]).includes('map')
      ? { ps: Array.from(inv, (_, j) => (j + 1) / inv.length), cs: Array.from(inv, (v) => v - inv[0]), colour: COLOURS[i], name: NAMES[i] } : null)), lab.lying === 1);
    this.#drawScatter(paths);
    if (lab.problem === 'threearm') {
      const ways = SIMPLEX_MAPS.flatMap(([name, colour], j) => {
        const path = paths.get(SIMPLEX + j);
        return path?.info.actions === 3 ? [{ name, colour, points: path.info.frames.filter((k) => k <= Math.max(this.#k, 1)).map((_, f) => Array.from(path.pi.subarray(3 * f, 3 * f + 3))) }] : [];
      });
      drawSimplex(picture('mirror-simplex'), { paths: ways, level: this.#level, start: lab.start.length === 3 ? lab.start : [1 / 3, 1 / 3, 1 / 3] });
    }
  }

  /**
   * The dots are states: the policy's variance there against the error of one step, which for the exact field is its root.
   * @param {Map<number, Path>} paths
   */
  #drawScatter(paths) {
    const curve = Array.from({ length: 60 }, (_, j) => j / 59);
    const dots = [0, 1].flatMap((i) => {
      const path = paths.get(i);
      if (!path) return [];
      const xs = variancesAt(path, frameOf(path, this.#k), column(path, MirrorRow.Variance).slice(0, this.#k + 1));
      return [{ xs, ys: xs.map(Math.sqrt), colour: COLOURS[i], dots: true, titles: xs.map((v) => tr`${NAMES[i]}: Var(a|s) = 1 − Σ π² = ${short(v)}, W₂ = √Var = ${short(Math.sqrt(v))}`) }];
    });
    const most = Math.max(0.05, ...dots.flatMap(({ xs }) => xs));
    const xs = curve.map((x) => x * most);
    drawChart(picture('mirror-scatter'), { series: [{ xs, ys: xs.map(Math.sqrt), colour: 'var(--muted)', dash: '7 4' }, ...dots], xMost: most, xName: tr('variance Var(a|s)'), yName: tr('one-step error W₂') });
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
 * variancesAt are the variances 1 - sum pi^2 of the live states, of at most 400; the wells have one state, whose way it is.
 * @param {Path} path
 * @param {number} frame
 * @param {number[]} way
 */
function variancesAt({ info, pi }, frame, way) {
  if (info.problem.startsWith('doublewell')) return way;
  const { states, actions, terminal } = info;
  const live = Array.from({ length: states }, (_, s) => s).filter((s) => !terminal.includes(s));
  const every = Math.ceil(live.length / 400);
  return live.filter((_, j) => j % every === 0).map((s) => {
    const row = pi.subarray((frame * states + s) * actions, (frame * states + s + 1) * actions);
    return Math.max(0, 1 - row.reduce((sum, p) => sum + p * p, 0));
  });
}

// What a published number costs: returns of the same weights for steps of the sampler times candidates, filled in by workers
// while one watches, as a map, as a front against the cost of an action, and for the protocols of the literature.

import { agent } from './agents.js';
import { tr } from './language.js';
import { Type } from './protocol.js';
import { ProgramWorker } from './program.js';
import { Chart } from './experimentchart.js';
import { COLOURS } from './runrecords.js';
import { cellsDue, costOf, frontOf, scaleOf } from './costcells.js';
import { taskName, titleOf } from './experimentdata.js';
import { algorithmName, count, duration, fixed, plural, short, timeText } from './format.js';
import { button, byID, make, picture, progress, select, write } from './dom.js';
import { ended } from './words.js';
import * as files from './files.js';
import * as load from './loader.js';

const LATENCIES = [0, 0.0002, 0.0005, 0.001, 0.002, 0.005]; // s of simulated time that one evaluation takes
const FEWEST = 0.02; // of the work, until it is said how long the rest takes

/** @typedef {{bytes: ArrayBuffer, name: string}} Source */

/** CostGrid binds the card. */
export class CostGrid {
  #site;
  #programs;
  #messages;
  #records;
  #queue;
  #weights;
  #ask;
  #front;
  /** @type {Grid | null} */
  #grid = null;
  #name = ''; // of the policy
  /** @type {Map<GridCell, number>} */
  #playing = new Map(); // how far each is, 0..1
  /** @type {Map<GridCell, string>} */
  #failed = new Map();
  /** @type {ProgramWorker[]} */
  #workers = [];
  #begun = 0;
  #before = 0; // share of the work that was done when it began
  #round = 0;
  #timer = 0;
  /** @type {Map<GridCell, Statistic | undefined>} */
  #more = new Map(); // than one step of one particle

  /**
   * @param {Promise<Site>} site
   * @param {import('./program.js').Programs} programs
   * @param {import('./messages.js').Messages} messages
   * @param {import('./runrecords.js').RunRecords} records
   * @param {import('./queue.js').Queue} queue
   * @param {import('./weights.js').Weights} weights
   * @param {(type: number, body: unknown) => Promise<Message>} ask the statistics' worker
   */
  constructor(site, programs, messages, records, queue, weights, ask) {
    this.#site = site;
    this.#programs = programs;
    this.#messages = messages;
    this.#records = records;
    this.#queue = queue;
    this.#weights = weights;
    this.#ask = ask;
    this.#front = new Chart(picture('cost-front'), byID('cost-readout'));
    select('cost-policy').addEventListener('pointerdown', () => { this.offer(); });
    select('cost-policy').addEventListener('focus', () => { this.offer(); });
    button('cost-start').addEventListener('click', () => { this.#workers.length > 0 ? this.#stop() : this.#start(); });
    select('cost-x').addEventListener('change', () => this.#show());
    select('cost-latency').append(...LATENCIES.map((s) => new Option(s === 0 ? tr('no time') : duration(1e6 * s), String(s))));
    const name = () => `onestep-grid-${this.#grid?.task}-${this.#grid?.algorithm}${this.#grid?.latency ? `-${1e3 * this.#grid.latency}ms` : ''}`;
    button('cost-svg').addEventListener('click', () => this.#front.saveSVG(this.#title, name()));
    button('cost-png').addEventListener('click', () => this.#front.savePNG(this.#title, name()));
    button('cost-json').addEventListener('click', () => files.save(`${JSON.stringify({ ...this.#grid, cells: this.#played })}\n`, `${name()}.json`));
  }

  get #played() {
    return this.#grid?.cells.filter(({ returns }) => returns && returns.length > 0) ?? [];
  }

  // The cost of a way of acting: network evaluations of an action, or the microseconds that it takes here.
  get #cost() {
    return select('cost-x').value === 'time' ? (/** @type {GridCell} */ c) => c.microseconds ?? NaN : (/** @type {GridCell} */ c) => c.nfe;
  }

  get #episodes() {
    return +select('cost-episodes').value;
  }

  get #title() {
    return this.#grid ? tr`${this.#name} on ${taskName(this.#grid.task)}${lateness(this.#grid)}: ${plural(Math.min(...this.#played.map(({ returns }) => returns?.length ?? 0)), 'episode')}` : '';
  }

  // ---- Which policy.

  /** opened is called when the place is shown. */
  opened() {
    this.offer();
    this.#compare();
  }

  /** offer lists the policies that can be played. */
  async offer() {
    const list = select('cost-policy');
    const before = list.value;
    const acting = this.#acting;
    const { policies } = await this.#site;
    const mine = this.#records.all.filter(({ envSteps }) => envSteps > 0).slice(0, 100);
    const group = (/** @type {string} */ label, /** @type {HTMLOptionElement[]} */ options) => (options.length > 0 ? [Object.assign(document.createElement('optgroup'), { label })].map((g) => { g.append(...options); return g; }) : []);
    list.replaceChildren(
      ...acting ? [new Option(tr('the one on the stage'), 'stage')] : [],
      ...group(tr('Your runs'), mine.map((run) => new Option(tr`${titleOf(run)} on ${taskName(run.task)}, ${plural(run.envSteps, 'step')}`, `run ${run.id}`))),
      ...group(tr('Shipped'), policies.map(({ task, algorithm }) => new Option(tr`${algorithmName(algorithm)} on ${taskName(task)}`, `shipped ${task} ${algorithm}`))));
    if ([...list.options].some(({ value }) => value === before)) list.value = before;
  }

  // Of another program's policy there are no steps and no candidates to compare.
  get #acting() {
    const { newest, held } = this.#weights;
    return newest && newest.info.algorithm !== files.ONNX ? newest : held.asset;
  }

  /** @returns {Promise<Source>} */
  async #source() {
    const [kind, ...rest] = select('cost-policy').value.split(' ');
    if (kind === 'run') {
      const run = this.#records.find(rest.join(' '));
      const at = run && (await this.#records.film(run.id)).at(-1);
      const bytes = run && at !== undefined && await this.#records.moment(run.id, at);
      if (!bytes) throw new Error(tr('the run has no moment of its policy yet, or it was deleted'));
      return { bytes, name: tr`${titleOf(run)} at ${plural(at, 'step')}` };
    }
    if (kind === 'shipped') {
      const entry = (await this.#site).policies.find(({ task, algorithm }) => task === rest[0] && algorithm === rest[1]);
      if (!entry) throw new Error(tr('it is shipped no longer'));
      return { bytes: await load.bytes(entry.url), name: tr`the trained ${algorithmName(entry.algorithm)}` };
    }
    const acting = this.#acting;
    if (!acting) throw new Error(tr('there is no policy on the stage'));
    return { bytes: acting.bytes, name: acting.name };
  }

  // ---- Playing.

  async #start() {
    const round = ++this.#round;
    const worker = this.#hire();
    this.#show();
    try {
      const { bytes, name } = await this.#source();
      const { body } = await worker.request(Type.Grid, request(+select('cost-latency').value), [bytes.slice(0)]);
      if (round !== this.#round) return;
      if (this.#grid?.hash !== body.hash || this.#grid?.latency !== body.latency) {
        this.#grid = body;
        this.#more.clear();
      }
      this.#failed.clear();
      this.#name = name;
      this.#begun = performance.now();
      this.#before = this.#share;
      const more = Math.min(this.#queue.workers, cellsDue(body.cells, this.#episodes).length) - 1;
      for (let i = 0; i < more; i++) this.#hire();
      await Promise.all(this.#workers.map((w) => this.#work(w, bytes, round)));
      if (round !== this.#round) return;
      this.#dismiss();
      write(byID('exp-said'), tr`The grid of ${name} is filled in.`);
    } catch (error) {
      if (round !== this.#round) return;
      this.#dismiss();
      this.#messages.error(tr`The grid is not filled in: ${ended(/** @type {Error} */ (error).message)}${this.#played.length > 0 ? tr(' What was played stays.') : ''}`);
    }
    this.#show();
  }

  #stop() {
    this.#round++;
    this.#dismiss();
    this.#show();
  }

  #hire() {
    const worker = new ProgramWorker(`onestep grid ${this.#workers.length + 1}`, this.#programs.get(), () => {}); // its request is dropped with the reason
    this.#workers.push(worker);
    return worker;
  }

  #dismiss() {
    for (const worker of this.#workers) worker.stop(tr('the grid was stopped'));
    this.#workers = [];
    this.#playing.clear();
  }

  // Cells with the fewest episodes come first, of these the cheapest.
  /**
   * @param {ProgramWorker} worker
   * @param {ArrayBuffer} bytes
   * @param {number} round
   */
  async #work(worker, bytes, round) {
    /** @type {GridCell | undefined} */
    let cell;
    worker.client.on(Type.Gridding, ({ body: { done } }) => {
      if (cell) this.#playing.set(cell, Math.min(done, 1));
      this.#later();
    });
    for (;;) {
      cell = cellsDue(this.#grid?.cells ?? [], this.#episodes).find(({ cell: c }) => !this.#playing.has(c) && !this.#failed.has(c))?.cell;
      if (!cell) return;
      this.#playing.set(cell, 0);
      const due = cellsDue([cell], this.#episodes)[0].episodes;
      this.#later();
      try {
        const { body } = await worker.request(Type.Grid, request(this.#grid?.latency, cell, due), [bytes.slice(0)]);
        if (round !== this.#round) return;
        Object.assign(cell, body.cells[0], { microseconds: body.cells[0].microseconds ?? cell.microseconds });
      } catch (error) {
        if (round !== this.#round || !/** @type {PageError} */ (error).failure) throw error;
        this.#failed.set(cell, /** @type {Error} */ (error).message); // of the cell, such as that it diverges: the others go on
      }
      this.#playing.delete(cell);
      this.#compare();
    }
  }

  // How much more each protocol returns than one step of one particle, in the same episodes. While the place is not shown the
  // statistics have no worker.
  async #compare() {
    const plain = this.#grid?.cells.find(({ k, bestOf }) => k === 1 && bestOf === 1)?.returns ?? [];
    const list = this.#played.filter(({ protocol, k, nfe, returns }) => protocol && (nfe > 1 || k > 1) && returns && returns.length === plain.length && plain.length > 1);
    if (list.length === 0 || byID('experiments').hidden) return;
    const curves = list.map(({ returns }) => [/** @type {number[]} */ (returns).map((r, i) => r - /** @type {number[]} */ (plain)[i])]);
    const answer = await this.#ask(Type.Compare, { groups: [], tau: [], curves }).catch(() => null); // asked again with the next cell
    list.forEach((cell, i) => answer && this.#more.set(cell, answer.body.curves[i][0]));
    this.#later();
  }

  // ---- What is seen.

  #later() {
    this.#timer ||= setTimeout(() => this.#show(), 100);
  }

  // The share of the work that is done.
  get #share() {
    const cells = this.#grid?.cells ?? [];
    let [done, all] = [0, 0];
    for (const cell of cells) {
      const cost = costOf(cell);
      const played = Math.min(cell.returns?.length ?? 0, this.#episodes);
      const due = cellsDue([cell], this.#episodes)[0]?.episodes ?? 0;
      done += cost * (played + due * (this.#playing.get(cell) ?? 0));
      all += cost * this.#episodes;
    }
    return all > 0 ? done / all : 0;
  }

  #show() {
    clearTimeout(this.#timer);
    this.#timer = 0;
    const working = this.#workers.length > 0;
    const share = this.#share;
    progress('cost-progress').hidden = !working;
    progress('cost-progress').value = share;
    for (const id of ['cost-policy', 'cost-episodes', 'cost-latency']) select(id).disabled = working;
    write(button('cost-start'), working ? tr('Stop') : share > 0 && share < 1 ? tr('Go on') : tr('Fill in'));
    write(byID('cost-says'), this.#words(working, share));
    byID('cost-results').hidden = !this.#grid;
    if (!this.#grid) return;
    byID('cost-map').dataset.played = String(this.#played.length);
    const front = frontOf(this.#played, this.#cost);
    const best = new Set(front);
    this.#showMap(this.#grid, best);
    this.#showProtocols(this.#grid, best);
    this.#showFront(this.#grid, front);
  }

  /**
   * @param {boolean} working
   * @param {number} share
   */
  #words(working, share) {
    if (!this.#grid) return working ? tr('The worker reads the policy…') : tr('Not played yet.');
    const of = tr`${this.#name[0].toUpperCase() + this.#name.slice(1)} on ${taskName(this.#grid.task)}${lateness(this.#grid)}`;
    if (!working) return tr`${of}, ${plural(this.#played.length, 'cell')} of ${this.#grid.cells.length}${(agent(this.#grid.algorithm)?.steps ?? 1) > 1 ? tr('. A single DDIM step multiplies the noise network’s error about 400-fold: it illustrates, and is no competitor') : ''}.`;
    const gone = share - this.#before;
    const left = gone > FEWEST ? ((performance.now() - this.#begun) / 1000 / gone) * (1 - share) : NaN;
    return tr`${of}: ${Math.floor(100 * share)} % played in ${plural(this.#workers.length, 'worker')}${Number.isFinite(left) ? tr`; ${timeText(left)} left` : ''}.`;
  }

  /**
   * @param {Grid} grid
   * @param {Set<GridCell>} front
   */
  #showMap({ cells }, front) {
    const on = (/** @type {(c: GridCell) => number} */ of) => [...new Set(cells.filter(({ k, bestOf }) => !(k === 2 && bestOf === 10)).map(of))];
    const [low, high] = scaleOf(this.#played);
    const row = (/** @type {number} */ k) => make('tr', {}, make('th', { scope: 'row' }, plural(k, 'step')), ...on(({ bestOf }) => bestOf).map((n) => {
      const cell = cells.find((c) => c.k === k && c.bestOf === n);
      return cell ? this.#cell(cell, high > low ? (cell.mean - low) / (high - low) : 0.5, front.has(cell)) : make('td', { className: 'empty' });
    }));
    byID('cost-map').replaceChildren(
      make('thead', {}, make('tr', {}, make('th', { scope: 'col' }, 'K \\ N'), ...on(({ bestOf }) => bestOf).map((n) => make('th', { scope: 'col' }, n === 1 ? tr('one particle') : tr`best of ${n}`)))),
      make('tbody', {}, ...on(({ k }) => k).map(row)));
  }

  /**
   * @param {GridCell} cell
   * @param {number} part of the way from the smallest mean to the largest
   * @param {boolean} best at its cost
   */
  #cell(cell, part, best) {
    const far = this.#playing.get(cell);
    const failure = this.#failed.get(cell);
    if (failure || !cell.returns?.length) return make('td', { className: 'empty', title: failure ?? '' }, failure ? tr('no return') : far === undefined ? '' : `${Math.floor(100 * far)} %`);
    const td = make('td', { title: tr`${plural(cell.nfe, 'network evaluation')} and ${cell.criticNFE} of critics per action${cell.microseconds ? tr`, ${duration(cell.microseconds)} here` : ''}; ${plural(cell.returns.length, 'episode')}${cell.burst ? tr`, of which ${cell.burst}; it ended there` : ''}` },
      make('strong', {}, number(cell.mean)), make('small', {}, intervalOf(cell)), make('small', {}, ...best ? [unbeaten(), ' '] : [], tr`NFE ${count(cell.nfe)}${far === undefined ? '' : ' …'}`));
    td.style.background = `color-mix(in oklab, color-mix(in oklab, var(--action) ${Math.round(100 * part)}%, var(--noise)) 38%, var(--surface))`;
    return td;
  }

  // A column each, so that a telephone has room for them.
  /**
   * @param {Grid} grid
   * @param {Set<GridCell>} front
   */
  #showProtocols({ cells }, front) {
    const named = cells.filter(({ protocol }) => protocol);
    /** @type {(name: string, text: (cell: GridCell, played: boolean) => string | Node) => HTMLElement} */
    const row = (name, text) => make('tr', {}, make('th', { scope: 'row' }, name), ...named.map((cell) => make('td', {}, text(cell, Boolean(cell.returns?.length)))));
    byID('cost-protocols').replaceChildren(
      make('thead', {}, make('tr', {}, ...[tr('Protocol'), ...named.map(({ protocol }) => protocol ?? '')].map((text) => make('th', { scope: 'col' }, text)))),
      make('tbody', {},
        row(tr('Mean return'), (cell, played) => (!played ? '–' : front.has(cell) ? make('span', {}, unbeaten(), ` ${number(cell.mean)}`) : number(cell.mean))),
        row(tr('95 % interval'), (cell, played) => (played ? intervalOf(cell) : '–')),
        row(tr('NFE'), (cell) => count(cell.nfe)),
        row(tr('of critics'), (cell) => count(cell.criticNFE)),
        row(tr('an action here'), (cell) => (cell.microseconds ? duration(cell.microseconds) : '–')),
        row(tr('more than 1 x 1'), (cell) => differenceOf(this.#more.get(cell)))));
  }

  /**
   * @param {Grid} grid
   * @param {GridCell[]} front
   */
  #showFront({ cells }, front) {
    const time = select('cost-x').value === 'time';
    const cost = this.#cost;
    const x = (/** @type {GridCell} */ c) => Math.log10(cost(c));
    const lines = [...new Set(cells.map(({ bestOf }) => bestOf))].sort((a, b) => a - b).map((n, i) => {
      const of = this.#played.filter((c) => c.bestOf === n && Number.isFinite(x(c))).sort((a, b) => x(a) - x(b));
      return { name: n === 1 ? tr('one particle') : tr`best of ${n}`, colour: COLOURS[i % COLOURS.length], dots: true, xs: of.map(x), ys: of.map(({ mean }) => mean), low: of.map(({ interval }) => interval.Low), high: of.map(({ interval }) => interval.High) };
    }).filter(({ xs }) => xs.length > 0);
    const says = time ? tr('no other way returns more, by the mean, in the same time or less') : tr('no other way returns more, by the mean, with as many network evaluations or fewer');
    write(byID('cost-front-says'), front.length > 0 ? `◆ ${says}.` : '');
    this.#front.draw({ lines, front: { name: tr('no higher mean at this cost or less'), xs: front.map(x), ys: front.map(({ mean }) => mean) }, xLog: true, log: false, xName: time ? tr('microseconds per action') : tr('network evaluations per action'), yName: tr('mean return') });
  }
}

/** @param {Grid} grid */
const lateness = ({ latency }) => (latency ? tr`, ${duration(1e6 * latency)} an evaluation` : '');

// request asks for the empty grid, or for more episodes of a cell.
const request = (latency = 0, /** @type {GridCell | undefined} */ cell = undefined, episodes = 0) => ({ latency, k: cell?.k ?? 0, bestOf: cell?.bestOf ?? 0, episodes, returns: cell?.returns ?? [], timed: Boolean(cell && !cell.microseconds) });

// unbeaten marks a way of the front; a sentence below the table tells what it means.
const unbeaten = () => make('span', { className: 'cost-best' }, make('span', { ariaHidden: 'true' }, '◆'), make('span', { className: 'visually-hidden' }, tr('not beaten:')));

/** @param {number} x */
const number = (x) => fixed(x, Math.abs(x) < 10 ? 2 : Math.abs(x) < 1000 ? 1 : 0);

/** @param {GridCell} cell */
const intervalOf = ({ interval: { Low, High } }) => (Low === High ? tr('one episode') : `[${number(Low)}; ${number(High)}]`);

/** @param {Statistic | undefined} s */
function differenceOf(s) {
  if (!s || s.value === null || !s.interval) return '';
  const [low, high] = s.interval;
  return `${short(s.value)} [${short(low)}; ${short(high)}]${low <= 0 && high >= 0 ? tr(', no difference shown') : ''}`;
}

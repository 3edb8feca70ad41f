// The place Experiments: which runs are shown, their curves, their statistics, and what is done with one of them.

import catalog from './catalog.js';
import { lower, tr } from './language.js';
import { Metric, Type } from './protocol.js';
import { ProgramWorker } from './program.js';
import { Chart } from './experimentchart.js';
import { Compose, planOf } from './experimentcompose.js';
import { RunTable } from './experimenttable.js';
import { CostGrid } from './costgrid.js';
import { AXES, MOST_RECORDS, QUANTITIES, TASKS, choicesOf, csvOf, difference, gridOf, groupsOf, jsonOf, keyOf, parseView, planIn, quantityOf, recordsIn, scoreOf, secondsLeft, seriesOf, smoothed, taskName, titleOf, valueAt, viewText } from './experimentdata.js';
import { COLOURS } from './runrecords.js';
import { jsonIn } from './json.js';
import { algorithmName, bytes as size, count, fixed, plural, short, timeText } from './format.js';
import { button, byID, input, make, picture, select, turn, write } from './dom.js';
import { taskOf } from './tasks.js';
import { ended, quoted } from './words.js';
import * as files from './files.js';

const RENEW = 250; // ms between two drawings while runs report
const LIST_WITHIN = 5000; // ms for which the programs wait for the list of runs
const MOST_COMPARED = 60; // groups; each is compared with each

/** @typedef {import('./runrecords.js').KeptRun} KeptRun */
/** @typedef {import('./experimentdata.js').View} View */
/** @typedef {import('./experimentdata.js').Series} Series */
/** @typedef {{run: KeptRun, series: Series, dense: boolean}} Drawn dense: the series is an outline */
/** @typedef {{filled: Drawn[], groups: import('./experimentdata.js').Group[], of: Map<string, Series>, grids: number[][]}} Grouped */

/** Experiments binds the place. */
export class Experiments {
  #store;
  #messages;
  #records;
  #queue;
  #programs;
  #shippedRuns;
  #show;
  /** @type {KeptRun[]} */
  #shipped = [];
  /** @type {KeptRun[]} */
  #dropped = []; // from files
  /** @type {Map<string, Partial<KeptRun>>} */
  #changed = new Map(); // what a person changed of runs that are not stored
  /** columns of runs that were read, by id and columns. @type {Map<string, {id: string, at: number, read: number, columns: Promise<Float64Array[]>}>} */
  #columns = new Map();
  /** @type {ProgramWorker | null} */
  #worker = null;
  #timer = 0;
  #round = 0;
  #opened = false;
  /** opening resolves when the place, where the page begins with it, shows the runs that are kept. @type {Promise<unknown>} */
  opening;
  #table;
  #chart;
  #profile;
  #compose;
  #cost;

  /**
   * @param {Promise<Site>} site
   * @param {import('./program.js').Programs} programs
   * @param {import('./state.js').Store} store
   * @param {import('./messages.js').Messages} messages
   * @param {import('./runrecords.js').RunRecords} records
   * @param {import('./shippedruns.js').ShippedRuns} shippedRuns
   * @param {import('./queue.js').Queue} queue
   * @param {import('./weights.js').Weights} weights
   * @param {(run: KeptRun) => void} show a run on the stage
   */
  constructor(site, programs, store, messages, records, shippedRuns, queue, weights, show) {
    this.#shippedRuns = shippedRuns;
    this.#programs = programs;
    this.#store = store;
    this.#messages = messages;
    this.#records = records;
    this.#queue = queue;
    this.#show = show;
    this.#table = new RunTable(byID('exp-runs'), { ticked: () => this.#draw(), choose: (id) => this.#choose(id), colour: (run) => this.#colour(run) });
    this.#chart = new Chart(picture('exp-chart'), byID('exp-readout'));
    this.#profile = new Chart(picture('exp-profile'), byID('exp-profile-readout'));
    this.#compose = new Compose(store, queue, messages, (type, body) => this.#ask(type, body));
    this.#cost = new CostGrid(site, programs, messages, records, queue, weights, (type, body) => this.#ask(type, body));
    this.#bind();
    records.changed.add(() => this.#later());
    const listed = records.listed.then(() => this.#renew()); // at once
    this.opening = this.#open ? Promise.race([listed, new Promise((resolve) => { setTimeout(resolve, LIST_WITHIN); })]) : Promise.resolve();
    queue.changed.add(() => this.#showQueue());
    queue.finished.add((run) => {
      const mean = scoreOf(run, false)?.mean;
      write(byID('exp-said'), tr`${algorithmName(run.algorithm)} on ${taskName(run.task)}, seed ${run.seed}: ${run.state === 'failed' ? tr`failed. ${ended(run.cause)}` : tr`done, one step returns ${fixed(mean ?? NaN, 0)}.`}`);
    });
    store.subscribe((_, changed) => {
      if (changed.has('place')) this.#openOrLeave();
      if (changed.has('view') || changed.has('task') && !this.view.task) this.#later();
    });
    this.#openOrLeave();
  }

  get view() {
    return /** @type {View} */ (parseView(this.#store.state.view)); // which the state has judged
  }

  /** @param {Partial<View>} patch */
  #set(patch) {
    this.#store.set({ view: viewText({ ...this.view, ...patch }) });
  }

  get #open() {
    return this.#store.state.place === 'experiments';
  }

  #openOrLeave() {
    if (!this.#open) {
      this.#worker?.stop(tr('the place was left'));
      this.#worker = null;
      return;
    }
    this.#showQueue();
    this.#renew();
    this.opening.then(() => this.#rest());
  }

  // What the list and the chart need not wait for.
  #rest() {
    if (!this.#open) return;
    this.#compose.estimate();
    this.#cost.opened();
    if (this.#opened) return;
    this.#opened = true;
    this.#fetch();
  }

  async #fetch() {
    try {
      this.#shipped = await this.#shippedRuns.all();
      this.#renew();
    } catch (error) {
      this.#messages.error(tr`The records of the shipped runs are unavailable: ${ended(/** @type {Error} */ (error).message)}`);
    }
  }

  /** ready is called when the worker is there. */
  ready() {
    if (!this.#open) return;
    this.#compose.estimate();
    this.#renew();
  }

  // ---- Which runs.

  /** @type {Map<string, {run: KeptRun, fields: Partial<KeptRun>, own: KeptRun}>} */
  #owned = new Map(); // of runs that are not stored and were changed, so that each stays one object until it changes again

  /** @param {KeptRun} run */
  #own = (run) => {
    const fields = this.#changed.get(run.id);
    if (!fields) return run;
    const known = this.#owned.get(run.id);
    if (known?.run === run && known.fields === fields) return known.own;
    const own = { ...run, ...fields };
    this.#owned.set(run.id, { run, fields, own });
    return own;
  };

  get #all() {
    return [...this.#records.all, ...this.#dropped.map(this.#own), ...input('exp-shipped').checked ? this.#shipped.map(this.#own) : []];
  }

  get #task() {
    return this.view.task || this.#store.state.task;
  }

  // Those that pass the choice of a task and the filter.
  get #listed() {
    const words = input('exp-filter').value.toLowerCase().split(/\s+/).filter(Boolean);
    const task = this.#task;
    return this.#all.filter((run) => (task === 'all' || run.task === task || run.pinned)
      && words.every((word) => `${titleOf(run)} ${taskName(run.task)} ${run.algorithm} ${run.state} ${run.origin}`.toLowerCase().includes(word)));
  }

  // Those that are drawn: listed, ticked, of the one task.
  get #drawnRuns() {
    const listed = this.#listed.filter(({ id }) => !this.#table.hidden.has(id));
    return this.#task === 'all' ? listed : listed.filter(({ task }) => task === this.#task);
  }

  /** @param {KeptRun} run */
  #colour(run) {
    if (run.colour) return run.colour;
    const keys = this.#keys.get(run.task) ?? [...new Set(this.#all.filter(({ task }) => task === run.task).map(keyOf))].sort();
    this.#keys.set(run.task, keys);
    return COLOURS[keys.indexOf(keyOf(run)) % COLOURS.length] ?? COLOURS[0];
  }

  /** @type {Map<string, string[]>} */
  #keys = new Map(); // of all runs by task, as of the last renewal

  // ---- Drawing.

  #later() {
    if (this.#open) this.#timer ||= setTimeout(() => this.#renew(), RENEW);
  }

  async #renew() {
    clearTimeout(this.#timer);
    this.#timer = 0;
    if (!this.#open) return;
    if (!this.#table.ready(this.#listed)) {
      const renewal = ++this.#renewal;
      await this.#table.prepare(this.#listed);
      if (renewal === this.#renewal) await this.#renew();
      return;
    }
    this.#renewal++;
    const begun = performance.now();
    this.#keys.clear();
    for (const [key, { id }] of this.#columns) if (!this.#records.find(id)) this.#columns.delete(key);
    const listed = this.#listed;
    this.#showView(listed);
    byID('exp-runs').dataset.task = this.#task;
    this.#table.show(groupsOf(listed, this.view.by), this.view.group);
    this.#showRun();
    this.#showKept();
    byID('exp-runs').dataset.millis = (performance.now() - begun).toFixed(0);
    this.#draw();
  }

  #renewal = 0; // grows with each, so that one that was prepared for what is no longer asked for ends

  /** @param {KeptRun[]} listed */
  #showView(listed) {
    const { metric, x, group, log, smooth } = this.view;
    select('exp-task').value = this.#task;
    select('exp-metric').value = metric;
    select('exp-x').value = x;
    input('exp-group').checked = group;
    const choices = choicesOf(listed);
    if (this.view.by && !choices.includes(this.view.by)) choices.push(this.view.by);
    select('exp-by').replaceChildren(new Option(tr('all but the seed'), ''), ...choices.map((name) => new Option(name === 'algorithm' ? tr('agent') : name, name)));
    select('exp-by').value = this.view.by;
    select('exp-by').disabled = !group;
    input('exp-log').checked = log;
    input('exp-smooth').value = String(smooth);
    input('exp-smooth').setAttribute('aria-valuetext', smooth === 0 ? tr('none') : tr`weight ${smooth} of what came before`);
  }

  #showKept() {
    const { kept, all } = this.#records;
    write(byID('exp-kept'), tr`${plural(all.length, 'run')} of yours ${kept ? tr('kept in this browser') : tr('kept until this page is closed: the browser offers no storage')}; ${this.#shipped.length} shipped, ${this.#dropped.length} from files.`);
    if (kept) navigator.storage?.estimate?.().then(({ usage, quota }) => {
      if (usage && quota) byID('exp-kept').title = tr`This page stores ${size(usage)} of at most ${size(quota)}.`;
    }, () => {});
  }

  /**
   * @param {KeptRun} run
   * @param {number[]} of columns of Metrics
   */
  #columnsOf(run, of) {
    if (run.origin === 'shipped' || run.origin === 'file') return undefined;
    const key = `${run.id} ${of}`;
    const known = this.#columns.get(key);
    if (known && (known.at === run.envSteps && run.state !== 'running' || Date.now() - known.read < 2000)) return known.columns;
    const columns = this.#records.metrics(run.id, of);
    this.#columns.set(key, { id: run.id, at: run.envSteps, read: Date.now(), columns });
    return columns;
  }

  // Another metric is drawn at once, without means, and of long runs by their outlines: to read all numbers takes a second.
  async #draw() {
    const round = ++this.#round;
    const { metric, x, group, log, smooth } = this.view;
    const quantity = quantityOf(metric);
    const { column } = quantity;
    const runs = this.#drawnRuns;
    const left = () => round !== this.#round || !this.#open;
    const about = `${metric} ${x} ${this.#task}`;
    const other = this.#shown !== about;
    const seriesFrom = async (/** @type {KeptRun} */ run, /** @type {Float64Array[] | undefined} */ outline = undefined) => ({ run, series: seriesOf(run, quantity, x, outline ?? (column === undefined ? undefined : await this.#columnsOf(run, [AXES[x].column, column]))), dense: Boolean(outline) });
    const draw = (/** @type {Grouped} */ { filled, groups, of, grids }, /** @type {Compared | null} */ said) => {
      this.#shown = about;
      this.#chart.draw({ lines: this.#lines(groups, group, said, grids, of, filled, smooth), xName: AXES[x].label, yName: quantity.label, log, level: this.#level(metric) });
    };
    const outlines = other && column !== undefined && x === 'steps' && smooth === 0 ? await this.#records.outlines(runs.map(({ id }) => id), column) : [];
    if (outlines.some(Boolean)) {
      const sketch = await Promise.all(runs.map((run, i) => seriesFrom(run, outlines[i])));
      if (left()) return;
      draw(this.#grouped(sketch), null);
      await turn();
      if (left()) return;
    }
    const list = await Promise.all(runs.map((run) => seriesFrom(run)));
    if (left()) return;
    const all = this.#grouped(list);
    const { filled, groups, of, grids } = all;
    this.#list = filled;
    if (this.#shown !== about || !this.#compared) {
      draw(all, null);
      await turn(); // of the page, which paints it before the statistics' worker starts
      if (left()) return;
    }
    const said = await this.#statistics(groups, grids, of, metric === 'many');
    if (left()) return;
    this.#compared ||= said !== null;
    draw(all, said);
    button('exp-whole').ariaDisabled = String(!this.#chart.zoomed);
    this.#say(runs, filled, groups, quantity, log && !filled.some(({ series }) => series.ys.some((y) => y > 0)));
    this.#fillNumbers(groups, grids, of, AXES[x].label, said, group);
    this.#showStatistics(groups, said, metric === 'many');
    picture('exp-chart').dataset.drawn = String(round);
  }

  #shown = ''; // quantity, axis and task of what the chart shows

  /**
   * @param {Drawn[]} list
   * @returns {Grouped}
   */
  #grouped(list) {
    const { by, smooth } = this.view;
    const filled = list.filter(({ series }) => series.xs.length > 0);
    const groups = groupsOf(filled.map(({ run }) => run), by);
    const of = new Map(filled.map(({ run, series }) => [run.id, { ...series, ys: smoothed(series.ys, smooth) }]));
    const grids = groups.map((g) => gridOf(g.runs.map(({ id }) => /** @type {import('./experimentdata.js').Series} */ (of.get(id)))));
    return { filled, groups, of, grids };
  }

  /** @type {Drawn[]} */
  #list = [];
  #compared = false; // until the statistics' worker has started and answered, the runs are drawn without their means

  /** @param {string} metric */
  #level(metric) {
    if (!['one', 'many', 'episode'].includes(metric) || this.#task === 'all') return undefined;
    const y = taskOf(this.#task)?.solved;
    return y === undefined ? undefined : { y, name: tr('learned') };
  }

  /**
   * @param {import('./experimentdata.js').Group[]} groups
   * @param {boolean} grouped
   * @param {Compared | null} said
   * @param {number[][]} grids
   * @param {Map<string, import('./experimentdata.js').Series>} of
   * @param {Drawn[]} filled
   * @param {number} smooth
   * @returns {import('./experimentchart.js').Line[]}
   */
  #lines(groups, grouped, said, grids, of, filled, smooth) {
    const where = (/** @type {KeptRun} */ run) => (this.#task === 'all' ? tr` on ${taskName(run.task)}` : '');
    const own = filled.map(({ run, series, dense }) => ({
      name: `${grouped ? tr`${algorithmName(run.algorithm)}, seed ${run.seed}` : titleOf(run)}${where(run)}`, colour: this.#colour(run), xs: series.xs,
      ys: /** @type {import('./experimentdata.js').Series} */ (of.get(run.id)).ys, ...smooth > 0 ? { raw: series.ys } : {}, dense, id: run.id,
    }));
    if (!grouped) return own;
    /** @type {(g: import('./experimentdata.js').Group, i: number) => import('./experimentchart.js').Line[]} */
    const linesOf = (g, i) => {
      const lines = own.filter(({ id }) => g.runs.some((run) => run.id === id));
      if (g.runs.length < 2) return lines;
      const points = said?.curves?.[i] ?? [];
      const at = grids[i].map((x, k) => ({ x, p: points[k] })).filter(({ p }) => p?.value !== null && p !== undefined);
      const mean = {
        name: tr`${g.name}${where(g.runs[0])}, mean of ${plural(g.runs.length, 'run')}`, colour: this.#colour(g.runs[0]), xs: at.map(({ x }) => x), ys: at.map(({ p }) => /** @type {number} */ (p.value)),
        low: at.map(({ p }) => p.interval?.[0] ?? NaN), high: at.map(({ p }) => p.interval?.[1] ?? NaN),
      };
      return [...lines.map((l) => ({ ...l, thin: true })), mean];
    };
    return groups.flatMap(linesOf);
  }

  /**
   * @param {KeptRun[]} runs
   * @param {{run: KeptRun}[]} filled
   * @param {import('./experimentdata.js').Group[]} groups
   * @param {import('./experimentdata.js').Quantity} quantity
   * @param {boolean} below the axis is logarithmic and nothing lies above zero
   */
  #say(runs, filled, groups, quantity, below) {
    const without = runs.length - filled.length;
    const where = this.#task === 'all' ? tr('all tasks, whose returns do not compare') : taskName(this.#task);
    write(byID('exp-chart-says'), filled.length > 0 && below ? tr`${quantity.label} on ${where} is nowhere above zero, and a logarithmic axis shows only what is: switch Log off.` : filled.length === 0
      ? (runs.length === 0 ? tr`No run of ${where} is shown. Tick one below, train one, or choose another task.` : tr`None of the ${plural(runs.length, 'shown run')} has reported ${lower(quantity.label)}${quantity.of ? tr(' yet') : tr(': shipped runs and records hold returns alone')}.`)
      : tr`${quantity.label} on ${where}: ${plural(filled.length, 'run')} in ${plural(groups.length, 'group')}${without > 0 ? tr`; ${plural(without, 'shown run has', 'shown runs have')} not reported it` : ''}. Bands are 95 % bootstrap intervals of the mean over ${this.view.by ? tr('runs') : tr('seeds')}.`);
  }

  // ---- Statistics, by package stats in a worker.

  /**
   * @param {number} type
   * @param {unknown} body
   */
  #ask(type, body) {
    this.#worker ??= new ProgramWorker('onestep statistics', this.#programs.get(), (reason) => {
      this.#worker = null;
      if (this.#open) this.#messages.error(tr`The statistics’ worker stopped: ${ended(reason)}`, { text: tr('Start it again'), act: () => this.#renew() });
    });
    return this.#worker.request(type, body);
  }

  #asked = '';
  /** @type {Promise<Compared | null>} */
  #answer = Promise.resolve(null);

  /**
   * @param {import('./experimentdata.js').Group[]} groups
   * @param {number[][]} grids
   * @param {Map<string, import('./experimentdata.js').Series>} of
   * @param {boolean} many
   */
  #statistics(groups, grids, of, many) {
    const scored = groups.map((g) => this.#scores(g, many));
    const all = scored.flat();
    const [low, high] = [all.reduce((a, b) => Math.min(a, b), Infinity), all.reduce((a, b) => Math.max(a, b), -Infinity)];
    const tau = all.length > 1 && this.#task !== 'all' ? Array.from({ length: 41 }, (_, i) => low + ((high - low) * (1.04 * i - 0.8)) / 40) : [];
    this.#tau = tau;
    const curves = groups.map((g, i) => (g.runs.length < 2 ? [] : grids[i].map((x) => g.runs.map(({ id }) => valueAt(/** @type {import('./experimentdata.js').Series} */ (of.get(id)), x)).filter((y) => y !== undefined))));
    this.#scored = scored.map((scores, i) => ({ i, scores })).filter(({ scores }) => scores.length > 0).map(({ i }) => i);
    if (groups.length > MOST_COMPARED) return Promise.resolve(null);
    const question = { groups: this.#scored.map((i) => scored[i]), tau, curves };
    const key = JSON.stringify(question);
    if (key === this.#asked) return this.#answer;
    this.#asked = key;
    this.#answer = question.groups.length === 0 && curves.every(({ length }) => length === 0) ? Promise.resolve(null)
      : this.#ask(Type.Compare, question).then(({ body }) => /** @type {Compared} */ (body)).catch((error) => {
        this.#asked = '';
        if (this.#open && /** @type {PageError} */ (error).failure) this.#messages.error(tr`The runs were not compared: ${ended(error.message)}`);
        return null;
      });
    return this.#answer;
  }

  /** @type {number[]} */
  #tau = [];
  /** @type {number[]} */
  #scored = []; // indices of groups that have scores

  /**
   * @param {import('./experimentdata.js').Group} group
   * @param {boolean} many
   */
  #scores = (group, many) => group.runs.filter(({ state }) => state === 'done').map((run) => scoreOf(run, many)?.mean).filter((mean) => mean !== undefined && Number.isFinite(mean)).map(Number);

  /**
   * @param {import('./experimentdata.js').Group[]} groups
   * @param {Compared | null} said
   * @param {boolean} many
   */
  #showStatistics(groups, said, many) {
    const shown = this.#scored.map((i) => groups[i]);
    if (groups.length > MOST_COMPARED) {
      write(byID('exp-stats-says'), tr`${groups.length} groups are shown; at most ${MOST_COMPARED} are compared. Filter the runs, or form groups by one setting.`);
      for (const id of ['exp-iqm', 'exp-improvement']) byID(id).replaceChildren();
      return;
    }
    const name = (/** @type {import('./experimentdata.js').Group} */ g) => `${g.name}${this.#task === 'all' ? tr` on ${taskName(g.runs[0].task)}` : ''}`;
    write(byID('exp-stats-says'), shown.length === 0 ? tr('No shown run has ended yet.')
      : tr`Return of ended runs, ${many ? tr('K steps') : tr('one step')}: interquartile means over seeds with 95 % stratified bootstrap intervals of 2,000 resamples (rliable). One seed has no interval; three seeds tell little.`);
    const row = (/** @type {(Node | string)[]} */ cells, head = false) => make('tr', {}, ...cells.map((c, i) => make(head || i === 0 ? 'th' : 'td', head ? { scope: 'col' } : i === 0 ? { scope: 'row' } : {}, c)));
    byID('exp-iqm').replaceChildren(make('thead', {}, row([tr('Group'), tr('IQM'), tr('95 % interval'), tr('Seeds'), tr('Episodes each'), tr('Worst seed')], true)), make('tbody', {}, ...shown.map((g, i) => {
      const done = g.runs.filter(({ state }) => state === 'done');
      const episodes = [...new Set(done.map((run) => scoreOf(run, many)?.episodes))].filter(Boolean).join(', ');
      const iqm = said?.iqm?.[i];
      return row([name(g), statistic(iqm?.value), interval(iqm), String(this.#scores(g, many).length), episodes, statistic(Math.min(...this.#scores(g, many)))]);
    })));
    const compared = this.#task !== 'all' && shown.length > 1;
    byID('exp-improvement').replaceChildren(...compared ? [make('thead', {}, row(['', ...shown.map(name)], true)), make('tbody', {}, ...shown.map((g, i) => row([name(g), ...shown.map((_, j) => {
      const p = said?.improvement?.[i]?.[j];
      return i === j || !p || p.value === null ? '' : `${p.value.toFixed(2)} ${p.interval ? `[${p.interval[0].toFixed(2)}; ${p.interval[1].toFixed(2)}]` : ''}`;
    })])))] : [make('tbody', {}, row([this.#task === 'all' ? tr('Returns of different tasks do not compare: choose one task.') : tr('Two groups are needed.')]))]);
    if (!said) return;
    this.#profile.draw({ xName: tr('return τ'), yName: tr('share of runs above τ'), log: false, lines: shown.map((g, i) => {
      const points = said.profile?.[i] ?? [];
      return {
        name: `${name(g)}, ${plural(this.#scores(g, many).length, 'seed')}`, colour: this.#colour(g.runs[0]), xs: points.length > 0 ? this.#tau : [], ys: points.map(({ value }) => value ?? NaN),
        low: points.map((p) => p.interval?.[0] ?? NaN), high: points.map((p) => p.interval?.[1] ?? NaN),
      };
    }) });
  }

  // The table behind the chart: the groups' means, or each run at the places of its group.
  /**
   * @param {import('./experimentdata.js').Group[]} groups
   * @param {number[][]} grids
   * @param {Map<string, import('./experimentdata.js').Series>} of
   * @param {string} xName
   * @param {Compared | null} said
   * @param {boolean} grouped
   */
  #fillNumbers(groups, grids, of, xName, said, grouped) {
    const fill = () => {
      const columns = groups.flatMap((g, i) => (grouped && g.runs.length > 1
        ? [{ name: tr`${g.name}, mean of ${g.runs.length}`, at: (/** @type {number} */ x) => { const p = said?.curves?.[i]?.[grids[i].indexOf(x)]; return p && p.value !== null ? `${short(p.value)}${p.interval ? ` [${short(p.interval[0])}; ${short(p.interval[1])}]` : ''}` : ''; } }]
        : g.runs.map((run) => ({ name: titleOf(run), at: (/** @type {number} */ x) => { const y = valueAt(/** @type {import('./experimentdata.js').Series} */ (of.get(run.id)), x); return y === undefined ? '' : short(y); } })))).slice(0, 24);
      const xs = [...new Set(grids.flat())].sort((a, b) => a - b).slice(0, 200);
      byID('exp-numbers-table').replaceChildren(
        make('thead', {}, make('tr', {}, make('th', { scope: 'col' }, xName), ...columns.map(({ name }) => make('th', { scope: 'col' }, name)))),
        make('tbody', {}, ...xs.map((x) => make('tr', {}, make('th', { scope: 'row' }, short(x)), ...columns.map(({ at }) => make('td', {}, at(x)))))));
    };
    this.#fill = fill;
    if (/** @type {HTMLDetailsElement} */ (byID('exp-numbers')).open) fill();
  }

  #fill = () => {};

  // ---- One run.

  /** @param {string} id */
  #find(id) {
    return this.#all.find((run) => run.id === id);
  }

  /** @param {string} id */
  #choose(id) {
    this.#table.chosen = this.#table.chosen === id ? '' : id;
    this.#renew();
    if (this.#table.chosen) byID('exp-run').scrollIntoView({ block: 'nearest' });
  }

  #showRun() {
    const run = this.#find(this.#table.chosen);
    byID('exp-run').hidden = !run;
    if (!run) return;
    const stored = Boolean(this.#records.find(run.id));
    write(byID('exp-run-title'), tr`${titleOf(run)} on ${taskName(run.task)}`);
    const known = catalog.tasks.some(({ name }) => name === run.task);
    const of = [tr`${algorithmName(run.algorithm)}, seed ${run.seed}, ${count(run.envSteps)} of ${plural(run.steps, 'step')}`, run.state === 'failed' ? tr`failed: ${ended(run.cause).slice(0, -1)}` : '',
      run.hash ? tr`hash ${run.hash.slice(0, 8)}` : '', run.from ? tr`from ${run.from.name} at ${plural(run.from.envSteps, 'step')}` : '', known ? '' : tr('this page no longer has its task: its numbers stay, it cannot act or go on')].filter(Boolean);
    write(byID('exp-run-says'), `${of.join('; ')}.`);
    if (document.activeElement !== input('exp-name')) input('exp-name').value = run.name ?? '';
    input('exp-name').placeholder = titleOf({ ...run, name: '' });
    input('exp-colour').value = this.#colour(run);
    button('exp-watch').ariaDisabled = String(!known);
    const running = run.state === 'running' || run.state === 'queued';
    button('exp-go').hidden = !stored || run.state === 'done' || run.origin === 'playground' && running;
    write(button('exp-go'), running ? tr('Stop') : tr('Go on'));
    button('exp-go').ariaDisabled = String(!known);
    button('exp-pin').setAttribute('aria-pressed', String(Boolean(run.pinned)));
    write(button('exp-pin'), run.pinned ? tr('Unpin') : tr('Pin'));
    button('exp-record').ariaDisabled = String(!run.record);
    button('exp-delete').hidden = run.origin === 'shipped';
    this.#showDifference(run);
    this.#showWeight(run);
  }

  #weighed = '';

  // What the browser keeps of the chosen run.
  /** @param {KeptRun} run */
  async #showWeight(run) {
    const about = `${run.id} ${run.envSteps}`;
    if (this.#weighed === about) return;
    this.#weighed = about;
    const moments = await this.#records.film(run.id);
    const weight = moments.length > 0 ? await this.#records.weight(run.id) : 0;
    if (this.#weighed !== about) return;
    byID('exp-run-weight').dataset.bytes = String(weight);
    write(byID('exp-run-weight'), moments.length === 0 ? '' : tr`${plural(moments.length, 'moment')} of its policy and its numbers take ${size(weight)}.`);
  }

  /** @param {KeptRun} run */
  #showDifference(run) {
    const others = this.#listed.filter(({ id }) => id !== run.id);
    const before = select('exp-other').value;
    select('exp-other').replaceChildren(new Option(tr('choose a run'), ''), ...others.slice(0, 200).map((other) => new Option(`${titleOf(other)}${this.#task === 'all' ? tr` on ${taskName(other.task)}` : ''}${other.origin === 'shipped' ? ' (shipped)' : ''}`, other.id, false, other.id === before)));
    const other = others.find(({ id }) => id === select('exp-other').value);
    const list = other ? difference(run, other) : [];
    byID('exp-difference').replaceChildren(...!other ? [] : [
      make('thead', {}, make('tr', {}, ...[tr('Setting'), tr('this run'), tr('the other')].map((text) => make('th', { scope: 'col' }, text)))),
      make('tbody', {}, ...list.length === 0 ? [make('tr', {}, make('td', { colSpan: 3 }, tr('All settings are equal.')))] : list.map((cells) => make('tr', {}, ...cells.map((text, i) => make(i === 0 ? 'th' : 'td', i === 0 ? { scope: 'row' } : {}, text)))))]);
  }

  // A change by a person: stored with the run, or for the shipped and dropped ones as long as the page.
  /**
   * @param {string} id
   * @param {Partial<KeptRun>} fields
   */
  #change(id, fields) {
    if (this.#records.find(id)) this.#records.patch(id, fields);
    else this.#changed.set(id, { ...this.#changed.get(id), ...fields });
    this.#renew();
  }

  /** @param {KeptRun} run */
  #delete(run) {
    const stored = Boolean(this.#records.find(run.id));
    if (stored) this.#records.delete(run.id);
    else this.#dropped = this.#dropped.filter(({ id }) => id !== run.id);
    this.#table.chosen = '';
    this.#renew();
    this.#messages.say(tr`${titleOf(run)} on ${taskName(run.task)} is deleted.`, { text: tr('Undo'), act: () => {
      if (stored) this.#records.restore(run.id);
      else this.#dropped.push(run);
      this.#renew();
    } });
  }

  // ---- The queue.

  #showQueue() {
    if (!this.#open) return;
    const { running, waiting, paused, elsewhere, workers, most } = this.#queue;
    const others = waiting.filter(({ id }) => !running.some(({ run }) => run.id === id));
    const left = others.length;
    const seconds = secondsLeft(running.map(({ run, envSteps, rate }) => ({ left: run.steps - envSteps, rate: rate?.[Metric.StepsPerSecond] ?? 0 })), others.map(({ steps, envSteps }) => steps - envSteps));
    write(byID('exp-queue-says'), running.length + left === 0 ? tr('Nothing waits.')
      : elsewhere ? tr`${plural(left, 'run waits', 'runs wait')}; another tab of this page trains them.`
      : tr`${running.length} of ${plural(workers, 'worker')} at work, ${plural(left, 'run waits', 'runs wait')}${paused ? tr('; the queue is paused') : Number.isFinite(seconds) ? tr`; ${timeText(seconds)} left at the present speed` : ''}.`);
    byID('exp-queue').replaceChildren(...running.map(({ run, envSteps }) => make('li', {}, tr`${algorithmName(run.algorithm)} on ${taskName(run.task)}, seed ${run.seed}: ${count(envSteps)} of ${count(run.steps)}`,
      make('progress', { max: run.steps, value: Math.min(envSteps, run.steps), ariaLabel: tr`Steps of ${algorithmName(run.algorithm)}, seed ${run.seed}` }))));
    write(button('exp-pause'), paused ? tr('Resume') : tr('Pause'));
    button('exp-pause').ariaDisabled = String(!paused && running.length + left === 0 || elsewhere);
    if (select('exp-workers').options.length === 0) select('exp-workers').append(...Array.from({ length: most }, (_, i) => new Option(String(i + 1))));
    select('exp-workers').value = String(workers);
  }

  // ---- Controls.

  #bind() {
    select('exp-task').append(new Option('all', 'all'), ...TASKS.map(({ name, label }) => new Option(label, name)));
    select('exp-metric').append(...QUANTITIES.map(({ id, label }) => new Option(label, id)));
    select('exp-x').append(...Object.entries(AXES).map(([id, { label }]) => new Option(label, id)));
    select('exp-task').addEventListener('change', () => this.#set({ task: select('exp-task').value }));
    select('exp-metric').addEventListener('change', () => this.#set({ metric: select('exp-metric').value }));
    select('exp-x').addEventListener('change', () => this.#set({ x: /** @type {View['x']} */ (select('exp-x').value) }));
    select('exp-by').addEventListener('change', () => this.#set({ by: select('exp-by').value }));
    input('exp-group').addEventListener('change', () => this.#set({ group: input('exp-group').checked }));
    input('exp-log').addEventListener('change', () => this.#set({ log: input('exp-log').checked }));
    input('exp-smooth').addEventListener('input', () => this.#set({ smooth: +input('exp-smooth').value }));
    input('exp-filter').addEventListener('input', () => this.#later());
    input('exp-shipped').addEventListener('change', () => this.#renew());
    picture('exp-chart').addEventListener('pointerup', () => { button('exp-whole').ariaDisabled = String(!this.#chart.zoomed); });
    byID('exp-numbers').addEventListener('toggle', () => this.#fill());
    byID('exp-profile-details').addEventListener('toggle', () => this.#renew());
    this.#press('exp-whole', () => {
      this.#chart.whole();
      button('exp-whole').ariaDisabled = 'true';
    });
    this.#press('exp-svg', () => this.#chart.saveSVG(this.#title, 'onestep-curves'));
    this.#press('exp-png', () => this.#chart.savePNG(this.#title, 'onestep-curves'));
    this.#press('exp-csv', () => files.save(csvOf(this.#list, AXES[this.view.x].label, quantityOf(this.view.metric).label), 'onestep-curves.csv'));
    this.#press('exp-json', () => files.save(jsonOf(this.#drawnRuns), 'onestep-runs.json'));
    this.#press('exp-import', () => input('exp-file').click());
    input('exp-file').addEventListener('change', async () => {
      for (const file of input('exp-file').files ?? []) {
        try {
          this.take(file.name, await files.readFile(file));
        } catch (error) {
          this.#messages.error(tr`${quoted(file.name)} was not taken: ${ended(/** @type {Error} */ (error).message)} Nothing was changed.`);
        }
      }
      input('exp-file').value = '';
    });
    this.#press('exp-pause', () => (this.#queue.paused ? this.#queue.resume() : this.#queue.pause()));
    select('exp-workers').addEventListener('change', () => this.#queue.setWorkers(+select('exp-workers').value));
    const chosen = (/** @type {(run: KeptRun) => void} */ act) => () => { const run = this.#find(this.#table.chosen); if (run) act(run); };
    this.#press('exp-watch', chosen((run) => this.#show(run)));
    this.#press('exp-go', chosen((run) => (run.state === 'running' || run.state === 'queued' ? this.#queue.stop(run.id) : this.#queue.again(run.id))));
    this.#press('exp-pin', chosen((run) => this.#change(run.id, { pinned: !run.pinned })));
    this.#press('exp-record', chosen((run) => files.save(`${JSON.stringify(run.record, null, 2)}\n`, `${run.task}-${run.algorithm}-${run.seed}.json`)));
    this.#press('exp-delete', chosen((run) => this.#delete(run)));
    input('exp-name').addEventListener('change', chosen((run) => this.#change(run.id, { name: input('exp-name').value.trim() || undefined })));
    input('exp-colour').addEventListener('change', chosen((run) => this.#change(run.id, { colour: input('exp-colour').value })));
    select('exp-other').addEventListener('change', chosen((run) => this.#showDifference(run)));
  }

  /**
   * @param {string} id
   * @param {() => unknown} act
   */
  #press(id, act) {
    button(id).addEventListener('click', () => button(id).ariaDisabled !== 'true' && act());
  }

  // What a slide must say: quantity, task, agents, seeds.
  get #title() {
    const groups = groupsOf(this.#list.map(({ run }) => run), this.view.by);
    const agents = [...new Set(groups.map(({ runs: [run] }) => algorithmName(run.algorithm)))].join(', ');
    const seeds = [...new Set(groups.map(({ runs }) => runs.length))].sort((a, b) => a - b);
    return `${quantityOf(this.view.metric).label}, ${this.#task === 'all' ? tr('all tasks') : taskName(this.#task)}: ${agents} (${seeds.length === 1 ? plural(seeds[0], 'seed') : tr`${seeds[0] ?? 0} to ${seeds.at(-1) ?? 0} seeds`})`;
  }

  /**
   * take adds the records of a file, or puts a plan into the queue; it throws an Error that says what is wrong with it.
   * @param {string} name
   * @param {ArrayBuffer} bytes
   */
  take(name, bytes) {
    const text = new TextDecoder().decode(bytes);
    if (/^\s*\{[^]*"blocks"\s*:/.test(text.slice(0, 4000))) {
      this.#plan(name, text);
      return;
    }
    const runs = recordsIn(text);
    const known = new Set(this.#dropped.map(({ id }) => id));
    const fresh = runs.filter(({ id }) => !known.has(id) && known.add(id));
    if (known.size > MOST_RECORDS) throw new Error(tr`with its ${fresh.length} there would be more than ${MOST_RECORDS} runs from files`);
    this.#dropped.push(...fresh);
    this.#store.set({ place: 'experiments', ...runs.some(({ task }) => task === this.#task) ? {} : { view: viewText({ ...this.view, task: catalog.tasks.some((t) => t.name === runs[0].task) ? runs[0].task : 'all' }) } });
    this.#renew();
    this.#messages.say(tr`${quoted(name)}: ${plural(fresh.length, 'run')} joined the others.`);
  }

  /**
   * @param {string} name
   * @param {string} text
   */
  #plan(name, text) {
    const list = planIn(jsonIn(text)).map(({ task, algorithm, seed, steps, preset, config }) => {
      return planOf(/** @type {TaskInfo} */ (taskOf(task)), algorithm, seed, steps, preset, config);
    });
    this.#store.set({ place: 'experiments' });
    this.#messages.error(tr`${quoted(name)} is a plan of ${plural(list.length, 'run')}.`, { text: tr`Put ${list.length} into the queue`, act: () => { this.#queue.add(list); } });
  }
}

/** @param {number | null | undefined} x */
const statistic = (x) => (x === null || x === undefined ? '–' : fixed(x, Math.abs(x) < 10 ? 2 : Math.abs(x) < 1000 ? 1 : 0));

/** @param {Statistic | undefined} s */
const interval = (s) => (s?.interval ? `[${statistic(s.interval[0])}; ${statistic(s.interval[1])}]` : '–');

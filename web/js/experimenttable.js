// The table of runs: sorted, grouped by all but the seed, filtered; what is ticked is drawn.

import { make, turn } from './dom.js';
import { algorithmName, count, fixed, plural } from './format.js';
import { scoreOf, taskName, titleOf } from './experimentdata.js';
import { tr } from './language.js';

/** @typedef {import('./runrecords.js').KeptRun} KeptRun */
/** @typedef {import('./experimentdata.js').Group} Group */

/** COLUMNS: head, text of a run's cell, and what it is sorted by. @type {{id: string, head: string, words?: boolean, text: (run: KeptRun) => string, by: (run: KeptRun) => number | string}[]} */
const COLUMNS = [
  { id: 'name', head: tr('Run'), words: true, text: titleOf, by: titleOf },
  { id: 'task', head: tr('Task'), words: true, text: (r) => taskName(r.task), by: (r) => taskName(r.task) },
  { id: 'agent', head: tr('Agent'), words: true, text: (r) => algorithmName(r.algorithm), by: (r) => r.algorithm },
  { id: 'seed', head: tr('Seed'), text: (r) => String(r.seed), by: (r) => r.seed },
  { id: 'state', head: tr('State'), words: true, text: stateOf, by: (r) => r.state },
  { id: 'steps', head: tr('Steps'), text: (r) => count(r.envSteps), by: (r) => r.envSteps },
  { id: 'one', head: tr('One step'), text: (r) => fixed(scoreOf(r, false)?.mean ?? NaN, 1), by: (r) => scoreOf(r, false)?.mean ?? -Infinity },
  { id: 'many', head: tr('K steps'), text: (r) => fixed(scoreOf(r, true)?.mean ?? NaN, 1), by: (r) => scoreOf(r, true)?.mean ?? -Infinity },
];

const STATES = new Map([['queued', tr('waits')], ['running', tr('trains')], ['paused', tr('paused')], ['done', tr('done')], ['failed', tr('failed')]]);

/** @param {KeptRun} run */
function stateOf(run) {
  if (run.origin === 'shipped') return tr('shipped');
  if (run.origin === 'file') return tr('from a file');
  return (STATES.get(run.state) ?? run.state) + (run.steps > 0 && run.state !== 'done' ? ` ${Math.floor((100 * run.envSteps) / run.steps)} %` : '');
}

const SLICE = 4; // ms of making rows before the page has its turn
const AT_ONCE = 8; // rows that are made within one turn

/**
 * RunTable writes the table; shown and chosen are the ids of runs that are drawn and of the one that is chosen. A run that has
 * not changed keeps its row.
 */
export class RunTable {
  /** @type {Set<string>} */
  hidden = new Set();
  chosen = '';
  #table;
  #events;
  #sort = { by: 'created', down: true };
  /** @type {Group[]} */
  #groups = [];
  #grouped = true;
  /** @type {Map<string, {run: KeptRun, row: HTMLTableRowElement, box: HTMLInputElement, dot: HTMLElement}>} */
  #rows = new Map();

  /**
   * @param {HTMLElement} table
   * @param {{ticked: () => void, choose: (id: string) => void, colour: (run: KeptRun) => string}} events
   */
  constructor(table, events) {
    this.#table = table;
    this.#events = events;
    table.addEventListener('click', ({ target }) => {
      const pressed = target instanceof Element ? target.closest('button') : null;
      const { sort, run } = pressed?.dataset ?? {};
      if (sort) {
        this.#sort = { by: sort, down: this.#sort.by === sort ? !this.#sort.down : sort !== 'name' && sort !== 'task' };
        this.show(this.#groups, this.#grouped);
        /** @type {HTMLElement | null} */ (table.querySelector(`[data-sort="${sort}"]`))?.focus();
      } else if (run) {
        this.#events.choose(run);
      }
    });
    table.addEventListener('change', ({ target }) => {
      if (!(target instanceof HTMLInputElement)) return;
      const ids = target.dataset.group !== undefined ? this.#groups[+target.dataset.group].runs.map(({ id }) => id) : [target.dataset.run ?? ''];
      for (const id of ids) target.checked ? this.hidden.delete(id) : this.hidden.add(id);
      const { id } = target;
      this.show(this.#groups, this.#grouped);
      document.getElementById(id)?.focus();
      this.#events.ticked();
    });
  }

  /**
   * ready tells whether show takes but one turn of the page for these runs.
   * @param {KeptRun[]} runs
   */
  ready(runs) {
    return this.#missing(runs).length <= AT_ONCE;
  }

  /**
   * prepare makes the rows that show lacks, a few in a turn.
   * @param {KeptRun[]} runs
   */
  async prepare(runs) {
    let begun = performance.now();
    for (const run of this.#missing(runs)) {
      this.#rows.set(run.id, this.#made(run));
      if (performance.now() - begun < SLICE) continue;
      await turn();
      begun = performance.now();
    }
  }

  /** @param {KeptRun[]} runs */
  #missing(runs) {
    return runs.filter((run) => this.#rows.get(run.id)?.run !== run);
  }

  /**
   * @param {Group[]} groups
   * @param {boolean} grouped
   */
  show(groups, grouped) {
    this.#groups = groups;
    this.#grouped = grouped;
    const listed = new Set(groups.flatMap(({ runs }) => runs.map(({ id }) => id)));
    for (const id of this.#rows.keys()) if (!listed.has(id)) this.#rows.delete(id);
    const body = make('tbody');
    if (grouped) {
      for (const group of this.#ordered(groups)) {
        if (group.runs.length > 1) body.append(this.#groupRow(group, groups.indexOf(group)));
        body.append(...this.#sorted(group.runs).map((run) => this.#row(run, group.runs.length > 1)));
      }
    } else {
      body.append(...this.#sorted(groups.flatMap(({ runs }) => runs)).map((run) => this.#row(run, false)));
    }
    this.#table.replaceChildren(this.#head(), body);
  }

  #head() {
    const row = make('tr');
    for (const { id, head, words } of COLUMNS) {
      const button = make('button', { type: 'button', textContent: head });
      button.dataset.sort = id;
      const cell = make('th', { scope: 'col', className: words ? `words ${id}` : id }, button);
      if (this.#sort.by === id) cell.setAttribute('aria-sort', this.#sort.down ? 'descending' : 'ascending');
      row.append(cell);
    }
    return make('thead', {}, row);
  }

  /**
   * @param {Group} group
   * @param {number} i
   */
  #groupRow(group, i) {
    const box = make('input', { type: 'checkbox', id: `exp-group-${i}`, checked: group.runs.some(({ id }) => !this.hidden.has(id)), ariaLabel: tr`Draw ${group.name} on ${taskName(group.runs[0].task)}` });
    box.indeterminate = box.checked && group.runs.some(({ id }) => this.hidden.has(id));
    box.dataset.group = String(i);
    const name = make('th', { scope: 'rowgroup', colSpan: COLUMNS.length }, box, tr`${group.name} on ${taskName(group.runs[0].task)}, ${plural(group.runs.length, 'run')}`);
    return make('tr', { className: 'group' }, name);
  }

  /**
   * @param {KeptRun} run
   * @param {boolean} member
   */
  #row(run, member) {
    const known = this.#rows.get(run.id);
    const made = known?.run === run ? known : this.#made(run);
    this.#rows.set(run.id, made);
    const { row, box, dot } = made;
    row.className = member ? 'member' : '';
    row.ariaSelected = run.id === this.chosen ? 'true' : null;
    box.checked = !this.hidden.has(run.id);
    dot.style.background = this.#events.colour(run);
    return row;
  }

  // A row but for what the rest of the list decides.
  /** @param {KeptRun} run */
  #made(run) {
    const row = make('tr');
    row.dataset.run = run.id;
    row.dataset.state = run.state;
    row.dataset.hash = run.hash ?? '';
    const box = make('input', { type: 'checkbox', id: `exp-show-${run.id}`, ariaLabel: tr`Draw ${titleOf(run)} on ${taskName(run.task)}` });
    const dot = make('span', { className: 'exp-dot' });
    box.dataset.run = run.id;
    for (const { id, words, text } of COLUMNS) {
      const cell = make('td', { className: words ? `words ${id}` : id });
      if (id === 'name') {
        const name = make('button', { type: 'button', className: 'exp-name', textContent: `${run.pinned ? '★ ' : ''}${text(run)}` });
        name.dataset.run = run.id;
        cell.append(box, dot, name);
      } else {
        cell.textContent = text(run);
      }
      row.append(cell);
    }
    return { run, row, box, dot };
  }

  /** @param {KeptRun[]} runs */
  #sorted(runs) {
    const { by, down } = this.#sort;
    const key = COLUMNS.find(({ id }) => id === by)?.by ?? ((/** @type {KeptRun} */ r) => (r.created > 0 ? r.created : -r.seed));
    const order = (/** @type {KeptRun} */ a, /** @type {KeptRun} */ b) => {
      const [x, y] = [key(a), key(b)];
      return x === y ? a.seed - b.seed : (x < y ? -1 : 1) * (down ? -1 : 1);
    };
    return [...runs].sort((a, b) => Number(Boolean(b.pinned)) - Number(Boolean(a.pinned)) || order(a, b));
  }

  // Groups stand in the order of their first run.
  /** @param {Group[]} groups */
  #ordered(groups) {
    const first = this.#sorted(groups.map(({ runs }) => this.#sorted(runs)[0]));
    return first.map((run) => /** @type {Group} */ (groups.find(({ runs }) => runs.includes(run))));
  }
}

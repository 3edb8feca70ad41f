// What the mirror lab says: sentences, and tables of numbers with their formulas.

import { tr } from './language.js';
import { MirrorRow, NumMirrorRow } from './protocol.js';
import { CHOICES, MAPS, METHODS, choicesOf } from './mirrorstate.js';
import { placesOf, short } from './mirrordraw.js';
import { rove } from './tips.js';
import { all, byID, make, write } from './dom.js';

/** @typedef {import('./mirrordraw.js').Path} Path */
/** @typedef {import('./mirrorstate.js').MirrorState} MirrorState */

export const NAMES = /** @type {const} */ (['A', 'B']);

/** Numbers of both columns: what each is called, its formula, and how it comes from a path at k. @type {[string, string, (path: Path, k: number) => number][]} */
const FIGURES = [
  [tr('value'), tr('ρ·V^k, the value from the start'), at(MirrorRow.Value)], [tr('gap in ρ'), tr('ρ·(V* − V^k), from the start'), at(MirrorRow.GapRho)], [tr('largest gap'), tr('max over states of V* − V^k'), at(MirrorRow.GapSup)],
  [tr('bound'), tr('what the theorem promises for the gap that the sentence names'), at(MirrorRow.Bound)], [tr('entropy'), tr('mean over states of −Σ π log π, in nats'), at(MirrorRow.Entropy)],
  [tr('variance'), tr('mean over states of 1 − Σ π², the trace of the covariance of the one-hot action; on the wells, that of the action’s place'), at(MirrorRow.Variance)],
  [tr('move'), tr('max over states of D_h(π_{k+1}, π_k)'), at(MirrorRow.Move)], [tr('step η'), tr('the step taken from k, with the factor inv′(1/A)/A where the first step is equal'), at(MirrorRow.Eta)],
  [tr('potential'), 'ν*·(V* − V^k) + (1/η + τ) ν*·KL(π*, π_k)', at(MirrorRow.Potential)],
  [tr('state updates'), tr('states whose policy moved so far'), at(MirrorRow.Updates)], [tr('backups'), tr('of a state and action so far: S A h an iteration, A where one state moves'), at(MirrorRow.Backups)],
  [tr('evaluations'), tr('solutions of (I − γP)V = r so far'), at(MirrorRow.Evaluations)],
  [tr('iterations a second'), tr('of the whole path in this tab, with every measure and every picture that is kept'), ({ info }) => info.iterations / Math.max(info.seconds, 1e-3)],
];

/** @param {number} c */
function at(c) {
  return (/** @type {Path} */ path, /** @type {number} */ k) => path.rows[k * NumMirrorRow + c];
}

let tips = 0;

/**
 * explained is a term with its explanation, which opens on hover, on focus and by a finger.
 * @param {string} words
 * @param {string} says
 */
export function explained(words, says) {
  const id = `mirror-tip-${tips++}`;
  const term = make('button', { type: 'button', className: 'term', textContent: words, tabIndex: -1 });
  term.dataset.tip = id;
  term.setAttribute('aria-describedby', id);
  const tip = make('span', { className: 'tip', id, textContent: says });
  tip.setAttribute('role', 'tooltip');
  return make('span', {}, term, tip);
}

/** buildWords makes the table of numbers, and a term of every element of the lab that has something to say. */
export function buildWords() {
  for (const e of all('#mirror [data-says]')) e.replaceChildren(explained(e.textContent ?? '', e.dataset.says ?? ''));
  byID('mirror-numbers').append(...FIGURES.map(([name, formula]) => make('tr', {}, make('th', { scope: 'row' }, explained(name, formula)), make('td'), make('td'))));
  all('#mirror table').forEach(rove);
}

/**
 * tell writes sentences and tables.
 * @param {Map<number, Path>} paths
 * @param {MirrorState} lab
 * @param {number} k
 * @param {(state: number) => void} choose
 */
export function tell(paths, lab, k, choose) {
  write(byID('mirror-says'), [0, 1].map((i) => sentence(i, paths.get(i), k)).join(' '));
  byID('mirror-numbers').querySelectorAll('tr').forEach((row, r) => row.querySelectorAll('td').forEach((td, i) => {
    const path = paths.get(i);
    write(td, path && k <= path.info.iterations ? short(FIGURES[r][2](path, k)) : '–');
  }));
  tellState(paths, lab, k);
  if (byID('mirror-states-box').hasAttribute('open')) tellStates(paths, lab, k, choose);
}

/**
 * @param {number} i
 * @param {Path | undefined} path
 * @param {number} shown
 */
function sentence(i, path, shown) {
  if (!path) return tr`${NAMES[i]} has no path yet.`;
  const k = Math.min(shown, path.info.iterations);
  const at = (/** @type {number} */ j, /** @type {number} */ c) => path.rows[j * NumMirrorRow + c];
  const share = at(k, MirrorRow.GapRho) / at(0, MirrorRow.GapRho);
  const fell = k > 0 && at(k, MirrorRow.Value) < at(k - 1, MirrorRow.Value) - 1e-9 ? tr(', and the last step made it worse') : '';
  const { boundOn, note } = path.info;
  const what = new Map([['gapRho', MirrorRow.GapRho], ['gapSup', MirrorRow.GapSup], ['potential', MirrorRow.Potential]]).get(boundOn);
  const first = what === undefined ? NaN : at(0, what);
  const promise = what === undefined ? tr` The theorem is silent: ${note}.`
    : at(k, MirrorRow.Bound) >= first ? tr(' Its bound is still above where it began, so the theorem promises nothing yet.')
      : tr` The theorem promises at most ${short(at(k, MirrorRow.Bound))} for the ${{ gapRho: tr('gap in ρ'), gapSup: tr('largest gap'), potential: tr('potential') }[boundOn]}, which is ${short(at(k, what))}.`;
  return tr`After ${k} iterations ${NAMES[i]} still lacks ${share < 1e-9 ? tr('nothing') : tr`${short(100 * share)} % of what it lacked at the start`}${fell}.${promise}`;
}

/**
 * @param {Map<number, Path>} paths
 * @param {MirrorState} lab
 * @param {number} k
 */
function tellState(paths, lab, k) {
  const some = paths.get(0) ?? paths.get(1);
  if (!some) return;
  const { cells, actions, layout, states } = some.info;
  const state = lab.state < states ? lab.state : 0;
  write(byID('mirror-state'), cells?.[state] ? tr`Row ${cells[state][0] + 1}, column ${cells[state][1] + 1}` : tr`number ${state}`);
  write(byID('mirror-state-says'), [0, 1].flatMap((i) => {
    const path = paths.get(i);
    return path ? [tr`${NAMES[i]}: value ${short(path.v[frameOf(path, k) * states + state])}, ${preferred(path, frameOf(path, k), state)}.`] : [];
  }).join(' '));
  const most = Math.min(actions, 12);
  byID('mirror-actions').replaceChildren(...Array.from({ length: most }, (_, a) => {
    const cells = [0, 1].flatMap((i) => {
      const path = paths.get(i);
      if (!path) return ['–', '–', '–'];
      const j = (frameOf(path, k) * path.info.states + state) * actions + a;
      const star = path.best[path.info.states + state * actions + a];
      return [short(path.pi[j]), short(path.q[j]), star > 0 ? short(Math.log(star / path.pi[j])) : '–'];
    });
    return make('tr', {}, make('th', { scope: 'row', textContent: actionName(a, layout) }), ...cells.map((textContent) => make('td', { textContent })));
  }));
}

/**
 * tellStates writes the table of states: the grid for those who do not see it.
 * @param {Map<number, Path>} paths
 * @param {MirrorState} lab
 * @param {number} k
 * @param {(state: number) => void} choose
 */
function tellStates(paths, lab, k, choose) {
  const some = paths.get(0) ?? paths.get(1);
  if (!some) return;
  const { info } = some;
  const { at } = placesOf(info);
  const table = byID('mirror-states');
  const focused = all('button', table).findIndex((e) => e === document.activeElement);
  table.replaceChildren(...Array.from({ length: info.states }, (_, s) => {
    const numbers = [0, 1].flatMap((i) => {
      const path = paths.get(i);
      if (!path) return ['–', '–'];
      const f = frameOf(path, k);
      return [short(path.v[f * info.states + s]), preferred(path, f, s)];
    });
    const button = make('button', { type: 'button', className: 'quiet', textContent: at[s] && info.layout ? `${at[s][0] + 1}, ${at[s][1] + 1}` : String(s) });
    button.setAttribute('aria-pressed', String(s === lab.state));
    button.addEventListener('click', () => choose(s));
    return make('tr', {}, make('th', { scope: 'row' }, button), ...numbers.map((textContent) => make('td', { textContent })));
  }));
  all('button', table)[focused]?.focus();
}

/**
 * preferred names the likeliest action of a state and its probability.
 * @param {Path} path
 * @param {number} frame
 * @param {number} state
 */
function preferred({ info, pi }, frame, state) {
  if (info.terminal.includes(state)) return 'end';
  const row = pi.subarray((frame * info.states + state) * info.actions, (frame * info.states + state + 1) * info.actions);
  const best = row.indexOf(Math.max(...row));
  return `${actionName(best, info.layout)}, ${Math.round(100 * row[best])} %`;
}

/**
 * frameOf is the last frame at or before iteration k.
 * @param {Path} path
 * @param {number} k
 */
export function frameOf({ info: { frames } }, k) {
  let f = frames.length - 1;
  while (f > 0 && frames[f] > k) f--;
  return f;
}

/** @param {number} a @param {string[]} [layout] */
const actionName = (a, layout) => (layout ? [tr('up'), tr('right'), tr('down'), tr('left')][a] : tr`action ${a}`);

/** @param {MirrorState} lab @param {number} i */
export function nameOf(lab, i) {
  const c = lab.columns[i];
  /** @type {string[]} */
  const parts = [METHODS[/** @type {'h-pi'} */ (c.method)]];
  for (const name of choicesOf(c).slice(1)) {
    if (name === 'map') parts.push(MAPS[/** @type {'entropy'} */ (c.map)]);
    else if (name === 'rule') parts.push(tr`${tr(String(c.rule))} step`);
    else if (!name.startsWith('w') && !(name === 'noise' && c.noise === 0) && !(name === 'h' && c.h === 1)) parts.push(`${CHOICES[name].label.replace(/^.* /, '')}\u00A0=\u00A0${c[name]}`);
  }
  return parts.filter(Boolean).join(', ');
}

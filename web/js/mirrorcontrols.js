// The controls of the mirror lab: what they hold and when they are shown follows the state alone.

import { AXES, CHOICES, GROUND, LAYERS, PROBLEMS, choicesOf, suited } from './mirrorstate.js';
import { TOOLS } from './mirrorgrid.js';
import { NAMES, explained } from './mirrorwords.js';
import { byID, input, make, select, write } from './dom.js';

/** @typedef {import('./mirrorstate.js').MirrorState} MirrorState */

/**
 * buildControls makes the controls of both columns and of the lab.
 * @param {() => MirrorState} lab
 * @param {(patch: Partial<MirrorState>) => void} set
 * @param {(tool: string) => void} take
 */
export function buildControls(lab, set, take) {
  fill(select('mirror-problem-name'), PROBLEMS, (problem) => set({ problem, columns: suited(problem, lab().columns), start: [], state: 0, k: Math.min(lab().k, lab().n) }));
  fill(select('mirror-layer'), LAYERS, (layer) => set({ layer }));
  fill(select('mirror-axis'), AXES, (axis) => set({ axis }));
  fill(select('mirror-tool'), TOOLS, take);
  const n = input('mirror-n');
  n.addEventListener('change', () => {
    if (n.value !== '') set({ n: Math.min(Math.max(Math.round(+n.value), 1), 5000) });
    n.value = String(lab().n); // what was out of range or no number
  });
  for (const name of /** @type {const} */ (['equal', 'lying'])) input(`mirror-${name}`).addEventListener('change', (event) => set({ [name]: Number(/** @type {HTMLInputElement} */ (event.target).checked) }));
  for (const [i, name] of NAMES.entries()) byID(`mirror-${'ab'[i]}`).append(...Object.entries(CHOICES).map(([choice, what]) => {
    return control(`mirror-${'ab'[i]}-${choice}`, what, `, ${name}`, (value) => {
      set({ columns: /** @type {MirrorState['columns']} */ (lab().columns.map((c, j) => (j === i ? { ...c, [choice]: value } : c))) });
    });
  }));
  byID('mirror-ground').append(...Object.entries(GROUND).map(([name, what]) => control(`mirror-${name}`, what, '', (value) => set({ [name]: value }))));
}

/**
 * @param {string} id
 * @param {import('./mirrorstate.js').Choice} what
 * @param {string} whose added to the label for those who do not see where it stands
 * @param {(value: number | string) => void} choose
 */
function control(id, { label, tip, of, min = 0, max = 0, step = 1, log, start }, whose, choose) {
  if (of) {
    const list = make('select', { id });
    fill(list, of, choose);
    list.setAttribute('aria-label', `${label}${whose}`);
    return make('div', { id: `${id}-row`, className: 'field' }, explained(label, tip), list);
  }
  const range = make('input', { type: 'range', id, min: String(log ? Math.log10(min) : min), max: String(log ? Math.log10(max) : max), step: String(log ? 0.02 : step), value: String(start) });
  range.setAttribute('aria-label', `${label}${whose}`);
  range.addEventListener('input', () => choose(log ? +(10 ** +range.value).toPrecision(3) : +range.value));
  return make('div', { id: `${id}-row`, className: 'lab-slider' }, explained(label, tip), range, make('span', { id: `${id}-value`, className: 'value' }));
}

/**
 * showControls writes the state into them.
 * @param {MirrorState} lab
 */
export function showControls(lab) {
  select('mirror-problem-name').value = lab.problem;
  select('mirror-layer').value = lab.layer;
  select('mirror-axis').value = lab.axis;
  input('mirror-n').value = String(lab.n);
  input('mirror-k').max = String(lab.n);
  input('mirror-equal').checked = lab.equal === 1;
  input('mirror-lying').checked = lab.lying === 1;
  byID('mirror-ground').hidden = lab.problem !== 'grid';
  for (const name of /** @type {(keyof typeof GROUND)[]} */ (Object.keys(GROUND))) {
    input(`mirror-${name}`).value = String(lab[name]);
    write(byID(`mirror-${name}-value`), String(lab[name]));
  }
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

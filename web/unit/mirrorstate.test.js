import { FAILURES, PROBLEMS, choicesOf, initialMirror, parseMirror, problemOf, settingsOf, textOfMirror } from '../js/mirrorstate.js';
import { equal, holds, test } from './unit.js';

test('the text of a mirror lab gives it back', () => {
  for (const problem of Object.keys(PROBLEMS)) {
    const lab = { ...initialMirror(), problem, n: 90, k: 12, axis: 'b' };
    lab.columns[1].eta = 0.25;
    equal(textOfMirror(/** @type {any} */ (parseMirror(textOfMirror(lab)))), textOfMirror(lab), problem);
  }
});

test('what two columns choose is followed', () => {
  const lab = /** @type {any} */ (parseMirror('trap*n_60*k_6*start_0.02*a.h_2*a.eta_0.25*b.method_bpmd*b.tau_0.1*b.sampling_hybrid'));
  equal(settingsOf(lab.columns[0], lab), { method: 'h-pmd', iterations: 60, map: { kind: 'entropy' }, h: 2, step: { kind: 'constant', eta: 0.25 }, start: [[0.5, 0.5], [0.98, 0.02], [0.5, 0.5]] });
  equal(settingsOf(lab.columns[1], lab), { method: 'bpmd', iterations: 60, step: { kind: 'constant', eta: 1 }, tau: 0.1, sampling: 'hybrid', seed: 1, H: 96, start: [[0.5, 0.5], [0.98, 0.02], [0.5, 0.5]] });
  holds(choicesOf(lab.columns[1]).includes('H'), 'hybrid sampling wants H');
});

test('an equal first step is asked of maps whose step is not adaptive', () => {
  const lab = /** @type {any} */ (parseMirror('cliff*equal_1*a.map_euclid*b.rule_adaptive'));
  equal(settingsOf(lab.columns[0], lab), { method: 'h-pmd', iterations: 60, map: { kind: 'euclid' }, h: 1, step: { kind: 'constant', eta: 1 }, equalFirstStep: true });
  equal(settingsOf(lab.columns[1], lab).equalFirstStep, undefined);
  equal(textOfMirror(lab), 'cliff*equal_1*a.map_euclid*b.rule_adaptive');
});

test('a grid survives its link', () => {
  const lab = { ...initialMirror(), problem: 'grid', grid: ['S.#', '.XG'], wind: [0, 0.2, 1], slip: 0.3, cost: 0.25, goal: 2.5 };
  equal(problemOf(lab), { grid: { layout: ['S.#', '.XG'], slip: 0.3, step: -0.25, goal: 2.5, wind: [0, 0.2, 1], gamma: 0.95 } });
  equal(problemOf(/** @type {any} */ (parseMirror(textOfMirror(lab)))), problemOf(lab));
});

test('a text that is not as it should be is none', () => {
  for (const text of ['', 'nothing', 'cliff*n', 'cliff*n_0', 'cliff*n_1.5', 'cliff*layer_x', 'cliff*a.method_x', 'cliff*a.eta_1e9', 'cliff*c.eta_1', 'cliff*a.__proto___1', '__proto__', 'constructor', 'grid*grid_oo-o', 'grid*grid_o?', 'cliff*axis_constructor', 'grid*goal_0', 'grid*cost_2', 'grid*slip_x']) {
    equal(parseMirror(text), undefined, text);
  }
});

test('every instructive failure is a link of the lab or of the playground', () => {
  equal(FAILURES.filter(({ link }) => link).length, 8);
  for (const { link, title, playground } of FAILURES) holds(link ? parseMirror(link) : playground?.startsWith('#v=1&'), title);
});

// The playground's own scatter for the mirror lab: what the policy on the stage does in the states that it visited last.

import { tr } from './language.js';
import { Type } from './protocol.js';
import { byID, write } from './dom.js';
import { element, drawChart } from './labdraw.js';

/** @typedef {{variance: number, lower: number, upper: number, shift: number}} Dot */

const EVERY = 2000; // ms between two looks at the stage

/**
 * dotsOf reads the CSV of the stage's scatter: age, c, variance, W2 between two bounds, shift, and what follows.
 * @param {string} csv
 * @returns {Dot[]}
 */
export const dotsOf = (csv) => csv.trim().split('\n').slice(1).map((row) => row.split(',').map(Number)).filter((row) => row.length > 5 && row.every(Number.isFinite))
  .map(([, , variance, lower, upper, shift]) => ({ variance, lower, upper, shift }));

/** LiveScatter asks the stage while the lab is open. */
export class LiveScatter {
  #stage;
  #svg;
  #nameOf;
  #timer = 0;
  #asking = false;

  /**
   * @param {import('./stageclient.js').Stage} stage
   * @param {SVGSVGElement} svg
   * @param {() => string} nameOf the policy on the stage
   */
  constructor(stage, svg, nameOf) {
    this.#stage = stage;
    this.#svg = svg;
    this.#nameOf = nameOf;
  }

  /** @param {boolean} open */
  watch(open) {
    clearInterval(this.#timer);
    this.#timer = 0;
    if (!open) return;
    if (!this.#stage.isReady) this.#show([]); // what comes when it is ready moves nothing below it
    this.#timer = setInterval(() => this.#ask(), EVERY);
    this.#ask();
  }

  async #ask() {
    if (this.#asking) return;
    this.#asking = true;
    try {
      const { data: [bytes] } = await this.#stage.request(Type.ExportPanel, { panel: 'scatter', format: 'csv' });
      this.#show(dotsOf(new TextDecoder().decode(bytes)));
    } catch {
      this.#show([]); // a stage that is not there has visited nothing
    }
    this.#asking = false;
  }

  /** @param {Dot[]} dots */
  #show(dots) {
    this.#svg.toggleAttribute('hidden', dots.length === 0);
    byID('mirror-shipped').hidden = dots.length > 0;
    write(byID('mirror-live-says'), dots.length === 0
      ? tr('Below, the same picture of a trained flow: states that the shipped FPMD‑R hopper visits. Let the playground run a policy, and its own states stand here.')
      : tr`Below, the ${dots.length} states that ${this.#nameOf()} visited last in the playground: W₂ from its lower to its upper bound.`);
    if (dots.length) drawLive(this.#svg, dots);
  }
}

/**
 * drawLive draws dots with the span to their upper bound, and the curve of the bound.
 * @param {SVGSVGElement} svg
 * @param {Dot[]} dots
 */
function drawLive(svg, dots) {
  const most = Math.max(1e-3, ...dots.map((d) => d.variance));
  const xs = Array.from({ length: 60 }, (_, j) => (j / 59) * most);
  drawChart(svg, {
    series: [
      { xs, ys: xs.map(Math.sqrt), colour: 'var(--muted)', dash: '7 4' },
      {
        xs: dots.map((d) => d.variance), ys: dots.map((d) => d.lower), to: dots.map((d) => d.upper), colour: 'var(--one)', dots: true,
        titles: dots.map((d) => tr`tr Var = ${d.variance.toPrecision(3)}; W₂ from ${d.lower.toPrecision(3)} to ${d.upper.toPrecision(3)}, of it shift |E X₁ − E X₁ᴷ| = ${d.shift.toPrecision(3)}; bound √tr Var = ${Math.sqrt(d.variance).toPrecision(3)}`),
      },
    ],
    xMost: most, xName: tr('variance tr Var(a|s)'), yName: tr('one-step error W₂'),
  });
  svg.append(element('title', {}, tr('The playground’s policy: variance of its actions in each visited state against the error of one step')));
}

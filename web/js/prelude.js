// What is seen of the body until the stage's program runs: the first seconds of the same first episode, recorded by the build, as
// lines with round ends. It lies under the stage's frame and goes with the stage's first picture, or when something else is
// asked for.

import { media } from './abilities.js';
import { byID, picture } from './dom.js';
import recorded from './recorded.js';

const EDGE = 16; // mm of outline, of both sides together
const MARKS = 500; // mm between two marks on the ground
const DEEP = 46; // mm that they lie below it
const REACH = 3 * recorded.width; // mm to both sides, more than any panel is wide
const still = media('(prefers-reduced-motion: reduce)');

/**
 * coordinates are those of a moment between two frames: the camera's, then those of each limb, mm.
 * @param {number} seconds since the beginning; where the recording ends it begins again
 */
export function coordinates(seconds) {
  const at = (seconds / recorded.period) % (recorded.frames.length - 1);
  const after = recorded.frames[Math.floor(at) + 1];
  return recorded.frames[Math.floor(at)].map((x, i) => x + (at % 1) * (after[i] - x));
}

/**
 * prelude plays it where it is what the stage will show.
 * @param {ReturnType<typeof import('./link.js').open>} store
 * @param {EventTarget} stage whose event 'drawn' tells of a picture
 */
export function prelude(store, stage) {
  const whole = byID('prelude');
  const wanted = () => {
    const { task, algorithm, drive, place } = store.state;
    return task === recorded.task && algorithm === recorded.algorithm && drive === 'policy' && place === 'playground';
  };
  const end = () => whole.remove();
  if (!wanted()) return end();
  stage.addEventListener('drawn', end, { once: true });
  store.subscribe(() => wanted() || end());

  const svg = picture('prelude-body');
  const ground = line('ground');
  const marks = line('ground');
  const limbs = recorded.limbs.map(({ far, radius }) => [line('edge', 2 * radius + EDGE), line(far ? 'far' : 'limb', 2 * radius)]);
  svg.setAttribute('viewBox', `${-recorded.width / 2} ${recorded.top} ${recorded.width} ${recorded.height}`);
  marks.setAttribute('stroke-dasharray', `12 ${MARKS - 12}`);
  lay(ground, [-REACH, 0, REACH, 0]);
  svg.append(ground, marks, ...limbs.flat());
  whole.hidden = false;
  const begun = performance.now();
  const draw = () => {
    if (!whole.isConnected) return;
    const [u, ...ends] = coordinates(still.matches || !store.state.playing ? 0 : (performance.now() - begun) / 1000);
    lay(marks, [-REACH - (u % MARKS), DEEP, REACH, DEEP]);
    limbs.forEach((lines, i) => lines.forEach((each) => lay(each, ends.slice(4 * i, 4 * i + 4))));
    requestAnimationFrame(draw);
  };
  draw();
}

/**
 * line makes a line of a class.
 * @param {string} name
 * @param {number} [width] mm; without one it is the style sheet's
 */
function line(name, width) {
  const e = document.createElementNS('http://www.w3.org/2000/svg', 'line');
  e.setAttribute('class', name);
  if (width) e.setAttribute('stroke-width', String(width));
  return e;
}

/**
 * lay moves a line to its ends.
 * @param {SVGElement} e
 * @param {number[]} ends
 */
const lay = (e, ends) => ['x1', 'y1', 'x2', 'y2'].forEach((name, i) => e.setAttribute(name, ends[i].toFixed(0)));

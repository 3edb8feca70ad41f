// A drag on a picture, by mouse, pen or finger. Escape takes it back; a press that begins no drag scrolls as elsewhere.

/**
 * drags calls begin for a press, and move for every place of one that begin has taken.
 * @param {SVGSVGElement} svg
 * @param {(event: PointerEvent) => (() => void) | null} begin returns what puts back all that the drag has changed, or null
 *   where the press is none
 * @param {(event: PointerEvent) => void} move
 */
export function drags(svg, begin, move) {
  /** @type {{pointer: number, back: () => void} | null} */
  let held = null;
  svg.addEventListener('pointerdown', (event) => {
    const back = held || event.button !== 0 ? null : begin(event);
    if (!back) return;
    held = { pointer: event.pointerId, back };
    svg.setPointerCapture(event.pointerId);
  });
  svg.addEventListener('touchstart', (event) => held && event.preventDefault(), { passive: false });
  svg.addEventListener('pointermove', (event) => { if (event.pointerId === held?.pointer) move(event); });
  for (const end of /** @type {const} */ (['pointerup', 'pointercancel', 'lostpointercapture'])) {
    svg.addEventListener(end, (event) => { if (event.pointerId === held?.pointer) held = null; });
  }
  addEventListener('keydown', (event) => {
    if (event.key !== 'Escape' || !held) return;
    event.stopPropagation(); // it means the drag alone
    held.back();
    held = null;
  }, { capture: true });
}

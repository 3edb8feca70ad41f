// Which cells of a grid are played next, and what they cost. Pure: nothing here touches the page.

const AT_ONCE = 5; // episodes of a cell, so that all cells say something soon and their intervals narrow together
const BODY = 4; // a step of a body costs about as much as so many evaluations of a network

/**
 * costOf is the work of an episode of a cell, relative to one evaluation of a network per action.
 * @param {{nfe: number, criticNFE: number}} cell
 */
export const costOf = ({ nfe, criticNFE }) => nfe + criticNFE + BODY;

/**
 * cellsDue lists the cells that want more episodes, those with the fewest first and of these the cheapest, and how many come
 * next of each.
 * @template {{nfe: number, criticNFE: number, returns: number[] | null}} T
 * @param {T[]} cells
 * @param {number} episodes of each in the end
 * @returns {{cell: T, episodes: number}[]}
 */
export function cellsDue(cells, episodes) {
  const played = (/** @type {T} */ { returns }) => returns?.length ?? 0;
  return cells.filter((cell) => played(cell) < episodes)
    .sort((a, b) => played(a) - played(b) || costOf(a) - costOf(b))
    .map((cell) => ({ cell, episodes: Math.min(AT_ONCE, episodes - played(cell)) }));
}

/**
 * frontOf are the ways of acting that none beats, the cheapest first: none returns more at the same or a lower cost, and none as
 * much at a lower one. Ways whose cost is unknown are left out.
 * @template {{mean: number}} T
 * @param {T[]} ways
 * @param {(way: T) => number} cost
 * @returns {T[]}
 */
export function frontOf(ways, cost) {
  /** @type {T[]} */
  const front = [];
  for (const way of ways.filter((w) => Number.isFinite(cost(w))).sort((a, b) => cost(a) - cost(b) || b.mean - a.mean)) {
    const last = front.at(-1);
    if (!last || way.mean > last.mean || (way.mean === last.mean && cost(way) === cost(last))) front.push(way);
  }
  return front;
}

/**
 * scaleOf is the range of means that the colours span: at least as wide as an interval is on average, so that cells look alike
 * where their intervals tell no difference.
 * @param {{mean: number, interval: {Low: number, High: number}}[]} cells
 * @returns {[number, number]}
 */
export function scaleOf(cells) {
  const means = cells.map(({ mean }) => mean);
  const [low, high] = [Math.min(...means), Math.max(...means)];
  const width = cells.reduce((sum, { interval: { Low, High } }) => sum + High - Low, 0) / cells.length;
  const room = Math.max(0, width - (high - low)) / 2;
  return [low - room, high + room];
}

// The bar at the bottom of a small screen and of an embedded page: play, one step or many, and Train stay in reach.
// The very controls move there (css/bar.css); this says when.

import { media } from './abilities.js';
import { byID } from './dom.js';
import { toFragment } from './state.js';

const small = media('(max-width: 44rem), (max-height: 30rem)');
const narrow = media('(max-width: 72rem), (max-height: 30rem)'); // the head has no room for a sentence

/**
 * bar follows the window and the state.
 * @param {import('./state.js').Store} store
 */
export function bar(store) {
  const root = document.documentElement;
  const [opening, files] = [byID('opening'), byID('files')];
  const head = opening.parentElement;
  const follow = () => {
    const { embed } = store.state;
    root.toggleAttribute('data-bar', small.matches || embed);
    root.toggleAttribute('data-embed', embed);
    // Where there is little room the body comes first: what else stands in the head goes to the controls.
    for (const [part, moves] of /** @type {[HTMLElement, boolean][]} */ ([[opening, narrow.matches], [files, small.matches]])) {
      const to = moves ? byID('controls') : head;
      if (part.parentElement !== to) to?.append(part);
    }
    if (opening.parentElement === head && files.parentElement === head) head?.append(files);
    /** @type {HTMLAnchorElement} */ (byID('whole')).href = toFragment({ ...store.state, embed: false });
  };
  for (const each of [small, narrow]) each.addEventListener('change', follow);
  store.subscribe(follow);
  follow();
}

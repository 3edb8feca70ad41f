// The bar at the bottom of a small screen and of an embedded page: play, one step or many, and Train stay in reach.
// The very controls move there (css/bar.css); this says when.

import { toFragment } from './state.js';

const narrow = matchMedia('(max-width: 44rem)');

/** bar follows the window and the state. */
export function bar(store) {
  const root = document.documentElement;
  const follow = () => {
    const { embed } = store.state;
    root.toggleAttribute('data-bar', narrow.matches || embed);
    root.toggleAttribute('data-embed', embed);
    document.getElementById('whole').href = toFragment({ ...store.state, embed: false });
  };
  narrow.addEventListener('change', follow);
  store.subscribe(follow);
  follow();
}

// The places of the page: Playground, Experiments, Labs (the variance lab and the mirror lab, each a tab) and Learn. One is shown; the others keep their elements and their
// state. Each place's link is the page's own with another place in it, so that the browser's history and a new tab work.

import { all } from './dom.js';
import { tr } from './language.js';
import { toFragment } from './state.js';

const HEADING = 'Onestep';

/** Places shows the place of the state. */
export class Places {
  #sections = all('[data-place]');
  #links = /** @type {HTMLAnchorElement[]} */ (all('#places a, .labs a'));
  #now = '';

  /** @param {import('./state.js').Store} store */
  constructor(store) {
    store.subscribe((state) => this.#show(state));
    this.#show(store.state);
  }

  /** @param {State} state */
  #show(state) {
    for (const link of this.#links) link.href = toFragment({ ...state, place: link.dataset.to ?? '' });
    if (state.place === this.#now) return;
    const before = this.#now;
    this.#now = state.place;
    document.documentElement.dataset.at = state.place;
    for (const section of this.#sections) section.hidden = section.dataset.place !== state.place;
    for (const link of this.#links) {
      if (link.dataset.to === state.place || (link.dataset.to === 'lab' && state.place === 'mirror' && link.closest('#places'))) link.setAttribute('aria-current', 'page');
      else link.removeAttribute('aria-current');
    }
    const name = this.#links.findLast((link) => link.dataset.to === state.place)?.textContent ?? '';
    document.title = state.place === 'playground' ? tr`${HEADING}: one-step flow policies` : `${name} · ${HEADING}`;
    if (before !== '') scrollTo(0, 0);
  }
}

// The places of the page: Playground, Variance lab and About. One is shown; the others keep their elements and their
// state. Each place's link is the page's own with another place in it, so that the browser's history and a new tab work.

import { toFragment } from './state.js';

const HEADING = 'Onestep';

/** Places shows the place of the state. shown(place, before) is called after it has changed. */
export class Places {
  #sections = [...document.querySelectorAll('[data-place]')];
  #links = [...document.querySelectorAll('#places a')];
  #now = '';

  constructor(store, shown) {
    this.shown = shown;
    store.subscribe((state) => this.#show(state));
    this.#show(store.state);
  }

  #show(state) {
    for (const link of this.#links) link.href = toFragment({ ...state, place: link.dataset.to });
    if (state.place === this.#now) return;
    const before = this.#now;
    this.#now = state.place;
    document.documentElement.dataset.at = state.place;
    for (const section of this.#sections) section.hidden = section.dataset.place !== state.place;
    for (const link of this.#links) {
      if (link.dataset.to === state.place) link.setAttribute('aria-current', 'page');
      else link.removeAttribute('aria-current');
    }
    const name = this.#links.find((link) => link.dataset.to === state.place).textContent;
    document.title = state.place === 'playground' ? `${HEADING}: one-step flow policies` : `${name} · ${HEADING}`;
    if (before !== '') scrollTo(0, 0);
    this.shown(state.place, before);
  }
}

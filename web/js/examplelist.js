// The menu of examples on top of the playground, and the sentence of the one that is shown. An example is a link: it
// opens in a new tab as well, and the browser's history leads back.

import { abilities } from './abilities.js';
import catalog from './catalog.js';
import { initial, toFragment } from './state.js';
import { Menu } from './menus.js';
import { button, byID, closest, make, write, writeHeight } from './dom.js';

/** ExampleList binds the menu. */
export class ExampleList {
  #menu = new Menu(byID('examples-menu'), button('examples'));

  /** @param {import('./state.js').Store} store */
  constructor(store) {
    const list = byID('examples-menu');
    const groups = [...new Set(catalog.examples.map(({ group }) => group))];
    list.append(...groups.map((group) => make('section', {}, make('h2', {}, group), ...catalog.examples.filter((example) => example.group === group).map(entry))));
    list.addEventListener('click', (event) => /** @type {HTMLAnchorElement | null} */ (closest(event, 'a'))?.href === location.href && this.#menu.close());
    button('close-example').addEventListener('click', () => {
      store.set({ example: '' });
      button('examples').focus();
    });
    // On a telephone held sideways the body begins below what is said.
    abilities.sizes?.(() => writeHeight('--example', byID('example'))).observe(byID('example'));
    store.subscribe((state, changed) => changed.has('example') && this.#show(state));
    this.#show(store.state);
  }

  /** @param {State} state */
  #show({ example: id }) {
    const example = catalog.examples.find((each) => each.id === id);
    byID('example').hidden = !example;
    byID('example').dataset.group = example?.group ?? '';
    write(byID('example-title'), example ? `${example.title}.` : '');
    write(byID('example-says'), example?.text ?? '');
    if (this.#menu.open) {
      byID('example').focus(); // the button would take the rest of the key that followed the link, and open again
      this.#menu.close();
    }
    for (const link of byID('examples-menu').querySelectorAll('a')) {
      if (link.dataset.example === id) link.setAttribute('aria-current', 'true');
      else link.removeAttribute('aria-current');
    }
  }
}

/** @param {import('./catalog.js').Example} example */
function entry({ id, title, text, state }) {
  const link = make('a', { href: toFragment({ ...initial(), ...state, example: id }) }, make('b', {}, title), make('small', {}, text));
  link.dataset.example = id;
  return link;
}

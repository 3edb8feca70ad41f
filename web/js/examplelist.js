// The menu of examples on top of the playground, and the sentence of the one that is shown. An example is a link: it
// opens in a new tab as well, and the browser's history leads back.

import { EXAMPLES, GROUPS, exampleOf } from './examples.js';
import { initial, toFragment } from './state.js';
import { anchor } from './menus.js';

const byID = (id) => document.getElementById(id);

/** ExampleList binds the menu. */
export class ExampleList {
  constructor(store) {
    const menu = byID('examples-menu');
    anchor(menu, byID('examples'));
    menu.append(...GROUPS.map(([group, title]) => {
      const list = element('section', '', element('h2', title));
      list.append(...EXAMPLES.filter((example) => example.group === group).map(entry));
      return list;
    }));
    menu.addEventListener('click', (event) => event.target.closest('a')?.href === location.href && menu.hidePopover());
    byID('close-example').addEventListener('click', () => {
      store.set({ example: '' });
      byID('examples').focus();
    });
    store.subscribe((state, changed) => changed.has('example') && this.#show(state));
    this.#show(store.state);
  }

  #show({ example: id }) {
    const example = exampleOf(id);
    byID('example').hidden = !example;
    byID('example').dataset.group = example?.group ?? '';
    byID('example-title').textContent = example ? `${example.title}.` : '';
    byID('example-says').textContent = example?.says ?? '';
    const menu = byID('examples-menu');
    if (menu.matches(':popover-open')) {
      byID('example').focus(); // the button would take the rest of the key that followed the link, and open again
      menu.hidePopover();
    }
    for (const link of menu.querySelectorAll('a')) {
      if (link.dataset.example === id) link.setAttribute('aria-current', 'true');
      else link.removeAttribute('aria-current');
    }
  }
}

function entry({ id, title, says, state }) {
  const link = element('a', '', element('b', title), element('small', says));
  link.dataset.example = id;
  link.href = toFragment({ ...initial(), ...state, example: id });
  return link;
}

function element(name, ...content) {
  const e = document.createElement(name);
  e.append(...content);
  return e;
}

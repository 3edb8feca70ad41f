// Sharing: a link that brings back what is shown, and the lines that embed it in another page. The link is copied at
// once where the browser allows it; the dialog shows both in any case, to be selected by hand.

import { abilities, closeDialog, showDialog } from './abilities.js';
import { button, byID, dialog } from './dom.js';
import { tr } from './language.js';
import { toFragment } from './state.js';

/**
 * linkTo is the address of a state.
 * @param {State} state
 */
export const linkTo = (state) => new URL(toFragment(state), document.baseURI).href;

/**
 * embedOf is the HTML that shows a state's stage in another page.
 * @param {State} state
 */
export function embedOf(state) {
  const address = linkTo({ ...state, embed: true }).replaceAll('&', '&amp;');
  return `<iframe src="${address}" title="Onestep: a one-step flow policy at work" width="960" height="640" style="border:0" allow="clipboard-write"></iframe>`;
}

/** @param {string} id */
const field = (id) => /** @type {HTMLInputElement | HTMLTextAreaElement} */ (byID(id));

/**
 * share binds the dialog.
 * @param {import('./state.js').Store} store
 */
export function share(store) {
  const sheet = dialog('share-dialog');
  button('share').addEventListener('click', () => {
    const state = { ...store.state, embed: false };
    field('share-link').value = linkTo(state);
    field('share-embed').value = embedOf(state);
    byID('share-own').hidden = state.task !== 'custom';
    showDialog(sheet);
    copy('share-link', tr('The link is copied.'));
  });
  button('copy-link').addEventListener('click', () => copy('share-link', tr('The link is copied.')));
  button('copy-embed').addEventListener('click', () => copy('share-embed', tr('The lines are copied.')));
  button('close-share').addEventListener('click', () => closeDialog(sheet));
  sheet.addEventListener('click', (event) => event.target === sheet && closeDialog(sheet)); // on the backdrop
  for (const id of ['share-link', 'share-embed']) byID(id).addEventListener('focus', () => field(id).select());
}

/**
 * @param {string} id
 * @param {string} copied
 */
async function copy(id, copied) {
  const status = byID('share-status');
  try {
    if (!abilities.copy) throw new Error(tr('no clipboard'));
    await abilities.copy(field(id).value);
    status.textContent = copied;
  } catch {
    field(id).focus();
    field(id).select();
    status.textContent = tr('This browser does not let the page copy. The text is selected: copy it with Ctrl+C, or ⌘C.');
  }
}

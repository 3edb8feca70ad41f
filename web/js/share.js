// Sharing: a link that brings back what is shown, and the lines that embed it in another page. The link is copied at
// once where the browser allows it; the dialog shows both in any case, to be selected by hand.

import { toFragment } from './state.js';

const byID = (id) => document.getElementById(id);

/** linkTo is the address of a state. */
export const linkTo = (state) => new URL(toFragment(state), document.baseURI).href;

/** embedOf is the HTML that shows a state's stage in another page. */
export function embedOf(state) {
  const address = linkTo({ ...state, embed: true }).replaceAll('&', '&amp;');
  return `<iframe src="${address}" title="Onestep: a one-step flow policy at work" width="960" height="640" style="border:0" allow="clipboard-write"></iframe>`;
}

/** Share binds the dialog. */
export class Share {
  constructor(store) {
    const dialog = byID('share-dialog');
    byID('share').addEventListener('click', () => {
      const state = { ...store.state, embed: false };
      byID('share-link').value = linkTo(state);
      byID('share-embed').value = embedOf(state);
      byID('share-own').hidden = state.task !== 'custom';
      dialog.showModal();
      copy('share-link');
    });
    byID('copy-link').addEventListener('click', () => copy('share-link'));
    byID('copy-embed').addEventListener('click', () => copy('share-embed'));
    byID('close-share').addEventListener('click', () => dialog.close());
    dialog.addEventListener('click', (event) => event.target === dialog && dialog.close()); // on the backdrop
    for (const id of ['share-link', 'share-embed']) byID(id).addEventListener('focus', (event) => event.target.select());
  }
}

const COPIED = { 'share-link': 'The link is copied.', 'share-embed': 'The lines are copied.' };

async function copy(id) {
  const field = byID(id);
  const status = byID('share-status');
  try {
    await navigator.clipboard.writeText(field.value);
    status.textContent = COPIED[id];
  } catch {
    field.focus();
    field.select();
    status.textContent = 'This browser does not let the page copy. The text is selected: copy it with Ctrl+C, or ⌘C.';
  }
}

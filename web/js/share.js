// Sharing: a link that brings back what is shown, a short one with its QR code, and the lines that embed it in another page. The
// link is copied at once where the browser allows it; the dialog shows all in any case, to be selected by hand.

import { abilities, closeDialog, showDialog } from './abilities.js';
import { button, byID, dialog } from './dom.js';
import { tr } from './language.js';
import { Type } from './protocol.js';
import { toFragment, toShortFragment } from './state.js';

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

/**
 * shortLinkTo is the shortest address of a state on this page.
 * @param {State} state
 */
export const shortLinkTo = (state) => new URL(toShortFragment(state), document.baseURI).href;

/** @param {string} id */
const field = (id) => /** @type {HTMLInputElement | HTMLTextAreaElement} */ (byID(id));

/**
 * share binds the dialog.
 * @param {import('./state.js').Store} store
 * @param {import('./stageclient.js').Stage} stage draws the code
 */
export function share(store, stage) {
  const sheet = dialog('share-dialog');
  button('share').addEventListener('click', () => {
    const state = { ...store.state, embed: false, present: '' };
    field('share-link').value = linkTo(state);
    field('share-embed').value = embedOf(state);
    field('share-short').value = shortLinkTo(state);
    showCode(stage, field('share-short').value);
    byID('share-own').hidden = state.task !== 'custom';
    showDialog(sheet);
    copy('share-link', tr('The link is copied.'));
  });
  button('copy-link').addEventListener('click', () => copy('share-link', tr('The link is copied.')));
  button('copy-short').addEventListener('click', () => copy('share-short', tr('The short link is copied.')));
  button('copy-embed').addEventListener('click', () => copy('share-embed', tr('The lines are copied.')));
  button('close-share').addEventListener('click', () => closeDialog(sheet));
  sheet.addEventListener('click', (event) => event.target === sheet && closeDialog(sheet)); // on the backdrop
  for (const id of ['share-link', 'share-short', 'share-embed']) byID(id).addEventListener('focus', () => field(id).select());
}

/**
 * showCode shows a link as a QR code, which the stage's program makes: no server learns of the link. Without a stage there is none.
 * @param {import('./stageclient.js').Stage} stage
 * @param {string} text
 */
async function showCode(stage, text) {
  const picture = /** @type {HTMLImageElement} */ (byID('share-code'));
  picture.hidden = true;
  try {
    const { data: [svg] } = await stage.request(Type.QRCode, { text });
    URL.revokeObjectURL(picture.src);
    picture.src = URL.createObjectURL(new Blob([svg], { type: 'image/svg+xml' }));
    picture.hidden = false;
  } catch {
    picture.removeAttribute('src'); // the links are there
  }
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

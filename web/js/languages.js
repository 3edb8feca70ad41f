// The switch between languages: a link to the page's own state in the other one. A page has the language that it was loaded
// with, so that it is loaded again; the link and the saves bring everything back.

import { note } from './abilities.js';
import { byID } from './dom.js';
import { LANGUAGES, NOTE, language } from './language.js';
import { toFragment } from './state.js';

/**
 * languages binds the switch, and follows a link in another language.
 * @param {import('./state.js').Store} store
 */
export function languages(store) {
  const link = /** @type {HTMLAnchorElement} */ (byID('language'));
  const other = Object.keys(LANGUAGES).find((code) => code !== language) ?? '';
  Object.assign(link, { lang: other, hreflang: other, textContent: LANGUAGES[other] });
  const show = () => { link.href = toFragment({ ...store.state, lang: other }); };
  store.subscribe(({ lang }, changed) => {
    if (changed.has('lang') && lang !== '' && lang !== language) {
      note(NOTE, lang);
      store.write();
      location.reload();
    } else show();
  });
  show();
}

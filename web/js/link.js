// The link of the page: how it opens, and how it follows a link that is chosen later.

import { media } from './abilities.js';
import { tr } from './language.js';
import { askedFor } from './files.js';
import { carries } from './lessonlink.js';
import { FIELDS, Store, fromFragment } from './state.js';

const opened = location.hash; // the page's first
const reduced = media('(prefers-reduced-motion: reduce)');

// Where motion is to be reduced, body and flow stand until a person lets them run.
/** @param {State} state */
const calmed = (state) => (reduced.matches ? { ...state, playing: false, auto: false, slow: false } : state);

/**
 * open returns the Store of the page's own link, and says what of the link was not taken.
 * @param {import('./messages.js').Messages} messages
 */
export function open(messages) {
  const { state, refused } = fromFragment(carries(location.hash) ? '' : location.hash);
  if (state.task === 'custom') {
    state.task = FIELDS.task.start;
    if (!askedFor()) refused.push(tr('The link is to somebody’s own body, which a link does not hold: drop its file here.'));
  }
  const store = new Store(calmed(state));
  tell(messages, refused);
  store.write();
  return store;
}

/**
 * follow judges the settings of the link that the page was opened with, and takes up each that comes into the address while it is open.
 * @param {import('./messages.js').Messages} messages
 * @param {import('./state.js').Store} store
 * @param {import('./body.js').Body} body
 * @param {import('./runs.js').Runs} runs
 * @param {import('./policies.js').Policies} policies
 * @param {import('./learn.js').Learn} learn
 */
export function follow(messages, store, body, runs, policies, learn) {
  runs.judgeSettings();
  if (carries(opened)) learn.carried(opened);
  addEventListener('hashchange', () => {
    if (carries(location.hash)) {
      const fragment = location.hash;
      store.write();
      learn.carried(fragment);
      return;
    }
    const { state, refused } = fromFragment(location.hash);
    if (state.task === 'custom' && !body.own) {
      state.task = store.state.task;
      refused.push(tr('The link is to somebody’s own body, which a link does not hold.'));
    }
    tell(messages, refused);
    state.lang ||= store.state.lang;
    const variant = state.algorithm !== store.state.algorithm;
    runs.keep();
    store.set(calmed(state));
    runs.judgeSettings();
    store.write();
    if (variant) policies.choose(state.algorithm);
  });
  addEventListener('pagehide', () => store.write());
}

/**
 * tell says in one message what of a link was not taken.
 * @param {import('./messages.js').Messages} messages
 * @param {string[]} refused
 */
function tell(messages, refused) {
  if (refused.length > 0) messages.error(refused.join(' '));
}

// The link of the page: how it opens, and how it follows a link that is chosen later.

import { FIELDS, Store, fromFragment } from './state.js';

/** open returns the Store of the page's own link, and says what of the link was not taken. */
export function open(messages) {
  const { state, refused } = fromFragment(location.hash);
  if (matchMedia('(prefers-reduced-motion: reduce)').matches && location.hash === '') state.playing = state.auto = false;
  if (state.task === 'custom') {
    state.task = FIELDS.task.start;
    refused.push('The link is to somebody’s own body, which a link does not hold: drop its file here.');
  }
  const store = new Store(state);
  refused.forEach((text) => messages.error(text));
  store.write();
  return store;
}

/** follow takes up each link that comes into the address while the page is open. */
export function follow({ store, messages, body, policies, runs }) {
  addEventListener('hashchange', () => {
    const { state, refused } = fromFragment(location.hash);
    if (state.task === 'custom' && !body.own) {
      state.task = store.state.task;
      refused.push('The link is to somebody’s own body, which a link does not hold.');
    }
    refused.forEach((text) => messages.error(text));
    const variant = state.algorithm !== store.state.algorithm;
    runs.keep();
    store.set(state);
    runs.judgeSettings();
    store.write();
    if (variant) policies.choose(state.algorithm);
  });
  addEventListener('pagehide', () => store.write());
}

// The site without a network: the service worker keeps a version of it, and the page says when another is there.

import { abilities } from './abilities.js';
import { tr } from './language.js';

const CALM = 4000; // ms after the start of the page until the files are fetched: what is looked at comes first

/**
 * offline keeps the site, and asks before another version takes over.
 * @param {import('./messages.js').Messages} messages
 */
export function offline(messages) {
  const { worker } = abilities;
  if (!worker) return;
  const controlled = Boolean(worker.controller);
  let reloads = false;
  worker.addEventListener('controllerchange', () => reloads && location.reload());
  const ask = (/** @type {ServiceWorkerRegistration} */ { waiting }) => {
    if (!waiting || !controlled) return;
    messages.say(tr('Another version of Onestep is there. It comes with the next start of the page once all of its tabs are closed.'), {
      text: tr('Load it now'),
      act: () => {
        reloads = true;
        waiting.postMessage('take over');
      },
    });
  };
  setTimeout(async () => {
    try {
      const kept = await worker.register('sw.js');
      ask(kept);
      kept.addEventListener('updatefound', () => kept.installing?.addEventListener('statechange', () => ask(kept)));
      await worker.ready;
      document.documentElement.dataset.offline = 'ready';
    } catch { /* a host or a browser that does not allow it costs the page nothing but this */ }
  }, CALM);
}

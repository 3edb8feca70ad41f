// The service worker: it keeps one version of the whole site, so that after a first visit the page works without a network.
// web/DESIGN.md says how versions come and go. The build writes the list of the site's files here, each with its SHA-256:
// another file makes another list, another version, and another cache.
'use strict';

/** @type {[name: string, sha256: string][]} */
const FILES = [/* files */];
const VERSION = 'version';
const OURS = `onestep ${self.registration.scope} `;
const CACHE = OURS + VERSION;

self.addEventListener('install', (event) => event.waitUntil(keep()));
self.addEventListener('activate', (event) => event.waitUntil(dropOthers().then(() => self.clients.claim())));
self.addEventListener('message', (event) => event.data === 'take over' && event.waitUntil(takeOver()));
self.addEventListener('fetch', (event) => {
  const { method, url } = event.request;
  if (method === 'GET' && url.startsWith(self.registration.scope)) event.respondWith(answer(event.request));
});

// A version is kept whole or not at all: a file that is not the one of the list, as while a host is updated, ends it.
async function keep() {
  const cache = await caches.open(CACHE);
  try {
    await Promise.all(FILES.map(async ([name, sha256]) => {
      const response = await fetch(name, { integrity: `sha256-${sha256}`, cache: 'no-cache' });
      if (!response.ok) throw new Error(`${name}: the server answers ${response.status}`);
      await cache.put(name, response.redirected ? new Response(response.body, response) : response); // no page may be a redirected one
    }));
  } catch (error) {
    await caches.delete(CACHE);
    throw error;
  }
}

async function dropOthers() {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith(OURS) && name !== CACHE).map((name) => caches.delete(name)));
}

/** @param {Request} request */
async function answer(request) {
  const name = new URL(request.url).pathname.slice(new URL(self.registration.scope).pathname.length) || 'index.html';
  const cache = await caches.open(CACHE);
  const kept = await cache.match(name, { ignoreVary: true });
  if (kept) return kept;
  const response = await fetch(request);
  if (name.startsWith('films/') && response.ok) cache.put(name, response.clone()).catch(() => {}); // where the storage is full it comes again
  return response;
}

// A waiting version takes over where one page is open, which loads itself again then: another would be left with files of two.
async function takeOver() {
  const pages = await self.clients.matchAll({ type: 'window', includeUncontrolled: true });
  if (pages.filter(({ frameType }) => frameType === 'top-level').length === 1) await self.skipWaiting();
}

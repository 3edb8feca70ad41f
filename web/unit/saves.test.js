import { Cleared, Remembered, Stored, following, versions } from '../js/saves.js';
import { equal, holds, test, throws } from './unit.js';

const DATABASE = 'onestep';

const forget = () => new Promise((resolve) => {
  const request = indexedDB.deleteDatabase(DATABASE);
  request.onsuccess = request.onerror = request.onblocked = resolve;
});

const bytes = (/** @type {number[]} */ ...of) => Uint8Array.from(of).buffer;

/**
 * @param {number} envSteps
 * @param {Meta | null} [before]
 */
const metaAt = (envSteps, before = null) => following(before, /** @type {Meta} */ ({ id: 'run', format: 2, at: envSteps, page: {}, oldest: 0, info: { envSteps, totalSteps: 100 } }));

test('the newest save and the one before it are kept whole', async () => {
  await forget();
  const store = new Stored(indexedDB);
  const first = metaAt(10);
  await store.put({ meta: first, first: 0, block: bytes(...Array(16).keys()), state: bytes(1) });
  const second = metaAt(20, first);
  await store.put({ meta: second, first: 10, block: bytes(...Array(16).keys()), state: bytes(2) });
  const found = await store.find('run');
  equal(found?.info.envSteps, 20);
  const states = [];
  for (const meta of versions(/** @type {Meta} */ (found))) {
    const { state, blocks, damage } = await store.read(meta);
    states.push([...new Uint8Array(state), blocks.length, damage]);
  }
  equal(states, [[2, 2, ''], [1, 1, '']]);
});

test('a save whose storage was cleared is not taken for whole', async () => {
  await forget();
  const store = new Stored(indexedDB);
  const first = metaAt(10);
  await store.put({ meta: first, first: 0, block: bytes(...Array(16).keys()), state: bytes(1) });
  await store.remove('run');
  await throws(async () => {
    try {
      await store.put({ meta: metaAt(20, first), first: 10, block: bytes(...Array(16).keys()), state: bytes(2) });
    } catch (error) {
      holds(error instanceof Cleared, `it is Cleared: ${error}`);
      throw new Error('cleared');
    }
  }, /^cleared$/);
  equal(await store.list(), []);
});

test('after the database is gone, it is opened anew', async () => {
  await forget();
  const store = new Stored(indexedDB);
  await store.put({ meta: metaAt(10), first: 0, block: bytes(...Array(16).keys()), state: bytes(1) });
  await forget();
  equal(await store.list(), []);
  await store.put({ meta: metaAt(20), first: 0, block: bytes(...Array(16).keys()), state: bytes(2) });
  equal((await store.list()).length, 1);
});

test('memory keeps one save', async () => {
  const memory = new Remembered();
  await memory.put({ meta: metaAt(10), first: 0, block: bytes(1), state: bytes(1) });
  await memory.put({ meta: metaAt(20), first: 10, block: bytes(2), state: bytes(2) });
  const { state, blocks } = await memory.read(metaAt(20));
  equal([[...new Uint8Array(state)], blocks.length], [[2], 2]);
  await memory.remove();
  await throws(() => memory.read(metaAt(20)), /no longer there/);
});

test('a database whose connection is ended again and again keeps what is written once it stays open', async () => {
  await forget();
  let ended = 0; // seven times take more than the 3 s for which another storage is tried
  const store = new Stored(/** @type {IDBFactory} */ ({
    open: (/** @type {string} */ name, /** @type {number} */ version) => {
      const request = indexedDB.open(name, version);
      request.addEventListener('success', () => {
        if (ended === 7) return;
        request.result.close(); // as a browser does when the storage is cleared
        ended++;
      });
      return request;
    },
  }));
  await store.put({ meta: metaAt(10), first: 0, block: bytes(...Array(16).keys()), state: bytes(1) });
  equal((await store.list()).length, 1);
  equal(ended, 7);
});

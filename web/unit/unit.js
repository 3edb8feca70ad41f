// The page's unit tests: a module named *.test.js registers its tests when it is imported; run imports such modules and
// answers with what came of each test. unit_test.go opens a page that calls it.

/** @typedef {{name: string, error: string}} Result error is '' where the test passes */

/** @type {{name: string, body: () => unknown}[]} */
const tests = [];

/**
 * test registers a test; it fails where body throws, or where the promise that it returns is rejected.
 * @param {string} name
 * @param {() => unknown} body
 */
export function test(name, body) {
  tests.push({ name, body });
}

/**
 * equal compares by what JSON writes of both, and undefined, NaN and infinities as themselves.
 * @param {unknown} got
 * @param {unknown} want
 * @param {string} [what]
 */
export function equal(got, want, what = '') {
  const [a, b] = [written(got), written(want)];
  if (a !== b) throw new Error(`${what}${what && ': '}got ${a}, want ${b}`);
}

/**
 * holds fails where the condition does not hold.
 * @param {unknown} condition
 * @param {string} what
 */
export function holds(condition, what) {
  if (!condition) throw new Error(`not so: ${what}`);
}

/**
 * throws fails unless body throws (or rejects with) an Error whose message matches.
 * @param {() => unknown} body
 * @param {RegExp} message
 */
export async function throws(body, message) {
  try {
    await body();
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    if (message.test(text)) return;
    throw new Error(`threw ${JSON.stringify(text)}, which does not match ${message}`, { cause: error });
  }
  throw new Error(`did not throw; want ${message}`);
}

/** @param {unknown} value */
function written(value) {
  const plain = (/** @type {string} */ _, /** @type {unknown} */ x) => {
    if (x === undefined) return '(undefined)';
    if (typeof x === 'number' && !Number.isFinite(x)) return `(${x})`;
    if (x instanceof Map) return { map: [...x] };
    if (ArrayBuffer.isView(x)) return Array.from(/** @type {Uint8Array} */ (x));
    return x;
  };
  return JSON.stringify(value, plain) ?? '(undefined)';
}

/**
 * run imports a module and runs its tests.
 * @param {string} module
 * @returns {Promise<Result[]>}
 */
export async function run(module) {
  try {
    await import(`./${module}`);
  } catch (error) {
    return [{ name: 'import', error: said(error) }];
  }
  const results = [];
  for (const { name, body } of tests) {
    let error = '';
    try {
      await body();
    } catch (thrown) {
      error = said(thrown);
    }
    results.push({ name, error });
  }
  return results;
}

/** @param {unknown} error */
const said = (error) => (error instanceof Error ? error.stack || error.message : String(error));

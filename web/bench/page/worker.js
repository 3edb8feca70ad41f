// The worker in which every contender runs, one at a time. A contender is a module whose default export loads the
// library and returns {items, check, lanes}: items maps a piece of work to a function (n) => void or a promise that
// does it n times, check (optional) a size to numbers that all libraries must agree on, lanes (ours) is the width of the vectors.

const loaded = {};

const operations = {
  // load starts a contender and returns what it can do.
  async load({ who, options }) {
    const module = await import(`./${who}.js`);
    loaded[who] = await module.default(options);
    return { lanes: loaded[who].lanes ?? 0, items: Object.keys(loaded[who].items) };
  },

  // slice repeats one piece of work n times and returns the milliseconds that it took. Timers in a page that is not
  // isolated tick every 0.1 ms, so n must make this long.
  async slice({ who, item, n }) {
    const run = loaded[who].items[item];
    const start = performance.now();
    await run(n);
    return performance.now() - start;
  },

  check: ({ who, item }) => loaded[who].check(item),

  // call runs another function of a contender.
  call: ({ who, name, args }) => loaded[who][name](...args),
};

self.onmessage = async ({ data: { id, request } }) => {
  try {
    self.postMessage({ id, answer: await operations[request.op](request) });
  } catch (e) {
    self.postMessage({ id, error: e?.stack ?? String(e) });
  }
};

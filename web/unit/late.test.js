// The menu of late actions: js/late.js.

import { NumStats, Stat } from '../js/protocol.js';
import { Store, initial } from '../js/state.js';
import { equal, test } from './unit.js';

test('the slider and “as here” say how long an evaluation takes', async () => {
  const page = new DOMParser().parseFromString(await (await fetch('/index.html')).text(), 'text/html');
  for (const element of page.querySelectorAll('script, iframe, link')) element.remove();
  document.body.replaceChildren(...page.body.children);
  const { Late } = await import('../js/late.js');
  const { byID, button, input } = await import('../js/dom.js');
  const store = new Store(initial());
  const late = new Late(store);
  const said = () => [store.state.latency, ...['late-value', 'latency-value'].map((id) => byID(id).textContent)];
  equal(said(), [0, 'none', 'no time']);
  input('latency').value = '1';
  input('latency').dispatchEvent(new Event('input'));
  equal(said(), [1, '1 ms', '1 ms']);

  const stats = new Float64Array(NumStats).fill(NaN);
  late.tick(stats);
  equal(button('latency-measured').ariaDisabled, 'true', 'no action was measured');
  button('latency-measured').click();
  equal(store.state.latency, 1);
  Object.assign(stats, { [Stat.ActionMicros]: 700, [Stat.PolicyNFE]: 20 });
  late.tick(stats);
  equal(button('latency-measured').ariaDisabled, 'false');
  button('latency-measured').click();
  equal(said(), [0.035, '35 µs', '35 µs']);
});

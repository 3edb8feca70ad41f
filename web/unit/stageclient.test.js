// The page's end of the stage, with a frame that the test greets for.

import { Stage } from '../js/stageclient.js';
import { Type, message, read } from '../js/protocol.js';
import { equal, test, throws } from './unit.js';

function page() {
  document.body.innerHTML = '<p id="stage-lacks" hidden></p><iframe data-src="about:blank"></iframe>';
  const frame = /** @type {HTMLIFrameElement} */ (document.querySelector('iframe'));
  /** @type {any[]} */
  const sent = [];
  const source = /** @type {Window} */ (frame.contentWindow);
  frame.addEventListener('load', () => { source.postMessage = (/** @type {any} */ envelope) => { sent.push(read(envelope)); }; });
  const says = (/** @type {number} */ type, /** @type {number} */ id, /** @type {unknown} */ body) => dispatchEvent(new MessageEvent('message', { data: message(type, id, body), origin: location.origin, source }));
  return { frame, sent, says, stage: new Stage(frame, (text) => { throw new Error(text); }) };
}

const settled = () => new Promise((done) => setTimeout(done, 50));

test('what is asked of a stage starts it, waits while it loads, and is answered although it is not seen', async () => {
  for (const before of [false, true]) {
    const { frame, sent, says, stage } = page();
    equal(frame.getAttribute('src'), null);
    if (before) stage.start();
    const asked = stage.request(Type.QRCode, { text: 'a' });
    await settled();
    equal([frame.getAttribute('src'), sent.length, frame.hasAttribute('data-answers')], ['about:blank', 0, false]);
    says(Type.StageReady, 0, { plain: false, panels: [] });
    await settled();
    equal([sent.map(({ type }) => type), frame.hasAttribute('data-answers')], [[Type.QRCode], true]);
    says(Type.QRCode, sent[0].id, { done: true });
    equal((await asked).body, { done: true });
    equal(frame.hasAttribute('data-answers'), false);
  }
});

test('a stage that is loaded anew is not waited for: it gets what the page holds', async () => {
  const { frame, says, stage } = page();
  stage.start();
  await settled();
  says(Type.StageReady, 0, { plain: false, panels: [] });
  frame.contentWindow?.dispatchEvent(new Event('pagehide'));
  await throws(() => stage.request(Type.QRCode, { text: 'a' }), /not ready/);
});

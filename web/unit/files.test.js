import { askedFor, fetchFile, kindOf } from '../js/files.js';
import { equal, test, throws } from './unit.js';

test('an address names a file of this host, whole or relative to the page', async () => {
  for (const address of ['policies/pendulum-fpmd-r.safetensors', `${location.origin}/policies/pendulum-fpmd-r.safetensors?v=2`]) {
    const { name, bytes } = await fetchFile(address);
    equal([name, kindOf(bytes)], ['pendulum-fpmd-r.safetensors', 'policy'], address);
  }
});

test('what is no file of this host is refused with the cause, unread', async () => {
  for (const [address, cause] of /** @type {[string, RegExp][]} */ ([
    ['https://elsewhere.example/a.onnx', /lies on “elsewhere.example”.*save the file and drop it/],
    ['//elsewhere.example/a.onnx', /lies on “elsewhere.example”/],
    ['http://[', /no address/],
    ['javascript:alert(1).xml', /no address/],
    ['data:text/xml,<mujoco/>.xml', /no address/],
    [`blob:${location.origin}/a.xml`, /no address/],
    ['policies/', /opens a .safetensors, .onnx, .xml or .mjcf file/],
    ['index.html', /opens a .safetensors/],
    ['policies/none.safetensors', /answers 404/],
    ['long/said.onnx', /it has 65 MiB; files above 64 MiB are refused/],
    ['long/unsaid.onnx', /files above 64 MiB are refused/],
  ])) await throws(() => fetchFile(address), cause);
});

test('the page’s address asks for a file by ?open=', () => {
  const before = location.href;
  history.replaceState(null, '', '?open=policies%2Fa.onnx#v=1&task=hopper');
  const asked = askedFor();
  history.replaceState(null, '', before);
  equal([asked, askedFor()], ['policies/a.onnx', null]);
});

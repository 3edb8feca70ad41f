import { Client, Refusal } from '../js/client.js';
import { Type, Version, floats, message, read, singles } from '../js/protocol.js';
import { equal, holds, test, throws } from './unit.js';

function pair() {
  /** @type {Envelope[]} */
  const sent = [];
  return { sent, client: new Client((envelope) => sent.push(envelope)) };
}

test('an answer goes to its request, and what answers none to the listeners of its type', async () => {
  const { sent, client } = pair();
  /** @type {number[]} */
  const heard = [];
  client.on([Type.Metrics, Type.Paused], (m) => heard.push(m.type));
  const first = client.request(Type.Pause);
  const second = client.request(Type.SaveRun);
  client.receive(message(Type.RunFile, sent[1].id, { n: 2 }));
  client.receive(message(Type.Metrics));
  client.receive(message(Type.Paused, sent[0].id, { n: 1 }));
  client.receive(message(Type.Paused, 0));
  equal([(await first).body, (await second).body, heard], [{ n: 1 }, { n: 2 }, [Type.Metrics, Type.Paused]]);
});

test('a refusal carries its failure, and a lost side rejects what waits', async () => {
  const { sent, client } = pair();
  const refused = client.request(Type.Train);
  const lost = client.request(Type.Pause);
  client.receive(message(Type.WorkerError, sent[0].id, { code: 'bad-config', message: 'no' }));
  client.drop('it is gone');
  await throws(() => refused, /^no$/);
  await refused.catch((error) => holds(error instanceof Refusal && error.failure.code === 'bad-config', 'the code'));
  await throws(() => lost, /it is gone/);
});

test('a late answer is told once', async () => {
  let late = 0;
  const client = new Client(() => {}, { after: () => 20, act: () => { late++; client.drop('late'); } });
  await throws(() => client.request(Type.Pause), /late/);
  equal(late, 1);
});

test('what is no message is refused with the reason', async () => {
  await throws(() => read(null), /no object/);
  await throws(() => read({ v: Version + 1, type: Type.Metrics }), /version/);
  await throws(() => read({ v: Version, type: 9999 }), /unknown type/);
  await throws(() => floats(undefined), /without its numbers/);
});

test('numbers are read from buffers and views', () => {
  const x = Float64Array.of(1, 2, 3);
  equal(floats(x.buffer), x);
  equal(floats(new Uint8Array(x.buffer, 8)), [2, 3]);
  equal(singles(Float32Array.of(1, 2).buffer), [1, 2]);
});

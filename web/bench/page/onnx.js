// Writes ONNX models: just enough of the format (onnx.proto's field numbers) for graphs of float32 and int64.
const FLOAT = 1;
const INT64 = 7;
const INT = 2; // types of attributes
const INTS = 7;

function varint(n) {
  const out = [];
  let v = BigInt.asUintN(64, BigInt(n));
  while (v >= 0x80n) {
    out.push(Number(v & 0x7fn) | 0x80);
    v >>= 7n;
  }
  out.push(Number(v));
  return out;
}

class Message {
  parts = [];
  int(field, value) {
    this.parts.push(Uint8Array.from([...varint(field << 3), ...varint(value)]));
    return this;
  }
  bytes(field, value) {
    const data = value instanceof Message ? value.done() : typeof value === "string" ? new TextEncoder().encode(value) : value;
    this.parts.push(Uint8Array.from([...varint((field << 3) | 2), ...varint(data.length)]), data);
    return this;
  }
  done() {
    const out = new Uint8Array(this.parts.reduce((n, p) => n + p.length, 0));
    let at = 0;
    for (const p of this.parts) {
      out.set(p, at);
      at += p.length;
    }
    return out;
  }
}

// Graph collects nodes; every method returns the name of the value that it makes.
export class Graph {
  #graph = new Message();
  #count = 0;
  #constants = new Map();

  input(name, shape) {
    this.#graph.bytes(11, value(name, shape));
    return name;
  }

  output(name, shape, from) {
    this.#graph.bytes(1, new Message().bytes(1, from).bytes(2, name).bytes(4, "Identity"));
    this.#graph.bytes(12, value(name, shape));
  }

  constant(data, shape) {
    const ints = data instanceof BigInt64Array;
    const key = `${ints}:${shape}:${data}`;
    if (data.length < 64 && this.#constants.has(key)) return this.#constants.get(key);
    const name = `%c${this.#count++}`;
    const tensor = new Message();
    for (const d of shape) tensor.int(1, d);
    tensor.int(2, ints ? INT64 : FLOAT).bytes(8, name).bytes(9, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    this.#graph.bytes(5, tensor);
    this.#constants.set(key, name);
    return name;
  }

  scalar(x) {
    return this.constant(Float32Array.of(x), []);
  }

  ints(list) {
    return this.constant(BigInt64Array.from(list, BigInt), [list.length]);
  }

  // op applies an operator; attributes are whole numbers or lists of them.
  op(type, inputs, attributes = {}, outputs = 1) {
    const names = Array.from({ length: outputs }, () => `%${this.#count++}`);
    const node = new Message();
    for (const i of inputs) node.bytes(1, i);
    for (const o of names) node.bytes(2, o);
    node.bytes(4, type);
    for (const [name, v] of Object.entries(attributes)) {
      const a = new Message().bytes(1, name);
      if (Array.isArray(v)) v.forEach((x) => a.int(8, x));
      else a.int(3, v);
      node.bytes(5, a.int(20, Array.isArray(v) ? INTS : INT));
    }
    this.#graph.bytes(1, node);
    return outputs === 1 ? names[0] : names;
  }

  model() {
    this.#graph.bytes(2, "bench");
    return new Message().int(1, 8).bytes(7, this.#graph).bytes(8, new Message().int(2, 17)).done();
  }
}

function value(name, shape) {
  const dims = new Message();
  for (const d of shape) dims.bytes(1, new Message().int(1, d));
  return new Message().bytes(1, name).bytes(2, new Message().bytes(1, new Message().int(1, FLOAT).bytes(2, dims)));
}

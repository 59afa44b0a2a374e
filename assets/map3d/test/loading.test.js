import assert from "node:assert/strict";
import { test } from "node:test";
import { unpack } from "../src/loading.js";

// a container as itnt_core/mapdata/packing.py writes it
/** @type {(header: object, body: Uint8Array) => ArrayBuffer} */
function container(header, body) {
  let text = JSON.stringify(header);
  text += " ".repeat((8 - ((text.length + 4) % 8)) % 8);
  const bytes = new Uint8Array(4 + text.length + body.length);
  new DataView(bytes.buffer).setUint32(0, text.length, true);
  bytes.set(new TextEncoder().encode(text), 4);
  bytes.set(body, 4 + text.length);
  return bytes.buffer;
}

test("arrays are views at their offsets, with their shapes", () => {
  const body = new Uint8Array(16);
  body.set([1, 2, 3]);
  new DataView(body.buffer).setFloat32(8, -2.5, true);
  const arrays = {
    a: { dtype: "uint8", shape: [3, 1], offset: 0 },
    b: { dtype: "float32", shape: [1], offset: 8 },
    none: { dtype: "int16", shape: [0, 2], offset: 16 },
  };
  const bundle = unpack(container({ version: 1, meta: { text: "ok" }, arrays }, body));
  assert.equal(bundle.meta.text, "ok");
  assert.deepEqual([...bundle.a], [1, 2, 3]);
  assert.deepEqual([...bundle.b], [-2.5]);
  assert.equal(bundle.none.length, 0);
  assert.deepEqual(bundle.shapes, { a: [3, 1], b: [1], none: [0, 2] });
});

test("a container of another version is refused by a sentence", () => {
  const blob = container({ version: 2, meta: {}, arrays: {} }, new Uint8Array());
  assert.throws(() => unpack(blob), /A data file of the map has version 2, not 1/);
});

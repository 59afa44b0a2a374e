import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { Pace, ScriptCost } from "../src/pace.js";

let asked = 0;

beforeEach(() => {
  asked = 0;
  Object.assign(globalThis, {
    requestAnimationFrame: () => ++asked,
    cancelAnimationFrame() {},
    document: { createElement: () => ({ getContext: () => null }) }, // no software renderer either
  });
});

/** @type {() => { pace: Pace, shares: number[] }} */
function made() {
  /** @type {number[]} */
  const shares = [];
  return { pace: new Pace({ sharpness: (share) => shares.push(share) }), shares };
}

test("where frames are quick they follow at once, with all pixels", () => {
  const { pace, shares } = made();
  pace.start();
  for (let frame = 0; frame < 20; frame++) pace.frame(16);
  pace.next(() => {});
  assert.equal(asked, 1);
  assert.deepEqual(shares, []);
});

test("where they are slow fewer pixels are drawn, until it stops", () => {
  const { pace, shares } = made();
  pace.start();
  for (let frame = 0; frame < 4; frame++) pace.frame(400);
  assert.deepEqual(shares, []); // a few frames may be slow for other reasons
  pace.frame(400);
  assert.deepEqual(shares, [0.6]);
  pace.next(() => {});
  assert.equal(asked, 0); // half of the time is left free
  pace.stop();
  assert.deepEqual(shares, [0.6, 1]);
});

test("the cost of the script is the mean of thirty frames", () => {
  const node = /** @type {HTMLElement} */ ({ dataset: /** @type {DOMStringMap} */ ({}) });
  const cost = new ScriptCost();
  for (let frame = 0; frame < 29; frame++) cost.add(2, node);
  assert.equal(node.dataset.scriptMs, undefined);
  cost.add(5, node);
  assert.equal(node.dataset.scriptMs, "2.10");
});

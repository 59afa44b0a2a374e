import assert from "node:assert/strict";
import { test } from "node:test";
import { at, column, commonTimes, constant, curve, escaped, fractionalIndex, short, spans } from "../src/chart_data.js";

test("between two values the one on the straight line, behind the last the last", () => {
  assert.equal(at([1, 3, 7], 1.25), 4);
  assert.equal(at([1, 3, 7], 2), 7);
  assert.equal(at([1, 3, 7], 0), 1);
});

test("what holds for a slot is a step, and a gap is a gap only where zero would be a value", () => {
  const times = [0, 2, 4, 6];
  assert.deepEqual(curve(times, [5, NaN, 7], { steps: true, signed: true }), {
    x: [0, 2, 2, 4, 4, 6],
    y: [5, 5, null, null, 7, 7],
  });
  assert.deepEqual(curve(times, [5, NaN], { steps: true, signed: false }), { x: [0, 2, 2, 4], y: [5, 5, 0, 0] });
  assert.deepEqual(curve(times, [0, 1, 2, 3], { steps: false, signed: false }), { x: times, y: [0, 1, 2, 3] });
});

test("a name is shown letter by letter", () => {
  assert.equal(escaped('<a href="x">R&D</a>'), '&lt;a href="x"&gt;R&amp;D&lt;/a&gt;');
});

test("numbers on an axis are short", () => {
  const cases = /** @type {[number, string][]} */ ([
    [0, "0"],
    [1.234, "1.23"],
    [12.34, "12.3"],
    [123.4, "123"],
    [1234, "1.23k"],
    [45678, "46k"],
    [1234567, "1.2M"],
    [-12.34, "-12.34"],
  ]);
  for (const [value, text] of cases) assert.equal(short(value), text);
});

test("a column of a table, and a line that stays", () => {
  assert.deepEqual([...column([1, 2, 3, 4, 5, 6], 1, 3, 2)], [2, 5]);
  assert.deepEqual([...constant(2, 3)], [2, 2, 2]);
});

test("runs with slots of other lengths share every moment once, and each moment is found again", () => {
  const run = (/** @type {number} */ slots, /** @type {number} */ slot) => ({
    slots,
    seconds: (/** @type {number} */ time) => time * slot,
  });
  const times = commonTimes([run(3, 2), run(4, 1.5)]);
  assert.deepEqual(times, [0, 1.5, 2, 3, 4, 4.5, 6]);
  times.forEach((time, index) => assert.equal(fractionalIndex(times, time), index));
  assert.equal(fractionalIndex(times, 3.5), 3.5);
  assert.equal(fractionalIndex(times, 99), 6);
});

test("runs of equal values in a column follow one another without a gap", () => {
  const array = Int16Array.from([1, 9, 1, 9, -1, 8, 1, 8]); // 4 steps of 2 users
  assert.deepEqual(spans(array, 0, 2, 4), [
    { value: 1, from: 0, to: 2 },
    { value: -1, from: 2, to: 3 },
    { value: 1, from: 3, to: 4 },
  ]);
  assert.deepEqual(spans(array, 1, 2, 4), [
    { value: 9, from: 0, to: 2 },
    { value: 8, from: 2, to: 4 },
  ]);
  assert.deepEqual(spans([], 0, 2, 0), []);
});

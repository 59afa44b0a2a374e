import assert from "node:assert/strict";
import { test } from "node:test";
import {
  at,
  column,
  commonTimes,
  constant,
  decades,
  fractionalIndex,
  largest,
  niceTop,
  short,
} from "../src/chart_data.js";

test("between two values the one on the straight line, behind the last the last", () => {
  assert.equal(at([1, 3, 7], 1.25), 4);
  assert.equal(at([1, 3, 7], 2), 7);
  assert.equal(at([1, 3, 7], 0), 1);
});

test("a scale ends a little above the largest value", () => {
  assert.equal(niceTop(largest([3, 17, NaN, 4])), 20);
  assert.equal(niceTop(101), 120);
  assert.equal(niceTop(0.03), 0.03);
  assert.equal(niceTop(0), 1);
  for (let value = 1e-6; value < 1e9; value *= 1.07) {
    const top = niceTop(value);
    assert.ok(top >= value && top <= value * 1.4, String(value));
  }
});

test("a scale of decibels holds all values between whole tens, an even number of them", () => {
  assert.deepEqual(decades([{ label: "", colour: "", values: [-3, 18, NaN] }]), [-10, 30]);
  assert.deepEqual(decades([]), [0, 20]);
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

import assert from "node:assert/strict";
import { test } from "node:test";
import { slotRate, speedsOf, usualSpeed } from "../src/speed.js";

test("one times is real time: a slot of two seconds takes two", () => {
  assert.equal(slotRate(2), 0.5);
});

test("a flight begins at the power of two that plays it in about twelve seconds, never slower than real time", () => {
  assert.deepEqual([3, 5, 16, 60, 120, 3600, 86400].map(usualSpeed), [1, 1, 1, 4, 8, 256, 8192]);
  for (let seconds = 12; seconds < 1e5; seconds *= 1.3) {
    const played = seconds / usualSpeed(seconds);
    assert.ok(played > 8 && played < 18, `${seconds} s in ${played} s`);
  }
});

test("real time and the usual speed are always offered, slowest first", () => {
  assert.deepEqual(speedsOf(120), [1, 2, 4, 8, 16, 32, 64, 128]);
  for (const seconds of [1, 12, 120, 3600]) {
    const speeds = speedsOf(seconds);
    assert.ok(speeds.includes(1) && speeds.includes(usualSpeed(seconds)));
    assert.deepEqual(
      speeds,
      [...new Set(speeds)].sort((a, b) => a - b),
    );
  }
});

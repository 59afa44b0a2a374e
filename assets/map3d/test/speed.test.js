import assert from "node:assert/strict";
import { test } from "node:test";
import { speedsOf, usualSpeed } from "../src/speed.js";

test("a flight begins at the power of two that plays it in about twelve seconds, never slower than real time", () => {
  assert.equal(usualSpeed(3), 1);
  assert.equal(usualSpeed(12), 1);
  assert.equal(usualSpeed(60), 4);
  for (let seconds = 12; seconds < 1e5; seconds *= 1.3) {
    const played = seconds / usualSpeed(seconds);
    assert.ok(played > 8 && played < 18, `${seconds} s in ${played} s`);
  }
});

test("real time and the usual speed are always offered, slowest first", () => {
  for (const seconds of [1, 12, 120, 3600]) {
    const speeds = speedsOf(seconds);
    assert.ok(speeds.includes(1) && speeds.includes(usualSpeed(seconds)));
    assert.deepEqual(
      speeds,
      [...new Set(speeds)].sort((a, b) => a - b),
    );
  }
});

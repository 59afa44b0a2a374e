import assert from "node:assert/strict";
import { test } from "node:test";
import { unbroken } from "../src/story_screen.js";
import { FLY_S, viewLength, viewMoment } from "../src/story_time.js";

/** @type {StoryView} */
const VIEW = {
  caption: "",
  start_slot: 4,
  end_slot: 12,
  speed: 2,
  duration_s: 3,
  camera: { longitude: 0, latitude: 51, span_m: 2000, pitch: 50, bearing: 0 },
  user: null,
  follow: false,
  turn_deg: 90,
};

test("a view stands until its time is played and read, or as long as it asks for", () => {
  assert.ok(Math.abs(viewLength(VIEW, 4) - (FLY_S + 1 + 1.2)) < 1e-9); // 8 slots at 8 slots a second
  assert.equal(viewLength({ ...VIEW, duration_s: 20 }, 4), 20);
  assert.equal(viewLength({ ...VIEW, end_slot: 4 }, 4), FLY_S + 1.2);
});

test("time stands while the camera flies, then plays to the view's end and no further", () => {
  assert.deepEqual(viewMoment(VIEW, 4, FLY_S / 2), { slot: 4, turned: 0 });
  assert.ok(Math.abs(viewMoment(VIEW, 4, FLY_S + 0.5).slot - 8) < 1e-9);
  assert.equal(viewMoment(VIEW, 4, 60).slot, 12);
});

test("the camera has turned half way in the middle and all the way at the end", () => {
  const length = viewLength(VIEW, 4);
  assert.ok(Math.abs(viewMoment(VIEW, 4, (FLY_S + length) / 2).turned - 0.5) < 1e-9);
  assert.equal(viewMoment(VIEW, 4, length).turned, 1);
});

test("neither a number and its unit nor a hyphenated name falls apart at the end of a line", () => {
  assert.equal(unbroken("au-1 has 12 dB, 40 % of 3 km"), "au-\u20601 has 12\u00a0dB, 40\u00a0% of 3\u00a0km");
  assert.equal(unbroken("3 kmh, 5 minutes"), "3 kmh, 5 minutes");
});

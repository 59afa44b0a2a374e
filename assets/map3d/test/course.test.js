// The time of spectrum sharing: plan and correction are two moments of one cycle, and queues go on between slots.
import assert from "node:assert/strict";
import test from "node:test";
import { Course } from "../src/course.js";
import { sendersOf } from "../src/band_strip.js";
import { aside } from "../src/sharing_layers.js";
import { bandColours, laneOf } from "../src/sharing_looks.js";
import { madeSharing } from "./made.js";

test("a cycle begins with a moment of its plan in which time stands still", () => {
  const course = new Course(madeSharing());
  assert.equal(course.end, 6); // two cycles of a plan and two slots
  const seconds = [0, 0.5, 1, 2, 3, 3.5, 4, 6].map((time) => course.seconds(time));
  assert.deepEqual(seconds, [0, 0, 0, 1, 2, 2, 2, 4]);
  course.moveTo(0.5);
  assert.deepEqual([course.cycle, course.planned, course.moment, course.slotTime], [0, true, 0, 0]);
  assert.match(course.where, /^Cycle 1 of 2: the twin's plan$/);
  course.moveTo(2.5);
  assert.deepEqual([course.cycle, course.planned, course.moment, course.slotTime], [0, false, 1, 1.5]);
  assert.match(course.where, /^Cycle 1 of 2: as corrected, slot 2 of 2$/);
  course.moveTo(6);
  assert.deepEqual([course.cycle, course.planned, course.slotTime], [1, false, 4]);
});

test("the links of a cycle's plan are not those of its correction", () => {
  const course = new Course(madeSharing());
  const told = () => course.aboutUser(1).lines;
  course.moveTo(course.tickOf(0, true));
  assert.equal(course.endLink - course.firstLink, 2);
  assert.ok(told().includes("leo-1 on sub-band 2"));
  assert.ok(told().includes("0 % of its traffic goes to base stations"));
  assert.ok(told().includes("the other system is +6 dB over the noise"));
  assert.deepEqual(
    [0, 1].map((band) => sendersOf(course.sendersOn(band))),
    ["tn", "ntn"],
  );
  course.moveTo(course.tickOf(0, false));
  assert.ok(told().includes("gbs-1 on sub-bands 1, 2"));
  assert.deepEqual(
    [0, 1].map((band) => sendersOf(course.sendersOn(band))),
    ["tn", "tn"],
  );
  assert.equal(course.stationNow(1), 0);
  course.moveTo(course.tickOf(1, true));
  assert.ok(told().includes("served by nobody in this cycle"));
});

test("where no plan was kept, or nothing was corrected, a cycle is its slots alone", () => {
  for (const plan of /** @type {const} */ (["not kept", "not corrected", "undecided"])) {
    const course = new Course(madeSharing(plan));
    assert.equal(course.end, 4);
    course.moveTo(0);
    assert.equal(course.moment, 1);
    assert.equal(course.seconds(3), 3);
  }
});

test("queues go on between the ends of slots, each side by itself, and users move", () => {
  const course = new Course(madeSharing());
  course.moveTo(1.5); // half of the first slot
  assert.deepEqual([course.queueNow(0, 0), course.queueNow(0, 1), course.queueNow(1, 1)], [2, 1, 0.5]);
  assert.equal(course.backlogNow(0), 3);
  assert.deepEqual([...course.backlogs(0)], [0, 6, 12, 8, 4]);
  assert.deepEqual([...course.backlogs(1)], [0, 1, 2, 1, 0]);
  course.moveTo(2);
  assert.equal(course.userPosition(0)[0], 5); // half of the cycle
  assert.equal(course.most, 8);
});

test("sub-bands have lanes of their own around the straight line, and shades of their own", () => {
  assert.deepEqual(
    [0, 1, 2].map((band) => laneOf(band, 3)),
    [-1, 0, 1],
  );
  const from = new Float32Array([0, 0, 0]);
  const to = new Float32Array([10, 0, 5]);
  aside(from, to, 2);
  assert.deepEqual([...from, ...to], [0, 2, 0, 10, 2, 5]);
  for (const theme of /** @type {Theme[]} */ (["light", "dark"])) {
    const { tn, ntn } = bandColours(theme, 8);
    assert.equal(new Set([...tn, ...ntn].map(String)).size, 16);
  }
});

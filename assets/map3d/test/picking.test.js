import assert from "node:assert/strict";
import { test } from "node:test";
import { BuildingIndex, nearestThing } from "../src/picking.js";
import { FROM_ABOVE } from "./made.js";

// a low house of 20 m, a tower of 10 m beside it, an L-shaped hall
const RINGS = [
  [0, 0, 0, 20, 20, 20, 20, 0, 0, 0],
  [30, 0, 30, 10, 40, 10, 40, 0, 30, 0],
  [100, 100, 100, 140, 120, 140, 120, 120, 140, 120, 140, 100, 100, 100],
];
const CITY = {
  building_vertices: new Float32Array(RINGS.flat()),
  building_starts: new Uint32Array([0, 5, 10, 17]),
  building_heights: new Float32Array([8, 90, 15]),
};

test("a point lies in the building whose outline holds it, and in none beside it", () => {
  const index = new BuildingIndex(CITY);
  assert.equal(index.at(10, 10), 0);
  assert.equal(index.at(35, 5), 1);
  assert.equal(index.at(130, 110), 2);
  assert.equal(index.at(130, 130), -1); // the notch of the L
  assert.equal(index.at(25, 5), -1);
  assert.equal(index.at(10, 10, 9), -1); // it is not that tall
  assert.equal(index.roofHeight(110, 130), 15);
  assert.equal(index.roofHeight(-500, 300), 0);
});

test("seen from above a click lands on the roof or the ground below it", () => {
  const index = new BuildingIndex(CITY);
  assert.deepEqual(index.surfaceUnder(FROM_ABOVE, [510, 490]), { east_m: 10, north_m: 10, surface_m: 8 });
  assert.deepEqual(index.surfaceUnder(FROM_ABOVE, [525, 495]), { east_m: 25, north_m: 5, surface_m: 0 });
});

test("seen from the side the first wall on the way counts", () => {
  // the line of sight comes down from the west: at height h it is 2 h metres west of the point on the ground
  const slanted = {
    toGround: (/** @type {Pixel} */ [x, y], up = 0) => /** @type {[number, number]} */ ([x - 2 * up, y]),
  };
  const index = new BuildingIndex(CITY);
  const hit = index.surfaceUnder(slanted, [90, 5]); // passes over the low house and meets the tower
  assert.equal(hit.surface_m, 90);
  assert.ok(hit.east_m >= 30 && hit.east_m <= 34);
});

test("the nearest thing within reach is meant, its marker before its stem", () => {
  const things = [
    { name: "far", position: [100, 0, 0] },
    { name: "near", position: [8, 0, 0] },
    { name: "nearer", position: [-6, 0, 0] },
  ];
  assert.equal(nearestThing(FROM_ABOVE, things, [500, 500])?.name, "nearer");
  assert.equal(nearestThing(FROM_ABOVE, things, [560, 560]), null);
  const tall = {
    toScreen: (/** @type {number} */ x, /** @type {number} */ y, /** @type {number} */ up) =>
      /** @type {[number, number, number]} */ ([x, y - up, 0.5]),
  };
  const stems = [{ name: "stem", position: [0, 0, 80] }];
  assert.equal(nearestThing(tall, stems, [3, -40])?.name, "stem");
  assert.equal(nearestThing(tall, stems, [12, -40]), null);
});

test("what lies behind the camera cannot be clicked", () => {
  const behind = { toScreen: () => /** @type {[number, number, number]} */ ([500, 500, 2]) };
  assert.equal(nearestThing(behind, [{ position: [0, 0, 0] }], [500, 500]), null);
});

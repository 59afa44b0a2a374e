import assert from "node:assert/strict";
import { test } from "node:test";
import { LocalFrame } from "../src/frame.js";

const EARTH_M = 40_075_016.686; // circumference in Web Mercator
const WORLD = 512; // pixels of the whole world at zoom 0
const ANCHOR = /** @type {const} */ ([-0.0901, 51.508]);
const SCALE = 2 ** 14;

/** @type {(lngLat: readonly number[]) => [number, number]} */
function mercator([longitude, latitude]) {
  const angle = Math.log(Math.tan(Math.PI / 4 + (latitude * Math.PI) / 360));
  return [(WORLD * (longitude + 180)) / 360, WORLD * (0.5 + angle / (2 * Math.PI))];
}

/** @type {(common: readonly number[]) => [number, number]} */
function inverse([x, y]) {
  const latitude = (2 * Math.atan(Math.exp((y / WORLD - 0.5) * 2 * Math.PI)) - Math.PI / 2) * (180 / Math.PI);
  return [(x * 360) / WORLD - 180, latitude];
}

// a viewport that looks straight down on the anchor, 1000 x 800 pixels, north up
/** @type {() => Viewport} */
function fromAbove() {
  const cosine = Math.cos((ANCHOR[1] * Math.PI) / 180);
  const perMetre = WORLD / EARTH_M / cosine;
  const second = (perMetre * Math.tan((ANCHOR[1] * Math.PI) / 180) * 2 * Math.PI) / EARTH_M;
  const [x0, y0] = mercator(ANCHOR);
  return {
    id: "",
    width: 1000,
    height: 800,
    bearing: 0,
    pitch: 0,
    scale: SCALE,
    pixelProjectionMatrix: [SCALE, 0, 0, 0, 0, -SCALE, 0, 0, 0, 0, 0, 0, 500 - SCALE * x0, 400 + SCALE * y0, 0.5, 1],
    getDistanceScales: () => ({
      unitsPerMeter: [perMetre, perMetre, perMetre],
      unitsPerMeter2: [second, second / 2, second],
    }),
    projectFlat: mercator,
    unprojectFlat: inverse,
    unproject: ([x, y]) => inverse([x0 + (x - 500) / SCALE, y0 + (400 - y) / SCALE]),
  };
}

test("local metres lie where Mercator puts the same point of the Earth", () => {
  const frame = new LocalFrame(ANCHOR).at(fromAbove());
  const metresPerDegree = EARTH_M / 360;
  for (const [east, north] of [
    [0, 0],
    [2000, 2000],
    [-1500, 900],
  ]) {
    const latitude = ANCHOR[1] + north / metresPerDegree;
    const mean = Math.cos((ANCHOR[1] * Math.PI) / 180); // metres east count at the anchor, as deck.gl has it to first order
    const [x, y] = frame.toScreen(east, north, 0);
    const [, trueY] = mercator([0, latitude]);
    const expected = 400 - (trueY - mercator(ANCHOR)[1]) * SCALE;
    assert.ok(Math.abs(y - expected) < 0.02, `${y} and ${expected}`);
    const width = east / metresPerDegree / mean;
    assert.ok(Math.abs(x - 500 - (width / 360) * WORLD * SCALE) < 1 + Math.abs(east) * 1e-3);
  }
});

test("what a pixel shows is drawn in that pixel", () => {
  const frame = new LocalFrame(ANCHOR).at(fromAbove());
  for (const pixel of /** @type {[number, number][]} */ ([
    [500, 400],
    [13, 790],
    [940, 20],
  ])) {
    const [east, north] = frame.toGround(pixel);
    const [x, y, depth] = frame.toScreen(east, north, 0);
    assert.ok(Math.hypot(x - pixel[0], y - pixel[1]) < 1e-6);
    assert.ok(depth < 1);
  }
});

test("a point on the ground has the longitude and latitude that Mercator gives it", () => {
  const frame = new LocalFrame(ANCHOR).at(fromAbove());
  const [longitude, latitude] = frame.toLngLat(0, 1000);
  assert.ok(Math.abs(longitude - ANCHOR[0]) < 1e-9);
  assert.ok(Math.abs((latitude - ANCHOR[1]) * (EARTH_M / 360) - 1000) < 0.01);
});

test("a pixel spans as many metres as it does at the anchor", () => {
  const frame = new LocalFrame(ANCHOR).at(fromAbove());
  const expected = (EARTH_M * Math.cos((ANCHOR[1] * Math.PI) / 180)) / (WORLD * SCALE);
  assert.ok(Math.abs(frame.metresPerPixel() - expected) < 1e-9);
});

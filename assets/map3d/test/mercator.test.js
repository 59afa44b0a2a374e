import assert from "node:assert/strict";
import { test } from "node:test";
import { LocalFrame } from "../src/frame.js";
import { areaFromAbove, held, metresPerPixelOf, viewportFromAbove, zoomOf } from "../src/mercator.js";

const ANCHOR = /** @type {const} */ ([-0.0901, 51.508]);
const VIEW = { longitude: ANCHOR[0], latitude: ANCHOR[1], zoom: 14, pitch: 50, bearing: 30 };
const SIZE = { width: 1000, height: 800 };

/** @type {(view: CameraView) => LocalFrame} */
const frameOf = (view) => new LocalFrame(ANCHOR).at(viewportFromAbove("", SIZE, view));

test("a map from above has north up, whatever the camera says of tilt and turn, and heights move nothing", () => {
  const frame = frameOf(VIEW);
  const [x, y, depth] = frame.toScreen(0, 0, 0);
  assert.ok(Math.hypot(x - 500, y - 400) < 1e-6 && depth < 1);
  const north = frame.toScreen(0, 200, 0);
  assert.ok(Math.abs(north[0] - 500) < 1e-6 && north[1] < 400);
  assert.deepEqual(frame.toScreen(300, -100, 0), frame.toScreen(300, -100, 250));
  const [east, up] = frame.toGround([720, 130], 90);
  const there = frame.toScreen(east, up, 0);
  assert.ok(Math.hypot(there[0] - 720, there[1] - 130) < 1e-6);
});

test("a metre is as many pixels as the zoom says", () => {
  const frame = frameOf(VIEW);
  const across = frame.toScreen(100, 0, 0)[0] - frame.toScreen(0, 0, 0)[0];
  assert.ok(Math.abs(100 / across - metresPerPixelOf(14, ANCHOR[1])) < 1e-3);
  assert.ok(Math.abs(zoomOf(metresPerPixelOf(13.3, 51), 51) - 13.3) < 1e-9);
});

test("what is under the pointer stays under it, when it is dragged and when it zooms", () => {
  const before = frameOf(VIEW).toGround([200, 650]);
  for (const [to, zoom] of /** @type {[Pixel, number][]} */ ([
    [[340, 90], 14],
    [[200, 650], 16.5],
    [[10, 20], 12],
  ])) {
    const after = frameOf(held(VIEW, SIZE, [200, 650], to, zoom)).toGround(to);
    assert.ok(Math.hypot(after[0] - before[0], after[1] - before[1]) < 1e-4, `${to}`);
  }
});

test("the overview holds the whole area beside what covers the map", () => {
  const size = { clientWidth: 1000, clientHeight: 800 };
  const meta = /** @type {CityMeta} */ ({ anchor: [...ANCHOR], size_m: 4000 });
  const frame = frameOf(areaFromAbove({ meta }, size, 300, 80, 100));
  for (const [east, north] of [
    [-2000, 2000],
    [2000, 2000],
    [2000, -2000],
  ]) {
    const [x, y] = frame.toScreen(east, north, 0);
    assert.ok(x > 0 && x < 700 && y > 80 && y < 700, `${east} ${north}: ${x} ${y}`);
  }
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { given, groundLight, lightOf, sunOn } from "../src/light.js";

/** @type {(azimuth: number, elevation: number) => import("../src/light.js").Lighting} */
const at = (azimuth_deg, elevation_deg) => lightOf("light", { azimuth_deg, elevation_deg });
/** @type {(azimuth: number, elevation: number) => NonNullable<import("../src/light.js").Lighting["cast"]>} */
const castAt = (azimuth, elevation) => at(azimuth, elevation).cast ?? assert.fail("no shadow");

test("a shadow falls away from the sun, as long as the height at 45 degrees", () => {
  for (const [azimuth, east, north] of [
    [180, 0, 1],
    [90, -1, 0],
    [225, Math.SQRT1_2, Math.SQRT1_2],
  ]) {
    const cast = castAt(azimuth, 45);
    assert.ok(Math.abs(cast.east - east) < 1e-9 && Math.abs(cast.north - north) < 1e-9, String(azimuth));
    assert.ok(Math.abs(cast.fall - 1) < 1e-9);
  }
});

test("the shadows of a low sun stop growing, and under the horizon there are none", () => {
  const lengths = [20, 10, 5, 1, 0.1].map((elevation) =>
    Math.hypot(castAt(200, elevation).east, castAt(200, elevation).north),
  );
  assert.ok(lengths.every((length) => length <= 6 + 1e-9));
  assert.equal(at(200, 0).cast, null);
  assert.equal(at(200, -20).cast, null);
});

test("the night of the dark theme is the same at every hour and without shadows", () => {
  for (const sun of [undefined, null, { azimuth_deg: 90, elevation_deg: 60 }, { azimuth_deg: 300, elevation_deg: -12 }])
    assert.deepEqual(lightOf("dark", sun), lightOf("dark"));
  assert.equal(lightOf("dark").cast, null);
});

test("a surface gets the cosine of its angle to the sun, and nothing when it looks away", () => {
  const light = at(270, 40);
  const cosine = Math.cos((40 * Math.PI) / 180);
  for (const length of [1, 7]) assert.ok(Math.abs(sunOn(light, -length, 0, 0) - cosine) < 1e-9);
  assert.ok(Math.abs(sunOn(light, 0, 0, 1) - Math.sin((40 * Math.PI) / 180)) < 1e-9);
  assert.equal(sunOn(light, 1, 0, 0), 0);
  assert.ok([0, 1, 2].every((channel) => given(light, 0.5, channel) > given(light, 0, channel)));
});

test("a low sun is warm, dusk is cool, and neither leaves the map too dark to read", () => {
  const [low, dusk] = [at(280, 8), at(300, -8)];
  assert.ok(low.tint[0] > low.tint[2] && dusk.skyTint[2] > dusk.skyTint[0]);
  for (const light of [low, dusk, at(180, 60)])
    assert.ok(groundLight("light", light).every((value) => value > 0.5 && value <= 1));
});

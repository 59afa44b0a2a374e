import assert from "node:assert/strict";
import { test } from "node:test";
import { cameraOf, storyCamera } from "../src/story_camera.js";
import { readView, writeView } from "../src/view_link.js";

/** @type {StoryCamera} */
const CAMERA = { longitude: -0.0901, latitude: 51.508, span_m: 2500, pitch: 56, bearing: -17 };

test("a kept camera spans the same metres on a small and on a large screen", () => {
  for (const node of [
    { clientWidth: 360, clientHeight: 500 },
    { clientWidth: 1900, clientHeight: 900 },
  ]) {
    const view = cameraOf(CAMERA, { node });
    assert.deepEqual(storyCamera({ node, camera: () => view }), CAMERA);
  }
});

test("a bearing is told within half a turn", () => {
  const node = { clientWidth: 900, clientHeight: 560 };
  const view = cameraOf({ ...CAMERA, bearing: 350 }, { node });
  assert.equal(storyCamera({ node, camera: () => view }).bearing, -10);
});

test("an address gives back the view that it was made of", () => {
  const node = /** @type {HTMLElement} */ ({ clientWidth: 900, clientHeight: 560 });
  const view = cameraOf(CAMERA, { node });
  const stage = /** @type {import("../src/stage.js").Stage} */ (/** @type {unknown} */ ({ node, camera: () => view }));
  const shown = { time: 7.8, session: { stage }, flight: { users: ["au-1", "gu 2"] }, selected: 1 };
  for (const linksBy of /** @type {const} */ (["sinr", "server"])) {
    const text = String(writeView(new URLSearchParams(), { ...shown, linksBy }));
    const links = linksBy === "server" ? linksBy : null;
    assert.deepEqual(readView(text), { start_slot: 7, camera: CAMERA, user: "gu 2", links, story_starts: false });
  }
});

test("what is wrong in an address is left out", () => {
  const none = { start_slot: 0, camera: null, user: null, links: null, story_starts: false };
  for (const text of [
    "",
    "t=-1",
    "links=anything",
    "t=1e3",
    "camera=1,2,3",
    "camera=0,0,10,0,0",
    "camera=0,99,500,0,0",
    "camera=a,0,500,0,0",
  ]) {
    assert.deepEqual(readView(text), none, text);
  }
  assert.equal(readView("story").story_starts, true);
});

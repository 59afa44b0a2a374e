import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { Playhead } from "../src/playhead.js";

/** @type {FrameRequestCallback[]} */
let frames = [];
let clock = 0;
const real = { performance: globalThis.performance };

beforeEach(() => {
  frames = [];
  clock = 1000;
  Object.assign(globalThis, {
    requestAnimationFrame: (/** @type {FrameRequestCallback} */ draw) => frames.push(draw),
    cancelAnimationFrame: () => (frames = []),
    document: { createElement: () => ({ getContext: () => null }) }, // nothing draws here, so nothing is slow
  });
  Object.defineProperty(globalThis, "performance", { value: { now: () => clock }, configurable: true });
});

afterEach(() => {
  Object.defineProperty(globalThis, "performance", { value: real.performance, configurable: true });
});

/** @type {(milliseconds: number) => void} */
function pass(milliseconds) {
  clock += milliseconds;
  for (const draw of frames.splice(0)) draw(clock);
}

/** @type {(more?: Partial<Follower>) => { playhead: Playhead, told: string[] }} */
function made(more = {}) {
  /** @type {string[]} */
  const told = [];
  /** @type {Follower} */
  const follower = { changed: () => told.push("changed"), moved: () => told.push("moved"), ...more };
  const playhead = new Playhead({ sharpness() {} }, follower);
  Object.assign(playhead, { end: 10, rate: 2 });
  return { playhead, told };
}

test("it moves by its rate and speed, and says so once per frame", () => {
  const { playhead, told } = made();
  playhead.speed = 0.5;
  playhead.play();
  pass(200);
  pass(300);
  assert.ok(Math.abs(playhead.time - 0.5) < 1e-9);
  assert.deepEqual(told, ["changed", "moved", "moved"]);
});

test("a hidden tab does not leap ahead, and a frame from before the click does not go back", () => {
  const { playhead } = made();
  playhead.play();
  pass(60_000);
  assert.equal(playhead.time, 1); // half a second at most
  pass(-500);
  assert.equal(playhead.time, 1);
});

test("at the end it begins again, or stands there and begins again when it is played", () => {
  const { playhead } = made();
  playhead.seek(9.9);
  playhead.play();
  pass(100);
  assert.equal(playhead.time, 0);
  assert.ok(playhead.playing);
  playhead.loops = false;
  playhead.seek(9.9);
  pass(100);
  assert.equal(playhead.time, 10);
  assert.ok(!playhead.playing && frames.length === 0);
  playhead.toggle();
  assert.equal(playhead.time, 0);
});

test("whoever moves with it may put it elsewhere at the end", () => {
  const { playhead } = made({
    ended: () => {
      Object.assign(playhead, { time: 3, end: 20 });
      return true;
    },
  });
  playhead.loops = false;
  playhead.seek(9.9);
  playhead.play();
  pass(100);
  assert.equal(playhead.time, 3);
  assert.ok(playhead.playing);
});

test("it never leaves its window, and a step stands on a whole slot", () => {
  const { playhead, told } = made();
  playhead.seek(-4);
  assert.equal(playhead.time, 0);
  playhead.seek(99);
  assert.equal(playhead.time, 10);
  playhead.seek(4.4);
  playhead.play();
  playhead.step(1);
  assert.equal(playhead.time, 5);
  assert.ok(!playhead.playing);
  playhead.step(-1, 2.5);
  assert.equal(playhead.time, 2.5);
  assert.equal(told.at(-1), "moved");
});

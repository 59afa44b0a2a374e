// The swipe line: where it may stand, and that both runs together have every pixel of the map once.
import assert from "node:assert/strict";
import { test } from "node:test";
import { arrangement } from "../src/compare_layout.js";
import { clipOf, held, lineAt, partAt, partsOf, scissorOf, spoken } from "../src/swipe.js";

const WIDTHS = [320, 390, 1027, 1280, 1919];
const SHARES = [0, 0.03, 0.25, 1 / 3, 0.5, 0.777, 1];

test("the line stays within the map, its handle in reach, whatever share is wanted", () => {
  for (const width of WIDTHS)
    for (const share of [-3, NaN, ...SHARES, 7]) {
      const line = lineAt(held(share, width), width);
      assert.ok(line >= 28 && line <= width - 28, `${share} of ${width}: ${line}`);
    }
  assert.equal(held(0.3, 0), 0.5); // no width yet
  assert.equal(lineAt(0.5, 1280), 640);
});

test("both runs together have every column of the picture once, for every line, width and sharpness", () => {
  for (const width of WIDTHS)
    for (const ratio of [0.5, 0.75, 1, 1.25, 1.5, 2])
      for (const share of SHARES) {
        const buffer = /** @type {const} */ ([Math.floor(width * ratio), 400]);
        const [left, right] = partsOf(share, width).map((part) => scissorOf(part, ratio, buffer));
        assert.equal(left[0], 0);
        assert.equal(right[0], left[2]); // they meet
        assert.equal(left[2] + right[2], buffer[0]); // and fill the picture
        assert.deepEqual([left[1], left[3], right[1], right[3]], [0, 400, 0, 400]);
      }
});

test("both runs fill the same box, so one point of the ground is one pixel in both", () => {
  const { maps, nodes } = arrangement(2, "swipe", { width: 1280, height: 600 });
  assert.deepEqual(maps[0], { x: 0, y: 0, width: 1280, height: 600 });
  assert.deepEqual(maps[1], maps[0]);
  assert.deepEqual(nodes, maps);
});

test("a pixel belongs to the run that is drawn there", () => {
  const parts = partsOf(0.25, 1000);
  assert.deepEqual(
    [0, 249, 250, 999, 1000, -1].map((x) => partAt(parts, x)),
    [0, 0, 1, 1, -1, -1],
  );
});

test("labels are cut where the picture is", () => {
  const [left, right] = partsOf(0.25, 1000).map((part) => clipOf(part, 1000));
  assert.equal(left, "inset(0 750px 0 0px)");
  assert.equal(right, "inset(0 0px 0 250px)");
});

test("the handle says how much of the map each run has", () => {
  assert.equal(spoken(["A", "B"], 0.254), "A on the left 25 per cent, B on the rest");
});

test("panes stand side by side where there is room and fill a given height, else below one another", () => {
  const wide = arrangement(2, "panes", { width: 1204, height: 500 });
  assert.deepEqual(wide.nodes, [
    { x: 0, y: 0, width: 600, height: 500 },
    { x: 604, y: 0, width: 600, height: 500 },
  ]);
  assert.deepEqual(wide.maps[1], { x: 604, y: 48, width: 600, height: 452 });
  const four = arrangement(4, "panes", { width: 1204, height: 504 });
  assert.deepEqual(four.nodes.at(-1), { x: 604, y: 254, width: 600, height: 250 });
  const narrow = arrangement(2, "panes", { width: 390, height: 604 });
  assert.deepEqual(narrow.nodes[1], { x: 0, y: 304, width: 390, height: 300 });
});

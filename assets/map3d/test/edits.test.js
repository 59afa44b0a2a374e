import assert from "node:assert/strict";
import { test } from "node:test";
import { applyEdit, NOT_YET } from "../src/edits.js";
import { RULES } from "./made.js";

/** @type {Thing[]} */
const THINGS = [
  { kind: "ground_station", id: "gbs-1", position: [0, 0, 25] },
  { kind: "aerial_start", id: "au-1", position: [0, 0, 100] },
  { kind: "aerial_destination", id: "au-1", position: [50, 0, 100] },
  { kind: "ground_user", id: "au-1", position: [9, 9, 1.5] },
];
const PLACE = { east_m: 3, north_m: 4, surface_m: 40 };

test("a base station stands on its mast, on a roof on the roof's", () => {
  const placed = applyEdit([], { type: "place", kind: "ground_station", ...PLACE }, RULES);
  assert.deepEqual(placed, [{ id: NOT_YET, kind: "ground_station", position: [3, 4, 45] }]);
  const [onGround] = applyEdit([], { type: "place", kind: "ground_station", ...PLACE, surface_m: 0 }, RULES);
  assert.equal(onGround.position[2], 25);
});

test("an aerial user has two ends, each clear of the roof below it", () => {
  const edit = { ...PLACE, surface_m: 90, to_east_m: 7, to_north_m: 8, to_surface_m: 0 };
  const placed = applyEdit([], { type: "place", kind: "aerial_user", ...edit }, RULES);
  assert.deepEqual(
    placed.map(({ kind, position }) => [kind, ...position]),
    [
      ["aerial_start", 3, 4, 110],
      ["aerial_destination", 7, 8, 100],
    ],
  );
});

test("a move changes one end, a delete takes both and nothing else of that name", () => {
  const moved = applyEdit(THINGS, { type: "move", kind: "aerial_start", id: "au-1", ...PLACE }, RULES);
  assert.deepEqual(moved[1].position, [3, 4, 100]);
  assert.deepEqual([moved[0], moved[2], moved[3]], [THINGS[0], THINGS[2], THINGS[3]]);
  const left = applyEdit(THINGS, { type: "delete", kind: "aerial_destination", id: "au-1" }, RULES);
  assert.deepEqual(left, [THINGS[0], THINGS[3]]);
});

test("a no-fly zone is a square around its place, and moves as a whole", () => {
  const [zone] = applyEdit([], { type: "place", kind: "no_fly_zone", ...PLACE }, RULES);
  assert.deepEqual(
    [zone.position, zone.outline?.[0], zone.outline?.[2]],
    [
      [3, 4, 0],
      [-97, -96],
      [103, 104],
    ],
  );
  const named = { ...zone, id: "zone-1", heights: /** @type {[number, number]} */ ([50, 90]) };
  const to = { east_m: 13, north_m: 4, surface_m: 60 };
  const [moved] = applyEdit([named], { type: "move", kind: "no_fly_zone", id: "zone-1", ...to }, RULES);
  assert.deepEqual(
    [moved.position, moved.outline?.[0], moved.heights],
    [
      [13, 4, 0],
      [-87, -96],
      [50, 90],
    ],
  );
  assert.deepEqual(applyEdit([named], { type: "delete", kind: "no_fly_zone", id: "zone-1" }, RULES), []);
});

test("a cluster shows its middle; a crowd, undo and copies wait for Python", () => {
  const cluster = applyEdit([], { type: "place", kind: "cluster", count: 9, spread_m: 30, ...PLACE }, RULES);
  assert.deepEqual(cluster, [{ id: NOT_YET, kind: "ground_user", position: [3, 4, 1.5] }]);
  assert.deepEqual(applyEdit([], { type: "place", kind: "crowd", count: 5 }, RULES), []);
  for (const type of /** @type {("undo" | "redo")[]} */ (["undo", "redo"])) {
    assert.equal(applyEdit(THINGS, { type }, RULES), THINGS);
  }
});

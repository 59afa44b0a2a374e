import assert from "node:assert/strict";
import { test } from "node:test";
import { housePaths, outline, treePath } from "../src/flat_city.js";

// the rings of a path, each a list of corners [east, north]
/** @type {(path: string) => [number, number][][]} */
function ringsOf(path) {
  return path
    .split("z")
    .filter(Boolean)
    .map((ring) =>
      ring
        .slice(1)
        .split("L")
        .map((corner) => {
          const [x, y] = corner.split(" ").map(Number);
          return [x, -y];
        }),
    );
}

// counter-clockwise is positive
/** @type {(ring: [number, number][]) => number} */
function area(ring) {
  return ring.reduce((sum, [x, y], k) => {
    const [nextX, nextY] = ring[(k + 1) % ring.length];
    return sum + (x * nextY - nextX * y) / 2;
  }, 0);
}

test("triangles become the outline of what they cover", () => {
  const square = outline([0, 0, 10, 0, 10, 10, 0, 10], [0, 1, 2, 0, 2, 3]);
  const [ring, ...more] = ringsOf(square);
  assert.equal(more.length, 0);
  assert.equal(ring.length, 4);
  assert.equal(area(ring), 100);
});

test("what lies open inside runs the other way round, so that it stays open", () => {
  // a square frame: four corners outside, four inside
  const corners = [0, 0, 30, 0, 30, 30, 0, 30, 10, 10, 20, 10, 20, 20, 10, 20];
  const frame = [0, 1, 5, 0, 5, 4, 1, 2, 6, 1, 6, 5, 2, 3, 7, 2, 7, 6, 3, 0, 4, 3, 4, 7];
  const areas = ringsOf(outline(corners, frame))
    .map(area)
    .sort((a, b) => b - a);
  assert.deepEqual(areas, [900, -100]);
});

test("two lakes that share nothing are two rings", () => {
  const corners = [0, 0, 1, 0, 0, 1, 5, 5, 6, 5, 5, 6];
  assert.equal(ringsOf(outline(corners, [0, 1, 2, 3, 4, 5])).length, 2);
});

// houses of 10 m in a row, 100 m apart; the last is tall
/** @type {(count: number) => CityBundle} */
function row(count) {
  const houses = Array.from({ length: count }, (_, k) => 100 * k);
  const city = {
    building_vertices: new Float32Array(houses.flatMap((x) => [x, 0, x + 10, 0, x + 10, 10, x, 10, x, 0])),
    building_starts: Uint32Array.from({ length: count + 1 }, (_, k) => 5 * k),
    building_heights: Float32Array.from(houses, (_, k) => (k === count - 1 ? 200 : 10)),
    building_class: Uint8Array.from(houses, (_, k) => (k === count - 1 ? 3 : 0)),
  };
  return /** @type {CityBundle} */ (/** @type {unknown} */ (city));
}

/** @type {import("../src/flat_city.js").Bounds} */
const EVERYWHERE = [-1e6, -1e6, 1e6, 1e6];

test("only the houses in the picture are drawn, each in the colour of its class", () => {
  const paths = housePaths(row(20), [-50, -50, 450, 50], 1);
  assert.equal(ringsOf(paths[0]).length, 5);
  assert.equal(ringsOf(housePaths(row(20), EVERYWHERE, 1)[3]).length, 1);
});

test("a picture has no more points than a browser draws with ease, and the bulkiest houses have them", () => {
  const paths = housePaths(row(500), EVERYWHERE, 1, 40);
  const corners = paths.flatMap((path) => ringsOf(path)).reduce((sum, ring) => sum + ring.length, 0);
  assert.equal(corners, 40);
  assert.equal(ringsOf(paths[3]).length, 1); // the tower comes first
});

test("from far away what is smaller than a pixel or two is left out", () => {
  assert.deepEqual(housePaths(row(20), EVERYWHERE, 8), []);
});

test("trees are dots, those in the picture, and only from near", () => {
  const trees = new Float32Array([0, 10, 8, 500, 0, 8]);
  assert.equal(treePath(trees, [-50, -50, 50, 50], 1), "M0 -10h.01");
  assert.equal(treePath(trees, [-50, -50, 50, 50], 5), "");
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { lightOf } from "../src/light.js";
import { MeshWriter } from "../src/mesh.js";
import { ShadeField, shadeOf } from "../src/shadows.js";
import { windowMesh } from "../src/windows.js";
import { numbers } from "./made.js";

/** @import { Cast } from "../src/shadows.js" */
/** @typedef {{ vertices: Float32Array, starts: Uint32Array, triangles: Uint32Array, bases: Float32Array, heights: Float32Array }} Prisms */
/** @typedef {number[]} Box west, south, east, north, base, height */

/** @type {(azimuth: number, elevation: number) => Cast} */
const castAt = (azimuth_deg, elevation_deg) =>
  lightOf("light", { azimuth_deg, elevation_deg }).cast ?? assert.fail("no shadow");

// boxes [west, south, east, north, base, height] as prisms: clockwise and closed
/** @type {(list: Box[]) => Prisms} */
function boxes(list) {
  const vertices = list.flatMap(([w, s, e, n]) => [w, s, w, n, e, n, e, s, w, s]);
  return {
    vertices: new Float32Array(vertices),
    starts: new Uint32Array([...list.keys(), list.length].map((ring) => ring * 5)),
    triangles: new Uint32Array(list.flatMap((_, ring) => [0, 2, 1, 0, 3, 2].map((corner) => ring * 5 + corner))),
    bases: new Float32Array(list.map((box) => box[4])),
    heights: new Float32Array(list.map((box) => box[5])),
  };
}

/** @param {Prisms} prisms */
const asCity = ({ vertices, starts, triangles, bases, heights }) => ({
  building_vertices: vertices,
  building_starts: starts,
  roof_triangles: triangles,
  building_bases: bases,
  building_heights: heights,
});

/** @type {(prisms: Prisms, sizeM: number, cast: Cast) => ShadeField} */
function fieldOf({ vertices, starts, heights }, sizeM, cast) {
  const field = new ShadeField(sizeM, cast);
  field.raise(vertices, starts, (ring) => heights[ring]);
  return field.sweep();
}

/** @type {(box: Box, x: number, y: number) => boolean} */
const covers = ([w, s, e, n], x, y) => x > w && x < e && y > s && y < n;

// whether a ray from the ground at (x, y) to the sun meets a box: looked at every decimetre of height
/** @type {(box: Box, cast: Cast, x: number, y: number) => boolean} */
const blocked = (box, cast, x, y) => {
  for (let up = box[4]; up <= box[5]; up += 0.1) if (covers(box, x - up * cast.east, y - up * cast.north)) return true;
  return false;
};

test("a place lies in shadow up to where a ray to the sun meets a building, to within three cells", () => {
  const random = numbers(3);
  const list = [...Array(14)].map(() => {
    const [w, s] = [random() * 160 - 80, random() * 160 - 80];
    return [w, s, w + 8 + 20 * random(), s + 8 + 20 * random(), 0, 6 + 40 * random()];
  });
  for (const azimuth_deg of [20, 135, 180, 262]) {
    const cast = castAt(azimuth_deg, 38);
    const field = fieldOf(boxes(list), 400, cast);
    let [lit, dark, odd] = [0, 0, 0];
    for (let sample = 0; sample < 1500; sample++) {
      const [x, y] = [random() * 280 - 140, random() * 280 - 140];
      if (list.some((box) => covers(box, x, y))) continue; // under a house
      const truly = list.some((box) => blocked(box, cast, x, y));
      if (truly) dark += 1;
      else lit += 1;
      const near = [-1, 0, 1].flatMap((dx) => [-1, 0, 1].map((dy) => field.at(x + dx * 2.5, y + dy * 2.5) > 0));
      odd += Number(!near.includes(truly));
    }
    assert.ok(dark > 100 && lit > 100);
    assert.equal(odd, 0, `${odd} of ${lit + dark} at ${azimuth_deg}`);
  }
});

test("the field says up to where a tower shades what stands behind it", () => {
  const tower = boxes([[-20, -20, 20, 20, 0, 120]]);
  for (const [azimuth_deg, east, north] of [
    [180, 0, 1],
    [0, 0, -1],
    [90, -1, 0],
    [225, Math.SQRT1_2, Math.SQRT1_2],
  ]) {
    const cast = castAt(azimuth_deg, 45);
    const field = fieldOf(tower, 600, cast);
    const edge = azimuth_deg % 90 ? 20 * Math.SQRT2 : 20; // from the middle to the wall, along the sun's way
    for (const far of [20, 50, 100]) {
      const [x, y] = [east * (edge + far), north * (edge + far)];
      assert.ok(Math.abs(field.at(x, y) - (120 - far)) < 3 * field.cell, `${azimuth_deg}: ${field.at(x, y)} at ${far}`);
    }
    assert.equal(field.at(east * -60, north * -60), 0, "before it is none");
    assert.equal(field.at(east * (edge + 140), north * (edge + 140)), 0, "nor where the shadow has ended");
    assert.equal(field.at(1e6, 0), 0, "nor outside of the area");
  }
});

/** @type {(mesh: Mesh, vertex: number) => number} */
const brightness = (mesh, vertex) => mesh.attributes.colors.value[vertex * 4];

test("walls to the sun are bright, others dark, and a roof in a tower's shadow is darker than one beside it", () => {
  const light = lightOf("light", { azimuth_deg: 180, elevation_deg: 45 });
  const city = boxes([
    [-30, -60, 30, -20, 0, 150],
    [-20, 0, 20, 30, 0, 12],
    [200, 0, 240, 30, 0, 12],
  ]);
  const mesh = new MeshWriter(light, fieldOf(city, 800, castAt(180, 45)));
  mesh.prisms(city.vertices, city.starts, city.triangles, (ring) => ({
    low: 0,
    high: city.heights[ring],
    colour: [200, 200, 200],
  }));
  const made = mesh.done();
  /** @type {(ring: number, side: number) => number} */
  const wall = (ring, side) => brightness(made, (ring * 4 + side) * 4 + 1); // its head; west, north, east, south
  assert.ok(wall(2, 3) > wall(2, 0) && wall(2, 0) === wall(2, 1));
  assert.ok(wall(1, 3) < wall(2, 3), "the tower stands before it");
  /** @type {(ring: number) => number} */
  const roof = (ring) => brightness(made, 3 * 16 + ring * 5);
  assert.ok(roof(1) < roof(2) - 40);
  assert.ok(made.indices.value.every((index) => index * 3 < made.attributes.positions.value.length));
});

test("a bridge's deck throws a shadow and a tree does, ramps and piers do not; the picture is dark where they fall", () => {
  const parts = boxes([
    [0, 0, 100, 10, 4.5, 6],
    [-60, 0, 0, 10, 0, 6],
  ]);
  const nothing = asCity(boxes([]));
  const field = shadeOf(
    /** @type {any} */ ({
      ...nothing,
      meta: { size_m: 400 },
      bridge_vertices: parts.vertices,
      bridge_starts: parts.starts,
      bridge_bases: parts.bases,
      bridge_tops: new Float32Array([6, 6, 6, 6, 6, 0, 0, 6, 6, 0]),
      trees: new Float32Array([-100, -100, 12]),
    }),
    castAt(180, 30),
  );
  assert.ok(field.at(50, 14) > 2 && field.at(-30, 14) === 0 && field.at(50, -4) === 0);
  assert.ok(field.at(-100, -92) > 2 && field.at(-100, -108) === 0);
  const picture = field.picture();
  const cell = (/** @type {number} */ metres) => Math.floor((metres + 200) / field.cell);
  assert.equal(picture[cell(14) * field.side + cell(50)], 255);
  assert.equal(picture[cell(14) * field.side + cell(-30)], 0);
  assert.equal(field.side % 4, 0);
});

test("windows stand on tall walls alone, as many as there is room for, from where the wall begins", () => {
  const city = asCity(
    boxes([
      [0, 0, 33, 10, 0, 24],
      [0, 0, 33, 10, 8, 60],
    ]),
  );
  const { attributes, indices } = windowMesh(city, () => true);
  assert.equal(indices.value.length, 4 * 6);
  const [positions, colours] = [attributes.positions.value, attributes.colors.value];
  const ends = [...Array(16).keys()].map((vertex) => colours[vertex * 4]);
  assert.deepEqual(ends, [0, 0, 3, 3, 0, 0, 10, 10, 0, 0, 3, 3, 0, 0, 10, 10]);
  assert.deepEqual([positions[2], positions[5]], [8, 60]);
  assert.equal(windowMesh(city, (east) => east > 100).indices.value.length, 0);
});

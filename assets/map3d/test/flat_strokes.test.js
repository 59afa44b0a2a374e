import assert from "node:assert/strict";
import { before, test } from "node:test";
import { FLAT_DECK } from "../src/flat_deck.js";
import { dotStrokes, isDots, isLines, lineStrokes } from "../src/flat_strokes.js";
import { LineBatch } from "../src/line_batch.js";

const METRES = { coordinateSystem: 2, coordinateOrigin: [0, 0, 0] };

before(() => {
  globalThis.deck = FLAT_DECK;
});

test("lines of one look become one path, south down", () => {
  const batch = new LineBatch("links", METRES, 4);
  batch.line(0, 0, 1.5, 100, 200, 30, [0, 90, 178], 255, 2);
  batch.line(5, 5, 1.5, 100, 200, 30, [0, 90, 178], 255, 2);
  batch.line(0, 0, 0, 10, 0, 0, [213, 94, 0], 128, 4);
  const layer = batch.layer();
  assert.ok(isLines(layer) && !isDots(layer));
  const [links, faint, ...more] = lineStrokes(layer);
  assert.equal(more.length, 0);
  assert.equal(links.path, "M0 0L100 -200M5 -5L100 -200");
  assert.deepEqual([links.colour, links.width, links.opacity], ["rgb(0 90 178)", 2, 1]);
  assert.deepEqual([faint.colour, faint.width, faint.opacity], ["rgb(213 94 0)", 4, 0.5]);
});

test("a dashed link is as many strokes as it has dashes", () => {
  const batch = new LineBatch("links", METRES, 4);
  batch.dashed([0, 0, 0], [700, 0, 500], 7, 1, [204, 121, 167], 255, 2);
  assert.equal(lineStrokes(batch.layer())[0].path.split("M").length - 1, 7);
});

test("what only stands, is out of sight or cannot be seen is not drawn", () => {
  const batch = new LineBatch("stems", METRES, 4);
  batch.line(50, 50, 0, 50, 50, 80, [0, 0, 0], 255, 3);
  batch.line(50, 50, 0, NaN, NaN, NaN, [0, 0, 0], 255, 3);
  batch.line(50, 50, 0, 90, 50, 80, [0, 0, 0], 0, 3);
  assert.deepEqual(lineStrokes(batch.layer()), []);
});

test("accessors are asked as deck.gl asks them", () => {
  const layer = new FLAT_DECK.LineLayer({
    id: "missions",
    data: [
      [
        [0, 0, 0],
        [10, 20, 0],
      ],
    ],
    getSourcePosition: (/** @type {Point[]} */ mission) => mission[0],
    getTargetPosition: (/** @type {Point[]} */ mission) => mission[1],
    getColor: [1, 2, 3, 255],
    getWidth: 2,
  });
  assert.deepEqual(lineStrokes(layer), [{ path: "M0 0L10 -20", colour: "rgb(1 2 3)", opacity: 1, width: 2 }]);
});

test("dots have the size that their limits in pixels give them, and an edge below", () => {
  const layer = new FLAT_DECK.ScatterplotLayer({
    id: "users",
    stroked: true,
    getLineWidth: 1,
    getRadius: 12,
    radiusMinPixels: 3,
    radiusMaxPixels: 5,
    data: {
      length: 2,
      attributes: {
        getPosition: { value: new Float32Array([5, 6, 1.5, NaN, NaN, NaN]), size: 3 },
        getFillColor: { value: new Uint8Array([10, 20, 30, 255, 0, 0, 0, 255]), size: 4 },
        getLineColor: { value: new Uint8Array([40, 50, 60, 255, 0, 0, 0, 255]), size: 4 },
      },
    },
  });
  assert.ok(isDots(layer));
  const widths = [1, 3, 12].map((metresPerPixel) => dotStrokes(layer, metresPerPixel).map(({ width }) => width));
  assert.deepEqual(widths, [
    [12, 10],
    [10, 8],
    [8, 6],
  ]);
  assert.deepEqual(
    dotStrokes(layer, 1).map(({ path, colour }) => [path, colour]),
    [
      ["M5 -6h.01", "rgb(40 50 60)"],
      ["M5 -6h.01", "rgb(10 20 30)"],
    ],
  );
});

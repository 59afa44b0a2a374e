// Links by server: every station has a colour, a pattern and a letter; colours are told apart by colour-blind eyes.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Flight } from "../src/flight.js";
import { LineBatch } from "../src/line_batch.js";
import { dashes } from "../src/link_legend.js";
import { GROUND_PATTERNS, LinkLooks, SKY_PATTERNS, letterOf, serverLooks } from "../src/link_looks.js";
import { inkOn, serverColours } from "../src/palette.js";
import { madeFlight } from "./made.js";

// How eyes without green-sensitive, or without red-sensitive cones see linear RGB: Machado, Oliveira, Fernandes (2009),
// "A physiologically-based model for simulation of color vision deficiency", severity 1.0.
const EYES = {
  usual: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
};
const LEAST_DIFFERENCE = 12; // CIE 1976; 2.3 is just noticed side by side

/** @type {(share: number) => number} */
const root = (share) => (share > 0.008856 ? Math.cbrt(share) : 7.787 * share + 16 / 116);

/** @type {(colour: number[], eye: number[][]) => number[]} */
function lab(colour, eye) {
  const linear = colour.map((value) => (value <= 10.31 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4));
  const [r, g, b] = eye.map((row) =>
    Math.max(
      0,
      Math.min(
        1,
        row.reduce((sum, w, k) => sum + w * linear[k], 0),
      ),
    ),
  );
  const x = root((0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.9505);
  const y = root(0.2126 * r + 0.7152 * g + 0.0722 * b);
  const z = root((0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.089);
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

for (const theme of /** @type {const} */ (["light", "dark"]))
  test(`colours of stations differ for every eye, ${theme}`, () => {
    const colours = serverColours(theme);
    for (const [name, eye] of Object.entries(EYES))
      colours.forEach((one, index) => {
        for (const other of colours.slice(0, index)) {
          const [a, b] = [lab(one, eye), lab(other, eye)];
          const difference = Math.hypot(...a.map((value, k) => value - b[k]));
          assert.ok(difference > LEAST_DIFFERENCE, `${name}: ${one} and ${other} differ by ${difference.toFixed(1)}`);
        }
      });
  });

test("stations that serve have looks of their own, satellites those of the sky, and the same in every run", () => {
  const bundle = madeFlight();
  const other = madeFlight();
  other.meta.stations = ["gbs-9", "leo-1"];
  const looks = serverLooks([new Flight(bundle), new Flight(other)], "light");
  assert.deepEqual([...looks.keys()], ["gbs-1", "leo-1", "gbs-9"]);
  assert.deepEqual(
    [...looks.values()].map(({ letter }) => letter),
    ["a", "b", "c"],
  );
  assert.equal(looks.get("gbs-1")?.pattern, GROUND_PATTERNS[0]);
  assert.equal(looks.get("gbs-9")?.pattern, GROUND_PATTERNS[2]);
  assert.equal(looks.get("leo-1")?.pattern, SKY_PATTERNS[1]);
  bundle.serving_station.fill(-1);
  assert.equal(serverLooks([new Flight(bundle)], "dark").size, 0); // nobody is served
});

test("colour and pattern together are one station's, for as many as seven times three", () => {
  const bundle = madeFlight();
  bundle.meta.stations = Array.from({ length: 21 }, (_, index) => `gbs-${index}`);
  bundle.meta.ground_stations = 21;
  bundle.serving_station = Int16Array.from({ length: 21 }, (_, index) => index);
  bundle.satellite_drawn_m = new Float32Array();
  const looks = [...serverLooks([new Flight(bundle)], "light").values()];
  assert.equal(new Set(looks.map(({ colour, pattern }) => JSON.stringify([colour, pattern]))).size, 21);
});

test("a mast that only the other run has looks unlike every station of the first", () => {
  /** @type {(stations: string[], ground: number) => Flight} */
  const flightOf = (stations, ground) => {
    const bundle = madeFlight();
    Object.assign(bundle.meta, { stations, ground_stations: ground });
    bundle.serving_station = Int16Array.from(stations, (_, index) => index);
    return new Flight(bundle);
  };
  const masts = Array.from({ length: 6 }, (_, index) => `gbs-${index}`);
  const flights = [flightOf([...masts, "leo-1"], 6), flightOf([...masts, "new", "leo-1"], 7)];
  const looks = [...serverLooks(flights, "light").values()];
  assert.equal(looks.length, 8);
  assert.equal(new Set(looks.map(({ colour, pattern }) => JSON.stringify([colour, pattern]))).size, 8);
});

test("the answer is kept until the question changes", () => {
  const [links, flight] = [new LinkLooks(), new Flight(madeFlight())];
  assert.deepEqual(links.at("sinr", [flight], "light"), [null]);
  const first = links.at("server", [flight], "light");
  assert.equal(links.at("server", [flight], "light"), first);
  assert.notEqual(links.at("server", [flight], "dark"), first);
  assert.equal(first[0]?.[0]?.name, "gbs-1");
  assert.deepEqual(links.at("sinr", [flight], "dark"), [null]);
  assert.equal(links.looks, null);
});

test("a pattern is drawn as shares of the link, from its user to its station", () => {
  const batch = new LineBatch("x", { coordinateSystem: 2, coordinateOrigin: [0, 0, 0] }, 4);
  batch.patterned([0, 0, 0], [100, 0, 0], { repeats: 2, parts: [[0, 0.5]] }, 1, [1, 2, 3], 255, 2);
  assert.equal(batch.count, 2);
  assert.deepEqual(
    [...batch.ends.subarray(0, 12)].filter((_, index) => index % 3 === 0),
    [0, 25, 50, 75],
  );
  batch.clear();
  batch.patterned([0, 0, 0], [100, 0, 0], SKY_PATTERNS[0], 0.28, [1, 2, 3], 255, 2); // a stub
  assert.equal(batch.count, 4);
  assert.ok(batch.ends[3 * 6 + 3] <= 28);
});

test("a row of the legend shows the pattern of the links", () => {
  assert.deepEqual(dashes(GROUND_PATTERNS[0], 10), [10, 0]);
  assert.deepEqual(dashes({ repeats: 3, parts: [[0, 0.5]] }, 10), [5, 5]);
});

test("letters go on after z, and ink is legible on every colour", () => {
  assert.deepEqual([0, 25, 26, 27].map(letterOf), ["a", "z", "aa", "ab"]);
  assert.equal(inkOn([0, 100, 166]), "#ffffff");
  assert.equal(inkOn([240, 192, 48]), "#111111");
});

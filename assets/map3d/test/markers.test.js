import assert from "node:assert/strict";
import { test } from "node:test";
import { Flight } from "../src/flight.js";
import { editorMarkers } from "../src/editor_layers.js";
import { MARKS, extrasOf } from "../src/marks.js";
import { ReplayMarkers } from "../src/replay_markers.js";
import { madeFlight } from "./made.js";

test("stations tell their load, and satellites their elevation, of the slot being flown", () => {
  const flight = new Flight(madeFlight());
  const markers = new ReplayMarkers(flight);
  flight.moveTo(0.5);
  assert.deepEqual(
    markers.at(null).map(({ label }) => label),
    ["gbs-1 · 1/2", "leo-1 40° · 1/1", "au-1"],
  );
  flight.moveTo(2.5);
  assert.deepEqual(
    markers.at(null).map(({ label, load }) => [label, load]),
    [
      ["gbs-1 · 2/2", 1],
      ["au-1", undefined], // the satellite has set
    ],
  );
});

test("the chosen user is marked, on the ground by a mark of its own", () => {
  const flight = new Flight(madeFlight());
  const markers = new ReplayMarkers(flight);
  const [chosen] = markers.at(2);
  assert.deepEqual([chosen.label, chosen.selected, ...chosen.position], ["gu-2", true, -5, -5, 1.5]);
  assert.equal(markers.at(0).find(({ label }) => label === "au-1")?.selected, true);
});

test("where nobody is chosen nobody is marked, even in a run without aerial users", () => {
  const bundle = madeFlight();
  bundle.meta.aerial_users = [];
  bundle.shapes.au_position_m = [4, 0, 3];
  bundle.au_position_m = new Float32Array();
  const markers = new ReplayMarkers(new Flight(bundle));
  assert.deepEqual(
    markers.at(null).map(({ kind }) => kind),
    ["ground_station", "satellite"],
  );
});

test("an aerial user is the same quadcopter while it is placed and while it flies", () => {
  const flying = new ReplayMarkers(new Flight(madeFlight())).at(null).find(({ label }) => label === "au-1");
  const [placed] = editorMarkers({
    things: [{ kind: "aerial_start", id: "au-1", position: [0, 0, 100] }],
    passes: [],
    selected: null,
    firstEnd: null,
    suggestion: null,
  });
  const looks = [flying, placed].map((marker) => marker && (marker.glyph ?? MARKS[marker.kind].glyph));
  assert.deepEqual(looks, ["quadcopter", "quadcopter"]);
});

test("no-fly zones stand in the replay with their name, users indoors in a house, the others not", () => {
  const bundle = madeFlight();
  bundle.meta.zones = [{ id: "nfz-1", outline: [[0, 0], [30, 0], [30, 60]], heights: [0, 90] }]; // prettier-ignore
  bundle.meta.indoors = [1];
  const flight = new Flight(bundle);
  const [zone, house] = new ReplayMarkers(flight).at(null);
  assert.deepEqual([zone.glyph, zone.label, ...zone.position], ["no_entry", "nfz-1", 20, 20, 0]);
  assert.deepEqual([house.glyph, ...house.position], ["house", -5, -5, 1.5]);
  assert.match(flight.aboutUser(2).title, /gu-2 · ground user indoors/);
  assert.match(flight.aboutUser(1).title, /gu-1 · ground user$/);
  assert.equal(new ReplayMarkers(new Flight(madeFlight())).at(null)[0].kind, "ground_station");
});

test("a legend names only those extras that a scenario has, in the editor as in the replay", () => {
  assert.deepEqual([...new Flight(madeFlight()).extras], []);
  const bundle = { ...madeFlight(), mover: new Uint16Array([0]), mover_position_m: new Float32Array(12) };
  Object.assign(bundle.meta, { zones: [{ id: "z", outline: [], heights: [0, 9] }], indoors: [0], lobes: [[[0, 9]]] });
  assert.deepEqual([...new Flight(bundle).extras], ["indoors", "way", "lobe", "zone"]);
  /** @type {Thing} */
  const user = { kind: "ground_user", id: "gu-1", position: [0, 0, 1.5] };
  /** @type {Thing} */
  const zone = { kind: "no_fly_zone", id: "z", position: [0, 0, 0], outline: [[0, 0]], heights: [0, 9] };
  assert.deepEqual([...extrasOf([user])], []);
  assert.deepEqual([...extrasOf([{ ...user, indoors: true }, zone])], ["indoors", "zone"]);
});

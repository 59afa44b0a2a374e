// What differs between two runs is marked in both: where it is, else where the other run has it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { SIGNS, differenceMarks } from "../src/compare_marks.js";
import { Flight } from "../src/flight.js";
import { madeFlight } from "./made.js";

/** @type {(kind: DifferenceMark["kind"], id: string, what: DifferenceMark["what"]) => DifferenceMark} */
const mark = (kind, id, what) => ({ kind, id, what, position: [7, 8, 9], in_first: [1, 2, 3], label: `${what} in B` });
/** @type {(...marks: DifferenceMark[]) => Difference} */
const difference = (...marks) => ({ marks, camera: null, text: "" });

test("a new station has a ring in the run that has it and a broken one at its place in the other", () => {
  const first = new Flight(madeFlight());
  const bundle = madeFlight();
  bundle.meta.stations = ["gbs-2", "leo-1"];
  const both = [difference(mark("ground_station", "gbs-2", "new"))];
  const [[without], [having]] = [differenceMarks(0, first, both), differenceMarks(1, new Flight(bundle), both)];
  assert.deepEqual([...having.position], [50, 0, 30]); // its own place in the flight
  assert.deepEqual([...without.position], [1, 2, 3]);
  assert.deepEqual([having.muted, without.muted], [false, true]);
  assert.deepEqual([having.sign, without.sign], ["+", "+"]);
  assert.equal(having.label, "new in B"); // its mark bears its name
  assert.equal(without.label, "gbs-2 · new in B");
});

test("a mark of an aircraft goes with it", () => {
  const flight = new Flight(madeFlight());
  const [found] = differenceMarks(1, flight, [difference(mark("aerial_user", "au-1", "more"))]);
  flight.moveTo(1.5);
  assert.equal(found.position[0], 15);
});

test("kind and id together say what is the same: a user of the other kind is another one", () => {
  const [found] = differenceMarks(1, new Flight(madeFlight()), [difference(mark("aerial_user", "gu-1", "gone"))]);
  assert.equal(found.muted, true);
  assert.deepEqual([...found.position], [7, 8, 9]);
  const [sky] = differenceMarks(1, new Flight(madeFlight()), [difference(mark("ground_station", "leo-1", "gone"))]);
  assert.equal(sky.muted, true);
});

test("the first run shows what any other has otherwise, another one its own alone", () => {
  const flight = new Flight(madeFlight());
  const three = [difference(mark("ground_user", "gu-1", "moved")), difference(mark("ground_user", "gu-2", "gone"))];
  assert.equal(differenceMarks(0, flight, three).length, 2);
  assert.deepEqual(
    differenceMarks(2, flight, three).map(({ label }) => label),
    ["gu-2 · gone in B"],
  );
});

test("every kind of difference has a sign of its own, and of many only the first bear words", () => {
  assert.equal(new Set(Object.values(SIGNS)).size, 5);
  const many = [difference(...Array.from({ length: 20 }, (_, index) => mark("ground_user", `x-${index}`, "new")))];
  const found = differenceMarks(1, new Flight(madeFlight()), many);
  assert.equal(found.filter(({ label }) => label).length, 8);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { Flight, between } from "../src/flight.js";
import { madeFlight } from "./made.js";

test("between waypoints an aircraft is where the share of the slot says", () => {
  const flight = new Flight(madeFlight());
  flight.moveTo(1.25);
  assert.equal(flight.slot, 1);
  assert.deepEqual([...flight.userPosition(0)], [12.5, 0, 100]);
  assert.deepEqual([...flight.userPosition(2)], [-5, -5, 1.5]);
  assert.deepEqual([...flight.stationPosition(0)], [50, 0, 30]);
  assert.deepEqual([...flight.stationPosition(1)], [0, 410, 500]); // it sets in this slot: its links need their end
  flight.moveTo(2.5);
  assert.ok(Number.isNaN(flight.stationPosition(1)[0]));
});

test("a satellite is drawn in the whole slot in which it rises or sets", () => {
  const waypoints = new Float32Array([NaN, NaN, NaN, 10, 20, 30, NaN, NaN, NaN]);
  for (const [slot, share] of [
    [0, 0.25],
    [1, 0.75],
  ]) {
    const at = new Float32Array(3);
    between(waypoints, at, slot, share);
    assert.deepEqual([...at], [10, 20, 30]);
  }
});

test("the end belongs to the last slot", () => {
  const flight = new Flight(madeFlight());
  flight.moveTo(3);
  assert.equal(flight.slot, 2);
  assert.deepEqual([...flight.userPosition(0)], [20, 0, 100]);
  assert.equal(flight.atWaypoint(madeFlight().service_total_mbit), 22);
});

test("values and words of a moment are those of the slot being flown", () => {
  const flight = new Flight(madeFlight());
  flight.moveTo(2.5);
  assert.equal(flight.servedNow(), 2);
  assert.equal(flight.stationNow(0), 0);
  assert.equal(flight.clock(2.5), "12:00:05 UTC · 2 of 3 users served");
  assert.equal(flight.sentence(2.5), "At 5 seconds 2 of 3 users are served; data service so far 17 megabits.");
  assert.deepEqual(flight.aboutUser(0), {
    title: "au-1 · aerial user",
    lines: ["served by gbs-1", "SINR 3.0 dB · 3.00 Mbit/s", "100 m above ground"],
  });
  assert.deepEqual(flight.aboutUser(2), { title: "gu-2 · ground user", lines: ["not served in this slot"] });
});

test("who is linked below the floor is not served, and its card says so", () => {
  const bundle = madeFlight();
  bundle.served[6] = 0;
  const flight = new Flight(bundle);
  flight.moveTo(2.5);
  assert.equal(flight.servedNow(), 1);
  assert.equal(flight.aboutUser(0).lines[0], "below the SINR floor at gbs-1");
});

test("an SINR is signal over noise and all interferers, the strongest first", () => {
  const flight = new Flight(madeFlight());
  const parts = flight.breakdownNow(0);
  assert.ok(parts);
  assert.equal(parts.station, "leo-1");
  assert.deepEqual(
    parts.interferers.map(({ station }) => station),
    ["gbs-1", "leo-1"],
  );
  assert.ok(Math.abs(parts.disturbance - 4e-13) < 1e-18);
  assert.ok(Math.abs(parts.sinrDb - 10) < 1e-5); // 4e-12 / 4e-13
  assert.equal(flight.breakdownNow(2), null);
});

test("an aircraft that hovers keeps its direction, and turns smoothly from slot to slot", () => {
  const flight = new Flight(madeFlight());
  const heading = new Float32Array(2);
  flight.moveTo(2.9);
  assert.deepEqual([...flight.headingNow(0, heading)], [1, 0]);
});

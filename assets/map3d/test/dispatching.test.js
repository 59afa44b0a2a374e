// Episodes of dispatching: what nobody knows yet is not there, and who wants nothing is not counted as unserved.
import { test } from "node:test";
import assert from "node:assert/strict";
import { Flight } from "../src/flight.js";
import { ReplayMarkers } from "../src/replay_markers.js";
import { LineBatch } from "../src/line_batch.js";
import { madeFlight } from "./made.js";

// as the made flight, with a mission that appears in the last of its three slots
function madeEpisode() {
  const bundle = madeFlight();
  bundle.meta.missions = [{ appears: 2, destination: [90, 0, 100] }];
  bundle.au_position_m = new Float32Array([NaN, NaN, NaN, NaN, NaN, NaN, 20, 0, 100, 30, 0, 100]);
  bundle.asks = new Uint8Array([0, 1, 0, 0, 1, 1, 1, 1, 0]);
  bundle.serves = new Uint8Array([1, 1, 0]);
  bundle.waiting_mbit = new Float32Array([0, 0, 0, 0, 1, 0, 0, 2, 0, 3, 4, 0]);
  bundle.reward = new Float32Array([0, 1, 1, 2]);
  bundle.serving_station = new Int16Array([-1, 0, -1, -1, 0, -1, 0, 0, -1]);
  bundle.served = new Uint8Array([0, 1, 0, 0, 1, 0, 1, 1, 0]);
  return bundle;
}

test("a mission has no place before the slot in which it appears, not even on the way there", () => {
  const flight = new Flight(madeEpisode());
  for (const time of [0, 0.9, 1, 1.99]) {
    flight.moveTo(time);
    assert.ok(Number.isNaN(flight.userPosition(0)[0]), `at ${time}`);
    assert.equal(flight.aboutUser(0).lines[0], "its mission is not there yet");
  }
  for (const [time, east] of [
    [2, 20],
    [2.5, 25],
    [3, 30],
  ]) {
    flight.moveTo(time);
    assert.equal(flight.userPosition(0)[0], east);
  }
});

test("neither aircraft nor destination is marked before that, and then both are", () => {
  const flight = new Flight(madeEpisode());
  const markers = new ReplayMarkers(flight);
  const drawn = () => markers.at(null).filter(({ kind }) => kind === "aerial_user").length;
  flight.moveTo(1.5);
  assert.equal(drawn(), 0);
  flight.moveTo(2);
  assert.equal(drawn(), 2);
});

test("only the way flown so far is known; of a planned flight all of it", () => {
  const [episode, planned] = [new Flight(madeEpisode()), new Flight(madeFlight())];
  for (const flight of [episode, planned]) flight.moveTo(1.5);
  assert.equal(episode.knownTo, 1);
  assert.equal(planned.knownTo, 3);
});

test("users who want nothing are not counted, and say so", () => {
  const flight = new Flight(madeEpisode());
  flight.moveTo(0.5);
  assert.equal(flight.servedWords(), "1 of 1 users served who ask");
  assert.equal(flight.aboutUser(2).lines[0], "asks for nothing in this slot");
  assert.equal(flight.aboutUser(1).lines.at(-1), "0.5 Mbit wait");
  assert.equal(new Flight(madeFlight()).servedWords(), "2 of 3 users served");
});

test("a satellite that has failed says so", () => {
  const flight = new Flight(madeEpisode());
  const markers = new ReplayMarkers(flight);
  flight.moveTo(1.5);
  markers.at(null);
  assert.match(markers.stations[1].label ?? "", /1\/1$/);
  flight.moveTo(2.5);
  markers.at(null);
  assert.match(markers.stations[1].label ?? "", /out of service$/);
});

test("a line without an end is not drawn", () => {
  const batch = new LineBatch("made", /** @type {MetreProps} */ ({}), 4);
  batch.line(NaN, NaN, NaN, 1, 1, 1, [0, 0, 0], 255, 1);
  batch.line(0, 0, 0, NaN, NaN, NaN, [0, 0, 0], 255, 1);
  batch.line(0, 0, 0, 1, 1, 1, [0, 0, 0], 255, 1);
  assert.equal(batch.count, 1);
});

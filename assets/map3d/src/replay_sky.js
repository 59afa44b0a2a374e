// The satellites' beams: a cone from the drawn satellite to its half-power footprint. The footprint keeps its true
// shape - stretched along the line of sight, the lower the satellite - but is drawn at most as wide as the area.

/**
 * @import { LineBatch } from "./line_batch.js"
 * @import { Flight } from "./flight.js"
 */

const SIDES = 40;
const RAYS = 8;
const MOST_BEAMS = 6; // of many satellites only those that serve someone are shown
const LONGEST = 2.2; // times the width

/** @type {(batch: LineBatch, flight: Flight, colour: Colour) => void} */
export function addBeams(batch, flight, colour) {
  const many = flight.satellites.length > MOST_BEAMS;
  for (let satellite = 0; satellite < flight.satellites.length; satellite++) {
    const at = flight.stationPosition(flight.meta.ground_stations + satellite);
    if (Number.isNaN(at[0]) || (many && !flight.loadNow(flight.meta.ground_stations + satellite))) continue;
    addBeam(batch, at, flight.beamKm(satellite) * 1000, flight.elevationNow(satellite), flight.meta.size_m, colour);
  }
}

// The beam points at the anchor, so the footprint lies around it; `strength` of its lines from 0 to 1.
/** @type {(batch: LineBatch, at: Point, trueWidth: number, elevation: number, size: number, colour: Colour, strength?: number) => void} */
export function addBeam(batch, at, trueWidth, elevation, size, colour, strength = 1) {
  const across = Math.min(trueWidth, size) / 2;
  const along = across * Math.min(LONGEST, 1 / Math.max(0.05, Math.sin((elevation * Math.PI) / 180)));
  const reach = Math.hypot(at[0], at[1]) || 1;
  const [east, north] = [at[0] / reach, at[1] / reach];
  let [lastX, lastY] = [along * east, along * north];
  for (let side = 1; side <= SIDES; side++) {
    const turn = (2 * Math.PI * side) / SIDES;
    const [u, v] = [along * Math.cos(turn), across * Math.sin(turn)];
    const [x, y] = [u * east - v * north, u * north + v * east];
    batch.line(lastX, lastY, 1, x, y, 1, colour, 150 * strength, 1.6);
    if (side % (SIDES / RAYS) === 0) batch.line(at[0], at[1], at[2], x, y, 1, colour, 38 * strength, 1);
    [lastX, lastY] = [x, y];
  }
}

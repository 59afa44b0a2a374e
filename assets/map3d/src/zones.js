// No-fly zones as they are drawn in every mode: edges at floor and ceiling, what joins them, a sign in the middle.

/** @import { LineBatch } from "./line_batch.js" */

const DRAWN_CEILING_M = 400; // higher ones are drawn up to here: nobody flies above 300 m
const EDGE_ALPHA = 235;
const CORNER_ALPHA = 150;

/** @type {(lines: LineBatch, zone: ZoneShape, colour: Colour) => void} */
export function addZone(lines, { outline, heights }, colour) {
  const [floor, ceiling] = heights.map((height) => Math.min(height, DRAWN_CEILING_M));
  outline.forEach(([east, north], corner) => {
    const [toEast, toNorth] = outline[(corner + 1) % outline.length];
    for (const height of [floor, ceiling])
      lines.line(east, north, height, toEast, toNorth, height, colour, EDGE_ALPHA, 2.4);
    lines.line(east, north, floor, east, north, ceiling, colour, CORNER_ALPHA, 1.4);
  });
}

// in the mean of its corners, as Python places it
/** @type {(zone: ZoneShape & { id: string }) => Marker} */
export function zoneMarker({ id, outline }) {
  const mean = (/** @type {0 | 1} */ axis) => outline.reduce((sum, corner) => sum + corner[axis], 0) / outline.length;
  return { kind: "no_fly_zone", glyph: "no_entry", label: id, position: [mean(0), mean(1), 0] };
}

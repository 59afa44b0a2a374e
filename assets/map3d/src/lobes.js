// Lobes of directional antennas: closed lines around a mast, at the height of the antenna.

/** @import { LineBatch } from "./line_batch.js" */

// `lobe`: corners in metres from the mast, east and north, the first one again at the end
/** @type {(lines: LineBatch, mast: Point, lobe: readonly (readonly [number, number])[], colour: Colour, alpha: number, width: number) => void} */
export function addLobe(lines, mast, lobe, colour, alpha, width) {
  const [east, north, up] = mast;
  for (let k = 1; k < lobe.length; k++) {
    const [from, to] = [lobe[k - 1], lobe[k]];
    lines.line(east + from[0], north + from[1], up, east + to[0], north + to[1], up, colour, alpha, width);
  }
}

const MARKER_SHARE = 0.9; // of the way to the lobe's tip

// where the marker of a directional antenna stands: on its lobe, so that the sectors of a mast can be told apart
/** @type {(mast: Point, lobe: readonly (readonly [number, number])[] | undefined) => [number, number, number]} */
export function markerPlace([east, north, up], lobe = []) {
  const tip = lobe.reduce((best, corner) => (Math.hypot(...corner) > Math.hypot(...best) ? corner : best), [0, 0]);
  return [east + MARKER_SHARE * tip[0], north + MARKER_SHARE * tip[1], up];
}

// The swipe line over one map: where it may stand, and which part of the map each of the two runs has. Pixels are those
// of the page, from the left edge of the map; the line stands on whole ones, so that both parts meet exactly.

const REACH_PX = 28; // the handle stays in sight at both edges
/** @type {Record<string, number>} */
export const STEPS = { ArrowLeft: -0.02, ArrowRight: 0.02, PageDown: -0.1, PageUp: 0.1, Home: -1, End: 1 }; // shares of the width

/** @typedef {readonly [from: number, to: number]} Part of the map's width, in pixels */

// the pixel on which the line stands, for the share of the width that is left of it
/** @type {(share: number, width: number) => number} */
export function lineAt(share, width) {
  return Math.round(held(share, width) * width);
}

// the share that an edge lets the line have; half where there is no width yet
/** @type {(share: number, width: number) => number} */
export function held(share, width) {
  const edge = width > 2 * REACH_PX ? REACH_PX / width : 0.5;
  return Math.max(edge, Math.min(1 - edge, Number.isFinite(share) ? share : 0.5));
}

// what each run has of the width: the first what is left of the line, the second the rest
/** @type {(share: number, width: number) => [Part, Part]} */
export function partsOf(share, width) {
  const line = lineAt(share, width);
  return [
    [0, line],
    [line, width],
  ];
}

// whose part a pixel is in: -1 where it is in nobody's
/** @type {(parts: readonly Part[], x: number) => number} */
export function partAt(parts, x) {
  return parts.findIndex(([from, to]) => x >= from && x < to);
}

// A part as WebGL cuts it out: [x, y, width, height] in whole pixels of a buffer with `ratio` of them per pixel of the
// page. Neighbours round the same edge the same way: no column is drawn twice, none is left out.
/** @type {(part: Part, ratio: number, buffer: readonly [width: number, height: number]) => [number, number, number, number]} */
export function scissorOf([from, to], ratio, [width, height]) {
  const [left, right] = [from, to].map((edge) => Math.max(0, Math.min(width, Math.round(edge * ratio))));
  return [left, 0, right - left, height];
}

// a part as a style sheet cuts it out of something as wide as the map
/** @type {(part: Part, width: number) => string} */
export function clipOf([from, to], width) {
  return `inset(0 ${width - to}px 0 ${from}px)`;
}

/** @type {(letters: readonly string[], share: number) => string} */
export function spoken([left, right], share) {
  const percent = Math.round(share * 100);
  return `${left} on the left ${percent} per cent, ${right} on the rest`;
}

// Crowns of trees: round ones near, and from afar three sides, since a software renderer pays for each triangle.

/** @import { Crown } from "./mesh.js" */

const SIDES = 5;
const FOOT = 2 * SIDES; // after two rings of corners; the tip behind it

/** @type {(side: number, ring: number, wide: number, up: number, slope: number, part: number) => Crown["corners"][number]} */
const corner = (side, ring, wide, up, slope, part) => {
  const turn = ((side + ring / 2) * 2 * Math.PI) / SIDES;
  return { x: wide * Math.cos(turn), y: wide * Math.sin(turn), up, slope, part };
};

const sides = [...Array(SIDES).keys()];

/** @type {Crown} */
export const ROUND = {
  corners: [
    ...sides.map((side) => corner(side, 0, 1, 0.38, 0.05, 0.88)),
    ...sides.map((side) => corner(side, 1, 0.72, 0.78, 0.8, 1)),
    { x: 0, y: 0, up: 0, slope: 0, part: 0.65 },
    { x: 0, y: 0, up: 1, slope: 1, part: 1.04 },
  ],
  triangles: sides.flatMap((side) => {
    const next = (side + 1) % SIDES;
    const [low, lowNext, high, highNext] = [side, next, SIDES + side, SIDES + next];
    return [FOOT, lowNext, low, low, lowNext, high, high, lowNext, highNext, high, highNext, FOOT + 1];
  }),
};

// hidden within the round one
/** @type {Crown} */
export const FAR = {
  corners: [
    ...[0, 2.1, 4.2].map((turn) => ({
      x: 0.9 * Math.cos(turn),
      y: 0.9 * Math.sin(turn),
      up: 0.3,
      slope: 0.6,
      part: 0.9,
    })),
    { x: 0, y: 0, up: 0.9, slope: 1, part: 1.04 },
  ],
  triangles: [0, 1, 3, 1, 2, 3, 2, 0, 3],
};

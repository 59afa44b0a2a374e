// How a link of spectrum sharing looks: its system by colour and pattern, its sub-band by shade and by its lane, for the
// links between a station and a user lie beside one another like the lanes of a road.
import { GROUND_PATTERNS, SKY_PATTERNS } from "./link_looks.js";
import { kindColours } from "./palette.js";

const PALEST = 0.55; // of the way from a system's colour to the ground's, of the last sub-band

/** @type {(theme: Theme, system: "tn" | "ntn", subband: number, subbands: number) => number[]} */
export function bandColour(theme, system, subband, subbands) {
  const colour = kindColours(theme)[system];
  const pale = theme === "dark" ? 30 : 255;
  const share = subbands > 1 ? (PALEST * subband) / (subbands - 1) : 0;
  return colour.map((channel) => Math.round(channel + (pale - channel) * share));
}

// of all sub-bands, first those of base stations
/** @type {(theme: Theme, subbands: number) => { tn: number[][], ntn: number[][] }} */
export function bandColours(theme, subbands) {
  /** @type {(system: "tn" | "ntn") => number[][]} */
  const shades = (system) =>
    Array.from({ length: subbands }, (_, subband) => bandColour(theme, system, subband, subbands));
  return { tn: shades("tn"), ntn: shades("ntn") };
}

export const PATTERNS = { tn: GROUND_PATTERNS[0], ntn: SKY_PATTERNS[0] };

// how far beside the straight line a sub-band's lane lies, in lanes; the middle of the band lies on it
/** @type {(subband: number, subbands: number) => number} */
export function laneOf(subband, subbands) {
  return subband - (subbands - 1) / 2;
}

// a user's colour: whose traffic it mostly is
/** @type {(theme: Theme, steering: number) => number[]} */
export function steeredColour(theme, steering) {
  const { tn, ntn } = kindColours(theme);
  return tn.map((channel, index) => Math.round(ntn[index] + (channel - ntn[index]) * steering));
}

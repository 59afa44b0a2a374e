// The light in which the city stands: where from, how warm, and where shadows fall. By day it is that of the scenario's
// hour; the dark theme has a night of its own, without shadows, whatever the hour.
import { PALETTES } from "./palette.js";

/**
 * @typedef {object} Lighting
 * @property {readonly [number, number, number]} towards unit vector to the light: east, north, up
 * @property {number} ambient what a surface gives back of the sky's light
 * @property {number} sun and at most of the sun's
 * @property {number} shade how much darker walls are at their feet
 * @property {Colour} tint of the sun's light, 1: as it is
 * @property {Colour} skyTint of the sky's
 * @property {{ east: number, north: number, fall: number, strength: number } | null} cast where the shadow of a point one metre up
 *   falls, how much lower it is a metre further on, and how dark it is
 */

const AFTERNOON = { azimuth_deg: 227, elevation_deg: 50 }; // where nobody says when, and in the dark theme
const [AMBIENT, DIFFUSE] = [0.6, 0.42];
const LONGEST_CAST = 6; // times the height: below 9.5° the sun's shadows grow no more
const WARM_BELOW_DEG = 30;
const DUSK_DEG = [-4, 7]; // from here on there are no shadows; up to here they fade
const [SKY_LIFT, SUN_DROP] = [0.3, 0.25]; // when the sun is low
const WARM = [1.06, 0.86, 0.64];
const DUSK = [0.86, 0.9, 1.02];
const STRENGTH = 0.4; // of the ground's light that a shadow takes

/** @type {(theme: Theme, sun?: Sun | null) => Lighting} */
export function lightOf(theme, sun) {
  const { ambient, sun: strong, shade } = PALETTES[theme];
  const even = { ambient: AMBIENT * ambient, sun: DIFFUSE * strong, shade, tint: WHITE, skyTint: WHITE };
  if (theme === "dark") return { ...even, towards: direction(AFTERNOON), cast: null };
  const at = sun ?? AFTERNOON;
  const day = eased((at.elevation_deg - DUSK_DEG[0]) / (DUSK_DEG[1] - DUSK_DEG[0]));
  const warmth = 1 - eased(at.elevation_deg / WARM_BELOW_DEG);
  return {
    ...even,
    ambient: even.ambient * (1 + SKY_LIFT * warmth), // as eyes and cameras do
    sun: even.sun * day * (1 - SUN_DROP * warmth),
    tint: mixed(WHITE, WARM, warmth),
    skyTint: mixed(DUSK, WHITE, day),
    towards: direction({ ...at, elevation_deg: Math.max(at.elevation_deg, 3) }),
    cast: at.elevation_deg > 0 ? castBy(at, day) : null,
  };
}

// the share of the sun's light that a surface with this normal (of any length) gets, by Lambert's law
/** @type {(light: Lighting, east: number, north: number, up: number) => number} */
export function sunOn({ towards }, east, north, up) {
  const along = east * towards[0] + north * towards[1] + up * towards[2];
  return along > 0 ? along / (Math.hypot(east, north, up) || 1) : 0;
}

// what a surface gives back of a channel, from this share of the sun and an even sky
/** @type {(light: Lighting, share: number, channel: number) => number} */
export function given({ ambient, sun, tint, skyTint }, share, channel) {
  return ambient * skyTint[channel] + sun * share * tint[channel];
}

// The ground's own colours are those of an afternoon; this is what another hour makes of them.
/** @type {(theme: Theme, light: Lighting) => number[]} */
export function groundLight(theme, light) {
  const usual = lightOf(theme);
  const [now, then] = [sunOn(light, 0, 0, 1), sunOn(usual, 0, 0, 1)];
  return [0, 1, 2].map((channel) => Math.min(1, given(light, now, channel) / given(usual, then, channel)));
}

const WHITE = [1, 1, 1];

/** @type {(at: Sun) => [number, number, number]} */
function direction({ azimuth_deg, elevation_deg }) {
  const [azimuth, elevation] = [azimuth_deg, elevation_deg].map((degrees) => (degrees * Math.PI) / 180);
  return [Math.sin(azimuth) * Math.cos(elevation), Math.cos(azimuth) * Math.cos(elevation), Math.sin(elevation)];
}

/** @type {(at: Sun, day: number) => Lighting["cast"]} */
function castBy({ azimuth_deg, elevation_deg }, day) {
  const length = Math.min(LONGEST_CAST, 1 / Math.tan((elevation_deg * Math.PI) / 180));
  const azimuth = (azimuth_deg * Math.PI) / 180;
  return {
    east: -length * Math.sin(azimuth),
    north: -length * Math.cos(azimuth),
    fall: 1 / Math.max(length, 1e-3),
    strength: STRENGTH * day,
  };
}

/** @type {(share: number) => number} */
function eased(share) {
  const held = Math.max(0, Math.min(1, share));
  return held * held * (3 - 2 * held);
}

/** @type {(one: Colour, other: Colour, share: number) => number[]} */
function mixed(one, other, share) {
  return one.map((value, channel) => value + (other[channel] - value) * share);
}

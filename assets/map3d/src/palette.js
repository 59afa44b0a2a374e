// Colours of the map in the light and the dark theme. Data colours are Okabe and Ito's colour-blind-safe set.
import { penOf } from "./dom.js";

/** @type {Record<Theme, Palette>} */
export const PALETTES = {
  light: {
    clear: [0.937, 0.933, 0.914, 1],
    ground: [243, 239, 229],
    outside: [236, 232, 222],
    border: [120, 108, 88, 150],
    water: [139, 186, 216],
    park: [190, 214, 163],
    road: [255, 254, 250],
    deck: [222, 214, 200],
    bridge: [186, 176, 160],
    bank: [214, 205, 188],
    quay: [92, 133, 163],
    tree: [138, 174, 112],
    shadow: [42, 46, 66],
    buildings: [
      [236, 224, 206],
      [231, 217, 198],
      [222, 214, 202],
      [196, 210, 223],
      [229, 188, 150],
    ],
    stem: [60, 70, 90, 150],
    trail: [30, 84, 160],
    text: "#3b3a36",
    halo: "rgba(255,253,247,0.9)",
    place: "#7a7262",
    water_text: "#356a8d",
    marker_ring: "#ffffff",
    ink: "#1d2733",
    foot: [40, 50, 70, 70],
    ambient: 0.98,
    sun: 1.3,
    shade: 0.78,
  },
  dark: {
    clear: [0.055, 0.075, 0.1, 1],
    ground: [27, 33, 42],
    outside: [19, 24, 31],
    border: [130, 150, 175, 130],
    water: [25, 60, 98],
    park: [34, 60, 49],
    road: [50, 58, 71],
    deck: [84, 91, 103],
    bridge: [118, 124, 134],
    bank: [58, 64, 74],
    quay: [16, 40, 68],
    tree: [40, 70, 56],
    shadow: [0, 0, 0],
    buildings: [
      [76, 79, 86],
      [84, 88, 96],
      [94, 100, 112],
      [104, 124, 146],
      [172, 136, 104],
    ],
    stem: [200, 212, 230, 130],
    trail: [120, 185, 245],
    text: "#e9e6df",
    halo: "rgba(14,18,24,0.85)",
    place: "#9aa4b2",
    water_text: "#7fb2dc",
    marker_ring: "#0e1218",
    ink: "#e6ebf1",
    foot: [0, 0, 0, 110],
    ambient: 1.5,
    sun: 0.95,
    shade: 0.66,
  },
};

/** @type {Record<string, number[]>} */
export const KIND_COLOURS = {
  ground_station: [0, 90, 160],
  satellite: [150, 60, 130],
  aerial_user: [213, 94, 0],
  ground_user: [70, 78, 92],
  no_fly_zone: [190, 30, 60],
  tn: [0, 90, 160], // the two systems that share a band: base stations, and
  ntn: [190, 90, 0], // satellites
  haze: [190, 20, 70], // what one does to the other
};
/** @type {Record<string, number[]>} */
export const KIND_COLOURS_DARK = {
  ground_station: [86, 180, 233],
  satellite: [224, 150, 205],
  aerial_user: [255, 140, 50],
  ground_user: [190, 198, 210],
  no_fly_zone: [255, 105, 125],
  tn: [86, 180, 233],
  ntn: [255, 165, 60],
  haze: [255, 95, 130],
};

// Link quality in four steps: colour and width change together, so neither is needed alone.
/** @type {SinrStep[]} */
export const SINR_STEPS = [
  { below: 0, colour: [213, 94, 0], width: 1.2, text: "below 0 dB" },
  { below: 10, colour: [230, 159, 0], width: 1.8, text: "0 to 10 dB" },
  { below: 20, colour: [38, 150, 205], width: 2.4, text: "10 to 20 dB" },
  { below: Infinity, colour: [0, 100, 180], width: 3.2, text: "above 20 dB" },
];
const DARK_SINR_COLOURS = [
  [255, 120, 40],
  [245, 190, 60],
  [100, 200, 250],
  [150, 190, 255],
];

export const SERIES_COLOURS = ["#d55e00", "#0072b2", "#009e73", "#cc79a7", "#b8860b", "#56b4e9", "#8a5a2b", "#6a4fb3"];

// Stations in turn, where links show who serves: Okabe and Ito's hues with a dark or a light grey, of different lightness,
// so that all of them are told apart without red or green, too (test/links.test.js counts that).
/** @type {Record<Theme, number[][]>} */
const SERVER_COLOURS = {
  light: [
    [0, 100, 166],
    [213, 94, 0],
    [0, 128, 92],
    [194, 96, 154],
    [32, 38, 46],
    [230, 159, 0],
    [86, 180, 233],
  ],
  dark: [
    [63, 155, 232],
    [255, 122, 51],
    [18, 181, 132],
    [240, 168, 208],
    [242, 244, 247],
    [240, 192, 48],
    [143, 211, 255],
  ],
};

/** @type {(theme: Theme) => number[][]} */
export function serverColours(theme) {
  return SERVER_COLOURS[theme];
}

/** @type {(theme: Theme) => Record<string, number[]>} */
export function kindColours(theme) {
  return theme === "dark" ? KIND_COLOURS_DARK : KIND_COLOURS;
}

/** @type {(theme: Theme) => SinrStep[]} */
export function sinrSteps(theme) {
  if (theme !== "dark") return SINR_STEPS;
  return SINR_STEPS.map((step, index) => ({ ...step, colour: DARK_SINR_COLOURS[index] }));
}

/** @type {(colour: Colour) => string} */
export function css(colour) {
  return `rgb(${colour[0]} ${colour[1]} ${colour[2]}${colour.length > 3 ? ` / ${colour[3] / 255}` : ""})`;
}

/** @type {(colour: Colour) => string} */
export function hex(colour) {
  return `#${[0, 1, 2].map((index) => colour[index].toString(16).padStart(2, "0")).join("")}`;
}

/** @type {(text: string) => number[]} */
export function fromHex(text) {
  return [1, 3, 5].map((start) => parseInt(text.slice(start, start + 2), 16));
}

// black or white, what is legible on a colour
/** @type {(colour: Colour) => string} */
export function inkOn([red, green, blue]) {
  return 0.3 * red + 0.59 * green + 0.11 * blue < 140 ? "#ffffff" : "#111111";
}

// Streamlit hands its theme down as CSS variables; a dark background means the dark theme.
/** @type {(node: Element) => Theme} */
export function themeOf(node) {
  const background = getComputedStyle(node).getPropertyValue("--st-background-color").trim();
  const probe = penOf(document.createElement("canvas"));
  probe.fillStyle = background || "#ffffff";
  const [red, green, blue] = fromHex(String(probe.fillStyle));
  return 0.3 * red + 0.59 * green + 0.11 * blue < 110 ? "dark" : "light";
}

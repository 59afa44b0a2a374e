// How links look. By their SINR (palette.js), or by the station that serves: then each station has a colour, a pattern and
// a letter that stands at its mark and at whom it serves, so that no colour is needed alone. Satellites are always dashed.
import { serverColours } from "./palette.js";

/** @import { Flight } from "./flight.js" */

/** @typedef {{ repeats: number, parts: readonly (readonly [from: number, to: number])[] }} Pattern what of a link is drawn: shares of each repeat */
/** @typedef {{ name: string, letter: string, colour: number[], pattern: Pattern }} LinkLook */
/** @typedef {Pick<Flight, "meta" | "bundle" | "isSatellite">} Served */

/** @type {readonly Pattern[]} */
export const GROUND_PATTERNS = [
  { repeats: 1, parts: [[0, 1]] },
  { repeats: 3, parts: [[0, 0.88]] },
  {
    repeats: 4,
    parts: [
      [0, 0.6],
      [0.7, 0.86],
    ],
  },
];
/** @type {readonly Pattern[]} */
export const SKY_PATTERNS = [
  { repeats: 14, parts: [[0, 0.55]] },
  { repeats: 20, parts: [[0, 0.3]] },
  {
    repeats: 9,
    parts: [
      [0, 0.45],
      [0.6, 0.75],
    ],
  },
];

// The looks of all stations that ever serve in one of the flights, by name: the same in every flight.
/** @type {(flights: readonly Served[], theme: Theme) => Map<string, LinkLook>} */
export function serverLooks(flights, theme) {
  const colours = serverColours(theme);
  /** @type {Map<string, LinkLook>} */
  const looks = new Map();
  for (const flight of flights)
    for (const station of servers(flight)) {
      const name = flight.meta.stations[station];
      if (looks.has(name)) continue;
      const patterns = flight.isSatellite(station) ? SKY_PATTERNS : GROUND_PATTERNS;
      const pattern = patterns[looks.size % patterns.length]; // counted as colours are: 7 and 3 meet again after 21
      looks.set(name, { name, letter: letterOf(looks.size), colour: colours[looks.size % colours.length], pattern });
    }
  return looks;
}

// the indices of the stations that ever serve somebody, in their order
/** @type {(flight: Served) => number[]} */
function servers({ bundle, meta }) {
  const serves = new Uint8Array(meta.stations.length);
  for (const station of bundle.serving_station) if (station >= 0) serves[station] = 1;
  return meta.stations.map((_, station) => station).filter((station) => serves[station]);
}

// a, b, ... z, aa, ab, ...; small, for capitals name runs
/** @type {(index: number) => string} */
export function letterOf(index) {
  const last = String.fromCharCode(97 + (index % 26));
  return index < 26 ? last : letterOf(Math.floor(index / 26) - 1) + last;
}

// What the parts of a map that draw links ask in every frame; the answer changes only with its question.
export class LinkLooks {
  /** @type {LinksBy} */
  by = "sinr";
  /** @type {readonly Served[]} */
  flights = [];
  /** @type {Theme | null} */
  theme = null;
  /** @type {Map<string, LinkLook> | null} */
  looks = null;
  /** @type {((LinkLook | undefined)[] | null)[]} */
  perFlight = [];

  // -> for each flight the look of each station's links; null: by SINR
  /** @type {(by: LinksBy, flights: readonly Served[], theme: Theme) => ((LinkLook | undefined)[] | null)[]} */
  at(by, flights, theme) {
    const same =
      this.flights.length === flights.length && flights.every((flight, index) => flight === this.flights[index]);
    if (same && this.by === by && this.theme === theme) return this.perFlight;
    const looks = by === "server" ? serverLooks(flights, theme) : null;
    const perFlight = flights.map(({ meta }) => looks && meta.stations.map((name) => looks.get(name)));
    Object.assign(this, { by, flights: [...flights], theme, looks, perFlight });
    return perFlight;
  }
}

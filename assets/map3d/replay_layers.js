// What the replay draws above the city. Arrays are filled anew per frame; layers that never change are kept.
import { metreProps } from "./city.js";
import { PALETTES, kindColours, sinrSteps } from "./palette.js";

const ON_TOP = { depthCompare: "always", depthWriteEnabled: false };
const DASHES = 14; // per satellite link: it is dashed, so it is told apart without colour
const STUB_SHARE = 0.28; // ground users only point towards their satellite, or dashes would cover the city
const TRAIL_SLOTS = 14;

export class ReplayLayers {
  constructor(city, flight) {
    this.flight = flight;
    this.metres = metreProps(city.meta.anchor);
    const room = flight.users.length * DASHES;
    this.ends = new Float32Array(room * 6);
    this.colours = new Uint8Array(room * 4);
    this.widths = new Float32Array(room);
    this.stems = new Float32Array(flight.aerialUsers.length * 6);
    this.feet = new Float32Array(flight.aerialUsers.length * 3);
    this.paths = trailPaths(flight);
    this.theme = null;
  }

  at(theme, selected) {
    if (this.theme !== theme) this.fixed = this.#fixedLayers((this.theme = theme));
    const { fixed } = this;
    const trail = (fixed.trail = fixed.trail.clone({ currentTime: this.flight.time }));
    const { feet, stems } = this.#stems(theme);
    return [feet, fixed.masts, fixed.plans, trail, stems, this.#links(theme, selected), fixed.users];
  }

  #fixedLayers(theme) {
    const deck = globalThis.deck;
    const palette = PALETTES[theme];
    const colours = kindColours(theme);
    const { flight, metres } = this;
    const masts = Array.from({ length: flight.meta.ground_stations }, (_, station) => [...flight.stationPosition(station)]);
    return {
      masts: new deck.LineLayer({
        id: `masts-${theme}`, ...metres, data: masts, getSourcePosition: (top) => [top[0], top[1], 0], getTargetPosition: (top) => top,
        getColor: [...colours.ground_station, 255], getWidth: 3,
      }),
      plans: new deck.PathLayer({
        id: `plans-${theme}`, ...metres, data: this.paths, getPath: (trail) => trail.path, getColor: [...palette.trail, 60],
        widthUnits: "pixels", getWidth: 1.2, parameters: ON_TOP, billboard: true,
      }),
      trail: new deck.TripsLayer({
        id: `trails-${theme}`, ...metres, data: this.paths, getPath: (trail) => trail.path, getTimestamps: (trail) => trail.times,
        currentTime: 0, trailLength: TRAIL_SLOTS, fadeTrail: true, getColor: colours.aerial_user, widthUnits: "pixels", getWidth: 4,
        capRounded: true, jointRounded: true, billboard: true, parameters: ON_TOP,
      }),
      users: new deck.ScatterplotLayer({
        id: `users-${theme}`, ...metres, data: { length: flight.bundle.gu_position_m.length / 3, attributes: { getPosition: { value: flight.bundle.gu_position_m, size: 3 } } },
        getFillColor: [...colours.ground_user, 235], stroked: true, getLineColor: palette.clear.map((share) => share * 255), lineWidthUnits: "pixels", getLineWidth: 1,
        radiusUnits: "pixels", getRadius: 3.4, billboard: true, parameters: ON_TOP,
      }),
    };
  }

  // a line from each aircraft straight down, and its shadow on the ground: they show height
  #stems(theme) {
    const { aerialNow } = this.flight;
    for (let index = 0; index * 3 < aerialNow.length; index++) {
      const [east, north, up] = aerialNow.subarray(index * 3, index * 3 + 3);
      this.stems.set([east, north, up, east, north, 0], index * 6);
      this.feet.set([east, north, 0], index * 3);
    }
    const deck = globalThis.deck;
    const palette = PALETTES[theme];
    const count = aerialNow.length / 3;
    return {
      stems: lines(`stems-${theme}`, this.metres, count, this.stems, { getColor: palette.stem, getWidth: 1.4 }),
      feet: new deck.ScatterplotLayer({
        id: `feet-${theme}`, ...this.metres, data: { length: count, attributes: { getPosition: { value: this.feet, size: 3 } } },
        getFillColor: palette.foot, getRadius: 22, radiusMaxPixels: 9, parameters: ON_TOP,
      }),
    };
  }

  #links(theme, selected) {
    const { flight } = this;
    const steps = sinrSteps(theme);
    this.count = 0;
    for (let user = 0; user < flight.users.length; user++) {
      const station = flight.now("serving_station", user);
      if (station < 0) continue;
      const quality = flight.now("sinr_db", user);
      const step = steps.find((candidate) => quality < candidate.below) ?? steps[0]; // NaN: no number, weakest look
      const strong = user === selected;
      const alpha = strong ? 255 : user < flight.aerialUsers.length ? 225 : 120;
      const width = step.width * (strong ? 1.9 : user < flight.aerialUsers.length ? 1.15 : 0.7);
      const sky = flight.isSatellite(station);
      const reach = sky && !strong && user >= flight.aerialUsers.length ? STUB_SHARE : 1;
      this.#link(flight.userPosition(user), flight.stationPosition(station), { sky, reach, colour: [...step.colour, alpha], width });
    }
    return lines(`links-${theme}`, this.metres, this.count, this.ends, {
      colours: this.colours, widths: this.widths, parameters: ON_TOP,
    });
  }

  #link(from, to, { sky, reach, colour, width }) {
    if (Number.isNaN(to[0])) return; // the satellite has set: nothing to draw to
    const pieces = sky ? Math.ceil(DASHES * reach) : 1;
    for (let piece = 0; piece < pieces; piece++) {
      const start = (reach * piece) / pieces;
      const end = reach * (sky ? (piece + 0.55) / pieces : 1);
      const at = this.count++;
      for (let axis = 0; axis < 3; axis++) {
        this.ends[at * 6 + axis] = from[axis] + (to[axis] - from[axis]) * start;
        this.ends[at * 6 + 3 + axis] = from[axis] + (to[axis] - from[axis]) * end;
      }
      this.colours.set(colour, at * 4);
      this.widths[at] = width;
    }
  }
}

// Straight lines from one array (n, 2 ends, 3). A fresh wrapper tells deck.gl that the numbers changed.
function lines(id, metres, count, ends, { colours, widths, ...props }) {
  const attributes = {
    getSourcePosition: { value: ends, size: 3, stride: 24, offset: 0 },
    getTargetPosition: { value: ends, size: 3, stride: 24, offset: 12 },
  };
  if (colours) attributes.getColor = { value: colours, size: 4, normalized: true };
  if (widths) attributes.getWidth = { value: widths, size: 1 };
  return new globalThis.deck.LineLayer({ id, ...metres, data: { length: count, attributes }, ...props });
}

function trailPaths(flight) {
  const count = flight.aerialUsers.length;
  const positions = flight.bundle.au_position_m;
  const times = Array.from({ length: flight.slots + 1 }, (_, waypoint) => waypoint);
  return Array.from({ length: count }, (_, user) => ({
    times, path: times.map((waypoint) => [...positions.subarray((waypoint * count + user) * 3, (waypoint * count + user) * 3 + 3)]),
  }));
}

export function replayMarkers(flight, selected) {
  const markers = [];
  if (selected != null && selected >= flight.aerialUsers.length) markers.push(marker("ground_user", "person", flight.users[selected], flight.userPosition(selected), true));
  for (let station = 0; station < flight.meta.stations.length; station++) {
    const position = flight.stationPosition(station);
    if (Number.isNaN(position[0])) continue;
    const sky = flight.isSatellite(station);
    markers.push(marker(sky ? "satellite" : "ground_station", sky ? "satellite" : "station", stationLabel(flight, station, sky), position));
  }
  for (let user = 0; user < flight.aerialUsers.length; user++) markers.push(marker("aerial_user", "aircraft", flight.users[user], flight.userPosition(user), user === selected));
  return markers;
}

function stationLabel(flight, station, sky) {
  const name = flight.meta.stations[station];
  if (!sky) return name;
  const satellites = flight.satellites.length;
  const elevation = flight.bundle.satellite_elevation_deg[flight.slot * satellites + station - flight.meta.ground_stations];
  return `${name} ${elevation.toFixed(0)}°`;
}

function marker(kind, glyph, label, position, selected = false) {
  return { kind, glyph, label, position, selected };
}

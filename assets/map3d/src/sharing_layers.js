// What a course of spectrum sharing draws above the city: interference as haze around users, beams, links as lanes by
// system and sub-band, users, and what waits for them as columns over them. Arrays are kept and filled anew.
import { metreProps } from "./city.js";
import { LineBatch } from "./line_batch.js";
import { kindColours } from "./palette.js";
import { addBeam } from "./replay_sky.js";
import { PATTERNS, bandColours, laneOf, steeredColour } from "./sharing_looks.js";
import { later } from "./later.js";

/** @import { Course } from "./course.js" */

const ON_TOP = { depthCompare: "always", depthWriteEnabled: false };
const LANE_PX = 2.6; // from lane to lane
const STUB_SHARE = 0.3; // of links to satellites where there are many users
const CROWD = 24; // users from which on links to satellites are short, but for the chosen one's
const [COLUMN_SHARE, COLUMN_RADIUS_SHARE] = [0.11, 0.006]; // the tallest column and its radius, of the area's side
const HAZE_RADIUS_SHARE = 0.035;
const HAZE_DB = 20; // from which on haze gets no thicker
const HAZE_ALPHA = 200;
const SILENT = 1e-3; // of the power cap
// a disc that thins out towards its edge
const SOFT = "fragColor.a *= pow(max(0.0, 1.0 - dot(unitPosition, unitPosition)), 1.4);";

export class SharingLayers {
  /** @type {Theme | null} */
  theme = null;
  /** @type {{ tn: number[][], ntn: number[][] }} */
  shades = later();
  /** @type {Record<string, number[]>} */
  colours = later();

  /**
   * @param {CityBundle} city
   * @param {Course} course
   */
  constructor(city, course) {
    this.course = course;
    this.metres = metreProps(city.meta.anchor);
    const count = course.users.length;
    this.links = new LineBatch("sharing-links", this.metres, 64 + count * 16);
    this.masts = new LineBatch("sharing-masts", this.metres, course.meta.ground_stations, { onTop: false });
    this.dots = new Uint8Array(count * 4);
    this.rings = new Uint8Array(count * 4);
    this.sizes = new Float32Array(count);
    this.haze = new Uint8Array(count * 4);
    this.bases = new Float32Array(count * 6); // of columns: those of base stations' side, then satellites' on them
    this.heights = new Float32Array(count * 2);
    this.columnColours = new Uint8Array(count * 8);
  }

  // `subband`: the only one whose links are shown, null for all; `metresPerPixel` at the camera's place
  /** @type {(theme: Theme, selected: number | null, subband: number | null, metresPerPixel: number) => DeckLayer[]} */
  at(theme, selected, subband, metresPerPixel) {
    if (this.theme !== theme) this.#dress(theme);
    this.links.clear();
    this.#addBeams(subband);
    this.#addLinks(selected, subband, LANE_PX * metresPerPixel);
    this.#fillUsers(theme, selected);
    return [this.#hazeLayer(), this.masts.layer(), this.links.layer(), this.#columnsLayer(), this.#usersLayer()];
  }

  /** @type {(theme: Theme) => void} */
  #dress(theme) {
    this.theme = theme;
    this.shades = bandColours(theme, this.course.meta.subbands);
    this.colours = kindColours(theme);
    this.masts.clear();
    const places = this.course.bundle.gbs_position_m;
    for (let at = 0; at < places.length; at += 3) {
      const [x, y, z] = places.subarray(at, at + 3);
      this.masts.line(x, y, 0, x, y, z, this.colours.tn, 255, 3);
    }
  }

  // of satellites that send, the stronger the more
  /** @type {(subband: number | null) => void} */
  #addBeams(subband) {
    const { course } = this;
    for (let satellite = 0; satellite < course.satellites.length; satellite++) {
      const station = course.meta.ground_stations + satellite;
      const power = subband == null ? course.loadNow(station) : course.powerNow(station, subband);
      const at = course.stationPosition(station);
      if (power < SILENT || Number.isNaN(at[0])) continue;
      const [width, elevation] = [course.beamKm(satellite) * 1000, course.elevationNow(satellite)];
      addBeam(this.links, at, width, elevation, course.meta.size_m, this.colours.ntn, 0.35 + 0.65 * Math.min(1, power));
    }
  }

  /** @type {(selected: number | null, subband: number | null, lane: number) => void} */
  #addLinks(selected, subband, lane) {
    const { course, links, shades } = this;
    const { link_station: stations, link_user: users, link_subband: bands, link_share: shares } = course.bundle;
    const crowd = course.users.length > CROWD;
    const from = new Float32Array(3);
    const to = new Float32Array(3);
    for (let link = course.firstLink; link < course.endLink; link++) {
      const [band, user] = [bands[link], users[link]];
      if (subband != null && band !== subband) continue;
      const sky = course.isSatellite(stations[link]);
      from.set(course.userPosition(user));
      to.set(course.stationPosition(stations[link]));
      if (Number.isNaN(to[0])) continue;
      if (subband == null) aside(from, to, lane * laneOf(band, course.meta.subbands));
      const chosen = user === selected;
      const alpha = chosen ? 255 : selected != null && crowd ? 90 : 205;
      const width = (1.1 + 2.2 * shares[link]) * (chosen ? 1.7 : 1);
      const system = sky ? "ntn" : "tn";
      const reach = sky && crowd && !chosen ? STUB_SHARE : 1;
      links.patterned(from, to, PATTERNS[system], reach, shades[system][band], alpha, width);
    }
  }

  /** @type {(theme: Theme, selected: number | null) => void} */
  #fillUsers(theme, selected) {
    const { course } = this;
    const unit = course.most ? (COLUMN_SHARE * course.meta.size_m) / course.most : 0; // metres per Mbit
    for (let user = 0; user < course.users.length; user++) {
      const queues = [course.queueNow(0, user), course.queueNow(1, user)];
      this.#fillColumn(user, queues, unit);
      const level = course.disturbedNow(user) ?? 0;
      this.haze.set(this.colours.haze, user * 4);
      this.haze[user * 4 + 3] = (HAZE_ALPHA * Math.max(0, Math.min(HAZE_DB, level))) / HAZE_DB;
      this.dots.set(steeredColour(theme, course.steeringNow(user)), user * 4);
      this.dots[user * 4 + 3] = 245;
      this.rings.fill(theme === "dark" ? 15 : 255, user * 4, user * 4 + 3);
      this.rings[user * 4 + 3] = user === selected ? 255 : 200;
      this.sizes[user] = 3.4 + (course.most ? (4 * (queues[0] + queues[1])) / course.most : 0); // seen from above, too
    }
  }

  /** @type {(user: number, queues: number[], unit: number) => void} */
  #fillColumn(user, queues, unit) {
    const count = this.course.users.length;
    const [x, y, z] = this.course.userPosition(user);
    for (const side of [0, 1]) {
      const at = side * count + user;
      this.bases[at * 3] = x;
      this.bases[at * 3 + 1] = y;
      this.bases[at * 3 + 2] = z + (side ? queues[0] * unit : 0);
      this.heights[at] = queues[side] * unit;
      this.columnColours.set(side ? this.colours.ntn : this.colours.tn, at * 4);
      this.columnColours[at * 4 + 3] = queues[side] * unit > 0.2 ? 235 : 0;
    }
  }

  #columnsLayer() {
    return new globalThis.deck.ColumnLayer({
      id: "sharing-columns",
      ...this.metres,
      diskResolution: 8,
      radius: COLUMN_RADIUS_SHARE * this.course.meta.size_m,
      extruded: true,
      flatShading: true,
      parameters: ON_TOP,
      data: {
        length: this.heights.length,
        attributes: {
          getPosition: { value: this.bases, size: 3 },
          getElevation: { value: this.heights, size: 1 },
          getFillColor: { value: this.columnColours, size: 4, normalized: true },
        },
      },
    });
  }

  #hazeLayer() {
    return new (hazeClass())({
      id: "sharing-haze",
      ...this.metres,
      parameters: ON_TOP,
      getRadius: HAZE_RADIUS_SHARE * this.course.meta.size_m,
      data: {
        length: this.course.users.length,
        attributes: {
          getPosition: { value: this.course.usersNow, size: 3 }, // a fresh wrapper: it has moved
          getFillColor: { value: this.haze, size: 4, normalized: true },
        },
      },
    });
  }

  #usersLayer() {
    return new globalThis.deck.ScatterplotLayer({
      id: "sharing-users",
      ...this.metres,
      stroked: true,
      billboard: true,
      lineWidthUnits: "pixels",
      getLineWidth: 1.3,
      radiusUnits: "pixels",
      parameters: ON_TOP,
      data: {
        length: this.course.users.length,
        attributes: {
          getPosition: { value: this.course.usersNow, size: 3 }, // a fresh wrapper: it has moved
          getRadius: { value: this.sizes, size: 1 },
          getFillColor: { value: this.dots, size: 4, normalized: true },
          getLineColor: { value: this.rings, size: 4, normalized: true },
        },
      },
    });
  }
}

// moves both ends of a line sideways over the ground, by metres
/** @type {(from: Float32Array, to: Float32Array, metres: number) => void} */
export function aside(from, to, metres) {
  const [dx, dy] = [to[0] - from[0], to[1] - from[1]];
  const length = Math.hypot(dx, dy) || 1;
  const [east, north] = [(-dy / length) * metres, (dx / length) * metres];
  from[0] += east;
  from[1] += north;
  to[0] += east;
  to[1] += north;
}

/** @type {DeckLibrary["ScatterplotLayer"] | undefined} */
let softClass; // made once the library is there

function hazeClass() {
  return (softClass ??= class HazeLayer extends globalThis.deck.ScatterplotLayer {
    static layerName = "HazeLayer";

    getShaders() {
      const shaders = super.getShaders();
      return { ...shaders, inject: { ...shaders.inject, "fs:#main-end": SOFT } };
    }
  });
}

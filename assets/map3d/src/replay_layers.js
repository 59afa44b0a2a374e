// What the replay draws above the city. Arrays are kept and filled anew; layers that did not change are kept whole:
// links between things that stand still change once per slot, the rest once per frame.
import { metreProps } from "./city.js";
import { LineBatch } from "./line_batch.js";
import { addLobe } from "./lobes.js";
import { addZone } from "./zones.js";
import { GROUND_PATTERNS, SKY_PATTERNS } from "./link_looks.js";
import { PALETTES, kindColours, sinrSteps } from "./palette.js";
import { addBeams } from "./replay_sky.js";
import { later } from "./later.js";

/**
 * @import { Flight } from "./flight.js"
 * @import { LinkLook } from "./link_looks.js"
 */

const ON_TOP = { depthCompare: "always", depthWriteEnabled: false };
const STUB_SHARE = 0.28; // ground users only point towards their satellite, or dashes would cover the city
const TRAIL_SLOTS = 14;
const MISSION_DASHES = 24;
const CROWD = 150; // from this many ground users on, everybody else steps back behind the chosen user
// Far users fade, so that a crowd at the horizon is no black band; `w` is the distance along the view.
const FADE_FAR =
  "vFillColor.a *= clamp(1.75 - 0.75 * gl_Position.w / project.focalDistance, 0.25, 1.0);\nvLineColor.a *= clamp(1.6 - 0.8 * gl_Position.w / project.focalDistance, 0.1, 1.0);";

export class ReplayLayers {
  /** @type {Theme | null} */
  theme = null;
  /** @type {Palette} */
  palette = later();
  /** @type {Record<string, number[]>} */
  colours = later();
  /** @type {SinrStep[]} */
  steps = later();
  /** @type {(LinkLook | undefined)[] | null} */
  looks = null;
  /** @type {number | null} */
  slot = null;
  /** @type {number | null} */
  selected = null;
  afoot = 0; // numbers of the feet that are filled: of aircraft that are there
  /** @type {DeckLayer} */
  stillLayer = later();
  /** @type {DeckLayer} */
  usersLayer = later();

  // `prefix` tells the layers of several flights on one canvas apart
  /**
   * @param {CityBundle} city
   * @param {Flight} flight
   * @param {string} prefix
   */
  constructor(city, flight, prefix = "") {
    this.flight = flight;
    this.prefix = prefix;
    this.metres = metreProps(city.meta.anchor);
    const aerial = flight.aerialUsers.length;
    this.still = new LineBatch(`${prefix}links-still`, this.metres, flight.users.length);
    this.moving = new LineBatch(`${prefix}links-moving`, this.metres, 64 + aerial * SKY_PATTERNS[0].repeats);
    this.stems = new LineBatch(`${prefix}stems`, this.metres, aerial, { onTop: false });
    this.feet = new Float32Array(aerial * 3);
    this.crowd = flight.groundUsers > CROWD;
    this.userColours = new Uint8Array(flight.groundUsers * 4);
    this.userLines = new Uint8Array(flight.groundUsers * 4);
    this.theme = null;
  }

  // `looks`: those of the stations' links, null where they tell their SINR
  /** @type {(theme: Theme, selected: number | null, looks?: (LinkLook | undefined)[] | null) => DeckLayer[]} */
  at(theme, selected, looks = null) {
    if (this.theme !== theme) this.#dress(theme);
    if (this.looks !== looks) Object.assign(this, { looks, slot: null });
    const { flight } = this;
    if (this.slot !== flight.slot || this.selected !== selected) this.#newSlot(selected);
    this.#moveStems();
    this.moving.clear();
    this.#addTrails();
    addBeams(this.moving, flight, this.colours.satellite);
    this.#links(this.moving, true);
    if (flight.movers.length) this.usersLayer = this.#usersLayer();
    return [this.#feetLayer(), this.stillLayer, this.stems.layer(), this.moving.layer(), this.usersLayer]; // few layers: each costs script
  }

  /** @type {(theme: Theme) => void} */
  #dress(theme) {
    this.theme = theme;
    this.palette = PALETTES[theme];
    this.colours = kindColours(theme);
    this.steps = sinrSteps(theme);
    this.slot = null;
  }

  /** @type {(selected: number | null) => void} */
  #newSlot(selected) {
    this.slot = this.flight.slot;
    this.selected = selected;
    this.still.clear();
    this.#addPlans();
    this.#addWays();
    this.#addMissions();
    this.#addLobes();
    for (const zone of this.flight.zones) addZone(this.still, zone, this.colours.no_fly_zone);
    this.#links(this.still, false);
    this.stillLayer = this.still.layer();
    this.usersLayer = this.#usersLayer();
  }

  // where each aircraft flies, thin
  #addPlans() {
    const positions = this.flight.bundle.au_position_m;
    const wide = this.flight.aerialUsers.length * 3;
    const colour = this.palette.trail;
    const end = this.flight.knownTo * wide;
    for (let from = 0; from < end; from += 3) {
      const to = from + wide;
      this.still.line(
        positions[from],
        positions[from + 1],
        positions[from + 2],
        positions[to],
        positions[to + 1],
        positions[to + 2],
        colour,
        60,
        1.2,
      );
    }
  }

  // where each ground user that moves goes, thin
  #addWays() {
    const positions = this.flight.bundle.mover_position_m ?? [];
    const wide = this.flight.movers.length * 3;
    const end = positions.length ? this.flight.knownTo * wide : 0;
    for (let from = 0; from < end; from += 3) {
      const to = from + wide;
      const [x, y, z] = [positions[from], positions[from + 1], positions[from + 2]];
      const [toX, toY, toZ] = [positions[to], positions[to + 1], positions[to + 2]];
      this.still.line(x, y, z, toX, toY, toZ, this.colours.ground_user, 70, 1.2);
    }
  }

  // from where each mission stands to where it has to go, dashed: no plan, which nobody makes here beforehand
  #addMissions() {
    const { flight, still } = this;
    flight.missions.forEach(({ destination }, user) => {
      const from = flight.bundle.au_position_m.subarray(
        (flight.slot * flight.aerialUsers.length + user) * 3,
        (flight.slot * flight.aerialUsers.length + user) * 3 + 3,
      );
      still.dashed(from, destination, MISSION_DASHES, 1, this.colours.aerial_user, 110, 1.2);
    });
  }

  #addLobes() {
    const masts = this.flight.bundle.gbs_position_m;
    this.flight.lobes.forEach((lobe, station) => {
      addLobe(this.still, masts.subarray(station * 3, station * 3 + 3), lobe, this.colours.ground_station, 130, 1.5);
    });
  }

  // where each aircraft has just been, fading; plain lines, for a layer of their own would cost a shader of its own
  #addTrails() {
    const { flight, moving } = this;
    const positions = flight.bundle.au_position_m;
    const wide = flight.aerialUsers.length * 3;
    const last = Math.floor(flight.time);
    const colour = this.colours.aerial_user;
    for (let from = 0; from < wide; from += 3) {
      let [x, y, z] = flight.aerialNow.subarray(from, from + 3);
      for (let waypoint = last; waypoint >= Math.max(0, last - TRAIL_SLOTS + 1); waypoint--) {
        const at = waypoint * wide + from;
        const strength = 1 - (flight.time - waypoint) / TRAIL_SLOTS;
        moving.line(
          positions[at],
          positions[at + 1],
          positions[at + 2],
          x,
          y,
          z,
          colour,
          255 * Math.max(0, strength),
          4,
        );
        [x, y, z] = [positions[at], positions[at + 1], positions[at + 2]];
      }
    }
  }

  // masts; a line from each aircraft straight down, and its shadow on the ground: they show height
  #moveStems() {
    const { aerialNow } = this.flight;
    const stem = this.palette.stem;
    const masts = this.flight.bundle.gbs_position_m;
    this.stems.clear();
    for (let at = 0; at < masts.length; at += 3)
      this.stems.line(
        masts[at],
        masts[at + 1],
        0,
        masts[at],
        masts[at + 1],
        masts[at + 2],
        this.colours.ground_station,
        255,
        3,
      );
    this.afoot = 0;
    for (let at = 0; at < aerialNow.length; at += 3) {
      if (Number.isNaN(aerialNow[at])) continue; // not there yet
      this.stems.line(
        aerialNow[at],
        aerialNow[at + 1],
        aerialNow[at + 2],
        aerialNow[at],
        aerialNow[at + 1],
        0,
        stem,
        stem[3],
        1.4,
      );
      this.feet[this.afoot] = aerialNow[at];
      this.feet[this.afoot + 1] = aerialNow[at + 1];
      this.afoot += 3;
    }
  }

  #feetLayer() {
    return new globalThis.deck.ScatterplotLayer({
      id: `${this.prefix}feet`,
      ...this.metres,
      data: { length: this.afoot / 3, attributes: { getPosition: { value: this.feet, size: 3 } } },
      getFillColor: this.palette.foot,
      getRadius: 22,
      radiusMaxPixels: 9,
      parameters: ON_TOP,
    });
  }

  // Served users are full dots, the others rings, those that want nothing faint rings: told apart without colour.
  #usersLayer() {
    const { flight, palette } = this;
    const first = flight.aerialUsers.length;
    const full = [...this.colours.ground_user, 235];
    const back = this.crowd && this.selected != null ? 110 : 235;
    const halo = palette.clear.map((share) => share * 255);
    for (let user = 0; user < flight.groundUsers; user++) {
      const served = flight.isServed(first + user);
      full[3] = !served ? 25 : first + user === this.selected ? 255 : back;
      this.userColours.set(full, user * 4);
      this.userLines.set(served ? halo : this.colours.ground_user, user * 4);
      this.userLines[user * 4 + 3] = served && this.crowd ? 120 : flight.asksNow(first + user) ? 230 : 80;
    }
    const small = this.crowd;
    return new (userLayerClass())({
      id: `${this.prefix}users-${this.theme}`,
      ...this.metres,
      stroked: true,
      lineWidthUnits: "pixels",
      getLineWidth: 1.2,
      billboard: true,
      parameters: ON_TOP,
      getRadius: small ? 9 : 12,
      radiusMinPixels: small ? 1.6 : 3,
      radiusMaxPixels: small ? 4 : 4.6,
      fades: small,
      data: {
        length: flight.groundUsers,
        attributes: {
          getPosition: { value: flight.groundNow, size: 3 }, // a fresh wrapper: some may have moved
          getFillColor: { value: this.userColours, size: 4, normalized: true },
          getLineColor: { value: this.userLines, size: 4, normalized: true },
        },
      },
    });
  }

  // links of things that move, or of things that stand still
  /** @type {(batch: LineBatch, moving: boolean) => void} */
  #links(batch, moving) {
    const { flight } = this;
    const aerial = flight.aerialUsers.length;
    for (let user = 0; user < flight.users.length; user++) {
      const station = flight.stationNow(user);
      if (station < 0) continue;
      const sky = flight.isSatellite(station);
      if ((sky || user < aerial || flight.moves.has(user)) !== moving) continue;
      const to = flight.stationPosition(station);
      if (Number.isNaN(to[0])) continue; // the satellite is below the horizon: nothing to draw to
      const step = this.#step(flight.now("sinr_db", user));
      const strong = user === this.selected;
      const alpha = strong ? 255 : user < aerial ? 225 : this.crowd && this.selected != null ? 55 : 120;
      const width = step.width * (strong ? 1.9 : user < aerial ? 1.15 : 0.7);
      const look = this.looks?.[station];
      const pattern = look?.pattern ?? (sky ? SKY_PATTERNS : GROUND_PATTERNS)[0];
      const reach = !sky || strong || user < aerial ? 1 : STUB_SHARE;
      batch.patterned(flight.userPosition(user), to, pattern, reach, look?.colour ?? step.colour, alpha, width);
    }
  }

  // NaN: no number, weakest look
  /** @type {(quality: number) => SinrStep} */
  #step(quality) {
    for (let index = 0; index < this.steps.length; index++)
      if (quality < this.steps[index].below) return this.steps[index];
    return this.steps[0];
  }
}

/** @type {DeckLibrary["ScatterplotLayer"] | undefined} */
let crowdClass; // made once the library is there

function userLayerClass() {
  return (crowdClass ??= class CrowdLayer extends globalThis.deck.ScatterplotLayer {
    static layerName = "CrowdLayer";

    getShaders() {
      const shaders = super.getShaders();
      return this.props.fades ? { ...shaders, inject: { ...shaders.inject, "vs:#main-end": FADE_FAR } } : shaders;
    }
  });
}

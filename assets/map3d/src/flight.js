// A result as the replay needs it: positions and links at any moment, texts about a moment. No drawing here.
// Slot arrays hold slot t at index t - 1; waypoint t is the end of slot t, so between waypoints s and s + 1 slot index s
// is being flown.

import { markerPlace } from "./lobes.js";

/** @typedef {"sinr_db" | "rate_mbit_s" | "serving_station" | "served"} UserArray */

export class Flight {
  /** @type {number} */
  time = 0;
  /** @type {number} */
  slot = 0;
  /** @type {number} */
  served = 0;
  /** @type {number} */
  countedSlot = -1;

  /** @param {ReplayBundle} bundle */
  constructor(bundle) {
    const { meta, shapes } = bundle;
    this.bundle = bundle;
    this.meta = meta;
    this.slots = meta.slots;
    this.aerialUsers = meta.aerial_users;
    this.users = [...meta.aerial_users, ...meta.ground_users];
    this.groundUsers = meta.ground_users.length;
    this.satellites = meta.stations.slice(meta.ground_stations);
    this.aerialNow = new Float32Array(shapes.au_position_m[1] * 3);
    this.satelliteNow = new Float32Array(this.satellites.length * 3);
    this.groundNow = bundle.gu_position_m.slice();
    this.movers = bundle.mover ?? new Uint16Array(0);
    this.moverNow = new Float32Array(this.movers.length * 3);
    this.moves = new Set(Array.from(this.movers, (mover) => meta.aerial_users.length + mover));
    this.lobes = meta.lobes ?? [];
    this.zones = meta.zones ?? [];
    this.missions = meta.missions ?? [];
    this.indoors = new Set((meta.indoors ?? []).map((user) => meta.aerial_users.length + user));
    this.start = new Date(meta.start);
    this.headings = headings(bundle.au_position_m, this.slots, this.aerialUsers.length);
    this.moveTo(0);
  }

  /** @type {(time: number) => void} */
  moveTo(time) {
    this.time = time;
    this.slot = Math.min(this.slots - 1, Math.floor(time)); // index of the slot being flown
    const share = Math.min(1, time - this.slot);
    between(this.bundle.au_position_m, this.aerialNow, this.slot, share);
    this.missions.forEach((_, user) => this.#isThere(user) || this.userPosition(user).fill(NaN));
    between(this.bundle.satellite_drawn_m, this.satelliteNow, this.slot, share);
    if (!this.bundle.mover_position_m) return;
    between(this.bundle.mover_position_m, this.moverNow, this.slot, share);
    this.movers.forEach((mover, n) => this.groundNow.set(this.moverNow.subarray(n * 3, n * 3 + 3), mover * 3));
  }

  // nobody knows of a mission before it appears
  /** @type {(user: number) => boolean} */
  #isThere(user) {
    return !(this.missions[user]?.appears > this.slot);
  }

  // the waypoint up to which anything is known: all of them where flights were planned
  get knownTo() {
    return this.bundle.meta.missions ? Math.floor(this.time) : this.slots;
  }

  // whether a user has something waiting: else it wants nothing, and is not served for that reason
  /** @type {(user: number) => boolean} */
  asksNow(user) {
    return this.bundle.asks ? this.bundle.asks[this.slot * this.users.length + user] === 1 : true;
  }

  // how many want to be served in the slot being flown
  askingNow() {
    return this.bundle.asks ? this.users.filter((_, user) => this.asksNow(user)).length : this.users.length;
  }

  // whether a satellite is in service, where some fail or begin late
  /** @type {(satellite: number) => boolean} */
  worksNow(satellite) {
    return this.bundle.serves ? this.bundle.serves[this.slot * this.satellites.length + satellite] === 1 : true;
  }

  // what the legend names beside what every scenario has
  /** @returns {Set<Extra>} */
  get extras() {
    /** @type {[Extra, unknown][]} */
    const signs = [
      ["indoors", this.indoors.size],
      ["way", this.movers.length],
      ["lobe", this.lobes.some((lobe) => lobe.length)],
      ["zone", this.zones.length],
      ["mission", this.missions.length],
      ["idle", this.bundle.asks],
    ];
    return new Set(signs.filter(([, has]) => has).map(([extra]) => extra));
  }

  /** @type {(user: number) => Float32Array} */
  userPosition(user) {
    const aerial = this.aerialUsers.length;
    return user < aerial
      ? this.aerialNow.subarray(user * 3, user * 3 + 3)
      : this.groundNow.subarray((user - aerial) * 3, (user - aerial) * 3 + 3);
  }

  /** @type {(station: number) => Float32Array} */
  stationPosition(station) {
    const ground = this.meta.ground_stations;
    return station < ground
      ? this.bundle.gbs_position_m.subarray(station * 3, station * 3 + 3)
      : this.satelliteNow.subarray((station - ground) * 3, (station - ground) * 3 + 3);
  }

  // where the marker of a ground station stands
  /** @type {(station: number) => Float32Array} */
  mastMarker(station) {
    const mast = this.stationPosition(station);
    const lobe = this.lobes[station];
    return lobe?.length ? new Float32Array(markerPlace(mast, lobe)) : mast;
  }

  /** @type {(station: number) => boolean} */
  isSatellite(station) {
    return station >= this.meta.ground_stations;
  }

  // the user's value in the slot being flown, of an array (T, U)
  /** @type {(array: UserArray, user: number) => number} */
  now(array, user) {
    return this.bundle[array][this.slot * this.users.length + user];
  }

  /** @type {(user: number) => number} */
  stationNow(user) {
    return this.bundle.serving_station[this.slot * this.users.length + user];
  }

  /** @type {(station: number) => number} */
  loadNow(station) {
    return this.bundle.station_load[this.slot * this.meta.stations.length + station];
  }

  /** @type {(satellite: number) => number} */
  elevationNow(satellite) {
    return this.bundle.satellite_elevation_deg[this.slot * this.satellites.length + satellite];
  }

  /** @type {(satellite: number) => number} */
  beamKm(satellite) {
    return this.bundle.beam_km[this.slot * this.satellites.length + satellite];
  }

  // where an aircraft flies to -> unit vector [east, north] into `target`; it turns smoothly from slot to slot
  /** @type {(user: number, target: Float32Array) => Float32Array} */
  headingNow(user, target) {
    const count = this.aerialUsers.length;
    const from = Math.max(0, Math.min(this.slots - 1, Math.floor(this.time - 0.5)));
    const to = Math.min(this.slots - 1, from + 1);
    const share = Math.max(0, Math.min(1, this.time - 0.5 - from));
    const [a, b] = [(from * count + user) * 2, (to * count + user) * 2];
    target[0] = this.headings[a] + (this.headings[b] - this.headings[a]) * share;
    target[1] = this.headings[a + 1] + (this.headings[b + 1] - this.headings[a + 1]) * share;
    return target;
  }

  // whether a user is linked and at or above its floor, as the judge has it
  /** @type {(user: number) => boolean} */
  isServed(user) {
    return this.now("served", user) === 1;
  }

  servedNow() {
    if (this.countedSlot === this.slot) return this.served;
    this.countedSlot = this.slot;
    this.served = 0;
    for (let user = 0; user < this.users.length; user++) this.served += Number(this.isServed(user));
    return this.served;
  }

  // what a user's SINR is made of in the slot being flown, powers in watts; null where it is not served
  /** @type {(user: number) => Breakdown | null} */
  breakdownNow(user) {
    const station = this.stationNow(user);
    if (station < 0) return null;
    const cell = this.slot * this.users.length + user;
    const {
      signal_w: signal,
      interferer_starts: starts,
      interferer_station: stations,
      interferer_w: powers,
    } = this.bundle;
    const interferers = [];
    for (let entry = starts[cell]; entry < starts[cell + 1]; entry++)
      interferers.push({ station: this.meta.stations[stations[entry]], watts: powers[entry] });
    interferers.sort((a, b) => b.watts - a.watts);
    const disturbance = interferers.reduce((sum, entry) => sum + entry.watts, this.meta.noise_w);
    return {
      station: this.meta.stations[station],
      signal: signal[cell],
      interferers,
      noise: this.meta.noise_w,
      disturbance,
      sinrDb: 10 * Math.log10(signal[cell] / disturbance),
    };
  }

  // one value of an array (T + 1) or (T + 1, n) between waypoints
  /** @type {(array: Float32Array, column?: number, columns?: number) => number} */
  atWaypoint(array, column = 0, columns = 1) {
    const share = Math.min(1, this.time - this.slot);
    const [from, to] = [array[this.slot * columns + column], array[(this.slot + 1) * columns + column]];
    return from + (to - from) * share;
  }

  userThings() {
    return this.users.map((_, index) => ({ index, position: this.userPosition(index) }));
  }

  /** @type {(time: number) => number} */
  seconds(time) {
    return time * this.meta.slot_s;
  }

  /** @type {(time: number) => string} */
  clock(time) {
    const moment = new Date(this.start.getTime() + this.seconds(time) * 1000);
    return `${moment.toISOString().slice(11, 19)} UTC · ${this.servedWords()}`;
  }

  servedWords() {
    return this.bundle.asks
      ? `${this.servedNow()} of ${this.askingNow()} users served who ask`
      : `${this.servedNow()} of ${this.users.length} users served`;
  }

  /** @type {(time: number) => string} */
  sentence(time) {
    const total = this.atWaypoint(this.bundle.service_total_mbit);
    return `At ${this.seconds(time).toFixed(0)} seconds ${this.servedNow()} of ${this.users.length} users are served; data service so far ${total.toFixed(0)} megabits.`;
  }

  // who it is and who serves it
  /** @type {(user: number) => string} */
  spokenUser(user) {
    const { title, lines } = this.aboutUser(user);
    return `${title}, ${lines[0]}`;
  }

  /** @type {(user: number) => { title: string, lines: string[] }} */
  aboutUser(user) {
    const station = this.now("serving_station", user);
    const height = this.userPosition(user)[2];
    const lines =
      station < 0
        ? [this.#whyNot(user)]
        : [
            `${this.isServed(user) ? "served by" : "below the SINR floor at"} ${this.meta.stations[station]}${this.isSatellite(station) ? " (satellite)" : ""}`,
            `SINR ${this.now("sinr_db", user).toFixed(1)} dB · ${this.now("rate_mbit_s", user).toFixed(2)} Mbit/s`,
          ];
    const waiting = this.bundle.waiting_mbit;
    if (waiting) lines.push(`${this.atWaypoint(waiting, user, this.users.length).toFixed(1)} Mbit wait`);
    if (user < this.aerialUsers.length && height > 0) lines.push(`${height.toFixed(0)} m above ground`);
    return { title: `${this.users[user]} · ${this.#kindOf(user)}`, lines };
  }

  /** @type {(user: number) => string} */
  #whyNot(user) {
    if (!this.#isThere(user)) return "its mission is not there yet";
    return this.asksNow(user) ? "not served in this slot" : "asks for nothing in this slot";
  }

  /** @type {(user: number) => string} */
  #kindOf(user) {
    if (user < this.aerialUsers.length) return "aerial user";
    return `ground user${this.indoors.has(user) ? " indoors" : this.moves.has(user) ? " on the way" : ""}`;
  }
}

// Unit vectors [east, north] per slot and aircraft (T, n, 2); one that hovers keeps its last direction.
/** @type {(positions: Float32Array, slots: number, count: number) => Float32Array} */
function headings(positions, slots, count) {
  const list = new Float32Array(slots * count * 2);
  for (let user = 0; user < count; user++) {
    let [east, north] = [0, 1];
    for (let slot = 0; slot < slots; slot++) {
      const [from, to] = [(slot * count + user) * 3, ((slot + 1) * count + user) * 3];
      const [dx, dy] = [positions[to] - positions[from], positions[to + 1] - positions[from + 1]];
      const length = Math.hypot(dx, dy);
      if (length > 0.01) [east, north] = [dx / length, dy / length];
      list[(slot * count + user) * 2] = east;
      list[(slot * count + user) * 2 + 1] = north;
    }
  }
  return list;
}

// positions (T + 1, n, 3) between waypoint `slot` and the next -> into `target` (n * 3). A satellite is drawn while it
// is above the horizon at one of the two: the link of whoever it serves in the slot of its rise or set needs its end.
/** @type {(positions: Float32Array, target: Float32Array, slot: number, share: number) => void} */
export function between(positions, target, slot, share) {
  const from = slot * target.length;
  for (let k = 0; k < target.length; k++) {
    const [start, end] = [positions[from + k], positions[from + target.length + k]];
    target[k] = Number.isNaN(start) ? end : Number.isNaN(end) ? start : start + (end - start) * share;
  }
}

// A course of spectrum sharing as the map needs it: positions, links and queues at any moment, texts about one. No drawing
// here. Its time is in ticks: a cycle whose plan is shown begins with one tick in which time stands still, then come its
// slots. So plan and correction are two moments of one cycle.
import { between } from "./flight.js";

export const NOT_DISTURBED_DB = -90; // and below: itnt_core/mapdata/sharing.py

/** @typedef {{ station: number, user: number, subband: number, share: number }} SharedLink */

export class Course {
  time = 0;
  cycle = 0;
  planned = false; // whether the plan is shown, not what was run
  slotTime = 0; // 0 .. slots
  moment = 1;
  /** @type {string[]} */
  aerialUsers = []; // as the cameras ask of whatever plays

  /** @param {SharingBundle} bundle */
  constructor(bundle) {
    const { meta } = bundle;
    this.bundle = bundle;
    this.meta = meta;
    this.users = meta.users;
    this.groundUsers = meta.users.length;
    this.satellites = meta.stations.slice(meta.ground_stations);
    this.lead = meta.plan === "shown" ? 1 : 0; // ticks of a cycle before its first slot
    this.ticks = meta.slots_per_cycle + this.lead; // of a cycle
    this.end = meta.cycles * this.ticks;
    this.usersNow = new Float32Array(this.users.length * 3);
    this.satellitesNow = new Float32Array(this.satellites.length * 3);
    this.most = bundle.queue_mbit.reduce((most, value) => Math.max(most, value), 0);
    this.moveTo(0);
  }

  /** @type {(time: number) => void} */
  moveTo(time) {
    const { meta, bundle } = this;
    this.time = time;
    this.cycle = Math.min(meta.cycles - 1, Math.floor(time / this.ticks));
    const within = time - this.cycle * this.ticks;
    this.planned = within < this.lead;
    this.moment = 2 * this.cycle + (this.planned ? 0 : 1);
    const flown = Math.max(0, within - this.lead);
    this.slotTime = this.cycle * meta.slots_per_cycle + flown;
    const share = flown / meta.slots_per_cycle;
    between(bundle.user_position_m, this.usersNow, this.cycle, share);
    between(bundle.satellite_drawn_m, this.satellitesNow, this.cycle, share);
  }

  // the tick at which a cycle begins as it was run, or with its plan
  /** @type {(cycle: number, planned: boolean) => number} */
  tickOf(cycle, planned) {
    return cycle * this.ticks + (planned ? 0 : this.lead);
  }

  /** @type {(time: number) => number} */
  seconds(time) {
    const cycle = Math.min(this.meta.cycles - 1, Math.floor(time / this.ticks));
    const flown = Math.max(0, time - cycle * this.ticks - this.lead);
    return (cycle * this.meta.slots_per_cycle + flown) * this.meta.slot_s;
  }

  /** @type {(station: number) => boolean} */
  isSatellite(station) {
    return station >= this.meta.ground_stations;
  }

  /** @type {(user: number) => Float32Array} */
  userPosition(user) {
    return this.usersNow.subarray(user * 3, user * 3 + 3);
  }

  /** @type {(station: number) => Float32Array} */
  stationPosition(station) {
    const ground = this.meta.ground_stations;
    return station < ground
      ? this.bundle.gbs_position_m.subarray(station * 3, station * 3 + 3)
      : this.satellitesNow.subarray((station - ground) * 3, (station - ground) * 3 + 3);
  }

  /** @type {(_user: number, target: Float32Array) => Float32Array} */
  headingNow(_user, target) {
    return target; // nobody flies
  }

  // the station that gives a user most, -1 where none does
  /** @type {(user: number) => number} */
  stationNow(user) {
    let [best, most] = [-1, 0];
    for (let link = this.firstLink; link < this.endLink; link++)
      if (this.bundle.link_user[link] === user && this.bundle.link_share[link] > most)
        [best, most] = [this.bundle.link_station[link], this.bundle.link_share[link]];
    return best;
  }

  get firstLink() {
    return this.bundle.link_starts[this.moment];
  }

  get endLink() {
    return this.bundle.link_starts[this.moment + 1];
  }

  // what waits for a user, at base stations (0) or at satellites (1), in Mbit
  /** @type {(side: 0 | 1, user: number) => number} */
  queueNow(side, user) {
    return this.#between(this.bundle.queue_mbit, side, user);
  }

  /** @type {(array: Float32Array, side: number, user: number) => number} */
  #between(array, side, user) {
    const { slots } = this.meta;
    const slot = Math.min(slots - 1, Math.floor(this.slotTime));
    const at = (side * (slots + 1) + slot) * this.users.length + user;
    return array[at] + (array[at + this.users.length] - array[at]) * (this.slotTime - slot);
  }

  /** @type {(side: 0 | 1) => number} */
  backlogNow(side) {
    let sum = 0;
    for (let user = 0; user < this.users.length; user++) sum += this.queueNow(side, user);
    return sum;
  }

  // of all users at the ends of the slots, slots + 1 values
  /** @type {(side: 0 | 1) => Float32Array} */
  backlogs(side) {
    const [count, rows] = [this.users.length, this.meta.slots + 1];
    return Float32Array.from({ length: rows }, (_, slot) => {
      let sum = 0;
      for (let user = 0; user < count; user++) sum += this.bundle.queue_mbit[(side * rows + slot) * count + user];
      return sum;
    });
  }

  // part of a user's arrivals that goes to base stations
  /** @type {(user: number) => number} */
  steeringNow(user) {
    return this.bundle.steering[this.moment * this.users.length + user];
  }

  // signals of the other system over the noise in dB where a user is served, null where nothing disturbs it
  /** @type {(user: number) => number | null} */
  disturbedNow(user) {
    const level = this.bundle.disturbed_db[this.moment * this.users.length + user];
    return level > NOT_DISTURBED_DB ? level : null;
  }

  // power of a station on a sub-band, of its cap
  /** @type {(station: number, subband: number) => number} */
  powerNow(station, subband) {
    const { stations, subbands } = this.meta;
    return this.bundle.power[(this.moment * stations.length + station) * subbands + subband];
  }

  // mean over the sub-bands
  /** @type {(station: number) => number} */
  loadNow(station) {
    let sum = 0;
    for (let subband = 0; subband < this.meta.subbands; subband++) sum += this.powerNow(station, subband);
    return sum / this.meta.subbands;
  }

  // whether base stations and satellites send on a sub-band
  /** @type {(subband: number) => { tn: boolean, ntn: boolean }} */
  sendersOn(subband) {
    const senders = { tn: false, ntn: false };
    this.meta.stations.forEach((_, station) => {
      if (this.powerNow(station, subband) > 1e-3) senders[this.isSatellite(station) ? "ntn" : "tn"] = true;
    });
    return senders;
  }

  /** @type {(satellite: number) => number} */
  elevationNow(satellite) {
    return this.bundle.satellite_elevation_deg[this.cycle * this.satellites.length + satellite];
  }

  /** @type {(satellite: number) => number} */
  beamKm(satellite) {
    return this.bundle.beam_km[this.cycle * this.satellites.length + satellite];
  }

  userThings() {
    return this.users.map((_, index) => ({ index, position: this.userPosition(index) }));
  }

  // the cycle, and what of it is shown
  get where() {
    const { cycles, slots_per_cycle: slots, plan } = this.meta;
    const cycle = `Cycle ${this.cycle + 1} of ${cycles}`;
    if (plan === "undecided") return cycle;
    if (this.planned) return `${cycle}: the twin's plan`;
    const slot = Math.min(slots, Math.floor(this.slotTime - this.cycle * slots) + 1);
    return `${cycle}: ${plan === "shown" ? "as corrected" : "as run"}, slot ${slot} of ${slots}`;
  }

  clock() {
    const total = this.backlogNow(0) + this.backlogNow(1);
    return this.meta.plan === "undecided" ? this.where : `${this.where} · backlog ${megabits(total)}`;
  }

  sentence() {
    const [tn, ntn] = [this.backlogNow(0), this.backlogNow(1)];
    return `${this.where}. ${megabits(tn)} wait at base stations, ${megabits(ntn)} at satellites.`;
  }

  /** @type {(user: number) => { title: string, lines: string[] }} */
  aboutUser(user) {
    const disturbed = this.disturbedNow(user);
    const bySide = [this.queueNow(0, user), this.queueNow(1, user)];
    const lines = [
      `waits: ${megabits(bySide[0])} at base stations, ${megabits(bySide[1])} at satellites`,
      `${Math.round(100 * this.steeringNow(user))} % of its traffic goes to base stations`,
      ...this.#servers(user),
      ...(disturbed == null ? [] : [`the other system is ${signed(disturbed)} dB over the noise`]),
    ];
    return { title: this.users[user], lines };
  }

  /** @type {(user: number) => string} */
  spokenUser(user) {
    const { title, lines } = this.aboutUser(user);
    return `${title}, ${lines[0]}`;
  }

  // who serves a user on which sub-bands
  /** @type {(user: number) => string[]} */
  #servers(user) {
    const { link_user: users, link_station: stations, link_subband: subbands } = this.bundle;
    /** @type {Map<number, number[]>} */
    const found = new Map();
    for (let link = this.firstLink; link < this.endLink; link++)
      if (users[link] === user) found.set(stations[link], [...(found.get(stations[link]) ?? []), subbands[link] + 1]);
    if (!found.size) return ["served by nobody in this cycle"];
    return [...found].map(([station, bands]) => `${this.meta.stations[station]} on ${bandWords(bands)}`);
  }
}

/** @type {(bands: number[]) => string} */
function bandWords(bands) {
  return `sub-band${bands.length > 1 ? "s" : ""} ${bands.join(", ")}`;
}

/** @type {(value: number) => string} */
export function megabits(value) {
  return `${value >= 100 ? Math.round(value).toLocaleString("en") : value.toFixed(1)} Mbit`;
}

/** @type {(value: number) => string} */
function signed(value) {
  return `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(0)}`;
}

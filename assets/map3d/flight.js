// A result as the replay needs it: positions and links at any moment, texts about a moment. No drawing here.
// Slot arrays hold slot t at index t - 1; waypoint t is the end of slot t, so between waypoints s and s + 1 slot index s
// is being flown.

export class Flight {
  constructor(bundle) {
    const { meta, shapes } = bundle;
    this.bundle = bundle;
    this.meta = meta;
    this.slots = meta.slots;
    this.aerialUsers = meta.aerial_users;
    this.users = [...meta.aerial_users, ...meta.ground_users];
    this.satellites = meta.stations.slice(meta.ground_stations);
    this.aerialNow = new Float32Array(shapes.au_position_m[1] * 3);
    this.satelliteNow = new Float32Array(this.satellites.length * 3);
    this.start = new Date(meta.start);
    this.moveTo(0);
  }

  moveTo(time) {
    this.time = time;
    this.slot = Math.min(this.slots - 1, Math.floor(time)); // index of the slot being flown
    const share = Math.min(1, time - this.slot);
    between(this.bundle.au_position_m, this.aerialNow, this.slot, share);
    between(this.bundle.satellite_drawn_m, this.satelliteNow, this.slot, share);
  }

  userPosition(user) {
    const aerial = this.aerialUsers.length;
    return user < aerial ? this.aerialNow.subarray(user * 3, user * 3 + 3) : this.bundle.gu_position_m.subarray((user - aerial) * 3, (user - aerial) * 3 + 3);
  }

  stationPosition(station) {
    const ground = this.meta.ground_stations;
    return station < ground ? this.bundle.gbs_position_m.subarray(station * 3, station * 3 + 3) : this.satelliteNow.subarray((station - ground) * 3, (station - ground) * 3 + 3);
  }

  isSatellite(station) {
    return station >= this.meta.ground_stations;
  }

  // the user's value in the slot being flown, of an array (T, U)
  now(array, user) {
    return this.bundle[array][this.slot * this.users.length + user];
  }

  servedNow() {
    let served = 0;
    for (let user = 0; user < this.users.length; user++) served += this.now("serving_station", user) >= 0;
    return served;
  }

  // one value of an array (T + 1) or (T + 1, n) between waypoints
  atWaypoint(array, column = 0, columns = 1) {
    const share = Math.min(1, this.time - this.slot);
    const [from, to] = [array[this.slot * columns + column], array[(this.slot + 1) * columns + column]];
    return from + (to - from) * share;
  }

  userThings() {
    return this.users.map((_, index) => ({ index, position: this.userPosition(index) }));
  }

  seconds(time) {
    return time * this.meta.slot_s;
  }

  clock(time) {
    const moment = new Date(this.start.getTime() + this.seconds(time) * 1000);
    return `${moment.toISOString().slice(11, 19)} UTC · ${this.servedNow()} of ${this.users.length} users served`;
  }

  sentence(time) {
    const total = this.atWaypoint(this.bundle.service_total_mbit);
    return `At ${this.seconds(time).toFixed(0)} seconds ${this.servedNow()} of ${this.users.length} users are served; data service so far ${total.toFixed(0)} megabits.`;
  }

  aboutUser(user) {
    const station = this.now("serving_station", user);
    const kind = user < this.aerialUsers.length ? "aerial user" : "ground user";
    const height = this.userPosition(user)[2];
    const lines = station < 0 ? ["not served in this slot"] : [
      `served by ${this.meta.stations[station]}${this.isSatellite(station) ? " (satellite)" : ""}`,
      `SINR ${this.now("sinr_db", user).toFixed(1)} dB · ${this.now("rate_mbit_s", user).toFixed(2)} Mbit/s`,
    ];
    if (user < this.aerialUsers.length) lines.push(`${height.toFixed(0)} m above ground`);
    return { title: `${this.users[user]} · ${kind}`, lines };
  }
}

// positions (T + 1, n, 3) between waypoint `slot` and the next -> into `target` (n * 3)
function between(positions, target, slot, share) {
  const from = slot * target.length;
  for (let k = 0; k < target.length; k++) {
    const start = positions[from + k];
    target[k] = start + (positions[from + target.length + k] - start) * share;
  }
}

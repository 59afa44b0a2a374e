// The replay's curves: rate per user, data per user, and the data service of all users under both conventions.
import { LineChart } from "./chart.js";
import { SERIES_COLOURS } from "./palette.js";
import { element } from "./dom.js";

const MOST_LINES = 8;
const DASHES = [null, [7, 3], [2, 3], [9, 3, 2, 3]]; // with colour, so that lines differ in print too

export class ReplayCharts {
  constructor(replay) {
    this.replay = replay;
    const onseek = (share) => replay.seek(share * this.flight.slots);
    this.rate = new LineChart({ title: "Rate", unit: "Mbit/s", onseek, steps: true });
    this.data = new LineChart({ title: "Data served so far", unit: "Mbit", onseek });
    this.service = new LineChart({ title: "Cumulative data service, all users", unit: "Mbit", onseek });
    this.node = element("div", { class: "charts" }, this.rate.node, this.data.node, this.service.node);
  }

  leave() {
    for (const chart of [this.rate, this.data, this.service]) chart.leave();
  }

  follow(flight) {
    this.flight = flight;
    this.times = Array.from({ length: flight.slots + 1 }, (_, waypoint) => flight.seconds(waypoint));
    const { service_total_mbit: active, service_always_on_mbit: alwaysOn } = flight.bundle;
    this.service.show(this.times, [
      { label: "active", colour: "#0072b2", width: 2.4, values: active },
      { label: "always-on", colour: "#d55e00", width: 2, dash: [6, 4], values: alwaysOn },
    ]);
    this.select(this.replay.selected);
  }

  // aerial users have a line each; a chosen user's line is strong; ground users have their mean
  select(selected) {
    const { flight } = this;
    const users = flight.aerialUsers.map((_, user) => user).slice(0, MOST_LINES);
    if (selected != null && !users.includes(selected)) users.push(selected);
    this.rate.show(this.times, [...users.map((user) => this.#line(user, selected, "rate_mbit_s", flight.slots)), ...this.#mean("rate_mbit_s", flight.slots)]);
    this.data.show(this.times, [...users.map((user) => this.#line(user, selected, "service_mbit", flight.slots + 1)), ...this.#mean("service_mbit", flight.slots + 1)]);
  }

  showTime(time) {
    for (const chart of [this.rate, this.data, this.service]) chart.moveTo(time);
  }

  redraw() {
    for (const chart of [this.rate, this.data, this.service]) chart.redraw();
  }

  #line(user, selected, name, length) {
    const count = this.flight.users.length;
    const array = this.flight.bundle[name];
    return {
      label: this.flight.users[user], colour: SERIES_COLOURS[user % SERIES_COLOURS.length], width: user === selected ? 3 : 1.3,
      dash: DASHES[Math.floor(user / SERIES_COLOURS.length) % DASHES.length], active: user === selected,
      values: Float32Array.from({ length }, (_, step) => array[step * count + user]), onclick: () => this.replay.select(user === selected ? null : user),
    };
  }

  #mean(name, length) {
    const [aerial, count] = [this.flight.aerialUsers.length, this.flight.users.length];
    if (aerial === count) return [];
    const array = this.flight.bundle[name];
    const values = Float32Array.from({ length }, (_, step) => {
      let sum = 0;
      for (let user = aerial; user < count; user++) sum += array[step * count + user] || 0;
      return sum / (count - aerial);
    });
    return [{ label: "mean GU", colour: "#8a8f98", width: 1.8, dash: [3, 3], values }];
  }
}

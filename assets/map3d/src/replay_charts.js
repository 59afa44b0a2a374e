// The replay's curves on its playhead: rate and data of the chosen users, data service of all against the bound, users
// per station, and the SINR of the chosen user with what it is made of.
import { LineChart } from "./chart.js";
import { column, constant } from "./chart_data.js";
import { ChartGroup } from "./chart_group.js";
import { ServingStrip } from "./serving_strip.js";
import { BreakdownPanel } from "./replay_breakdown.js";
import { serverLooks } from "./link_looks.js";
import { SERIES_COLOURS, hex } from "./palette.js";
import { element } from "./dom.js";
import { later } from "./later.js";

/**
 * @import { Flight } from "./flight.js"
 * @import { Replay } from "./replay.js"
 */

const MOST_STATIONS = 8;
const IDLE = [138, 143, 152]; // of a station that never serves
const DASHES = [null, [7, 3], [2, 3], [9, 3, 2, 3]]; // with colour, so that lines differ in print too

/** @typedef {"rate_mbit_s" | "service_mbit"} Curve */

export class ReplayCharts {
  /** @type {Flight} */
  flight = later();
  /** @type {number[]} */
  times = [];

  /** @param {Replay} replay */
  constructor(replay) {
    this.replay = replay;
    const onseek = (/** @type {number} */ share) => replay.seek(share * this.flight.slots);
    this.rate = new LineChart({ title: "Rate", unit: "Mbit/s", onseek, steps: true });
    this.data = new LineChart({ title: "Data served so far", unit: "Mbit", onseek });
    this.service = new LineChart({ title: "Cumulative data service, all users", unit: "Mbit", onseek });
    this.load = new LineChart({ title: "Linked users per station", unit: "users", onseek, steps: true });
    this.sinr = new LineChart({ title: "SINR of the chosen user", unit: "dB", onseek, steps: true, signed: true });
    this.strip = new ServingStrip({ onseek });
    const curves = [this.rate, this.data, this.service, this.load, this.sinr];
    const all = [...curves, this.strip];
    this.breakdown = new BreakdownPanel();
    /** @type {HTMLSelectElement} */
    this.picker = element("select", {
      "aria-label": "Chosen user",
      onchange: () => replay.select(this.picker.value === "" ? null : Number(this.picker.value)),
    });
    this.picked = element(
      "div",
      { class: "picker" },
      element("label", {}, "Chosen user ", this.picker),
      element(
        "span",
        { class: "hint" },
        "Click users on the map to add their curves; click the chosen one again to remove it.",
      ),
    );
    const nodes = [...curves.map((chart) => chart.node), this.breakdown.node, this.strip.node];
    const charts = element("div", { class: "charts" }, ...nodes);
    this.node = element("div", {}, this.picked, charts);
    this.group = new ChartGroup(all, charts);
  }

  leave() {
    this.group.leave();
  }

  /** @type {(flight: Flight) => void} */
  follow(flight) {
    this.flight = flight;
    this.times = Array.from({ length: flight.slots + 1 }, (_, waypoint) => flight.seconds(waypoint));
    this.breakdown.follow(flight);
    this.picker.replaceChildren(
      element("option", { value: "" }, "none"),
      ...flight.users.map((name, user) => element("option", { value: user }, name)),
    );
    this.service.show(this.times, this.#serviceLines());
    this.#showStations();
    this.select();
  }

  #showStations() {
    const lines = this.#loadLines();
    this.load.show(this.times, lines);
    this.strip.follow(this.flight, this.times, lines);
  }

  // the chosen user's line is strong; ground users have their mean
  select() {
    const { flight, replay } = this;
    const { selected, compared } = replay;
    this.picker.value = selected == null ? "" : String(selected);
    /** @type {(name: Curve, length: number) => Line[]} */
    const lines = (name, length) => [
      ...compared.map((user) => this.#line(user, selected, name, length)),
      ...this.#mean(name, length),
    ];
    this.rate.show(this.times, lines("rate_mbit_s", flight.slots));
    this.data.show(this.times, lines("service_mbit", flight.slots + 1));
    this.sinr.show(this.times, this.#sinrLines(selected));
    this.breakdown.select(selected);
  }

  /** @type {(time: number) => void} */
  showTime(time) {
    this.group.moveTo(time);
    this.breakdown.showTime();
  }

  redraw() {
    this.#showStations(); // in the theme's colours, as their links on the map
    this.group.redraw();
  }

  #serviceLines() {
    const { service_total_mbit: active, service_always_on_mbit: alwaysOn } = this.flight.bundle;
    const bound = this.flight.meta.upper_bound_mbit;
    return [
      { label: "active", colour: "#0072b2", width: 2.4, values: active },
      { label: "always-on", colour: "#d55e00", width: 2, dash: [6, 4], values: alwaysOn },
      ...(bound == null
        ? []
        : [
            {
              label: "upper bound, whole run",
              colour: "#8a8f98",
              width: 1.6,
              dash: [2, 3],
              values: constant(bound, this.times.length),
            },
          ]),
    ];
  }

  #loadLines() {
    const { flight } = this;
    const count = flight.meta.stations.length;
    const shown = flight.meta.stations.slice(0, MOST_STATIONS);
    const looks = serverLooks([flight], this.replay.session.theme);
    const lines = shown.map((label, station) => ({
      colour: hex(looks.get(label)?.colour ?? IDLE),
      dash: DASHES[station % DASHES.length],
      label,
      width: 1.6,
      values: column(flight.bundle.station_load, station, count, flight.slots),
    }));
    if (count <= MOST_STATIONS) return lines;
    const others = Float32Array.from({ length: flight.slots }, (_, slot) => {
      let sum = 0;
      for (let station = MOST_STATIONS; station < count; station++)
        sum += flight.bundle.station_load[slot * count + station];
      return sum;
    });
    return [
      ...lines,
      { label: `${count - MOST_STATIONS} others`, colour: "#8a8f98", width: 1.6, dash: [2, 3], values: others },
    ];
  }

  /** @type {(selected: number | null) => Line[]} */
  #sinrLines(selected) {
    const { flight } = this;
    const floor = {
      label: "floor",
      colour: "#8a8f98",
      width: 1.4,
      dash: [2, 3],
      values: constant(flight.meta.min_sinr_db, flight.slots),
    };
    if (selected == null) return [floor];
    const values = column(flight.bundle.sinr_db, selected, flight.users.length, flight.slots);
    return [{ ...style(selected), label: flight.users[selected], width: 2.2, values }, floor];
  }

  /** @type {(user: number, selected: number | null, name: Curve, length: number) => Line} */
  #line(user, selected, name, length) {
    return {
      ...style(user),
      label: this.flight.users[user],
      width: user === selected ? 3 : 1.3,
      active: user === selected,
      values: column(this.flight.bundle[name], user, this.flight.users.length, length),
      onclick: () => this.replay.pick(user),
    };
  }

  /** @type {(name: Curve, length: number) => Line[]} */
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

/** @type {(index: number) => { colour: string, dash: number[] | null }} */
function style(index) {
  return {
    colour: SERIES_COLOURS[index % SERIES_COLOURS.length],
    dash: DASHES[Math.floor(index / SERIES_COLOURS.length) % DASHES.length],
  };
}

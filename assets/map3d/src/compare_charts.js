// Curves of all compared runs over one another on the shared clock: seconds since each run's start.
import { LineChart } from "./chart.js";
import { at, commonTimes, fractionalIndex } from "./chart_data.js";
import { ChartGroup } from "./chart_group.js";
import { LETTERS, LOOKS } from "./compare_pane.js";
import { element } from "./dom.js";

/**
 * @import { ComparePane } from "./compare_pane.js"
 * @import { ComparePlayback } from "./compare_playback.js"
 * @import { Flight } from "./flight.js"
 */

const LONGEST_LABEL = 26;

export class CompareCharts {
  /** @type {number[]} */
  times = [];
  dispatching = false; // whether rewards and queues are shown in the place of rates and shares served

  /** @param {Pick<ComparePlayback, "seek">} playback */
  constructor(playback) {
    const onseek = (/** @type {number} */ share) => playback.seek(share * (this.times.at(-1) ?? 0));
    this.service = new LineChart({ title: "Cumulative data service", unit: "Mbit", onseek });
    this.rate = new LineChart({ title: "Sum rate of all users", unit: "Mbit/s", onseek, steps: true });
    this.served = new LineChart({ title: "Users served above the SINR floor", unit: "%", onseek, steps: true });
    // of dispatching, in the place of rate and share served
    this.reward = new LineChart({ title: "Cumulative reward", unit: "greedy earns 1 a slot", onseek, signed: true });
    this.waiting = new LineChart({ title: "Waiting in all queues", unit: "Mbit", onseek });
    const all = [this.reward, this.service, this.waiting, this.rate, this.served];
    this.node = element("div", { class: "charts", "data-role": "compare-charts" });
    this.group = new ChartGroup(all, this.node);
  }

  leave() {
    this.group.leave();
  }

  /** @type {(panes: ComparePane[]) => void} */
  follow(panes) {
    this.times = commonTimes(panes.map(({ flight }) => flight));
    /** @type {(values: (flight: Flight) => Float32Array) => Line[]} */
    const lines = (values) =>
      panes.map((pane, index) => ({
        ...LOOKS[index],
        label: shortLabel(pane, index),
        width: 2.2,
        values: values(pane.flight),
      }));
    const dispatching = panes.every(({ flight }) => flight.bundle.reward);
    const shown = dispatching ? [this.reward, this.service, this.waiting] : [this.service, this.rate, this.served];
    if (this.node.childNodes.length === 0 || this.dispatching !== dispatching)
      this.node.replaceChildren(...shown.map((chart) => chart.node));
    this.dispatching = dispatching;
    if (dispatching) this.#followDispatching(lines);
    this.service.show(
      this.times,
      lines((flight) => this.#cumulative(flight, flight.bundle.service_total_mbit)),
    );
    this.rate.show(
      this.times,
      lines((flight) => this.#perSlot(flight, sumRate)),
    );
    this.served.show(
      this.times,
      lines((flight) => this.#perSlot(flight, servedShare)),
    );
  }

  /** @type {(lines: (values: (flight: Flight) => Float32Array) => Line[]) => void} */
  #followDispatching(lines) {
    this.reward.show(
      this.times,
      lines((flight) => this.#cumulative(flight, flight.bundle.reward ?? new Float32Array())),
    );
    this.waiting.show(
      this.times,
      lines((flight) => this.#cumulative(flight, totals(flight))),
    );
  }

  /** @type {(seconds: number) => void} */
  moveTo(seconds) {
    this.group.moveTo(fractionalIndex(this.times, seconds));
  }

  redraw() {
    this.group.redraw();
  }

  // Values of a run end where it ends: the chart keeps the last one in its legend.
  /** @type {(flight: Flight, total: Float32Array) => Float32Array} */
  #cumulative(flight, total) {
    const own = this.times.filter((time) => time <= flight.seconds(flight.slots) + 1e-6);
    return Float32Array.from(own, (time) => at(total, Math.min(flight.slots, time / flight.meta.slot_s)));
  }

  /** @type {(flight: Flight, measure: (flight: Flight, slot: number) => number) => Float32Array} */
  #perSlot(flight, measure) {
    const bySlot = Float32Array.from({ length: flight.slots }, (_, slot) => measure(flight, slot));
    const starts = this.times.filter((time) => time < flight.seconds(flight.slots) - 1e-6);
    return Float32Array.from(
      starts,
      (time) => bySlot[Math.min(flight.slots - 1, Math.floor(time / flight.meta.slot_s + 1e-6))],
    );
  }
}

/** @type {(flight: Flight, slot: number) => number} */
function sumRate({ bundle, users }, slot) {
  let sum = 0;
  for (let cell = slot * users.length; cell < (slot + 1) * users.length; cell++) sum += bundle.rate_mbit_s[cell] || 0;
  return sum;
}

// what waits at the waypoints, in Mbit
/** @type {(flight: Flight) => Float32Array} */
function totals({ bundle, users, slots }) {
  const waiting = bundle.waiting_mbit ?? new Float32Array();
  return Float32Array.from({ length: slots + 1 }, (_, waypoint) =>
    waiting.subarray(waypoint * users.length, (waypoint + 1) * users.length).reduce((sum, one) => sum + one, 0),
  );
}

/** @type {(flight: Flight, slot: number) => number} */
function servedShare({ bundle, users, meta }, slot) {
  let served = 0;
  for (let cell = slot * users.length; cell < (slot + 1) * users.length; cell++)
    served += Number(bundle.serving_station[cell] >= 0 && bundle.sinr_db[cell] >= meta.min_sinr_db - 1e-4);
  return users.length ? (100 * served) / users.length : 0;
}

/** @type {(pane: { title: string }, index: number) => string} */
function shortLabel({ title }, index) {
  const text = title.length > LONGEST_LABEL ? `${title.slice(0, LONGEST_LABEL - 1)}…` : title;
  return `${LETTERS[index]} ${text}`;
}

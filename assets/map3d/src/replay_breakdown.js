// The chosen user's SINR at the playhead as bars: signal, every interferer, noise, in dBm, and the sum that they make.
import { element } from "./dom.js";
import { later } from "./later.js";

/** @import { Flight } from "./flight.js" */

const MOST_BARS = 5; // weaker interferers are summed
const KINDS = { signal: "#0072b2", interference: "#d55e00", noise: "#8a8f98" };
const BELOW_NOISE_DB = 20; // where the bars begin
const ABOVE_DB = 8;

export class BreakdownPanel {
  /** @type {Flight} */
  flight = later();
  /** @type {number | null} */
  user = null;
  /** @type {string | null} */
  shown = null;
  /** @type {number} */
  low = 0;
  /** @type {number} */
  high = 0;

  constructor() {
    this.title = element("figcaption", {}, "SINR broken down, dBm");
    this.rows = element("div", { class: "bars", role: "list" });
    this.sum = element("p", { class: "sum" });
    this.node = element(
      "figure",
      { class: "chart breakdown", "data-role": "breakdown" },
      this.title,
      this.sum,
      this.rows,
    );
  }

  /** @type {(flight: Flight) => void} */
  follow(flight) {
    this.flight = flight;
    this.low = dbm(flight.meta.noise_w) - BELOW_NOISE_DB;
    this.shown = null;
  }

  /** @type {(user: number | null) => void} */
  select(user) {
    this.user = user;
    this.shown = null;
    if (user == null) return;
    let strongest = this.flight.meta.noise_w;
    const { signal_w: signal } = this.flight.bundle;
    for (let cell = user; cell < signal.length; cell += this.flight.users.length)
      strongest = Math.max(strongest, signal[cell]);
    this.high = dbm(strongest) + ABOVE_DB;
  }

  showTime() {
    const shown = `${this.user}/${this.flight.slot}`;
    if (this.shown === shown) return;
    this.shown = shown;
    const parts = this.user == null ? null : this.flight.breakdownNow(this.user);
    this.title.textContent =
      this.user == null
        ? "SINR broken down, dBm"
        : `SINR of ${this.flight.users[this.user]} in slot ${this.flight.slot + 1}, broken down, dBm`;
    this.node.dataset.sinrDb = parts ? String(parts.sinrDb) : "";
    if (!parts)
      return this.#empty(
        this.user == null
          ? "Choose a user on the map or in the list."
          : "Not served in this slot, so there is no SINR.",
      );
    this.rows.replaceChildren(...this.#bars(parts));
    this.sum.textContent = `SINR = signal / (sum of interferers + noise) = ${dbm(parts.signal).toFixed(1)} dBm − (${dbm(parts.disturbance).toFixed(1)} dBm) = ${parts.sinrDb.toFixed(1)} dB`;
  }

  /** @type {(parts: Breakdown) => HTMLElement[]} */
  #bars({ station, signal, interferers, noise }) {
    const shown = interferers.length > MOST_BARS + 1 ? interferers.slice(0, MOST_BARS) : interferers;
    const rest = interferers.slice(shown.length);
    return [
      this.#bar("signal", `signal of ${station}`, signal),
      ...shown.map((entry) => this.#bar("interference", `from ${entry.station}`, entry.watts)),
      ...(rest.length
        ? [
            this.#bar(
              "interference",
              `${rest.length} weaker ones`,
              rest.reduce((sum, entry) => sum + entry.watts, 0),
            ),
          ]
        : []),
      this.#bar("noise", "noise", noise),
    ];
  }

  /** @type {(kind: keyof typeof KINDS, label: string, watts: number) => HTMLElement} */
  #bar(kind, label, watts) {
    const share = Math.max(0, Math.min(1, (dbm(watts) - this.low) / (this.high - this.low)));
    const bar = element("i", { class: kind });
    Object.assign(bar.style, { width: `${100 * share}%`, background: KINDS[kind] });
    return element(
      "div",
      { class: "bar", role: "listitem", "data-kind": kind, "data-watts": String(watts) },
      element("span", {}, label),
      element("span", { class: "track" }, bar),
      element("b", {}, dbm(watts).toFixed(1)),
    );
  }

  /** @type {(text: string) => void} */
  #empty(text) {
    this.rows.replaceChildren();
    this.sum.textContent = text;
  }
}

/** @type {(watts: number) => number} */
function dbm(watts) {
  return 10 * Math.log10(watts) + 30;
}

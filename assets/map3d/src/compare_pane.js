// One run of a comparison: its flight at the shared moment, its layers and labels, and the words above its map.
import { Flight } from "./flight.js";
import { ReplayLayers } from "./replay_layers.js";
import { ReplayMarkers } from "./replay_markers.js";
import { Overlay } from "./overlay.js";
import { element } from "./dom.js";
import { later } from "./later.js";
import { clipOf } from "./swipe.js";

/**
 * @import { CompareStage } from "./compare_stage.js"
 * @import { LinkLook } from "./link_looks.js"
 * @import { Part } from "./swipe.js"
 */

export const LETTERS = ["A", "B", "C", "D"];
export const LOOKS = [
  { colour: "#0072b2" },
  { colour: "#d55e00", dash: [7, 3] },
  { colour: "#009e73", dash: [2, 3] },
  { colour: "#cc79a7", dash: [9, 3, 2, 3] },
];

export class ComparePane {
  /** @type {string} */
  title = "";
  /** @type {CityBundle} */
  city = later();
  /** @type {ReplayBundle} */
  bundle = later();
  /** @type {Flight} */
  flight = later();
  /** @type {ReplayLayers} */
  layers = later();
  /** @type {ReplayMarkers} */
  markers = later();
  /** @type {Marker[] | null} */
  shown = null;
  /** @type {Marker[]} */
  marks = []; // of what differs between the runs
  /** @type {string | null} */
  cardFor = null;

  /**
   * @param {CompareStage} stage
   * @param {number} index
   */
  constructor(stage, index) {
    this.stage = stage;
    this.index = index;
    this.letter = element("b", { class: "letter" }, LETTERS[index]);
    Object.assign(this.letter.style, { background: LOOKS[index].colour, color: index ? "#111" : "#fff" }); // both legible
    this.name = element("strong", { "data-role": "run-title" });
    this.clock = element("span", { class: "pane-clock", "data-role": "pane-clock" });
    this.canvas = element("canvas", { class: "overlay", "aria-hidden": "true" });
    this.card = element("div", { class: "card user", hidden: true });
    this.head = element(
      "div",
      { class: "pane-head" },
      this.letter,
      element("div", { class: "pane-words" }, this.name, this.clock),
    );
    this.map = element("div", { class: "pane-map" }, this.canvas, this.card);
    this.node = element("div", { class: "pane", "data-pane": index }, this.head, this.map);
    this.overlay = new Overlay(this.canvas);
  }

  /** @type {(facts: PaneData, city: CityBundle, bundle: ReplayBundle) => void} */
  follow(facts, city, bundle) {
    this.title = facts.title;
    this.name.textContent = this.name.title = facts.title;
    if (this.bundle === bundle && this.city === city) return;
    Object.assign(this, { city, bundle });
    this.flight = new Flight(bundle);
    this.layers = new ReplayLayers(city, this.flight, `pane${this.index}/`);
    this.markers = new ReplayMarkers(this.flight);
    this.cardFor = null;
  }

  get seconds() {
    return this.flight.seconds(this.flight.slots);
  }

  // a run that has ended keeps its last state
  /** @type {(seconds: number) => void} */
  moveTo(seconds) {
    const { flight } = this;
    const time = Math.min(flight.slots, seconds / flight.meta.slot_s);
    flight.moveTo(time);
    const ended = seconds > this.seconds + 1e-6 ? ` · ended after ${this.seconds.toFixed(0)} s` : "";
    const text = `${flight.clock(time)} · ${flight.atWaypoint(flight.bundle.service_total_mbit).toFixed(0)} Mbit${ended}`;
    if (this.clock.textContent !== text) this.clock.textContent = text;
  }

  // -> the layers of this moment; `user` is an id, for the runs may hold different users
  /** @type {(theme: Theme, user: string | null, looks: (LinkLook | undefined)[] | null) => DeckLayer[]} */
  drawn(theme, user, looks) {
    const found = user == null ? -1 : this.flight.users.indexOf(user);
    const chosen = found < 0 ? null : found;
    this.shown = this.markers.at(chosen, looks);
    for (const mark of this.marks) this.shown.push(mark);
    this.#showCard(chosen, user);
    return this.layers.at(theme, chosen, looks);
  }

  // the part of the width that this run has beside a swipe line, null where it has a pane
  /** @type {(part: Part | null, width: number) => void} */
  cut(part, width) {
    this.map.style.clipPath = part ? clipOf(part, width) : "";
  }

  /** @type {(user: string) => string} */
  spokenUser(user) {
    return this.flight.spokenUser(this.flight.users.indexOf(user));
  }

  // where a user is on the screen, from the corner of the map
  /** @type {(user: string) => Pixel} */
  pixelOf(user) {
    const { box, frame } = this.stage.places[this.index];
    const [x, y] = frame.pixelOf(this.flight.userPosition(this.flight.users.indexOf(user)));
    return [box.x + x, box.y + y];
  }

  painted() {
    const { stage, index } = this;
    const place = stage.places[index];
    if (place && this.shown)
      this.overlay.draw(
        {
          viewport: () => stage.viewportOf(index),
          frame: place.frame,
          theme: stage.theme,
          part: stage.parts?.[index],
        },
        this.city.meta.labels,
        this.shown,
      );
  }

  /** @type {(chosen: number | null, user: string | null) => void} */
  #showCard(chosen, user) {
    this.card.hidden = user == null;
    const key = `${user} ${this.flight.slot}`;
    if (user == null || this.cardFor === key) return;
    this.cardFor = key;
    const { title, lines } =
      chosen == null ? { title: user, lines: ["not in this run"] } : this.flight.aboutUser(chosen);
    this.card.replaceChildren(element("strong", {}, title), element("span", {}, lines.join(" · ")));
  }
}

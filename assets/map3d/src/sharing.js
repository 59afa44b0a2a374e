// Spectrum sharing on the map: cycle after cycle, as the twin had planned it and as it was run. Python sends the whole
// course once.
import { BacklogLine } from "./backlog_line.js";
import { BandStrip } from "./band_strip.js";
import { Course } from "./course.js";
import { element } from "./dom.js";
import { nearestThing, neighbour } from "./picking.js";
import { Playing } from "./playing.js";
import { ReplayCamera, presetButtons } from "./replay_camera.js";
import { sharingLegend } from "./sharing_legend.js";
import { SharingLayers } from "./sharing_layers.js";
import { SharingMarkers } from "./sharing_markers.js";
import { slotRate, usualSpeed } from "./speed.js";
import { layTimebar } from "./timebar.js";
import { later } from "./later.js";

/** @import { MapSession } from "./session.js" */

const NO_FLIGHT = "follow"; // the camera that needs an aircraft
/** @type {{ play: string, clicks: HelpRow[], more: HelpRow[] }} */
const WORDS = {
  play: "play or pause",
  clicks: [["click a user", "what waits for it, who serves it, what disturbs it"]],
  more: [],
};

/** @extends {Playing<MapSession>} */
export class Sharing extends Playing {
  /** @type {SharingData} */
  data = later();
  /** @type {Course} */
  flight = later(); // as the cameras call what plays
  /** @type {SharingBundle} */
  bundle = later();
  /** @type {SharingLayers} */
  layers = later();
  /** @type {SharingMarkers} */
  markers = later();
  /** @type {string} */
  told = "";

  /** @type {Mode} */
  mode = "sharing";
  cursor = "grab";

  /** @param {MapSession} session */
  constructor(session) {
    super(session, WORDS); // the playhead's time is in ticks: see course.js
    /** @type {number | null} */
    this.selected = null;
    /** @type {number | null} */
    this.subband = null; // the only one whose links are shown
    this.camera = new ReplayCamera(this);
    this.views = presetButtons((key) => this.look(key), NO_FLIGHT);
    this.status = element("div", { class: "hud-clock", "aria-hidden": "true" });
    this.card = element("div", { class: "card user", hidden: true, role: "status" });
    this.band = new BandStrip((subband) => this.#showBand(subband));
    this.line = new BacklogLine();
    this.sides = [true, false].map((planned) => this.#sideButton(planned));
    this.switch = element(
      "div",
      { class: "plan-switch", role: "group", "aria-label": "Plan or correction" },
      ...this.sides,
    );
    const row = element("div", { class: "band-row" }, this.switch, this.band.node);
    session.box.append(this.views, this.status, this.card);
    const track = element("div", { class: "track" }); // the backlog stands right above the slider of time
    this.player.slider.replaceWith(track);
    track.append(this.line.node, this.player.slider);
    layTimebar(session, this.player.node, [row], []);
  }

  /** @type {(planned: boolean) => HTMLButtonElement} */
  #sideButton(planned) {
    const [text, label] = planned
      ? ["Plan", "What the twin had planned for this cycle (C)"]
      : ["Corrected", "This cycle as it was corrected and run (C)"];
    return element(
      "button",
      { type: "button", "aria-label": label, title: label, onclick: () => this.showSide(planned) },
      text,
    );
  }

  get ready() {
    return Boolean(this.flight);
  }

  get legend() {
    return sharingLegend(this.session.theme, this.flight, this.data.plan_note);
  }

  leave() {
    super.leave();
    this.session.below.replaceChildren();
    for (const node of [this.views, this.status, this.card]) node.remove();
  }

  /** @type {(data: SharingData, bundle: SharingBundle) => void} */
  follow(data, bundle) {
    this.data = data;
    if (this.bundle === bundle) return;
    const course = new Course(bundle);
    const name = this.selected == null ? "" : this.flight.users[this.selected];
    const known = course.users.indexOf(name); // who is watched stays, in another scheme of the same question
    Object.assign(this, { bundle, flight: course, told: "", subband: null, selected: known >= 0 ? known : null });
    this.layers = new SharingLayers(this.session.city, course);
    this.markers = new SharingMarkers(course);
    if (this.playing) this.playhead.pause();
    Object.assign(this.playhead, {
      end: course.end,
      rate: slotRate(course.meta.slot_s),
      speed: Math.max(1, usualSpeed(course.seconds(course.end)) / 2), // a plan stands for half a second
      time: 0,
    });
    this.player.follow({
      seconds: (time) => course.seconds(time),
      spoken: () => course.where,
    });
    this.band.follow(course);
    this.switch.hidden = course.meta.plan !== "shown";
    this.line.follow(course, this.session.theme);
    this.render();
  }

  themed() {
    this.line.follow(this.flight, this.session.theme);
  }

  sentence() {
    return this.flight.sentence();
  }

  /** @type {(preset: string) => void} */
  look(preset) {
    this.camera.choose(preset);
  }

  cameraTaken() {
    this.camera.letGo();
  }

  /** @type {() => KeyRow} */
  cameraKeys() {
    return {
      label: "1 3 4",
      what: "camera: overview, street, top",
      keys: { 1: () => this.look("overview"), 3: () => this.look("street"), 4: () => this.look("top") },
    };
  }

  /** @type {() => KeyRow[]} */
  moreKeys() {
    return [
      {
        label: "Page Up, Page Down",
        what: "one cycle back or on",
        keys: { PageUp: () => this.stepCycle(-1), PageDown: () => this.stepCycle(1) },
      },
      { label: "C", what: "plan or correction of a cycle", keys: { c: () => this.showSide(!this.flight.planned) } },
      { label: "B", what: "one sub-band after the other, then all", keys: { b: () => this.nextBand() } },
    ];
  }

  // the plan of the cycle at the playhead, or its correction
  /** @type {(planned: boolean) => boolean} */
  showSide(planned) {
    if (this.flight.meta.plan !== "shown") return false;
    this.#stand();
    this.seek(this.flight.tickOf(this.flight.cycle, planned));
    this.player.announce(this.sentence());
    return true;
  }

  /** @type {(step: number) => void} */
  stepCycle(step) {
    this.#stand();
    const cycle = Math.max(0, Math.min(this.flight.meta.cycles - 1, this.flight.cycle + step));
    this.seek(this.flight.tickOf(cycle, this.flight.planned));
    this.player.announce(this.sentence());
  }

  nextBand() {
    const next = this.subband == null ? 0 : this.subband + 1;
    if (next < this.flight.meta.subbands) this.band.press(next);
    else if (this.subband != null) this.band.press(this.subband);
  }

  #stand() {
    if (this.playing) this.playhead.pause();
  }

  /** @type {(subband: number | null) => void} */
  #showBand(subband) {
    this.subband = subband;
    this.session.main.dataset.subband = subband == null ? "" : String(subband + 1);
    this.render();
  }

  draw() {
    const { session, flight: course } = this;
    course.moveTo(this.time);
    this.camera.keepUp(this.playing);
    const scale = session.stage.viewport() ? session.stage.frame.metresPerPixel() : 1;
    session.draw(this.layers.at(session.theme, this.selected, this.subband, scale), this.markers.at(this.selected));
    this.player.showTime(this.time);
    this.band.showTime(session.theme);
    this.#tell();
  }

  // texts change with the slot, not with the frame
  #tell() {
    const { flight: course } = this;
    const key = `${course.moment} ${Math.floor(course.slotTime)} ${this.selected}`;
    if (this.told === key) return;
    this.told = key;
    this.status.textContent = course.clock();
    this.sides.forEach((button, side) => button.setAttribute("aria-pressed", String(course.planned === !side)));
    Object.assign(this.session.main.dataset, {
      cycle: String(course.cycle + 1),
      side: course.planned ? "plan" : "run",
      links: String(course.endLink - course.firstLink),
    });
    this.card.hidden = this.selected == null;
    if (this.selected == null) return;
    const { title, lines } = course.aboutUser(this.selected);
    this.card.replaceChildren(element("strong", {}, title), ...lines.map((line) => element("span", {}, line)));
  }

  /** @type {(user: number | null) => void} */
  select(user) {
    this.selected = user === this.selected ? null : user;
    this.session.main.dataset.selected = this.selected == null ? "" : this.flight.users[this.selected];
    this.render();
  }

  /** @type {(step: number) => void} */
  nextUser(step) {
    this.select(neighbour(this.selected, step, this.flight.users.length));
  }

  /** @type {(pixel: Pixel) => void} */
  clicked(pixel) {
    const { stage } = this.session;
    if (!stage.viewport()) return;
    const user = nearestThing(stage.frame, this.flight.userThings(), [...pixel]);
    this.select(user ? user.index : null);
  }

  objects() {
    const { flight } = this;
    return flight.users.map((_, user) => ({
      name: flight.spokenUser(user),
      pixel: this.session.stage.frame.pixelOf(flight.userPosition(user)),
      selected: user === this.selected,
      choose: () => this.select(user),
    }));
  }
}

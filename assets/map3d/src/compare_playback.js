// The shared clock of a comparison: one playhead in seconds since each run's start, one camera, one chosen user.
import { CURVE_HELP } from "./chart_group.js";
import { CompareCharts } from "./compare_charts.js";
import { differenceMarks } from "./compare_marks.js";
import { LETTERS } from "./compare_pane.js";
import { LinkBox } from "./link_box.js";
import { Playback } from "./playback.js";
import { ReplayCamera, FLY_MS, presetButtons } from "./replay_camera.js";
import { nearestThing } from "./picking.js";
import { element, iconButton, wantsStillness } from "./dom.js";
import { speedsOf, usualSpeed } from "./speed.js";
import { layTimebar } from "./timebar.js";
import { later } from "./later.js";

/**
 * @import { Way } from "./compare_layout.js"
 * @import { CompareSession } from "./compare.js"
 * @import { ComparePane } from "./compare_pane.js"
 */

/** @type {{ play: string, clicks: HelpRow[], more: HelpRow[] }} */
const WORDS = {
  play: "play or pause all runs",
  clicks: [["click a user", "tell who serves it in every run"]],
  more: CURVE_HELP,
};

/** @type {ReadonlySet<string>} */
const USERS_OF = new Set(["more", "less"]); // marks that are shown once they are asked for

/** @extends {Playback<CompareSession>} */
export class ComparePlayback extends Playback {
  /** @type {ComparePane[]} */
  panes = later();
  /** @type {CompareData} */
  data = later();
  /** @type {string[]} */
  users = [];
  /** @type {HTMLSelectElement} */
  picker = later();
  /** @type {LinkBox} */
  box = later();
  /** @type {HTMLElement} */
  views = later();
  /** @type {HTMLElement} */
  ways = later();
  /** @type {HTMLElement} */
  differ = later();
  /** @type {HTMLElement} */
  told = later();
  /** @type {Difference[]} */
  differences = [];
  asked = false; // for what differs
  /** @type {string | null} */
  user = null;
  /** @type {boolean} */
  begun = false;
  /** @type {string | undefined} what is played, where a page plays one course after the other */
  course = undefined;
  playsSoon = false; // once there is a picture

  /** @param {CompareSession} session */
  constructor(session) {
    super(session, WORDS); // the playhead's time is in seconds
    this.user = null; // the id of the chosen user
    this.camera = new ReplayCamera(this.#cameraView());
    this.charts = new CompareCharts(this);
    this.#build();
  }

  get ready() {
    return Boolean(this.panes);
  }

  leave() {
    super.leave();
    this.charts.leave();
  }

  /** @type {(panes: ComparePane[], data: CompareData) => void} */
  follow(panes, data) {
    this.panes = panes;
    this.data = data;
    const end = Math.max(...panes.map((pane) => pane.seconds));
    this.stepLength = Math.min(...panes.map((pane) => pane.flight.meta.slot_s)); // of the run with the shortest slots
    const anew = !this.begun || this.course !== data.course; // another course than the one before: from its start
    this.course = data.course;
    const time = Math.min(end, anew ? (data.start_s ?? 0) : this.time);
    Object.assign(this.playhead, { end, time });
    if (!this.begun || !speedsOf(end).includes(this.playhead.speed)) this.playhead.speed = usualSpeed(end);
    this.player.follow({
      seconds: (seconds) => seconds,
      spoken: (seconds) => `${seconds.toFixed(0)} of ${end.toFixed(0)} seconds`,
    });
    this.charts.follow(panes);
    this.#followDifferences(data.differences ?? []);
    this.#offerUsers();
    if (!this.begun && data.links) this.linkBy(data.links);
    this.begun = true;
    this.playsSoon = anew && Boolean(data.autoplay) && !wantsStillness();
    this.render();
  }

  // called with every picture: the first one of a course may start it
  painted() {
    if (!this.playsSoon) return;
    this.playsSoon = false;
    if (!this.playing) this.playhead.play();
  }

  // called by the session when the runs stand otherwise
  /** @type {(way: Way) => void} */
  arranged(way) {
    this.ways.hidden = this.session.panes.length !== 2;
    for (const button of this.ways.querySelectorAll("button"))
      button.setAttribute("aria-pressed", String(button.dataset.way === way));
  }

  /** @type {(user: string | null) => void} */
  choose(user) {
    this.user = user;
    this.picker.value = user ?? "";
    this.session.main.dataset.selected = user ?? "";
    this.render();
  }

  draw() {
    const { session } = this;
    for (const pane of this.panes) pane.moveTo(this.time);
    this.camera.keepUp(this.playing);
    const looks = this.looksOf(this.panes.map(({ flight }) => flight));
    session.stage.show(this.panes.flatMap((pane, index) => pane.drawn(session.theme, this.user, looks[index])));
    this.player.showTime(this.time);
    this.charts.moveTo(this.time);
    session.main.dataset.slots = this.panes.map((pane) => pane.flight.slot).join(",");
  }

  #build() {
    const { session } = this;
    this.views = presetButtons((key) => this.look(key));
    this.ways = wayButtons((way) => session.arrangeAs(way));
    this.picker = element("select", {
      "aria-label": "Chosen user",
      onchange: () => this.choose(this.picker.value || null),
    });
    this.box = new LinkBox("Address of this moment");
    const hint = element("span", { class: "hint" }, "Or click one on any map: every run then tells who serves it.");
    this.player.node.append(
      iconButton("link", "Link to this moment", () => this.box.show(this.#link()), { "data-action": "link" }),
    );
    this.differ = differButton(() => this.showDifferences());
    this.told = element("p", { class: "readout told-differences", role: "status", hidden: true });
    this.views.append(element("hr"), this.differ, this.linksButton, this.ways);
    session.box.append(this.told);
    session.box.append(this.views);
    const picker = element("div", { class: "picker" }, element("label", {}, "Chosen user ", this.picker), hint);
    layTimebar(session, this.player.node, [this.box.node], [picker, this.charts.node]);
  }

  // what the replay's camera needs to know: it follows an aircraft of the first run, and all panes with it
  #cameraView() {
    const playback = this;
    return {
      session: this.session,
      get flight() {
        return playback.panes[0].flight;
      },
      get selected() {
        const found = playback.panes[0].flight.users.indexOf(playback.user ?? "");
        return found < 0 ? null : found;
      },
    };
  }

  /** @returns {KeyRow[]} */
  moreKeys() {
    const { session } = this;
    return [
      ...super.moreKeys(),
      { label: "D", what: "fly to what differs", keys: { d: () => this.showDifferences() } },
      {
        label: "S",
        what: "two runs: a swipe line, or panes",
        keys: {
          s: () => session.panes.length === 2 && session.arrangeAs(session.way === "swipe" ? "panes" : "swipe"),
        },
      },
      { label: "← → on the swipe line", what: "move it" },
    ];
  }

  // Objects that are new, gone or moved are marked from the start; users who gain and lose once they are asked for.
  /** @type {(differences: Difference[]) => void} */
  #followDifferences(differences) {
    if (JSON.stringify(differences) !== JSON.stringify(this.differences)) this.asked = false;
    this.differences = differences;
    this.differ.hidden = !differences.length;
    this.told.textContent = differences.map(({ text }) => text).join(" ");
    this.#mark();
  }

  #mark() {
    const shown = this.differences.map((one) => ({
      ...one,
      marks: one.marks.filter(({ what }) => this.asked || !USERS_OF.has(what)),
    }));
    for (const pane of this.panes) pane.marks = differenceMarks(pane.index, pane.flight, shown);
    this.told.hidden = !this.asked;
    this.differ.setAttribute("aria-pressed", String(this.asked));
  }

  // marks what differs, says it, and flies there; asked again it is silent
  showDifferences() {
    this.asked = !this.asked;
    this.#mark();
    this.render();
    const cameras = this.differences.flatMap(({ camera }) => camera ?? []);
    if (!this.asked || !cameras.length) return;
    this.camera.letGo();
    const widest = cameras.reduce((one, other) => (other.span_m > one.span_m ? other : one));
    this.session.stage.lookAt(widest, FLY_MS);
  }

  /** @type {(key: string) => void} */
  look(key) {
    if (key !== "top") return this.camera.choose(key);
    this.camera.letGo();
    return this.session.stage.topCamera(FLY_MS);
  }

  #offerUsers() {
    this.users = [...new Set(this.panes.flatMap((pane) => pane.flight.users))];
    if (!this.users.includes(this.user ?? "")) this.user = null;
    this.picker.replaceChildren(
      element("option", { value: "" }, "none"),
      ...this.users.map((user) => element("option", { value: user }, user)),
    );
    this.picker.value = this.user ?? "";
  }

  sentence() {
    const words = this.panes.map(
      ({ title, flight }) =>
        `${title}: ${flight.servedWords()}, ${flight.atWaypoint(flight.bundle.service_total_mbit).toFixed(0)} megabits so far`,
    );
    return `At ${this.time.toFixed(0)} seconds. ${words.join(". ")}.`;
  }

  #link() {
    const links = this.linksBy === "server" ? "&links=server" : "";
    return new URL(`${this.data.link}&t=${Math.round(this.time * 10) / 10}${links}`, location.href).href;
  }

  /** @type {(pixel: [number, number]) => void} */
  clicked([x, y]) {
    const { stage } = this.session;
    const index = stage.paneAt([x, y]);
    if (index < 0 || !stage.viewportOf(index)) return;
    const { flight } = this.panes[index];
    const at = stage.places[index].box;
    const found = nearestThing(stage.places[index].frame, flight.userThings(), [x - at.x, y - at.y]);
    const user = found ? flight.users[found.index] : null;
    this.choose(user === this.user ? null : user);
  }

  // every user once, where the first run that has it shows it, with what every run says of it
  objects() {
    const there = this.users.filter((user) => !Number.isNaN(this.#paneOf(user).pixelOf(user)[0]));
    return there.map((user) => {
      const panes = this.panes.filter(({ flight }) => flight.users.includes(user));
      return {
        name: panes.map((pane) => `${LETTERS[pane.index]}: ${pane.spokenUser(user)}`).join("; "),
        pixel: panes[0].pixelOf(user),
        selected: user === this.user,
        choose: () => this.choose(user),
      };
    });
  }

  // the first run that has a user
  /** @type {(user: string) => ComparePane} */
  #paneOf(user) {
    return this.panes.find(({ flight }) => flight.users.includes(user)) ?? this.panes[0];
  }

  /** @type {(step: number) => void} */
  nextUser(step) {
    const now = this.users.indexOf(this.user ?? "");
    this.choose(this.users[now < 0 ? 0 : (now + step + this.users.length) % this.users.length] ?? null);
  }
}

/** @type {(choose: () => void) => HTMLElement} */
function differButton(choose) {
  const label = "What differs: mark it and fly there (D)";
  return element(
    "button",
    { type: "button", class: "icon text", "aria-label": label, title: label, "data-action": "differ", onclick: choose },
    "Differs",
  );
}

// the switch between panes and a swipe line
/** @type {(choose: (way: Way) => void) => HTMLElement} */
function wayButtons(choose) {
  /** @type {(way: Way, text: string, label: string) => HTMLElement} */
  const button = (way, text, label) =>
    element(
      "button",
      { type: "button", class: "icon text", title: label, "data-way": way, onclick: () => choose(way) },
      text,
    );
  return element(
    "div",
    { class: "ways", role: "group", "aria-label": "How the two runs stand" },
    element("hr"),
    button("swipe", "Swipe", "Over one map, with a line to drag (S)"),
    button("panes", "Panes", "Side by side (S)"),
  );
}

// The replay: a playhead in slots that runs in the browser alone. Python sends the whole flight once.
import { Flight } from "./flight.js";
import { ReplayLayers } from "./replay_layers.js";
import { ReplayMarkers } from "./replay_markers.js";
import { ReplayCamera } from "./replay_camera.js";
import { ReplayTools } from "./replay_tools.js";
import { Playback } from "./playback.js";
import { ReplayCharts } from "./replay_charts.js";
import { CURVE_HELP } from "./chart_group.js";
import { nearestThing, neighbour } from "./picking.js";
import { Story } from "./story.js";
import { layTimebar } from "./timebar.js";
import { element, wantsStillness } from "./dom.js";
import { slotRate, usualSpeed } from "./speed.js";
import { later } from "./later.js";

/** @import { MapSession } from "./session.js" */

const MOST_COMPARED = 8;
const FIRST_COMPARED = 4;
const QUIET_MS = 400;
/** @type {{ play: string, clicks: HelpRow[], more: HelpRow[] }} */
const WORDS = {
  play: "play or pause",
  clicks: [
    ["click a user", "add its curves and break its SINR down"],
    ["click it again", "take it away"],
  ],
  more: [...CURVE_HELP, ["in a story", "space: pause, ← →: views, Esc: leave"]],
};

/** @extends {Playback<MapSession>} */
export class Replay extends Playback {
  /** @type {ReplayData} */
  data = later();
  /** @type {Flight} */
  flight = later();
  /** @type {ReplayBundle} */
  bundle = later();
  /** @type {ReplayLayers} */
  layers = later();
  /** @type {ReplayMarkers} */
  markers = later();
  /** @type {number | null} */
  cardSlot = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  starting = undefined;

  /** @type {Mode} */
  mode = "replay";
  cursor = "grab";

  /** @param {MapSession} session */
  constructor(session) {
    super(session, WORDS); // the playhead's time is in slots, 0 .. T
    this.selected = null; // the chosen user, whose SINR is broken down
    /** @type {number[]} */
    this.compared = []; // users with curves, the chosen one among them
    this.camera = new ReplayCamera(this);
    this.tools = new ReplayTools(this);
    this.tools.views.append(element("hr"), this.linksButton);
    this.status = element("div", { class: "hud-clock", "aria-hidden": "true" });
    this.card = element("div", { class: "card user", hidden: true, role: "status" });
    this.why = element("button", { type: "button", onclick: () => this.#askWhy() }, "Why this station?");
    this.charts = new ReplayCharts(this);
    session.box.append(this.tools.views, this.status, this.card);
    this.story = new Story(this);
    this.player.node.append(...this.tools.buttons);
    layTimebar(session, this.player.node, [this.tools.node], [this.story.node, this.charts.node]);
  }

  get ready() {
    return Boolean(this.flight);
  }

  get extras() {
    return this.flight.extras;
  }

  leave() {
    super.leave();
    clearTimeout(this.starting);
    this.charts.leave();
    this.tools.leave();
    this.story.leave();
    this.session.below.replaceChildren();
    this.status.remove();
    this.card.remove();
  }

  /** @type {(data: ReplayData, bundle: ReplayBundle) => void} */
  follow(data, bundle) {
    this.data = data;
    if (this.bundle === bundle) return this.story.follow(data, this.flight);
    this.bundle = bundle;
    this.flight = new Flight(bundle);
    this.story.follow(data, this.flight);
    this.layers = new ReplayLayers(this.session.city, this.flight);
    this.markers = new ReplayMarkers(this.flight);
    this.selected = this.flight.users.length ? 0 : null;
    this.compared = this.flight.users
      .map((_, user) => user)
      .slice(0, Math.max(1, Math.min(FIRST_COMPARED, this.flight.aerialUsers.length)));
    Object.assign(this.playhead, {
      end: this.flight.slots,
      rate: slotRate(this.flight.meta.slot_s),
      speed: this.usualSpeed,
      time: Math.min(this.flight.slots, data.start_slot ?? 0),
    });
    this.player.follow({
      seconds: (time) => this.flight.seconds(time),
      spoken: (time) =>
        `${this.flight.seconds(time).toFixed(0)} seconds, slot ${this.flight.slot + 1} of ${this.flight.slots}`,
    });
    this.charts.follow(this.flight);
    this.render();
    if (!this.begun) this.tools.open(data);
    this.playsSoon = Boolean(data.autoplay) && !this.begun && !wantsStillness();
    this.begun = true;
  }

  changed() {
    super.changed();
    if (!this.playing) clearTimeout(this.starting);
  }

  // what is playing, or about to by itself, stops
  stand() {
    clearTimeout(this.starting);
    if (this.playing) this.playhead.pause();
  }

  // the speed at which this flight begins
  get usualSpeed() {
    return usualSpeed(this.flight.seconds(this.flight.slots));
  }

  sentence() {
    return this.flight.sentence(this.time);
  }

  /** @type {(preset: string) => void} */
  look(preset) {
    this.camera.choose(preset);
  }

  // A click on a user adds its curves and chooses it; on the chosen one it takes it away; on nothing it chooses nobody.
  /** @type {(user: number | null) => void} */
  pick(user) {
    if (user == null || user !== this.selected) return this.select(user);
    this.compared = this.compared.filter((other) => other !== user);
    this.select(this.compared.at(-1) ?? null);
  }

  /** @type {(user: number | null) => void} */
  select(user) {
    this.selected = user;
    if (user != null && !this.compared.includes(user)) this.compared = [...this.compared, user].slice(-MOST_COMPARED);
    this.session.main.dataset.selected = user == null ? "" : this.flight.users[user];
    this.cardSlot = null;
    this.charts.select();
    this.render();
  }

  themed() {
    this.charts.redraw();
  }

  cameraTaken() {
    this.story.cameraTaken();
    this.camera.letGo();
  }

  // By itself it plays once the first picture is on screen: a page that is still being built stays quick.
  painted() {
    if (this.playsSoon) this.starting = setTimeout(() => !this.playing && this.playhead.play(), QUIET_MS);
    this.playsSoon = false;
    this.tools.painted();
    this.story.painted();
    this.charts.group.mayDraw(this.data.plotly_url);
  }

  draw() {
    const { session, flight } = this;
    flight.moveTo(this.time);
    this.camera.keepUp(this.playing);
    const [looks] = this.looksOf([flight]);
    session.draw(this.layers.at(session.theme, this.selected, looks), this.markers.at(this.selected, looks));
    this.player.showTime(this.time);
    this.charts.showTime(this.time);
    this.#showCard();
    session.main.dataset.slot = String(flight.slot);
  }

  objects() {
    const { flight } = this;
    return flight.users.map((_, user) => ({
      name: flight.spokenUser(user),
      pixel: this.session.stage.frame.pixelOf(flight.userPosition(user)),
      selected: user === this.selected,
      choose: () => this.pick(user),
    }));
  }

  // called by the playhead: the flight has come to its end
  ended() {
    this.tools.ended();
  }

  /** @type {(step: number) => void} */
  nextUser(step) {
    this.select(neighbour(this.selected, step, this.flight.users.length));
  }

  /** @type {(pixel: [number, number]) => void} */
  clicked(pixel) {
    const { stage } = this.session;
    if (!stage.viewport()) return;
    const user = nearestThing(stage.frame, this.flight.userThings(), pixel);
    this.pick(user ? user.index : null);
  }

  #showCard() {
    const text = this.flight.clock(this.time);
    if (this.status.textContent !== text) this.status.textContent = text;
    this.card.hidden = this.selected == null;
    if (this.selected == null || this.cardSlot === this.flight.slot) return;
    this.cardSlot = this.flight.slot;
    const { title, lines } = this.flight.aboutUser(this.selected);
    const told = lines.map((line) => element("span", {}, line));
    this.card.replaceChildren(element("strong", {}, title), ...told, ...(this.data.tells_why ? [this.why] : []));
  }

  // The page answers, for the user and the slot that are shown now.
  #askWhy() {
    if (this.selected == null) return;
    const [user, slot] = [this.flight.users[this.selected], this.flight.slot + 1];
    this.session.component.setStateValue("why", { number: Date.now(), user, slot });
  }
}

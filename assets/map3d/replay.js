// The replay: a playhead in slots that runs in the browser alone. Python sends the whole flight once.
import { Flight } from "./flight.js";
import { ReplayLayers } from "./replay_layers.js";
import { ReplayMarkers } from "./replay_markers.js";
import { ReplayCamera } from "./replay_camera.js";
import { ReplayTools } from "./replay_tools.js";
import { Player } from "./player.js";
import { ReplayCharts } from "./replay_charts.js";
import { nearestThing } from "./picking.js";
import { Pace, ScriptCost } from "./pace.js";
import { Story } from "./story.js";
import { element, wantsStillness } from "./dom.js";
import { usualSpeed } from "./speed.js";

const MOST_COMPARED = 8;
const FIRST_COMPARED = 4;
const QUIET_MS = 400;

export class Replay {
  mode = "replay";
  cursor = "grab";

  constructor(session) {
    this.session = session;
    this.time = 0; // in slots, 0 .. T
    this.speed = 1; // seconds of the flight per second
    this.loops = true;
    this.selected = null; // the chosen user, whose SINR is broken down
    this.compared = []; // users with curves, the chosen one among them
    this.pace = new Pace(session.stage);
    this.cost = new ScriptCost();
    this.player = new Player(this);
    this.camera = new ReplayCamera(this);
    this.tools = new ReplayTools(this);
    this.status = element("div", { class: "hud-clock", "aria-hidden": "true" });
    this.card = element("div", { class: "card user", hidden: true, role: "status" });
    this.charts = new ReplayCharts(this);
    session.box.append(this.tools.views, this.status, this.card);
    this.story = new Story(this);
    session.below.append(this.player.node, this.tools.node, this.story.node, this.charts.node);
    this.player.node.append(...this.tools.buttons);
    this.listeners = new AbortController();
    session.main.addEventListener("keydown", (event) => this.#key(event), { signal: this.listeners.signal });
    session.box.addEventListener("pointerdown", (event) => (this.downAt = [event.clientX, event.clientY]), {
      capture: true,
      signal: this.listeners.signal,
    });
    session.box.addEventListener("pointerup", (event) => this.#click(event), {
      capture: true,
      signal: this.listeners.signal,
    });
  }

  leave() {
    this.playing = false;
    clearTimeout(this.starting);
    this.pace.stop();
    this.listeners.abort();
    this.charts.leave();
    this.tools.leave();
    this.story.leave();
    this.session.below.replaceChildren();
    this.status.remove();
    this.card.remove();
  }

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
    this.time = Math.min(this.flight.slots, data.start_slot ?? 0);
    this.speed = this.usualSpeed;
    this.player.follow(this.flight);
    this.charts.follow(this.flight);
    this.render();
    if (!this.begun) this.tools.open(data);
    this.playsSoon = data.autoplay && !this.begun && !wantsStillness();
    this.begun = true;
  }

  play() {
    if (this.time >= this.flight.slots) this.time = 0;
    this.playing = true;
    this.last = performance.now();
    this.pace.start();
    this.pace.next((now) => this.#tick(now));
    this.player.showPlaying(true);
    this.session.main.dataset.playing = "1";
  }

  pause() {
    this.playing = false;
    clearTimeout(this.starting);
    this.pace.stop();
    this.player.showPlaying(false);
    this.player.announce(this.flight.sentence(this.time));
    this.session.main.dataset.playing = "0";
  }

  // the speed at which this flight begins
  get usualSpeed() {
    return usualSpeed(this.flight.seconds(this.flight.slots));
  }

  // slots per second at a speed
  slotRate(speed) {
    return speed / this.flight.meta.slot_s;
  }

  toggle() {
    if (this.playing) this.pause();
    else this.play();
  }

  seek(time) {
    this.time = Math.max(0, Math.min(this.flight.slots, time));
    this.render();
  }

  step(slots) {
    if (this.playing) this.pause();
    this.seek(Math.round(this.time) + slots);
    this.player.announce(this.flight.sentence(this.time));
  }

  // A click on a user adds its curves and chooses it; on the chosen one it takes it away; on nothing it chooses nobody.
  pick(user) {
    if (user == null || user !== this.selected) return this.select(user);
    this.compared = this.compared.filter((other) => other !== user);
    this.select(this.compared.at(-1) ?? null);
  }

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
    if (this.playsSoon) this.starting = setTimeout(() => !this.playing && this.play(), QUIET_MS);
    this.playsSoon = false;
    this.tools.painted();
    this.story.painted();
  }

  render() {
    if (!this.flight) return;
    const started = performance.now();
    const { session, flight } = this;
    flight.moveTo(this.time);
    this.camera.keepUp(this.playing);
    session.draw(this.layers.at(session.theme, this.selected), this.markers.at(this.selected));
    this.player.showTime(this.time);
    this.charts.showTime(this.time);
    this.#showCard();
    session.main.dataset.slot = String(flight.slot);
    session.main.dataset.time = this.time.toFixed(2);
    this.cost.add(performance.now() - started, this.session.main);
  }

  #tick(now) {
    if (!this.playing) return;
    // A hidden tab must not leap ahead, and the first frame may carry a time before the click that started it.
    const elapsed = Math.max(0, Math.min(0.5, (now - this.last) / 1000));
    this.last = Math.max(now, this.last);
    this.pace.frame(elapsed * 1000);
    this.time += elapsed * this.slotRate(this.speed);
    if (this.time >= this.flight.slots) this.#end();
    this.render();
    if (this.playing) this.pace.next((next) => this.#tick(next));
  }

  #end() {
    this.tools.ended();
    this.time = this.loops ? 0 : this.flight.slots;
    if (!this.loops) this.pause();
  }

  #showCard() {
    const text = this.flight.clock(this.time);
    if (this.status.textContent !== text) this.status.textContent = text;
    this.card.hidden = this.selected == null;
    if (this.selected == null || this.cardSlot === this.flight.slot) return;
    this.cardSlot = this.flight.slot;
    const { title, lines } = this.flight.aboutUser(this.selected);
    this.card.replaceChildren(element("strong", {}, title), ...lines.map((line) => element("span", {}, line)));
  }

  #click(event) {
    if (!this.downAt || !(event.target instanceof Element) || !event.target.closest(".stage")) return;
    if (Math.hypot(event.clientX - this.downAt[0], event.clientY - this.downAt[1]) > 5) return;
    const { stage, box } = this.session;
    box.focus({ preventScroll: true });
    if (!stage.viewport()) return;
    const corner = stage.node.getBoundingClientRect();
    const user = nearestThing(stage.frame, this.flight.userThings(), [
      event.clientX - corner.left,
      event.clientY - corner.top,
    ]);
    this.pick(user ? user.index : null);
  }

  #nextUser(step) {
    const count = this.flight.users.length;
    this.select(this.selected == null ? 0 : (this.selected + step + count) % count);
  }

  #key(event) {
    if (!this.flight || event.target instanceof HTMLSelectElement || event.ctrlKey || event.metaKey || event.altKey)
      return;
    const onButton = event.target instanceof HTMLButtonElement;
    const action = {
      " ": () => !onButton && this.toggle(),
      ArrowLeft: () => this.step(-1),
      ArrowRight: () => this.step(1),
      Home: () => this.seek(0),
      End: () => this.seek(this.flight.slots),
      n: () => this.#nextUser(1),
      p: () => this.#nextUser(-1),
      1: () => this.camera.choose("overview"),
      2: () => this.camera.choose("follow"),
      3: () => this.camera.choose("street"),
      4: () => this.camera.choose("top"),
    }[event.key];
    if (!action || (event.target instanceof HTMLInputElement && event.target.type !== "range") || action() === false)
      return;
    event.preventDefault();
    event.stopPropagation();
  }
}

// The replay: a playhead in slots that runs in the browser alone. Python sends the whole flight once.
import { Flight } from "./flight.js";
import { ReplayLayers, replayMarkers } from "./replay_layers.js";
import { Player } from "./player.js";
import { ReplayCharts } from "./replay_charts.js";
import { nearestThing } from "./picking.js";
import { Pace } from "./pace.js";
import { element } from "./dom.js";

const SLOTS_PER_SECOND = 4; // at speed 1x: the default window of 60 slots plays in 15 s,
const SHORTEST_PLAY_S = 8; // and a short one never rushes by

export class Replay {
  mode = "replay";
  cursor = "grab";

  constructor(session) {
    this.session = session;
    this.time = 0; // in slots, 0 .. T
    this.speed = 1;
    this.loops = true;
    this.pace = new Pace(session.stage);
    this.player = new Player(this);
    this.status = element("div", { class: "hud-clock", "aria-hidden": "true" });
    this.card = element("div", { class: "card user", hidden: true, role: "status" });
    this.charts = new ReplayCharts(this);
    session.box.append(this.status, this.card);
    session.below.append(this.player.node, this.charts.node);
    this.listeners = new AbortController();
    session.main.addEventListener("keydown", (event) => this.#key(event), { signal: this.listeners.signal });
    session.box.addEventListener("pointerdown", (event) => (this.downAt = [event.clientX, event.clientY]), { capture: true, signal: this.listeners.signal });
    session.box.addEventListener("pointerup", (event) => this.#click(event), { capture: true, signal: this.listeners.signal });
  }

  leave() {
    this.playing = false;
    this.pace.stop();
    this.listeners.abort();
    this.charts.leave();
    this.session.below.replaceChildren();
    this.status.remove();
    this.card.remove();
  }

  follow(data, bundle) {
    if (this.bundle === bundle) return;
    this.bundle = bundle;
    this.flight = new Flight(bundle);
    this.layers = new ReplayLayers(this.session.city, this.flight);
    this.selected = this.flight.aerialUsers.length ? 0 : null;
    this.time = Math.min(this.flight.slots, data.start_slot ?? 0);
    this.player.follow(this.flight);
    this.charts.follow(this.flight);
    this.render();
    if (data.autoplay && !this.begun) this.play();
    this.begun = true;
  }

  play() {
    if (this.time >= this.flight.slots) this.time = 0;
    this.playing = true;
    this.last = performance.now();
    this.pace.next((now) => this.#tick(now));
    this.player.showPlaying(true);
    this.session.main.dataset.playing = "1";
  }

  pause() {
    this.playing = false;
    this.pace.stop();
    this.player.showPlaying(false);
    this.player.announce(this.flight.sentence(this.time));
    this.session.main.dataset.playing = "0";
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

  select(user) {
    this.selected = user;
    this.charts.select(user);
    this.render();
  }

  themed() {
    this.charts.redraw();
  }

  render() {
    if (!this.flight) return;
    const started = performance.now();
    const { session, flight } = this;
    flight.moveTo(this.time);
    session.draw(this.layers.at(session.theme, this.selected), replayMarkers(flight, this.selected));
    this.player.showTime(this.time);
    this.charts.showTime(this.time);
    this.#showCard();
    session.main.dataset.slot = String(flight.slot);
    session.main.dataset.time = this.time.toFixed(2);
    this.#measure(performance.now() - started);
  }

  #tick(now) {
    if (!this.playing) return;
    // A hidden tab must not leap ahead, and the first frame may carry a time before the click that started it.
    const elapsed = Math.max(0, Math.min(0.5, (now - this.last) / 1000));
    this.last = Math.max(now, this.last);
    this.pace.frame(elapsed * 1000);
    this.time += elapsed * Math.min(SLOTS_PER_SECOND, this.flight.slots / SHORTEST_PLAY_S) * this.speed;
    if (this.time >= this.flight.slots) {
      this.time = this.loops ? 0 : this.flight.slots;
      if (!this.loops) this.pause();
    }
    this.render();
    if (this.playing) this.pace.next((next) => this.#tick(next));
  }

  #showCard() {
    const text = this.flight.clock(this.time);
    if (this.status.textContent !== text) this.status.textContent = text;
    this.card.hidden = this.selected == null;
    if (this.selected == null || this.cardSlot === `${this.selected}/${this.flight.slot}`) return;
    this.cardSlot = `${this.selected}/${this.flight.slot}`;
    const { title, lines } = this.flight.aboutUser(this.selected);
    this.card.replaceChildren(element("strong", {}, title), ...lines.map((line) => element("span", {}, line)));
  }

  // how much of each frame is our own script, for benchmarks
  #measure(milliseconds) {
    this.costs = [...(this.costs ?? []).slice(-119), milliseconds];
    if (this.costs.length % 30 === 0) this.session.main.dataset.scriptMs = (this.costs.reduce((a, b) => a + b, 0) / this.costs.length).toFixed(2);
  }

  #click(event) {
    if (!this.downAt || !(event.target instanceof Element) || !event.target.closest(".stage")) return;
    if (Math.hypot(event.clientX - this.downAt[0], event.clientY - this.downAt[1]) > 5) return;
    const { stage, box } = this.session;
    box.focus({ preventScroll: true });
    if (!stage.viewport()) return;
    const corner = stage.node.getBoundingClientRect();
    const user = nearestThing(stage.frame, this.flight.userThings(), [event.clientX - corner.left, event.clientY - corner.top]);
    this.cardSlot = null;
    this.select(user ? user.index : null);
  }

  #key(event) {
    if (!this.flight || event.target instanceof HTMLSelectElement || event.ctrlKey || event.metaKey || event.altKey) return;
    const onButton = event.target instanceof HTMLButtonElement;
    const action = {
      " ": () => !onButton && this.toggle(), ArrowLeft: () => this.step(-1), ArrowRight: () => this.step(1),
      Home: () => this.seek(0), End: () => this.seek(this.flight.slots),
    }[event.key];
    if (!action || action() === false) return;
    event.preventDefault();
    event.stopPropagation();
  }
}

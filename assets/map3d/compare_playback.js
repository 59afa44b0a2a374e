// The shared clock of a comparison: one playhead in seconds since each run's start, one camera, one chosen user.
import { ReplayCamera, PRESETS } from "./replay_camera.js";
import { CompareCharts } from "./compare_charts.js";
import { Player } from "./player.js";
import { Pace, ScriptCost } from "./pace.js";
import { nearestThing } from "./picking.js";
import { element, iconButton } from "./dom.js";
import { speedsOf, usualSpeed } from "./speed.js";

const FLY_MS = 1400;
const CLICK_PX = 5;

class SharedPlayer extends Player {
  showTime(seconds) {
    const last = this.flight.slots;
    this.slider.value = String(seconds);
    const text = `${seconds.toFixed(seconds < 600 ? 1 : 0)} / ${last.toFixed(0)} s`;
    if (this.clock.textContent === text) return;
    this.clock.textContent = text;
    this.slider.setAttribute("aria-valuetext", `${seconds.toFixed(0)} of ${last.toFixed(0)} seconds`);
  }
}

export class ComparePlayback {
  constructor(session) {
    this.session = session;
    this.time = 0; // seconds
    this.speed = 1; // seconds of the runs per second
    this.loops = true;
    this.user = null; // the id of the chosen user
    this.pace = new Pace(session.stage);
    this.cost = new ScriptCost();
    this.player = new SharedPlayer(this);
    this.camera = new ReplayCamera(this.#cameraView());
    this.charts = new CompareCharts(this);
    this.#build();
    this.listeners = new AbortController();
    const { signal } = this.listeners;
    session.main.addEventListener("keydown", (event) => this.#key(event), { signal });
    session.box.addEventListener("pointerdown", (event) => (this.downAt = [event.clientX, event.clientY]), {
      capture: true,
      signal,
    });
    session.box.addEventListener("pointerup", (event) => this.#click(event), { capture: true, signal });
  }

  leave() {
    this.playing = false;
    this.pace.stop();
    this.listeners.abort();
    this.charts.leave();
  }

  follow(panes, data) {
    this.panes = panes;
    this.data = data;
    this.duration = Math.max(...panes.map((pane) => pane.seconds));
    this.slot = Math.min(...panes.map((pane) => pane.flight.meta.slot_s));
    if (!this.begun || !speedsOf(this.duration).includes(this.speed)) this.speed = usualSpeed(this.duration);
    this.player.follow({ slots: this.duration }, this.duration);
    this.charts.follow(panes);
    this.#offerUsers();
    this.time = Math.min(this.duration, this.begun ? this.time : (data.start_s ?? 0));
    this.begun = true;
    this.render();
  }

  play() {
    if (this.time >= this.duration) this.time = 0;
    this.playing = true;
    this.last = performance.now();
    this.pace.start();
    this.pace.next((now) => this.#tick(now));
    this.#told();
  }

  pause() {
    this.playing = false;
    this.pace.stop();
    this.#told();
    this.player.announce(this.#sentence());
  }

  toggle() {
    if (this.playing) this.pause();
    else this.play();
  }

  seek(seconds) {
    this.time = Math.max(0, Math.min(this.duration, seconds));
    this.render();
  }

  // to the next or the last beginning of a slot, of the run with the shortest ones
  step(slots) {
    if (this.playing) this.pause();
    this.seek((Math.round(this.time / this.slot) + slots) * this.slot);
    this.player.announce(this.#sentence());
  }

  choose(user) {
    this.user = user;
    this.picker.value = user ?? "";
    this.session.main.dataset.selected = user ?? "";
    this.render();
  }

  render() {
    const started = performance.now();
    const { session } = this;
    for (const pane of this.panes) pane.moveTo(this.time);
    this.camera.keepUp(this.playing);
    session.stage.show(this.panes.flatMap((pane) => pane.drawn(session.theme, this.user)));
    this.player.showTime(this.time);
    this.charts.moveTo(this.time);
    session.main.dataset.time = this.time.toFixed(2);
    session.main.dataset.slots = this.panes.map((pane) => pane.flight.slot).join(",");
    this.cost.add(performance.now() - started, this.session.main);
  }

  #build() {
    const { session } = this;
    this.views = element(
      "div",
      { class: "corner top-left views", role: "group", "aria-label": "Camera presets" },
      ...PRESETS.map(({ key, text, label }) =>
        element(
          "button",
          {
            type: "button",
            class: "icon text",
            "aria-label": label,
            title: label,
            "data-view": key,
            onclick: () => this.#look(key),
          },
          text,
        ),
      ),
    );
    this.picker = element("select", {
      "aria-label": "Chosen user",
      onchange: () => this.choose(this.picker.value || null),
    });
    this.address = element("input", {
      type: "text",
      readonly: true,
      "aria-label": "Address of this moment",
      "data-role": "address",
      onfocus: () => this.address.select(),
    });
    this.said = element("span", { role: "status" });
    this.told = element("div", { class: "told", hidden: true }, this.address, this.said);
    const hint = element("span", { class: "hint" }, "Or click one on any map: every run then tells who serves it.");
    this.player.node.append(
      iconButton("link", "Link to this moment", () => this.#showLink(), { "data-action": "link" }),
    );
    session.box.append(this.views);
    session.below.append(
      this.player.node,
      this.told,
      element("div", { class: "picker" }, element("label", {}, "Chosen user ", this.picker), hint),
      this.charts.node,
    );
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
        const found = playback.panes[0].flight.users.indexOf(playback.user);
        return found < 0 ? null : found;
      },
    };
  }

  #look(key) {
    if (key !== "top") return this.camera.choose(key);
    this.camera.letGo();
    return this.session.stage.topCamera(FLY_MS);
  }

  #offerUsers() {
    this.users = [...new Set(this.panes.flatMap((pane) => pane.flight.users))];
    if (!this.users.includes(this.user)) this.user = null;
    this.picker.replaceChildren(
      element("option", { value: "" }, "none"),
      ...this.users.map((user) => element("option", { value: user }, user)),
    );
    this.picker.value = this.user ?? "";
  }

  #told() {
    this.player.showPlaying(this.playing);
    this.session.main.dataset.playing = this.playing ? "1" : "0";
  }

  #sentence() {
    const words = this.panes.map(
      ({ title, flight }) =>
        `${title}: ${flight.servedNow()} of ${flight.users.length} users served, ${flight.atWaypoint(flight.bundle.service_total_mbit).toFixed(0)} megabits so far`,
    );
    return `At ${this.time.toFixed(0)} seconds. ${words.join(". ")}.`;
  }

  #tick(now) {
    if (!this.playing) return;
    const elapsed = Math.max(0, Math.min(0.5, (now - this.last) / 1000)); // a hidden tab must not leap ahead
    this.last = Math.max(now, this.last);
    this.pace.frame(elapsed * 1000);
    this.time += elapsed * this.speed;
    if (this.time >= this.duration) this.#end();
    this.render();
    if (this.playing) this.pace.next((next) => this.#tick(next));
  }

  #end() {
    this.time = this.loops ? 0 : this.duration;
    if (!this.loops) this.pause();
  }

  async #showLink() {
    const link = new URL(`${this.data.link}&t=${Math.round(this.time * 10) / 10}`, location.href);
    Object.assign(this.address, { value: link.href });
    this.told.hidden = false;
    this.address.focus();
    try {
      await navigator.clipboard.writeText(link.href);
      this.said.textContent = "Copied.";
    } catch {
      this.said.textContent = "Copy it from here."; // the browser does not let pages write to the clipboard
    }
  }

  #click(event) {
    if (!this.downAt || !this.panes || !(event.target instanceof Element) || !event.target.closest(".stage")) return;
    if (Math.hypot(event.clientX - this.downAt[0], event.clientY - this.downAt[1]) > CLICK_PX) return;
    const { stage, box } = this.session;
    box.focus({ preventScroll: true });
    const corner = stage.node.getBoundingClientRect();
    const [x, y] = [event.clientX - corner.left, event.clientY - corner.top];
    const index = stage.places.findIndex(
      ({ box: at }) => x >= at.x && x < at.x + at.width && y >= at.y && y < at.y + at.height,
    );
    if (index < 0 || !stage.viewportOf(index)) return;
    const { flight } = this.panes[index];
    const at = stage.places[index].box;
    const found = nearestThing(stage.places[index].frame, flight.userThings(), [x - at.x, y - at.y]);
    const user = found ? flight.users[found.index] : null;
    this.choose(user === this.user ? null : user);
  }

  #nextUser(step) {
    const now = this.users.indexOf(this.user);
    this.choose(this.users[now < 0 ? 0 : (now + step + this.users.length) % this.users.length] ?? null);
  }

  #key(event) {
    if (!this.panes || event.target instanceof HTMLSelectElement || event.ctrlKey || event.metaKey || event.altKey)
      return;
    const onButton = event.target instanceof HTMLButtonElement;
    const action = {
      " ": () => !onButton && this.toggle(),
      ArrowLeft: () => this.step(-1),
      ArrowRight: () => this.step(1),
      Home: () => this.seek(0),
      End: () => this.seek(this.duration),
      n: () => this.#nextUser(1),
      p: () => this.#nextUser(-1),
      1: () => this.#look("overview"),
      2: () => this.#look("follow"),
      3: () => this.#look("street"),
      4: () => this.#look("top"),
    }[event.key];
    if (!action || (event.target instanceof HTMLInputElement && event.target.type !== "range") || action() === false)
      return;
    event.preventDefault();
    event.stopPropagation();
  }
}

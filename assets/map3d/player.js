// The bar under the replay: play, step, scrub, loop, speed, time.
import { element, iconButton, setIcon } from "./dom.js";
import { speedsOf } from "./speed.js";

export class Player {
  constructor(replay) {
    this.replay = replay;
    this.play = iconButton("play", "Play (space)", () => replay.toggle(), {
      class: "icon play",
      "data-action": "play",
    });
    this.slider = element("input", {
      type: "range",
      min: 0,
      max: 1,
      step: "any",
      value: 0,
      "aria-label": "Time",
      oninput: () => replay.seek(Number(this.slider.value)),
    });
    this.clock = element("span", { class: "clock", "data-role": "clock" }, "0 s");
    this.loop = iconButton("loop", "Loop: on", () => this.#toggleLoop(), { "aria-pressed": "true" });
    this.speed = element("select", {
      "aria-label": "Speed",
      title: "1× is real time",
      onchange: () => (replay.speed = Number(this.speed.value)),
    });
    this.live = element("span", { class: "sr-only", role: "status", "aria-live": "polite" });
    this.node = element(
      "div",
      { class: "player", role: "group", "aria-label": "Replay controls" },
      iconButton("back", "Step back (←)", () => replay.step(-1)),
      this.play,
      iconButton("forward", "Step on (→)", () => replay.step(1)),
      this.slider,
      this.clock,
      this.speed,
      this.loop,
      this.live,
    );
  }

  follow(flight, seconds = flight.seconds(flight.slots)) {
    this.flight = flight;
    this.slider.max = String(flight.slots);
    this.speed.replaceChildren(
      ...speedsOf(seconds).map((speed) =>
        element("option", { value: speed, selected: speed === this.replay.speed }, `${speed}×`),
      ),
    );
  }

  showTime(time) {
    const seconds = this.flight.seconds(time);
    const text = `${seconds.toFixed(seconds < 600 ? 1 : 0)} / ${this.flight.seconds(this.flight.slots).toFixed(0)} s`;
    this.slider.value = String(time);
    if (this.clock.textContent === text) return;
    this.clock.textContent = text;
    this.slider.setAttribute(
      "aria-valuetext",
      `${seconds.toFixed(0)} seconds, slot ${this.flight.slot + 1} of ${this.flight.slots}`,
    );
  }

  showPlaying(playing) {
    setIcon(this.play, playing ? "pause" : "play", playing ? "Pause (space)" : "Play (space)");
  }

  announce(text) {
    this.live.textContent = text;
  }

  #toggleLoop() {
    this.replay.loops = !this.replay.loops;
    this.loop.setAttribute("aria-pressed", String(this.replay.loops));
    setIcon(this.loop, "loop", this.replay.loops ? "Loop: on" : "Loop: off");
  }
}

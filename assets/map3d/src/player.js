// The bar under a replay: play, step, scrub, loop, speed, time.
import { element, iconButton, setIcon } from "./dom.js";
import { speedsOf } from "./speed.js";
import { later } from "./later.js";

/** @import { Playhead } from "./playhead.js" */

export class Player {
  /** @type {(time: number) => number} */
  seconds = later();
  /** @type {(time: number) => string} */
  spoken = later();

  // `step` goes some slots on or back
  /**
   * @param {Playhead} playhead
   * @param {(slots: number) => void} step
   */
  constructor(playhead, step) {
    this.playhead = playhead;
    this.play = iconButton("play", "Play (space)", () => playhead.toggle(), {
      class: "icon play",
      "data-action": "play",
    });
    /** @type {HTMLInputElement} */
    this.slider = element("input", {
      type: "range",
      min: 0,
      max: 1,
      step: "any",
      value: 0,
      "aria-label": "Time",
      oninput: () => playhead.seek(Number(this.slider.value)),
    });
    this.clock = element("span", { class: "clock", "data-role": "clock" }, "0 s");
    this.loop = iconButton("loop", "Loop: on", () => this.#toggleLoop(), { "aria-pressed": "true" });
    /** @type {HTMLSelectElement} */
    this.speed = element("select", {
      "aria-label": "Speed",
      title: "1× is real time",
      onchange: () => (playhead.speed = Number(this.speed.value)),
    });
    this.live = element("span", { class: "sr-only", role: "status", "aria-live": "polite" });
    this.node = element(
      "div",
      { class: "player", role: "group", "aria-label": "Replay controls" },
      iconButton("back", "Step back (←)", () => step(-1)),
      this.play,
      iconButton("forward", "Step on (→)", () => step(1)),
      this.slider,
      this.clock,
      this.speed,
      this.loop,
      this.live,
    );
  }

  // `seconds` turns a time of the playhead into seconds, `spoken` into words for screen readers
  /** @type {(words: { seconds: (time: number) => number, spoken: (time: number) => string }) => void} */
  follow({ seconds, spoken }) {
    Object.assign(this, { seconds, spoken });
    this.slider.max = String(this.playhead.end);
    this.speed.replaceChildren(
      ...speedsOf(seconds(this.playhead.end)).map((speed) =>
        element("option", { value: speed, selected: speed === this.playhead.speed }, `${speed}×`),
      ),
    );
  }

  /** @type {(time: number) => void} */
  showTime(time) {
    const seconds = this.seconds(time);
    const text = `${seconds.toFixed(seconds < 600 ? 1 : 0)} / ${this.seconds(this.playhead.end).toFixed(0)} s`;
    this.slider.value = String(time);
    if (this.clock.textContent === text) return;
    this.clock.textContent = text;
    this.slider.setAttribute("aria-valuetext", this.spoken(time));
  }

  /** @type {(playing: boolean) => void} */
  showPlaying(playing) {
    setIcon(this.play, playing ? "pause" : "play", playing ? "Pause (space)" : "Play (space)");
  }

  /** @type {(text: string) => void} */
  announce(text) {
    this.live.textContent = text;
  }

  #toggleLoop() {
    this.playhead.loops = !this.playhead.loops;
    this.loop.setAttribute("aria-pressed", String(this.playhead.loops));
    setIcon(this.loop, "loop", this.playhead.loops ? "Loop: on" : "Loop: off");
  }
}

// When the next frame of a playing replay is drawn. With a graphics card: at once. Where drawing is slow (software
// rendering), fewer pixels are drawn and half of the time is left free, so that buttons and links still answer.
import { drawsInSoftware } from "./graphics.js";

const SLOW_MS = 110;
const FRAMES_TO_JUDGE = 4;

export class Pace {
  /** @type {number | undefined} */
  request = undefined;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  timer = undefined;

  /** @param {Pick<MapStage, "sharpness">} stage */
  constructor(stage) {
    this.stage = stage;
    this.mean = 0;
    this.frames = 0;
    this.soft = false;
  }

  start() {
    if (drawsInSoftware()) this.#soften(true);
  }

  /** @type {(milliseconds: number) => void} */
  frame(milliseconds) {
    this.frames += 1;
    this.mean += (milliseconds - this.mean) / Math.min(this.frames, 6);
    if (!this.soft && this.frames > FRAMES_TO_JUDGE && this.mean > SLOW_MS) this.#soften(true);
  }

  /** @type {(draw: FrameRequestCallback) => void} */
  next(draw) {
    const rest = this.soft ? Math.min(300, this.mean / 2) : 0;
    const request = () => (this.request = requestAnimationFrame(draw));
    if (rest) this.timer = setTimeout(request, rest);
    else request();
  }

  stop() {
    clearTimeout(this.timer);
    if (this.request !== undefined) cancelAnimationFrame(this.request);
    this.frames = this.mean = 0;
    this.#soften(false);
  }

  /** @type {(soft: boolean) => void} */
  #soften(soft) {
    if (this.soft === soft) return;
    this.soft = soft;
    this.stage.sharpness(soft ? 0.6 : 1);
  }
}

// How much of each frame is our own script, for benchmarks: the mean of 30 frames, told on the map's node.
export class ScriptCost {
  constructor() {
    this.total = this.frames = 0;
  }

  /** @type {(milliseconds: number, node: HTMLElement) => void} */
  add(milliseconds, node) {
    this.total += milliseconds;
    this.frames += 1;
    if (this.frames < 30) return;
    node.dataset.scriptMs = (this.total / this.frames).toFixed(2);
    this.total = this.frames = 0;
  }
}

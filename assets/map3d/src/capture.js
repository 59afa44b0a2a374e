// Pictures and videos of what is on the screen: map, labels, clock, legend, scale, north arrow, source of the data.
import { css, PALETTES, sinrSteps } from "./palette.js";
import { iconPath, penOf } from "./dom.js";
import { later } from "./later.js";

/**
 * @import { Replay } from "./replay.js"
 */

const TYPES = ["video/webm;codecs=vp9", "video/webm;codecs=vp8", "video/webm"];
const BITS_PER_SECOND = 8_000_000;
const FRAMES_PER_SECOND = 30;

export class Capture {
  /** @type {Palette} */
  palette = later();
  /** @type {MediaRecorder | undefined} */
  recorder = undefined;
  /** @type {boolean} */
  kept = true;
  /** @type {((value?: unknown) => void) | null} */
  wanted = null;

  /** @param {Replay} replay */
  constructor(replay) {
    this.replay = replay;
    this.canvas = document.createElement("canvas");
    this.pen = penOf(this.canvas);
  }

  static canRecord() {
    return Boolean(
      globalThis.MediaRecorder &&
      TYPES.some((type) => MediaRecorder.isTypeSupported(type)) &&
      HTMLCanvasElement.prototype.captureStream,
    );
  }

  get recording() {
    return this.recorder?.state === "recording";
  }

  // The pixels of the map are only there while a frame is being drawn.
  painted() {
    if (this.wanted || this.recording) this.#compose();
    this.wanted?.();
    this.wanted = null;
  }

  // -> name of the file
  async picture() {
    const { deck } = this.replay.session.stage;
    if (!deck) throw new Error("nothing is drawn.");
    const drawn = new Promise((resolve) => (this.wanted = resolve));
    deck.redraw("picture");
    await drawn;
    const blob = await new Promise((resolve) => this.canvas.toBlob(resolve, "image/png"));
    if (!blob) throw new Error("the browser gave no picture.");
    return save(blob, this.#name("png"));
  }

  /** @type {(onsaved: (name: string) => void) => void} */
  start(onsaved) {
    /** @type {Blob[]} */
    const pieces = [];
    this.#compose();
    const mimeType = TYPES.find((type) => MediaRecorder.isTypeSupported(type));
    this.recorder = new MediaRecorder(this.canvas.captureStream(FRAMES_PER_SECOND), {
      mimeType,
      videoBitsPerSecond: BITS_PER_SECOND,
    });
    this.kept = true;
    const name = this.#name("webm");
    this.recorder.ondataavailable = (event) => event.data.size && pieces.push(event.data);
    this.recorder.onstop = () => this.kept && onsaved(save(new Blob(pieces, { type: "video/webm" }), name));
    this.recorder.start(1000);
  }

  /** @type {(options?: { keep?: boolean }) => void} */
  stop({ keep = true } = {}) {
    if (!this.recorder || !this.recording) return;
    this.kept = keep;
    this.recorder.stop();
    for (const track of this.recorder.stream.getTracks()) track.stop();
  }

  /** @type {(ending: string) => string} */
  #name(ending) {
    const { flight, time } = this.replay;
    const title =
      flight.meta.title
        .replace(/[^\p{L}\p{N}]+/gu, "-")
        .replace(/^-+|-+$/g, "")
        .slice(0, 40) || "replay";
    return `${title}-slot-${Math.floor(time)}.${ending}`;
  }

  // A recorder cannot follow a canvas that changes its size, so a running video keeps the size it began with.
  #compose() {
    const { stage } = this.replay.session;
    const { deck, overlay } = stage;
    if (!deck) return;
    if (!this.recording) Object.assign(this.canvas, { width: even(overlay.width), height: even(overlay.height) });
    const ratio = overlay.width / (stage.node.clientWidth || 1);
    const [width, height] = [this.canvas.width / ratio, this.canvas.height / ratio];
    const { pen } = this;
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    pen.drawImage(deck.getCanvas(), 0, 0, width, height);
    this.#haze(width, height);
    pen.drawImage(overlay, 0, 0, width, height);
    this.#furniture(width, height);
  }

  // the breath of sky that the style sheet lays over the far edge
  /** @type {(width: number, height: number) => void} */
  #haze(width, height) {
    const { stage, theme } = this.replay.session;
    const { pen } = this;
    const sky = pen.createLinearGradient(0, 0, 0, height * 0.34);
    const [near, far] = theme === "dark" ? ["#1d3350", "rgb(15 20 27 / 0)"] : ["#c5dae9", "rgb(214 226 234 / 0)"];
    sky.addColorStop(0, near);
    sky.addColorStop(1, far);
    pen.globalAlpha = Number(stage.node.style.getPropertyValue("--haze")) || 0;
    pen.fillStyle = sky;
    pen.fillRect(0, 0, width, height * 0.34);
    pen.globalAlpha = 1;
  }

  /** @type {(width: number, height: number) => void} */
  #furniture(width, height) {
    const { session, status, card, flight } = this.replay;
    this.palette = PALETTES[session.theme];
    const family = getComputedStyle(session.box).fontFamily || "sans-serif";
    Object.assign(this.pen, {
      lineJoin: "round",
      textBaseline: "middle",
      lineWidth: 4,
      strokeStyle: this.palette.halo,
      letterSpacing: "0px",
    });
    this.#font(`600 14px ${family}`);
    this.#text(flight.meta.title, 14, 18, "left");
    this.#font(`500 13px ${family}`);
    this.#pill(status.textContent, width / 2, width < 640 ? 44 : 20);
    const floor = height - this.#notice(session.city.meta.notice ?? "", width, height, family);
    this.#font(`500 13px ${family}`);
    if (!card.hidden)
      [...card.children].forEach((line, index, all) =>
        this.#text(line.textContent, 14, floor - 40 - 17 * (all.length - 1 - index), "left"),
      );
    this.#scale(floor);
    this.#north(width);
    this.#legend(width, floor);
  }

  /** @type {(text: string, x: number, y: number) => void} */
  #pill(text, x, y) {
    const { pen } = this;
    const half = pen.measureText(text).width / 2 + 12;
    pen.fillStyle = this.palette.halo;
    pen.beginPath();
    pen.roundRect(x - half, y - 13, 2 * half, 26, 13);
    pen.fill();
    this.#text(text, x, y, "center");
  }

  // where the data comes from, in as many lines as it takes -> their height
  /** @type {(text: string, width: number, height: number, family: string) => number} */
  #notice(text, width, height, family) {
    this.#font(`400 9px ${family}`);
    const lines = [""];
    for (const word of text.split(/\s+/)) {
      const longer = `${lines[0]} ${word}`.trim();
      if (this.pen.measureText(longer).width < width - 16) lines[0] = longer;
      else lines.unshift(word);
    }
    lines.forEach((line, index) => this.#text(line, 8, height - 8 - 11 * index, "left"));
    return 8 + 11 * lines.length;
  }

  /** @type {(font: string) => void} */
  #font(font) {
    this.pen.font = font;
  }

  /** @type {(text: string, x: number, y: number, align: CanvasTextAlign) => void} */
  #text(text, x, y, align) {
    this.pen.textAlign = align;
    this.pen.strokeText(text, x, y);
    this.pen.fillStyle = this.palette.text;
    this.pen.fillText(text, x, y);
  }

  /** @type {(height: number) => void} */
  #scale(height) {
    const { scale, scaleText } = this.replay.session.furniture;
    const length = parseFloat(scale.style.width) || 0;
    this.pen.fillStyle = this.palette.text;
    this.pen.fillRect(14, height - 10, length, 2);
    this.#text(scaleText.textContent, 14, height - 20, "left");
  }

  /** @type {(width: number) => void} */
  #north(width) {
    const { pen } = this;
    pen.save();
    pen.translate(width - 26, 26);
    pen.rotate((-(this.replay.session.stage.viewport()?.bearing ?? 0) * Math.PI) / 180);
    pen.fillStyle = this.palette.text;
    pen.translate(-12, -12);
    pen.stroke(iconPath("compass"));
    pen.fill(iconPath("compass"));
    pen.restore();
  }

  /** @type {(width: number, height: number) => void} */
  #legend(width, height) {
    const steps = sinrSteps(this.replay.session.theme);
    steps.forEach((step, index) => {
      const y = height - 14 - 16 * (steps.length - 1 - index);
      this.#text(`SINR ${step.text}`, width - 44, y, "right");
      this.pen.fillStyle = css(step.colour);
      this.pen.fillRect(width - 36, y - step.width / 2, 24, step.width + 0.8);
    });
  }
}

/** @type {(pixels: number) => number} */
function even(pixels) {
  return Math.max(2, pixels - (pixels % 2));
}

/** @type {(blob: Blob, name: string) => string} */
function save(blob, name) {
  const address = URL.createObjectURL(blob);
  const anchor = Object.assign(document.createElement("a"), { href: address, download: name });
  anchor.click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
  return name;
}

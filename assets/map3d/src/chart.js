// A small line chart on a canvas: the series are drawn once, afterwards only a cursor moves.
import { at, decades, largest, niceTop, short } from "./chart_data.js";
import { element, penOf } from "./dom.js";
import { later } from "./later.js";

const MARGIN = { left: 44, right: 10, top: 8, bottom: 22 };

export class LineChart {
  /** @type {CanvasRenderingContext2D} */
  pen = later();
  /** @type {Line[]} */
  series = [];
  /** @type {number[]} */
  times = [0, 1];
  /** @type {HTMLElement[]} */
  readouts = [];
  /** @type {number | undefined} */
  position = undefined;
  /** @type {number} */
  width = 0;
  /** @type {number} */
  height = 0;
  /** @type {number} */
  low = 0;
  /** @type {number} */
  top = 1;

  /** @param {{ title: string, unit: string, onseek: (share: number) => void, steps?: boolean, signed?: boolean }} options */
  constructor({ title, unit, onseek, steps = false, signed = false }) {
    this.unit = unit;
    this.onseek = onseek;
    this.steps = steps; // a value holds until the next one
    this.signed = signed; // values may be negative or missing
    this.canvas = element("canvas", { role: "img", "aria-label": title }); // until there are series to describe
    this.cursor = element("div", { class: "cursor" });
    this.plot = element("div", { class: "plot" }, this.canvas, this.cursor);
    this.legend = element("div", { class: "keys" });
    this.node = element(
      "figure",
      { class: "chart" },
      element("figcaption", {}, `${title}, ${unit}`),
      this.plot,
      this.legend,
    );
    this.title = title;
    this.plot.addEventListener("pointerdown", (event) => this.#seek(event));
    this.plot.addEventListener("pointermove", (event) => event.buttons === 1 && this.#seek(event));
    this.sizes = new ResizeObserver(() => this.redraw());
    this.sizes.observe(this.plot);
  }

  leave() {
    this.sizes.disconnect();
  }

  /** @type {(times: number[], series: Line[]) => void} */
  show(times, series) {
    this.times = times;
    this.series = series;
    this.readouts = series.map(() => element("b", {}));
    this.legend.replaceChildren(...series.map((line, index) => this.#key(line, this.readouts[index])));
    this.canvas.setAttribute("aria-label", this.#description());
    this.redraw();
  }

  // fractional index into the times
  /** @type {(position: number) => void} */
  moveTo(position) {
    this.position = position;
    const last = this.times[this.times.length - 1];
    const time = at(this.times, position);
    this.cursor.style.transform = `translateX(${MARGIN.left + (time / last) * this.width}px)`;
    this.#showValues(position);
  }

  redraw() {
    const box = this.plot.getBoundingClientRect();
    if (!box.width || !this.series.length) return;
    const ratio = Math.min(globalThis.devicePixelRatio || 1, 2);
    Object.assign(this.canvas, { width: box.width * ratio, height: box.height * ratio });
    this.width = box.width - MARGIN.left - MARGIN.right;
    this.height = box.height - MARGIN.top - MARGIN.bottom;
    this.pen = penOf(this.canvas);
    this.pen.scale(ratio, ratio);
    [this.low, this.top] = this.signed
      ? decades(this.series)
      : [0, niceTop(Math.max(...this.series.map((line) => largest(line.values))))];
    const style = getComputedStyle(this.plot);
    this.#grid(style.color, style.fontFamily);
    for (const line of this.series) this.#line(line);
    this.moveTo(this.position ?? 0);
  }

  /** @type {(time: number) => number} */
  #x(time) {
    return MARGIN.left + (time / this.times[this.times.length - 1]) * this.width;
  }

  /** @type {(value: number) => number} */
  #y(value) {
    return MARGIN.top + this.height * (1 - (value - this.low) / (this.top - this.low));
  }

  /** @type {(colour: string, family: string) => void} */
  #grid(colour, family) {
    const pen = this.pen;
    Object.assign(pen, {
      fillStyle: colour,
      strokeStyle: colour,
      font: `11px ${family}`,
      textBaseline: "middle",
      lineWidth: 1,
    });
    for (const share of [0, 0.5, 1]) {
      const y = this.#y(this.low + (this.top - this.low) * share);
      pen.globalAlpha = 0.18;
      pen.fillRect(MARGIN.left, y, this.width, 1);
      pen.globalAlpha = 0.75;
      pen.textAlign = "right";
      pen.fillText(short(this.low + (this.top - this.low) * share), MARGIN.left - 6, y);
    }
    const last = this.times[this.times.length - 1];
    for (const share of [0, 0.25, 0.5, 0.75, 1]) {
      pen.textAlign = share === 1 ? "right" : share ? "center" : "left";
      pen.fillText(
        `${short(last * share)}${share === 1 ? " s" : ""}`,
        this.#x(last * share),
        this.height + MARGIN.top + 13,
      );
    }
    pen.globalAlpha = 1;
  }

  /** @type {(line: Line) => void} */
  #line({ values, colour, dash, width }) {
    const pen = this.pen;
    Object.assign(pen, { strokeStyle: colour, lineWidth: width ?? 1.6, lineJoin: "round" });
    pen.setLineDash(dash ?? []);
    pen.beginPath();
    for (let index = 0; index < values.length; index++) {
      const gap = !Number.isFinite(values[index]);
      if (gap && this.signed) continue; // there is no number: nothing is drawn
      const y = this.#y(gap ? 0 : values[index]);
      if (this.signed && index && !Number.isFinite(values[index - 1])) pen.moveTo(this.#x(this.times[index]), y);
      if (this.steps) pen.lineTo(this.#x(this.times[index]), y); // a slot's value holds for the whole slot
      pen.lineTo(this.#x(this.times[Math.min(index + (this.steps ? 1 : 0), this.times.length - 1)]), y);
    }
    pen.stroke();
    pen.setLineDash([]);
  }

  /** @type {(position: number) => void} */
  #showValues(position) {
    for (let index = 0; index < this.series.length; index++) {
      const { values } = this.series[index];
      const value = this.steps ? values[Math.min(values.length - 1, Math.floor(position))] : at(values, position);
      const text = Number.isFinite(value) ? short(value) : "–";
      if (this.readouts[index].textContent !== text) this.readouts[index].textContent = text;
    }
  }

  /** @type {(line: Line, readout: HTMLElement) => HTMLElement} */
  #key(line, readout) {
    const mark = element("i", {});
    mark.style.background = line.dash
      ? `repeating-linear-gradient(90deg, ${line.colour} 0 5px, transparent 5px 8px)`
      : line.colour;
    const tag = line.onclick ? "button" : "span";
    return element(
      tag,
      {
        class: line.active ? "key active" : "key",
        ...(line.onclick ? { type: "button", onclick: line.onclick, title: `Choose ${line.label}` } : {}),
      },
      mark,
      line.label,
      " ",
      readout,
    );
  }

  #description() {
    const ends = this.series.map((line) => `${line.label} ends at ${short(line.values[line.values.length - 1] || 0)}`);
    return `${this.title} in ${this.unit} over time: ${ends.join(", ")}.`;
  }

  /** @type {(event: PointerEvent) => void} */
  #seek(event) {
    const share = (event.clientX - this.plot.getBoundingClientRect().left - MARGIN.left) / this.width;
    this.onseek(Math.max(0, Math.min(1, share)));
  }
}

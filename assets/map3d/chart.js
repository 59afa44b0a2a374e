// A small line chart on a canvas: the series are drawn once, afterwards only a cursor moves.
import { element } from "./dom.js";

const MARGIN = { left: 44, right: 10, top: 8, bottom: 22 };

export class LineChart {
  // series: [{label, colour, dash, width, values: array at the given times}]
  constructor({ title, unit, onseek, steps = false, signed = false }) {
    Object.assign(this, { unit, onseek, steps, signed, series: [], times: [0, 1] });
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

  show(times, series) {
    this.times = times;
    this.series = series;
    this.readouts = series.map(() => element("b", {}));
    this.legend.replaceChildren(...series.map((line, index) => this.#key(line, this.readouts[index])));
    this.canvas.setAttribute("aria-label", this.#description());
    this.redraw();
  }

  // fractional index into the times
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
    this.pen = this.canvas.getContext("2d");
    this.pen.scale(ratio, ratio);
    [this.low, this.top] = this.signed
      ? decades(this.series)
      : [0, niceTop(Math.max(...this.series.map((line) => largest(line.values))))];
    const style = getComputedStyle(this.plot);
    this.#grid(style.color, style.fontFamily);
    for (const line of this.series) this.#line(line);
    this.moveTo(this.position ?? 0);
  }

  #x(time) {
    return MARGIN.left + (time / this.times[this.times.length - 1]) * this.width;
  }

  #y(value) {
    return MARGIN.top + this.height * (1 - (value - this.low) / (this.top - this.low));
  }

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

  #showValues(position) {
    for (let index = 0; index < this.series.length; index++) {
      const { values } = this.series[index];
      const value = this.steps ? values[Math.min(values.length - 1, Math.floor(position))] : at(values, position);
      const text = Number.isFinite(value) ? short(value) : "–";
      if (this.readouts[index].textContent !== text) this.readouts[index].textContent = text;
    }
  }

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

  #seek(event) {
    const share = (event.clientX - this.plot.getBoundingClientRect().left - MARGIN.left) / this.width;
    this.onseek(Math.max(0, Math.min(1, share)));
  }
}

function at(values, position) {
  const index = Math.min(values.length - 1, Math.floor(position));
  const next = values[Math.min(values.length - 1, index + 1)];
  return values[index] + (next - values[index]) * (position - index);
}

function largest(values) {
  let top = 0;
  for (const value of values) if (value > top) top = value;
  return top;
}

// whole tens around all values -> [lowest, highest], an even number of tens apart
function decades(series) {
  let [low, top] = [0, 10];
  for (const { values } of series)
    for (const value of values) if (Number.isFinite(value)) [low, top] = [Math.min(low, value), Math.max(top, value)];
  low = Math.floor(low / 10) * 10;
  top = Math.ceil(top / 10) * 10;
  return [low, ((top - low) / 10) % 2 ? top + 10 : top];
}

function niceTop(value) {
  if (!(value > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 1.2, 1.6, 2, 2.5, 3, 4, 5, 6, 8, 10].map((lead) => lead * power).find((top) => top >= value);
}

function short(value) {
  if (Math.abs(value) >= 1e6) return `${(value / 1e6).toFixed(1)}M`;
  if (Math.abs(value) >= 1e4) return `${(value / 1e3).toFixed(0)}k`;
  if (Math.abs(value) >= 1e3) return `${(value / 1e3).toFixed(2)}k`;
  return value >= 100 || Number.isInteger(value) ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);
}

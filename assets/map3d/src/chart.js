// A small line chart by plotly: the series are drawn once, afterwards only a cursor over them moves, by style alone.
// Click or drag the cursor to seek, drag over the curves to zoom, click a line's mark to hide it.
import { at, curve, escaped, short } from "./chart_data.js";
import { element } from "./dom.js";

const MARGIN = { l: 44, r: 12, t: 8, b: 24 };
const STILL_PX = 4; // a pointer that moves further zooms
const FONT_PX = 11;
const GRID = "rgba(128, 128, 128, 0.28)"; // on light and dark ground
const CONFIG = { displayModeBar: false, doubleClick: false, doubleClickDelay: 500, showTips: false };

/** @typedef {[from: number, to: number]} Range */
/** @typedef {{ yaxis: object } & Record<string, unknown>} PlotLayout */

export class LineChart {
  /** @type {PlotlyLibrary | undefined} */
  plotly = undefined;
  /** @type {Line[]} */
  series = [];
  /** @type {number[]} */
  times = [0, 1];
  /** @type {HTMLElement[]} */
  readouts = [];
  /** @type {number | undefined} */
  position = undefined;
  /** @type {Range | null} seconds in view, all of them if null */
  seconds = null;
  /** @type {Range | null} values in view, all of them if null */
  values = null;
  /** @type {Set<string>} labels of the lines that are not shown */
  hidden = new Set();
  /** @type {(seconds: Range | null) => void} called when a person zooms */
  onzoom = () => {};
  /** @type {number} */
  width = 0;

  /** @param {{ title: string, unit: string, onseek: (share: number) => void, steps?: boolean, signed?: boolean }} options */
  constructor({ title, unit, onseek, steps = false, signed = false }) {
    this.title = title;
    this.unit = unit;
    this.onseek = onseek;
    this.steps = steps; // a value holds until the next one
    this.signed = signed; // values may be negative or missing
    /** @type {PlotlyElement} */
    this.graph = element("div", { class: "graph", role: "img", "aria-label": title }); // until there are lines to describe
    this.cursor = element("div", { class: "cursor", hidden: true });
    this.waiting = element("p", { class: "waiting" }, "Its curves follow …");
    this.plot = element("div", { class: "plot" }, this.graph, this.cursor, this.waiting);
    this.legend = element("div", { class: "keys" });
    this.whole = element(
      "button",
      { type: "button", class: "whole", hidden: true, onclick: () => this.onzoom(null) },
      "Show all",
    );
    this.node = element(
      "figure",
      { class: "chart", "data-chart": title },
      element("figcaption", {}, `${title}, ${unit}`, this.whole),
      this.plot,
      this.legend,
    );
    this.#listen();
    this.sizes = new ResizeObserver(() => this.redraw());
    this.sizes.observe(this.plot);
  }

  leave() {
    this.sizes.disconnect();
    this.plotly?.purge(this.graph);
  }

  /** @type {(times: number[], series: Line[]) => void} */
  show(times, series) {
    if (times !== this.times) Object.assign(this, { seconds: null, values: null });
    this.times = times;
    this.series = series;
    this.readouts = series.map(() => element("b", {}));
    this.legend.replaceChildren(...series.map((line, index) => this.#key(line, this.readouts[index])));
    this.graph.setAttribute("aria-label", this.description());
    this.redraw();
  }

  /** @type {(plotly: PlotlyLibrary) => void} */
  draw(plotly) {
    this.plotly = plotly;
    this.redraw();
  }

  /** @type {(sentence: string) => void} */
  fail(sentence) {
    this.waiting.textContent = sentence;
  }

  // fractional index into the times
  /** @type {(position: number) => void} */
  moveTo(position) {
    this.position = position;
    const [from, to] = this.#inView();
    const share = (at(this.times, position) - from) / (to - from);
    this.cursor.hidden = !this.plotly || share < 0 || share > 1;
    this.cursor.style.transform = `translateX(${MARGIN.l + share * this.width}px)`;
    this.#showValues(position);
  }

  /** @type {(seconds: Range | null, values: Range | null) => void} */
  zoom(seconds, values) {
    Object.assign(this, { seconds, values });
    this.redraw();
  }

  redraw() {
    const box = this.plot.getBoundingClientRect();
    if (box.width && this.series.length && this.plotly) this.#plot(this.plotly, box);
    this.whole.hidden = !this.seconds && !this.values;
    this.moveTo(this.position ?? 0);
  }

  /** @type {(plotly: PlotlyLibrary, box: DOMRect) => void} */
  #plot(plotly, box) {
    this.width = box.width - MARGIN.l - MARGIN.r;
    const first = !this.graph.on;
    plotly.react(this.graph, this.traces(), this.layout(box), CONFIG);
    this.waiting.hidden = true;
    if (!first) return;
    this.graph.on?.("plotly_relayout", (change) => this.#zoomed(change));
    this.graph.on?.("plotly_doubleclick", () => this.onzoom(null));
  }

  // what is drawn, and how its axes are; other charts over the same time draw something else
  /** @returns {object[]} */
  traces() {
    return this.series.map((line) => this.#trace(line));
  }

  /** @type {(line: Line) => object} */
  #trace(line) {
    const { x, y } = curve(this.times, line.values, this);
    return {
      type: "scatter",
      mode: "lines",
      name: escaped(line.label),
      x,
      y,
      line: { color: line.colour, width: line.width ?? 1.6, dash: line.dash?.map((px) => `${px}px`).join(",") },
      visible: !this.hidden.has(line.label),
      hovertemplate: `<b>%{fullData.name}</b><br>%{y:,.4~g} ${this.unit}<br>at %{x:.4~g} s<extra></extra>`,
    };
  }

  /** @type {(box: DOMRect) => PlotLayout} */
  layout({ width, height }) {
    const { color, fontFamily, backgroundColor } = getComputedStyle(this.plot);
    const axis = { gridcolor: GRID, linecolor: GRID, zeroline: false, ticks: "", automargin: false };
    return {
      width,
      height,
      margin: MARGIN,
      font: { family: fontFamily, size: FONT_PX, color },
      paper_bgcolor: "transparent",
      plot_bgcolor: "transparent",
      hoverlabel: { bgcolor: backgroundColor, font: { family: fontFamily, size: FONT_PX, color }, namelength: -1 },
      showlegend: false, // the keys below are the legend: they tell the values at the playhead, too
      hovermode: "closest",
      dragmode: matchMedia("(pointer: coarse)").matches ? false : "zoom", // a finger scrolls the page
      xaxis: { ...axis, range: this.#inView(), showgrid: false, nticks: 6, ticksuffix: " s", showticksuffix: "last" },
      yaxis: {
        ...axis,
        ...(this.values ? { range: this.values } : { autorange: true }),
        rangemode: this.signed ? "normal" : "tozero",
        nticks: 5,
      },
    };
  }

  /** @returns {Range} */
  #inView() {
    return this.seconds ?? [0, this.times[this.times.length - 1]];
  }

  // a person has dragged over the curves
  /** @type {(change: Record<string, unknown>) => void} */
  #zoomed(change) {
    if (!Object.keys(change).some((name) => /axis\.(range|autorange)/.test(name))) return;
    if (!this.graph.layout) return;
    const { xaxis, yaxis } = this.graph.layout;
    const [last, [from, to]] = [this.times[this.times.length - 1], xaxis.range];
    this.values = yaxis.autorange ? null : yaxis.range;
    this.onzoom([Math.max(0, from), Math.min(last, to)]);
  }

  #listen() {
    const { plot, cursor } = this;
    plot.addEventListener("pointerdown", (down) => {
      if (down.target === cursor || down.button !== 0) return;
      /** @type {(up: PointerEvent) => void} */
      const lifted = (up) => {
        const still = Math.hypot(up.clientX - down.clientX, up.clientY - down.clientY) <= STILL_PX;
        if (up.type === "pointerup" && still) this.#seek(up);
        removeEventListener("pointerup", lifted, true);
        removeEventListener("pointercancel", lifted, true);
      };
      addEventListener("pointerup", lifted, true); // plotly lays a sheet over the page while something is dragged
      addEventListener("pointercancel", lifted, true);
    });
    cursor.addEventListener("pointerdown", (event) => cursor.setPointerCapture(event.pointerId));
    cursor.addEventListener("pointermove", (event) => event.buttons === 1 && this.#seek(event));
  }

  /** @type {(event: PointerEvent) => void} */
  #seek(event) {
    const [from, to] = this.#inView();
    const share = (event.clientX - this.plot.getBoundingClientRect().left - MARGIN.l) / this.width;
    const seconds = Math.max(from, Math.min(to, from + share * (to - from)));
    this.onseek(seconds / this.times[this.times.length - 1]);
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
    const swatch = element("i", {});
    swatch.style.background = line.dash
      ? `repeating-linear-gradient(90deg, ${line.colour} 0 5px, transparent 5px 8px)`
      : line.colour;
    const mark = element("button", { type: "button", class: "mark-key" }, swatch);
    mark.addEventListener("click", () => this.#toggle(line, mark));
    this.#sayWhetherShown(line, mark);
    const name = line.onclick
      ? element("button", { type: "button", onclick: line.onclick, title: `Choose ${line.label}` }, line.label)
      : element("span", {}, line.label);
    return element("span", { class: line.active ? "key active" : "key" }, mark, name, " ", readout);
  }

  /** @type {(line: Line, mark: HTMLElement) => void} */
  #toggle(line, mark) {
    if (!this.hidden.delete(line.label)) this.hidden.add(line.label);
    this.#sayWhetherShown(line, mark);
    this.redraw();
  }

  /** @type {(line: Line, mark: HTMLElement) => void} */
  #sayWhetherShown({ label }, mark) {
    const shown = !this.hidden.has(label);
    mark.setAttribute("aria-pressed", String(shown));
    mark.setAttribute("aria-label", `Show ${label}`);
    mark.title = shown ? `Hide ${label}` : `Show ${label}`;
  }

  description() {
    const ends = this.series.map((line) => `${line.label} ends at ${short(line.values[line.values.length - 1] || 0)}`);
    return `${this.title} in ${this.unit} over time: ${ends.join(", ")}.`;
  }
}

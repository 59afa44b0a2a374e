// One mounted comparison: two to four runs in panes of one canvas, on one clock and one camera.
import { borrowCompareStage } from "./compare_stage.js";
import { ComparePane } from "./compare_pane.js";
import { ComparePlayback } from "./compare_playback.js";
import { loadBundle } from "./loading.js";
import { Mounted } from "./mounted.js";
import { element } from "./dom.js";
import { later } from "./later.js";

/** @import { CompareStage } from "./compare_stage.js" */

const LEAST_PANE_PX = 300; // narrower panes are stacked
const HEAD_PX = 48; // the words above each map
const GAP_PX = 4;

export class CompareSession extends Mounted {
  /** @type {CompareStage} */
  stage = later();
  /** @type {HTMLElement} */
  note = later();
  /** @type {ComparePane[]} */
  panes = [];
  /** @type {CityBundle[]} */
  cities = [];
  /** @type {ComparePlayback} */
  playback = later();
  /** @type {ResizeObserver} */
  sizes = later();
  /** @type {string | null} */
  arranged = null;
  /** @type {CityBundle[] | null} */
  arrangedFor = null;

  /** @param {HTMLElement | ShadowRoot} root */
  constructor(root) {
    super(root, { waiting: "Drawing the runs …", failed: "The runs could not be drawn" });
    this.panes = [];
  }

  leave() {
    this.sizes?.disconnect();
    this.playback?.leave();
    super.leave();
  }

  cameraTaken() {
    this.playback?.camera.letGo();
  }

  // called by the stage after each drawn frame
  painted() {
    if (!this.playback?.panes) return;
    for (const pane of this.panes) pane.painted();
    this.furniture.cameraMoved();
    this.firstPaint();
    this.playback.charts.group.mayDraw(this.playback.data.plotly_url);
  }

  // what waits for the first picture need not wait where there is none
  shown() {
    if (!this.stage.deck) this.playback.charts.group.mayDraw(this.playback.data.plotly_url);
  }

  between() {
    this.note = element("p", { class: "compare-note", role: "note", hidden: true });
    return [this.note];
  }

  borrow() {
    return borrowCompareStage();
  }

  built() {
    this.playback = new ComparePlayback(this);
    this.sizes = new ResizeObserver(() => this.#arrange());
    this.sizes.observe(this.box);
  }

  /** @type {(data: CompareData) => Promise<[CityBundle, ReplayBundle][]>} */
  load(data) {
    return Promise.all(data.panes.map((pane) => Promise.all([loadBundle(pane.city_url), loadBundle(pane.replay_url)])));
  }

  /** @type {(data: CompareData, loaded: [CityBundle, ReplayBundle][]) => void} */
  show(data, loaded) {
    this.cities = loaded.map(([city]) => city);
    this.#makePanes(data.panes.length);
    this.panes.forEach((pane, index) => pane.follow(data.panes[index], ...loaded[index]));
    this.stage.spanM = Math.max(...loaded.map(([, bundle]) => bundle.meta.overview_m));
    this.stage.showCities(this.cities, this.theme);
    this.#arrange();
    this.box.setAttribute("aria-label", data.alt);
    this.note.textContent = data.note ?? "";
    this.note.hidden = !data.note;
    this.playback.follow(this.panes, data);
  }

  /** @type {(theme: Theme) => void} */
  dress(theme) {
    this.stage.showCities(this.cities, theme);
    this.playback.render();
    this.playback.charts.redraw();
  }

  get help() {
    return this.playback.keys.help;
  }

  redraw() {
    this.stage.redraw();
    this.stage.showCities(this.cities, this.theme);
    this.arranged = null;
    this.#arrange();
    this.playback.render();
  }

  /** @type {(count: number) => void} */
  #makePanes(count) {
    while (this.panes.length > count) this.panes.pop()?.node.remove();
    while (this.panes.length < count) {
      const pane = new ComparePane(this.stage, this.panes.length);
      this.stage.node.append(pane.node);
      this.panes.push(pane);
    }
    this.main.dataset.panes = String(count);
  }

  // side by side where there is room, else below one another
  #arrange() {
    const [width, height] = [this.box.clientWidth, this.box.clientHeight];
    const count = this.panes.length;
    const size = `${width}x${height}/${count}`;
    if (!width || !count || this.stage.places.length !== count) return;
    if (this.arranged === size && this.arrangedFor === this.cities) return;
    Object.assign(this, { arranged: size, arrangedFor: this.cities });
    const wished = count === 4 ? 2 : count;
    const columns = Math.max(1, Math.min(wished, Math.floor(width / LEAST_PANE_PX)));
    const rows = Math.ceil(count / columns);
    const high = (height - (rows - 1) * GAP_PX) / rows;
    const boxes = this.panes.map((pane, index) => {
      const row = Math.floor(index / columns);
      const inRow = Math.min(columns, count - row * columns);
      const wide = (width - (inRow - 1) * GAP_PX) / inRow;
      const [x, y] = [(index % columns) * (wide + GAP_PX), row * (high + GAP_PX)];
      Object.assign(pane.node.style, { left: `${x}px`, top: `${y}px`, width: `${wide}px`, height: `${high}px` });
      return { x, y: y + HEAD_PX, width: wide, height: high - HEAD_PX };
    });
    this.stage.arrange(boxes);
  }
}

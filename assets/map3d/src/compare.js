// One mounted comparison: two to four runs on one canvas, one clock and one camera, in panes or, two of them, on either
// side of a swipe line.
import { borrowCompareStage } from "./compare_stage.js";
import { arrangement } from "./compare_layout.js";
import { ComparePane, LETTERS } from "./compare_pane.js";
import { ComparePlayback } from "./compare_playback.js";
import { loadBundle, tabMemory } from "./loading.js";
import { Mounted } from "./mounted.js";
import { element } from "./dom.js";
import { later } from "./later.js";
import { SwipeLine } from "./swipe_line.js";

/**
 * @import { Way } from "./compare_layout.js"
 * @import { CompareStage } from "./compare_stage.js"
 */

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
  /** @type {SwipeLine} */
  line = later();
  /** @type {ResizeObserver} */
  sizes = later();
  /** @type {Way | undefined} how two runs stand unless somebody has said otherwise */
  usualWay = undefined;
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
    this.playback.painted();
    this.furniture.cameraMoved();
    this.offer(this.playback);
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
    this.line = new SwipeLine(LETTERS.slice(0, 2), (share) => this.swipe(share));
    this.playback = new ComparePlayback(this);
    this.box.append(this.line.node);
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
    this.usualWay = data.way;
    this.#makePanes(data.panes.length);
    this.panes.forEach((pane, index) => pane.follow(data.panes[index], ...loaded[index]));
    this.stage.spanM = Math.max(...loaded.map(([, bundle]) => bundle.meta.overview_m));
    this.stage.showCities(this.cities, this.theme, this.sun);
    this.#arrange();
    this.box.setAttribute("aria-label", data.alt);
    this.note.textContent = data.note ?? "";
    this.note.hidden = !data.note;
    this.playback.follow(this.panes, data);
  }

  /** @type {(theme: Theme) => void} */
  dress(theme) {
    this.stage.showCities(this.cities, theme, this.sun);
    this.playback.render();
    this.playback.charts.redraw();
  }

  get sun() {
    return this.panes[0]?.bundle.meta.sun;
  }

  get help() {
    return this.playback.keys.help;
  }

  get linkLooks() {
    return this.playback.linkLooks;
  }

  get extras() {
    return new Set(this.panes.flatMap(({ flight }) => [...flight.extras]));
  }

  redraw() {
    this.stage.redraw();
    this.stage.showCities(this.cities, this.theme, this.sun);
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

  // Two runs over the same ground lie over one another until somebody wants panes.
  /** @returns {Way} */
  get way() {
    if (this.panes.length !== 2) return "panes";
    const [first, second] = this.cities.map(({ meta }) => String(meta.anchor));
    return tabMemory().comparing.way ?? this.usualWay ?? (first === second ? "swipe" : "panes");
  }

  /** @type {(way: Way) => void} */
  arrangeAs(way) {
    tabMemory().comparing.way = way;
    this.#arrange();
    this.playback.render();
  }

  // puts the line where this share of the map is left of it
  /** @type {(share: number) => void} */
  swipe(share) {
    tabMemory().comparing.share = share;
    this.#divide();
    this.playback.render();
  }

  #arrange() {
    const { box, panes, way } = this;
    const [width, height] = [box.clientWidth, box.clientHeight];
    const done = `${way} ${width}x${height}/${panes.length}`;
    if (!width || !panes.length || this.stage.places.length !== panes.length) return;
    if (this.arranged === done && this.arrangedFor === this.cities) return;
    Object.assign(this, { arranged: done, arrangedFor: this.cities });
    const { nodes, maps } = arrangement(panes.length, way, { width, height });
    this.main.dataset.way = way;
    panes.forEach(({ node }, index) => {
      const { x, y, width: wide, height: high } = nodes[index];
      Object.assign(node.style, { left: `${x}px`, top: `${y}px`, width: `${wide}px`, height: `${high}px` });
    });
    this.stage.arrange(maps, way === "swipe" ? this.#placeLine() : null);
    this.#cutPanes();
    this.playback.arranged(way);
  }

  #divide() {
    if (this.way !== "swipe") return;
    this.stage.divide(this.#placeLine());
    this.#cutPanes();
  }

  // -> the share that is left of the line
  /** @type {() => number} */
  #placeLine() {
    this.line.place(tabMemory().comparing.share, this.box.clientWidth);
    return this.line.share;
  }

  #cutPanes() {
    const { parts } = this.stage;
    this.line.node.hidden = !parts;
    this.panes.forEach((pane, index) => pane.cut(parts?.[index] ?? null, this.box.clientWidth));
  }
}

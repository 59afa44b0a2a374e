// What every mounted map does alike: it builds its place on the page, follows data one after the other and the theme,
// tells the first picture and every trouble.
import { MapFurniture } from "./furniture.js";
import { loadDeck, loadStyle } from "./loading.js";
import { themeOf } from "./palette.js";
import { borrowStage } from "./stage.js";
import { canDraw, sayFlat, sayLost } from "./graphics.js";
import { element } from "./dom.js";
import { MapObjects } from "./map_objects.js";
import { later } from "./later.js";

const AGAIN_MS = 1000; // after a lost context
const CALM_MS = 60_000; // a context that is lost again so soon is drawn again by hand only

/** @typedef {Pick<StreamlitComponent<any>, "data" | "setStateValue">} Mountable */

export class Mounted {
  /** @type {Mountable} */
  component = later();
  /** @type {HTMLElement} */
  main = later();
  /** @type {HTMLElement} */
  box = later();
  /** @type {HTMLElement} */
  below = later();
  /** @type {HTMLElement} */
  notice = later();
  /** @type {BorrowedStage} */
  stage = later();
  /** @type {MapFurniture} */
  furniture = later();
  /** @type {Theme} */
  theme = later();
  /** @type {MapData | undefined} */
  followed = later();
  /** @type {MapObjects | undefined} */
  objects = undefined;
  /** @type {boolean} */
  left = false;

  /**
   * @param {HTMLElement | ShadowRoot} root
   * @param {{ waiting: string, failed: string }} words
   */
  constructor(root, words) {
    this.root = root;
    this.words = words; // {waiting, failed}
    this.waiting = Promise.resolve();
  }

  // Calls may overlap while files load; they are worked off one after the other and only the newest data counts.
  /** @type {(component: Mountable) => void} */
  update(component) {
    this.component = component;
    this.waiting = this.waiting.then(() => this.follow()).catch((error) => this.#fail(error));
  }

  leave() {
    this.left = true;
    this.furniture?.leave();
    this.stage?.leave();
  }

  // gives its place on the page to another session
  remove() {
    this.leave();
    this.main?.remove();
  }

  // What a subclass adds, in the order of its use: between(), put between map and what is below it; load(data) -> what is
  // drawn; borrow() -> a stage; built(); show(data, loaded), with `help` to be told; shown(). dress(theme) follows a theme.
  async follow() {
    const { data } = this.component;
    if (this.left || data === this.followed) return this.#followTheme();
    this.followed = data;
    const [loaded] = await Promise.all([this.load(data), this.#build(data)]);
    if (this.left) return;
    this.#takeTheme(themeOf(this.box));
    this.show(data, loaded);
    this.furniture.follow(data, this.theme, this.help);
    this.main.dataset.state = "ready";
    this.shown();
  }

  /** @type {() => HTMLElement[]} */
  between() {
    return [];
  }

  /** @type {() => BorrowedStage} */
  borrow() {
    return borrowStage();
  }

  /** @type {(data: any) => Promise<any>} */
  async load(_data) {}

  /** @type {(data: any, loaded: any) => void} */
  show(_data, _loaded) {}

  /** @type {(theme: Theme) => void} */
  dress(_theme) {}

  /** @type {readonly HelpRow[]} */
  get help() {
    return [];
  }

  // how the links of each station look, where they are drawn by server
  /** @returns {Map<string, import("./link_looks.js").LinkLook> | null} */
  get linkLooks() {
    return null;
  }

  // what the scenario has that the legend names only then
  /** @returns {Set<Extra>} */
  get extras() {
    return new Set();
  }

  // the rows of the legend where they are others than the objects of a scenario
  /** @returns {HTMLElement[] | null} */
  get legend() {
    return null;
  }

  redraw() {}

  cameraTaken() {}

  painted() {}

  built() {}

  shown() {}

  /** @type {(data: MapData) => Promise<void>} */
  async #build(data) {
    if (this.main) return;
    this.#frame(data);
    await Promise.all([loadStyle(this.root, data.style_url), loadDeck(data.deck_url)]);
    if (this.left) return;
    this.stage = this.borrow();
    this.stage.enter(this.box, this);
    this.furniture = new MapFurniture(this);
    this.built();
  }

  /** @type {(theme: Theme) => void} */
  #takeTheme(theme) {
    this.theme = theme;
    this.main.dataset.theme = theme;
  }

  #followTheme() {
    if (this.left || this.main?.dataset.state !== "ready") return;
    const theme = themeOf(this.box);
    if (theme === this.theme) return;
    this.#takeTheme(theme);
    this.dress(theme);
    this.furniture.follow(this.component.data, theme, this.help);
  }

  // the map's place on the page; whether it can be drawn at all is told before anything is loaded
  /** @type {(data: MapData) => void} */
  #frame(data) {
    this.main = element("div", { class: "map3d", "data-state": "loading", "data-mode": data.mode });
    this.main.classList.toggle("workspace", this.fills(data));
    this.notice = element("p", { class: "notice", role: "status" }, this.words.waiting);
    this.box = element("div", { class: "box", tabindex: "0", role: "application", "aria-label": data.alt });
    this.below = element("div", { class: "below" });
    this.box.append(this.notice);
    this.main.append(this.box, ...this.between(), this.below);
    if (!canDraw()) sayFlat(this);
    this.root.append(this.main);
  }

  // true when the first picture has just been drawn
  firstPaint() {
    if (this.main.dataset.painted === "1") return false;
    this.main.dataset.painted = "1";
    this.main.dataset.firstPaintMs = String(Math.round(performance.now()));
    if (canDraw()) this.notice.hidden = true;
    if (canDraw()) delete this.main.dataset.graphics;
    return true;
  }

  // whether the map fills the window, its tools on top of it
  /** @type {(data: MapData) => boolean} */
  fills(data) {
    return data.layout === "workspace";
  }

  // On the flat map objects can be gone through with the Tab key.
  /** @type {(part: Pick<MapPart, "objects">) => void} */
  offer(part) {
    if (canDraw() || !this.stage.viewport()) return;
    this.objects ??= new MapObjects(this.box);
    this.objects.show(part.objects?.() ?? []);
  }

  // called by the stage when the browser has promised a context and gives none: its map is flat from now on
  graphicsFailed() {
    sayFlat(this);
    if (this.main.dataset.state === "ready") this.redraw();
  }

  // called by the stage when its context is gone: once it is drawn again without being asked
  graphicsLost() {
    sayLost(this, () => this.#drawAgain());
    const now = performance.now();
    if (now - (this.lostAt ?? -CALM_MS) >= CALM_MS) setTimeout(() => this.#drawAgain(), AGAIN_MS);
    this.lostAt = now;
  }

  #drawAgain() {
    if (this.left || this.main.dataset.graphics !== "lost") return;
    this.main.dataset.graphics = "again";
    this.notice.textContent = this.words.waiting;
    this.redraw();
  }

  /** @type {(error: Error) => void} */
  #fail(error) {
    console.warn("map3d:", error);
    if (!this.main) return;
    this.main.dataset.state = "failed";
    this.notice.hidden = false;
    this.notice.textContent = `${this.words.failed}: ${error.message} Reload the page.`;
  }
}

// One mounted map: builds its page parts, follows the data Streamlit sends, and owns the editor or the replay.
import { borrowStage } from "./stage.js";
import { loadBundle, loadDeck, loadStyle } from "./loading.js";
import { BuildingIndex } from "./picking.js";
import { Overlay } from "./overlay.js";
import { Editor } from "./editor.js";
import { Replay } from "./replay.js";
import { Viewer } from "./viewer.js";
import { MapFurniture } from "./furniture.js";
import { themeOf } from "./palette.js";
import { element } from "./dom.js";

const PARTS = { edit: Editor, replay: Replay, view: Viewer };
const indexes = new WeakMap(); // city bundle -> building index, shared by all sessions of the tab

export class MapSession {
  constructor(root) {
    this.root = root;
    this.waiting = Promise.resolve();
    this.markers = [];
  }

  // Calls may overlap while files load; they are worked off one after the other and only the newest data counts.
  update(component) {
    this.component = component;
    this.waiting = this.waiting.then(() => this.#follow()).catch((error) => this.#fail(error));
  }

  leave() {
    this.left = true;
    this.part?.leave();
    this.furniture?.leave();
    this.stage?.leave();
  }

  async #follow() {
    const data = this.component.data;
    if (this.left || data === this.followed) return this.#followTheme();
    this.followed = data;
    const own = data.replay_url ?? data.sky_url;
    const bundles = Promise.all([loadBundle(data.city_url), own ? loadBundle(own) : null]);
    const [[city, bundle]] = await Promise.all([bundles, this.#build(data)]);
    if (this.left) return;
    this.city = city;
    if (!indexes.has(city)) indexes.set(city, new BuildingIndex(city));
    this.index = indexes.get(city);
    this.theme = themeOf(this.box);
    this.main.dataset.theme = this.theme;
    this.stage.showCity(city, this.theme);
    this.#choosePart(data.mode);
    this.part.follow(data, bundle);
    this.furniture.follow(data, this.theme);
    this.main.dataset.state = "ready";
  }

  async #build(data) {
    if (this.main) return;
    this.main = element("div", { class: "map3d", "data-state": "loading", "data-mode": data.mode });
    this.notice = element("p", { class: "notice", role: "status" }, "Drawing the city …");
    this.box = element("div", { class: "box", tabindex: "0", role: "application", "aria-label": data.alt });
    this.below = element("div", { class: "below" });
    this.box.append(this.notice);
    this.main.append(this.box, this.below);
    this.root.append(this.main);
    await Promise.all([loadStyle(this.root, data.style_url), loadDeck(data.deck_url)]);
    if (this.left) return;
    this.stage = borrowStage();
    this.stage.enter(this.box, this);
    this.overlay = new Overlay(this.stage.overlay);
    this.furniture = new MapFurniture(this);
  }

  #choosePart(mode) {
    if (this.part?.mode === mode) return;
    this.part?.leave();
    this.main.dataset.mode = mode;
    this.part = new PARTS[mode](this);
  }

  #followTheme() {
    if (!this.part || this.left) return;
    const theme = themeOf(this.box);
    if (theme === this.theme) return;
    this.theme = theme;
    this.main.dataset.theme = theme;
    this.stage.showCity(this.city, theme);
    this.part.render();
    this.part.themed?.();
    this.furniture.follow(this.component.data, theme);
  }

  get cursor() {
    return this.part?.cursor ?? "grab";
  }

  // called by the stage when someone takes the camera in hand
  cameraTaken() {
    this.part?.cameraTaken?.();
  }

  // called by the stage after each drawn frame
  painted() {
    if (!this.part) return;
    this.overlay.draw(this.stage, this.city.meta.labels, this.markers);
    this.furniture.cameraMoved();
    this.part.painted?.();
    if (this.main.dataset.painted !== "1") {
      this.main.dataset.painted = "1";
      this.main.dataset.firstPaintMs = String(Math.round(performance.now()));
      this.notice.hidden = true;
    }
  }

  draw(layers, markers) {
    this.markers = markers;
    this.stage.show(layers);
  }

  #fail(error) {
    console.warn("map3d:", error);
    if (!this.main) return;
    this.main.dataset.state = "failed";
    this.notice.hidden = false;
    this.notice.textContent = `The map could not be drawn: ${error.message} Reload the page; if it stays, this browser may lack WebGL 2.`;
  }
}

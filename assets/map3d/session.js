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
import { Mounted } from "./mounted.js";

const PARTS = { edit: Editor, replay: Replay, view: Viewer };
const indexes = new WeakMap(); // city bundle -> building index, shared by all sessions of the tab

export class MapSession extends Mounted {
  constructor(root) {
    super(root, { waiting: "Drawing the city …", failed: "The map could not be drawn" });
    this.markers = [];
  }

  leave() {
    this.left = true;
    this.part?.leave();
    this.furniture?.leave();
    this.stage?.leave();
  }

  async follow() {
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
    this.stage.spanM = data.overview_m ?? bundle?.meta.overview_m;
    this.stage.showCity(city, this.theme);
    this.#choosePart(data.mode);
    this.part.follow(data, bundle);
    this.furniture.follow(data, this.theme);
    this.main.dataset.state = "ready";
    if (!this.stage.deck) this.part.painted?.(); // what waits for the first picture need not wait
  }

  redraw() {
    this.stage.redraw();
    this.part.render();
  }

  async #build(data) {
    if (this.main) return;
    this.frame(data, data.mode);
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
    this.firstPaint();
  }

  draw(layers, markers) {
    this.markers = markers;
    this.stage.show(layers);
  }
}

// One mounted map of one city: owns the editor, the replay, or the mere look at it.
import { borrowStage } from "./stage.js";
import { loadBundle } from "./loading.js";
import { BuildingIndex } from "./picking.js";
import { Overlay } from "./overlay.js";
import { Editor } from "./editor.js";
import { Replay } from "./replay.js";
import { Viewer } from "./viewer.js";
import { Mounted } from "./mounted.js";

const PARTS = { edit: Editor, replay: Replay, view: Viewer };
const indexes = new WeakMap(); // city bundle -> building index, shared by all sessions of the tab

export class MapSession extends Mounted {
  constructor(root) {
    super(root, { waiting: "Drawing the city …", failed: "The map could not be drawn" });
    this.markers = [];
  }

  borrow() {
    return borrowStage();
  }

  built() {
    this.overlay = new Overlay(this.stage.overlay);
  }

  load(data) {
    const own = data.replay_url ?? data.sky_url;
    return Promise.all([loadBundle(data.city_url), own ? loadBundle(own) : null]);
  }

  show(data, [city, bundle]) {
    this.city = city;
    if (!indexes.has(city)) indexes.set(city, new BuildingIndex(city));
    this.index = indexes.get(city);
    this.stage.spanM = data.overview_m ?? bundle?.meta.overview_m;
    this.stage.showCity(city, this.theme);
    this.#choosePart(data.mode);
    this.part.follow(data, bundle);
  }

  // what waits for the first picture need not wait where there is none
  shown() {
    if (!this.stage.deck) this.part.painted?.();
  }

  dress(theme) {
    this.stage.showCity(this.city, theme);
    this.part.render();
    this.part.themed?.();
  }

  get help() {
    return this.part.keys?.help ?? [];
  }

  leave() {
    this.part?.leave();
    super.leave();
  }

  redraw() {
    this.stage.redraw();
    this.part.render();
  }

  #choosePart(mode) {
    if (this.part?.mode === mode) return;
    this.part?.leave();
    this.main.dataset.mode = mode;
    this.part = new PARTS[mode](this);
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

// One mounted map of one city: owns the editor, the replay, or the mere look at it.
import { loadBundle } from "./loading.js";
import { BuildingIndex } from "./picking.js";
import { Overlay } from "./overlay.js";
import { Editor } from "./editor.js";
import { Replay } from "./replay.js";
import { Sharing } from "./sharing.js";
import { Viewer } from "./viewer.js";
import { Mounted } from "./mounted.js";
import { later } from "./later.js";

/** @import { Stage } from "./stage.js" */

/** @type {Record<OneMapData["mode"], new (session: MapSession) => MapPart>} */
const PARTS = { edit: Editor, replay: Replay, sharing: Sharing, view: Viewer };
/** @type {WeakMap<CityBundle, BuildingIndex>} */
const indexes = new WeakMap(); // shared by all sessions of the tab

export class MapSession extends Mounted {
  /** @type {CityBundle} */
  city = later();
  /** @type {BuildingIndex} */
  index = later();
  /** @type {Overlay} */
  overlay = later();
  /** @type {Stage} */
  stage = later();
  /** @type {MapPart} */
  part = later();

  /** @param {HTMLElement | ShadowRoot} root */
  constructor(root) {
    super(root, { waiting: "Drawing the city …", failed: "The map could not be drawn" });
    /** @type {Marker[]} */
    this.markers = [];
  }

  built() {
    this.overlay = new Overlay(this.stage.overlay);
  }

  /** @type {(data: OneMapData) => Promise<[CityBundle, unknown]>} */
  load(data) {
    const own = data.replay_url ?? data.sky_url;
    return Promise.all([loadBundle(data.city_url), own ? loadBundle(own) : null]);
  }

  /** @type {(data: OneMapData, loaded: [CityBundle, { meta: { overview_m?: number, sun?: Sun } } | null]) => void} */
  show(data, [city, bundle]) {
    this.city = city;
    this.index = indexes.get(city) ?? new BuildingIndex(city);
    indexes.set(city, this.index);
    this.stage.spanM = data.overview_m ?? bundle?.meta.overview_m ?? 0;
    this.stage.showCity(city, this.theme, bundle?.meta.sun ?? null);
    this.#choosePart(data.mode);
    this.part.follow(data, bundle);
  }

  // what waits for the first picture need not wait where there is none
  shown() {
    if (!this.stage.deck) this.part.painted?.();
  }

  /** @type {(theme: Theme) => void} */
  dress(theme) {
    this.stage.showCity(this.city, theme);
    this.part.render();
    this.part.themed?.();
  }

  get help() {
    return this.part.keys?.help ?? [];
  }

  get linkLooks() {
    return this.part.linkLooks ?? null;
  }

  get extras() {
    return this.part.extras ?? super.extras;
  }

  get legend() {
    return this.part.legend ?? null;
  }

  leave() {
    this.part?.leave();
    super.leave();
  }

  redraw() {
    this.stage.redraw();
    this.part.render();
  }

  /** @type {(mode: OneMapData["mode"]) => void} */
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
    this.offer(this.part);
    this.part.painted?.();
    this.firstPaint();
  }

  /** @type {(layers: DeckLayer[], markers: Marker[]) => void} */
  draw(layers, markers) {
    this.markers = markers;
    this.stage.show(layers);
  }
}

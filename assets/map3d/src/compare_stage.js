// The comparing stage: one deck.gl canvas for two to four runs, each a view of its own on one camera. One canvas, so that
// runs over the same city share its meshes and deck.gl's own work is done once per frame, not once per run. The views stand
// in panes, or two of them over one another, each cut to its side of a swipe line.
import { keepCamera, tabCamera, tabMemory } from "./loading.js";
import { clearColour } from "./city.js";
import { LocalFrame } from "./frame.js";
import { element, wantsStillness } from "./dom.js";
import { canDraw, drawsInSoftware } from "./graphics.js";
import { goFlat } from "./flat_deck.js";
import { baseLayers, overview } from "./stage.js";
import { cameraOf } from "./story_camera.js";
import { partAt, partsOf } from "./swipe.js";
import { partLayer } from "./part_layer.js";
import { later } from "./later.js";
import { areaFromAbove } from "./mercator.js";

/** @import { Part } from "./swipe.js" */

const DEVICE_PIXELS = Math.min(globalThis.devicePixelRatio || 1, 2);
const CONTROLLER = { doubleClickZoom: false, keyboard: true, touchRotate: true, inertia: 180 };
const SPARE = 0.84; // of a narrow pane's width: its near corners would be cut off
/** @type {("longitude" | "latitude" | "zoom" | "pitch" | "bearing")[]} */
const SMOOTH = ["longitude", "latitude", "zoom", "pitch", "bearing"];

// Like the other stages these outlive page switches: a tab never runs out of WebGL contexts.
/** @type {() => CompareStage} */
export function borrowCompareStage() {
  const stages = tabMemory().compareStages;
  const free = stages.find((stage) => !stage.owner);
  if (free) return free;
  const made = new CompareStage();
  stages.push(made);
  return made;
}

/** @typedef {{ x: number, y: number, width: number, height: number }} Box in pixels */
/** @typedef {{ id: string, city: CityBundle, frame: LocalFrame, box: Box }} Pane */

export class CompareStage {
  /** @type {Theme} */
  theme = later();
  /** @type {Map<string, Set<string>>} */
  homes = new Map();
  /** @type {number | null} */
  flying = null;
  /** @type {number} */
  spanM = 0;
  /** @type {Part[] | null} */
  parts = null; // what each run has of the width; null: they stand in panes

  constructor() {
    /** @type {StageOwner | null} */
    this.owner = null;
    this.canvas = element("div", { class: "stage" });
    this.node = element("div", { class: "panes" }, this.canvas);
    /** @type {DeckCanvas | null} */
    this.deck = null; // only while a lost context has not come back
    this.canvas.addEventListener("webglcontextlost", () => setTimeout(() => this.#lost()), true);
    /** @type {Map<CityBundle, DeckLayer[]>} */
    this.bases = new Map();
    /** @type {string} */
    this.lit = "";
    /** @type {DeckLayer[]} */
    this.cuts = [];
    /** @type {Pane[]} */
    this.places = [];
  }

  /** @type {(box: HTMLElement, owner: StageOwner) => void} */
  enter(box, owner) {
    this.owner = owner;
    box.prepend(this.node);
    this.#open();
  }

  // Draws again what a lost context has taken: every layer is made anew.
  redraw() {
    this.bases = new Map();
    this.#open();
  }

  leave() {
    this.owner = null;
    this.#stopFlying();
    this.node.replaceChildren(this.canvas);
    this.node.remove();
    this.cuts = [];
    this.show([]);
  }

  // One city per pane; cities that are shared are drawn from the same meshes, and all in the light of the first run, so
  // that light is no difference.
  /** @type {(cities: CityBundle[], theme: Theme, sun?: Sun) => void} */
  showCities(cities, theme, sun) {
    const lit = JSON.stringify([theme, sun]);
    const kept = this.lit === lit ? this.bases : new Map();
    Object.assign(this, { theme, lit });
    this.bases = new Map(
      cities.map((city) => [city, kept.get(city) ?? (this.deck ? baseLayers(city, theme, sun) : [])]),
    );
    this.places = cities.map((city, index) => {
      const same = this.places[index]?.city === city;
      return same
        ? this.places[index]
        : {
            id: `pane${index}`,
            city,
            frame: new LocalFrame(city.meta.anchor),
            box: { x: 0, y: 0, width: 1, height: 1 },
          };
    });
    this.homes = new Map();
    for (const [city, layers] of this.bases) {
      const ids = new Set(this.places.filter((place) => place.city === city).map((place) => place.id));
      for (const layer of layers) this.homes.set(layer.id, ids);
    }
    this.deck?.setProps({ parameters: { clearColor: clearColour(theme, sun) } });
  }

  // boxes in pixels of the node, one per pane; over one another, the first alone hears the pointer
  /** @type {(boxes: Box[], share: number | null) => void} */
  arrange(boxes, share) {
    this.places.forEach((place, index) => (place.box = boxes[index]));
    this.divide(share);
    const { MapView } = globalThis.deck;
    const views = this.places.map(({ id, box }, index) => {
      const controller = !this.parts || index === 0 ? CONTROLLER : false;
      return new MapView({ id, ...box, repeat: false, farZMultiplier: 1.6, controller });
    });
    this.restoreCamera({ views });
  }

  // how much of the width the first run has; null: each has a pane. Drawn with the next layers that are shown.
  /** @type {(share: number | null) => void} */
  divide(share) {
    this.parts = share == null ? null : partsOf(share, this.places[0].box.width);
    this.cuts = (this.parts ?? []).map((part, index) => partLayer(`${this.places[index].id}/part`, part));
  }

  /** @type {(dynamic: DeckLayer[]) => void} */
  show(dynamic) {
    this.deck?.setProps({ layers: [...this.cuts, ...[...this.bases.values()].flat(), ...dynamic] });
  }

  // the run that is drawn at a pixel of the node, -1 where none is
  /** @type {(pixel: Pixel) => number} */
  paneAt([x, y]) {
    if (this.parts) return partAt(this.parts, x);
    return this.places.findIndex(
      ({ box }) => x >= box.x && x < box.x + box.width && y >= box.y && y < box.y + box.height,
    );
  }

  // the viewport of a pane, its frame set up; null before the first frame
  /** @type {(index: number) => Viewport | null} */
  viewportOf(index) {
    const place = this.places[index];
    const viewport = place && this.deck?.isInitialized && this.deck.getViewports().find(({ id }) => id === place.id);
    return viewport ? place.frame.at(viewport) && viewport : null;
  }

  viewport() {
    return this.viewportOf(0);
  }

  get frame() {
    return this.places[0].frame;
  }

  // `more` goes with the camera: a view without one cannot be shown
  /** @type {(more?: object) => void} */
  restoreCamera(more) {
    const memory = tabMemory();
    const { city } = this.places[0];
    const key = JSON.stringify([city.meta.anchor, city.meta.size_m]);
    if (memory.camera?.key !== key) memory.camera = { key, view: this.overviewView() };
    this.#stopFlying();
    this.#place(memory.camera.view, more);
  }

  overviewView() {
    if (!canDraw()) return areaFromAbove(this.places[0].city, this.#size());
    return overview(this.places[0].city, this.#size(), this.spanM);
  }

  // of a pane, as far as the overview may fill it
  #size() {
    const { width, height } = this.places[0].box;
    return { clientWidth: width * (this.parts ? 1 : SPARE), clientHeight: height };
  }

  // flies to a camera that spans metres, seen in a pane
  /** @type {(camera: StoryCamera, milliseconds: number) => void} */
  lookAt(camera, milliseconds) {
    this.moveCamera({ ...this.camera(), ...cameraOf(camera, { node: this.#size() }) }, milliseconds);
  }

  overviewCamera() {
    this.owner?.cameraTaken();
    this.moveCamera(this.overviewView(), 800);
  }

  // straight down, north up; from above the area's height counts in full, so the camera stands further away
  /** @type {(milliseconds: number) => void} */
  topCamera(milliseconds) {
    const view = this.overviewView();
    const { width, height } = this.places[0].box;
    const zoom = view.zoom + Math.log2(Math.min(width, height) / Math.min(width, height * 1.9)) - 0.1;
    this.moveCamera({ ...view, zoom, pitch: 0, bearing: 0 }, milliseconds);
  }

  /** @type {(change: Partial<CameraView>) => void} */
  turn(change) {
    this.moveCamera({ ...this.camera(), ...change }, 300);
  }

  camera() {
    return tabCamera();
  }

  cameraBusy() {
    return this.flying != null;
  }

  /** @type {(view: CameraView, milliseconds?: number) => void} */
  moveCamera(view, milliseconds = 0) {
    this.#stopFlying();
    if (!milliseconds || wantsStillness()) return this.#place(view);
    const from = this.camera();
    const turned = ((((view.bearing - from.bearing) % 360) + 540) % 360) - 180; // the shorter way round
    const to = { ...view, bearing: from.bearing + turned };
    const began = performance.now();
    /** @type {FrameRequestCallback} */
    const fly = (now) => {
      const share = Math.max(0, Math.min(1, (now - began) / milliseconds));
      const eased = share * share * (3 - 2 * share);
      this.flying = share < 1 ? requestAnimationFrame(fly) : null;
      this.#place(
        share < 1
          ? { ...to, ...Object.fromEntries(SMOOTH.map((name) => [name, from[name] + (to[name] - from[name]) * eased])) }
          : view,
      );
    };
    this.flying = requestAnimationFrame(fly);
  }

  // Fewer pixels while a machine without a graphics card plays; everything else stays the same.
  /** @type {(share: number) => void} */
  sharpness(share) {
    this.deck?.setProps({ useDevicePixels: share * DEVICE_PIXELS });
  }

  #stopFlying() {
    if (this.flying != null) cancelAnimationFrame(this.flying);
    this.flying = null;
  }

  // The camera belongs to the first pane's area; the other panes stand over the same local metres of theirs.
  /** @type {(view: CameraView, more?: object) => void} */
  #place(view, more) {
    keepCamera(view);
    const [first] = this.places;
    const viewState = Object.fromEntries(
      this.places.map((place) => [place.id, shifted(view, first.city.meta.anchor, place.city.meta.anchor)]),
    );
    this.deck?.setProps({ ...more, viewState });
  }

  /** @type {(change: ViewStateChange) => void} */
  #moved({ viewId, viewState, interactionState }) {
    const place = this.places.find(({ id }) => id === viewId);
    if (!place || !this.owner) return;
    this.#stopFlying();
    if (interactionState?.isDragging || interactionState?.isPanning || interactionState?.isRotating)
      this.owner.cameraTaken();
    const { longitude, latitude, zoom, pitch, bearing } = viewState;
    const view = { longitude, latitude, zoom, pitch, bearing, minZoom: 11, maxZoom: 18.5, maxPitch: 80 };
    this.#place(shifted(view, place.city.meta.anchor, this.places[0].city.meta.anchor));
  }

  /** @type {(layer: string, viewport: string) => boolean} */
  #belongs(layer, viewport) {
    const homes = this.homes?.get(layer);
    return homes ? homes.has(viewport) : layer.startsWith(`${viewport}/`);
  }

  #open() {
    this.#letGo();
    this.deck ??= this.#makeDeck();
  }

  // a canvas from before the tab went flat
  #letGo() {
    if (!this.deck || this.deck.constructor === globalThis.deck.Deck) return;
    this.deck.finalize();
    this.deck = null;
    this.bases = new Map();
  }

  #lost() {
    this.deck?.finalize();
    this.deck = null;
    this.bases = new Map();
    this.owner?.graphicsLost();
  }

  /** @type {(error: Error, layer?: DeckLayer) => void} */
  #failed(error, layer) {
    if (layer || this.deck?.isInitialized) console.warn("map3d:", error);
    else this.#goFlat();
  }

  // the browser has promised a context and gives none
  #goFlat() {
    goFlat();
    this.#open();
    this.owner?.graphicsFailed();
  }

  #makeDeck() {
    return new globalThis.deck.Deck({
      parent: this.canvas,
      useDevicePixels: DEVICE_PIXELS,
      deviceProps: { type: "webgl", webgl: { antialias: !drawsInSoftware() } },
      views: [],
      layers: [],
      viewState: {},
      layerFilter: ({ layer, viewport }) => this.#belongs(layer.id, viewport.id),
      getCursor: ({ isDragging }) => (isDragging ? "grabbing" : "grab"),
      onViewStateChange: (change) => this.#moved(change),
      onAfterRender: () => this.owner?.painted(),
      onError: (error, layer) => this.#failed(error, layer),
    });
  }
}

// a camera over one anchor -> the same camera over another one: same metres from the anchor, same metres per pixel
/** @type {(view: CameraView, from: readonly [number, number], to: readonly [number, number]) => CameraView} */
function shifted(view, from, to) {
  if (from[0] === to[0] && from[1] === to[1]) return view;
  const [here, there] = [from, to].map(([, latitude]) => Math.cos((latitude * Math.PI) / 180));
  return {
    ...view,
    longitude: to[0] + ((view.longitude - from[0]) * here) / there,
    latitude: to[1] + view.latitude - from[1],
    zoom: view.zoom + Math.log2(there / here),
  };
}

// The stage: one deck.gl canvas with a label canvas above it. Stages outlive page switches - the canvas moves to the
// next page's component with everything already on the graphics card - so a tab never runs out of WebGL contexts.
import { keepCamera, tabCamera, tabMemory } from "./loading.js";
import { cityLayers, clearColour, nearLayers } from "./city.js";
import { flatCityLayers, goFlat } from "./flat_deck.js";
import { LocalFrame } from "./frame.js";
import { KeptCities } from "./kept_cities.js";
import { element, wantsStillness } from "./dom.js";
import { canDraw, drawsInSoftware } from "./graphics.js";
import { later } from "./later.js";
import { areaFromAbove, zoomOf } from "./mercator.js";

const NEAR_ZOOM = 15.3; // from here on a storey is some pixels high
const NEAR_STEP_M = 350; // after which what is near is looked for anew
const BEARING = -17; // of the overview
const SHOWN_ASIDE = 0.6; // the area's far corner may lie under the panel
const METRES_PER_DEGREE = 40075016 / 360;
const DEVICE_PIXELS = Math.min(globalThis.devicePixelRatio || 1, 2);

/** @type {() => Stage} */
export function borrowStage() {
  const stages = tabMemory().stages;
  const free = stages.find((stage) => !stage.owner);
  if (free) return free;
  const made = new Stage();
  stages.push(made);
  return made;
}

export class Stage {
  /** @type {CityBundle} */
  city = later();
  /** @type {Theme} */
  theme = later();
  /** @type {LocalFrame} */
  frame = later();
  /** @type {Sun | null} */
  sun = null;
  /** @type {CameraView | null} */
  shownCamera = null;
  /** @type {number} */
  busyUntil = 0;
  /** @type {number} */
  spanM = 0;

  constructor() {
    /** @type {StageOwner | null} */
    this.owner = null;
    this.overlay = element("canvas", { class: "overlay", "aria-hidden": "true" });
    this.node = element("div", { class: "stage" });
    /** @type {DeckCanvas | null} */
    this.deck = null; // only while a lost context has not come back
    this.cities = new KeptCities();
    /** @type {DeckLayer[]} */
    this.base = [];
    /** @type {{ layers: DeckLayer[], place: readonly [number, number] } | null} */
    this.near = null; // what is drawn near the camera alone, while it is near the ground
    /** @type {DeckLayer[]} */
    this.dynamic = [];
    /** @type {string} */
    this.lit = "";
    this.node.addEventListener("webglcontextlost", () => setTimeout(() => this.#lost()), true);
  }

  /** @type {(box: HTMLElement, owner: StageOwner) => void} */
  enter(box, owner) {
    this.owner = owner;
    box.prepend(this.node);
    this.#open();
  }

  // Draws again what a lost context has taken: every layer is made anew.
  redraw() {
    const { city, theme } = this;
    this.#forget();
    this.#open();
    this.showCity(city, theme);
  }

  leave() {
    this.owner = null;
    this.node.remove();
    this.show([]); // a layer that deck.gl has let go of cannot come back, so the city stays
  }

  // `sun`: where it stands; undefined keeps it
  /** @type {(city: CityBundle, theme: Theme, sun?: Sun | null) => void} */
  showCity(city, theme, sun = this.sun) {
    const fresh = this.city !== city;
    const lit = theme === "dark" ? theme : JSON.stringify([theme, sun]);
    if (fresh || this.lit !== lit || !this.base.length) {
      this.base = this.deck ? this.#cityLayers(city, theme, sun, lit) : [];
      this.near = null;
    }
    Object.assign(this, { city, theme, sun, lit });
    this.frame = fresh || !this.frame ? new LocalFrame(city.meta.anchor) : this.frame;
    this.deck?.setProps({ parameters: { clearColor: clearColour(theme, sun) } });
    this.restoreCamera();
    this.#approach(this.camera());
  }

  /** @type {(city: CityBundle, theme: Theme, sun: Sun | null, lit: string) => DeckLayer[]} */
  #cityLayers(city, theme, sun, lit) {
    if (!canDraw()) return baseLayers(city, theme, sun);
    return this.cities.show(city, lit, () => baseLayers(city, theme, sun));
  }

  // dynamic layers are drawn above the city; passing the same city layers again costs deck.gl nothing
  /** @type {(dynamic: DeckLayer[]) => void} */
  show(dynamic) {
    this.dynamic = dynamic;
    this.deck?.setProps({ layers: [...this.base, ...(this.near?.layers ?? []), ...dynamic, ...this.cities.hidden] });
  }

  // what is drawn near the camera alone comes, goes and changes with it
  /** @type {(view: CameraView) => void} */
  #approach({ zoom, longitude, latitude }) {
    if (!this.city || !this.deck || !canDraw()) return; // deck.gl may tell its camera before there is a city
    const before = this.near;
    const [lon, lat] = this.city.meta.anchor;
    const place = /** @type {[number, number]} */ ([
      (longitude - lon) * METRES_PER_DEGREE * Math.cos((lat * Math.PI) / 180),
      (latitude - lat) * METRES_PER_DEGREE,
    ]);
    if (zoom < NEAR_ZOOM) this.near = null;
    else if (!before || Math.hypot(place[0] - before.place[0], place[1] - before.place[1]) > NEAR_STEP_M)
      this.near = { layers: nearLayers(this.city, this.theme, this.sun, place), place };
    if (this.near !== before && this.owner) this.show(this.dynamic);
  }

  viewport() {
    const viewport = this.deck?.isInitialized ? this.deck.getViewports()[0] : null;
    return viewport && this.frame ? this.frame.at(viewport) && viewport : null;
  }

  restoreCamera() {
    const memory = tabMemory();
    const key = JSON.stringify([this.city.meta.anchor, this.city.meta.size_m]);
    if (memory.camera?.key !== key) memory.camera = { key, view: this.overviewView() };
    if (this.shownCamera !== memory.camera.view) this.moveCamera(memory.camera.view);
  }

  /** @type {(view: CameraView, milliseconds?: number) => void} */
  moveCamera(view, milliseconds = 0) {
    const smooth = milliseconds && !wantsStillness();
    const transition = smooth
      ? { transitionDuration: milliseconds, transitionInterpolator: new globalThis.deck.FlyToInterpolator() }
      : { transitionDuration: 0 };
    keepCamera(view);
    this.shownCamera = view;
    this.#approach(view);
    if (milliseconds) this.busyUntil = performance.now() + (smooth ? milliseconds : 0);
    this.deck?.setProps({ initialViewState: { ...view, ...transition } });
  }

  // Fewer pixels while a machine without a graphics card plays; everything else stays the same.
  /** @type {(share: number) => void} */
  sharpness(share) {
    this.deck?.setProps({ useDevicePixels: share * DEVICE_PIXELS });
  }

  // whether the camera is on a smooth flight
  cameraBusy() {
    return performance.now() < (this.busyUntil ?? 0);
  }

  overviewView() {
    const side = coveredPx(this.node);
    if (!canDraw()) {
      const [above, below] = [coveredPx(this.node, "below-figures"), coveredPx(this.node, "bottom")];
      return areaFromAbove(this.city, this.node, side, above, below);
    }
    return overview(this.city, this.node, this.spanM, side);
  }

  overviewCamera() {
    this.owner?.cameraTaken();
    this.moveCamera(this.overviewView(), 800);
  }

  /** @type {(change: Partial<CameraView>) => void} */
  turn(change) {
    this.moveCamera({ ...tabCamera(), ...change }, 300);
  }

  camera() {
    return tabCamera();
  }

  // a canvas from before the tab went flat
  #letGo() {
    if (!this.deck || this.deck.constructor === globalThis.deck.Deck) return;
    this.deck.finalize();
    this.deck = null;
    this.base = [];
    this.shownCamera = null;
  }

  // the next city is made anew, whatever was there
  #forget() {
    this.city = later();
    this.cities.forget();
    this.shownCamera = null;
  }

  #open() {
    this.#letGo();
    this.deck ??= this.#makeDeck();
    this.node.append(this.overlay); // above the deck canvas
  }

  #lost() {
    this.deck?.finalize();
    this.deck = null;
    this.owner?.graphicsLost();
    if (!this.owner) this.#forget(); // whoever borrows this stage next begins anew
  }

  /** @type {(error: Error, layer?: DeckLayer) => void} */
  #failed(error, layer) {
    if (layer || this.deck?.isInitialized) console.warn("map3d:", error);
    else this.#goFlat();
  }

  // the browser has promised a context and gives none
  #goFlat() {
    goFlat();
    this.cities.forget();
    this.#open();
    this.owner?.graphicsFailed();
  }

  #makeDeck() {
    return new globalThis.deck.Deck({
      parent: this.node,
      useDevicePixels: DEVICE_PIXELS,
      deviceProps: { type: "webgl", webgl: { antialias: !drawsInSoftware() } },
      views: new globalThis.deck.MapView({ repeat: false, farZMultiplier: 1.6 }),
      controller: { doubleClickZoom: false, keyboard: true, touchRotate: true, inertia: 180 },
      initialViewState: { longitude: 0, latitude: 51.5, zoom: 13 },
      getCursor: ({ isDragging }) => (isDragging ? "grabbing" : (this.owner?.cursor ?? "grab")),
      onViewStateChange: ({ viewState, interactionState }) => {
        if (interactionState?.isDragging || interactionState?.isPanning || interactionState?.isRotating)
          this.owner?.cameraTaken();
        return this.#remember(viewState);
      },
      onAfterRender: () => this.owner?.painted(),
      onError: (error, layer) => this.#failed(error, layer),
      layers: [],
    });
  }

  /** @type {(viewState: CameraView) => CameraView} */
  #remember(viewState) {
    const { longitude, latitude, zoom, pitch, bearing } = viewState;
    const view = { longitude, latitude, zoom, pitch, bearing, minZoom: 11, maxZoom: 18.5, maxPitch: 80 };
    keepCamera(view);
    this.shownCamera = view;
    this.#approach(view);
    return viewState;
  }
}

// how much of a side of the map the page covers with its panel or its time bar
/** @type {(node: HTMLElement, side?: "side" | "below-figures" | "bottom") => number} */
function coveredPx(node, side = "side") {
  return (node.isConnected && parseFloat(getComputedStyle(node).getPropertyValue(`--studio-${side}`))) || 0;
}

// the city as this browser can draw it
/** @type {(city: CityBundle, theme: Theme, sun?: Sun | null) => DeckLayer[]} */
export function baseLayers(city, theme, sun) {
  return canDraw() ? cityLayers(city, theme, sun) : flatCityLayers(city, theme);
}

// From the south-west, low enough to see the towers stand up, wide enough to hold the area, and `span` metres where
// someone in it would else be outside the picture (itnt_core/mapdata/framing.py).
/** @type {(city: CityBundle, node: Size, span?: number, covered?: number) => CameraView} */
export function overview(city, node, span = 0, covered = 0) {
  const [longitude, latitude] = city.meta.anchor;
  const width = (node.clientWidth || 900) - covered * SHOWN_ASIDE;
  const height = node.clientHeight || 560;
  const metresPerPixel = Math.max(city.meta.size_m, span) / Math.min(width, height * 1.9);
  const zoom = zoomOf(metresPerPixel, latitude);
  const aside = ((covered / 2) * metresPerPixel) / METRES_PER_DEGREE; // to the right on screen
  const turn = (BEARING * Math.PI) / 180;
  return {
    longitude: longitude + (aside * Math.cos(turn)) / Math.cos((latitude * Math.PI) / 180),
    latitude: latitude - aside * Math.sin(turn),
    zoom,
    pitch: 56,
    bearing: BEARING,
    minZoom: 11,
    maxZoom: 18.5,
    maxPitch: 80,
  };
}

// The flat map: what deck.gl's canvas is to a stage in a browser without WebGL. It takes the same settings, layers and
// cameras and tells the same events, so that whatever plays, places or measures on a stage need not know it.
import { FlatGestures } from "./flat_gestures.js";
import { FlatPane } from "./flat_pane.js";
import { element } from "./dom.js";

const MOMENT_MS = 80; // between two pictures of what moves; the camera is followed at once
const [LEAST_ZOOM, MOST_ZOOM] = [11, 18.5]; // of a camera that does not say
/** @type {("longitude" | "latitude" | "zoom")[]} */
const SMOOTH = ["longitude", "latitude", "zoom"];

/** @typedef {{ id?: string, x?: number, y?: number, width?: number, height?: number }} ViewProps a part of the map, or all of it */
/** @typedef {CameraView & { transitionDuration?: number }} Aim */

export class FlatMap {
  isInitialized = true;
  /** @type {Map<string, FlatPane>} */
  panes = new Map();
  /** @type {CameraView | null} */
  view = null; // that the map keeps itself, where it is not handed one for each pane
  /** @type {{ from: CameraView, to: CameraView, began: number, lasts: number } | null} */
  flight = null;
  /** @type {number | undefined} */
  request = undefined;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  timer = undefined;
  drawnAt = 0;
  hasNews = true;

  /** @param {DeckProps} props */
  constructor(props) {
    this.props = props;
    this.node = element("div", { class: "flat-map" });
    props.parent.append(this.node);
    this.sizes = new ResizeObserver(() => this.#next());
    this.sizes.observe(this.node);
    this.setProps(props);
  }

  /** @type {(props: Partial<DeckProps>) => void} */
  setProps(props) {
    this.props = { ...this.props, ...props };
    if (props.initialViewState) this.#flyTo(/** @type {Aim} */ (props.initialViewState));
    if (props.layers) this.hasNews = true;
    if (props.views || props.viewState || props.initialViewState) this.#next();
    else if (this.hasNews) this.#soon();
  }

  getViewports() {
    return [...this.panes.values()].map(({ viewport }) => viewport);
  }

  /** @type {() => HTMLCanvasElement} */
  getCanvas() {
    throw new Error("The flat map is not drawn on a canvas.");
  }

  redraw() {
    this.hasNews = true;
    this.#next();
  }

  finalize() {
    this.sizes.disconnect();
    clearTimeout(this.timer);
    if (this.request !== undefined) cancelAnimationFrame(this.request);
    for (const pane of this.panes.values()) pane.leave();
    this.node.remove();
  }

  #next() {
    this.request ??= requestAnimationFrame((now) => this.#draw(now));
  }

  #soon() {
    this.timer ??= setTimeout(
      () => {
        this.timer = undefined;
        this.#next();
      },
      MOMENT_MS - Math.min(MOMENT_MS, performance.now() - this.drawnAt),
    );
  }

  /** @type {(now: number) => void} */
  #draw(now) {
    this.request = undefined;
    if (!this.node.clientWidth) return; // whoever is hidden has no size
    this.#fly(now);
    this.#arrange();
    if (this.hasNews && now - this.drawnAt >= MOMENT_MS) this.#drawLayers(now);
    else if (this.hasNews) this.#soon();
    this.props.onAfterRender();
  }

  /** @type {(now: number) => void} */
  #drawLayers(now) {
    this.hasNews = false;
    this.drawnAt = now;
    const { layers, layerFilter } = this.props;
    for (const pane of this.panes.values())
      pane.show(layers.filter((layer) => layerFilter?.({ layer, viewport: pane.viewport }) ?? true));
  }

  // every view where it lies now, under its camera
  #arrange() {
    const views = /** @type {{ props: ViewProps }[]} */ ([this.props.views].flat());
    const gone = new Set(this.panes.keys());
    for (const { props } of views) {
      const id = props.id ?? "map";
      const [camera, box] = [this.#cameraOf(id), this.#boxOf(props)];
      if (!camera) continue;
      gone.delete(id);
      if (this.panes.has(id)) this.panes.get(id)?.look(box, camera);
      else this.#open(id, box, camera);
    }
    for (const id of gone) {
      this.panes.get(id)?.leave();
      this.panes.delete(id);
    }
  }

  /** @type {(id: string, box: FlatPane["box"], camera: CameraView) => void} */
  #open(id, box, camera) {
    const pane = new FlatPane(id, box, camera);
    const gestures = new FlatGestures(pane.node, (...moved) => this.#moved(pane, ...moved));
    pane.node.addEventListener("pointermove", () => {
      pane.node.style.cursor = this.props.getCursor?.({ isDragging: gestures.isDragging }) ?? "grab";
    });
    this.panes.set(id, pane);
    this.node.append(pane.node);
    this.hasNews = true;
    this.drawnAt = 0; // what is new waits for nothing
  }

  /** @type {(id: string) => CameraView | null} */
  #cameraOf(id) {
    const each = /** @type {Record<string, CameraView> | undefined} */ (this.props.viewState);
    return each ? (each[id] ?? null) : this.view;
  }

  /** @type {(props: ViewProps) => FlatPane["box"]} */
  #boxOf({ x = 0, y = 0, width = this.node.clientWidth, height = this.node.clientHeight }) {
    return { x, y, width, height };
  }

  /** @type {(pane: FlatPane, from: Pixel, to: Pixel, zoom: number, isDragging: boolean) => void} */
  #moved(pane, from, to, zoom, isDragging) {
    const { minZoom = LEAST_ZOOM, maxZoom = MOST_ZOOM, zoom: now } = pane.view;
    const viewState = pane.held(from, to, Math.max(minZoom, Math.min(maxZoom, now + zoom)));
    this.flight = null;
    if (!this.props.viewState) this.view = viewState;
    this.props.onViewStateChange({
      viewId: pane.id,
      viewState,
      interactionState: { isDragging, isPanning: isDragging },
    });
    this.#next();
  }

  /** @type {(aim: Aim) => void} */
  #flyTo({ transitionDuration = 0, ...view }) {
    const from = this.view;
    this.flight = null;
    if (from && transitionDuration)
      this.flight = { from, to: view, began: performance.now(), lasts: transitionDuration };
    else this.view = view;
  }

  /** @type {(now: number) => void} */
  #fly(now) {
    if (!this.flight) return;
    const { from, to, began, lasts } = this.flight;
    const share = Math.max(0, Math.min(1, (now - began) / lasts));
    const eased = share * share * (3 - 2 * share);
    const between = SMOOTH.map((name) => [name, from[name] + (to[name] - from[name]) * eased]);
    this.view = share < 1 ? { ...to, ...Object.fromEntries(between) } : to;
    if (share < 1) this.#next();
    else this.flight = null;
  }
}

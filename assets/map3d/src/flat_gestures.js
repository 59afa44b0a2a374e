// Drag, wheel and pinch on a view of the flat map.

const STILL_PX = 3; // a click trembles
const WHEEL_ZOOM = 0.0022; // per pixel that the wheel scrolls
const LINE_PX = 20; // a line that a wheel scrolls, where it counts in lines
const LEAST_SPREAD_PX = 10;

/** @typedef {(from: Pixel, to: Pixel, zoom: number, isDragging: boolean) => void} Moved what was at `from` is at `to` */

export class FlatGestures {
  /** @type {Map<number, Pixel>} */
  down = new Map(); // pointers on the map
  /** @type {Pixel | null} */
  began = null; // of a drag that is no drag yet

  /**
   * @param {SVGElement} node
   * @param {Moved} moved
   */
  constructor(node, moved) {
    this.node = node;
    this.moved = moved;
    /** @type {(type: string, handler: (event: any) => void, options?: AddEventListenerOptions) => void} */
    const listen = (type, handler, options) => node.addEventListener(type, handler, options);
    listen("pointerdown", (event) => this.#press(event));
    listen("pointermove", (event) => this.#move(event));
    for (const type of ["pointerup", "pointercancel"]) listen(type, (event) => this.#release(event));
    listen("wheel", (event) => this.#wheel(event), { passive: false });
  }

  get isDragging() {
    return this.down.size > 0 && !this.began;
  }

  /** @type {(event: PointerEvent) => void} */
  #press(event) {
    if (event.pointerType === "mouse" && event.button !== 0) return;
    this.node.setPointerCapture(event.pointerId);
    this.down.set(event.pointerId, this.#pixel(event));
    this.began = this.down.size === 1 ? this.#pixel(event) : null;
  }

  /** @type {(event: PointerEvent) => void} */
  #move(event) {
    if (!this.down.has(event.pointerId)) return;
    const pixel = this.#pixel(event);
    if (this.began && distance(pixel, this.began) < STILL_PX) return;
    this.began = null;
    const before = this.#grip();
    this.down.set(event.pointerId, pixel);
    const after = this.#grip();
    this.moved(before.middle, after.middle, Math.log2(after.spread / before.spread), true);
  }

  /** @type {(event: PointerEvent) => void} */
  #release(event) {
    this.down.delete(event.pointerId);
  }

  /** @type {(event: WheelEvent) => void} */
  #wheel(event) {
    event.preventDefault();
    const scrolled = event.deltaY * (event.deltaMode ? LINE_PX : 1);
    const pixel = this.#pixel(event);
    this.moved(pixel, pixel, -scrolled * WHEEL_ZOOM, false);
  }

  // the middle of the fingers, and how far apart they are
  /** @type {() => { middle: Pixel, spread: number }} */
  #grip() {
    const fingers = [...this.down.values()];
    const [x, y] = [0, 1].map((axis) => fingers.reduce((sum, finger) => sum + finger[axis], 0) / fingers.length);
    const spread = fingers.length > 1 ? Math.max(LEAST_SPREAD_PX, distance(fingers[0], fingers[1])) : 1;
    return { middle: [x, y], spread };
  }

  /** @type {(event: MouseEvent) => Pixel} */
  #pixel(event) {
    const box = this.node.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  }
}

/** @type {(a: Pixel, b: Pixel) => number} */
function distance(a, b) {
  return Math.hypot(a[0] - b[0], a[1] - b[1]);
}

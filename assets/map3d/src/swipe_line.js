// The swipe line itself: a handle that pointer and keys move; it tells the share of the map that is left of it.
import { element, icon } from "./dom.js";
import { KeyMap } from "./keymap.js";
import { STEPS, held, lineAt, spoken } from "./swipe.js";

export class SwipeLine {
  /** @type {number} */
  share = 0.5;
  /** @type {number} */
  width = 0;
  /** @type {number | null} */
  grabbedAt = null;

  /**
   * @param {readonly string[]} letters of the runs on its left and right
   * @param {(share: number) => void} moved
   */
  constructor(letters, moved) {
    this.letters = letters;
    this.moved = moved;
    this.grip = element(
      "div",
      {
        class: "grip",
        role: "slider",
        tabindex: "0",
        "aria-label": `Swipe line between ${letters.join(" and ")}`,
        "aria-orientation": "horizontal",
        "aria-valuemin": "0",
        "aria-valuemax": "100",
        title: "Drag, or use the arrow keys",
      },
      icon("swipe"),
    );
    this.node = element("div", { class: "swipe-line", hidden: true }, this.grip);
    this.node.addEventListener("pointerdown", (event) => this.#grab(event));
    this.node.addEventListener("pointermove", (event) => this.#drag(event));
    for (const name of /** @type {const} */ (["pointerup", "pointercancel"]))
      this.node.addEventListener(name, () => (this.grabbedAt = null));
    const steps = Object.entries(STEPS).map(([key, step]) => [key, () => this.#move(this.share + step)]);
    new KeyMap([{ keys: Object.fromEntries(steps) }]).listen(this.grip, {});
  }

  // where it stands on a map of this width
  /** @type {(share: number, width: number) => void} */
  place(share, width) {
    Object.assign(this, { share: held(share, width), width });
    this.node.style.left = `${lineAt(share, width)}px`;
    this.grip.setAttribute("aria-valuenow", String(Math.round(this.share * 100)));
    this.grip.setAttribute("aria-valuetext", spoken(this.letters, this.share));
  }

  /** @type {(share: number) => void} */
  #move(share) {
    this.moved(held(share, this.width));
  }

  /** @type {(event: PointerEvent) => void} */
  #grab(event) {
    if (event.button !== 0) return;
    event.preventDefault();
    event.stopPropagation();
    this.node.setPointerCapture(event.pointerId);
    this.grip.focus({ preventScroll: true });
    this.grabbedAt = event.clientX - this.share * this.width;
  }

  /** @type {(event: PointerEvent) => void} */
  #drag(event) {
    if (this.grabbedAt != null && this.width) this.#move((event.clientX - this.grabbedAt) / this.width);
  }
}

// The objects on the map as buttons where they stand, for whoever goes from one to the next with the Tab key or listens to
// a screen reader. The pointer goes through them: clicks and drags are the map's.
import { element } from "./dom.js";

/**
 * @typedef {object} MapObject
 * @property {string} name what it is, in words
 * @property {Pixel} pixel of the box
 * @property {boolean} selected
 * @property {() => void} choose
 */

const MOST = 120; // of a crowd the first ones: the tables tell of all

export class MapObjects {
  /** @type {HTMLButtonElement[]} */
  buttons = [];
  /** @type {MapObject[]} */
  objects = [];

  /** @param {HTMLElement} box */
  constructor(box) {
    this.node = element("div", { class: "map-objects", role: "group", "aria-label": "Objects on the map" });
    box.append(this.node);
  }

  leave() {
    this.node.remove();
  }

  // The buttons stay where there are as many objects, so that the focus stays.
  /** @type {(objects: MapObject[]) => void} */
  show(objects) {
    this.objects = objects.slice(0, MOST);
    while (this.buttons.length > this.objects.length) this.buttons.pop()?.remove();
    while (this.buttons.length < this.objects.length) this.#add(this.buttons.length);
    this.objects.forEach(({ name, pixel: [x, y], selected }, index) => {
      const button = this.buttons[index];
      button.style.transform = `translate(${x.toFixed(1)}px, ${y.toFixed(1)}px)`;
      if (button.getAttribute("aria-label") !== name) button.setAttribute("aria-label", name);
      if (button.ariaPressed !== String(selected)) button.ariaPressed = String(selected);
    });
  }

  /** @type {(index: number) => void} */
  #add(index) {
    const button = element("button", { type: "button", onclick: () => this.objects[index].choose() });
    this.buttons.push(button);
    this.node.append(button);
  }
}

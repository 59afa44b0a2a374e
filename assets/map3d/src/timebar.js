// The bar of time with what belongs to it, and the panel of curves: below the map on a page, on it in the workspace.
import { element, iconButton } from "./dom.js";

/** @typedef {{ main: HTMLElement, below: HTMLElement }} Place */

// In a narrow window the panel is closed at first; a button of the bar, shown there alone, opens it.
/** @type {(place: Place, player: HTMLElement, beside: Node[], curves: Node[]) => void} */
export function layTimebar({ main, below }, player, beside, curves) {
  const toggle = iconButton("curves", "Curves", () => {
    const open = main.dataset.panel !== "open";
    main.dataset.panel = open ? "open" : "closed";
    toggle.setAttribute("aria-pressed", String(open));
  });
  toggle.classList.add("curves-button");
  toggle.setAttribute("aria-pressed", "false");
  player.append(toggle);
  below.append(element("div", { class: "timebar" }, player, ...beside), element("div", { class: "panel" }, ...curves));
}

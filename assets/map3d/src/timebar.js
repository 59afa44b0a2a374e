// The bar of time with what belongs to it, and the panel of curves: below the map on a page, on it in the workspace.
import { element, iconButton } from "./dom.js";

const ABOVE_PX = 10; // between the bar and what stands above it

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
  const bar = element("div", { class: "timebar" }, player, ...beside);
  below.append(bar, element("div", { class: "panel" }, ...curves));
  keepClear(main, bar);
}

// in a narrow window the bar's tools take several lines: what stands above it must know how many
/** @type {(main: HTMLElement, bar: HTMLElement) => void} */
function keepClear(main, bar) {
  const seen = new ResizeObserver(() => {
    main.style.removeProperty("--studio-bottom");
    if (!bar.isConnected) return seen.disconnect(); // another mode, on the same map
    const top = parseFloat(getComputedStyle(bar).bottom) + bar.offsetHeight;
    if (top) main.style.setProperty("--studio-bottom", `${Math.round(top + ABOVE_PX)}px`);
  });
  seen.observe(bar);
}

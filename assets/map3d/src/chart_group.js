// Charts that stand together: drawn once they come near the screen and the map has had its first picture, zoomed alike.
import { loadPlotly, styleWithin } from "./plotting.js";

/** @import { LineChart } from "./chart.js" */

/** @type {HelpRow[]} what a person can do with the curves */
export const CURVE_HELP = [
  ["click a curve", "go to that moment"],
  ["drag over curves", "zoom in; double-click: show all"],
];
const NEAR = "200px"; // of the screen's edge
const PATIENCE_MS = 400; // a busy browser draws the next chart after that all the same

export class ChartGroup {
  /** @type {string | undefined} */
  url = undefined;
  left = false;

  /**
   * @param {LineChart[]} charts
   * @param {HTMLElement} node holds them all
   */
  constructor(charts, node) {
    this.charts = charts;
    this.near = new IntersectionObserver((seen) => seen.some((one) => one.isIntersecting) && this.#draw(), {
      rootMargin: NEAR,
    });
    this.node = node;
    for (const chart of charts)
      chart.onzoom = (seconds) => {
        for (const other of charts) other.zoom(seconds, seconds && other.values);
      };
  }

  // called with every picture of the map: from the first one on the curves may have the browser's time
  /** @type {(url: string) => void} */
  mayDraw(url) {
    if (this.url) return;
    this.url = url;
    this.near.observe(this.node);
  }

  /** @type {(position: number) => void} */
  moveTo(position) {
    for (const chart of this.charts) chart.moveTo(position);
  }

  redraw() {
    for (const chart of this.charts) chart.redraw();
  }

  leave() {
    this.left = true;
    this.near.disconnect();
    for (const chart of this.charts) chart.leave();
  }

  async #draw() {
    this.near.disconnect();
    try {
      const plotly = await loadPlotly(this.url ?? "");
      styleWithin(this.node.getRootNode());
      for (const chart of this.charts) {
        await idle();
        if (!this.left) chart.draw(plotly);
      }
    } catch (error) {
      console.warn("map3d:", error);
      for (const chart of this.charts) chart.fail("The curves could not be drawn. Reload the page.");
    }
  }
}

/** @type {() => Promise<unknown>} */
function idle() {
  const wait = globalThis.requestIdleCallback ?? setTimeout;
  return new Promise((resolve) => wait(resolve, { timeout: PATIENCE_MS }));
}

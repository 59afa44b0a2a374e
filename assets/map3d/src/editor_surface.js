// The surface over the city - best server, SINR, line of sight, gain of a site - and its legend below the map.
import { metreProps } from "./city.js";
import { loadBundle } from "./loading.js";
import { css } from "./palette.js";
import { element } from "./dom.js";

const ON_GROUND_M = 2; // up to here the surface lies on the ground; seen through the buildings, or few streets would show it
const DRAPED = { depthCompare: "always", depthWriteEnabled: false };
const [LEAST, STEP] = [10, 5]; // per cent
const GAMMA = 2.2; // deck.gl raises a layer's opacity to 1 / 2.2: opacities that look evenly spaced
const images = new WeakMap(); // bundle -> picture, so that a redraw uploads nothing

let chosen = 85; // per cent, for all surfaces of the tab

export class Surface {
  /** @type {string | null} */
  url = null;
  /** @type {SurfaceBundle | null} */
  bundle = null;

  /**
   * @param {HTMLElement} place
   * @param {() => void} changed
   */
  constructor(place, changed) {
    this.place = place;
    this.changed = changed;
    this.steps = element("div", { class: "steps" });
    /** @type {HTMLInputElement} */
    this.slider = element("input", {
      type: "range",
      min: LEAST,
      max: 100,
      step: STEP,
      value: chosen,
      "aria-valuetext": `${chosen} %`,
      oninput: () => this.#fade(Number(this.slider.value)),
    });
    const opacity = element("label", { class: "opacity" }, "Opacity", this.slider);
    this.legend = element("div", { class: "surface-legend", hidden: true }, this.steps, opacity);
    place.append(this.legend);
  }

  leave() {
    this.legend.remove();
    this.url = this.bundle = null;
  }

  // The old surface stays until the new one is there; only the newest request counts.
  /** @type {(url: string | null) => Promise<void>} */
  async follow(url) {
    if (url === this.url) return;
    this.url = url;
    const bundle = url ? await loadBundle(url) : null;
    if (this.url !== url) return;
    this.bundle = bundle;
    this.#showLegend();
    this.changed();
  }

  get shown() {
    return this.bundle && this.url ? this.bundle.meta.title : "";
  }

  /** @type {(city: CityBundle) => DeckLayer[]} */
  layers(city) {
    if (!this.bundle) return [];
    const { meta } = this.bundle;
    const half = meta.size_m / 2;
    const up = meta.height_m;
    return [
      new globalThis.deck.BitmapLayer({
        id: "edit-surface",
        ...metreProps(city.meta.anchor),
        image: imageOf(this.bundle),
        bounds: [
          [-half, -half, up],
          [-half, half, up],
          [half, half, up],
          [half, -half, up],
        ],
        opacity: (chosen / 100) ** GAMMA,
        textureParameters: {
          minFilter: "nearest",
          magFilter: "nearest",
          addressModeU: "clamp-to-edge",
          addressModeV: "clamp-to-edge",
        },
        parameters: up > ON_GROUND_M ? { depthWriteEnabled: false } : DRAPED,
      }),
    ];
  }

  /** @type {(percent: number) => void} */
  #fade(percent) {
    chosen = percent;
    this.slider.setAttribute("aria-valuetext", `${percent} %`);
    this.changed();
  }

  #showLegend() {
    this.legend.hidden = !this.bundle;
    if (!this.bundle) return;
    const rows = this.bundle.meta.legend.map(({ colour, text }) => {
      const mark = element("i", {});
      mark.style.background = css(colour);
      return element("span", { class: "step" }, mark, text);
    });
    this.steps.replaceChildren(element("strong", {}, this.bundle.meta.title), ...rows);
  }
}

/** @type {(bundle: SurfaceBundle) => ImageData} */
function imageOf(bundle) {
  if (!images.has(bundle)) {
    const [rows, columns] = bundle.shapes.rgba;
    images.set(bundle, new ImageData(new Uint8ClampedArray(bundle.rgba), columns, rows));
  }
  return images.get(bundle);
}

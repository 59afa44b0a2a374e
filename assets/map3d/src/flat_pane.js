// One view of the flat map: an SVG in metres whose view box is what the camera shows. The ground is written once, houses
// whenever the camera has come to rest, the rest with every moment.
import { penOf, svg } from "./dom.js";
import { housePaths, outline, rings, treePath } from "./flat_city.js";
import { dotStrokes, isDots, isLines, lineStrokes } from "./flat_strokes.js";
import { held, viewportFromAbove } from "./mercator.js";
import { LocalFrame } from "./frame.js";
import { PALETTES, css } from "./palette.js";

/**
 * @import { Bounds } from "./flat_city.js"
 * @import { Stroke } from "./flat_strokes.js"
 */

const OUTSIDE = 3.2; // of the area's side: what is drawn of the land around it
const REST_MS = 120;
const EDGE_ALPHA = 62; // of 255
const CROWN_M = 7; // of a tree, across
const HOUSE_MARGIN = 0.25; // of the picture, on each side: houses that a small step of the camera brings in

export class FlatPane {
  /** @type {Viewport} */
  viewport;
  /** @type {CityBundle | null} */
  city = null;
  /** @type {Theme} */
  theme = "light";
  /** @type {LocalFrame | undefined} */
  metres = undefined; // of the city
  /** @type {Map<string, { drawn: string, layer: DeckLayer, node: SVGElement }>} */
  drawn = new Map();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  resting = undefined;

  /**
   * @param {string} id
   * @param {import("./mercator.js").PixelSize & { x: number, y: number }} box
   * @param {CameraView} view
   */
  constructor(id, box, view) {
    this.id = id;
    this.ground = svg("g");
    this.houses = svg("g", { "stroke-linecap": "round" });
    this.layers = svg("g", { "stroke-linecap": "round", fill: "none" });
    this.node = svg("svg", { class: "flat", "aria-hidden": "true", preserveAspectRatio: "none" });
    this.node.append(this.ground, this.houses, this.layers);
    this.box = box;
    this.view = view;
    this.viewport = viewportFromAbove(id, box, view);
    this.#place();
  }

  leave() {
    clearTimeout(this.resting);
    this.node.remove();
  }

  /** @type {(box: FlatPane["box"], view: CameraView) => void} */
  look(box, view) {
    if (box !== this.box) Object.assign(this, { box }).#place();
    if (view === this.view && box.width === this.viewport.width && box.height === this.viewport.height) return;
    this.view = view;
    this.viewport = viewportFromAbove(this.id, box, view);
    this.#aim();
  }

  // the camera that shows at `to` what is now at `from`, pixels of this pane
  /** @type {(from: Pixel, to: Pixel, zoom?: number) => CameraView} */
  held(from, to, zoom) {
    return held(this.view, this.box, from, to, zoom);
  }

  /** @type {(layers: DeckLayer[]) => void} */
  show(layers) {
    const ground = layers.find(({ props }) => props.city);
    if (ground) this.#showCity(/** @type {any} */ (ground.props));
    if (!this.city) return;
    this.#cut(layers.find(({ props }) => props.part)?.props.part);
    const rest = new Set(this.drawn.keys());
    for (const layer of layers) {
      if (layer === ground) continue;
      rest.delete(layer.id);
      this.#showLayer(layer);
    }
    for (const id of rest) {
      this.drawn.get(id)?.node.remove();
      this.drawn.delete(id);
    }
  }

  // of views that lie over one another each shows a part: from here to there, in pixels of its width
  /** @type {(part: readonly [number, number] | undefined) => void} */
  #cut(part) {
    this.node.style.clipPath = part ? `inset(0 ${this.box.width - part[1]}px 0 ${part[0]}px)` : "";
  }

  #place() {
    const { x, y, width, height } = this.box;
    Object.assign(this.node.style, {
      left: `${x}px`,
      top: `${y}px`,
      width: `${width}px`,
      height: `${height}px`,
    });
  }

  // -> [west, south, east, north] of the picture in metres
  get #bounds() {
    const { frame } = this;
    const [west, north] = frame.toGround([0, 0]);
    const [east, south] = frame.toGround([this.viewport.width, this.viewport.height]);
    return [west, south, east, north];
  }

  get frame() {
    if (!this.city) throw new Error("No city has been shown yet.");
    return (this.metres ??= new LocalFrame(this.city.meta.anchor)).at(this.viewport);
  }

  #aim() {
    if (!this.city) return;
    const [west, south, east, north] = this.#bounds;
    this.node.setAttribute("viewBox", [west, -north, east - west, north - south].map(short).join(" "));
    clearTimeout(this.resting);
    this.resting = setTimeout(() => this.#showHouses(), REST_MS);
  }

  /** @type {(facts: { city: CityBundle, theme: Theme }) => void} */
  #showCity({ city, theme }) {
    if (city === this.city && theme === this.theme) return;
    Object.assign(this, { city, theme, metres: undefined });
    this.ground.replaceChildren(...groundShapes(city, PALETTES[theme]));
    this.#aim();
    clearTimeout(this.resting);
    this.#showHouses();
  }

  #showHouses() {
    const { city, theme } = this;
    if (!city) return;
    const [west, south, east, north] = this.#bounds;
    const [wide, high] = [(east - west) * HOUSE_MARGIN, (north - south) * HOUSE_MARGIN];
    const scale = this.frame.metresPerPixel();
    const bounds = /** @type {Bounds} */ ([west - wide, south - high, east + wide, north + high]);
    const paths = housePaths(city, bounds, scale);
    const { buildings, tree } = PALETTES[theme];
    const edge = edgeOf(PALETTES[theme]);
    const shapes = paths.flatMap((path, kind) => (path ? [shape(path, buildings[kind], edge)] : []));
    const crowns = { path: treePath(city.trees, bounds, scale), colour: css(tree), opacity: 1, width: CROWN_M / scale };
    this.houses.replaceChildren(...shapes, ...(crowns.path ? [strokeNode(crowns)] : []));
  }

  // A layer that is the same is not drawn again, but for dots, whose size goes with the camera.
  /** @type {(layer: DeckLayer) => void} */
  #showLayer(layer) {
    const known = this.drawn.get(layer.id);
    const scale = this.frame.metresPerPixel();
    const drawn = isDots(layer) ? scale.toPrecision(2) : "";
    if (known?.layer === layer && known.drawn === drawn) return this.layers.append(known.node);
    const node = known?.node ?? svg("g");
    if (isLines(layer)) node.replaceChildren(...lineStrokes(layer).map(strokeNode));
    else if (isDots(layer)) node.replaceChildren(...dotStrokes(layer, scale).map(strokeNode));
    else if (layer.props.image) node.replaceChildren(picture(layer.props));
    this.layers.append(node);
    this.drawn.set(layer.id, { drawn, layer, node });
  }
}

// land, parks, water, roads, bridges, border, in the order in which they cover one another
/** @type {(city: CityBundle, palette: Palette) => SVGElement[]} */
function groundShapes(city, palette) {
  const half = city.meta.size_m / 2;
  const edge = edgeOf(palette);
  return [
    shape(square(half * OUTSIDE), palette.outside),
    shape(square(half), palette.ground),
    shape(outline(city.parks_vertices, city.parks_triangles), palette.park),
    shape(outline(city.water_vertices, city.water_triangles), palette.water, edge, 1.2),
    shape(outline(city.bank_vertices, city.bank_triangles), palette.bank),
    shape(outline(city.roads_vertices, city.roads_triangles), palette.road, edge, 0.8),
    shape(rings(city.bridge_vertices, city.bridge_starts), palette.bridge, edge, 1.6),
    shape(decks(city), palette.bridge), // without the edges between a deck and the next
    shape(square(half), null, palette.border, 1.6),
  ];
}

/** @type {(city: CityBundle) => string} */
function decks({ bridge_vertices: vertices, bridge_starts: starts, bridge_is_deck: isDeck }) {
  return rings(vertices, starts, (part) => isDeck[part] === 1);
}

// a thin line around what is filled, dark on light and light on dark
/** @type {(palette: Palette) => Colour} */
function edgeOf({ stem }) {
  return [...stem.slice(0, 3), EDGE_ALPHA];
}

/** @type {(path: string, fill: Colour | null, edge?: Colour | null, width?: number) => SVGElement} */
function shape(path, fill, edge = null, width = 0.6) {
  return svg("path", {
    d: path,
    fill: fill ? css(fill) : "none",
    "fill-rule": "nonzero",
    stroke: edge && css(edge),
    "stroke-width": width,
    "stroke-linejoin": "round",
    "vector-effect": "non-scaling-stroke",
  });
}

/** @type {(half: number) => string} */
function square(half) {
  return `M${-half} ${-half}H${half}V${half}H${-half}z`;
}

/** @type {(stroke: Stroke) => SVGElement} */
function strokeNode({ path, colour, opacity, width }) {
  return svg("path", {
    d: path,
    stroke: colour,
    "stroke-width": width,
    "stroke-opacity": opacity < 1 ? opacity : null,
    "vector-effect": "non-scaling-stroke",
  });
}

/** @type {WeakMap<ImageData, string>} */
const addresses = new WeakMap(); // of pictures: to write one costs more than to show it

// a picture over its four corners, the first in the south-west
/** @type {(props: Record<string, any>) => SVGElement} */
function picture({ image, bounds, opacity = 1 }) {
  const [[west, south], , [east, north]] = bounds;
  const href = addresses.get(image) ?? addressOf(image);
  addresses.set(image, href);
  return svg("image", {
    href,
    opacity,
    x: west,
    y: -north,
    width: east - west,
    height: north - south,
    preserveAspectRatio: "none",
    style: "image-rendering: pixelated",
  });
}

/** @type {(image: ImageData) => string} */
function addressOf(image) {
  const canvas = Object.assign(document.createElement("canvas"), { width: image.width, height: image.height });
  penOf(canvas).putImageData(image, 0, 0);
  return canvas.toDataURL();
}

/** @type {(metres: number) => string} */
function short(metres) {
  return metres.toFixed(2);
}

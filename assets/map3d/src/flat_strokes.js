// What the layers of the 3D map are on the flat one: strokes of one look each, as SVG paths in metres, north up. Whatever
// a part of the map hands to deck.gl as lines, dots or a picture is drawn here without it knowing.

/**
 * @typedef {object} Stroke
 * @property {string} path in metres, south positive as on the screen
 * @property {string} colour
 * @property {number} opacity 0 .. 1
 * @property {number} width in pixels
 */
/** @typedef {(index: number) => Point} Reader of a vector */

const STANDS_M = 0.5; // what reaches less far over the ground is a stem: from above it is under its mark
const OPACITY_STEPS = 12; // a trail that fades is drawn in a few paths
const PER_PIXEL = 4; // of a width

/** @type {(layer: Pick<DeckLayer, "props">) => boolean} */
export function isLines({ props }) {
  return has(props, "getSourcePosition");
}

/** @type {(layer: Pick<DeckLayer, "props">) => boolean} */
export function isDots({ props }) {
  return !isLines({ props }) && has(props, "getPosition") && has(props, "getRadius");
}

/** @type {(layer: Pick<DeckLayer, "props">) => Stroke[]} */
export function lineStrokes({ props }) {
  const [from, to] = [vectors(props, "getSourcePosition"), vectors(props, "getTargetPosition")];
  const [colour, width] = [vectors(props, "getColor"), vectors(props, "getWidth")];
  const strokes = new Strokes();
  for (let index = 0; index < count(props); index++) {
    const [a, b] = [from(index), to(index)];
    if (!(Math.hypot(b[0] - a[0], b[1] - a[1]) > STANDS_M)) continue; // as is NaN
    strokes.add(colour(index), width(index)[0], `M${at(a)}L${at(b)}`);
  }
  return strokes.list;
}

// A dot is a line of no length with round ends, so that its size counts in pixels; its edge is a wider one below it.
/** @type {(layer: Pick<DeckLayer, "props">, metresPerPixel: number) => Stroke[]} */
export function dotStrokes({ props }, metresPerPixel) {
  const [place, radius] = [vectors(props, "getPosition"), vectors(props, "getRadius")];
  const [fill, edge] = [vectors(props, "getFillColor"), vectors(props, "getLineColor")];
  const edgePx = props.stroked ? Number(props.getLineWidth ?? 1) : 0;
  const [edges, fills] = [new Strokes(), new Strokes()];
  for (let index = 0; index < count(props); index++) {
    const where = place(index);
    if (Number.isNaN(where[0])) continue;
    const size = 2 * pixels(radius(index)[0], props, metresPerPixel);
    const path = `M${at(where)}h.01`;
    if (edgePx) edges.add(edge(index), size + 2 * edgePx, path);
    fills.add(fill(index), size, path);
  }
  return [...edges.list, ...fills.list];
}

class Strokes {
  /** @type {Map<string, Stroke & { parts: string[] }>} */
  looks = new Map();

  /** @type {(colour: Point, width: number, path: string) => void} */
  add([red, green, blue, alpha = 255], width, path) {
    const opacity = Math.round((alpha / 255) * OPACITY_STEPS) / OPACITY_STEPS;
    if (!opacity) return;
    const colour = `rgb(${red} ${green} ${blue})`;
    const wide = Math.round(width * PER_PIXEL) / PER_PIXEL;
    const key = `${colour} ${opacity} ${wide}`;
    const look = this.looks.get(key);
    if (look) look.parts.push(path);
    else this.looks.set(key, { path: "", parts: [path], colour, opacity, width: wide });
  }

  get list() {
    return [...this.looks.values()].map(({ parts, ...look }) => ({ ...look, path: parts.join("") }));
  }
}

/** @type {(point: ArrayLike<number>) => string} */
export function at(point) {
  return `${decimetres(point[0])} ${decimetres(-point[1])}`;
}

/** @type {(metres: number) => number} */
function decimetres(metres) {
  return Math.round(metres * 10) / 10;
}

/** @type {(radius: number, props: Record<string, any>, metresPerPixel: number) => number} */
function pixels(radius, props, metresPerPixel) {
  const size = props.radiusUnits === "pixels" ? radius : radius / metresPerPixel;
  return Math.max(props.radiusMinPixels ?? 0, Math.min(props.radiusMaxPixels ?? Infinity, size));
}

/** @type {(props: Record<string, any>) => number} */
function count({ data }) {
  return data?.length ?? 0;
}

/** @type {(props: Record<string, any>, name: string) => boolean} */
function has(props, name) {
  return name in props || Boolean(props.data?.attributes?.[name]);
}

// what deck.gl would ask of an accessor, an attribute that lies in an array, or one value for all
/** @type {(props: Record<string, any>, name: string) => Reader} */
function vectors(props, name) {
  const attribute = props.data?.attributes?.[name];
  if (attribute) return inArray(attribute);
  const accessor = props[name];
  if (typeof accessor === "function") return (index) => vector(accessor(props.data[index], { index }));
  const same = vector(accessor ?? 1);
  return () => same;
}

/** @type {(attribute: { value: Float32Array | Uint8Array, size: number, stride?: number, offset?: number }) => Reader} */
function inArray({ value, size, stride, offset = 0 }) {
  const [step, first] = [stride ? stride / value.BYTES_PER_ELEMENT : size, offset / value.BYTES_PER_ELEMENT];
  return (index) => value.subarray(first + index * step, first + index * step + size);
}

/** @type {(value: number | Point) => Point} */
function vector(value) {
  return typeof value === "number" ? [value] : value;
}

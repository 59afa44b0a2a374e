// Picking on the CPU: no GPU read-back, exact metres, and no click lost under slow software rendering.

/** @import { LocalFrame } from "./frame.js" */

/** @typedef {[west: number, south: number, east: number, north: number]} Box */
/** @typedef {Pick<CityBundle, "building_starts" | "building_heights" | "building_vertices">} CityShapes */

const CELL_M = 64;
const STEP_M = 2;

// Which building covers a point: a grid of cells, each with the buildings whose boxes touch it.
export class BuildingIndex {
  /** @param {CityShapes} city */
  constructor(city) {
    this.city = city;
    /** @type {Map<number, number[]>} */
    this.cells = new Map();
    this.tallest = 0;
    const starts = city.building_starts;
    for (let index = 0; index + 1 < starts.length; index++) {
      this.tallest = Math.max(this.tallest, city.building_heights[index]);
      this.#enter(index, boundingBox(city.building_vertices, starts[index], starts[index + 1]));
    }
  }

  /** @type {(index: number, box: Box) => void} */
  #enter(index, [west, south, east, north]) {
    for (let i = Math.floor(west / CELL_M); i <= Math.floor(east / CELL_M); i++) {
      for (let j = Math.floor(south / CELL_M); j <= Math.floor(north / CELL_M); j++) {
        const key = i * 65536 + j;
        const cell = this.cells.get(key);
        if (cell) cell.push(index);
        else this.cells.set(key, [index]);
      }
    }
  }

  // index of a building at least `height` tall over the point, or -1
  /** @type {(east: number, north: number, height?: number) => number} */
  at(east, north, height = 0) {
    const { building_heights: heights, building_starts: starts, building_vertices: corners } = this.city;
    for (const index of this.cells.get(Math.floor(east / CELL_M) * 65536 + Math.floor(north / CELL_M)) ?? []) {
      if (heights[index] >= height && insideRing(corners, starts[index], starts[index + 1], east, north)) return index;
    }
    return -1;
  }

  /** @type {(east: number, north: number) => number} */
  roofHeight(east, north) {
    const index = this.at(east, north);
    return index < 0 ? 0 : this.city.building_heights[index];
  }

  // The first roof or wall on the line of sight through a pixel, else the ground -> {east_m, north_m, surface_m}
  /** @type {(frame: Pick<LocalFrame, "toGround">, pixel: Pixel) => Place} */
  surfaceUnder(frame, pixel) {
    const top = frame.toGround(pixel, this.tallest);
    const ground = frame.toGround(pixel, 0);
    const length = Math.hypot(ground[0] - top[0], ground[1] - top[1]);
    const steps = Math.min(20000, Math.max(1, Math.ceil(length / STEP_M)));
    for (let step = 0; step <= steps; step++) {
      const share = step / steps;
      const east = top[0] + (ground[0] - top[0]) * share;
      const north = top[1] + (ground[1] - top[1]) * share;
      const index = this.at(east, north, this.tallest * (1 - share));
      if (index >= 0) return place(east, north, this.city.building_heights[index]);
    }
    return place(ground[0], ground[1], 0);
  }
}

/** @type {(east: number, north: number, surface: number) => Place} */
function place(east, north, surface) {
  const rounded = (/** @type {number} */ value) => Math.round(value * 10) / 10;
  return { east_m: rounded(east), north_m: rounded(north), surface_m: rounded(surface) };
}

/** @type {(corners: ArrayLike<number>, from: number, to: number) => Box} */
function boundingBox(corners, from, to) {
  /** @type {Box} */
  const box = [Infinity, Infinity, -Infinity, -Infinity];
  for (let k = from; k < to; k++) {
    box[0] = Math.min(box[0], corners[2 * k]);
    box[1] = Math.min(box[1], corners[2 * k + 1]);
    box[2] = Math.max(box[2], corners[2 * k]);
    box[3] = Math.max(box[3], corners[2 * k + 1]);
  }
  return box;
}

/** @type {(corners: ArrayLike<number>, from: number, to: number, east: number, north: number) => boolean} */
function insideRing(corners, from, to, east, north) {
  let inside = false;
  for (let k = from, j = to - 1; k < to; j = k++) {
    const yk = corners[2 * k + 1];
    const yj = corners[2 * j + 1];
    if (yk > north === yj > north) continue;
    const crossing = ((corners[2 * j] - corners[2 * k]) * (north - yk)) / (yj - yk) + corners[2 * k];
    if (east < crossing) inside = !inside;
  }
  return inside;
}

const STEM_REACH_PX = 7;

// The nearest drawn thing within reach of a pointer, by its marker or by the stem below it. Things are
// {position: [east, north, up]}; a stem counts as a little further away than any marker.
/** @type {<Thing extends { position: Point }>(frame: Pick<LocalFrame, "toScreen">, things: readonly Thing[], pixel: Pixel, reachPx?: number) => Thing | null} */
export function nearestThing(frame, things, pixel, reachPx = 16) {
  let best = null;
  let bestDistance = reachPx + STEM_REACH_PX;
  for (const thing of things) {
    const [east, north, up] = thing.position;
    const top = frame.toScreen(east, north, up);
    if (top[2] >= 1) continue;
    const toMarker = Math.hypot(top[0] - pixel[0], top[1] - pixel[1]);
    const toStem = distanceToSegment(pixel, top, frame.toScreen(east, north, 0));
    const distance = toMarker < reachPx ? toMarker : toStem < STEM_REACH_PX ? reachPx + toStem : Infinity;
    if (distance < bestDistance) [best, bestDistance] = [thing, distance];
  }
  return best;
}

/** @type {(point: ArrayLike<number>, from: ArrayLike<number>, to: ArrayLike<number>) => number} */
function distanceToSegment(point, from, to) {
  const along = [to[0] - from[0], to[1] - from[1]];
  const length = along[0] ** 2 + along[1] ** 2;
  const share = length ? ((point[0] - from[0]) * along[0] + (point[1] - from[1]) * along[1]) / length : 0;
  const held = Math.max(0, Math.min(1, share));
  return Math.hypot(from[0] + along[0] * held - point[0], from[1] + along[1] * held - point[1]);
}

// The next of so many things, or the one before: the first where none is selected.
/** @type {(selected: number | null | undefined, step: number, count: number) => number} */
export function neighbour(selected, step, count) {
  return selected == null ? 0 : (selected + step + count) % count;
}

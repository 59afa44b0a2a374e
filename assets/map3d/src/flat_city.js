// The city as a flat drawing: outlines in metres, few enough points for a picture that a browser draws without help.
import { at } from "./flat_strokes.js";

/** @typedef {[west: number, south: number, east: number, north: number]} Bounds in metres */
/** @typedef {{ order: Uint32Array, boxes: Float32Array }} Houses the bulkiest first, and the box of each */

export const MOST_POINTS = 6000; // of the houses in one picture
const LEAST_DETAIL_PX = 0.7; // corners nearer to one another than this are one corner
const LEAST_HOUSE_PX = 1.6; // what is narrower is not seen
const TREES_M_PX = 2; // from this near on a tree is some pixels wide
/** @type {WeakMap<CityBundle, Houses>} */
const known = new WeakMap();

// The edges that one triangle alone has, chained into rings -> an SVG path. Triangles run counter-clockwise, so holes run
// the other way round than what they lie in: the rule "nonzero" leaves them open and lets neighbours overlap.
/** @type {(vertices: ArrayLike<number>, triangles: ArrayLike<number>) => string} */
export function outline(vertices, triangles) {
  const next = borders(triangles, vertices.length / 2);
  let path = "";
  for (const first of next.keys()) {
    while (next.get(first)?.length) path += `${ring(next, first, vertices)}z`;
  }
  return path;
}

/** @type {(triangles: ArrayLike<number>, count: number) => Map<number, number[]>} */
function borders(triangles, count) {
  const edges = new Set();
  for (let k = 0; k < triangles.length; k++) {
    const end = triangles[k % 3 === 2 ? k - 2 : k + 1];
    if (!edges.delete(end * count + triangles[k])) edges.add(triangles[k] * count + end);
  }
  const next = new Map();
  for (const edge of edges) {
    const from = Math.floor(edge / count);
    if (!next.has(from)) next.set(from, []);
    next.get(from).push(edge % count);
  }
  return next;
}

/** @type {(next: Map<number, number[]>, first: number, vertices: ArrayLike<number>) => string} */
function ring(next, first, vertices) {
  let path = "";
  /** @type {number | undefined} */
  let corner = first;
  while (corner !== undefined) {
    path += `${path ? "L" : "M"}${at([vertices[2 * corner], vertices[2 * corner + 1]])}`;
    corner = next.get(corner)?.pop();
    if (corner === first) break;
  }
  return path;
}

// closed rings, as of bridges, or those of them that are wanted -> an SVG path
/** @type {(vertices: ArrayLike<number>, starts: ArrayLike<number>, isWanted?: (ring: number) => boolean) => string} */
export function rings(vertices, starts, isWanted = () => true) {
  let path = "";
  for (let index = 0; index + 1 < starts.length; index++)
    if (isWanted(index)) path += corners(vertices, starts[index], starts[index + 1], 0).path;
  return path;
}

// The houses that a picture shows, one path per colour class: the bulkiest, until there are enough points. From near
// these are all houses, from far the towers and the large blocks.
/** @type {(city: CityBundle, bounds: Bounds, metresPerPixel: number, most?: number) => string[]} */
export function housePaths(city, bounds, metresPerPixel, most = MOST_POINTS) {
  const { order, boxes } = housesOf(city);
  /** @type {string[][]} */
  const paths = [];
  let points = 0;
  for (const house of order) {
    if (!seen(boxes.subarray(4 * house, 4 * house + 4), bounds, metresPerPixel)) continue;
    const [from, to] = [city.building_starts[house], city.building_starts[house + 1]];
    const drawn = corners(city.building_vertices, from, to, LEAST_DETAIL_PX * metresPerPixel);
    points += drawn.points;
    if (points > most) break;
    (paths[city.building_class[house]] ??= []).push(drawn.path);
  }
  return Array.from(paths, (parts) => parts?.join("") ?? "");
}

// The trees in the picture as dots, from near -> an SVG path.
/** @type {(trees: Float32Array, bounds: Bounds, metresPerPixel: number) => string} */
export function treePath(trees, [west, south, east, north], metresPerPixel) {
  if (metresPerPixel > TREES_M_PX) return "";
  let path = "";
  for (let tree = 0; tree < trees.length; tree += 3) {
    const [x, y] = [trees[tree], trees[tree + 1]];
    if (x > west && x < east && y > south && y < north) path += `M${at([x, y])}h.01`;
  }
  return path;
}

/** @type {(box: Float32Array, bounds: Bounds, metresPerPixel: number) => boolean} */
function seen([west, south, east, north], bounds, metresPerPixel) {
  const least = LEAST_HOUSE_PX * metresPerPixel;
  if (east - west < least && north - south < least) return false;
  return east > bounds[0] && north > bounds[1] && west < bounds[2] && south < bounds[3];
}

/** @type {(vertices: ArrayLike<number>, from: number, to: number, least: number) => { path: string, points: number }} */
function corners(vertices, from, to, least) {
  let [path, points] = ["", 0];
  let [x, y] = [Infinity, Infinity];
  for (let corner = from; corner < to - 1; corner++) {
    const [east, north] = [vertices[2 * corner], vertices[2 * corner + 1]];
    if (Math.hypot(east - x, north - y) < least) continue;
    path += `${points ? "L" : "M"}${at([east, north])}`;
    points += 1;
    [x, y] = [east, north];
  }
  return { path: `${path}z`, points };
}

/** @type {(city: CityBundle) => Houses} */
function housesOf(city) {
  const found = known.get(city) ?? sortedHouses(city);
  known.set(city, found);
  return found;
}

/** @type {(city: CityBundle) => Houses} */
function sortedHouses({ building_vertices: vertices, building_starts: starts, building_heights: heights }) {
  const boxes = new Float32Array(heights.length * 4);
  const bulk = new Float32Array(heights.length);
  for (let house = 0; house < heights.length; house++) {
    let [west, south, east, north] = [Infinity, Infinity, -Infinity, -Infinity];
    for (let corner = starts[house]; corner < starts[house + 1]; corner++) {
      [west, east] = [Math.min(west, vertices[2 * corner]), Math.max(east, vertices[2 * corner])];
      [south, north] = [Math.min(south, vertices[2 * corner + 1]), Math.max(north, vertices[2 * corner + 1])];
    }
    boxes.set([west, south, east, north], 4 * house);
    bulk[house] = (east - west) * (north - south) * heights[house];
  }
  const order = Uint32Array.from(heights.keys()).sort((a, b) => bulk[b] - bulk[a]);
  return { order, boxes };
}

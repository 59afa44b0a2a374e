// Windows on tall walls, seen from near: bands by storey, by night some of them lit.
import { varied } from "./mesh.js";

/** @typedef {Pick<CityBundle, "building_vertices" | "building_starts" | "building_heights" | "building_bases">} Standing */

export const STOREY_M = 3.6;
const TALL_M = 25;
const BAY_M = 3.3; // from one window to the next
const LEAST_WINDOWS = 2;
const MOST = 255; // as many as a byte counts

// walls on which the shaders of baked_layers.js find windows, of buildings near a place
/** @type {(city: Standing, isNear: (east: number, north: number) => boolean) => Mesh} */
export function windowMesh(city, isNear) {
  const { building_vertices: at, building_starts: starts, building_heights: heights, building_bases: bases } = city;
  /** @type {number[][]} */
  const [positions, colours, indices] = [[], [], []];
  for (let ring = 0; ring + 1 < starts.length; ring++) {
    if (heights[ring] < TALL_M || !isNear(at[starts[ring] * 2], at[starts[ring] * 2 + 1])) continue;
    const storeys = Math.min(MOST, Math.floor((heights[ring] - 1) / STOREY_M));
    for (let corner = starts[ring]; corner + 1 < starts[ring + 1]; corner++) {
      const length = Math.hypot(at[corner * 2 + 2] - at[corner * 2], at[corner * 2 + 3] - at[corner * 2 + 1]);
      const windows = Math.min(MOST, Math.floor(length / BAY_M));
      if (windows < LEAST_WINDOWS) continue;
      const first = positions.length / 3;
      for (let vertex = 0; vertex < 4; vertex++) {
        const end = corner + (vertex >> 1);
        positions.push(at[end * 2], at[end * 2 + 1], vertex % 2 ? heights[ring] : bases[ring]);
        colours.push(vertex >> 1 ? windows : 0, storeys, varied(corner) * 255, 255);
      }
      indices.push(first, first + 1, first + 2, first + 2, first + 1, first + 3);
    }
  }
  return {
    attributes: {
      positions: { value: new Float32Array(positions), size: 3 },
      colors: { value: new Uint8Array(colours), size: 4, normalized: true },
    },
    indices: { value: new Uint32Array(indices), size: 1 },
  };
}

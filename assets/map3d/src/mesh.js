// Gathers triangles with the light already in their colours, for the layers of baked_layers.js.
import { given, sunOn } from "./light.js";

/** @import { Lighting } from "./light.js" */
/** @typedef {{ at(east: number, north: number): number, cell: number }} Shade up to which height a place lies in shadow */
/** @typedef {{ low: number, high: number | ((corner: number) => number), colour: Colour }} Look of a prism */

const GRADIENT_M = 26; // walls darken towards the street over this height, which reads as soft shade
const SOFT_M = 3; // from the edge of a shadow on a roof to where it is full
const FULL = [1, 1, 1];
const WALL = [0, 1, 2, 2, 1, 3]; // low, high, next low, next high

/** @typedef {{ corners: { x: number, y: number, up: number, slope: number, part: number }[], triangles: number[] }} Crown in shares of radius and height */

export class MeshWriter {
  /** @type {Float32Array[]} */
  positions = [];
  /** @type {Uint8Array[]} */
  colours = [];
  /** @type {Uint32Array[]} */
  indices = [];
  vertices = 0;

  /**
   * @param {Lighting | null} light needed for what stands
   * @param {Shade | null} shade where others' shadows fall
   */
  constructor(light = null, shade = null) {
    this.light = light;
    this.shade = shade;
  }

  // a flat shape on the ground: corners [east, north, east, north, ...] and three corner numbers per triangle
  /** @type {(corners: ArrayLike<number>, triangles: ArrayLike<number>, colour: Colour, light?: Colour) => void} */
  flat(corners, triangles, colour, light = FULL) {
    const { positions, colours, indices } = this.#room(corners.length / 2, triangles.length);
    for (let corner = 0; corner < corners.length / 2; corner++) {
      positions[corner * 3] = corners[corner * 2];
      positions[corner * 3 + 1] = corners[corner * 2 + 1];
      paint(colours, corner, colour, light);
    }
    this.#number(indices, 0, triangles);
    this.vertices += corners.length / 2;
  }

  // Upright prisms over closed clockwise rings, roofs by given triangles. Four vertices per wall and, behind all walls,
  // one per corner for the roofs.
  /** @type {(corners: ArrayLike<number>, starts: ArrayLike<number>, triangles: ArrayLike<number>, look: (ring: number) => Look) => void} */
  prisms(corners, starts, triangles, look) {
    const light = this.#lighting();
    const count = corners.length / 2;
    const walls = count - Math.max(0, starts.length - 1); // a ring's last corner is its first again
    const { positions, colours, indices } = this.#room(walls * 4 + count, walls * 6 + triangles.length);
    let vertex = 0;
    /** @type {(at: number, corner: number, up: number, colour: Colour, sun: number, part: number) => void} */
    const put = (at, corner, up, colour, sun, part) => {
      positions[at * 3] = corners[corner * 2];
      positions[at * 3 + 1] = corners[corner * 2 + 1];
      positions[at * 3 + 2] = up;
      paintLit(colours, at, colour, light, sun, part);
    };
    const overhead = sunOn(light, 0, 0, 1);
    for (let ring = 0; ring + 1 < starts.length; ring++) {
      const { low, high, colour } = look(ring);
      const foot = shadeAt(low, light.shade);
      const roof = overhead * this.#litRoof(corners, starts, ring, high);
      for (let corner = starts[ring]; corner < starts[ring + 1]; corner++) {
        const top = typeof high === "number" ? high : high(corner);
        put(walls * 4 + corner, corner, top, colour, roof, 1);
        if (corner + 1 === starts[ring + 1]) continue;
        const east = corners[corner * 2 + 2] - corners[corner * 2];
        const north = corners[corner * 2 + 3] - corners[corner * 2 + 1];
        const sun = sunOn(light, -north, east, 0); // clockwise: the street is to the left of each edge
        const apart = sun > 0 ? ((this.shade?.cell ?? 0) * 1.5) / (Math.hypot(east, north) || 1) : 0;
        this.#number(indices, (vertex / 4) * 6, WALL, vertex);
        for (let end = corner; end < corner + 2; end++) {
          const head = typeof high === "number" ? high : high(end);
          const up = sun > 0 ? this.#shadeAt(corners, end, -north * apart, east * apart) : 0;
          const dark = share(up - low, head - low); // half dark: no sun at the foot, all of it at the head
          put(vertex++, end, low, colour, sun * Math.max(0, 1 - 2 * dark), foot);
          put(vertex++, end, head, colour, sun * Math.min(1, 2 - 2 * dark), shadeAt(head, light.shade));
        }
      }
    }
    this.#number(indices, walls * 6, triangles, walls * 4);
    this.vertices += walls * 4 + count;
  }

  // One crown per tree, [east, north, height, ...]; neighbours differ a little.
  /** @type {(trees: ArrayLike<number>, crown: Crown, colour: Colour) => void} */
  crowns(trees, crown, colour) {
    const light = this.#lighting();
    const each = crown.corners.length;
    const count = trees.length / 3;
    const { positions, colours, indices } = this.#room(count * each, count * crown.triangles.length);
    for (let tree = 0; tree < count; tree++) {
      const [east, north, high] = [trees[tree * 3], trees[tree * 3 + 1], trees[tree * 3 + 2]];
      const chance = varied(Math.round(east * 7 + north * 13));
      const radius = high * (0.31 + 0.11 * chance);
      const [cos, sin] = [Math.cos(6 * chance), Math.sin(6 * chance)];
      crown.corners.forEach(({ x, y, up, slope, part }, corner) => {
        const [turnedX, turnedY] = [x * cos - y * sin, x * sin + y * cos];
        const at = tree * each + corner;
        positions[at * 3] = east + turnedX * radius;
        positions[at * 3 + 1] = north + turnedY * radius;
        positions[at * 3 + 2] = up * high;
        paintLit(colours, at, colour, light, sunOn(light, turnedX, turnedY, slope), part * (0.92 + 0.16 * chance));
      });
      this.#number(indices, tree * crown.triangles.length, crown.triangles, tree * each);
    }
    this.vertices += count * each;
  }

  // `places`: where each corner lies in a picture, if there is one
  /** @type {(places?: Float32Array) => Mesh} */
  done(places) {
    return {
      attributes: {
        ...(places && { texCoords: { value: places, size: 2 } }),
        positions: { value: joined(Float32Array, this.positions), size: 3 },
        colors: { value: joined(Uint8Array, this.colours), size: 4, normalized: true },
      },
      indices: { value: joined(Uint32Array, this.indices), size: 1 },
    };
  }

  #lighting() {
    if (!this.light) throw new Error("What stands needs a light.");
    return this.light;
  }

  // a roof is as bright as the share of its corners that the sun reaches
  /** @type {(corners: ArrayLike<number>, starts: ArrayLike<number>, ring: number, high: Look["high"]) => number} */
  #litRoof(corners, starts, ring, high) {
    if (!this.shade) return 1;
    let sum = 0;
    const [from, to] = [starts[ring], starts[ring + 1] - 1];
    for (let corner = from; corner < to; corner++) {
      const top = typeof high === "number" ? high : high(corner);
      sum += share(SOFT_M + top - this.#shadeAt(corners, corner, 0, 0), SOFT_M);
    }
    return sum / (to - from || 1);
  }

  // how high a corner's place, or one `east` and `north` of it, lies in shadow
  /** @type {(corners: ArrayLike<number>, corner: number, east: number, north: number) => number} */
  #shadeAt(corners, corner, east, north) {
    return this.shade ? this.shade.at(corners[corner * 2] + east, corners[corner * 2 + 1] + north) : 0;
  }

  /** @type {(vertices: number, indices: number) => { positions: Float32Array, colours: Uint8Array, indices: Uint32Array }} */
  #room(vertices, indices) {
    const made = {
      positions: new Float32Array(vertices * 3),
      colours: new Uint8Array(vertices * 4),
      indices: new Uint32Array(indices),
    };
    this.positions.push(made.positions);
    this.colours.push(made.colours);
    this.indices.push(made.indices);
    return made;
  }

  /** @type {(indices: Uint32Array, at: number, corners: ArrayLike<number>, first?: number) => void} */
  #number(indices, at, corners, first = 0) {
    for (let k = 0; k < corners.length; k++) indices[at + k] = this.vertices + first + corners[k];
  }
}

// a number from 0 to 1 for each index, the same every time
/** @type {(index: number) => number} */
export function varied(index) {
  return ((Math.imul(index + 1, 2654435761) >>> 16) & 255) / 255;
}

/** @type {(colours: Uint8Array, at: number, colour: Colour, light: Colour) => void} */
function paint(colours, at, colour, light) {
  for (let channel = 0; channel < 3; channel++)
    colours[at * 4 + channel] = Math.min(255, colour[channel] * light[channel]);
  colours[at * 4 + 3] = colour[3] ?? 255;
}

// as lit by this share of the sun and by the sky
/** @type {(colours: Uint8Array, at: number, colour: Colour, light: Lighting, sun: number, part: number) => void} */
function paintLit(colours, at, colour, light, sun, part) {
  for (let channel = 0; channel < 3; channel++)
    colours[at * 4 + channel] = Math.min(255, colour[channel] * given(light, sun, channel) * part);
  colours[at * 4 + 3] = 255;
}

/** @type {(part: number, whole: number) => number} */
function share(part, whole) {
  return Math.max(0, Math.min(1, part / (whole || 1)));
}

/** @type {(up: number, shade: number) => number} */
function shadeAt(up, shade) {
  const part = share(up, GRADIENT_M);
  return shade + (1 - shade) * part * part * (3 - 2 * part);
}

/**
 * @template {Float32Array | Uint8Array | Uint32Array} Kind
 * @param {new (length: number) => Kind} Kind
 * @param {Kind[]} pieces
 * @returns {Kind}
 */
function joined(Kind, pieces) {
  const whole = new Kind(pieces.reduce((sum, piece) => sum + piece.length, 0));
  pieces.reduce((at, piece) => (whole.set(piece, at), at + piece.length), 0);
  return whole;
}

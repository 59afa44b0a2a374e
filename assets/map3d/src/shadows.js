// Cast shadows, computed once per city and hour on a grid: up to which height each place lies in the shade of what stands
// between it and the sun. The ground is darkened by it as by a picture, walls and roofs ask it at their corners.

/** @import { Lighting } from "./light.js" */
/** @typedef {NonNullable<Lighting["cast"]>} Cast */
/** @typedef {Pick<CityBundle, "building_vertices" | "building_starts" | "building_heights">} Standing */

const MOST_CELLS = 1200; // along a side: 3.3 m for 4 km
const FINEST_M = 1;
const ALIGNED = 4; // rows of a picture begin at multiples of as many bytes
const [TREE_SHARE, TREE_RADIUS] = [0.85, 0.3]; // of a tree's height: up to where it is dense, and how wide

// Places are numbered along the sun's stronger axis first: every line is in the shade of the one before it.
export class ShadeField {
  /**
   * @param {number} sizeM side of the square around the anchor
   * @param {Cast} cast
   */
  constructor(sizeM, cast) {
    this.cast = cast;
    this.half = sizeM / 2;
    this.side = Math.ceil(Math.min(MOST_CELLS, sizeM / FINEST_M) / ALIGNED) * ALIGNED;
    this.cell = sizeM / this.side;
    this.isTurned = Math.abs(cast.east) > Math.abs(cast.north);
    const [lead, drift] = this.isTurned ? [cast.east, cast.north] : [cast.north, cast.east];
    this.isForward = lead > 0;
    this.slant = drift / (Math.abs(lead) || 1); // cells across for each cell along
    this.fall = this.cell * Math.hypot(1, this.slant) * cast.fall; // of a ray, from line to line
    this.roofs = new Float32Array(this.side * this.side);
    this.shade = new Float32Array(this.side * this.side);
    this.marks = new Uint8Array(4096);
  }

  // The cells whose middle a footprint covers are at least as high as it; rings are closed.
  /** @type {(corners: ArrayLike<number>, starts: ArrayLike<number>, high: (ring: number) => number) => void} */
  raise(corners, starts, high) {
    for (let ring = 0; ring + 1 < starts.length; ring++)
      this.#fill(corners, starts[ring], starts[ring + 1] - 1, high(ring));
  }

  // [east, north, height, ...]
  /** @type {(trees: ArrayLike<number>) => void} */
  plant(trees) {
    for (let tree = 0; tree < trees.length; tree += 3) {
      const reach = TREE_RADIUS * trees[tree + 2];
      const [east, north] = [trees[tree], trees[tree + 1]];
      const ring = [-1, 0, 0, 1, 1, 0, 0, -1, -1, 0].map((way, at) => way * reach + (at % 2 ? north : east));
      this.#fill(ring, 0, 4, TREE_SHARE * trees[tree + 2]);
    }
  }

  // From the sun's side on, line by line: a place is as high in the shade as the one before it, or its roof, less what a
  // ray falls on the way.
  sweep() {
    const { side, roofs, shade, fall } = this;
    const shift = Math.floor(-this.slant);
    const part = -this.slant - shift;
    for (let step = 1; step < side; step++) {
      const line = (this.isForward ? step : side - 1 - step) * side;
      const before = this.isForward ? line - side : line + side;
      const [first, last] = [Math.max(0, -shift), Math.min(side - 1, side - 2 - shift)];
      for (let place = first; place <= last; place++) {
        const near = before + place + shift;
        const low = shade[near] > roofs[near] ? shade[near] : roofs[near];
        const next = shade[near + 1] > roofs[near + 1] ? shade[near + 1] : roofs[near + 1];
        const up = low + (next - low) * part - fall;
        if (up > 0) shade[line + place] = up;
      }
    }
    return this;
  }

  // up to which height a place lies in the shade
  /** @type {(east: number, north: number) => number} */
  at(east, north) {
    const [along, across] = this.isTurned ? [east, north] : [north, east];
    const [line, place] = [this.#cellOf(along), this.#cellOf(across)];
    return line < 0 || place < 0 || line >= this.side || place >= this.side ? 0 : this.shade[line * this.side + place];
  }

  // how dark the ground is, 0 to 255: each cell with its neighbours, so that edges are no stairs
  picture() {
    const { side, shade, fall } = this;
    const picture = new Uint8Array(shade.length);
    const lines = [0, 1, 2].map(() => new Float32Array(side)); // each smoothed along itself
    for (let line = 0; line <= side; line++) {
      const sums = lines[line % 3];
      if (line === side) sums.fill(0);
      else smoothed(shade, line * side, side, fall, sums);
      const [before, at] = [lines[(line + 1) % 3], lines[(line + 2) % 3]];
      for (let place = 0; line > 0 && place < side; place++)
        picture[(line - 1) * side + place] = 15.9375 * (before[place] + 2 * at[place] + sums[place]);
    }
    return picture;
  }

  /** @type {(metres: number) => number} */
  #cellOf(metres) {
    return Math.floor((metres + this.half) / this.cell);
  }

  // Every edge marks, on each line that it crosses, the first cell behind it; what lies behind an odd number of marks is
  // inside the ring.
  /** @type {(corners: ArrayLike<number>, from: number, to: number, high: number) => void} */
  #fill(corners, from, to, high) {
    const { side, roofs, half, cell } = this;
    const [along, across] = this.isTurned ? [0, 1] : [1, 0];
    const { first, left, lines, wide } = this.#extent(corners, from, to, along, across);
    if (wide <= 0 || lines <= 0) return;
    if (wide * lines > this.marks.length) this.marks = new Uint8Array(wide * lines);
    const { marks } = this;
    for (let corner = from * 2; corner < to * 2; corner += 2) {
      const [startsAt, endsAt] = [(corners[corner + along] + half) / cell, (corners[corner + 2 + along] + half) / cell];
      const begin = Math.max(first, Math.ceil(Math.min(startsAt, endsAt) - 0.5)); // lines are where cells have their middle
      const end = Math.min(first + lines, Math.ceil(Math.max(startsAt, endsAt) - 0.5));
      const slope = (corners[corner + 2 + across] - corners[corner + across]) / (endsAt - startsAt);
      for (let line = begin; line < end; line++) {
        const place = corners[corner + across] + (line + 0.5 - startsAt) * slope;
        const mark = Math.max(0, Math.ceil((place + half) / cell - 0.5) - left);
        if (mark < wide) marks[(line - first) * wide + mark] ^= 1;
      }
    }
    for (let line = 0, mark = 0; line < lines; line++) {
      let inside = 0;
      for (let at = (first + line) * side + left, place = 0; place < wide; place++, at++, mark++) {
        inside ^= marks[mark];
        marks[mark] = 0;
        if (inside && roofs[at] < high) roofs[at] = high;
      }
    }
  }

  // the first line and the first cell on it that a ring may touch, and how many
  /** @type {(corners: ArrayLike<number>, from: number, to: number, along: number, across: number) => { first: number, left: number, lines: number, wide: number }} */
  #extent(corners, from, to, along, across) {
    let [bottom, top, west, east] = [Infinity, -Infinity, Infinity, -Infinity];
    for (let corner = from * 2; corner < to * 2; corner += 2) {
      const [line, place] = [corners[corner + along], corners[corner + across]];
      if (line < bottom) bottom = line;
      if (line > top) top = line;
      if (place < west) west = place;
      if (place > east) east = place;
    }
    const [first, left] = [Math.max(0, this.#cellOf(bottom)), Math.max(0, this.#cellOf(west))];
    const last = this.side - 1;
    return {
      first,
      left,
      lines: Math.min(last, this.#cellOf(top)) - first + 1,
      wide: Math.min(last, this.#cellOf(east)) - left + 1,
    };
  }
}

// how much of its cell a place of a line is dark, 0 to 1, once with either neighbour and twice itself
/** @type {(shade: Float32Array, from: number, side: number, full: number, sums: Float32Array) => void} */
function smoothed(shade, from, side, full, sums) {
  let [before, at] = [0, Math.min(1, shade[from] / full)];
  for (let place = 0; place < side; place++) {
    const next = place + 1 < side ? Math.min(1, shade[from + place + 1] / full) : 0;
    sums[place] = before + 2 * at + next;
    [before, at] = [at, next];
  }
}

// the shade over a whole city: of buildings, bridges' decks and trees
/** @type {(city: CityBundle, cast: Cast) => ShadeField} */
export function shadeOf(city, cast) {
  const field = new ShadeField(city.meta.size_m, cast);
  field.raise(city.building_vertices, city.building_starts, (ring) => city.building_heights[ring]);
  field.raise(city.bridge_vertices, city.bridge_starts, (part) =>
    city.bridge_bases[part] > 0 ? city.bridge_tops[city.bridge_starts[part]] : 0,
  );
  field.plant(city.trees);
  return field.sweep();
}

// Straight lines for one deck.gl LineLayer, filled anew into arrays that are kept: no garbage while a replay plays.
import { later } from "./later.js";

const ON_TOP = { depthCompare: "always", depthWriteEnabled: false };

export class LineBatch {
  /** @type {Float32Array} */
  ends = later();
  /** @type {Uint8Array} */
  colours = later();
  /** @type {Float32Array} */
  widths = later();
  /** @type {number} */
  count = 0;

  /**
   * @param {string} id
   * @param {MetreProps} metres
   * @param {number} room
   * @param {{ onTop?: boolean }} [options]
   */
  constructor(id, metres, room, { onTop = true } = {}) {
    this.id = id;
    this.metres = metres;
    this.parameters = onTop ? ON_TOP : {};
    this.#make(Math.max(16, room));
  }

  clear() {
    this.count = 0;
  }

  // `colour` is [red, green, blue]; alpha 0..255; width in pixels
  /** @type {(x: number, y: number, z: number, toX: number, toY: number, toZ: number, colour: Colour, alpha: number, width: number) => void} */
  line(x, y, z, toX, toY, toZ, colour, alpha, width) {
    if (Number.isNaN(x) || Number.isNaN(toX)) return; // an end that is not there yet, or no more
    if (this.count === this.widths.length) this.#grow();
    const { ends, colours } = this;
    const end = this.count * 6;
    ends[end] = x;
    ends[end + 1] = y;
    ends[end + 2] = z;
    ends[end + 3] = toX;
    ends[end + 4] = toY;
    ends[end + 5] = toZ;
    const tint = this.count * 4;
    colours[tint] = colour[0];
    colours[tint + 1] = colour[1];
    colours[tint + 2] = colour[2];
    colours[tint + 3] = alpha;
    this.widths[this.count++] = width;
  }

  // the part of a segment between two shares of its length
  /** @type {(from: Point, to: Point, start: number, end: number, colour: Colour, alpha: number, width: number) => void} */
  part(from, to, start, end, colour, alpha, width) {
    const [dx, dy, dz] = [to[0] - from[0], to[1] - from[1], to[2] - from[2]];
    this.line(
      from[0] + dx * start,
      from[1] + dy * start,
      from[2] + dz * start,
      from[0] + dx * end,
      from[1] + dy * end,
      from[2] + dz * end,
      colour,
      alpha,
      width,
    );
  }

  /** @type {(from: Point, to: Point, dashes: number, reach: number, colour: Colour, alpha: number, width: number) => void} */
  dashed(from, to, dashes, reach, colour, alpha, width) {
    for (let dash = 0; dash < dashes; dash++)
      this.part(from, to, (reach * dash) / dashes, (reach * (dash + 0.55)) / dashes, colour, alpha, width);
  }

  // as far as `reach`, a share of the segment, what a pattern draws of it (link_looks.js)
  /** @type {(from: Point, to: Point, pattern: import("./link_looks.js").Pattern, reach: number, colour: Colour, alpha: number, width: number) => void} */
  patterned(from, to, { repeats, parts }, reach, colour, alpha, width) {
    const count = Math.ceil(repeats * reach);
    for (let repeat = 0; repeat < count; repeat++)
      for (const [start, end] of parts)
        this.part(from, to, (reach * (repeat + start)) / count, (reach * (repeat + end)) / count, colour, alpha, width);
  }

  // Only the filled part travels to the graphics card; fresh wrappers tell deck.gl that the numbers changed.
  layer() {
    const ends = this.ends.subarray(0, this.count * 6);
    return new globalThis.deck.LineLayer({
      id: this.id,
      ...this.metres,
      parameters: this.parameters,
      data: {
        length: this.count,
        attributes: {
          getSourcePosition: { value: ends, size: 3, stride: 24, offset: 0 },
          getTargetPosition: { value: ends, size: 3, stride: 24, offset: 12 },
          getColor: { value: this.colours.subarray(0, this.count * 4), size: 4, normalized: true },
          getWidth: { value: this.widths.subarray(0, this.count), size: 1 },
        },
      },
    });
  }

  /** @type {(room: number) => void} */
  #make(room) {
    this.ends = new Float32Array(room * 6);
    this.colours = new Uint8Array(room * 4);
    this.widths = new Float32Array(room);
  }

  #grow() {
    const { ends, colours, widths } = this;
    this.#make(widths.length * 2);
    this.ends.set(ends);
    this.colours.set(colours);
    this.widths.set(widths);
  }
}

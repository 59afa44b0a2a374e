// Local metres (east, north, up around the anchor) to screen pixels and back, on the CPU, exactly as deck.gl's
// METER_OFFSETS shader does it - including its second-order term, which is 1-2 m at the edge of a 4 km map.
import { later } from "./later.js";

export class LocalFrame {
  /** @type {Viewport} */
  viewport = later();
  /** @type {DistanceScales} */
  scales = later();
  /** @type {[number, number]} */
  origin = later();

  /** @param {readonly [number, number]} anchor */
  constructor(anchor) {
    this.anchor = anchor;
  }

  // Everything that depends on the camera, computed once per viewport.
  /** @type {(viewport: Viewport) => LocalFrame} */
  at(viewport) {
    if (this.viewport !== viewport) {
      this.viewport = viewport;
      this.scales = viewport.getDistanceScales(this.anchor);
      this.origin = viewport.projectFlat(this.anchor);
    }
    return this;
  }

  // -> [x, y, depth] in pixels from the top left; depth < 1 is in front of the far plane
  /** @type {(east: number, north: number, up: number) => [number, number, number]} */
  toScreen(east, north, up) {
    const { unitsPerMeter: u, unitsPerMeter2: v } = this.scales;
    const x = this.origin[0] + east * (u[0] + v[0] * north);
    const y = this.origin[1] + north * (u[1] + v[1] * north);
    const z = up * (u[2] + v[2] * north);
    const m = this.viewport.pixelProjectionMatrix;
    const w = m[3] * x + m[7] * y + m[11] * z + m[15];
    return [
      (m[0] * x + m[4] * y + m[8] * z + m[12]) / w,
      (m[1] * x + m[5] * y + m[9] * z + m[13]) / w,
      w > 0 ? (m[2] * x + m[6] * y + m[10] * z + m[14]) / w : 2,
    ];
  }

  /** @type {(position: Point) => Pixel} */
  pixelOf([east, north, up]) {
    const [x, y] = this.toScreen(east, north, up);
    return [x, y];
  }

  // the point at height `up` under a pixel -> [east, north] in metres
  /** @type {(pixel: Pixel, up?: number) => [number, number]} */
  toGround(pixel, up = 0) {
    const lngLat = this.viewport.unproject(pixel, { targetZ: up });
    const common = this.viewport.projectFlat(lngLat);
    const { unitsPerMeter: u, unitsPerMeter2: v } = this.scales;
    const dx = common[0] - this.origin[0];
    const dy = common[1] - this.origin[1];
    let north = dy / u[1];
    for (let round = 0; round < 3; round++) north = dy / (u[1] + v[1] * north); // converges to millimetres
    return [dx / (u[0] + v[0] * north), north];
  }

  // -> [longitude, latitude] of a point on the ground
  /** @type {(east: number, north: number) => [number, number]} */
  toLngLat(east, north) {
    const { unitsPerMeter: u, unitsPerMeter2: v } = this.scales;
    return this.viewport.unprojectFlat([
      this.origin[0] + east * (u[0] + v[0] * north),
      this.origin[1] + north * (u[1] + v[1] * north),
    ]);
  }

  metresPerPixel() {
    return 1 / (this.scales.unitsPerMeter[0] * this.viewport.scale);
  }
}

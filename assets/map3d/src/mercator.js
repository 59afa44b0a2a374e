// Web Mercator as deck.gl counts it - the world is 512 units wide, at zoom 0 a unit is a pixel - and the viewport of a
// camera that looks straight down, north up.

const EARTH_M = 40_075_016; // around the equator
const TILE_PX = 512; // of the whole world at zoom 0
const MARGIN = 1.12; // of the area
const RADIANS = Math.PI / 180;

/** @typedef {{ width: number, height: number }} PixelSize */

// metres at a latitude that a pixel spans -> zoom
/** @type {(metresPerPixel: number, latitude: number) => number} */
export function zoomOf(metresPerPixel, latitude) {
  return Math.log2((EARTH_M * Math.cos(latitude * RADIANS)) / (TILE_PX * metresPerPixel));
}

// zoom -> metres at a latitude that a pixel spans
/** @type {(zoom: number, latitude: number) => number} */
export function metresPerPixelOf(zoom, latitude) {
  return (EARTH_M * Math.cos(latitude * RADIANS)) / (TILE_PX * 2 ** zoom);
}

/** @type {(lngLat: readonly number[]) => [number, number]} */
export function project([longitude, latitude]) {
  const angle = Math.log(Math.tan(Math.PI / 4 + (latitude * RADIANS) / 2));
  return [(TILE_PX * (longitude + 180)) / 360, TILE_PX * (0.5 + angle / (2 * Math.PI))];
}

/** @type {(common: readonly number[]) => [number, number]} */
export function unproject([x, y]) {
  const latitude = (2 * Math.atan(Math.exp((y / TILE_PX - 0.5) * 2 * Math.PI)) - Math.PI / 2) / RADIANS;
  return [(x * 360) / TILE_PX - 180, latitude];
}

// What a camera shows from above, whatever it says of tilt and turn; heights do not move anything.
/** @type {(id: string, size: PixelSize, view: CameraView) => Viewport} */
export function viewportFromAbove(id, { width, height }, view) {
  const scale = 2 ** view.zoom;
  const [x0, y0] = project([view.longitude, view.latitude]);
  return {
    id,
    width,
    height,
    scale,
    bearing: 0,
    pitch: 0,
    pixelProjectionMatrix: matrix(scale, width / 2 - scale * x0, height / 2 + scale * y0),
    getDistanceScales: distanceScales,
    projectFlat: project,
    unprojectFlat: unproject,
    unproject: ([x, y]) => unproject([x0 + (x - width / 2) / scale, y0 + (height / 2 - y) / scale]),
  };
}

// the camera of this zoom that shows at pixel `to` what `view` shows at pixel `from`
/** @type {(view: CameraView, size: PixelSize, from: Pixel, to: Pixel, zoom?: number) => CameraView} */
export function held(view, { width, height }, from, to, zoom = view.zoom) {
  const [x, y] = project([view.longitude, view.latitude]);
  const [before, after] = [2 ** view.zoom, 2 ** zoom];
  const east = x + (from[0] - width / 2) / before - (to[0] - width / 2) / after;
  const north = y + (height / 2 - from[1]) / before - (height / 2 - to[1]) / after;
  const [longitude, latitude] = unproject([east, north]);
  return { ...view, longitude, latitude, zoom };
}

// the area and a little around it, in the part of a picture that nothing covers on the right, above and below
/** @type {(city: Pick<CityBundle, "meta">, size: Size, right?: number, above?: number, below?: number) => CameraView} */
export function areaFromAbove({ meta }, { clientWidth, clientHeight }, right = 0, above = 0, below = 0) {
  const [longitude, latitude] = meta.anchor;
  const [width, height] = [clientWidth || 900, clientHeight || 560];
  const [free, high] = [width - right, height - above - below];
  const zoom = zoomOf((meta.size_m * MARGIN) / Math.min(free, high), latitude);
  const view = { longitude, latitude, zoom, pitch: 0, bearing: 0, minZoom: 11, maxZoom: 18.5 };
  return held(view, { width, height }, [width / 2, height / 2], [free / 2, above + high / 2]);
}

// column by column, as deck.gl has it; every depth is in front of the far plane
/** @type {(scale: number, x: number, y: number) => number[]} */
function matrix(scale, x, y) {
  return [scale, 0, 0, 0, 0, -scale, 0, 0, 0, 0, 0, 0, x, y, 0.5, 1];
}

// units per metre at an anchor, and how they change per metre to the north
/** @type {(anchor: readonly number[]) => DistanceScales} */
function distanceScales([, latitude]) {
  const unit = TILE_PX / EARTH_M / Math.cos(latitude * RADIANS);
  const change = (unit * Math.tan(latitude * RADIANS) * 2 * Math.PI) / EARTH_M;
  return { unitsPerMeter: [unit, unit, unit], unitsPerMeter2: [change, change / 2, change] };
}

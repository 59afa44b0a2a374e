// The layers of the city: flat ground in one mesh, everything that stands in another, made once per city and theme and
// handed to deck.gl by reference ever after. Two layers, because each layer costs script in every frame and each kind
// of layer a shader that a software renderer takes up to a second to prepare.
import { MeshWriter, bakedLayer } from "./mesh.js";
import { PALETTES } from "./palette.js";

const FLAT = { depthCompare: "always", depthWriteEnabled: false }; // drawn in order, so ground never flickers
const BRIDGE_DECK_M = 3;
const BORDER_SHARE = 0.0025; // of the area's size

/** @type {(anchor: readonly [number, number]) => MetreProps} */
export function metreProps(anchor) {
  return { coordinateSystem: globalThis.deck.COORDINATE_SYSTEM.METER_OFFSETS, coordinateOrigin: [...anchor, 0] };
}

let made = 0; // ids are never used twice: layers of another city or theme must not be matched with these

/** @type {(city: CityBundle, theme: Theme) => DeckLayer[]} */
export function cityLayers(city, theme) {
  made += 1;
  const palette = PALETTES[theme];
  const metres = metreProps(city.meta.anchor);
  return [
    bakedLayer(`ground-${made}`, metres, groundMesh(city, palette), FLAT),
    bakedLayer(`solids-${made}`, metres, solidMesh(city, palette), { cullMode: "back" }),
  ];
}

/** @type {(city: CityBundle, palette: Palette) => object} */
function groundMesh(city, palette) {
  const mesh = new MeshWriter();
  const half = city.meta.size_m / 2;
  mesh.flat(square(half * 3.2), SQUARE, palette.outside);
  mesh.flat(square(half), SQUARE, palette.ground);
  mesh.flat(city.parks_vertices, city.parks_triangles, palette.park);
  mesh.flat(city.water_vertices, city.water_triangles, palette.water);
  mesh.flat(city.roads_vertices, city.roads_triangles, palette.road);
  const inner = square(half * (1 - BORDER_SHARE));
  mesh.flat([...square(half), ...inner], FRAME, blended(palette.border, palette.ground));
  return mesh.done();
}

/** @type {(city: CityBundle, palette: Palette) => object} */
function solidMesh(city, palette) {
  const mesh = new MeshWriter(palette);
  const bridge = {
    low: city.meta.bridge_base_m,
    high: city.meta.bridge_base_m + BRIDGE_DECK_M,
    colour: palette.bridge,
  };
  mesh.prisms(city.bridge_vertices, city.bridge_starts, city.bridge_triangles, () => bridge);
  mesh.prisms(city.building_vertices, city.building_starts, city.roof_triangles, (ring) => ({
    low: city.building_bases[ring],
    high: city.building_heights[ring],
    colour: tint(palette.buildings[city.building_class[ring]], ring),
  }));
  return mesh.done();
}

const SQUARE = [0, 1, 2, 0, 2, 3];
const FRAME = [0, 1, 4, 1, 5, 4, 1, 2, 5, 2, 6, 5, 2, 3, 6, 3, 7, 6, 3, 0, 7, 0, 4, 7];

/** @type {(half: number) => number[]} */
function square(half) {
  return [-half, -half, half, -half, half, half, -half, half];
}

/** @type {(colour: Colour, below: Colour) => number[]} */
function blended([red, green, blue, alpha], below) {
  return [red, green, blue].map((channel, index) => channel * (alpha / 255) + below[index] * (1 - alpha / 255));
}

// Neighbouring houses differ a little, the same way every time.
/** @type {(colour: number[], index: number) => number[]} */
function tint(colour, index) {
  const lift = 0.955 + (0.09 * ((Math.imul(index + 1, 2654435761) >>> 16) & 255)) / 255;
  return colour.map((channel) => Math.min(255, Math.round(channel * lift)));
}

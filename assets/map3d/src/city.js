// The layers of the city: flat ground in one mesh, shadows on it, everything that stands in another, made once per city,
// theme and hour and handed to deck.gl by reference ever after. Few layers, because each costs script in every frame and
// each kind of layer a shader that a software renderer takes a while to prepare.
import { bakedLayer } from "./baked_layers.js";
import { groundLight, lightOf } from "./light.js";
import { MeshWriter, varied } from "./mesh.js";
import { PALETTES } from "./palette.js";
import { shadeOf } from "./shadows.js";
import { FAR, ROUND } from "./trees.js";
import { windowMesh } from "./windows.js";

/** @import { Lighting } from "./light.js" */
/** @import { ShadeField } from "./shadows.js" */

const FLAT = { depthCompare: "always", depthWriteEnabled: false }; // drawn in order, so ground never flickers
const ON_WALLS = { depthCompare: "less-equal", depthWriteEnabled: false, cullMode: "back" };
const SOLID = { cullMode: "back" };
const NEAR_M = 900; // around the camera's place
const BORDER_SHARE = 0.0025; // of the area's size

/** @type {(anchor: readonly [number, number]) => MetreProps} */
export function metreProps(anchor) {
  return { coordinateSystem: globalThis.deck.COORDINATE_SYSTEM.METER_OFFSETS, coordinateOrigin: [...anchor, 0] };
}

let made = 0; // ids are never used twice: layers of another city or theme must not be matched with these

/** @type {(city: CityBundle, theme: Theme, sun?: Sun | null) => DeckLayer[]} */
export function cityLayers(city, theme, sun) {
  made += 1;
  const palette = PALETTES[theme];
  const light = lightOf(theme, sun);
  const shade = light.cast && shadeOf(city, light.cast);
  const metres = metreProps(city.meta.anchor);
  const ground = groundMesh(city, palette, groundLight(theme, light));
  return [
    bakedLayer("plain", `ground-${made}`, metres, ground, FLAT),
    ...(shade ? [shadowLayer(`shadows-${made}`, metres, shade, palette)] : []),
    bakedLayer("plain", `solids-${made}`, metres, solidMesh(city, palette, light, shade), SOLID),
  ];
}

/** @type {(id: string, metres: MetreProps, shade: ShadeField, palette: Palette) => DeckLayer} */
function shadowLayer(id, metres, shade, palette) {
  const { half, side } = shade;
  const mesh = new MeshWriter();
  mesh.flat(square(half), SQUARE, [...palette.shadow, 255 * shade.cast.strength]);
  const corners = shade.isTurned ? [0, 0, 0, 1, 1, 1, 1, 0] : [0, 0, 1, 0, 1, 1, 0, 1];
  const size = { width: side, height: side };
  const data = Object.assign(shade.picture(), size); // deck.gl asks the bytes themselves for their size
  return bakedLayer("shadow", id, metres, mesh.done(new Float32Array(corners)), FLAT, {
    texture: { data, ...size, format: "r8unorm" },
  });
}

// behind everything, red, green, blue and alpha from 0 to 1
/** @type {(theme: Theme, sun?: Sun | null) => number[]} */
export function clearColour(theme, sun) {
  const light = groundLight(theme, lightOf(theme, sun));
  return PALETTES[theme].clear.map((share, channel) => share * (light[channel] ?? 1));
}

// what is worth drawing near the camera's place [east, north] alone
/** @type {(city: CityBundle, theme: Theme, sun: Sun | null, place: readonly [number, number]) => DeckLayer[]} */
export function nearLayers(city, theme, sun, place) {
  made += 1;
  const metres = metreProps(city.meta.anchor);
  /** @type {(east: number, north: number) => boolean} */
  const isNear = (east, north) => Math.hypot(east - place[0], north - place[1]) < NEAR_M;
  const trees = new MeshWriter(lightOf(theme, sun));
  const planted = [...city.trees.keys()].filter((at) => at % 3 === 0 && isNear(city.trees[at], city.trees[at + 1]));
  trees.crowns(
    planted.flatMap((at) => [...city.trees.subarray(at, at + 3)]),
    ROUND,
    PALETTES[theme].tree,
  );
  return [
    bakedLayer(theme === "dark" ? "night" : "day", `windows-${made}`, metres, windowMesh(city, isNear), ON_WALLS),
    bakedLayer("plain", `trees-${made}`, metres, trees.done(), SOLID),
  ];
}

/** @type {(city: CityBundle, palette: Palette, light: Colour) => Mesh} */
function groundMesh(city, palette, light) {
  const mesh = new MeshWriter();
  const half = city.meta.size_m / 2;
  mesh.flat(square(half * 3.2), SQUARE, palette.outside, light);
  mesh.flat(square(half), SQUARE, palette.ground, light);
  mesh.flat(city.parks_vertices, city.parks_triangles, palette.park, light);
  mesh.flat(city.water_vertices, city.water_triangles, palette.water, light);
  mesh.flat(city.quay_vertices, city.quay_triangles, palette.quay, light);
  mesh.flat(city.bank_vertices, city.bank_triangles, palette.bank, light);
  mesh.flat(city.roads_vertices, city.roads_triangles, palette.road, light);
  const inner = square(half * (1 - BORDER_SHARE));
  mesh.flat([...square(half), ...inner], FRAME, blended(palette.border, palette.ground), light);
  return mesh.done();
}

/** @type {(city: CityBundle, palette: Palette, light: Lighting, shade: ShadeField | null) => Mesh} */
function solidMesh(city, palette, light, shade) {
  const mesh = new MeshWriter(light, shade);
  mesh.prisms(city.bridge_vertices, city.bridge_starts, city.bridge_triangles, (part) => ({
    low: city.bridge_bases[part],
    high: (corner) => city.bridge_tops[corner],
    colour: city.bridge_is_deck[part] ? palette.deck : palette.bridge,
  }));
  mesh.prisms(city.building_vertices, city.building_starts, city.roof_triangles, (ring) => ({
    low: city.building_bases[ring],
    high: city.building_heights[ring],
    colour: tint(palette.buildings[city.building_class[ring]], ring),
  }));
  mesh.crowns(city.trees, FAR, palette.tree);
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
  const lift = 0.955 + 0.09 * varied(index);
  return colour.map((channel) => Math.min(255, Math.round(channel * lift)));
}

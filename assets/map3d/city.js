// The layers of the city. They are made once per city and theme and handed to deck.gl by reference ever after.
import { PALETTES } from "./palette.js";

const FLAT = { depthCompare: "always", depthWriteEnabled: false }; // drawn in order, so ground layers never flicker
const WALL_GRADIENT = `
#ifdef IS_SIDE_VERTEX
  vColor.rgb *= mix(SHADE, 1.0, smoothstep(0.0, 26.0, positions.y * elevations));
#endif`;

export function metreProps(anchor) {
  return { coordinateSystem: globalThis.deck.COORDINATE_SYSTEM.METER_OFFSETS, coordinateOrigin: [...anchor, 0] };
}

let made = 0; // ids are never used twice: layers of another city or theme must not be matched with these

export function cityLayers(city, theme) {
  made += 1;
  const palette = PALETTES[theme];
  const metres = metreProps(city.meta.anchor);
  const flat = (id, shapes, extra = {}) =>
    new globalThis.deck.SolidPolygonLayer({
      id: `${id}-${made}`, ...metres, data: shapes, getPolygon: (shape) => shape.polygon, getFillColor: (shape) => shape.colour,
      extruded: false, parameters: FLAT, ...extra,
    });
  const half = city.meta.size_m / 2;
  return [
    flat("base", [
      ...coloured([square(half * 3.2)], palette.outside), ...coloured([square(half)], palette.ground),
      ...coloured(polygons(city, "parks"), palette.park), ...coloured(polygons(city, "water"), palette.water),
    ]), // one layer, drawn in this order: each layer costs script in every frame
    roads(city, palette, metres),
    border(half, palette, metres),
    flat("bridges", coloured(polygons(city, "bridges", city.meta.bridge_base_m), palette.bridge), {
      extruded: true, getElevation: 3, parameters: {}, material: material(palette),
    }),
    buildings(city, palette, metres),
  ];
}

export function lighting(theme) {
  const { ambient, sun } = PALETTES[theme];
  const deck = globalThis.deck;
  return new deck.LightingEffect({
    sky: new deck.AmbientLight({ color: [255, 252, 246], intensity: ambient }),
    sun: new deck.DirectionalLight({ color: [255, 250, 240], intensity: sun, direction: [1.6, 1.5, -2.6] }),
  });
}

function material() {
  return { ambient: 0.6, diffuse: 0.42, shininess: 4, specularColor: [12, 12, 12] };
}

function buildings(city, palette, metres) {
  const starts = city.building_starts;
  const corners = city.building_vertices.length / 2;
  const elevations = new Float32Array(corners);
  const colours = new Uint8Array(corners * 4);
  for (let index = 0; index + 1 < starts.length; index++) {
    const colour = tint(palette.buildings[city.building_class[index]], index);
    for (let corner = starts[index]; corner < starts[index + 1]; corner++) {
      elevations[corner] = city.building_heights[index];
      colours.set(colour, corner * 4);
    }
  }
  return new (buildingLayerClass())({
    id: `buildings-${made}`, ...metres, _normalize: false, extruded: true, material: material(), shade: palette.shade,
    data: {
      length: starts.length - 1, startIndices: starts,
      attributes: {
        getPolygon: { value: city.building_vertices, size: 2 },
        getElevation: { value: elevations, size: 1 },
        getFillColor: { value: colours, size: 4, normalized: true },
      },
    },
  });
}

// Neighbouring houses differ a little, the same way every time.
function tint(colour, index) {
  const lift = 0.955 + 0.09 * ((Math.imul(index + 1, 2654435761) >>> 16) & 255) / 255;
  return [...colour.map((channel) => Math.min(255, Math.round(channel * lift))), 255];
}

// Walls darken towards the street, which reads as soft shade and costs nothing.
function buildingLayerClass() {
  return (buildingLayerClass.made ??= class ShadedBuildings extends globalThis.deck.SolidPolygonLayer {
    static layerName = "ShadedBuildings";

    getShaders(type) {
      const shaders = super.getShaders(type);
      return { ...shaders, inject: { "vs:#main-end": WALL_GRADIENT.replace("SHADE", this.props.shade.toFixed(2)) } };
    }
  });
}

function roads(city, palette, metres) {
  const starts = city.roads_starts;
  const paths = Array.from({ length: Math.max(0, starts.length - 1) }, (_, index) => ({
    path: pairs(city.roads_vertices, starts[index], starts[index + 1]), width: city.roads_width_m[index],
  }));
  return new globalThis.deck.PathLayer({
    id: `roads-${made}`, ...metres, data: paths, getPath: (road) => road.path, getWidth: (road) => road.width,
    getColor: palette.road, widthMinPixels: 1, jointRounded: true, capRounded: true, parameters: FLAT,
  });
}

function border(half, palette, metres) {
  return new globalThis.deck.PathLayer({
    id: `border-${made}`, ...metres, data: [square(half)], getPath: (ring) => ring, getColor: palette.border,
    widthUnits: "pixels", getWidth: 1.5, parameters: FLAT,
  });
}

function coloured(list, colour) {
  return list.map((polygon) => ({ polygon, colour }));
}

function square(half) {
  return [[-half, -half], [-half, half], [half, half], [half, -half], [-half, -half]];
}

// bundle arrays -> [[outer ring, hole, ...], ...], each corner [east, north] or [east, north, up]
function polygons(city, name, up) {
  const rings = city[`${name}_ring_starts`];
  const starts = city[`${name}_polygon_starts`];
  return Array.from({ length: Math.max(0, starts.length - 1) }, (_, index) => {
    const members = [];
    for (let ring = starts[index]; ring < starts[index + 1]; ring++) {
      members.push(pairs(city[`${name}_vertices`], rings[ring], rings[ring + 1], up));
    }
    return members;
  });
}

function pairs(vertices, from, to, up) {
  const list = [];
  for (let k = from; k < to; k++) list.push(up == null ? [vertices[2 * k], vertices[2 * k + 1]] : [vertices[2 * k], vertices[2 * k + 1], up]);
  return list;
}

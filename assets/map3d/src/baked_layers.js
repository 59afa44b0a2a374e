// Layers for meshes that carry their light: one plain layer each. deck.gl's extruded polygons draw every wall as an
// instance of its own, which a software renderer takes some ten times longer for.

import { STOREY_M } from "./windows.js";

// Every mesh is in metres from the city's anchor, so what deck.gl knows of other ways to say where a thing is (logarithms and
// sines that a software renderer works out for each vertex all the same) is passed over: a picture takes two thirds of the time.
/** @type {(more: string, then: string) => string} */
const vertex = (more, then) => `#version 300 es
#define SHADER_NAME baked-mesh-vs
in vec3 positions;
in vec4 colors;
${more}
out vec4 vColor;
void main(void) {
  vColor = colors;
  ${then}
  gl_Position = project_common_position_to_clipspace(project_offset_(vec4(positions, 1.0)));
}
`;
/** @type {(more: string, then: string) => string} */
const fragment = (more, then) => `#version 300 es
#define SHADER_NAME baked-mesh-fs
precision highp float;
in vec4 vColor;
${more}
out vec4 fragColor;
void main(void) {
  ${then}
}
`;
const WALL = ["out float vStorey;", `vStorey = positions.z / ${STOREY_M.toFixed(2)};`];
// Of a wall: red counts its windows from the left, green its storeys, blue tells it from others. Windows too small to be
// seen fade away.
const PANE = `vec2 at = vec2(vColor.r * 255.0, vStorey);
  vec2 soft = fwidth(at);
  vec2 place = fract(at);
  vec2 cell = floor(at);
  vec2 edge = smoothstep(vec2(0.37, 0.27) + soft * 0.6, vec2(0.37, 0.27) - soft * 0.6, abs(place - vec2(0.5, 0.53)));
  float pane = edge.x * edge.y * step(1.0, cell.y) * step(cell.y + 0.5, vColor.g * 255.0);
  pane *= 1.0 - smoothstep(0.3, 0.6, max(soft.x, soft.y));`;
const NIGHT = `float chance = fract(sin(dot(vec3(cell, floor(vColor.b * 255.0 + 0.5)), vec3(12.9898, 78.233, 37.719))) * 43758.5453);
  vec4 glass = chance > 0.66 ? vec4(1.0, 0.78 + 0.14 * fract(chance * 9.0), 0.5, 0.85) : vec4(0.05, 0.08, 0.13, 0.5);`;
/** @type {Record<"plain" | "shadow" | "day" | "night", { vs: string, fs: string }>} */
const SHADERS = {
  plain: { vs: vertex("", ""), fs: fragment("", "fragColor = vec4(vColor.rgb, layer.opacity);") },
  shadow: {
    vs: vertex("in vec2 texCoords; out vec2 vTexCoord;", "vTexCoord = texCoords;"),
    fs: fragment(
      "in vec2 vTexCoord; uniform sampler2D sampler;",
      "fragColor = vec4(vColor.rgb, vColor.a * smoothstep(0.3, 0.7, texture(sampler, vTexCoord).r));",
    ),
  },
  day: {
    vs: vertex(WALL[0], WALL[1]),
    fs: fragment("in float vStorey;", `${PANE}\n  fragColor = vec4(0.2, 0.29, 0.4, 0.52 * pane);`),
  },
  night: {
    vs: vertex(WALL[0], WALL[1]),
    fs: fragment("in float vStorey;", `${PANE}\n  ${NIGHT}\n  fragColor = vec4(glass.rgb, glass.a * pane);`),
  },
};

/** @typedef {keyof typeof SHADERS} Kind */

/** @type {(kind: Kind, id: string, metres: MetreProps, mesh: Mesh, parameters: object, more?: object) => DeckLayer} */
export function bakedLayer(kind, id, metres, mesh, parameters, more = {}) {
  return new (bakedLayerClass(kind))({
    id,
    ...metres,
    data: [{ position: [0, 0, 0] }],
    getColor: [255, 255, 255, 255],
    mesh,
    parameters,
    ...more,
  });
}

/** @type {Partial<Record<Kind, DeckLibrary["SimpleMeshLayer"]>>} */
const classes = {}; // made once the library is there

/** @type {(kind: Kind) => DeckLibrary["SimpleMeshLayer"]} */
function bakedLayerClass(kind) {
  return (classes[kind] ??= class extends globalThis.deck.SimpleMeshLayer {
    static layerName = `baked-${kind}`;

    getShaders() {
      return { ...super.getShaders(), ...SHADERS[kind] };
    }
  });
}

// Triangles with the light already in their colours, drawn by one plain layer. deck.gl's extruded polygons draw every
// wall as an instance of its own, which a software renderer takes some ten times longer for.

const SUN_DIRECTION = [1.6, 1.5, -2.6];
const GRADIENT_M = 26; // walls darken towards the street over this height, which reads as soft shade
const [AMBIENT, DIFFUSE] = [0.6, 0.42]; // what a surface gives back of the sky's and of the sun's light
const EVEN_LIGHT = { ambient: 1, sun: 1, shade: 1 };
const VERTEX = `#version 300 es
#define SHADER_NAME baked-mesh-vs
in vec3 positions;
in vec3 colors;
out vec3 vColor;
void main(void) {
  vColor = colors;
  gl_Position = project_common_position_to_clipspace(project_position(vec4(positions, 1.0)));
}
`;
const FRAGMENT = `#version 300 es
#define SHADER_NAME baked-mesh-fs
precision highp float;
in vec3 vColor;
out vec4 fragColor;
void main(void) { fragColor = vec4(vColor, layer.opacity); }
`;

/** @type {(id: string, metres: MetreProps, mesh: object, parameters: object) => DeckLayer} */
export function bakedLayer(id, metres, mesh, parameters) {
  return new (bakedLayerClass())({
    id,
    ...metres,
    data: [{ position: [0, 0, 0] }],
    getColor: [255, 255, 255, 255],
    mesh,
    parameters,
  });
}

/** @type {DeckLibrary["SimpleMeshLayer"] | undefined} */
let bakedClass; // made once the library is there

function bakedLayerClass() {
  return (bakedClass ??= class BakedMeshLayer extends globalThis.deck.SimpleMeshLayer {
    static layerName = "BakedMeshLayer";

    getShaders() {
      return { ...super.getShaders(), vs: VERTEX, fs: FRAGMENT };
    }
  });
}

// Gathers triangles; `palette` names the light and is needed for prisms alone.
export class MeshWriter {
  /** @type {Float32Array[]} */
  positions = [];
  /** @type {Uint8Array[]} */
  colours = [];
  /** @type {Uint32Array[]} */
  indices = [];

  /** @param {Light} [palette] */
  constructor(palette) {
    this.palette = palette ?? EVEN_LIGHT;
    this.positions = [];
    this.colours = [];
    this.indices = [];
    this.vertices = 0;
  }

  // a flat shape on the ground: corners [east, north, east, north, ...] and three corner numbers per triangle
  /** @type {(corners: ArrayLike<number>, triangles: ArrayLike<number>, colour: Colour) => void} */
  flat(corners, triangles, colour) {
    const { positions, colours, indices } = this.#room(corners.length / 2, triangles.length);
    for (let corner = 0; corner < corners.length / 2; corner++) {
      positions[corner * 3] = corners[corner * 2];
      positions[corner * 3 + 1] = corners[corner * 2 + 1];
      paint(colours, corner, colour, 1);
    }
    this.#number(indices, 0, triangles);
    this.vertices += corners.length / 2;
  }

  // Upright prisms over closed clockwise rings, roofs by given triangles; `look` tells low, high and colour of a ring.
  // Four vertices per wall and, behind all walls, one per corner for the roofs.
  /** @type {(corners: ArrayLike<number>, starts: ArrayLike<number>, triangles: ArrayLike<number>, look: (ring: number) => { low: number, high: number, colour: Colour }) => void} */
  prisms(corners, starts, triangles, look) {
    const count = corners.length / 2;
    const walls = count - Math.max(0, starts.length - 1); // a ring's last corner is its first again
    const { positions, colours, indices } = this.#room(walls * 4 + count, walls * 6 + triangles.length);
    const roofLight = lightOn(this.palette, 0, 0, 1);
    let vertex = 0;
    /** @type {(at: number, corner: number, up: number, colour: Colour, light: number) => void} */
    const put = (at, corner, up, colour, light) => {
      positions[at * 3] = corners[corner * 2];
      positions[at * 3 + 1] = corners[corner * 2 + 1];
      positions[at * 3 + 2] = up;
      paint(colours, at, colour, light);
    };
    for (let ring = 0; ring + 1 < starts.length; ring++) {
      const { low, high, colour } = look(ring);
      const [foot, head] = [low, high].map((up) => shadeAt(up, this.palette.shade));
      for (let corner = starts[ring]; corner < starts[ring + 1]; corner++) {
        put(walls * 4 + corner, corner, high, colour, roofLight);
        if (corner + 1 === starts[ring + 1]) continue;
        const [east, north] = [
          corners[corner * 2 + 2] - corners[corner * 2],
          corners[corner * 2 + 3] - corners[corner * 2 + 1],
        ];
        const light = lightOn(this.palette, -north, east, 0); // clockwise: the street is to the left of each edge
        this.#number(indices, (vertex / 4) * 6, WALL, vertex);
        for (const end of [corner, corner + 1]) {
          put(vertex++, end, low, colour, light * foot);
          put(vertex++, end, high, colour, light * head);
        }
      }
    }
    this.#number(indices, walls * 6, triangles, walls * 4);
    this.vertices += walls * 4 + count;
  }

  done() {
    return {
      attributes: {
        positions: { value: joined(Float32Array, this.positions), size: 3 },
        colors: { value: joined(Uint8Array, this.colours), size: 4, normalized: true },
      },
      indices: { value: joined(Uint32Array, this.indices), size: 1 },
    };
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

const WALL = [0, 1, 2, 2, 1, 3]; // low, high, next low, next high

/** @type {(colours: Uint8Array, at: number, colour: Colour, light: number) => void} */
function paint(colours, at, colour, light) {
  for (let channel = 0; channel < 3; channel++) colours[at * 4 + channel] = Math.min(255, colour[channel] * light);
  colours[at * 4 + 3] = 255;
}

// Lambert's law for one sun and an even sky; the normal need not have unit length.
/** @type {(palette: Light, east: number, north: number, up: number) => number} */
function lightOn(palette, east, north, up) {
  const [sunEast, sunNorth, sunUp] = SUN_DIRECTION;
  const along =
    -(east * sunEast + north * sunNorth + up * sunUp) /
    (Math.hypot(sunEast, sunNorth, sunUp) * (Math.hypot(east, north, up) || 1));
  return AMBIENT * palette.ambient + DIFFUSE * palette.sun * Math.max(0, along);
}

/** @type {(up: number, shade: number) => number} */
function shadeAt(up, shade) {
  const share = Math.max(0, Math.min(1, up / GRADIENT_M));
  return shade + (1 - shade) * share * share * (3 - 2 * share);
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

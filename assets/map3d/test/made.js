// Small made-up things that the tests share. No browser, no graphics card.

/** @type {EditRules} */
export const RULES = {
  roof_mast_m: 5,
  ground_mast_m: 25,
  flight_height_m: 100,
  roof_clearance_m: 20,
  ground_user_height_m: 1.5,
  zone_half_m: 100,
};

// One aircraft that flies 10 m east per slot, two ground users, one ground station, one satellite; 3 slots of 2 s.
/** @type {() => ReplayBundle} */
export function madeFlight() {
  const meta = {
    title: "made",
    start: "2026-06-21T12:00:00+00:00",
    sun: { azimuth_deg: 180, elevation_deg: 45 },
    slots: 3,
    slot_s: 2,
    size_m: 1000,
    overview_m: 1000,
    aerial_users: ["au-1"],
    ground_users: ["gu-1", "gu-2"],
    stations: ["gbs-1", "leo-1"],
    ground_stations: 1,
    lobes: [[]],
    min_sinr_db: 0,
    sky_note: "",
    noise_w: 1e-13,
    station_limits: [2, 1],
    upper_bound_mbit: 12,
  };
  return {
    meta,
    shapes: { au_position_m: [4, 1, 3] },
    au_position_m: new Float32Array([0, 0, 100, 10, 0, 100, 20, 0, 100, 20, 0, 100]),
    gu_position_m: new Float32Array([5, 5, 1.5, -5, -5, 1.5]),
    gbs_position_m: new Float32Array([50, 0, 30]),
    satellite_drawn_m: new Float32Array([0, 400, 500, 0, 410, 500, NaN, NaN, NaN, NaN, NaN, NaN]),
    satellite_elevation_deg: new Float32Array([40, 30, 20]),
    serving_station: new Int16Array([1, 0, -1, 1, 0, -1, 0, 0, -1]),
    served: new Uint8Array([1, 1, 0, 1, 1, 0, 1, 1, 0]),
    sinr_db: new Float32Array([12, 5, NaN, 11, 5, NaN, 3, 5, NaN]),
    rate_mbit_s: new Float32Array([1, 2, 0, 1, 2, 0, 3, 2, 0]),
    service_mbit: new Float32Array([0, 0, 0, 2, 4, 0, 4, 8, 0, 10, 12, 0]),
    service_total_mbit: new Float32Array([0, 6, 12, 22]),
    service_always_on_mbit: new Float32Array([0, 3, 6, 11]),
    energy_kj: new Float32Array([0, 1, 2, 3]),
    beam_km: new Float32Array([20, 21, 22]),
    station_load: new Int16Array([1, 1, 1, 1, 2, 0]),
    signal_w: new Float32Array([4e-12, 2e-12, 0, 4e-12, 2e-12, 0, 2e-12, 2e-12, 0]),
    interferer_starts: new Uint32Array([0, 2, 2, 2, 2, 2, 2, 2, 2, 2]),
    interferer_station: new Uint16Array([1, 0]),
    interferer_w: new Float32Array([1e-13, 2e-13]),
  };
}

// Two cycles of two slots of 1 s, two users, a base station and a satellite, two sub-bands; cycle 1 was planned with the
// satellite on sub-band 2 for gu-2 and run with both users at the base station.
/** @type {(plan?: SharingMeta["plan"]) => SharingBundle} */
export function madeSharing(plan = "shown") {
  const meta = /** @type {SharingMeta} */ ({
    title: "made",
    start: "2026-06-24T12:00:00+00:00",
    sun: { azimuth_deg: 180, elevation_deg: 45 },
    slots: 4,
    slot_s: 1,
    slots_per_cycle: 2,
    cycles_per_window: 1,
    cycles: 2,
    size_m: 1000,
    overview_m: 1000,
    users: ["gu-1", "gu-2"],
    stations: ["gbs-1", "leo-1"],
    ground_stations: 1,
    subbands: 2,
    plan,
  });
  return {
    meta,
    shapes: {},
    user_position_m: new Float32Array([0, 0, 1.5, 100, 0, 1.5, 10, 0, 1.5, 100, 0, 1.5, 20, 0, 1.5, 100, 0, 1.5]),
    gbs_position_m: new Float32Array([0, 50, 30]),
    satellite_drawn_m: new Float32Array([0, 400, 160, 0, 410, 160, 0, 420, 160]),
    satellite_elevation_deg: new Float32Array([60, 61]),
    beam_km: new Float32Array([50, 50]),
    // base stations' side at the ends of slots 0 .. 4, then the satellites'
    queue_mbit: new Float32Array([0, 0, 4, 2, 8, 4, 6, 2, 4, 0, 0, 0, 0, 1, 0, 2, 0, 1, 0, 0]),
    power: new Float32Array([1, 0, 0, 0.5, 1, 0.25, 0, 0, 1, 1, 0, 0, 1, 1, 0, 0]),
    steering: new Float32Array([1, 0, 1, 1, 1, 1, 1, 1]),
    disturbed_db: new Float32Array([-99, 6, -99, -99, -99, -99, -99, -99]),
    link_starts: new Uint32Array([0, 2, 5, 5, 6]),
    link_station: new Uint16Array([0, 1, 0, 0, 0, 0]),
    link_user: new Uint16Array([0, 1, 0, 1, 1, 0]),
    link_subband: new Uint8Array([0, 1, 0, 0, 1, 0]),
    link_share: new Float32Array([0.9, 0.8, 0.5, 0.5, 1, 1]),
  };
}

// A camera that looks straight down: one metre is one pixel, north is up, the anchor lies at (500, 500).
/** @type {{ toScreen(east: number, north: number, up: number): [number, number, number], toGround(pixel: Pixel): [number, number] }} */
export const FROM_ABOVE = {
  toScreen: (east, north) => [500 + east, 500 - north, 0.5],
  toGround: ([x, y]) => [x - 500, 500 - y],
};

// numbers from 0 to 1, the same every time (Park and Miller)
/** @type {(seed: number) => () => number} */
export function numbers(seed) {
  let state = seed;
  return () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
}

// A square of 400 m with one house, a pond and nothing else.
/** @type {() => CityBundle} */
export function madeCity() {
  const none = { vertices: new Float32Array(), triangles: new Uint32Array() };
  const city = {
    meta: { anchor: [0, 51.5], size_m: 400, labels: [] },
    building_vertices: new Float32Array([0, 0, 40, 0, 40, 40, 0, 40, 0, 0]),
    building_starts: new Uint32Array([0, 5]),
    building_heights: new Float32Array([20]),
    building_class: new Uint8Array([1]),
    water_vertices: new Float32Array([-100, -100, -50, -100, -50, -50]),
    water_triangles: new Uint32Array([0, 1, 2]),
    parks_vertices: none.vertices,
    parks_triangles: none.triangles,
    roads_vertices: none.vertices,
    roads_triangles: none.triangles,
    bridge_vertices: none.vertices,
    bridge_starts: new Uint32Array([0]),
    bridge_is_deck: new Uint8Array(),
    bank_vertices: none.vertices,
    bank_triangles: none.triangles,
    trees: new Float32Array([-20, 30, 9, 150, 150, 9]),
  };
  return /** @type {CityBundle} */ (/** @type {unknown} */ (city));
}

// As much of a page as a drawing needs: nodes with children, attributes and a style, all of 600 x 400 pixels.
export function madeDocument() {
  const made = () => {
    /** @type {Record<string, any>} */
    const node = {
      clientWidth: 600,
      clientHeight: 400,
      style: {},
      /** @type {object[]} */
      children: [],
      setAttribute: (/** @type {string} */ name, /** @type {string} */ value) => (node[name] = value),
      getAttribute: (/** @type {string} */ name) => node[name],
      append: (/** @type {object[]} */ ...more) => node.children.push(...more),
      replaceChildren: (/** @type {object[]} */ ...children) => (node.children = children),
      addEventListener() {},
      remove() {},
      getContext: () => null,
    };
    return node;
  };
  return { createElement: made, createElementNS: made };
}

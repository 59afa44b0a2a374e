// Written by `python -m itnt_core.mapdata.bundles`; change it there.

interface Label {
  kind: "landmark" | "place" | "bridge";
  text: string;
  position: [number, number, number];
}

interface CityMeta {
  anchor: [number, number];
  size_m: number;
  labels: Label[];
  notice: string;
  buildings: number;
  simplified: string;
}

interface ZoneMeta {
  id: string;
  outline: [number, number][];
  heights: [number, number];
}

interface MissionMeta {
  appears: number;
  destination: [number, number, number];
}

interface Sun {
  azimuth_deg: number;
  elevation_deg: number;
}

interface ReplayMeta {
  lobes?: [number, number][][];
  zones?: ZoneMeta[];
  indoors?: number[];
  missions?: MissionMeta[];
  title: string;
  start: string;
  sun: Sun;
  slots: number;
  slot_s: number;
  size_m: number;
  overview_m: number;
  aerial_users: string[];
  ground_users: string[];
  stations: string[];
  ground_stations: number;
  min_sinr_db: number;
  sky_note: string;
  noise_w: number;
  station_limits: number[];
  upper_bound_mbit: number | null;
}

interface SharingMeta {
  title: string;
  start: string;
  sun: Sun;
  slots: number;
  slot_s: number;
  slots_per_cycle: number;
  cycles_per_window: number;
  cycles: number;
  size_m: number;
  overview_m: number;
  users: string[];
  stations: string[];
  ground_stations: number;
  subbands: number;
  plan: "shown" | "not kept" | "not corrected" | "undecided";
}

interface SkyPass {
  id: string;
  label: string;
  track: [number, number, number][];
  window: [number, number, number][];
  marker: [number, number, number] | null;
}

interface SkyMeta {
  sun: Sun;
  passes: SkyPass[];
}

interface LegendStep {
  colour: [number, number, number];
  text: string;
}

interface SurfaceMeta {
  size_m: number;
  height_m: number;
  title: string;
  legend: LegendStep[];
}

interface LiveMeta {
  number: number;
  is_settled: boolean;
  headline: string;
  figures: [string, string][];
  gbs_count: number;
}

interface CityBundle {
  meta: CityMeta;
  shapes: Record<string, number[]>;
  /** (corners, 2) */
  building_vertices: Float32Array;
  /** (buildings + 1) */
  building_starts: Uint32Array;
  /** (roof_corners) */
  roof_triangles: Uint32Array;
  /** (buildings) */
  building_heights: Float32Array;
  /** (buildings) */
  building_bases: Float32Array;
  /** (buildings) */
  building_class: Uint8Array;
  /** (water_corners, 2) */
  water_vertices: Float32Array;
  /** (water) */
  water_triangles: Uint32Array;
  /** (park_corners, 2) */
  parks_vertices: Float32Array;
  /** (parks) */
  parks_triangles: Uint32Array;
  /** (road_corners, 2) */
  roads_vertices: Float32Array;
  /** (roads) */
  roads_triangles: Uint32Array;
  /** (bank_corners, 2) */
  bank_vertices: Float32Array;
  /** (banks) */
  bank_triangles: Uint32Array;
  /** (quay_corners, 2) */
  quay_vertices: Float32Array;
  /** (quays) */
  quay_triangles: Uint32Array;
  /** (bridge_corners, 2) */
  bridge_vertices: Float32Array;
  /** (bridge_corners) */
  bridge_tops: Float32Array;
  /** (bridge_parts + 1) */
  bridge_starts: Uint32Array;
  /** (bridges_cut) */
  bridge_triangles: Uint32Array;
  /** (bridge_parts) */
  bridge_bases: Float32Array;
  /** (bridge_parts) */
  bridge_is_deck: Uint8Array;
  /** (trees, 3) */
  trees: Float32Array;
}

interface ReplayBundle {
  meta: ReplayMeta;
  shapes: Record<string, number[]>;
  /** (T + 1, I, 3) */
  au_position_m: Float32Array;
  /** (J, 3) */
  gu_position_m: Float32Array;
  /** (G, 3) */
  gbs_position_m: Float32Array;
  /** (T + 1, L, 3) */
  satellite_drawn_m: Float32Array;
  /** (T, L) */
  satellite_elevation_deg: Float32Array;
  /** (T, U) */
  serving_station: Int16Array;
  /** (T, U) */
  served: Uint8Array;
  /** (T, U) */
  sinr_db: Float32Array;
  /** (T, U) */
  rate_mbit_s: Float32Array;
  /** (T + 1, U) */
  service_mbit: Float32Array;
  /** (T + 1) */
  service_total_mbit: Float32Array;
  /** (T + 1) */
  service_always_on_mbit: Float32Array;
  /** (T + 1, I) */
  energy_kj: Float32Array;
  /** (T, L) */
  beam_km: Float32Array;
  /** (T, S) */
  station_load: Int16Array;
  /** (T, U) */
  signal_w: Float32Array;
  /** (cells + 1) */
  interferer_starts: Uint32Array;
  /** (heard) */
  interferer_station: Uint16Array;
  /** (heard) */
  interferer_w: Float32Array;
  /** (N) */
  mover?: Uint16Array;
  /** (T + 1, N, 3) */
  mover_position_m?: Float32Array;
  /** (T, U) */
  asks?: Uint8Array;
  /** (T, L) */
  serves?: Uint8Array;
  /** (T + 1, U) */
  waiting_mbit?: Float32Array;
  /** (T + 1) */
  reward?: Float32Array;
}

interface SharingBundle {
  meta: SharingMeta;
  shapes: Record<string, number[]>;
  /** (C + 1, K, 3) */
  user_position_m: Float32Array;
  /** (G, 3) */
  gbs_position_m: Float32Array;
  /** (C + 1, L, 3) */
  satellite_drawn_m: Float32Array;
  /** (C, L) */
  satellite_elevation_deg: Float32Array;
  /** (C, L) */
  beam_km: Float32Array;
  /** (2, T + 1, K) */
  queue_mbit: Float32Array;
  /** (M, S, F) */
  power: Float32Array;
  /** (M, K) */
  steering: Float32Array;
  /** (M, K) */
  disturbed_db: Float32Array;
  /** (M + 1) */
  link_starts: Uint32Array;
  /** (links) */
  link_station: Uint16Array;
  /** (links) */
  link_user: Uint16Array;
  /** (links) */
  link_subband: Uint8Array;
  /** (links) */
  link_share: Float32Array;
}

interface SkyBundle {
  meta: SkyMeta;
  shapes: Record<string, number[]>;
}

interface SurfaceBundle {
  meta: SurfaceMeta;
  shapes: Record<string, number[]>;
  /** (side, side, 4) */
  rgba: Uint8Array;
}

interface LiveBundle {
  meta: LiveMeta;
  shapes: Record<string, number[]>;
  /** (U) */
  server: Int16Array;
  /** (U, 3) */
  user_position_m: Float32Array;
  /** (G, 3) */
  gbs_position_m: Float32Array;
  /** (T + 1, I, 3) */
  flight_m: Float32Array;
  /** (P, W, 3) */
  ghost_m: Float32Array;
}

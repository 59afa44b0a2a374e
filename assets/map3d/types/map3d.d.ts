// What Streamlit hands the map component, what it hands back, and the small records that its modules share.

type Theme = "light" | "dark";
type Mode = "edit" | "replay" | "sharing" | "compare" | "view";
type Point = ArrayLike<number> & Iterable<number>; // [east, north, up] in metres from the anchor
type Pixel = readonly [number, number]; // [x, y] from the top left
type Colour = readonly number[]; // [red, green, blue], alpha perhaps, 0 .. 255
type LinksBy = "sinr" | "server"; // what the colour of a link tells
type HelpRow = readonly [keys: string, what: string];

// Streamlit's component, second version: https://docs.streamlit.io/develop/concepts/custom-components
interface StreamlitComponent<Data> {
  data: Data;
  parentElement: HTMLElement | ShadowRoot;
  setStateValue(name: string, value: unknown): void;
}

interface MapData {
  mode: Mode;
  layout?: "workspace" | "page"; // whether it fills the window
  style_url?: string;
  deck_url: string;
  sky_note: string;
  beam_note?: string;
  alt: string;
}

interface OneMapData extends MapData {
  mode: "edit" | "replay" | "sharing" | "view";
  city_url: string;
  overview_m?: number; // how wide the overview is, where it has to be wider than the area
  sky_url?: string;
  replay_url?: string;
}

interface ReplayData extends OneMapData {
  plotly_url: string;
  replay_url: string;
  autoplay?: boolean;
  start_slot?: number;
  link?: string;
  camera?: StoryCamera | null;
  user?: string | null;
  links?: LinksBy | null;
  story?: StoryView[];
  story_editable?: boolean;
  story_note?: string;
  story_starts?: boolean;
  tells_why?: boolean; // whether the page can tell why a station serves a user
}

interface SharingData extends OneMapData {
  replay_url: string;
  plan_note: string;
}

interface EditData extends OneMapData {
  things: Thing[];
  rules: EditRules;
  acknowledged: number;
  undo: string; // what it would take back, in words; "" for nothing
  redo: string;
  selected: ThingName | null;
  select: (ThingName & { seq: number }) | null;
  surface_url: string | null;
  live: { url: string; number: number } | null;
  suggestion: { label: string; position: [number, number, number] } | null;
}

interface CompareData extends MapData {
  plotly_url: string;
  panes: PaneData[];
  start_s?: number;
  autoplay?: boolean;
  way?: "panes" | "swipe"; // how two runs stand unless somebody has said otherwise
  course?: string; // names what is played where one page plays one after the other: another one begins at its start
  links?: LinksBy | null;
  link: string;
  note?: string;
  differences?: Difference[]; // of each run after the first
}

// pages/comparing/differing.py
interface Difference {
  marks: DifferenceMark[];
  camera: StoryCamera | null;
  text: string;
}

interface DifferenceMark {
  kind: "ground_station" | "aerial_user" | "ground_user";
  id: string;
  what: "new" | "gone" | "moved" | "more" | "less";
  position: [number, number, number];
  in_first: [number, number, number];
  label: string;
}

interface PaneData {
  title: string;
  city_url: string;
  replay_url: string;
}

// itnt_core/mapdata/editor.py
type ThingKind = "ground_station" | "ground_user" | "aerial_start" | "aerial_destination" | "no_fly_zone";

interface ThingName {
  kind: ThingKind;
  id: string;
}

interface Thing extends ThingName {
  position: [number, number, number];
  name?: string;
  problem?: string;
  lobe?: [number, number][]; // of a directional antenna, in metres from the mast
  path?: [number, number][]; // of a ground user that moves, its own place first
  indoors?: boolean;
  outline?: [number, number][]; // of a no-fly zone, east and north
  heights?: [number, number]; // its floor and its ceiling
}

interface EditRules {
  roof_mast_m: number;
  ground_mast_m: number;
  flight_height_m: number;
  roof_clearance_m: number;
  ground_user_height_m: number;
  zone_half_m: number;
}

interface Place {
  east_m: number;
  north_m: number;
  surface_m: number;
}

// itnt_core/scenario/edit.py
type Edit =
  | { type: "undo" | "redo" }
  | { type: "delete" | "duplicate"; kind: ThingKind; id: string }
  | ({ type: "move"; kind: ThingKind; id: string } & Place)
  | ({
      type: "place";
      kind: "ground_station" | "sector_site" | "ground_user" | "indoor_user" | "no_fly_zone";
    } & Place)
  | ({ type: "place"; kind: "cluster"; count: number; spread_m: number } & Place)
  | ({ type: "place"; kind: "aerial_user"; to_east_m: number; to_north_m: number; to_surface_m: number } & Place)
  | { type: "place"; kind: "crowd"; count: number };

// itnt_core/mapdata/story.py
interface StoryCamera {
  longitude: number;
  latitude: number;
  span_m: number;
  pitch: number;
  bearing: number;
}

interface StoryView {
  caption: string;
  start_slot: number;
  end_slot: number;
  speed: number;
  duration_s: number;
  camera: StoryCamera;
  user: string | null;
  follow: boolean;
  turn_deg: number;
}

interface Size {
  clientWidth: number;
  clientHeight: number;
}

type Attributes = Record<string, string | number | boolean | null | undefined | ((event: any) => unknown)>;
type Glyph =
  | "difference"
  | "station"
  | "satellite"
  | "quadcopter"
  | "destination"
  | "person"
  | "house"
  | "indoors"
  | "no_entry"
  | "dot";
// what only some scenarios have, named in their legend
type Extra = "indoors" | "way" | "lobe" | "zone" | "mission" | "idle";
type ZoneShape = Pick<ZoneMeta, "outline" | "heights">;

// what a palette says of light
interface Light {
  ambient: number;
  sun: number;
  shade: number;
}

// triangles with a colour at each corner, as deck.gl takes them
interface Mesh {
  attributes: {
    positions: { value: Float32Array; size: number };
    colors: { value: Uint8Array; size: number; normalized: boolean };
    texCoords?: { value: Float32Array; size: number };
  };
  indices: { value: Uint32Array; size: number };
}

interface Palette extends Light {
  clear: [number, number, number, number];
  ground: number[];
  outside: number[];
  border: [number, number, number, number];
  water: number[];
  park: number[];
  road: number[];
  deck: number[]; // where people cross
  bridge: number[]; // its stone
  bank: number[];
  quay: number[];
  tree: number[];
  shadow: number[];
  buildings: number[][];
  stem: number[];
  trail: number[];
  text: string;
  halo: string;
  place: string;
  water_text: string;
  marker_ring: string;
  ink: string;
  foot: number[];
}

// how a link of a quality looks
interface SinrStep {
  below: number;
  colour: number[];
  width: number;
  text: string;
}

// a row of the help: what keys do, by the name of each; without a label it is not in the help, without keys only there
interface KeyRow {
  label?: string;
  what?: string;
  keys?: Record<string, () => unknown>;
}

interface Badge {
  letter: string;
  colour: Colour;
}

interface Marker {
  kind: string;
  glyph?: Glyph; // where its mark is not that of its kind
  position: Point;
  label?: string;
  load?: number | null;
  heading?: Point;
  muted?: boolean;
  badge?: Badge | null; // a sign beside its mark
  sign?: string; // in a ring around a place: what differs there
  selected?: boolean;
  problem?: boolean;
}

// a curve of a chart, at the chart's times
interface Line {
  label: string;
  colour: string;
  values: ArrayLike<number> & Iterable<number>;
  width?: number;
  dash?: number[] | null;
  active?: boolean;
  onclick?: () => void;
}

interface Breakdown {
  station: string;
  signal: number;
  interferers: { station: string; watts: number }[];
  noise: number;
  disturbance: number;
  sinrDb: number;
}

// What a drawn city's camera and canvas offer to whatever plays or measures on it.
interface MapStage {
  node: HTMLElement;
  readonly frame: import("../src/frame.js").LocalFrame;
  viewport(): Viewport | null;
  camera(): CameraView;
  cameraBusy(): boolean;
  moveCamera(view: CameraView, milliseconds?: number): void;
  overviewView(): CameraView;
  overviewCamera(): void;
  turn(change: Partial<CameraView>): void;
  sharpness(share: number): void;
}

interface BorrowedStage extends MapStage {
  enter(box: HTMLElement, owner: StageOwner): void;
  leave(): void;
  redraw(): void;
}

interface StageOwner {
  readonly cursor?: string;
  cameraTaken(): void;
  painted(): void;
  graphicsLost(): void;
  graphicsFailed(): void;
}

// What the playhead moves.
interface Follower {
  changed(): void; // called when it starts or stops
  moved(): void; // called with every new time
  ended?(): boolean | void; // true: the playhead has been put elsewhere
}

// What a part of a map of one city - editor, replay, mere look - offers its session.
interface MapPart {
  readonly mode: Mode;
  readonly cursor?: string;
  readonly keys?: import("../src/keymap.js").KeyMap;
  readonly linkLooks?: Map<string, import("../src/link_looks.js").LinkLook> | null;
  readonly extras?: Set<Extra>;
  readonly legend?: HTMLElement[]; // where it has another one than the objects of a scenario
  follow(data: any, bundle: any): void;
  render(): void;
  leave(): void;
  themed?(): void;
  painted?(): void;
  cameraTaken?(): void;
  objects?(): import("../src/map_objects.js").MapObject[];
}

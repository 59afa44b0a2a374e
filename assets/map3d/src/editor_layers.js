// What the editor draws above the city: masts, users, missions, and the passes across the sky.
import { metreProps } from "./city.js";
import { LineBatch } from "./line_batch.js";
import { addLobe, markerPlace } from "./lobes.js";
import { PALETTES, kindColours } from "./palette.js";
import { addZone } from "./zones.js";

const ON_TOP = { depthCompare: "always", depthWriteEnabled: false };
/**
 * @typedef {object} EditorState
 * @property {Thing[]} things
 * @property {SkyPass[]} passes
 * @property {Thing | ThingName | null} selected
 * @property {Place | null} firstEnd
 * @property {EditData["suggestion"]} suggestion
 */

const MANY_USERS = 250; // above this, ground users are drawn by the graphics card only

/** @type {(city: CityBundle, theme: Theme, state: EditorState) => DeckLayer[]} */
export function editorLayers(city, theme, state) {
  const deck = globalThis.deck;
  const metres = metreProps(city.meta.anchor);
  const colours = kindColours(theme);
  const palette = PALETTES[theme];
  const standing = state.things.filter((thing) => thing.kind !== "ground_user" && !thing.outline);
  const users = state.things.filter((thing) => thing.kind === "ground_user");
  return [
    passLayer(metres, state.passes, colours.satellite),
    lobeLayer(metres, state, colours.ground_station),
    wayLayer(metres, state, colours.ground_user),
    zoneLayer(metres, state.things, colours.no_fly_zone),
    new deck.LineLayer({
      id: "edit-stems",
      ...metres,
      data: standing,
      getSourcePosition: foot,
      getTargetPosition: (/** @type {Thing} */ thing) => thing.position,
      getColor: palette.stem,
      getWidth: (/** @type {Thing} */ thing) => (thing.kind === "ground_station" ? 3 : 1.2),
    }),
    new deck.ScatterplotLayer({
      id: "edit-feet",
      ...metres,
      data: standing,
      getPosition: foot,
      getRadius: 14,
      radiusMaxPixels: 7,
      getFillColor: palette.foot,
      parameters: ON_TOP,
    }),
    new deck.LineLayer({
      id: "edit-missions",
      ...metres,
      data: missions(state.things),
      getSourcePosition: (/** @type {[Point, Point]} */ mission) => mission[0],
      getTargetPosition: (/** @type {[Point, Point]} */ mission) => mission[1],
      getColor: [...colours.aerial_user, 210],
      getWidth: 2,
      parameters: ON_TOP,
    }),
    new deck.ScatterplotLayer({
      id: "edit-users",
      ...metres,
      data: users.length > MANY_USERS ? users : [],
      getPosition: (/** @type {Thing} */ user) => user.position,
      getFillColor: colours.ground_user,
      radiusUnits: "pixels",
      getRadius: 3,
      parameters: ON_TOP,
      billboard: true,
    }),
  ];
}

/** @type {(state: EditorState) => Marker[]} */
export function editorMarkers(state) {
  const crowd = state.things.filter((thing) => thing.kind === "ground_user").length > MANY_USERS;
  const shown = state.things.filter(
    (thing) => thing.kind !== "ground_user" || !crowd || thing.problem || thing === state.selected,
  );
  /** @type {Marker[]} */
  const markers = shown.map((thing) => ({
    kind: thing.kind.startsWith("aerial") ? "aerial_user" : thing.kind,
    glyph: glyphOf(thing),
    label:
      thing.kind === "ground_user"
        ? thing === state.selected
          ? thing.id
          : ""
        : thing.kind === "aerial_destination"
          ? ""
          : thing.id,
    position: markerPlace(thing.position, thing.lobe),
    selected: thing === state.selected,
    problem: Boolean(thing.problem),
  }));
  if (state.firstEnd)
    markers.push({
      kind: "aerial_user",
      label: "start",
      position: [state.firstEnd.east_m, state.firstEnd.north_m, state.firstEnd.surface_m],
    });
  if (state.suggestion)
    markers.push({
      kind: "ground_station",
      label: state.suggestion.label,
      position: state.suggestion.position,
      muted: true,
      selected: true,
    });
  return [...markers.sort((a, b) => order(a) - order(b)), ...passMarkers(state.passes)];
}

// where a thing has another mark than its kind
/** @type {(thing: Thing) => Glyph | undefined} */
function glyphOf({ kind, outline, indoors }) {
  if (kind === "aerial_destination") return "destination";
  return outline ? "no_entry" : indoors ? "indoors" : undefined;
}

// later is drawn above earlier
/** @type {(marker: Marker) => number} */
function order(marker) {
  return (
    ["no_fly_zone", "ground_user", "aerial_user", "ground_station"].indexOf(marker.kind) -
    (marker.glyph === "destination" ? 0.5 : 0)
  );
}

/** @type {(thing: Thing) => [number, number, number]} */
function foot(thing) {
  return [thing.position[0], thing.position[1], 0];
}

/** @type {(things: Thing[]) => [Point, Point][]} */
function missions(things) {
  const starts = things.filter((thing) => thing.kind === "aerial_start");
  const ends = things.filter((thing) => thing.kind === "aerial_destination");
  return starts.map((start, index) => [start.position, ends[index]?.position ?? start.position]);
}

/** @type {(metres: MetreProps, things: Thing[], colour: Colour) => DeckLayer} */
function zoneLayer(metres, things, colour) {
  const zones = things.filter((thing) => thing.outline);
  const lines = new LineBatch(
    "edit-zones",
    metres,
    3 * zones.reduce((sum, zone) => sum + (zone.outline?.length ?? 0), 0),
  );
  for (const { outline, heights } of zones) if (outline && heights) addZone(lines, { outline, heights }, colour);
  return lines.layer();
}

// The whole way across the sky thin, the part inside the time window bold, the culmination marked.
/** @type {(metres: MetreProps, passes: SkyPass[], colour: Colour) => DeckLayer} */
function passLayer(metres, passes, colour) {
  const lines = new LineBatch("edit-passes", metres, passes.length * 64);
  for (const pass of passes) {
    addPath(lines, pass.track, colour, 110, 1.4);
    addPath(lines, pass.window, colour, 255, 3);
  }
  return lines.layer();
}

/** @type {(lines: LineBatch, path: readonly (readonly [number, number, number])[], colour: Colour, alpha: number, width: number) => void} */
function addPath(lines, path, colour, alpha, width) {
  for (let k = 1; k < path.length; k++) lines.line(...path[k - 1], ...path[k], colour, alpha, width);
}

// Where a directional antenna sends most, as a line around its mast; that of the selected one stands out.
/** @type {(metres: MetreProps, state: EditorState, colour: Colour) => DeckLayer} */
function lobeLayer(metres, { things, selected }, colour) {
  const lines = new LineBatch("edit-lobes", metres, things.length * 4);
  for (const thing of things) {
    const isChosen = thing === selected;
    addLobe(lines, thing.position, thing.lobe ?? [], colour, isChosen ? 255 : 210, isChosen ? 3 : 2);
  }
  return lines.layer();
}

// Where ground users that move go, on the ground; the way of the selected one stands out.
/** @type {(metres: MetreProps, state: EditorState, colour: Colour) => DeckLayer} */
function wayLayer(metres, { things, selected }, colour) {
  const lines = new LineBatch("edit-ways", metres, 64);
  for (const thing of things) {
    const up = thing.position[2];
    const way = (thing.path ?? []).map(([east, north]) => /** @type {const} */ ([east, north, up]));
    addPath(lines, way, colour, thing === selected ? 255 : 140, thing === selected ? 3 : 1.5);
  }
  return lines.layer();
}

/** @type {(passes: SkyPass[]) => Marker[]} */
function passMarkers(passes) {
  return passes.flatMap(({ label, marker }) => (marker ? [{ kind: "satellite", label, position: marker }] : []));
}

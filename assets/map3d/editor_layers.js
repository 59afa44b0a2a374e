// What the editor draws above the city: masts, users, missions, and the passes across the sky.
import { metreProps } from "./city.js";
import { LineBatch } from "./line_batch.js";
import { PALETTES, kindColours } from "./palette.js";

const ON_TOP = { depthCompare: "always", depthWriteEnabled: false };
const MANY_USERS = 250; // above this, ground users are drawn by the graphics card only

export function editorLayers(city, theme, state) {
  const deck = globalThis.deck;
  const metres = metreProps(city.meta.anchor);
  const colours = kindColours(theme);
  const palette = PALETTES[theme];
  const standing = state.things.filter((thing) => thing.kind !== "ground_user");
  const users = state.things.filter((thing) => thing.kind === "ground_user");
  return [
    passLayer(metres, state.passes, colours.satellite),
    new deck.LineLayer({
      id: "edit-stems",
      ...metres,
      data: standing,
      getSourcePosition: foot,
      getTargetPosition: (thing) => thing.position,
      getColor: palette.stem,
      getWidth: (thing) => (thing.kind === "ground_station" ? 3 : 1.2),
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
      getSourcePosition: (mission) => mission[0],
      getTargetPosition: (mission) => mission[1],
      getColor: [...colours.aerial_user, 210],
      getWidth: 2,
      parameters: ON_TOP,
    }),
    new deck.ScatterplotLayer({
      id: "edit-users",
      ...metres,
      data: users.length > MANY_USERS ? users : [],
      getPosition: (user) => user.position,
      getFillColor: colours.ground_user,
      radiusUnits: "pixels",
      getRadius: 3,
      parameters: ON_TOP,
      billboard: true,
    }),
  ];
}

export function editorMarkers(state) {
  const crowd = state.things.filter((thing) => thing.kind === "ground_user").length > MANY_USERS;
  const shown = state.things.filter(
    (thing) => thing.kind !== "ground_user" || !crowd || thing.problem || thing === state.selected,
  );
  const markers = shown.map((thing) => ({
    kind: thing.kind.startsWith("aerial") ? "aerial_user" : thing.kind,
    glyph: thing.kind === "aerial_destination" ? "destination" : undefined,
    label:
      thing.kind === "ground_user"
        ? thing === state.selected
          ? thing.id
          : ""
        : thing.kind === "aerial_destination"
          ? ""
          : thing.id,
    position: thing.position,
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

// later is drawn above earlier
function order(marker) {
  return (
    ["ground_user", "aerial_user", "ground_station"].indexOf(marker.kind) - (marker.glyph === "destination" ? 0.5 : 0)
  );
}

function foot(thing) {
  return [thing.position[0], thing.position[1], 0];
}

function missions(things) {
  const starts = things.filter((thing) => thing.kind === "aerial_start");
  const ends = things.filter((thing) => thing.kind === "aerial_destination");
  return starts.map((start, index) => [start.position, ends[index]?.position ?? start.position]);
}

// The whole way across the sky thin, the part inside the time window bold, the culmination marked.
function passLayer(metres, passes, colour) {
  const lines = new LineBatch("edit-passes", metres, passes.length * 64);
  for (const pass of passes) {
    for (const [path, alpha, width] of [
      [pass.track, 110, 1.4],
      [pass.window, 255, 3],
    ]) {
      for (let k = 1; k < path.length; k++) lines.line(...path[k - 1], ...path[k], colour, alpha, width);
    }
  }
  return lines.layer();
}

function passMarkers(passes) {
  return passes
    .filter((pass) => pass.marker)
    .map((pass) => ({ kind: "satellite", label: pass.label, position: pass.marker }));
}

// What an edit does to the things on the map, in the browser: the same rules as itnt_core/scenario/edit.py, handed over
// as numbers, so that the echo looks like the answer that follows.

export const NOT_YET = "…"; // the id of a thing that Python has not named yet

/** @type {(things: Thing[], edit: Edit, rules: EditRules) => Thing[]} */
export function applyEdit(things, edit, rules) {
  if (edit.type === "place") return [...things, ...placed(edit, rules)];
  if (edit.type === "move") {
    const meant = things.find((thing) => isMeant(thing, edit));
    return things.map((thing) => (meant && goesAlong(thing, meant) ? moved(thing, edit, rules) : thing));
  }
  if (edit.type === "delete") return things.filter((thing) => !isGone(thing, edit));
  return things; // undo, redo and copies are known only to Python
}

/** @type {(edit: Extract<Edit, { type: "place" }>, rules: EditRules) => Thing[]} */
function placed(edit, rules) {
  const id = NOT_YET;
  if (edit.kind === "crowd") return []; // where they stand is Python's choice
  if (edit.kind === "cluster") return [{ id, kind: "ground_user", position: positionOf("ground_user", edit, rules) }];
  if (edit.kind === "indoor_user")
    return [{ id, kind: "ground_user", position: positionOf("ground_user", edit, rules), indoors: true }];
  if (edit.kind === "sector_site")
    return [{ id, kind: "ground_station", position: positionOf("ground_station", edit, rules) }];
  if (edit.kind === "no_fly_zone") return [newZone(edit, rules)];
  if (edit.kind !== "aerial_user") return [{ id, kind: edit.kind, position: positionOf(edit.kind, edit, rules) }];
  const to = { east_m: edit.to_east_m, north_m: edit.to_north_m, surface_m: edit.to_surface_m };
  return [
    { id, kind: "aerial_start", position: positionOf("aerial_start", edit, rules) },
    { id, kind: "aerial_destination", position: positionOf("aerial_destination", to, rules) },
  ];
}

const NEW_CEILING_M = 1000; // as itnt_core/scenario/airspace.py has it

// a square around the place, from the ground up
/** @type {(place: Place, rules: EditRules) => Thing} */
function newZone({ east_m: east, north_m: north }, { zone_half_m: half }) {
  /** @type {[number, number][]} */
  const outline = [
    [east - half, north - half],
    [east + half, north - half],
    [east + half, north + half],
    [east - half, north + half],
  ];
  return { id: NOT_YET, kind: "no_fly_zone", position: [east, north, 0], outline, heights: [0, NEW_CEILING_M] };
}

/** @type {(thing: Thing, edit: ThingName) => boolean} */
function isMeant(thing, edit) {
  return thing.id === edit.id && thing.kind === edit.kind;
}

// The sectors of a site stand on one mast, and move with it.
/** @type {(thing: Thing, meant: Thing) => boolean} */
function goesAlong(thing, meant) {
  const isSite = Boolean(thing.lobe && meant.lobe) && thing.kind === meant.kind;
  return thing === meant || (isSite && thing.position.every((metres, axis) => metres === meant.position[axis]));
}

// An aerial user goes with both its ends.
/** @type {(thing: Thing, edit: ThingName) => boolean} */
function isGone(thing, edit) {
  return thing.id === edit.id && family(thing.kind) === family(edit.kind);
}

/** @type {(kind: ThingKind) => string} */
function family(kind) {
  return kind.startsWith("aerial") ? "aerial_user" : kind;
}

/** @type {(thing: Thing, edit: Place, rules: EditRules) => Thing} */
function moved(thing, edit, rules) {
  const position = positionOf(thing.kind, edit, rules);
  if (thing.indoors) position[2] = thing.position[2]; // the floor stays
  const [east, north] = [position[0] - thing.position[0], position[1] - thing.position[1]];
  /** @type {(points: [number, number][]) => [number, number][]} */
  const along = (points) => points.map(([x, y]) => [x + east, y + north]);
  const copy = { ...thing, position };
  if (thing.path) copy.path = along(thing.path);
  if (thing.outline) copy.outline = along(thing.outline);
  return copy;
}

/** @type {(kind: ThingKind, place: Place, rules: EditRules) => [number, number, number]} */
function positionOf(kind, place, rules) {
  const roof = place.surface_m;
  const flying = Math.max(rules.flight_height_m, roof + rules.roof_clearance_m);
  const up = {
    ground_station: Math.max(rules.ground_mast_m, roof + rules.roof_mast_m),
    ground_user: rules.ground_user_height_m,
    aerial_start: flying,
    aerial_destination: flying,
    no_fly_zone: 0,
  }[kind];
  return [place.east_m, place.north_m, up];
}

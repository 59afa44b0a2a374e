// What the editor says about places and objects.

/** @type {Record<ThingKind, string>} */
export const KIND_NAMES = {
  ground_station: "Ground base station",
  ground_user: "Ground user",
  aerial_start: "Start of aerial user",
  aerial_destination: "Destination of aerial user",
  no_fly_zone: "No-fly zone",
};

/** @type {(place: Place, kind: string, rules: EditRules) => string} */
export function describePlace(place, kind, rules) {
  const under = place.surface_m > 0 ? `roof ${place.surface_m.toFixed(0)} m` : "ground";
  const where = `${place.east_m.toFixed(0)} m east, ${place.north_m.toFixed(0)} m north`;
  if (kind !== "ground_station" && kind !== "sector_site") return `${under} · ${where}`;
  const height = Math.max(rules.ground_mast_m, place.surface_m + rules.roof_mast_m);
  return `${under} · antenna at ${height.toFixed(0)} m · ${where}`;
}

/** @type {(zone: Pick<Thing, "heights" | "outline">) => string} */
export function zoneWords({ heights = [0, 0], outline = [] }) {
  return `${outline.length} corners, from ${heights[0].toFixed(0)} to ${heights[1].toFixed(0)} m`;
}

// a thing without a pointer on it
/** @type {(thing: Thing) => string} */
export function objectName({ id, kind, name, problem }) {
  return [name ? `${id}, ${name}` : id, KIND_NAMES[kind], problem].filter(Boolean).join(", ");
}

// A thing under the pointer: what is wrong with it comes first.
/** @type {(thing: Thing) => string} */
export function describeThing(thing) {
  if (thing.problem) return `${thing.id}: ${thing.problem}`;
  const what = thing.heights ? zoneWords(thing) : `${thing.position[2].toFixed(0)} m high`;
  return `${thing.id} · ${what} · drag to move, click to select`;
}

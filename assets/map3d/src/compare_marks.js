// Marks of what differs between runs, in the panes of both: a ring with a sign around each object that is new, gone or
// moved, or around the users who gain and lose most. The ring is broken where the run does not have the object.

/** @import { Flight } from "./flight.js" */

/** @type {Record<DifferenceMark["what"], string>} */
export const SIGNS = { new: "+", gone: "×", moved: "→", more: "▲", less: "▼" };
const MOST_NAMED = 8; // more labels would cover the map

// The marks of the run with this index: of the first, what the others have otherwise; of another, what it has otherwise.
/** @type {(index: number, flight: Flight, differences: readonly Difference[]) => Marker[]} */
export function differenceMarks(index, flight, differences) {
  const own = index === 0 ? differences : differences.slice(index - 1, index);
  return own.flatMap(({ marks }) => marks.map((mark, rank) => markOf(mark, index, flight, rank < MOST_NAMED)));
}

/** @type {(mark: DifferenceMark, index: number, flight: Flight, named: boolean) => Marker} */
function markOf({ kind, id, what, position, in_first, label }, index, flight, named) {
  const here = placeOf(flight, kind, id);
  const bare = kind === "ground_user" || !here; // its own mark bears no name
  return {
    kind,
    glyph: "difference",
    position: here ?? (index === 0 ? in_first : position),
    label: named ? (bare ? `${id} · ${label}` : label) : "",
    sign: SIGNS[what],
    muted: !here,
  };
}

// where the run has an object now, as a view that goes with it; null where it has none
/** @type {(flight: Flight, kind: DifferenceMark["kind"], id: string) => Point | null} */
function placeOf(flight, kind, id) {
  if (kind === "ground_station") {
    const station = flight.meta.stations.indexOf(id);
    return station >= 0 && !flight.isSatellite(station) ? flight.stationPosition(station) : null;
  }
  const user = flight.users.indexOf(id);
  return user >= 0 && user < flight.aerialUsers.length === (kind === "aerial_user") ? flight.userPosition(user) : null;
}

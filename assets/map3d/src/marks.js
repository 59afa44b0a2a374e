// How each kind of object looks, wherever it is drawn: its shape on the map, its icon in toolbars and legends, its words.

/** @type {Record<string, { glyph: Glyph, icon: import("./dom.js").IconName | null, text: string }>} */
export const MARKS = {
  ground_station: { glyph: "station", icon: "ground_station", text: "Ground base station (GBS)" },
  aerial_user: { glyph: "quadcopter", icon: "aerial_user", text: "Aerial user (AU)" },
  ground_user: { glyph: "person", icon: null, text: "Ground user (GU)" },
  satellite: { glyph: "satellite", icon: null, text: "LEO satellite" },
};

// What only some scenarios have: their legends name it, those of the others do not.
/** @type {Record<Extra, { shape: string, colours: string, icon: import("./dom.js").IconName | null, text: string }>} */
export const EXTRAS = {
  indoors: { shape: "house", colours: "ground_user", icon: null, text: "around a GU: indoors" },
  way: { shape: "way", colours: "ground_user", icon: null, text: "way of a GU" },
  lobe: { shape: "lobe", colours: "ground_station", icon: null, text: "where a sector sends most" },
  zone: { shape: "no_entry", colours: "no_fly_zone", icon: "no_fly_zone", text: "No-fly zone" },
  mission: { shape: "destination", colours: "aerial_user", icon: null, text: "where an AU has to go" },
  idle: { shape: "idle", colours: "ground_user", icon: null, text: "faint ring: asks for nothing" },
};

// of things that are edited
/** @type {(things: readonly Thing[]) => Set<Extra>} */
export function extrasOf(things) {
  /** @type {[Extra, (thing: Thing) => unknown][]} */
  const signs = [
    ["indoors", ({ indoors }) => indoors],
    ["way", ({ path }) => path?.length],
    ["lobe", ({ lobe }) => lobe?.length],
    ["zone", ({ outline }) => outline],
  ];
  return new Set(signs.filter(([, has]) => things.some(has)).map(([extra]) => extra));
}

// How each kind of object looks, wherever it is drawn: its shape on the map, its icon in toolbars and legends, its words.

/** @type {Record<string, { glyph: Glyph, icon: import("./dom.js").IconName | null, text: string }>} */
export const MARKS = {
  ground_station: { glyph: "station", icon: "ground_station", text: "Ground base station (GBS)" },
  aerial_user: { glyph: "quadcopter", icon: "aerial_user", text: "Aerial user (AU)" },
  ground_user: { glyph: "person", icon: null, text: "Ground user (GU)" },
  satellite: { glyph: "satellite", icon: null, text: "LEO satellite" },
};

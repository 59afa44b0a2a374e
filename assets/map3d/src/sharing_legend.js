// The rows of the legend that explain a course of spectrum sharing.
import { element } from "./dom.js";
import { megabits } from "./course.js";
import { legendRow } from "./furniture.js";
import { css, kindColours } from "./palette.js";
import { bandColours } from "./sharing_looks.js";

/** @import { Course } from "./course.js" */

/** @type {(theme: Theme, course: Course, note: string) => HTMLElement[]} */
export function sharingLegend(theme, course, note) {
  const colours = kindColours(theme);
  const marks = [
    legendRow("station", "Base station (TN)", css(colours.tn), "ground_station"),
    legendRow("satellite", "Satellite (NTN)", css(colours.ntn)),
    legendRow("person", "User: the colour of who gets its traffic", css(colours.ground_user)),
  ];
  const told = element("p", { class: "note" }, note);
  if (course.meta.plan === "undecided") return [...marks, told];
  return [
    ...marks,
    legendRow("load", "power, of the cap", css(colours.tn)),
    bandRow(theme, "tn", course, "served by a base station, a lane per sub-band"),
    bandRow(theme, "ntn", course, "served by a satellite (dashed)"),
    legendRow("beam", "beam of a satellite that sends", css(colours.ntn)),
    legendRow("column", `backlog; the tallest is ${megabits(course.most)}`, css(colours.tn)),
    legendRow("haze", "interference of the other system, from 0 to 20 dB over the noise", css(colours.haze)),
    told,
  ];
}

// the shades of a system's lanes, first sub-band first
/** @type {(theme: Theme, system: "tn" | "ntn", course: Course, text: string) => HTMLElement} */
function bandRow(theme, system, course, text) {
  const shades = bandColours(theme, course.meta.subbands)[system];
  const mark = element("i", { class: `lanes ${system}` });
  const stops = shades.map(
    (shade, index) => `${css(shade)} ${(100 * index) / shades.length}% ${(100 * (index + 1)) / shades.length}%`,
  );
  mark.style.background = `linear-gradient(${stops.join(", ")})`;
  return element("div", { class: "row" }, mark, element("span", {}, text));
}

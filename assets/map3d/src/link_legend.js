// The switch between links by SINR and by server, and the rows of the legend that explain what is shown.
import { element } from "./dom.js";
import { css, sinrSteps } from "./palette.js";

/** @import { LinkLook, Pattern } from "./link_looks.js" */

const SWATCH_PX = 34;
const PERIODS = 3; // of a pattern in a row of the legend
const SVG = "http://www.w3.org/2000/svg";

/** @type {(choose: () => void) => HTMLButtonElement} */
export function linksButton(choose) {
  const label = "Links by the station that serves, not by SINR (L)";
  return element(
    "button",
    { type: "button", class: "icon text", "aria-label": label, title: label, "data-action": "links", onclick: choose },
    "Servers",
  );
}

/** @type {(theme: Theme, looks: Map<string, LinkLook> | null) => HTMLElement[]} */
export function linkRows(theme, looks) {
  if (!looks)
    return [
      ...sinrSteps(theme).map((step) => sinrRow(step)),
      row(element("i", { class: "line dashed" }), "served by a satellite"),
    ];
  return [
    row(element("b", {}, "Links by server"), ""),
    ...[...looks.values()].map((look) => serverRow(look)),
    element("p", { class: "note" }, "A link's width still tells its SINR; satellites are dashed."),
  ];
}

/** @type {(step: SinrStep) => HTMLElement} */
function sinrRow(step) {
  const mark = element("i", { class: "line" });
  mark.style.background = css(step.colour);
  mark.style.height = `${step.width + 0.8}px`;
  return row(mark, `SINR ${step.text}`);
}

/** @type {(look: LinkLook) => HTMLElement} */
function serverRow({ name, letter, colour, pattern }) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", "server-line");
  svg.setAttribute("aria-hidden", "true");
  const line = document.createElementNS(SVG, "path");
  line.setAttribute("d", `M0 4H${SWATCH_PX}`);
  line.setAttribute("stroke", css(colour));
  line.setAttribute("stroke-dasharray", dashes(pattern, SWATCH_PX / Math.min(PERIODS, pattern.repeats)).join(" "));
  svg.append(line);
  return row(svg, `${letter} · ${name}`);
}

// strokes and gaps of one repeat that is `length` long
/** @type {(pattern: Pattern, length: number) => number[]} */
export function dashes({ parts }, length) {
  return parts.flatMap(([from, to], index) => [(to - from) * length, ((parts[index + 1]?.[0] ?? 1) - to) * length]);
}

/** @type {(mark: Element, text: string) => HTMLElement} */
function row(mark, text) {
  return element("div", { class: "row" }, mark, element("span", {}, text));
}

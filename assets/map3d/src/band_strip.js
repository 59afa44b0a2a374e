// The band at the playhead: a cell per sub-band that says who sends on it. A click shows its links alone.
import { element } from "./dom.js";
import { css } from "./palette.js";
import { bandColours } from "./sharing_looks.js";
import { later } from "./later.js";

/** @import { Course } from "./course.js" */

const SILENT = { light: [214, 217, 222], dark: [58, 66, 78] };
const WORDS = { both: "both systems", tn: "base stations", ntn: "satellites", none: "nobody" };
const SIGNS = { both: "T+N", tn: "T", ntn: "N", none: "–" };

/** @typedef {keyof typeof WORDS} Senders */

export class BandStrip {
  /** @type {HTMLButtonElement[]} */
  cells = [];
  /** @type {Course} */
  course = later();
  /** @type {string} */
  shown = "";

  // `choose` is told the only sub-band to be shown, null for all
  /** @param {(subband: number | null) => void} choose */
  constructor(choose) {
    this.choose = choose;
    this.row = element("div", { class: "band-cells" });
    this.node = element(
      "div",
      { class: "band", role: "group", "aria-label": "Sub-bands: who sends, and which are shown" },
      element("span", { class: "band-title" }, "Band"),
      this.row,
    );
  }

  /** @type {(course: Course) => void} */
  follow(course) {
    this.course = course;
    this.shown = "";
    this.cells = Array.from({ length: course.meta.subbands }, (_, subband) =>
      element("button", {
        type: "button",
        class: "band-cell",
        "aria-pressed": "false",
        onclick: () => this.press(subband),
      }),
    );
    this.row.replaceChildren(...this.cells);
    this.node.hidden = course.meta.plan === "undecided";
  }

  /** @type {(subband: number) => void} */
  press(subband) {
    const only = this.cells[subband].getAttribute("aria-pressed") !== "true";
    this.cells.forEach((cell, index) => cell.setAttribute("aria-pressed", String(only && index === subband)));
    this.choose(only ? subband : null);
  }

  // drawn anew with each moment, not with each frame
  /** @type {(theme: Theme) => void} */
  showTime(theme) {
    const key = `${this.course.moment} ${theme}`;
    if (this.shown === key) return;
    this.shown = key;
    const shades = bandColours(theme, this.cells.length);
    this.cells.forEach((cell, subband) => {
      const senders = sendersOf(this.course.sendersOn(subband));
      const label = `Sub-band ${subband + 1}: ${WORDS[senders]}`;
      cell.replaceChildren(element("b", {}, `${subband + 1} ${SIGNS[senders]}`));
      cell.style.background = background(senders, shades, subband, theme);
      cell.title = label;
      cell.setAttribute("aria-label", label);
    });
  }
}

/** @type {(senders: { tn: boolean, ntn: boolean }) => Senders} */
export function sendersOf({ tn, ntn }) {
  return tn && ntn ? "both" : tn ? "tn" : ntn ? "ntn" : "none";
}

/** @type {(senders: Senders, shades: ReturnType<typeof bandColours>, subband: number, theme: Theme) => string} */
function background(senders, { tn, ntn }, subband, theme) {
  if (senders === "both") return `linear-gradient(to right, ${css(tn[subband])} 50%, ${css(ntn[subband])} 50%)`;
  return css(senders === "none" ? SILENT[theme] : { tn, ntn }[senders][subband]);
}

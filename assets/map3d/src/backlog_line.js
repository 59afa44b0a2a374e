// The backlog over the whole course above the slider of time: base stations' side, satellites' on top of it; a line at
// each window's beginning. Drawn once; the slider is its cursor.
import { element, svg } from "./dom.js";
import { css, kindColours } from "./palette.js";
import { megabits } from "./course.js";

/** @import { Course } from "./course.js" */

const [WIDE, HIGH] = [1000, 100];

export class BacklogLine {
  constructor() {
    this.node = element("div", { class: "backlog-line", role: "img" });
  }

  /** @type {(course: Course, theme: Theme) => void} */
  follow(course, theme) {
    const [tn, ntn] = [course.backlogs(0), course.backlogs(1)];
    const total = tn.map((value, slot) => value + ntn[slot]);
    const most = total.reduce((high, value) => Math.max(high, value), 0);
    const words = `Backlog over time: at most ${megabits(most)}, ${megabits(total[total.length - 1])} at the end.`;
    this.node.setAttribute("aria-label", words);
    this.node.title = words;
    this.node.hidden = course.meta.plan === "undecided" || !most;
    const colours = kindColours(theme);
    const picture = svg("svg", { viewBox: `0 0 ${WIDE} ${HIGH}`, preserveAspectRatio: "none", "aria-hidden": "true" });
    picture.append(
      area(course, total, most, css(colours.ntn)),
      area(course, tn, most, css(colours.tn)),
      ...windowLines(course),
    );
    this.node.replaceChildren(picture);
  }
}

// where a tick lies
/** @type {(course: Course, tick: number) => number} */
function across(course, tick) {
  return (WIDE * tick) / course.end;
}

/** @type {(course: Course, values: Float32Array, most: number, colour: string) => SVGElement} */
function area(course, values, most, colour) {
  const { slots_per_cycle: slots } = course.meta;
  const points = [`0,${HIGH}`];
  values.forEach((value, slot) => {
    const cycle = Math.min(course.meta.cycles - 1, Math.floor(slot / slots));
    const up = HIGH * (1 - (most ? value / most : 0));
    const tick = cycle * course.ticks + course.lead + slot - cycle * slots;
    if (course.lead && slot % slots === 0 && slot < values.length - 1)
      points.push(`${across(course, tick - course.lead).toFixed(1)},${up.toFixed(1)}`); // time stands still
    points.push(`${across(course, tick).toFixed(1)},${up.toFixed(1)}`);
  });
  points.push(`${WIDE},${HIGH}`);
  return svg("polygon", { points: points.join(" "), fill: colour });
}

/** @type {(course: Course) => SVGElement[]} */
function windowLines(course) {
  const { cycles, cycles_per_window: each } = course.meta;
  return Array.from({ length: Math.ceil(cycles / each) - 1 }, (_, window) => {
    const x = across(course, course.tickOf((window + 1) * each, true)).toFixed(1);
    return svg("path", { d: `M${x} 0V${HIGH}`, class: "window-line", "vector-effect": "non-scaling-stroke" });
  });
}

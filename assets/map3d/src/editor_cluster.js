// The small card of the cluster tool: how many ground users, how far apart, or spread over the city by daytime weight.
import { element } from "./dom.js";

/** @import { Editor } from "./editor.js" */

const MOST_AT_ONCE = 1000;
/** @type {{ count: number, spread_m: number }} */
const wanted = { count: 20, spread_m: 100 }; // kept while the tab lives

export class ClusterCard {
  /**
   * @param {HTMLElement} box
   * @param {Pick<Editor, "placeCrowd">} editor
   */
  constructor(box, editor) {
    this.count = numberInput("count", wanted.count, 1, MOST_AT_ONCE, "Number of users");
    this.spread = numberInput("spread_m", wanted.spread_m, 1, 5000, "Spread in metres");
    this.card = element(
      "div",
      { class: "card", role: "group", "aria-label": "Cluster of ground users", hidden: true },
      element("label", {}, "Users ", this.count),
      element("label", {}, "Spread, m ", this.spread),
      element("span", {}, "Click the middle of the cluster, or"),
      element(
        "button",
        { type: "button", onclick: () => editor.placeCrowd(this.values().count) },
        "Follow daytime weight",
      ),
    );
    box.append(this.card);
  }

  leave() {
    this.card.remove();
  }

  /** @type {(visible: boolean) => void} */
  show(visible) {
    this.card.hidden = !visible;
  }

  // numbers within their limits, whatever was typed
  values() {
    wanted.count = withinLimits(this.count);
    wanted.spread_m = withinLimits(this.spread);
    return { ...wanted };
  }
}

// the number that was typed, or the nearest that is allowed; it then stands in the field
/** @type {(input: HTMLInputElement) => number} */
function withinLimits(input) {
  const typed = Math.round(Number(input.value));
  const number = Math.min(Number(input.max), Math.max(Number(input.min), Number.isFinite(typed) ? typed : 1));
  input.value = String(number);
  return number;
}

/** @type {(name: string, value: number, min: number, max: number, label: string) => HTMLInputElement} */
function numberInput(name, value, min, max, label) {
  return element("input", { type: "number", name, value, min, max, step: 1, "aria-label": label });
}

// The small card of the cluster tool: how many ground users, how far apart, or spread over the city by daytime weight.
import { element } from "./dom.js";

const MOST_AT_ONCE = 1000;
const wanted = { count: 20, spread_m: 100 }; // kept while the tab lives

export class ClusterCard {
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

  show(visible) {
    this.card.hidden = !visible;
  }

  // numbers within their limits, whatever was typed
  values() {
    for (const input of [this.count, this.spread]) {
      const number = Math.round(Number(input.value));
      wanted[input.name] = Math.min(
        Number(input.max),
        Math.max(Number(input.min), Number.isFinite(number) ? number : 1),
      );
      input.value = wanted[input.name];
    }
    return { ...wanted };
  }
}

function numberInput(name, value, min, max, label) {
  return element("input", { type: "number", name, value, min, max, step: 1, "aria-label": label });
}

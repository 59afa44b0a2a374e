// The editor's tool bar and the small card about the selected object.
import { element, iconButton } from "./dom.js";
import { KIND_NAMES, zoneWords } from "./editor_words.js";

/**
 * @import { Editor } from "./editor.js"
 * @import { IconName } from "./dom.js"
 */

/** @typedef {"select" | "ground_station" | "sector_site" | "aerial_user" | "ground_user" | "indoor_user" | "cluster" | "no_fly_zone" | "remove"} Tool */

/** @type {{ key: Tool, icon: IconName, shortcut: string, label: string, hint: string }[]} */
export const TOOLS = [
  {
    key: "select",
    icon: "select",
    shortcut: "v",
    label: "Select and move",
    hint: "Click an object to select it, drag it to move it.",
  },
  {
    key: "ground_station",
    icon: "ground_station",
    shortcut: "g",
    label: "Add a GBS",
    hint: "Click a roof or the ground to place a base station.",
  },
  {
    key: "sector_site",
    icon: "sector_site",
    shortcut: "s",
    label: "Add a site of three sectors",
    hint: "Click a roof or the ground to place three base stations on one mast.",
  },
  {
    key: "aerial_user",
    icon: "aerial_user",
    shortcut: "a",
    label: "Add an aerial user",
    hint: "Click the start of the flight, then its destination.",
  },
  {
    key: "ground_user",
    icon: "ground_user",
    shortcut: "u",
    label: "Add a ground user",
    hint: "Click a street or park to place a ground user.",
  },
  {
    key: "indoor_user",
    icon: "indoor_user",
    shortcut: "i",
    label: "Add a user indoors",
    hint: "Click a building to place a user on its ground floor.",
  },
  {
    key: "cluster",
    icon: "cluster",
    shortcut: "c",
    label: "Add many ground users",
    hint: "Click the middle of the cluster.",
  },
  {
    key: "no_fly_zone",
    icon: "no_fly_zone",
    shortcut: "n",
    label: "Add a no-fly zone",
    hint: "Click the middle of the zone; its corners and heights are numbers beside the map.",
  },
  { key: "remove", icon: "remove", shortcut: "x", label: "Delete", hint: "Click an object to delete it." },
];

export class Toolbar {
  /**
   * @param {HTMLElement} box
   * @param {Editor} editor
   */
  constructor(box, editor) {
    this.buttons = new Map(
      TOOLS.map((tool) => [
        tool.key,
        iconButton(tool.icon, `${tool.label} (${tool.shortcut.toUpperCase()})`, () => editor.choose(tool.key), {
          "data-tool": tool.key,
        }),
      ]),
    );
    this.undo = iconButton("undo", "Undo (Ctrl + Z)", () => editor.undo(), { "data-tool": "undo" });
    this.redo = iconButton("redo", "Redo (Ctrl + Y)", () => editor.redo(), { "data-tool": "redo" });
    this.bar = element(
      "div",
      { class: "corner top-left", role: "toolbar", "aria-label": "Map tools" },
      ...this.buttons.values(),
      element("hr"),
      this.undo,
      this.redo,
    );
    this.card = element("div", { class: "card", hidden: true });
    this.actions = element(
      "div",
      { class: "actions" },
      element(
        "button",
        { type: "button", title: "Duplicate (D)", onclick: () => editor.duplicateSelected() },
        "Duplicate",
      ),
      element("button", { type: "button", title: "Delete (Del)", onclick: () => editor.deleteSelected() }, "Delete"),
    );
    box.append(this.bar, this.card);
    this.show(editor.tool);
  }

  leave() {
    this.bar.remove();
    this.card.remove();
  }

  /** @type {(data: EditData) => void} */
  follow(data) {
    offer(this.undo, "Undo", "Ctrl + Z", data.undo);
    offer(this.redo, "Redo", "Ctrl + Y", data.redo);
  }

  /** @type {(tool: string) => void} */
  show(tool) {
    for (const [key, button] of this.buttons) button.setAttribute("aria-pressed", String(key === tool));
  }

  /** @type {(thing: Thing | null) => void} */
  showSelection(thing) {
    this.card.hidden = !thing;
    if (!thing) return;
    const [east, north, up] = thing.position.map((metres) => Math.round(metres));
    this.card.replaceChildren(
      element("strong", {}, thing.name ? `${thing.id} · ${thing.name}` : thing.id),
      element("span", {}, KIND_NAMES[thing.kind]),
      element("span", {}, thing.heights ? zoneWords(thing) : `${east} m east, ${north} m north, ${up} m high`),
      ...(thing.problem ? [element("span", { class: "problem" }, thing.problem)] : []),
      this.actions,
    );
  }
}

// a button says in words what it would do
/** @type {(button: HTMLButtonElement, verb: string, keys: string, what: string) => void} */
function offer(button, verb, keys, what) {
  button.disabled = !what;
  button.title = what ? `${verb}: ${what} (${keys})` : `${verb} (${keys})`;
}

// What lies on top of the map in every mode: compass, zoom, scale bar, legend, help.
import { element, icon, iconButton } from "./dom.js";
import { canDraw } from "./graphics.js";
import { KeyMap } from "./keymap.js";
import { EXTRAS, MARKS } from "./marks.js";
import { css, kindColours } from "./palette.js";
import { linkRows } from "./link_legend.js";

/**
 * @import { IconName } from "./dom.js"
 * @import { Mounted } from "./mounted.js"
 */

const CAMERA_ROWS = [
  { label: "drag", what: "move the map" },
  { label: "right drag, Ctrl + drag", what: "turn and tilt" },
  { label: "wheel, + and −", what: "zoom" },
];

// on the flat map, whose drawing hears no keys of its own
/** @type {(zoom: (step: number) => void) => KeyRow[]} */
function flatRows(zoom) {
  return [
    { label: "drag", what: "move the map" },
    {
      label: "wheel, + and −",
      what: "zoom",
      keys: { "+": () => zoom(0.7), "=": () => zoom(0.7), "-": () => zoom(-0.7) },
    },
    { label: "Tab, Enter", what: "go from object to object, choose one" },
  ];
}

const FAR_M = 1.5; // metres per pixel from which on the horizon lies in haze
const LEAST_HAZE = 0.35;

export class MapFurniture {
  /** @param {Mounted} session */
  constructor(session) {
    this.session = session;
    this.compass = iconButton("compass", "North up", () => session.stage.turn({ bearing: 0 }), {
      "data-action": "north",
    });
    this.tools = element(
      "div",
      { class: "corner top-right", role: "group", "aria-label": "Camera" },
      iconButton("plus", "Zoom in", () => this.#zoom(0.7)),
      iconButton("minus", "Zoom out", () => this.#zoom(-0.7)),
      this.compass,
      element(
        "button",
        {
          type: "button",
          class: "icon text",
          "data-action": "tilt",
          "aria-label": "Look straight down or from the side",
          title: "Look straight down or from the side",
          onclick: () => this.#tilt(),
        },
        "3D",
      ),
      element(
        "button",
        {
          type: "button",
          class: "icon text",
          "aria-label": "Show the whole area",
          title: "Show the whole area",
          onclick: () => session.stage.overviewCamera(),
        },
        "All",
      ),
      iconButton("help", "Help: mouse and keys (?)", () => this.toggleHelp()),
    );
    this.scaleText = element("span", {});
    this.scale = element("div", { class: "scale", "aria-hidden": "true" }, this.scaleText);
    this.legend = element("details", { class: "legend" });
    this.help = element("div", { class: "help", role: "dialog", "aria-label": "Help", hidden: true });
    session.box.append(this.tools, this.scale, this.legend, this.help);
    this.listeners = new AbortController();
    this.keys = new KeyMap([
      ...(canDraw() ? CAMERA_ROWS : flatRows((step) => this.#zoom(step))),
      {
        label: "?",
        what: "this help",
        keys: { "?": () => this.toggleHelp(), Escape: () => !this.help.hidden && this.toggleHelp(false) },
      },
    ]);
    this.keys.listen(session.box, { signal: this.listeners.signal });
    const [width, height] = session.fills(session.component.data) ? [1400, 760] : [1000, 560];
    this.legend.open = session.box.clientWidth > width && session.box.clientHeight > height; // on a small map it would hide too much
  }

  leave() {
    this.listeners.abort();
  }

  // `help`: rows [keys, what they do] of the mode
  /** @type {(data: MapData, theme: Theme, help: readonly HelpRow[]) => void} */
  follow(data, theme, help) {
    const replay = data.mode === "replay" || data.mode === "compare";
    this.legend.hidden = data.mode === "view"; // nothing but the city is there to explain
    this.legend.replaceChildren(
      element("summary", {}, "Legend"),
      ...(this.session.legend ?? this.#objectRows(theme, replay)),
      element("p", { class: "note" }, data.sky_note),
      ...(data.beam_note ? [element("p", { class: "note" }, data.beam_note)] : []),
    );
    this.#showHelp(help);
  }

  // the objects of a scenario, and where a flight is replayed its links
  /** @type {(theme: Theme, replay: boolean) => HTMLElement[]} */
  #objectRows(theme, replay) {
    const colours = kindColours(theme);
    return [
      ...Object.entries(MARKS).map(([kind, mark]) => legendRow(mark.glyph, mark.text, css(colours[kind]), mark.icon)),
      ...Object.entries(EXTRAS)
        .filter(([extra]) => this.session.extras.has(/** @type {Extra} */ (extra)))
        .map(([, mark]) => legendRow(mark.shape, mark.text, css(colours[mark.colours]), mark.icon)),
      ...(replay
        ? [
            ...linkRows(theme, this.session.linkLooks),
            legendRow("load", "users linked / most it can serve", css(colours.ground_station)),
            legendRow("beam", "satellite beam", css(colours.satellite)),
          ]
        : []),
    ];
  }

  /** @type {(help: readonly HelpRow[]) => void} */
  #showHelp(help) {
    this.help.replaceChildren(
      element("strong", {}, "Mouse, touch and keys"),
      element(
        "dl",
        {},
        ...[...help, ...this.keys.help].flatMap(([keys, what]) => [element("dt", {}, keys), element("dd", {}, what)]),
      ),
      element("button", { type: "button", onclick: () => this.toggleHelp(false) }, "Close"),
    );
  }

  /** @type {(show?: boolean) => void} */
  toggleHelp(show = Boolean(this.help.hidden)) {
    this.help.hidden = !show;
    if (show) this.help.querySelector("button")?.focus();
    else this.session.box.focus({ preventScroll: true });
  }

  cameraMoved() {
    const viewport = this.session.stage.viewport();
    if (!viewport) return;
    const needle = /** @type {SVGElement} */ (this.compass.firstChild);
    needle.style.transform = `rotate(${-viewport.bearing}deg)`;
    const metresPerPixel = this.session.stage.frame.metresPerPixel();
    const far = Math.max(LEAST_HAZE, Math.min(1, metresPerPixel / FAR_M)); // what is near stands clear
    const haze = far * Math.max(0, Math.min(1, (viewport.pitch - 35) / 25));
    this.session.stage.node.style.setProperty("--haze", String(haze));
    const [metres, pixels] = roundScale(metresPerPixel, 110);
    const text = metres >= 1000 ? `${metres / 1000} km` : `${metres} m`;
    if (this.scaleText.textContent !== text) this.scaleText.textContent = text;
    this.scale.style.width = `${Math.round(pixels)}px`;
  }

  /** @type {(step: number) => void} */
  #zoom(step) {
    const { stage } = this.session;
    stage.turn({ zoom: Math.min(18.5, Math.max(11, stage.camera().zoom + step)) });
  }

  #tilt() {
    const { stage } = this.session;
    stage.turn({ pitch: stage.camera().pitch > 20 ? 0 : 56 });
  }
}

// the longest round distance that fits -> [metres, pixels]
/** @type {(metresPerPixel: number, widest: number) => [number, number]} */
function roundScale(metresPerPixel, widest) {
  const longest = metresPerPixel * widest;
  const power = 10 ** Math.floor(Math.log10(longest));
  const metres = [5, 2, 1].map((lead) => lead * power).find((length) => length <= longest) ?? power;
  return [metres, metres / metresPerPixel];
}

/** @type {(shape: string, text: string, colour: string, symbol?: IconName | null) => HTMLElement} */
export function legendRow(shape, text, colour, symbol = null) {
  const mark = element("i", { class: `mark ${shape}` }, ...(symbol ? [icon(symbol)] : []));
  mark.style.setProperty("--mark", colour);
  return element("div", { class: "row" }, mark, element("span", {}, text));
}

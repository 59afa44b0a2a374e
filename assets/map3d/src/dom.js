// Small helpers to build the page parts. Text always goes in as text, never as markup.

/** @typedef {keyof typeof ICONS} IconName */

/**
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Attributes} [attributes] those that begin with "on" are listeners; true stands alone, false and null are left out
 * @param {...(Node | string)} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function element(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") node.addEventListener(name.slice(2), value);
    else if (value === true) node.setAttribute(name, "");
    else if (value !== false && value != null) node.setAttribute(name, String(value));
  }
  node.append(...children);
  return node;
}

// whether this person has asked their system for less motion: then nothing moves by itself
export function wantsStillness() {
  return matchMedia("(prefers-reduced-motion: reduce)").matches;
}

/** @type {Map<IconName, Path2D>} */
const paths = new Map();
const SVG = "http://www.w3.org/2000/svg";

// Icons are single paths in a 24 x 24 box, drawn in the text colour.
const ICONS = {
  play: "M7 4.5v15l13-7.5z",
  pause: "M6 4.5h4.5v15H6zM13.500 4.5H18v15h-4.500z",
  back: "M6 5h2.500v14H6zM20 5v14L9.500 12z",
  forward: "M15.500 5H18v14h-2.500zM4 5v14l10.500-7z",
  loop: "M17 3l4 4-4 4V8H8a3 3 0 0 0-3 3v1H3v-1a5 5 0 0 1 5-5h9zM7 21l-4-4 4-4v3h9a3 3 0 0 0 3-3v-1h2v1a5 5 0 0 1-5 5H7z",
  select: "M5 3l14 8-6 1.500 3.500 6.500-2.600 1.400-3.500-6.500L5 18z",
  ground_station:
    "M12 7a2 2 0 0 1 1 3.700L16 21h-2.100l-.6-2h-2.600l-.6 2H8l3-10.300A2 2 0 0 1 12 7zM6.300 3.300l1.400 1.400a6 6 0 0 0 0 8.600l-1.400 1.400a8 8 0 0 1 0-11.400zm11.400 0a8 8 0 0 1 0 11.400l-1.400-1.400a6 6 0 0 0 0-8.600z",
  sector_site:
    "M11 2h2v6.500l5.600 3.200-1 1.700L13 10.800V21h-2V10.800l-4.600 2.600-1-1.700L11 8.500zM3 14l4-2 1 3zm18 0l-4-2-1 3zM9 4h6v3H9z",
  aerial_user:
    "M6 4a3 3 0 0 1 2.800 4L11 10.200h2L15.200 8A3 3 0 1 1 17 9.800L14.500 12l2.500 2.200A3 3 0 1 1 15.200 16L13 13.800h-2L8.800 16A3 3 0 1 1 7 14.200L9.500 12 7 9.800A3 3 0 1 1 6 4z",
  ground_user:
    "M12 3a3.500 3.500 0 1 1 0 7 3.500 3.500 0 0 1 0-7zm-6.500 17c0-4.500 2.900-8 6.500-8s6.500 3.500 6.500 8z",
  indoor_user:
    "M4 3h16v18h-2V5H6v16H4zM12 7.500a2.600 2.600 0 1 1 0 5.200 2.600 2.600 0 0 1 0-5.200zM7.800 21c0-4.200 1.700-7 4.200-7s4.200 2.800 4.200 7z",
  cluster:
    "M7.500 4a3 3 0 1 1 0 6 3 3 0 0 1 0-6zm9 1a3 3 0 1 1 0 6 3 3 0 0 1 0-6zM12 13a3 3 0 1 1 0 6 3 3 0 0 1 0-6zm-7.500 0a2 2 0 1 1 0 4 2 2 0 0 1 0-4zm15 0a2 2 0 1 1 0 4 2 2 0 0 1 0-4z",
  no_fly_zone:
    "M12 2.500a9.500 9.500 0 1 1 0 19 9.500 9.500 0 0 1 0-19zm0 2.500a7 7 0 0 0-5.550 11.260L16.260 6.450A7 7 0 0 0 12 5zm5.550 2.740L7.740 17.550A7 7 0 0 0 17.550 7.740z",
  remove: "M9 3h6l1 2h4v2H4V5h4zM6 8h12l-1 13H7z",
  undo: "M9 4v4h5a6 6 0 0 1 0 12H7v-2h7a4 4 0 0 0 0-8H9v4L3 9z",
  redo: "M15 4v4h-5a6 6 0 0 0 0 12h7v-2h-7a4 4 0 0 1 0-8h5v4l6-5z",
  plus: "M11 5h2v6h6v2h-6v6h-2v-6H5v-2h6z",
  minus: "M5 11h14v2H5z",
  leave:
    "M6.400 5L12 10.600 17.600 5 19 6.400 13.400 12l5.600 5.600-1.400 1.400-5.600-5.600L6.400 19 5 17.600 10.600 12 5 6.400z",
  compass: "M12 2l4.500 10h-9zM12 22l-4.500-10h2l2.500 6 2.500-6h2z",
  record: "M12 5a7 7 0 1 1 0 14 7 7 0 0 1 0-14z",
  stop: "M6 6h12v12H6z",
  camera: "M9 4h6l1.500 2.500H21V20H3V6.500h4.500zM12 9a4.200 4.200 0 1 0 0 8.400A4.200 4.200 0 0 0 12 9z",
  link: "M10.600 13.400a4 4 0 0 1 0-5.700l3-3a4 4 0 0 1 5.700 5.700l-1.700 1.700-1.400-1.400 1.700-1.700a2 2 0 0 0-2.900-2.900l-3 3a2 2 0 0 0 0 2.900zm2.800-2.800a4 4 0 0 1 0 5.700l-3 3a4 4 0 0 1-5.700-5.700l1.700-1.700 1.400 1.400-1.700 1.700a2 2 0 0 0 2.900 2.900l3-3a2 2 0 0 0 0-2.900z",
  swipe: "M9 5v14l-7-7zm6 0 7 7-7 7z",
  curves: "M4 4h2v14h14v2H4zM8 13.500l3.500-4 3 2.500L19 6.500l1.500 1.300-5.700 7-3.100-2.500-2.200 2.500z",
  help: "M12 2a10 10 0 1 1 0 20 10 10 0 0 1 0-20zm-1 14v2.200h2.200V16zm1-10a4 4 0 0 0-4 4h2.200a1.800 1.800 0 1 1 2.700 1.600c-1.200.7-1.900 1.500-1.900 3v.4h2.200c0-.9.400-1.300 1.200-1.800A4 4 0 0 0 12 6z",
};

/** @type {(tag: string, attributes?: Record<string, string | number | null>) => SVGElement} */
export function svg(tag, attributes = {}) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) if (value != null) node.setAttribute(name, String(value));
  return node;
}

/** @type {(name: IconName) => SVGElement} */
export function icon(name) {
  const node = svg("svg", { viewBox: "0 0 24 24", "aria-hidden": "true" });
  node.append(svg("path", { d: ICONS[name] }));
  return node;
}

/** @type {(name: IconName) => Path2D} */
export function iconPath(name) {
  const path = paths.get(name) ?? new Path2D(ICONS[name]);
  paths.set(name, path);
  return path;
}

/** @type {(canvas: HTMLCanvasElement) => CanvasRenderingContext2D} */
export function penOf(canvas) {
  const pen = canvas.getContext("2d");
  if (!pen) throw new Error("The browser gives no canvas to draw on.");
  return pen;
}

/** @type {(name: IconName, label: string, onclick: (event: Event) => void, attributes?: Attributes) => HTMLButtonElement} */
export function iconButton(name, label, onclick, attributes = {}) {
  return element(
    "button",
    { type: "button", class: "icon", "aria-label": label, title: label, onclick, ...attributes },
    icon(name),
  );
}

/** @type {(button: HTMLButtonElement, name: IconName, label: string) => void} */
export function setIcon(button, name, label) {
  button.replaceChildren(icon(name));
  button.setAttribute("aria-label", label);
  button.title = label;
}

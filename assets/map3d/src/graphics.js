// Whether and how this browser can draw in 3D; asked once, on a context that is given back at once.
import { element } from "./dom.js";

/** @import { Mounted } from "./mounted.js" */

const SOFTWARE = /swiftshader|llvmpipe|softpipe|software|basic render/i;
const WITHOUT = "This browser cannot draw the 3D map: WebGL 2 is switched off or missing.";
/** @type {Record<string, string>} */
const WORKS = {
  edit: "Everything can be placed and changed in the tables of this page.",
  view: "The figures of this page work without it.",
};
const REMEDY =
  "To see the map, switch on graphics (hardware) acceleration in the browser's settings, or open it in another browser.";
const LOST = "The graphics card has dropped the map, as it does after a sleep or when too many maps are open.";

export function canDraw() {
  return Boolean(renderer());
}

// without a graphics card
export function drawsInSoftware() {
  return SOFTWARE.test(renderer());
}

// -> what a map says in place of a picture; everything around it goes on
/** @type {(session: Mounted) => void} */
export function sayWithout(session) {
  session.main.dataset.graphics = "none";
  session.notice.hidden = false;
  session.notice.textContent = `${WITHOUT} ${WORKS[session.main.dataset.mode ?? ""] ?? "Figures, curves and tables work without it."} ${REMEDY}`;
}

/** @type {(session: Mounted, redraw: () => void) => void} */
export function sayLost(session, redraw) {
  Object.assign(session.main.dataset, { graphics: "lost", painted: "0" });
  session.notice.hidden = false;
  session.notice.replaceChildren(
    `${LOST} `,
    element("button", { type: "button", "data-action": "redraw", onclick: redraw }, "Draw it again"),
  );
}

/** @type {string | undefined} */
let known; // name of what draws, "" where nothing does

function renderer() {
  return (known ??= ask());
}

function ask() {
  const gl = document.createElement("canvas").getContext("webgl2");
  if (!gl) return "";
  const facts = gl.getExtension("WEBGL_debug_renderer_info");
  const name = String(gl.getParameter(facts ? facts.UNMASKED_RENDERER_WEBGL : gl.RENDERER)) || "unnamed";
  gl.getExtension("WEBGL_lose_context")?.loseContext();
  return name;
}

// Whether and how this browser can draw in 3D; asked once, on a context that is given back at once. Where it cannot, the
// map is a flat one (flat_deck.js) and says so.
import { element } from "./dom.js";

/** @import { Mounted } from "./mounted.js" */

const SOFTWARE = /swiftshader|llvmpipe|softpipe|software|basic render/i;
const WITHOUT = "This browser cannot draw the 3D map: WebGL 2 is switched off or missing.";
const INSTEAD = "Here it is flat, with everything on it.";
const REMEDY =
  "To see it in 3D, switch on graphics (hardware) acceleration in the browser's settings, or open it in another browser.";
const LOST = "The graphics card has dropped the map, as it does after a sleep or when too many maps are open.";

export function canDraw() {
  return Boolean(renderer());
}

// without a graphics card
export function drawsInSoftware() {
  return SOFTWARE.test(renderer());
}

// A promised context is not given, or not given again: from now on this tab counts as one that cannot draw in 3D.
export function giveUp() {
  known = "";
}

let isRead = false; // once for all maps of the tab

// why the map is flat, until somebody has read it
/** @type {(session: Mounted) => void} */
export function sayFlat({ main, notice }) {
  main.dataset.graphics = "flat";
  notice.hidden = isRead;
  const read = () => {
    notice.hidden = isRead = true;
  };
  notice.replaceChildren(
    element("span", {}, `${WITHOUT} ${INSTEAD} `, element("small", {}, REMEDY)),
    element("button", { type: "button", "data-action": "read", onclick: read }, "Close"),
  );
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

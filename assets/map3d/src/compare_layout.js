// Where the runs of a comparison stand in its box: in panes, side by side where there is room, else below one another; or
// both over the whole of it, with a swipe line between them. Pure geometry, in pixels of the box.

const LEAST_PANE_PX = 300; // narrower panes are stacked
const HEAD_PX = 48; // the words above each pane's map
const GAP_PX = 4;

/** @import { Box } from "./compare_stage.js" */
/** @typedef {"panes" | "swipe"} Way */
/** @typedef {{ width: number, height: number }} Room */
/** @typedef {{ nodes: Box[], maps: Box[] }} Arrangement of whole panes and of the maps in them */

/** @type {(count: number, way: Way, room: Room) => Arrangement} */
export function arrangement(count, way, room) {
  if (way === "panes") return besideOneAnother(count, room);
  const whole = Array.from({ length: count }, () => ({ x: 0, y: 0, ...room }));
  return { nodes: whole, maps: whole };
}

/** @type {(count: number, room: Room) => Arrangement} */
function besideOneAnother(count, { width, height }) {
  const wished = count === 4 ? 2 : count;
  const columns = Math.max(1, Math.min(wished, Math.floor(width / LEAST_PANE_PX)));
  const rows = Math.ceil(count / columns);
  const high = (height - (rows - 1) * GAP_PX) / rows;
  const nodes = Array.from({ length: count }, (_, index) => {
    const row = Math.floor(index / columns);
    const inRow = Math.min(columns, count - row * columns);
    const wide = (width - (inRow - 1) * GAP_PX) / inRow;
    return { x: (index % columns) * (wide + GAP_PX), y: row * (high + GAP_PX), width: wide, height: high };
  });
  return { nodes, maps: nodes.map((node) => ({ ...node, y: node.y + HEAD_PX, height: node.height - HEAD_PX })) };
}

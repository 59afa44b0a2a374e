import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { beforeEach, test } from "node:test";
import { FLAT_DECK, flatCityLayers } from "../src/flat_deck.js";
import { madeCity, madeDocument } from "./made.js";

const SOURCES = new URL("../src/", import.meta.url);
/** @type {FrameRequestCallback[]} */
let frames = [];

beforeEach(() => {
  frames = [];
  Object.assign(globalThis, {
    document: madeDocument(),
    requestAnimationFrame: (/** @type {FrameRequestCallback} */ frame) => frames.push(frame),
    cancelAnimationFrame() {},
    ResizeObserver: class {
      observe() {}
      disconnect() {}
    },
  });
});

test("the flat map has everything of deck.gl that the map asks for", () => {
  const text = readdirSync(SOURCES).filter((name) => name.endsWith(".js"));
  const asked = text.flatMap((name) => [
    ...readFileSync(new URL(name, SOURCES), "utf8").matchAll(/(?:globalThis\.deck|\bdeck)\.([A-Z]\w+)/g),
  ]);
  const names = new Set(asked.map((found) => found[1]));
  assert.ok(names.size > 5);
  for (const name of names) assert.ok(name in FLAT_DECK, name);
});

/** @type {(more?: Partial<DeckProps>) => { map: any, told: string[] }} */
function made(more = {}) {
  /** @type {string[]} */
  const told = [];
  const parent = /** @type {HTMLElement} */ (document.createElement("div"));
  const map = new FLAT_DECK.Deck({
    parent,
    useDevicePixels: 1,
    deviceProps: {},
    layers: [],
    views: new FLAT_DECK.MapView({}),
    onViewStateChange() {},
    onAfterRender: () => void told.push("painted"),
    onError() {},
    initialViewState: { longitude: 0, latitude: 51.5, zoom: 14, pitch: 0, bearing: 0 },
    ...more,
  });
  return { map, told };
}

/** @type {(now: number) => void} */
function draw(now) {
  const due = frames;
  frames = [];
  for (const frame of due) frame(now);
}

test("it paints when it is told of a camera and tells that it has; the city is drawn from its bundle", () => {
  const { map, told } = made({ layers: flatCityLayers(madeCity(), "light") });
  draw(1000);
  assert.deepEqual(told, ["painted"]);
  const [pane] = map.panes.values();
  const [ground, houses] = pane.node.children;
  assert.ok(ground.children.length > 4);
  assert.equal(houses.children.length, 1);
  map.finalize();
});

test("the camera is followed at once, what moves a dozen times a second", () => {
  const city = flatCityLayers(madeCity(), "light");
  const { map } = made({ layers: city });
  draw(1000);
  const [pane] = map.panes.values();
  let shown = 0;
  pane.show = () => (shown += 1);
  map.setProps({ layers: [...city] });
  map.setProps({ initialViewState: { longitude: 0, latitude: 51.5, zoom: 15, pitch: 0, bearing: 0 } });
  draw(1010);
  assert.equal(pane.view.zoom, 15);
  assert.equal(shown, 0);
  draw(1100);
  map.redraw();
  draw(1200);
  assert.equal(shown, 1);
  map.finalize();
});

test("views over one another are cut to their parts", () => {
  const city = flatCityLayers(madeCity(), "light");
  const camera = { longitude: 0, latitude: 51.5, zoom: 14, pitch: 0, bearing: 0 };
  const { map } = made({
    views: ["a", "b"].map((id) => new FLAT_DECK.MapView({ id, x: 0, y: 0, width: 600, height: 400 })),
    viewState: { a: camera, b: camera },
    layers: [...city, new FLAT_DECK.Layer({ id: "b/part", part: [250, 600] })],
    layerFilter: ({ layer, viewport }) => layer === city[0] || layer.id.startsWith(viewport.id),
  });
  draw(1000);
  const [first, second] = map.panes.values();
  assert.equal(first.node.style.clipPath, "");
  assert.equal(second.node.style.clipPath, "inset(0 0px 0 250px)");
  map.finalize();
});

// Loads what is big once per browser tab: the drawing library (a plain script) and binary bundles.
import { canDraw } from "./graphics.js";
import { goFlat } from "./flat_deck.js";

/**
 * @typedef {object} TabMemory
 * @property {Map<string, () => Promise<void>>} carried how a script that the page itself carries is run, by address
 * @property {Map<string, Promise<void>>} scripts by address
 * @property {Map<string, Promise<any>>} bundles by address
 * @property {import("./stage.js").Stage[]} stages
 * @property {import("./compare_stage.js").CompareStage[]} compareStages
 * @property {{ key: string, view: CameraView } | null} camera of the city with this key
 * @property {{ way: import("./compare_layout.js").Way | null, share: number }} comparing panes or swipe, null: nobody has
 *   chosen; and the share of the map that is left of the swipe line
 * @property {LinksBy} linksBy what the colour of a link tells
 */

const page = /** @type {{ itntMap3d?: TabMemory }} */ (globalThis);
/** @type {TabMemory} */
const shared = (page.itntMap3d ??= {
  carried: new Map(),
  scripts: new Map(),
  bundles: new Map(),
  stages: [],
  compareStages: [],
  camera: null,
  comparing: { way: null, share: 0.5 },
  linksBy: "sinr",
});

export function tabMemory() {
  return shared;
}

// the camera that all stages of the tab share; there is one as soon as a city has been shown
/** @type {() => CameraView} */
export function tabCamera() {
  if (!shared.camera) throw new Error("No city has been shown yet.");
  return shared.camera.view;
}

/** @type {(view: CameraView) => void} */
export function keepCamera(view) {
  if (shared.camera) shared.camera.view = view;
}

/** @type {(url: string) => Promise<DeckLibrary>} */
export function loadDeck(url) {
  if (!canDraw()) return Promise.resolve(goFlat());
  return loadScript(url).then(() => globalThis.deck);
}

/** @type {(url: string) => Promise<void>} */
export function loadScript(url) {
  return remembered(shared.scripts, url, shared.carried.get(url) ?? (() => runScript(url)));
}

/** @type {(url: string) => Promise<any>} */
export function loadBundle(url) {
  return remembered(shared.bundles, url, () => fetchBundle(url));
}

/** @type {(root: HTMLElement | ShadowRoot, url: string | undefined) => Promise<void>} */
export function loadStyle(root, url) {
  if (!url || root.querySelector("link[data-map3d]")) return Promise.resolve(); // the one-file replay carries its style
  return new Promise((resolve) => {
    const link = Object.assign(document.createElement("link"), { rel: "stylesheet", href: absolute(url) });
    link.dataset.map3d = "";
    link.onload = link.onerror = () => resolve(); // unstyled is better than nothing
    root.prepend(link);
  });
}

// A failed load must be tried again next time, so only successes stay in the memory.
/** @type {<Value>(memory: Map<string, Promise<Value>>, key: string, make: () => Promise<Value>) => Promise<Value>} */
function remembered(memory, key, make) {
  const known = memory.get(key);
  if (known) return known;
  const promise = make();
  memory.set(key, promise);
  promise.catch(() => memory.delete(key));
  return promise;
}

/** @type {(url: string) => string} */
function absolute(url) {
  return new URL(url, location.origin).href;
}

/** @type {(url: string) => Promise<void>} */
function runScript(url) {
  return new Promise((resolve, reject) => {
    const script = Object.assign(document.createElement("script"), { src: absolute(url) });
    script.onload = () => resolve();
    script.onerror = () => reject(new Error("A drawing library could not be loaded."));
    document.head.append(script);
  });
}

/** @type {(url: string) => Promise<object>} */
async function fetchBundle(url) {
  const answer = await fetch(absolute(url));
  if (!answer.ok) throw new Error(`A data file of the map is missing (${answer.status}).`);
  return unpack(await answer.arrayBuffer());
}

/**
 * @typedef {object} Header of itnt_core/mapdata/packing.py
 * @property {number} version
 * @property {unknown} meta
 * @property {Record<string, { dtype: keyof typeof ARRAY_TYPES, shape: number[], offset: number }>} arrays
 */

const VERSION = 1;
const ARRAY_TYPES = {
  float32: Float32Array,
  float64: Float64Array,
  int8: Int8Array,
  int16: Int16Array,
  int32: Int32Array,
  uint8: Uint8Array,
  uint16: Uint16Array,
  uint32: Uint32Array,
};

// The container of itnt_core/mapdata/packing.py: uint32 header length, JSON header, typed arrays.
/** @type {(buffer: ArrayBuffer) => Record<string, any>} */
export function unpack(buffer) {
  const length = new DataView(buffer).getUint32(0, true);
  /** @type {Header} */
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, length)));
  if (header.version !== VERSION)
    throw new Error(`A data file of the map has version ${header.version}, not ${VERSION}.`);
  /** @type {Record<string, any>} */
  const bundle = { meta: header.meta, shapes: {} };
  for (const [name, entry] of Object.entries(header.arrays)) {
    const count = entry.shape.reduce((product, side) => product * side, 1);
    bundle[name] = new ARRAY_TYPES[entry.dtype](buffer, 4 + length + entry.offset, count);
    bundle.shapes[name] = entry.shape;
  }
  return bundle;
}

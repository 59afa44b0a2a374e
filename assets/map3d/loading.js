// Loads what is big once per browser tab: the drawing library (a plain script) and binary bundles.

const shared = (globalThis.itntMap3d ??= { scripts: new Map(), bundles: new Map(), stages: [], camera: null });

export function tabMemory() {
  return shared;
}

export function loadDeck(url) {
  return remembered(shared.scripts, url, () => runScript(url)).then(() => globalThis.deck);
}

export function loadBundle(url) {
  return remembered(shared.bundles, url, () => fetchBundle(url));
}

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
function remembered(memory, key, make) {
  if (!memory.has(key)) {
    const promise = make();
    memory.set(key, promise);
    promise.catch(() => memory.delete(key));
  }
  return memory.get(key);
}

function absolute(url) {
  return new URL(url, location.origin).href;
}

function runScript(url) {
  return new Promise((resolve, reject) => {
    const script = Object.assign(document.createElement("script"), { src: absolute(url) });
    script.onload = () => resolve();
    script.onerror = () => reject(new Error("The drawing library could not be loaded."));
    document.head.append(script);
  });
}

async function fetchBundle(url) {
  const answer = await fetch(absolute(url));
  if (!answer.ok) throw new Error(`A data file of the map is missing (${answer.status}).`);
  return unpack(await answer.arrayBuffer());
}

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

// The container of itnt_core/views/packing.py: uint32 header length, JSON header, typed arrays.
export function unpack(buffer) {
  const length = new DataView(buffer).getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, length)));
  const bundle = { meta: header.meta, shapes: {} };
  for (const [name, entry] of Object.entries(header.arrays)) {
    const count = entry.shape.reduce((product, side) => product * side, 1);
    bundle[name] = new ARRAY_TYPES[entry.dtype](buffer, 4 + length + entry.offset, count);
    bundle.shapes[name] = entry.shape;
  }
  return bundle;
}

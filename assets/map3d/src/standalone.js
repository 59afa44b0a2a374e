// The replay as one file: everything is in the page itself, nothing is asked of any server.
import { MapSession } from "./session.js";
import { tabMemory, unpack } from "./loading.js";
import { element } from "./dom.js";
import { readView } from "./view_link.js";

const WIDE_CELLS = 2; // the first columns of the table are words, the others numbers

/**
 * @typedef {object} Facts of itnt_core/mapdata/export.py
 * @property {string} title
 * @property {[label: string, value: string, explanation: string][]} figures
 * @property {Record<string, unknown>[]} users
 * @property {string} notice
 * @property {Pick<MapData, "sky_note" | "beam_note" | "alt">} map
 */

async function start() {
  /** @type {Facts} */
  const facts = JSON.parse(part("facts").textContent ?? "");
  const figures = facts.figures.map(([label, value, explanation]) =>
    element("div", { class: "figure", title: explanation }, element("dt", {}, label), element("dd", {}, value)),
  );
  document.querySelector("h1")?.replaceChildren(facts.title);
  part("figures").append(...figures);
  part("users").append(table(facts.users));
  part("notice").textContent = facts.notice;
  const memory = tabMemory();
  const [city, replay] = await Promise.all([embedded("city"), embedded("flight")]);
  memory.bundles.set("city", Promise.resolve(unpack(await city.arrayBuffer())));
  memory.bundles.set("flight", Promise.resolve(unpack(await replay.arrayBuffer())));
  for (const library of ["deck", "plotly"]) memory.carried.set(library, () => embedded(library).then(runScript)); // unpacked when it is needed
  const session = new MapSession(part("replay"));
  const data = {
    ...facts.map,
    mode: "replay",
    city_url: "city",
    replay_url: "flight",
    deck_url: "deck",
    plotly_url: "plotly",
    autoplay: true,
    ...readView(location.hash.slice(1)),
  };
  const component = { data, setStateValue() {} }; // there is nobody to be told
  session.update(component);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => session.update(component));
}

// an element of the page that Python wrote
/** @type {(id: string) => HTMLElement} */
function part(id) {
  const node = document.getElementById(id);
  if (!node) throw new Error(`This file is damaged: its part "${id}" is missing.`);
  return node;
}

// -> Response with the unpacked bytes of a <script> that holds them as base64 of gzip
/** @type {(id: string) => Promise<Response>} */
async function embedded(id) {
  const text = part(id).textContent;
  const bytes = Uint8Array.from(atob(text ?? ""), (character) => character.charCodeAt(0));
  return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip")));
}

/** @type {(response: Response) => Promise<void>} */
async function runScript(response) {
  const address = URL.createObjectURL(new Blob([await response.arrayBuffer()], { type: "text/javascript" }));
  await new Promise((resolve, reject) => {
    const script = Object.assign(document.createElement("script"), {
      src: address,
      onload: resolve,
      onerror: () => reject(new Error("A drawing library could not be unpacked.")),
    });
    document.head.append(script);
  });
  URL.revokeObjectURL(address);
}

/** @type {(rows: Record<string, unknown>[]) => HTMLElement} */
function table(rows) {
  const names = Object.keys(rows[0] ?? {});
  /** @type {(tag: "th" | "td", values: unknown[]) => HTMLElement[]} */
  const cells = (tag, values) =>
    values.map((value, column) =>
      element(tag, { class: column < WIDE_CELLS ? "" : "number" }, value == null ? "–" : String(value)),
    );
  return element(
    "table",
    {},
    element("thead", {}, element("tr", {}, ...cells("th", names))),
    element(
      "tbody",
      {},
      ...rows.map((row) =>
        element(
          "tr",
          {},
          ...cells(
            "td",
            names.map((name) => row[name]),
          ),
        ),
      ),
    ),
  );
}

start().catch((error) => {
  part("notice").textContent = `The replay could not be started: ${error.message} It needs a browser of 2023 or newer.`;
});

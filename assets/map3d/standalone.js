// The replay as one file: everything is in the page itself, nothing is asked of any server.
import { MapSession } from "./session.js";
import { tabMemory, unpack } from "./loading.js";
import { element } from "./dom.js";
import { readView } from "./view_link.js";

const WIDE_CELLS = 2; // the first columns of the table are words, the others numbers

async function start() {
  const facts = JSON.parse(document.getElementById("facts").textContent);
  const figures = facts.figures.map(([label, value, explanation]) =>
    element("div", { class: "figure", title: explanation }, element("dt", {}, label), element("dd", {}, value)),
  );
  document.querySelector("h1").textContent = facts.title;
  document.getElementById("figures").append(...figures);
  document.getElementById("users").append(table(facts.users));
  document.getElementById("notice").textContent = facts.notice;
  const memory = tabMemory();
  const [city, replay] = await Promise.all([embedded("city"), embedded("flight")]);
  memory.bundles.set("city", Promise.resolve(unpack(await city.arrayBuffer())));
  memory.bundles.set("flight", Promise.resolve(unpack(await replay.arrayBuffer())));
  memory.scripts.set("deck", embedded("deck").then(runScript));
  const session = new MapSession(document.getElementById("replay"));
  const data = {
    ...facts.map,
    mode: "replay",
    city_url: "city",
    replay_url: "flight",
    deck_url: "deck",
    autoplay: true,
    ...readView(location.hash.slice(1)),
  };
  session.update({ data });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => session.update({ data }));
}

// -> Response with the unpacked bytes of a <script> that holds them as base64 of gzip
async function embedded(id) {
  const text = document.getElementById(id).textContent;
  const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip")));
}

async function runScript(response) {
  const address = URL.createObjectURL(new Blob([await response.arrayBuffer()], { type: "text/javascript" }));
  await new Promise((resolve, reject) => {
    const script = Object.assign(document.createElement("script"), {
      src: address,
      onload: resolve,
      onerror: () => reject(new Error("The drawing library could not be unpacked.")),
    });
    document.head.append(script);
  });
  URL.revokeObjectURL(address);
}

function table(rows) {
  const names = Object.keys(rows[0] ?? {});
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
  document.getElementById("notice").textContent =
    `The replay could not be started: ${error.message} It needs a browser of 2023 or newer.`;
});

// The live optimum in the editor: asks the server for the answer to the newest edit, draws who is served by whom and the
// flights, the ones of before as ghosts, and says in a card what the last edit did.
import { metreProps } from "./city.js";
import { element } from "./dom.js";
import { canDraw } from "./graphics.js";
import { LineBatch } from "./line_batch.js";
import { unpack } from "./loading.js";
import { kindColours } from "./palette.js";

/** @typedef {{ url: string, number: number, title?: string }} LiveData */

const WORKING_MS = 200; // between two questions while the answer still grows
const WAITING_MS = 1000; // after one that could not be asked
const UPWARD_M = 90; // a user whom a satellite serves has a stroke of this length upwards
const DASHES = 6;
const NARROW = "(max-width: 640px)"; // as in the style sheet: no room for a card on the map
const GONE = "What was shown here is gone: reload the page."; // the session, or the run
/** @type {Record<string, string>} */
const PROGRESS = {
  waiting: "looking …",
  working: "improving …",
  settled: "settled",
  refused: "no answer",
  off: "off",
};

/** Says how long the line before a worker is. @type {(place: number) => string} */
export function queueWords(place) {
  if (place === 1) return "Yours is the next optimum";
  return place === 2
    ? "1 optimum of somebody else comes before yours"
    : `${place - 1} optima of others come before yours`;
}

export class LiveOptimum {
  /** @type {LiveData | null} */
  asked = null;
  /** @type {LiveBundle | null} */
  bundle = null;
  /** @type {string} */
  tag = "";
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  timer = undefined;

  /**
   * @param {{ box: HTMLElement, below: HTMLElement }} map
   * @param {() => void} changed
   */
  constructor({ box, below }, changed) {
    this.changed = changed;
    this.progress = element("small", {});
    this.headline = element("strong", { role: "status", "aria-live": "polite" });
    this.figures = element("dl", {});
    const parts = [this.progress, this.headline, this.figures];
    this.card = element("section", { class: "live", hidden: true, "aria-label": "Live optimum" }, ...parts);
    (matchMedia(NARROW).matches ? below : box).append(this.card);
  }

  leave() {
    clearTimeout(this.timer);
    this.asked = null;
    this.card.remove();
  }

  // where the live optimum stands, for tests and for who looks at the map's attributes
  get state() {
    if (!this.asked) return "off";
    return this.isCurrent ? (this.bundle?.meta.is_settled ? "settled" : "working") : "waiting";
  }

  get isCurrent() {
    return this.bundle !== null && this.bundle.meta.number === this.asked?.number;
  }

  /** @type {(data: LiveData | null) => void} */
  follow(data) {
    const isNew = data?.number !== this.asked?.number || data?.url !== this.asked?.url;
    this.asked = data;
    this.card.hidden = data === null;
    if (!isNew) return;
    clearTimeout(this.timer);
    if (!data) {
      this.bundle = null; // of a worker that ends: the next one counts its answers anew
      this.tag = "";
    } else
      this.#say(
        this.bundle && !data.title ? "What does that change?" : "The first answer is on its way",
        this.bundle?.meta.figures ?? [],
      );
    this.#show(this.state);
    if (data) this.#ask(data);
  }

  /** @type {(data: LiveData) => Promise<void>} */
  async #ask(data) {
    let again = WORKING_MS;
    try {
      const answer = await fetch(new URL(data.url, location.origin), {
        headers: { "If-None-Match": this.tag },
        cache: "no-store",
      });
      if (data !== this.asked && data.number !== this.asked?.number) return;
      if (answer.headers.get("Content-Type")?.startsWith("text/plain")) return this.#refuse(await answer.text());
      if (answer.status === 200) this.#take(unpack(await answer.arrayBuffer()), answer.headers.get("ETag") ?? "");
      else if (answer.status === 404) return this.#refuse(GONE);
      const place = Number(answer.headers.get("X-Place") ?? 0);
      if (answer.status === 204 && place) this.#say(queueWords(place), []);
    } catch {
      again = WAITING_MS; // the server restarts, or the line is down: Streamlit says so
    }
    if (this.asked?.number !== data.number) return;
    if (this.state !== "settled") this.timer = setTimeout(() => this.#ask(data), again);
  }

  /** @type {(bundle: Record<string, any>, tag: string) => void} */
  #take(bundle, tag) {
    const found = /** @type {LiveBundle} */ (/** @type {unknown} */ (bundle));
    if (found.meta.number !== this.asked?.number) return; // of an edit that is over
    this.tag = tag;
    this.bundle = found;
    this.#say(found.meta.headline, found.meta.figures);
    this.#show(this.state);
    this.changed();
  }

  /** @type {(why: string) => void} */
  #refuse(why) {
    this.bundle = null;
    this.#say(why, []);
    this.#show("refused");
    this.changed();
  }

  /** @type {(state: string) => void} */
  #show(state) {
    this.card.dataset.state = state;
    this.progress.textContent = `${this.asked?.title ?? "Live optimum"} · ${PROGRESS[state] ?? ""}`;
  }

  /** @type {(headline: string, figures: [string, string][]) => void} */
  #say(headline, figures) {
    this.headline.textContent = headline;
    const rows = figures.flatMap(([label, text]) => [element("dt", {}, label), element("dd", {}, text)]);
    this.figures.replaceChildren(...rows);
  }

  /** @type {(city: CityBundle, theme: Theme) => DeckLayer[]} */
  layers(city, theme) {
    const { bundle } = this;
    if (!bundle) return [];
    const lines = new LineBatch("edit-live", metreProps(city.meta.anchor), 256);
    const alpha = this.isCurrent ? 1 : 0.35; // of the edit before, until the new answer is there
    addGhosts(lines, bundle, theme, alpha);
    addFlights(lines, bundle, theme, alpha);
    addLinks(lines, bundle, theme, alpha);
    return [lines.layer()];
  }
}

/** @type {(lines: LineBatch, bundle: LiveBundle, theme: Theme, alpha: number) => void} */
function addFlights(lines, bundle, theme, alpha) {
  const [waypoints, flyers] = bundle.shapes.flight_m;
  const colour = kindColours(theme).aerial_user;
  for (let user = 0; user < flyers; user++)
    for (let k = 1; k < waypoints; k++) {
      const from = pointAt(bundle.flight_m, (k - 1) * flyers + user);
      lines.line(...from, ...pointAt(bundle.flight_m, k * flyers + user), colour, 255 * alpha, 3);
    }
}

/** @type {(lines: LineBatch, bundle: LiveBundle, theme: Theme, alpha: number) => void} */
function addGhosts(lines, bundle, theme, alpha) {
  const [flights, waypoints] = bundle.shapes.ghost_m;
  const colour = kindColours(theme).aerial_user;
  for (let flight = 0; flight < flights; flight++)
    for (let k = 1; k < waypoints; k += 2) {
      const at = flight * waypoints + k;
      lines.line(...pointAt(bundle.ghost_m, at - 1), ...pointAt(bundle.ghost_m, at), colour, 110 * alpha, 1.5);
    }
}

/** @type {(lines: LineBatch, bundle: LiveBundle, theme: Theme, alpha: number) => void} */
function addLinks(lines, bundle, theme, alpha) {
  const colours = kindColours(theme);
  bundle.server.forEach((/** @type {number} */ server, /** @type {number} */ user) => {
    if (server < 0) return;
    const from = pointAt(bundle.user_position_m, user);
    const isSatellite = server >= bundle.meta.gbs_count;
    /** @type {[number, number, number]} */
    const to = isSatellite ? upwards(from) : pointAt(bundle.gbs_position_m, server);
    const colour = isSatellite ? colours.satellite : colours.ground_station;
    if (isSatellite) lines.dashed(from, to, DASHES, 1, colour, 230 * alpha, 2.5);
    else lines.line(...from, ...to, colour, 150 * alpha, 1.3);
  });
}

// towards the sky; on the flat map towards its upper edge
/** @type {(from: [number, number, number]) => [number, number, number]} */
function upwards([east, north, up]) {
  return canDraw() ? [east, north, up + UPWARD_M] : [east, north + UPWARD_M, up];
}

/** @type {(array: Float32Array, index: number) => [number, number, number]} */
function pointAt(array, index) {
  return [array[3 * index], array[3 * index + 1], array[3 * index + 2]];
}

// What the replay and the comparison have alike beside what plays: links that tell their SINR or who serves.
import { LinkLooks } from "./link_looks.js";
import { linksButton } from "./link_legend.js";
import { tabMemory } from "./loading.js";
import { Playing } from "./playing.js";

/**
 * @import { Flight } from "./flight.js"
 * @import { LinkLook } from "./link_looks.js"
 * @import { Mounted } from "./mounted.js"
 */

/**
 * @template {Mounted} Session
 * @extends {Playing<Session>}
 */
export class Playback extends Playing {
  /**
   * @param {Session} session
   * @param {{ play: string, clicks: HelpRow[], more: HelpRow[] }} words
   */
  constructor(session, words) {
    super(session, words);
    this.links = new LinkLooks();
    this.linksButton = linksButton(() => this.#switchLinks());
    this.#pressLinks();
  }

  get linksBy() {
    return tabMemory().linksBy;
  }

  // what the colour of a link tells from now on, in every map of the tab
  /** @type {(by: LinksBy) => void} */
  linkBy(by) {
    const { session } = this;
    tabMemory().linksBy = by;
    this.#pressLinks();
    this.render();
    session.furniture.follow(session.component.data, session.theme, session.help); // its legend
  }

  #switchLinks() {
    this.linkBy(this.linksBy === "sinr" ? "server" : "sinr");
  }

  #pressLinks() {
    this.linksButton.setAttribute("aria-pressed", String(this.linksBy === "server"));
  }

  // how the links of flights look: per flight by station, null where they tell their SINR
  /** @type {(flights: Flight[]) => ((LinkLook | undefined)[] | null)[]} */
  looksOf(flights) {
    return this.links.at(this.linksBy, flights, this.session.theme);
  }

  get linkLooks() {
    return this.links.looks;
  }

  /** @type {() => KeyRow[]} */
  moreKeys() {
    return [
      { label: "L", what: "links by SINR or by the station that serves", keys: { l: () => this.#switchLinks() } },
    ];
  }
}

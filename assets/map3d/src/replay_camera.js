// Camera presets of the replay: overview, follow an aircraft, street, top. Every change is a smooth flight of the
// camera; following begins when that flight has arrived and ends when someone takes the camera in hand.

import { element } from "./dom.js";

/** @import { Flight } from "./flight.js" */

/** @typedef {Pick<Flight, "aerialUsers" | "groundUsers" | "users" | "userPosition" | "stationNow" | "stationPosition" | "headingNow">} Moving */
/** @typedef {{ session: { stage: MapStage }, flight: Moving, selected: number | null }} Followed */

/** @type {{ key: string, text: string, label: string }[]} */
const PRESETS = [
  { key: "overview", text: "Overview", label: "Overview: the whole area (1)" },
  { key: "follow", text: "Follow", label: "Follow an aircraft (2)" },
  { key: "street", text: "Street", label: "Street: beside a user, towards its station (3)" },
  { key: "top", text: "Top", label: "Top: straight down, north up (4)" },
];
export const FLY_MS = 1400;
const EASE = 0.2; // share of the way to the aircraft made up per frame

// the buttons of the presets, at the corner of the map; `without` are not offered
/** @type {(choose: (key: string) => void, without?: string) => HTMLElement} */
export function presetButtons(choose, without = "") {
  /** @type {(preset: { key: string, text: string, label: string }) => HTMLElement} */
  const button = ({ key, text, label }) =>
    element(
      "button",
      {
        type: "button",
        class: "icon text",
        "aria-label": label,
        title: label,
        "data-view": key,
        onclick: () => choose(key),
      },
      text,
    );
  return element(
    "div",
    { class: "corner top-left views", role: "group", "aria-label": "Camera presets" },
    ...PRESETS.filter(({ key }) => key !== without).map(button),
  );
}

export class ReplayCamera {
  /** @type {number | null} */
  followed = null;

  /** @param {Followed} replay */
  constructor(replay) {
    this.replay = replay;
    this.stage = replay.session.stage;
    this.heading = new Float32Array(2);
    this.followed = null;
  }

  /** @type {(key: string) => void} */
  choose(key) {
    this.followed = null;
    if (!this.stage.viewport()) return;
    /** @type {Record<string, () => void>} */
    const flights = {
      overview: () => this.#fly(this.stage.overviewView()),
      top: () => this.#top(),
      follow: () => this.#follow(),
      street: () => this.#street(),
    };
    flights[key]();
  }

  // called with every frame of the replay
  /** @type {(playing: boolean) => void} */
  keepUp(playing) {
    if (this.followed == null || this.stage.cameraBusy() || !this.stage.viewport()) return;
    if (!this.#isThere(this.followed)) return;
    const now = this.stage.camera();
    const { longitude, latitude } = this.#behind(this.followed, now.bearing, now.pitch);
    const share = playing ? EASE : 1;
    this.stage.moveCamera({
      ...now,
      longitude: now.longitude + (longitude - now.longitude) * share,
      latitude: now.latitude + (latitude - now.latitude) * share,
    });
  }

  // whether a user has a place now: missions of some appear later
  /** @type {(user: number) => boolean} */
  #isThere(user) {
    return !Number.isNaN(this.replay.flight.userPosition(user)[0]);
  }

  letGo() {
    this.followed = null;
  }

  /** @type {(view: Partial<CameraView>) => void} */
  #fly(view) {
    this.stage.moveCamera({ ...this.stage.camera(), ...view }, FLY_MS);
  }

  // from above the area's height counts in full, so the camera stands further away than in the overview
  #top() {
    const { clientWidth: width, clientHeight: height } = this.stage.node;
    const view = this.stage.overviewView();
    this.#fly({
      ...view,
      zoom: view.zoom + Math.log2(Math.min(width, height) / Math.min(width, height * 1.9)) - 0.1,
      pitch: 0,
      bearing: 0,
    });
  }

  #follow() {
    const { flight, selected } = this.replay;
    if (!flight.aerialUsers.length) return this.#fly(this.stage.overviewView());
    const wanted = selected != null && selected < flight.aerialUsers.length ? selected : 0;
    const user = this.#isThere(wanted) ? wanted : flight.aerialUsers.findIndex((_, one) => this.#isThere(one));
    if (user < 0) return this.#fly(this.stage.overviewView());
    const [east, north] = flight.headingNow(user, this.heading);
    const bearing = (Math.atan2(east, north) * 180) / Math.PI;
    this.#fly({ ...this.#behind(user, bearing, 58), zoom: 16.1, pitch: 58, bearing });
    this.followed = user;
  }

  #street() {
    const { flight } = this.replay;
    const user = this.#pedestrian();
    const [east, north] = flight.userPosition(user);
    const station = flight.stationNow(user);
    const [toEast, toNorth] = station >= 0 ? flight.stationPosition(station) : [0, 0];
    const bearing = (Math.atan2(toEast - east, toNorth - north) * 180) / Math.PI;
    const [longitude, latitude] = this.stage.frame.toLngLat(east, north);
    this.#fly({ longitude, latitude, zoom: 17.9, pitch: 72, bearing: Number.isFinite(bearing) ? bearing : 0 });
  }

  // the chosen ground user, else the one nearest to the chosen aircraft; without ground users the first user
  #pedestrian() {
    const { flight, selected } = this.replay;
    const aerial = flight.aerialUsers.length;
    if ((selected != null && selected >= aerial) || !flight.groundUsers) return selected ?? 0;
    const [east, north] = selected == null || !this.#isThere(selected) ? [0, 0] : flight.userPosition(selected);
    let [nearest, least] = [aerial, Infinity];
    for (let user = aerial; user < flight.users.length; user++) {
      const place = flight.userPosition(user);
      const distance = Math.hypot(place[0] - east, place[1] - north);
      if (distance < least) [nearest, least] = [user, distance];
    }
    return nearest;
  }

  // The camera looks at a point on the ground: the one behind the aircraft as seen from the camera.
  /** @type {(user: number, bearing: number, pitch: number) => { longitude: number, latitude: number }} */
  #behind(user, bearing, pitch) {
    const [east, north, up] = this.replay.flight.userPosition(user);
    const reach = up * Math.tan((pitch * Math.PI) / 180);
    const turn = (bearing * Math.PI) / 180;
    const [longitude, latitude] = this.stage.frame.toLngLat(
      east + reach * Math.sin(turn),
      north + reach * Math.cos(turn),
    );
    return { longitude, latitude };
  }
}

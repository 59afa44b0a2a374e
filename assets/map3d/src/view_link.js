// What is on the screen as part of an address: slot, camera, chosen user, what links tell. The app's own addresses are checked in Python
// (pages/replaying/view_link.py); those of the one-file replay here.
import { storyCamera } from "./story_camera.js";

/**
 * @import { MapSession } from "./session.js"
 * @import { Flight } from "./flight.js"
 */

/** @type {(keyof StoryCamera)[]} */
const CAMERA = ["longitude", "latitude", "span_m", "pitch", "bearing"];
const LIMITS = [180, 85, 100_000, 80, 360];

// slots are counted from 0 at the start, as the playhead does -> the parameters
/** @type {(params: URLSearchParams, shown: { time: number, session: Pick<MapSession, "stage">, flight: Pick<Flight, "users">, selected: number | null, linksBy: LinksBy }) => URLSearchParams} */
export function writeView(params, { time, session, flight, selected, linksBy }) {
  const camera = storyCamera(session.stage);
  params.set("t", String(Math.floor(time)));
  params.set("camera", CAMERA.map((name) => camera[name]).join(","));
  if (selected != null) params.set("user", flight.users[selected]);
  if (linksBy === "server") params.set("links", linksBy);
  return params;
}

// -> what the map is handed; anything wrong is left out
/** @type {(text: string) => { start_slot: number, camera: StoryCamera | null, user: string | null, links: LinksBy | null, story_starts: boolean }} */
export function readView(text) {
  const params = new URLSearchParams(text);
  const slot = /^\d{1,5}$/.exec(params.get("t") ?? "");
  const numbers = (params.get("camera") ?? "").split(",").map(Number);
  const whole =
    numbers.length === CAMERA.length &&
    numbers.every((value, index) => Number.isFinite(value) && Math.abs(value) <= LIMITS[index]) &&
    numbers[2] >= 20 &&
    numbers[3] >= 0;
  const [longitude, latitude, span, pitch, bearing] = numbers;
  const camera = whole ? { longitude, latitude, span_m: span, pitch, bearing } : null;
  return {
    start_slot: slot ? Number(slot[0]) : 0,
    camera,
    user: params.get("user"),
    links: params.get("links") === "server" ? "server" : null,
    story_starts: params.has("story"),
  };
}

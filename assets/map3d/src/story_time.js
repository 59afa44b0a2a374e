// The time of a story's views: how long each stands, which slot it shows, how far its camera has turned.

export const FLY_S = 2.2; // between two views; time stands meanwhile
const READ_S = 1.2; // a view stands this long after its time has been played
const SHORTEST_S = 0.1;

// seconds that a view is on the screen: its time played, and long enough to be read; `rate` is the replay's, in slots/s
/** @type {(view: StoryView, rate: number) => number} */
export function viewLength(view, rate) {
  return Math.max(view.duration_s, FLY_S + (view.end_slot - view.start_slot) / (rate * view.speed) + READ_S);
}

// after `elapsed` seconds: the slot shown, and which share of its turn the camera has made, gently at both ends
/** @type {(view: StoryView, rate: number, elapsed: number) => { slot: number, turned: number }} */
export function viewMoment(view, rate, elapsed) {
  const flown = Math.max(0, elapsed - FLY_S);
  const share = Math.min(1, flown / Math.max(SHORTEST_S, viewLength(view, rate) - FLY_S));
  const slot = Math.min(view.end_slot, view.start_slot + flown * rate * view.speed);
  return { slot, turned: share * share * (3 - 2 * share) };
}

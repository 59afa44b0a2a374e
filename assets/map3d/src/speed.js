// How fast a flight plays: 1x is real time. A flight begins at the power of two that plays it in about 12 s.

const USUAL_PLAY_S = 12;
const SLOWER = 3; // powers of two offered below the usual speed,
const FASTER = 4; // and above it

// slots of a flight per second at 1x, which is real time
/** @type {(slotSeconds: number) => number} */
export function slotRate(slotSeconds) {
  return 1 / slotSeconds;
}

// seconds that a flight takes -> seconds of it per second at which it begins
/** @type {(seconds: number) => number} */
export function usualSpeed(seconds) {
  return 2 ** Math.max(0, Math.round(Math.log2(seconds / USUAL_PLAY_S)));
}

// -> every speed that is offered, slowest first; real time always among them
/** @type {(seconds: number) => number[]} */
export function speedsOf(seconds) {
  const usual = usualSpeed(seconds);
  const around = Array.from({ length: SLOWER + FASTER + 1 }, (_, step) => usual * 2 ** (step - SLOWER));
  return around.includes(1) ? around : [1, ...around];
}

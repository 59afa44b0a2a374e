// What the charts compute from arrays; nothing here draws.

// the value at a fractional index, between its neighbours on a straight line
/** @type {(values: ArrayLike<number>, position: number) => number} */
export function at(values, position) {
  const index = Math.min(values.length - 1, Math.floor(position));
  const next = values[Math.min(values.length - 1, index + 1)];
  return values[index] + (next - values[index]) * (position - index);
}

// A line's values as points of a plot. What holds for a slot is a step from its start to its end; where there is no number
// there is a gap if values are signed, zero otherwise.
/** @type {(times: number[], values: ArrayLike<number>, how: { steps: boolean, signed: boolean }) => { x: number[], y: (number | null)[] }} */
export function curve(times, values, { steps, signed }) {
  /** @type {{ x: number[], y: (number | null)[] }} */
  const points = { x: [], y: [] };
  for (let index = 0; index < values.length; index++) {
    const y = Number.isFinite(values[index]) ? values[index] : signed ? null : 0;
    const ends = steps ? [times[index], times[Math.min(index + 1, times.length - 1)]] : [times[index]];
    for (const x of ends) {
      points.x.push(x);
      points.y.push(y);
    }
  }
  return points;
}

// text as plotly shows it letter by letter, which else takes marks in it for its own
/** @type {(text: string) => string} */
export function escaped(text) {
  return text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
}

/** @type {(value: number) => string} */
export function short(value) {
  if (Math.abs(value) >= 1e6) return `${(value / 1e6).toFixed(1)}M`;
  if (Math.abs(value) >= 1e4) return `${(value / 1e3).toFixed(0)}k`;
  if (Math.abs(value) >= 1e3) return `${(value / 1e3).toFixed(2)}k`;
  return value >= 100 || Number.isInteger(value) ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);
}

// one column of an array (length, count)
/** @type {(array: ArrayLike<number>, index: number, count: number, length: number) => Float32Array} */
export function column(array, index, count, length) {
  return Float32Array.from({ length }, (_, step) => array[step * count + index]);
}

// the runs of equal values in a column of an array (length, count): value, first index, index after the last
/** @type {(array: ArrayLike<number>, index: number, count: number, length: number) => { value: number, from: number, to: number }[]} */
export function spans(array, index, count, length) {
  /** @type {{ value: number, from: number, to: number }[]} */
  const found = [];
  for (let step = 0; step < length; step++) {
    const value = array[step * count + index];
    const last = found.at(-1);
    if (last && last.value === value) last.to = step + 1;
    else found.push({ value, from: step, to: step + 1 });
  }
  return found;
}

/** @type {(value: number, length: number) => Float32Array} */
export function constant(value, length) {
  return new Float32Array(length).fill(value);
}

// every moment at which a slot of any run begins or ends, in seconds, ascending
/** @type {(flights: { slots: number, seconds(time: number): number }[]) => number[]} */
export function commonTimes(flights) {
  const moments = new Set(
    flights.flatMap((flight) =>
      Array.from({ length: flight.slots + 1 }, (_, slot) => Math.round(flight.seconds(slot) * 1e6) / 1e6),
    ),
  );
  return [...moments].sort((a, b) => a - b);
}

// where a moment lies among ascending ones
/** @type {(times: number[], time: number) => number} */
export function fractionalIndex(times, time) {
  let [low, high] = [0, times.length - 1];
  if (time >= times[high]) return high;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (times[middle] <= time) low = middle;
    else high = middle;
  }
  return low + (time - times[low]) / (times[high] - times[low]);
}

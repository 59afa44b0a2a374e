// What the charts compute from arrays; nothing here draws.

// the value at a fractional index, between its neighbours on a straight line
/** @type {(values: ArrayLike<number>, position: number) => number} */
export function at(values, position) {
  const index = Math.min(values.length - 1, Math.floor(position));
  const next = values[Math.min(values.length - 1, index + 1)];
  return values[index] + (next - values[index]) * (position - index);
}

/** @type {(values: Iterable<number>) => number} */
export function largest(values) {
  let top = 0;
  for (const value of values) if (value > top) top = value;
  return top;
}

// whole tens around all values -> [lowest, highest], an even number of tens apart
/** @type {(series: Line[]) => [number, number]} */
export function decades(series) {
  let [low, top] = [0, 10];
  for (const { values } of series)
    for (const value of values) if (Number.isFinite(value)) [low, top] = [Math.min(low, value), Math.max(top, value)];
  low = Math.floor(low / 10) * 10;
  top = Math.ceil(top / 10) * 10;
  return [low, ((top - low) / 10) % 2 ? top + 10 : top];
}

/** @type {(value: number) => number} */
export function niceTop(value) {
  if (!(value > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 1.2, 1.6, 2, 2.5, 3, 4, 5, 6, 8, 10].map((lead) => lead * power).find((top) => top >= value) ?? value;
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

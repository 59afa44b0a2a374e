// A field that is set once there is something to set it to, before anything reads it: the type is the field's own.

/** @returns {any} */
export function later() {
  return undefined;
}

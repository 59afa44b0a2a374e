import assert from "node:assert/strict";
import { test } from "node:test";
import { KeyMap } from "../src/keymap.js";

// a key pressed while something has the focus -> what happened to the event
/** @type {(map: KeyMap, key: string, more?: object, target?: object) => string[]} */
function press(map, key, more = {}, target = { localName: "div" }) {
  /** @type {string[]} */
  const done = [];
  map.handle({
    key,
    ctrlKey: false,
    metaKey: false,
    altKey: false,
    shiftKey: false,
    composedPath: () => [/** @type {EventTarget} */ (target)],
    preventDefault: () => done.push("taken"),
    stopPropagation: () => done.push("ends here"),
    ...more,
  });
  return done;
}

/** @type {(log: string[]) => KeyMap} */
function rowsOf(log) {
  return new KeyMap([
    { label: "space", what: "play", keys: { " ": () => log.push("play") } },
    { label: "Z", what: "undo", keys: { "ctrl+z": () => log.push("undo"), "ctrl+shift+z": () => log.push("redo") } },
    { label: "drag", what: "move" },
    { keys: { n: () => log.push("next"), Escape: () => false } },
  ]);
}

test("a key does what its row says and goes no further", () => {
  /** @type {string[]} */
  const log = [];
  assert.deepEqual(press(rowsOf(log), "n"), ["taken", "ends here"]);
  press(rowsOf(log), "N"); // with the caps lock on
  assert.deepEqual(press(rowsOf(log), "x"), []);
  assert.deepEqual(log, ["next", "next"]);
});

test("control, or the Mac's command, makes another key; Alt is left to the browser", () => {
  /** @type {string[]} */
  const log = [];
  press(rowsOf(log), "z", { ctrlKey: true });
  press(rowsOf(log), "Z", { metaKey: true, shiftKey: true });
  assert.deepEqual(press(rowsOf(log), "n", { ctrlKey: true }), []);
  assert.deepEqual(press(rowsOf(log), "n", { altKey: true }), []);
  assert.deepEqual(log, ["undo", "redo"]);
});

test("who types types; a slider and a button keep only what is their own", () => {
  /** @type {string[]} */
  const log = [];
  for (const localName of ["select", "textarea"]) assert.deepEqual(press(rowsOf(log), "n", {}, { localName }), []);
  assert.deepEqual(press(rowsOf(log), "n", {}, { localName: "input", type: "text" }), []);
  assert.deepEqual(press(rowsOf(log), " ", {}, { localName: "button" }), []);
  press(rowsOf(log), "n", {}, { localName: "input", type: "range" });
  press(rowsOf(log), "n", {}, { localName: "button" });
  assert.deepEqual(log, ["next", "next"]);
});

test("an action that says false leaves its key to others", () => {
  assert.deepEqual(press(rowsOf([]), "Escape"), []);
});

test("the help tells the rows that have a label, in their order", () => {
  assert.deepEqual(rowsOf([]).help, [
    ["space", "play"],
    ["Z", "undo"],
    ["drag", "move"],
  ]);
});

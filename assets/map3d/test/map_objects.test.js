import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { MapObjects } from "../src/map_objects.js";
import { madeDocument } from "./made.js";

beforeEach(() => {
  Object.assign(globalThis, { document: madeDocument() });
});

/** @type {(name: string, x: number, chosen?: string[]) => import("../src/map_objects.js").MapObject} */
const object = (name, x, chosen = []) => ({
  name,
  pixel: [x, 20],
  selected: name === "gbs-2",
  choose: () => chosen.push(name),
});

/** @type {() => MapObjects} */
const made = () => new MapObjects(/** @type {HTMLElement} */ (document.createElement("div")));

test("each object is a button where it stands, with its name, and tells whether it is chosen", () => {
  const objects = made();
  objects.show([object("gbs-1", 100), object("gbs-2", 250.04)]);
  const told = objects.buttons.map((button) => [
    button.getAttribute("aria-label"),
    button.ariaPressed,
    button.style.transform,
  ]);
  assert.deepEqual(told, [
    ["gbs-1", "false", "translate(100.0px, 20.0px)"],
    ["gbs-2", "true", "translate(250.0px, 20.0px)"],
  ]);
});

test("buttons stay while objects move, so that the focus stays, and none is left where there is nothing", () => {
  const objects = made();
  objects.show([object("gbs-1", 100), object("gbs-2", 200)]);
  const [first] = objects.buttons;
  objects.show([object("gbs-1", 120)]);
  assert.deepEqual(objects.buttons, [first]);
  objects.show([]);
  assert.equal(objects.buttons.length, 0);
});

test("of a crowd the first ones can be gone through", () => {
  const objects = made();
  objects.show(Array.from({ length: 500 }, (_, user) => object(`gu-${user}`, user)));
  assert.equal(objects.buttons.length, 120);
});

// The city before the one that is shown waits hidden, and is shown again without being made anew.
import assert from "node:assert/strict";
import test from "node:test";
import { KeptCities } from "../src/kept_cities.js";

let made = 0;

/** @type {(props: Record<string, any>) => any} */
function layer(props) {
  return { id: props.id, props, clone: (/** @type {object} */ more) => layer({ ...props, ...more }) };
}

/** @type {(name: string) => any} */
function city(name) {
  return { name, make: () => [layer({ id: `${name}-${++made}`, visible: true })] };
}

/** @type {(layers: DeckLayer[]) => [string, boolean][]} */
const told = (layers) => layers.map(({ id, props }) => [id, props.visible]);

test("of two cities one is shown and one hidden, and both are made once", () => {
  const [one, other] = [city("one"), city("other")];
  const cities = new KeptCities();
  const first = told(cities.show(one, "day", one.make));
  assert.deepEqual(cities.hidden, []);
  const second = told(cities.show(other, "day", other.make));
  assert.deepEqual(told(cities.hidden), [[first[0][0], false]]);
  assert.deepEqual(told(cities.show(one, "day", one.make)), first);
  assert.deepEqual(told(cities.hidden), [[second[0][0], false]]);
});

test("a city in another light is another picture, and of three cities the oldest goes", () => {
  const [one, other] = [city("one"), city("other")];
  const cities = new KeptCities();
  const day = told(cities.show(one, "day", one.make));
  const night = told(cities.show(one, "night", one.make));
  assert.notDeepEqual(night, day);
  cities.show(other, "day", other.make);
  assert.deepEqual(told(cities.hidden), [[night[0][0], false]]);
  assert.notDeepEqual(told(cities.show(one, "day", one.make)), day);
});

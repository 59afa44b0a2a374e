// The cities that stay on the graphics card: the one that is shown and, hidden, the one before it. Modes of the workspace
// show different cities over the same places, and going back to one should cost a picture, not a city made anew.

/** @typedef {{ city: CityBundle, lit: string, layers: DeckLayer[] }} Kept */

const MOST = 2;

export class KeptCities {
  /** @type {Kept[]} */
  kept = [];

  // the layers of a city as it is lit, made where they are not there any more
  /** @type {(city: CityBundle, lit: string, make: () => DeckLayer[]) => DeckLayer[]} */
  show(city, lit, make) {
    const known = this.kept.find((one) => one.city === city && one.lit === lit);
    const shown = known ?? { city, lit, layers: make() };
    this.kept = [shown, ...this.kept.filter((one) => one !== known)].slice(0, MOST);
    this.#dress();
    return shown.layers;
  }

  // what deck.gl must be handed all the same: a layer that it has let go of cannot come back
  get hidden() {
    return this.kept.slice(1).flatMap(({ layers }) => layers);
  }

  forget() {
    this.kept = [];
  }

  // a layer is never changed: what is shown or hidden is a copy of it, which deck.gl takes for the same by its id
  #dress() {
    this.kept.forEach((one, place) => {
      one.layers = one.layers.map((layer) => layer.clone({ visible: place === 0 }));
    });
  }
}

// The part of deck.gl that the map uses (types/deck.d.ts), for a browser without WebGL: its layers are their settings
// alone, and its canvas is the flat map.
import { FlatMap } from "./flat_map.js";
import { giveUp } from "./graphics.js";
import { later } from "./later.js";

class FlatLayer {
  /** @type {DeckLayer["context"]} */
  context = later(); // what draws nothing by itself is never given one

  /** @param {Record<string, any>} props */
  constructor(props) {
    this.id = String(props.id);
    this.props = props;
  }

  getShaders() {
    return {};
  }

  /** @type {(props: Record<string, any>) => FlatLayer} */
  clone(props) {
    return new FlatLayer({ ...this.props, ...props });
  }
}

class FlatView {
  /** @param {Record<string, any>} props */
  constructor(props) {
    this.props = props;
  }
}

/** @type {DeckLibrary} */
export const FLAT_DECK = {
  COORDINATE_SYSTEM: { METER_OFFSETS: 2 },
  Deck: FlatMap,
  Layer: FlatLayer,
  MapView: FlatView,
  FlyToInterpolator: class {},
  LineLayer: FlatLayer,
  ScatterplotLayer: FlatLayer,
  SimpleMeshLayer: FlatLayer,
  BitmapLayer: FlatLayer,
  ColumnLayer: FlatLayer,
};

// for good, and for every map of the tab
export function goFlat() {
  giveUp();
  return (globalThis.deck = FLAT_DECK);
}

let made = 0;

// what stands for the meshes of the city: it is drawn from its bundle
/** @type {(city: CityBundle, theme: Theme) => DeckLayer[]} */
export function flatCityLayers(city, theme) {
  made += 1;
  return [new FlatLayer({ id: `flat-city-${made}`, city, theme })];
}

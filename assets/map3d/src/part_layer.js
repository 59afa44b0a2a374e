// A layer that draws nothing: what a view draws after it is cut to a part of the canvas. The view itself stays whole, so
// runs on either side of a swipe line share one projection to the last bit.
import { scissorOf } from "./swipe.js";

/** @import { Part } from "./swipe.js" */

/** @type {(new (props: object) => DeckLayer) | undefined} */
let partClass; // made once the library is there

// `id` begins with that of its view
/** @type {(id: string, part: Part) => DeckLayer} */
export function partLayer(id, part) {
  partClass ??= class PartLayer extends globalThis.deck.Layer {
    static layerName = "PartLayer";

    initializeState() {}

    /** @type {(options: { renderPass: { setParameters(parameters: object): void } }) => void} */
    draw({ renderPass }) {
      const { canvasContext } = this.context.device;
      const buffer = canvasContext.getDrawingBufferSize();
      const scissorRect = scissorOf(this.props.part, canvasContext.cssToDeviceRatio(), buffer);
      renderPass.setParameters({ scissorRect });
    }
  };
  return new partClass({ id, part, data: [], shadowEnabled: false });
}

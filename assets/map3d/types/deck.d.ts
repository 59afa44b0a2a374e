// The part of deck.gl that the map uses. The library itself is the one in the pydeck wheel, loaded as a plain script.

interface Viewport {
  id: string;
  width: number;
  height: number;
  bearing: number;
  pitch: number;
  scale: number;
  pixelProjectionMatrix: number[];
  getDistanceScales(anchor: readonly number[]): DistanceScales;
  projectFlat(lngLat: readonly number[]): [number, number];
  unprojectFlat(common: readonly number[]): [number, number];
  unproject(pixel: readonly number[], options: { targetZ: number }): [number, number];
}

interface DistanceScales {
  unitsPerMeter: number[];
  unitsPerMeter2: number[];
}

interface CameraView {
  longitude: number;
  latitude: number;
  zoom: number;
  pitch: number;
  bearing: number;
  minZoom?: number;
  maxZoom?: number;
  maxPitch?: number;
}

interface ViewStateChange {
  viewId: string;
  viewState: CameraView;
  interactionState?: { isDragging?: boolean; isPanning?: boolean; isRotating?: boolean };
}

interface DeckCanvas {
  isInitialized: boolean;
  setProps(props: object): void;
  getViewports(): Viewport[];
  getCanvas(): HTMLCanvasElement;
  redraw(reason: string): void;
  finalize(): void;
}

// what a layer of our own finds
interface DeckDevice {
  canvasContext: { cssToDeviceRatio(): number; getDrawingBufferSize(): [number, number] };
}

interface DeckLayer {
  id: string;
  props: Record<string, any>;
  context: { device: DeckDevice };
  getShaders(): { inject?: Record<string, string> };
  clone(props: Record<string, any>): DeckLayer;
}

interface MetreProps {
  coordinateSystem: number;
  coordinateOrigin: number[];
}

interface DeckProps {
  parent: HTMLElement;
  useDevicePixels: number;
  deviceProps: object;
  layers: DeckLayer[];
  views: object;
  controller?: object;
  initialViewState?: object;
  viewState?: object;
  layerFilter?(asked: { layer: DeckLayer; viewport: Viewport }): boolean;
  getCursor?(state: { isDragging: boolean }): string;
  onViewStateChange(change: ViewStateChange): object | void;
  onAfterRender(): void;
  onError(error: Error, layer?: DeckLayer): void;
}

interface DeckLibrary {
  COORDINATE_SYSTEM: { METER_OFFSETS: number };
  Deck: new (props: DeckProps) => DeckCanvas;
  Layer: new (props: object) => DeckLayer;
  MapView: new (props: object) => object;
  FlyToInterpolator: new () => object;
  LineLayer: new (props: object) => DeckLayer;
  ScatterplotLayer: new (props: object) => DeckLayer;
  SimpleMeshLayer: new (props: object) => DeckLayer;
  BitmapLayer: new (props: object) => DeckLayer;
  ColumnLayer: new (props: object) => DeckLayer;
}

declare var deck: DeckLibrary;

// Cameras that mean the same on every screen: instead of a zoom they say how many metres the picture spans.
import { metresPerPixelOf, zoomOf } from "./mercator.js";

const WIDEST = 1.9; // a tilted map shows further than it is high: as in the overview

// -> {longitude, latitude, zoom, pitch, bearing} for a stage's size
/** @type {(camera: StoryCamera, stage: { node: Size }) => CameraView} */
export function cameraOf({ longitude, latitude, span_m: span, pitch, bearing }, stage) {
  const zoom = zoomOf(span / side(stage), latitude);
  return { longitude, latitude, zoom: Math.max(11, Math.min(18.5, zoom)), pitch, bearing };
}

// -> what a stage's camera shows, to be kept
/** @type {(stage: { node: Size, camera(): CameraView }) => StoryCamera} */
export function storyCamera(stage) {
  const { longitude, latitude, zoom, pitch, bearing } = stage.camera();
  const span = metresPerPixelOf(zoom, latitude) * side(stage);
  return {
    longitude: rounded(longitude, 6),
    latitude: rounded(latitude, 6),
    span_m: rounded(span, 1),
    pitch: rounded(pitch, 1),
    bearing: rounded(turned(bearing), 1),
  };
}

/** @type {(stage: { node: Size }) => number} */
function side({ node }) {
  return Math.min(node.clientWidth || 900, (node.clientHeight || 560) * WIDEST);
}

// -> -180 .. 180
/** @type {(degrees: number) => number} */
function turned(degrees) {
  return ((((degrees + 180) % 360) + 360) % 360) - 180;
}

/** @type {(value: number, digits: number) => number} */
function rounded(value, digits) {
  return Number(value.toFixed(digits));
}

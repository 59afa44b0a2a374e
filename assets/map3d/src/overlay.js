// The label canvas above the map: place names, markers with distinct shapes, and their names, without overlaps.
import { PALETTES, css, inkOn, kindColours } from "./palette.js";
import { iconPath, penOf } from "./dom.js";
import { MARKS } from "./marks.js";
import { later } from "./later.js";

/**
 * @import { LocalFrame } from "./frame.js"
 * @import { IconName } from "./dom.js"
 */

const FONTS = {
  landmark: "600 12px var-font",
  place: "500 11px var-font",
  bridge: "italic 500 11px var-font",
  thing: "600 12px var-font",
  sign: "700 13px var-font",
};

/** @typedef {CanvasRenderingContext2D} Pen */
/** @typedef {Marker & { at: [x: number, y: number, depth: number] }} PlacedMarker on the screen */
/** @typedef {{ viewport(): Viewport | null, frame: LocalFrame, theme: Theme, part?: readonly [number, number] }} LabelStage `part` of the width, in pixels */

export class Overlay {
  /** @type {Palette} */
  palette = later();
  /** @type {Record<string, number[]>} */
  colours = later();
  /** @type {[number, number, number, number][]} */
  taken = [];
  /** @type {LabelStage} */
  stage = later();
  /** @type {number} */
  flatness = 1;
  /** @type {number} */
  width = 0;
  /** @type {number} */
  height = 0;
  /** @type {string} */
  family = "";

  /** @param {HTMLCanvasElement} canvas */
  constructor(canvas) {
    this.canvas = canvas;
    this.pen = penOf(canvas);
    this.widths = new Map(); // measuring text is the dearest part of a frame
  }

  // a marker's `glyph` is needed only where its mark is not that of its kind; labels: the city's own
  /** @type {(stage: LabelStage, labels: Label[], markers: Marker[]) => void} */
  draw(stage, labels, markers) {
    const viewport = stage.viewport();
    if (!viewport) return;
    this.#size(viewport);
    this.palette = PALETTES[stage.theme];
    this.colours = kindColours(stage.theme);
    this.taken = [];
    this.stage = stage;
    const located = /** @type {PlacedMarker[]} */ (markers); // written into them: no garbage per frame
    for (const marker of located)
      marker.at = stage.frame.toScreen(marker.position[0], marker.position[1], marker.position[2]);
    const placed = located.filter((marker) => this.#onScreen(marker.at));
    this.flatness = Math.cos((viewport.pitch * Math.PI) / 180);
    for (const marker of placed) this.#reserve(marker.at[0] - 10, marker.at[1] - 10, 20, 20);
    for (const marker of placed) this.#markerLabel(marker);
    this.#cityLabels(stage, labels);
    for (const marker of placed) this.#glyph(marker);
  }

  /** @type {(viewport: Viewport) => void} */
  #size(viewport) {
    const ratio = Math.min(globalThis.devicePixelRatio || 1, 2);
    const [width, height] = [Math.round(viewport.width * ratio), Math.round(viewport.height * ratio)];
    if (this.canvas.width !== width || this.canvas.height !== height) Object.assign(this.canvas, { width, height });
    this.width = viewport.width;
    this.height = viewport.height;
    this.family = this.family || getComputedStyle(this.canvas).fontFamily || "sans-serif";
    this.pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    this.pen.clearRect(0, 0, viewport.width, viewport.height);
  }

  /** @type {(at: readonly [number, number, number]) => boolean} */
  #onScreen([x, y, depth]) {
    const [left, right] = this.stage.part ?? [0, this.width];
    const [before, after] = [left > 0 ? CUT_PX : 40, right < this.width ? CUT_PX : 40];
    return depth < 1 && x > left - before && y > -40 && x < right + after && y < this.height + 40;
  }

  /** @type {(left: number, top: number, width: number, height: number) => void} */
  #reserve(left, top, width, height) {
    this.taken.push([left, top, left + width, top + height]);
  }

  /** @type {(left: number, top: number, width: number, height: number) => boolean} */
  #isFree(left, top, width, height) {
    return !this.taken.some(([a, b, c, d]) => left < c && left + width > a && top < d && top + height > b);
  }

  /** @type {(stage: LabelStage, labels: Label[]) => void} */
  #cityLabels(stage, labels) {
    const scale = stage.frame.metresPerPixel();
    const room = scale > 6 ? 5 : scale > 3.2 ? 9 : 22; // fewer names from far away
    const written = { landmark: 0, place: 0, bridge: 0 };
    for (const label of labels) {
      if (written[label.kind] >= room || (label.kind === "bridge" && scale > 3.2)) continue;
      const at = stage.frame.toScreen(...label.position);
      if (this.#onScreen(at) && this.#cityLabel(label, at)) written[label.kind] += 1;
    }
  }

  /** @type {(label: Label, at: readonly [number, number, number]) => boolean} */
  #cityLabel(label, [x, y]) {
    const lift = label.kind === "landmark" ? 16 : 0;
    const text = label.kind === "place" ? label.text.toUpperCase() : label.text;
    const colour = { landmark: this.palette.text, place: this.palette.place, bridge: this.palette.water_text }[
      label.kind
    ];
    if (!this.#text(text, x, y - lift, label.kind, colour)) return false;
    if (lift) this.#leader(x, y);
    return true;
  }

  /** @type {(x: number, y: number) => void} */
  #leader(x, y) {
    this.pen.strokeStyle = this.palette.text;
    this.pen.globalAlpha = 0.55;
    this.pen.lineWidth = 1;
    this.pen.beginPath();
    this.pen.moveTo(x, y - 9);
    this.pen.lineTo(x, y - 1);
    this.pen.stroke();
    this.pen.globalAlpha = 1;
  }

  // -> whether there was room
  /** @type {(text: string, x: number, y: number, kind: keyof typeof FONTS, colour: string, spacing?: number) => boolean} */
  #text(text, x, y, kind, colour, spacing = 4) {
    const pen = this.pen;
    pen.font = FONTS[kind].replace("var-font", this.family);
    pen.letterSpacing = kind === "place" ? "1.5px" : "0px";
    const width = this.#textWidth(text, kind);
    if (!this.#isFree(x - width / 2 - spacing, y - 8 - spacing, width + 2 * spacing, 16 + 2 * spacing)) return false;
    this.#reserve(x - width / 2, y - 8, width, 16);
    Object.assign(pen, { textAlign: "center", textBaseline: "middle", lineJoin: "round", lineWidth: 3.5 });
    pen.strokeStyle = this.palette.halo;
    pen.strokeText(text, x, y);
    pen.fillStyle = colour;
    pen.fillText(text, x, y);
    return true;
  }

  /** @type {(text: string, kind: string) => number} */
  #textWidth(text, kind) {
    const key = `${kind}/${text}`;
    if (!this.widths.has(key)) {
      if (this.widths.size > 4000) this.widths.clear();
      this.widths.set(key, this.pen.measureText(text).width);
    }
    return this.widths.get(key);
  }

  /** @type {(marker: PlacedMarker) => void} */
  #markerLabel(marker) {
    if (!marker.label) return;
    const [x, y] = marker.at;
    const colour = css(this.colours[marker.kind] ?? this.colours.ground_user);
    const lift = marker.sign ? DIFFERENCE_LIFT_PX : marker.load == null ? 20 : 27;
    const first = marker.sign ? lift : -lift; // what differs stands below the mark's own name
    this.#text(marker.label, x, y + first, "thing", colour, -2) ||
      this.#text(marker.label, x, y - first, "thing", colour, -2);
  }

  /** @type {(marker: PlacedMarker) => void} */
  #glyph(marker) {
    const [x, y] = marker.at;
    const colour = css(this.colours[marker.kind] ?? this.colours.ground_user);
    this.pen.save();
    this.pen.translate(x, y);
    if (marker.sign) {
      this.#difference(marker.sign, Boolean(marker.muted));
      return this.pen.restore();
    }
    this.pen.globalAlpha = marker.muted ? 0.45 : 1;
    if (marker.load != null) this.#load(marker.load, colour);
    if (marker.selected || marker.problem) this.#ring(marker);
    if (marker.heading) this.#turn(marker, marker.heading);
    const glyph = GLYPHS[marker.glyph ?? MARKS[marker.kind].glyph];
    glyph(this.pen, colour, this.palette.marker_ring, Boolean(marker.heading));
    this.pen.restore();
    if (marker.badge) this.#badge(x + BADGE_ASIDE_PX, y + BADGE_ASIDE_PX, marker.badge);
  }

  // a ring of ink around a place with the sign of what differs there; broken where there is nothing in this run
  /** @type {(sign: string, broken: boolean) => void} */
  #difference(sign, broken) {
    const { pen, palette } = this;
    for (const [lineWidth, strokeStyle] of /** @type {[number, string][]} */ ([
      [5, palette.halo],
      [2.4, palette.ink],
    ])) {
      Object.assign(pen, { lineWidth, strokeStyle });
      pen.setLineDash(broken && lineWidth < 5 ? [6, 4] : []);
      pen.beginPath();
      pen.arc(0, 0, DIFFERENCE_PX, 0, 7);
      pen.stroke();
    }
    pen.setLineDash([]);
    const aside = DIFFERENCE_PX * Math.SQRT1_2;
    pen.beginPath();
    pen.arc(aside, -aside, BADGE_PX, 0, 7);
    Object.assign(pen, { fillStyle: palette.ink, strokeStyle: palette.marker_ring, lineWidth: 2 });
    pen.stroke();
    pen.fill();
    Object.assign(pen, { fillStyle: palette.marker_ring, textAlign: "center", textBaseline: "middle" });
    pen.font = FONTS.sign.replace("var-font", this.family);
    pen.fillText(sign, aside, -aside + 0.5);
  }

  /** @type {(x: number, y: number, badge: Badge) => void} */
  #badge(x, y, { letter, colour }) {
    const pen = this.pen;
    pen.beginPath();
    pen.arc(x, y, BADGE_PX, 0, 7);
    Object.assign(pen, { fillStyle: css(colour), strokeStyle: this.palette.marker_ring, lineWidth: 3 });
    pen.stroke();
    pen.fill();
    Object.assign(pen, { fillStyle: inkOn(colour), textAlign: "center", textBaseline: "middle", letterSpacing: "0px" });
    pen.font = FONTS.thing.replace("var-font", this.family);
    pen.fillText(letter, x, y);
  }

  // how many of the users that a station can serve it serves: a ring that fills clockwise
  /** @type {(share: number, colour: string) => void} */
  #load(share, colour) {
    const pen = this.pen;
    Object.assign(pen, { lineWidth: 4.5, strokeStyle: this.palette.halo, globalAlpha: 0.75 });
    pen.beginPath();
    pen.arc(0, 0, 17, 0, 7);
    pen.stroke();
    pen.globalAlpha = 1;
    if (!(share > 0)) return;
    Object.assign(pen, { lineWidth: 3.4, strokeStyle: colour });
    pen.beginPath();
    pen.arc(0, 0, 17, -Math.PI / 2, -Math.PI / 2 + 2 * Math.PI * Math.min(1, share));
    pen.stroke();
  }

  // An aircraft lies in the plane of flight: its axes on the screen are those of east and north at its place.
  /** @type {(marker: PlacedMarker, heading: Point) => void} */
  #turn(marker, heading) {
    const { frame } = this.stage;
    const [x, y] = marker.at;
    const [east, north, up] = marker.position;
    const reach = 12 * frame.metresPerPixel();
    const [dx, dy] = [heading[0] * reach, heading[1] * reach];
    const nose = frame.toScreen(east + dx, north + dy, up);
    const wing = frame.toScreen(east + dy, north - dx, up);
    const lift = Math.max(this.flatness, LEAST_FLATNESS) / Math.max(this.flatness, 0.05); // never flatter than legible
    const axes = [nose[0] - x, (nose[1] - y) * lift, wing[0] - x, (wing[1] - y) * lift];
    const size = Math.max(Math.hypot(axes[0], axes[1]), Math.hypot(axes[2], axes[3]), 1e-6);
    this.pen.transform(axes[0] / size, axes[1] / size, axes[2] / size, axes[3] / size, 0, 0);
  }

  /** @type {(marker: Marker) => void} */
  #ring(marker) {
    this.pen.beginPath();
    this.pen.arc(0, 0, 16, 0, 7);
    this.pen.lineWidth = 2.5;
    this.pen.setLineDash(marker.problem ? [4, 3] : []);
    this.pen.strokeStyle = marker.problem ? "#d62828" : this.palette.ink;
    this.pen.stroke();
    this.pen.setLineDash([]);
  }
}

const [BADGE_PX, BADGE_ASIDE_PX] = [8, 13];
const [DIFFERENCE_PX, DIFFERENCE_LIFT_PX] = [28, 38];
const CUT_PX = 110; // at a swipe line both sides draw a name, each its part of it
const LEAST_FLATNESS = 0.6;
const NOSE = [
  [8, -7],
  [18, 0],
  [8, 7],
];

const HOUSE = [
  [-8, 8],
  [-8, -4],
  [0, -11],
  [8, -4],
  [8, 8],
];

// One shape per kind, so that nothing is told by colour alone.
/** @type {Record<Glyph, (pen: Pen, colour: string, ring: string, flies: boolean) => void>} */
const GLYPHS = {
  station(pen, colour, ring) {
    badge(pen, colour, ring, () => pen.roundRect(-10, -10, 20, 20, 5));
    drawIcon(pen, MARKS.ground_station.icon, ring, 16);
  },
  satellite(pen, colour, ring) {
    pen.rotate(-0.6);
    badge(pen, colour, ring, () => {
      pen.rect(-4, -5, 8, 10);
      pen.rect(-15, -3.5, 9, 7);
      pen.rect(6, -3.5, 9, 7);
    });
  },
  // where it flies, a nose along x says whereto
  quadcopter(pen, colour, ring, flies = false) {
    if (flies)
      badge(pen, colour, ring, () => NOSE.forEach(([x, y], corner) => (corner ? pen.lineTo(x, y) : pen.moveTo(x, y))));
    badge(pen, colour, ring, () => pen.arc(0, 0, 10, 0, 7));
    drawIcon(pen, MARKS.aerial_user.icon, ring, 15);
  },
  destination(pen, colour, ring) {
    badge(pen, ring, colour, () => pen.arc(0, 0, 7, 0, 7), 3);
    pen.beginPath();
    pen.arc(0, 0, 2.5, 0, 7);
    pen.fillStyle = colour;
    pen.fill();
  },
  person(pen, colour, ring) {
    badge(pen, colour, ring, () => pen.arc(0, 0, 4.5, 0, 7), 1.5);
  },
  // an outline around a user's dot
  house(pen, colour, ring) {
    pen.beginPath();
    HOUSE.forEach(([x, y], corner) => (corner ? pen.lineTo(x, y) : pen.moveTo(x, y)));
    pen.closePath();
    for (const [lineWidth, strokeStyle] of /** @type {[number, string][]} */ ([
      [4, ring],
      [1.8, colour],
    ])) {
      Object.assign(pen, { lineWidth, strokeStyle, lineJoin: "round" });
      pen.stroke();
    }
  },
  indoors(pen, colour, ring, flies) {
    GLYPHS.house(pen, colour, ring, flies);
    GLYPHS.person(pen, colour, ring, flies);
  },
  // a round sign with a bar
  no_entry(pen, colour, ring) {
    badge(pen, colour, ring, () => pen.arc(0, 0, 10, 0, 7));
    pen.fillStyle = ring;
    pen.fillRect(-6.5, -2, 13, 4);
  },
  difference() {}, // its ring is all
  dot(pen, colour, ring) {
    badge(pen, colour, ring, () => pen.arc(0, 0, 3, 0, 7), 1);
  },
};

/** @type {(pen: Pen, fill: string, stroke: string, outline: () => void, width?: number) => void} */
function badge(pen, fill, stroke, outline, width = 2) {
  pen.beginPath();
  outline();
  Object.assign(pen, { lineWidth: width * 1.6, strokeStyle: stroke, fillStyle: fill });
  pen.stroke();
  pen.fill();
}

/** @type {(pen: Pen, name: IconName | null, colour: string, size: number) => void} */
function drawIcon(pen, name, colour, size) {
  if (!name) return;
  pen.scale(size / 24, size / 24);
  pen.translate(-12, -12);
  pen.fillStyle = colour;
  pen.fill(iconPath(name));
}

// The editor: tools, placing, dragging, deleting. Every change shows at once and is then sent to Python, which answers
// with the new truth; changes it has not yet acknowledged stay on top of that truth, so no click is ever lost.
import { editorLayers, editorMarkers } from "./editor_layers.js";
import { nearestThing } from "./picking.js";
import { Toolbar, TOOLS } from "./toolbar.js";
import { ClusterCard } from "./editor_cluster.js";
import { LiveOptimum } from "./editor_live.js";
import { Surface } from "./editor_surface.js";
import { describePlace, describeThing, objectName } from "./editor_words.js";
import { markerPlace } from "./lobes.js";
import { KeyMap } from "./keymap.js";
import { extrasOf } from "./marks.js";
import { applyEdit, NOT_YET } from "./edits.js";
import { element } from "./dom.js";
import { later } from "./later.js";

/**
 * @import { MapSession } from "./session.js"
 * @import { Tool } from "./toolbar.js"
 */

const STILL_PX = 5;

export class Editor {
  /** @type {EditRules} */
  rules = later();
  /** @type {number} */
  acknowledged = 0;
  /** @type {(Edit & { seq: number })[]} */
  pending = [];
  /** @type {Thing[]} */
  truth = [];
  /** @type {Thing[]} */
  things = [];
  /** @type {SkyPass[]} */
  passes = [];
  /** @type {EditData["suggestion"]} */
  suggestion = null;
  /** @type {Thing | ThingName | null} */
  selected = null;
  /** @type {number | undefined} */
  order = undefined;
  /** @type {Place | null} */
  firstEnd = null;
  /** @type {[number, number] | null} */
  downAt = null;
  /** @type {{ thing: Thing, place?: Place } | null} */
  dragged = null;
  /** @type {boolean} */
  hovering = false;
  /** @type {string} */
  refusal = "";

  /** @type {Mode} */
  mode = "edit";

  /** @param {MapSession} session */
  constructor(session) {
    this.session = session;
    /** @type {Tool} */
    this.tool = "select"; // nothing is placed by a first click
    this.pending = [];
    this.truth = [];
    this.things = [];
    this.firstEnd = null; // start of an aerial user whose destination is still to be clicked
    this.toolbar = new Toolbar(session.box, this);
    this.cluster = new ClusterCard(session.box, this);
    this.surface = new Surface(session.below, () => this.render());
    this.live = new LiveOptimum(session, () => this.render());
    this.readout = element("div", { class: "readout", role: "status", "aria-live": "polite" });
    session.box.append(this.readout);
    this.listeners = new AbortController();
    /** @type {(type: "pointerdown" | "pointermove" | "pointerup" | "pointercancel", handler: (event: PointerEvent) => void) => void} */
    const listen = (type, handler) =>
      session.box.addEventListener(type, handler, { capture: true, signal: this.listeners.signal });
    listen("pointerdown", (event) => this.#down(event));
    listen("pointermove", (event) => this.#move(event));
    listen("pointerup", (event) => this.#up(event));
    listen("pointercancel", () => this.#drop());
    this.keys = new KeyMap(this.#keyRows());
    this.keys.listen(session.box, { capture: true, signal: this.listeners.signal });
  }

  leave() {
    this.listeners.abort();
    this.toolbar.leave();
    this.cluster.leave();
    this.surface.leave();
    this.live.leave();
    this.readout.remove();
  }

  /** @type {(data: EditData, sky: SkyBundle | null) => void} */
  follow(data, sky) {
    this.rules = data.rules;
    this.acknowledged = data.acknowledged;
    this.pending = this.pending.filter((edit) => edit.seq > data.acknowledged);
    this.truth = data.things;
    this.passes = sky?.meta.passes ?? [];
    this.suggestion = data.suggestion;
    this.toolbar.follow(data);
    this.#followSelection(data);
    this.live.follow(data.live);
    this.#rebuild();
    this.surface.follow(data.surface_url ?? null);
  }

  get extras() {
    return extrasOf(this.things);
  }

  #keyRows() {
    const [undo, redo, remove] = [() => this.undo(), () => this.redo(), () => this.deleteSelected()];
    return [
      { label: "click", what: "place what the tool says, on the roof or ground under the pointer" },
      { label: "drag an object", what: "move it" },
      {
        label: TOOLS.map(({ shortcut }) => shortcut.toUpperCase()).join(" "),
        what: "tools: select, GBS, site of three sectors, aerial user, ground user, user indoors, many ground users, no-fly zone, delete",
        keys: Object.fromEntries(TOOLS.map(({ shortcut, key }) => [shortcut, () => this.choose(key)])),
      },
      {
        label: "D, Delete",
        what: "duplicate or remove the selected object",
        keys: { d: () => this.duplicateSelected(), Delete: remove, Backspace: remove },
      },
      {
        label: "Ctrl + Z, Ctrl + Y",
        what: "undo, redo",
        keys: { "ctrl+z": undo, "ctrl+y": redo, "ctrl+shift+z": redo },
      },
      { label: "Esc", what: "stop placing", keys: { Escape: () => this.choose("select") } },
    ];
  }

  // Python's selection counts when the map is new and when Python gives a new order; else the map's own does.
  /** @type {(data: EditData) => void} */
  #followSelection({ selected, select }) {
    const order = select?.seq ?? 0;
    if (this.order === undefined) this.selected = selected;
    else if (order !== this.order) this.selected = select;
    this.order = order;
  }

  /** @type {(tool: Tool) => void} */
  choose(tool) {
    this.tool = tool;
    this.firstEnd = null;
    this.toolbar.show(tool);
    this.cluster.show(tool === "cluster");
    this.#showCard();
    this.#say(TOOLS.find((entry) => entry.key === tool)?.hint ?? "");
    this.render();
  }

  render() {
    const { session } = this;
    Object.assign(session.main.dataset, {
      things: this.things.length,
      pending: this.pending.length,
      acknowledged: this.acknowledged,
      selected: this.selected?.id ?? "",
      surface: this.surface.shown,
      live: this.live.state,
      edit: this.live.asked?.number ?? "",
      problems: this.things.filter((thing) => thing.problem).length,
    });
    const state = {
      things: this.things,
      passes: this.passes,
      selected: this.selected,
      firstEnd: this.firstEnd,
      suggestion: this.suggestion,
    };
    session.draw(
      [
        ...this.surface.layers(session.city),
        ...this.live.layers(session.city, session.theme),
        ...editorLayers(session.city, session.theme, state),
      ],
      editorMarkers(state),
    );
  }

  objects() {
    return this.things.map((thing) => ({
      name: objectName(thing),
      pixel: this.session.stage.frame.pixelOf(markerPlace(thing.position, thing.lobe)),
      selected: thing === this.selected,
      choose: () => this.#choose(thing),
    }));
  }

  get cursor() {
    return this.hovering ? "pointer" : this.tool === "select" ? "grab" : "crosshair";
  }

  undo() {
    this.#send({ type: "undo" });
  }

  redo() {
    this.#send({ type: "redo" });
  }

  deleteSelected() {
    if (this.selected) this.#delete(this.selected);
  }

  duplicateSelected() {
    if (this.selected) this.#send({ type: "duplicate", kind: this.selected.kind, id: this.selected.id });
  }

  /** @type {(count: number) => void} */
  placeCrowd(count) {
    this.#send({ type: "place", kind: "crowd", count });
    this.#say(`${count} ground users, after the daytime weight of the neighbourhoods`);
  }

  #rebuild() {
    this.things = this.pending.reduce((things, edit) => applyEdit(things, edit, this.rules), this.truth);
    const { selected } = this;
    if (selected) this.selected = this.things.find((thing) => sameThing(thing, selected)) ?? null;
    this.#showCard();
    this.render();
  }

  #showCard() {
    const { selected } = this;
    this.toolbar.showSelection(this.tool !== "cluster" && selected && "position" in selected ? selected : null);
  }

  // The whole queue travels each time: two quick clicks may reach the server as one message.
  /** @type {(edit: Edit) => void} */
  #send(edit) {
    const seq = Math.max(this.acknowledged, this.pending.at(-1)?.seq ?? 0) + 1;
    this.pending.push({ seq, ...edit });
    this.#rebuild();
    this.session.component.setStateValue("edits", this.pending);
  }

  /** @type {(event: PointerEvent) => [number, number]} */
  #pixel(event) {
    const box = this.session.stage.node.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  }

  /** @type {(event: Event) => boolean} */
  #isOnMap(event) {
    return event.target instanceof Element && event.target.closest(".stage") !== null;
  }

  /** @type {(event: PointerEvent) => void} */
  #down(event) {
    if (!this.#isOnMap(event) || event.button !== 0 || event.ctrlKey || event.metaKey) return;
    this.session.box.focus({ preventScroll: true });
    this.downAt = this.#pixel(event);
    const thing = this.#thingAt(this.downAt);
    if (!thing || this.tool === "remove") return;
    this.dragged = { thing };
    this.session.stage.node.setPointerCapture?.(event.pointerId);
    event.stopPropagation(); // or the camera would move along
  }

  /** @type {(event: PointerEvent) => void} */
  #move(event) {
    if (!this.dragged) {
      if (this.#isOnMap(event) && event.buttons === 0) this.#hoverAt(this.#pixel(event));
      return;
    }
    event.stopPropagation();
    const pixel = this.#pixel(event);
    if (!this.dragged.place && distance(pixel, this.downAt ?? pixel) < STILL_PX) return;
    const place = this.#placeAt(pixel, this.dragged.thing.kind);
    if (!place) return;
    this.dragged.place = place;
    /** @type {Edit} */
    const edit = { type: "move", kind: this.dragged.thing.kind, id: this.dragged.thing.id, ...place };
    this.things = applyEdit(this.things, edit, this.rules);
    this.#say(describePlace(place, this.dragged.thing.kind, this.rules));
    this.render();
  }

  /** @type {(event: PointerEvent) => void} */
  #up(event) {
    const from = this.downAt;
    const dragged = this.dragged;
    this.downAt = this.dragged = null;
    if (!from) return;
    if (dragged) event.stopPropagation();
    if (dragged?.place)
      return this.#send({ type: "move", kind: dragged.thing.kind, id: dragged.thing.id, ...dragged.place });
    const pixel = this.#pixel(event);
    if (distance(pixel, from) < STILL_PX) this.#click(pixel, dragged?.thing ?? this.#thingAt(pixel));
  }

  #drop() {
    this.downAt = this.dragged = null;
    this.#rebuild();
  }

  /** @type {(pixel: Pixel, thing: Thing | null) => void} */
  #click(pixel, thing) {
    if (thing) return this.#choose(thing);
    if (this.tool === "select" || this.tool === "remove") return this.#select(null);
    const place = this.#placeAt(pixel, this.tool);
    if (!place) return this.#say(this.refusal);
    if (this.tool === "aerial_user") return this.#placeAerialUser(place);
    if (this.tool === "cluster") this.#send({ type: "place", kind: "cluster", ...place, ...this.cluster.values() });
    else this.#send({ type: "place", kind: this.tool, ...place });
    this.#say(`Placed: ${describePlace(place, this.tool, this.rules)}`);
  }

  /** @type {(place: Place) => void} */
  #placeAerialUser(place) {
    if (!this.firstEnd) {
      this.firstEnd = place;
      this.#say("Now click where this aerial user flies to.");
      return this.render();
    }
    const start = this.firstEnd;
    this.firstEnd = null;
    this.#send({
      type: "place",
      kind: "aerial_user",
      ...start,
      to_east_m: place.east_m,
      to_north_m: place.north_m,
      to_surface_m: place.surface_m,
    });
    this.#say("Placed an aerial user with start and destination.");
  }

  // by the keyboard: what a click on it does
  /** @type {(thing: Thing) => void} */
  #choose(thing) {
    if (this.tool === "remove") this.#delete(thing);
    else this.#select(thing);
  }

  /** @type {(thing: Thing | null) => void} */
  #select(thing) {
    if (thing?.id === NOT_YET) return;
    this.selected = thing;
    this.#showCard();
    this.render();
    this.session.component.setStateValue("selected", thing ? { kind: thing.kind, id: thing.id } : null);
  }

  /** @type {(thing: ThingName) => void} */
  #delete(thing) {
    this.selected = null;
    this.#send({ type: "delete", kind: thing.kind, id: thing.id });
    this.#say(`Deleted ${thing.id}. Undo brings it back.`);
  }

  /** @type {(pixel: Pixel) => Thing | null} */
  #thingAt(pixel) {
    const { stage } = this.session;
    if (!stage.viewport()) return null;
    const marked = this.things.map((thing) => ({ thing, position: markerPlace(thing.position, thing.lobe) }));
    return nearestThing(stage.frame, marked, pixel)?.thing ?? null;
  }

  // where a click lands, or null with the reason in `refusal`
  /** @type {(pixel: Pixel, kind: string) => Place | null} */
  #placeAt(pixel, kind) {
    const { stage, index, city } = this.session;
    if (!stage.viewport()) return null;
    const place = index.surfaceUnder(stage.frame, pixel);
    const half = city.meta.size_m / 2;
    this.refusal = "That is outside the area: click inside its border.";
    if (Math.max(Math.abs(place.east_m), Math.abs(place.north_m)) > half) return null;
    this.refusal = "Nobody is indoors there: click a building.";
    if (kind === "indoor_user") return place.surface_m > 0 ? place : null;
    this.refusal = "Ground users stand in the street: click beside the building.";
    const isIndoors = this.dragged?.thing.indoors;
    return kind === "ground_user" && !isIndoors && place.surface_m > 0 ? null : place;
  }

  /** @type {(pixel: Pixel) => void} */
  #hoverAt(pixel) {
    const thing = this.#thingAt(pixel);
    this.hovering = Boolean(thing);
    if (thing) return this.#say(describeThing(thing));
    if (this.tool === "select" || this.tool === "remove") return this.#say("");
    const place = this.#placeAt(pixel, this.tool);
    this.#say(place ? describePlace(place, this.tool, this.rules) : this.refusal);
  }

  /** @type {(text: string) => void} */
  #say(text) {
    if (this.readout.textContent !== text) this.readout.textContent = text ?? "";
  }
}

/** @type {(a: Pixel, b: Pixel) => number} */
function distance(a, b) {
  return Math.hypot(a[0] - b[0], a[1] - b[1]);
}

/** @type {(one: ThingName, other: ThingName) => boolean} */
function sameThing(one, other) {
  return one.id === other.id && one.kind === other.kind;
}

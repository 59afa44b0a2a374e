// What everything that plays on a map has alike: one playhead with its bar, keys and clicks on the map.
import { KeyMap } from "./keymap.js";
import { Player } from "./player.js";
import { Playhead } from "./playhead.js";
import { ScriptCost } from "./pace.js";

/** @import { Mounted } from "./mounted.js" */

const STILL_PX = 5; // a pointer that moves further drags the map

/** @template {Mounted} Session */
export class Playing {
  stepLength = 1; // of a slot, in the playhead's unit

  // `words` of the help: {play, clicks, more}
  /**
   * @param {Session} session
   * @param {{ play: string, clicks: HelpRow[], more: HelpRow[] }} words
   */
  constructor(session, words) {
    this.session = session;
    this.words = words;
    this.playhead = new Playhead(session.stage, this);
    this.cost = new ScriptCost();
    this.player = new Player(this.playhead, (slots) => this.step(slots));
    this.listeners = new AbortController();
    const { signal } = this.listeners;
    this.keys = new KeyMap(this.#keyRows());
    this.keys.listen(session.main, { signal });
    this.#listenForClicks(signal);
  }

  // What a subclass says: whether there is something to play, how a moment is drawn, its sentence, and what clicks and
  // keys do beyond the playhead's own.
  get ready() {
    return false;
  }

  draw() {}

  sentence() {
    return "";
  }

  /** @param {number} _step */
  nextUser(_step) {}

  /** @param {string} _preset */
  look(_preset) {}

  /** @param {Pixel} _pixel */
  clicked(_pixel) {}

  // keys beyond those that all have alike; asked before the subclass is whole
  /** @type {() => KeyRow[]} */
  moreKeys() {
    return [];
  }

  /** @type {() => KeyRow} */
  cameraKeys() {
    return {
      label: "1 2 3 4",
      what: "camera: overview, follow, street, top",
      keys: {
        1: () => this.look("overview"),
        2: () => this.look("follow"),
        3: () => this.look("street"),
        4: () => this.look("top"),
      },
    };
  }

  leave() {
    this.playhead.leave();
    this.listeners.abort();
  }

  get time() {
    return this.playhead.time;
  }

  get playing() {
    return this.playhead.playing;
  }

  /** @type {(time: number) => void} */
  seek(time) {
    this.playhead.seek(time);
  }

  /** @type {(slots: number) => void} */
  step(slots) {
    this.playhead.step(slots, this.stepLength);
    this.player.announce(this.sentence());
  }

  // called by the playhead when it starts or stops
  changed() {
    this.player.showPlaying(this.playing);
    if (!this.playing) this.player.announce(this.sentence());
    this.session.main.dataset.playing = this.playing ? "1" : "0";
  }

  // called by the playhead with every new time
  moved() {
    this.render();
  }

  render() {
    if (!this.ready) return;
    const started = performance.now();
    this.draw();
    this.session.main.dataset.time = this.time.toFixed(2);
    this.cost.add(performance.now() - started, this.session.main);
  }

  /** @type {() => KeyRow[]} */
  #keyRows() {
    const { playhead } = this;
    /** @type {(action: () => unknown) => () => unknown} */
    const bound = (action) => () => (this.ready ? action() : false);
    /** @type {(keys: Record<string, () => unknown>) => Record<string, () => unknown>} */
    const guarded = (keys) => Object.fromEntries(Object.entries(keys).map(([key, action]) => [key, bound(action)]));
    return [
      { label: "space", what: this.words.play, keys: { " ": bound(() => playhead.toggle()) } },
      {
        label: "← →",
        what: "one slot back or on",
        keys: { ArrowLeft: bound(() => this.step(-1)), ArrowRight: bound(() => this.step(1)) },
      },
      {
        label: "Home, End",
        what: "start or end",
        keys: { Home: bound(() => this.seek(0)), End: bound(() => this.seek(playhead.end)) },
      },
      ...this.words.clicks.map(([label, what]) => ({ label, what })),
      {
        label: "N, P",
        what: "next or previous user",
        keys: { n: bound(() => this.nextUser(1)), p: bound(() => this.nextUser(-1)) },
      },
      ...[this.cameraKeys(), ...this.moreKeys()].map((row) => ({ ...row, keys: guarded(row.keys ?? {}) })),
      ...this.words.more.map(([label, what]) => ({ label, what })),
    ];
  }

  /** @type {(signal: AbortSignal) => void} */
  #listenForClicks(signal) {
    const { box } = this.session;
    /** @type {Pixel | null} */
    let downAt = null;
    box.addEventListener("pointerdown", (event) => (downAt = [event.clientX, event.clientY]), {
      capture: true,
      signal,
    });
    box.addEventListener(
      "pointerup",
      (event) => {
        if (!downAt || !this.ready || !(event.target instanceof Element) || !event.target.closest(".stage")) return;
        if (Math.hypot(event.clientX - downAt[0], event.clientY - downAt[1]) > STILL_PX) return;
        const corner = this.session.stage.node.getBoundingClientRect();
        box.focus({ preventScroll: true });
        this.clicked([event.clientX - corner.left, event.clientY - corner.top]);
      },
      { capture: true, signal },
    );
  }
}

// The story: captioned views that play one after the other, full screen, each with its camera and its time. Everything
// moves in the browser's own frames; a new view is only sent to Python to be kept.
import { canDraw } from "./graphics.js";
import { Playhead } from "./playhead.js";
import { StoryScreen } from "./story_screen.js";
import { element, icon, wantsStillness } from "./dom.js";
import { cameraOf, storyCamera } from "./story_camera.js";
import { FLY_S, viewLength, viewMoment } from "./story_time.js";
import { later } from "./later.js";

/**
 * @import { Replay } from "./replay.js"
 * @import { Flight } from "./flight.js"
 * @import { IconName } from "./dom.js"
 */

const PLAYED_SLOTS_S = 4; // a view that is added while the replay plays goes on for this many seconds

export class Story {
  /** @type {Flight} */
  flight = later();
  /** @type {StoryView[]} */
  views = [];
  /** @type {boolean} */
  begun = false;
  /** @type {boolean} */
  startsSoon = false;
  /** @type {{ view: CameraView, time: number, selected: number | null, compared: number[] }} */
  before = later();
  /** @type {CameraView} */
  target = later();
  /** @type {{ user: number, longitude: number, latitude: number } | null} */
  held = null;

  /** @param {Replay} replay */
  constructor(replay) {
    this.replay = replay;
    this.views = [];
    this.index = 0;
    this.playhead = new Playhead(replay.session.stage, this); // seconds since the view began
    this.playhead.loops = false;
    this.present = textButton("play", "Play the story", () => this.start(), { "data-action": "story" });
    this.add = textButton("plus", "Add this view to the story", () => this.#addView(), { "data-action": "add-view" });
    this.said = element("span", { class: "hint", role: "status" });
    this.node = element("div", { class: "story-bar" }, this.present, this.add, this.said);
    this.screen = new StoryScreen(this);
  }

  // slots per second of a view with speed 1: that of the speed at which its flight begins
  get rate() {
    return this.replay.playhead.rate * this.replay.usualSpeed;
  }

  get playing() {
    return this.playhead.playing;
  }

  get presenting() {
    return this.screen.shown;
  }

  leave() {
    this.stop();
    this.node.remove();
  }

  /** @type {(data: ReplayData, flight: Flight) => void} */
  follow(data, flight) {
    this.flight = flight;
    this.views = data.story ?? [];
    this.add.hidden = !data.story_editable;
    this.present.disabled = !this.views.length;
    this.node.hidden = !canDraw() || (!this.views.length && !data.story_editable); // a story is told by its pictures
    this.said.textContent = data.story_note ?? "";
    this.replay.session.main.dataset.storyViews = String(this.views.length);
    if (this.presenting && this.index >= this.views.length) this.stop();
    if (data.story_starts && !this.begun && this.views.length && !wantsStillness()) this.startsSoon = true;
    this.begun = true;
  }

  // called after each drawn frame: a story that begins by itself waits for the first picture
  painted() {
    if (!this.startsSoon) return;
    this.startsSoon = false;
    setTimeout(() => this.start(), 0);
  }

  async start() {
    const { replay } = this;
    if (this.presenting || !this.views.length || !replay.session.stage.viewport()) return;
    replay.stand();
    this.before = {
      view: replay.session.stage.camera(),
      time: replay.time,
      selected: replay.selected,
      compared: replay.compared,
    };
    replay.camera.letGo();
    await this.screen.open();
    this.show(0);
    this.playhead.play();
  }

  // back to what was on the screen before
  stop() {
    if (!this.presenting) return;
    this.playhead.pause();
    const { replay, before } = this;
    this.screen.close();
    replay.compared = before.compared;
    replay.playhead.time = before.time;
    replay.session.stage.moveCamera(before.view);
    replay.select(before.selected);
    delete replay.session.main.dataset.story;
  }

  /** @type {(index: number) => void} */
  show(index) {
    const { replay } = this;
    this.index = Math.max(0, Math.min(this.views.length - 1, index));
    const view = this.views[this.index];
    Object.assign(this.playhead, { time: 0, end: viewLength(view, this.rate) });
    const user = this.flight.users.indexOf(view.user ?? "");
    replay.selected = user < 0 ? null : user;
    replay.seek(view.start_slot);
    replay.select(replay.selected);
    this.target = cameraOf(view.camera, replay.session.stage);
    this.held = view.follow && user >= 0 ? this.#offset(user) : null;
    replay.session.stage.moveCamera({ ...replay.session.stage.camera(), ...this.target }, FLY_S * 1000);
    this.screen.tell(view, this.index, this.views.length);
    Object.assign(replay.session.main.dataset, { story: String(this.index + 1), storyShown: view.caption });
  }

  toggle() {
    if (!this.playing && this.playhead.time >= this.playhead.end) this.show(0);
    this.playhead.toggle();
  }

  /** @type {(views: number) => void} */
  step(views) {
    this.show(this.index + views);
    this.screen.progress(0);
  }

  // someone drags the map: the story waits
  cameraTaken() {
    this.startsSoon = false;
    if (this.presenting && this.playing) this.playhead.pause();
  }

  // called by the playhead when it starts or stops
  changed() {
    this.screen.showPlaying(this.playing);
    this.replay.session.main.dataset.playing = this.playing ? "1" : "0";
  }

  // called by the playhead with every new time
  moved() {
    const view = this.views[this.index];
    const { time, end } = this.playhead;
    const { slot, turned } = viewMoment(view, this.rate, time);
    this.#moveCamera(view, turned);
    this.replay.seek(slot);
    this.screen.progress(Math.min(1, time / end));
  }

  // called by the playhead at the end of a view -> whether the story goes on
  ended() {
    if (this.index + 1 >= this.views.length) return false;
    this.show(this.index + 1);
    return true;
  }

  // Once the camera has arrived it turns slowly or goes with its user.
  /** @type {(view: StoryView, turned: number) => void} */
  #moveCamera(view, turned) {
    const { stage } = this.replay.session;
    if (stage.cameraBusy() || !stage.viewport()) return;
    const turns = view.turn_deg && !wantsStillness();
    if (!turns && !this.held) return;
    const view3d = { ...stage.camera() };
    if (turns) view3d.bearing = this.target.bearing + view.turn_deg * turned;
    if (this.held) Object.assign(view3d, this.#behind(this.held));
    stage.moveCamera(view3d);
  }

  /** @type {(user: number) => { user: number, longitude: number, latitude: number }} */
  #offset(user) {
    const [longitude, latitude] = this.#place(user);
    return { user, longitude: this.target.longitude - longitude, latitude: this.target.latitude - latitude };
  }

  /** @type {(held: { user: number, longitude: number, latitude: number }) => { longitude: number, latitude: number }} */
  #behind(held) {
    const [longitude, latitude] = this.#place(held.user);
    return { longitude: longitude + held.longitude, latitude: latitude + held.latitude };
  }

  /** @type {(user: number) => [number, number]} */
  #place(user) {
    const [east, north] = this.flight.userPosition(user);
    return this.replay.session.stage.frame.toLngLat(east, north);
  }

  // What is on the screen now: standing still it is a moment, playing it is a stretch of time.
  #addView() {
    const { replay } = this;
    const { stage, component } = replay.session;
    if (!stage.viewport()) return;
    const start = Math.round(replay.time * 100) / 100;
    const stretch = replay.playing ? PLAYED_SLOTS_S * replay.playhead.rate * replay.playhead.speed : 0;
    const view = {
      caption: this.flight.sentence(replay.time),
      start_slot: start,
      end_slot: Math.min(this.flight.slots, Math.round((start + stretch) * 100) / 100),
      speed: Math.max(0.1, Math.min(16, replay.playhead.speed / replay.usualSpeed)),
      duration_s: 6,
      camera: storyCamera(stage),
      user: replay.selected == null ? null : this.flight.users[replay.selected],
      follow: replay.camera.followed != null && replay.camera.followed === replay.selected,
      turn_deg: 0,
    };
    this.said.textContent = "Adding …";
    component.setStateValue("story_view", { number: Date.now(), view });
  }
}

/** @type {(name: IconName, text: string, onclick: () => void, attributes: Attributes) => HTMLButtonElement} */
function textButton(name, text, onclick, attributes) {
  return element("button", { type: "button", class: "story-button", onclick, ...attributes }, icon(name), text);
}

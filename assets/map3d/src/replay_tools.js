// Buttons of the replay: camera presets on the map; link to this view, picture and video below it.
import { presetButtons } from "./replay_camera.js";
import { Capture } from "./capture.js";
import { canDraw } from "./graphics.js";
import { LinkBox } from "./link_box.js";
import { iconButton, setIcon } from "./dom.js";
import { cameraOf } from "./story_camera.js";
import { writeView } from "./view_link.js";

/** @import { Replay } from "./replay.js" */

export class ReplayTools {
  /** @param {Replay} replay */
  constructor(replay) {
    this.replay = replay;
    this.capture = new Capture(replay);
    this.views = presetButtons((key) => replay.look(key));
    this.record = iconButton("record", "Record a video (WebM)", () => this.#toggleRecord(), {
      "data-action": "record",
    });
    this.buttons = [
      iconButton("link", "Link to this view", () => this.box.show(this.#link()), { "data-action": "link" }),
      iconButton("camera", "Save a picture (PNG)", () => this.#picture(), {
        "data-action": "picture",
        hidden: !canDraw(),
      }),
      this.record,
    ];
    this.record.hidden = !Capture.canRecord() || !canDraw();
    this.box = new LinkBox("Address of this view");
    this.node = this.box.node;
  }

  leave() {
    this.capture.stop({ keep: false });
    this.views.remove();
  }

  // the camera, the user and the look of links that the address names
  /** @type {(data: ReplayData) => void} */
  open({ camera, user, links }) {
    const { stage } = this.replay.session;
    if (camera) stage.moveCamera({ ...stage.camera(), ...cameraOf(camera, stage) });
    if (links) this.replay.linkBy(links);
    const known = this.replay.flight.users.indexOf(user ?? "");
    if (known >= 0) this.replay.select(known);
  }

  painted() {
    this.capture.painted();
  }

  // the flight has come to its end
  ended() {
    if (this.capture.recording) this.#stopRecord();
  }

  // In the app the view goes into the address' parameters, in a file behind its #.
  #link() {
    const { data } = this.replay;
    const link = new URL(data.link ?? location.href, location.href);
    if (data.link != null) writeView(link.searchParams, this.replay);
    else link.hash = String(writeView(new URLSearchParams(), this.replay));
    return link.href;
  }

  #picture() {
    this.capture
      .picture()
      .then((name) => this.box.say(`Saved ${name}.`))
      .catch((error) => this.box.say(`No picture: ${error.message}`));
  }

  #toggleRecord() {
    if (this.capture.recording) return this.#stopRecord();
    this.capture.start((name) => this.box.say(`Saved ${name}.`));
    setIcon(this.record, "stop", "Stop and save the video");
    this.record.classList.add("recording");
    this.box.say("Recording until the end of the flight, or until you stop.");
    if (!this.replay.playing) this.replay.playhead.play();
  }

  #stopRecord() {
    this.capture.stop();
    this.record.classList.remove("recording");
    setIcon(this.record, "record", "Record a video (WebM)");
  }
}

// Buttons of the replay: camera presets on the map; link to this view, picture and video below it.
import { PRESETS } from "./replay_camera.js";
import { Capture } from "./capture.js";
import { canDraw } from "./graphics.js";
import { element, iconButton, setIcon } from "./dom.js";
import { cameraOf } from "./story_camera.js";
import { writeView } from "./view_link.js";

export class ReplayTools {
  constructor(replay) {
    this.replay = replay;
    this.capture = new Capture(replay);
    this.views = element(
      "div",
      { class: "corner top-left views", role: "group", "aria-label": "Camera presets" },
      ...PRESETS.map(({ key, text, label }) =>
        element(
          "button",
          {
            type: "button",
            class: "icon text",
            "aria-label": label,
            title: label,
            "data-view": key,
            onclick: () => replay.camera.choose(key),
          },
          text,
        ),
      ),
    );
    this.record = iconButton("record", "Record a video (WebM)", () => this.#toggleRecord(), {
      "data-action": "record",
    });
    this.buttons = [
      iconButton("link", "Link to this view", () => this.#showLink(), { "data-action": "link" }),
      iconButton("camera", "Save a picture (PNG)", () => this.#picture(), {
        "data-action": "picture",
        hidden: !canDraw(),
      }),
      this.record,
    ];
    this.record.hidden = !Capture.canRecord() || !canDraw();
    this.address = element("input", {
      type: "text",
      readonly: true,
      "aria-label": "Address of this view",
      "data-role": "address",
      onfocus: () => this.address.select(),
    });
    this.said = element("span", { role: "status" });
    this.node = element("div", { class: "told", hidden: true }, this.address, this.said);
  }

  leave() {
    this.capture.stop({ keep: false });
    this.views.remove();
  }

  // the camera and the user that the address names
  open({ camera, user }) {
    const { stage } = this.replay.session;
    if (camera) stage.moveCamera({ ...stage.camera(), ...cameraOf(camera, stage) });
    const known = this.replay.flight.users.indexOf(user);
    if (known >= 0) this.replay.select(known);
  }

  painted() {
    this.capture.painted();
  }

  // the flight has come to its end
  ended() {
    if (this.capture.recording) this.#stopRecord();
  }

  async #showLink() {
    this.address.value = this.#link();
    this.#say("", true);
    this.address.focus();
    try {
      await navigator.clipboard.writeText(this.address.value);
      this.#say("Copied.", true);
    } catch {
      this.#say("Copy it from here.", true); // the browser does not let pages write to the clipboard
    }
  }

  // In the app the view goes into the address' parameters, in a file behind its #.
  #link() {
    const { data } = this.replay;
    const link = new URL(data.link ?? location.href, location.href);
    if (data.link != null) writeView(link.searchParams, this.replay);
    else link.hash = writeView(new URLSearchParams(), this.replay);
    return link.href;
  }

  #picture() {
    this.capture
      .picture()
      .then((name) => this.#say(`Saved ${name}.`))
      .catch((error) => this.#say(`No picture: ${error.message}`));
  }

  #toggleRecord() {
    if (this.capture.recording) return this.#stopRecord();
    this.capture.start((name) => this.#say(`Saved ${name}.`));
    setIcon(this.record, "stop", "Stop and save the video");
    this.record.classList.add("recording");
    this.#say("Recording until the end of the flight, or until you stop.");
    if (!this.replay.playing) this.replay.play();
  }

  #stopRecord() {
    this.capture.stop();
    this.record.classList.remove("recording");
    setIcon(this.record, "record", "Record a video (WebM)");
  }

  #say(text, withAddress = false) {
    this.node.hidden = false;
    this.address.hidden = !withAddress;
    this.said.textContent = text;
  }
}

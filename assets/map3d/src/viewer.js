// The map as a picture of a city alone: only the camera moves, nothing can be placed.

/** @import { MapSession } from "./session.js" */

export class Viewer {
  /** @type {Mode} */
  mode = "view";

  /** @param {MapSession} session */
  constructor(session) {
    this.session = session;
  }

  leave() {}

  follow() {
    this.render();
  }

  render() {
    this.session.draw([], []);
  }
}

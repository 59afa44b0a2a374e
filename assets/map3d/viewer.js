// The map as a picture of a city alone: only the camera moves, nothing can be placed.
export class Viewer {
  mode = "view";

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

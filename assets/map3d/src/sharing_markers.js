// The marks of a course of spectrum sharing on the label canvas: base stations with what they send of their power cap,
// satellites with their elevation, the chosen user.

/** @import { Course } from "./course.js" */

export class SharingMarkers {
  /** @type {number} */
  moment = -1;
  /** @type {Marker[]} */
  list = [];
  /** @type {Marker} */
  chosen = { kind: "ground_user", glyph: "person", position: [0, 0, 0], selected: true };

  /** @param {Course} course */
  constructor(course) {
    this.course = course;
    /** @type {Marker[]} */
    this.stations = course.meta.stations.map((_, station) => {
      const sky = course.isSatellite(station);
      return {
        kind: sky ? "ntn" : "tn",
        glyph: sky ? "satellite" : "station",
        position: course.stationPosition(station),
        label: "",
        load: 0,
      };
    });
  }

  /** @type {(selected: number | null) => Marker[]} */
  at(selected) {
    const { course } = this;
    if (this.moment !== course.moment) this.#newMoment();
    this.list.length = 0;
    if (selected != null)
      this.list.push(
        Object.assign(this.chosen, { label: course.users[selected], position: course.userPosition(selected) }),
      );
    for (const marker of this.stations) if (!Number.isNaN(marker.position[0])) this.list.push(marker);
    return this.list;
  }

  #newMoment() {
    const { course } = this;
    this.moment = course.moment;
    this.stations.forEach((marker, station) => {
      const load = course.loadNow(station);
      const satellite = station - course.meta.ground_stations;
      const sky = satellite < 0 ? "" : ` ${course.elevationNow(satellite).toFixed(0)}°`;
      const decided = course.meta.plan !== "undecided";
      marker.load = decided ? load : null;
      marker.muted = decided && load < 1e-3;
      marker.label = `${course.meta.stations[station]}${sky}${decided ? ` · ${Math.round(100 * load)} %` : ""}`;
    });
  }
}

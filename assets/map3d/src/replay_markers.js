// The replay's markers on the label canvas: stations with their load, satellites, aircraft, the chosen user. They are
// made once; positions are live views of the flight, so per frame only directions and texts change.

/**
 * @import { Flight } from "./flight.js"
 * @import { LinkLook } from "./link_looks.js"
 */

import { zoneMarker } from "./zones.js";

const MOST_HOUSES = 150; // in a crowd they would cover one another: a user's card says who is indoors

export class ReplayMarkers {
  /** @type {number | null} */
  slot = null;
  /** @type {(LinkLook | undefined)[] | null} */
  looks = null;
  /** @type {Marker[]} */
  list = [];
  /** @type {Marker} */
  chosen = { kind: "ground_user", glyph: "person", position: [0, 0, 0], selected: true };

  /** @param {Flight} flight */
  constructor(flight) {
    this.flight = flight;
    /** @type {Marker[]} */
    this.stations = flight.meta.stations.map((_, station) => {
      const sky = flight.isSatellite(station);
      return {
        kind: sky ? "satellite" : "ground_station",
        position: sky ? flight.stationPosition(station) : flight.mastMarker(station),
        label: "",
        load: 0,
      };
    });
    const indoors = [...flight.indoors];
    /** @type {Marker[]} what stands still below everything else */
    this.ground = [
      ...flight.zones.map(zoneMarker),
      ...(indoors.length > MOST_HOUSES ? [] : indoors).map((user) => houseMarker(flight.userPosition(user))),
    ];
    /** @type {(Marker & { heading: Float32Array })[]} */
    this.aircraft = flight.aerialUsers.map((name, user) => ({
      kind: "aerial_user",
      position: flight.userPosition(user),
      label: name,
      heading: new Float32Array(2),
    }));
    /** @type {Marker[]} where missions end, once they are known of */
    this.ends = flight.missions.map(({ destination }) => ({
      kind: "aerial_user",
      glyph: "destination",
      position: destination,
    }));
  }

  // `looks` where links are drawn by server: its letter stands at a station and at whom it serves
  /** @type {(selected: number | null, looks?: (LinkLook | undefined)[] | null) => Marker[]} */
  at(selected, looks = null) {
    const { flight } = this;
    if (this.looks !== looks) Object.assign(this, { looks, slot: null });
    if (this.slot !== flight.slot) this.#newSlot();
    for (let user = 0; user < this.aircraft.length; user++) {
      flight.headingNow(user, this.aircraft[user].heading);
      this.aircraft[user].selected = user === selected;
    }
    this.list.length = 0;
    this.list.push(...this.ground);
    if (selected != null && selected >= flight.aerialUsers.length) this.list.push(this.#chosen(selected));
    for (const marker of this.stations) if (!Number.isNaN(marker.position[0])) this.list.push(marker);
    this.ends.forEach((marker, user) => {
      if (!Number.isNaN(this.aircraft[user].position[0])) this.list.push(marker);
    });
    for (const marker of this.aircraft) if (!Number.isNaN(marker.position[0])) this.list.push(marker);
    return this.list;
  }

  #newSlot() {
    const { flight } = this;
    this.slot = flight.slot;
    this.stations.forEach((marker, station) => {
      const [linked, limit] = [flight.loadNow(station), flight.meta.station_limits[station]];
      const sky = flight.isSatellite(station)
        ? ` ${flight.elevationNow(station - flight.meta.ground_stations).toFixed(0)}°`
        : "";
      marker.badge = this.looks?.[station];
      marker.load = limit ? linked / limit : 0;
      const works = !flight.isSatellite(station) || flight.worksNow(station - flight.meta.ground_stations);
      marker.muted = !works;
      marker.label = `${flight.meta.stations[station]}${sky} · ${works ? `${linked}/${limit}` : "out of service"}`;
    });
    this.aircraft.forEach((marker, user) => (marker.badge = this.looks?.[flight.stationNow(user)]));
  }

  /** @type {(user: number) => Marker} */
  #chosen(user) {
    const { flight } = this;
    const badge = this.looks?.[flight.stationNow(user)];
    return Object.assign(this.chosen, { label: flight.users[user], position: flight.userPosition(user), badge });
  }
}

// around the dot of a user indoors, which tells whether it is served
/** @type {(position: Point) => Marker} */
function houseMarker(position) {
  return { kind: "ground_user", glyph: "house", position };
}

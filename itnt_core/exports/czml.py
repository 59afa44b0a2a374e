"""Flights, satellites and links over time as CZML, which Cesium plays: written by czml3.

CZML measures heights above the ellipsoid; the ground of a scenario is flat and lies on it here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from itnt_core.arrays import Array
from itnt_core.mapdata import link_frame, located
from itnt_core.scenario import Scenario, ground_track_m, positions_m
from itnt_core.sky import geodetic, look_angles

from .asking import ExportOptions, ExportSource

if TYPE_CHECKING:
    from czml3 import Packet

# RGBA of Okabe and Ito 2008: readable for colour-blind eyes
COLOURS = {
    "aerial user": [230, 159, 0, 255],
    "ground user": [0, 158, 115, 255],
    "ground base station": [0, 114, 178, 255],
    "satellite": [213, 94, 0, 255],
    "link": [86, 180, 233, 200],
    "no-fly zone": [190, 30, 60, 70],
}
DEGREE = 5  # of the polynomial between a satellite's samples


class Czml:
    """Every object with its positions, users that fly and satellites sampled at the waypoints; links while they last.

    Packets are called as users, stations and no-fly zones are, links ``link USER STATION``. Moments are in UTC.
    """

    title = "CZML"
    suffix = ".czml"
    media_type = "application/json"
    takes: frozenset[str] = frozenset()
    shows_answer = True

    def write(self, source: ExportSource, options: ExportOptions) -> bytes:
        """Return a CZML document with its clock."""
        from czml3 import Document, Packet
        from czml3.properties import Clock
        from czml3.types import TimeInterval

        del options
        scenario = source.scenario
        window = TimeInterval(start=_text(scenario.time.start), end=_text(scenario.time.moments()[-1]))
        clock = Clock(interval=window, currentTime=_text(scenario.time.start), multiplier=1.0)
        head = Packet(id="document", name=scenario.name, version="1.0", clock=clock)
        packets = [head, *_standing(scenario), *_zones(scenario), *_moving(source), *_links(source)]
        return str(Document(packets=packets).dumps()).encode()


def _standing(scenario: Scenario) -> Iterator[Packet]:
    """Yield what stays where it is: ground users and base stations."""
    kinds: dict[str, Sequence[Any]] = {
        "ground user": scenario.ground_users,
        "ground base station": scenario.ground_stations,
    }
    for kind, things in kinds.items():
        for thing, place in zip(things, located(positions_m(things), scenario.area), strict=True):
            if kind == "ground user" and thing.moves:
                continue
            yield _packet(thing.id, thing.name, kind, _position(place.tolist()))


def _zones(scenario: Scenario) -> Iterator[Packet]:
    """Yield no-fly zones as prisms from floor to ceiling."""
    from czml3 import Packet
    from czml3.properties import Color, Material, Polygon, PositionList, SolidColorMaterial

    colour = Material(solidColor=SolidColorMaterial(color=Color(rgba=COLOURS["no-fly zone"])))
    for zone in scenario.no_fly_zones:
        corners_m = np.array([(east_m, north_m, zone.floor_m) for east_m, north_m in zone.corners_m])
        places = PositionList(cartographicDegrees=located(corners_m, scenario.area).ravel().tolist())
        prism = Polygon(positions=places, height=zone.floor_m, extrudedHeight=zone.ceiling_m, material=colour)
        yield Packet(id=zone.id, name=zone.name or zone.id, description="no-fly zone", polygon=prism)


def _moving(source: ExportSource) -> Iterator[Packet]:
    """Yield what moves, sampled at the start and the end of every slot."""
    scenario = source.scenario
    times_s = scenario.time.slot_s * np.arange(scenario.time.slots + 1)
    flights_m = source.answer.dataset["position_m"].values  # (waypoints, aerial users, 3)
    for user, places_m in zip(scenario.aerial_users, np.moveaxis(flights_m, 1, 0), strict=True):
        samples = _samples(times_s, located(places_m, scenario.area))
        yield _packet(user.id, user.name, "aerial user", _position(samples, scenario.time.start, "LINEAR", 1))
    ways_m = np.moveaxis(ground_track_m(scenario, times_s), 1, 0)  # (ground users, waypoints, 3)
    for person, way_m in zip(scenario.ground_users, ways_m, strict=True):
        if person.moves:
            samples = _samples(times_s, located(way_m, scenario.area))
            position = _position(samples, scenario.time.start, "LINEAR", 1)
            yield _packet(person.id, person.name, "ground user", position)
    sky = look_angles(scenario, times_s)
    places = np.moveaxis(geodetic(sky.position_m, scenario.area), 1, 0)  # (satellites, waypoints, 3)
    degree = min(DEGREE, len(times_s) - 1)
    for name, track in zip(sky.station_ids, places, strict=True):
        position = _position(_samples(times_s, track), scenario.time.start, "LAGRANGE", degree)
        yield _packet(name, "", "satellite", position)


def _links(source: ExportSource) -> Iterator[Packet]:
    """Yield a line for each pair of user and station, shown in the slots in which they are linked."""
    from czml3 import Packet
    from czml3.enums import ArcTypes
    from czml3.properties import Color, Polyline, PolylineMaterial, PositionList, SolidColorMaterial
    from czml3.types import TimeInterval, TimeIntervalCollection

    links = link_frame(source.answer)
    slot = timedelta(seconds=source.scenario.time.slot_s)
    pairs = sorted(zip(links.index, links.station, links.slot, strict=True))
    for (user, station), rows in groupby(pairs, key=itemgetter(0, 1)):
        shown = [
            TimeInterval(start=_text(first), end=_text(last))
            for first, last in _spans([row[2] for row in rows], source.scenario.time.start, slot)
        ]
        colour = PolylineMaterial(solidColor=SolidColorMaterial(color=Color(rgba=COLOURS["link"])))
        ends = PositionList(references=[f"{user}#position", f"{station}#position"])
        line = Polyline(positions=ends, arcType=ArcTypes.NONE, width=2, material=colour)
        yield Packet(id=f"link {user} {station}", availability=TimeIntervalCollection(values=shown), polyline=line)


def _spans(slots: list[int], start: datetime, slot: timedelta) -> Iterator[tuple[datetime, datetime]]:
    """Yield first and last moment of each run of consecutive slots."""
    for _, run in groupby(enumerate(slots), key=lambda pair: pair[1] - pair[0]):
        numbers = [number for _, number in run]
        yield start + (numbers[0] - 1) * slot, start + numbers[-1] * slot


def _packet(name: str, title: str, kind: str, position: Any) -> Packet:
    from czml3 import Packet
    from czml3.properties import Color, Point

    point = Point(pixelSize=9 if kind.startswith("ground b") else 7, color=Color(rgba=COLOURS[kind]))
    return Packet(id=name, name=title or name, description=kind, position=position, point=point)


def _position(values: list[float], start: datetime | None = None, algorithm: str = "", degree: int = 1) -> Any:
    from czml3.properties import Position

    between: dict[str, Any] = {}
    if start is not None:
        between = {"epoch": _text(start), "interpolationAlgorithm": algorithm, "interpolationDegree": degree}
    return Position(cartographicDegrees=values, **between)


def _samples(times_s: NDArray[Any], places: Array) -> list[float]:
    """Return time, longitude, latitude and height of every sample in one row."""
    return [float(value) for value in np.column_stack([times_s, places]).ravel()]


def _text(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"

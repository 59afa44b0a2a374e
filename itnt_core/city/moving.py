"""A scenario moved onto another city: the area follows the city, everything in it finds a place there."""

from __future__ import annotations

import numpy as np

from itnt_core.city.model import City
from itnt_core.city.people import free_ground_near
from itnt_core.scenario import (
    AerialUser,
    Area,
    GroundStation,
    GroundUser,
    NoFlyZone,
    Point,
    Scenario,
    flight_height_m,
    station_height_m,
)
from itnt_core.scenario import City as CitySpec

MOST_NAME = 80  # characters of a scenario's name


def on_city(scenario: Scenario, city: City, kind: str = "imported") -> Scenario:
    """Return the scenario with its area set to a city's square and its objects placed on that city.

    On an imported city it gets that city's name. Positions shrink with the area (never grow), base stations stand on
    the roofs under them, ground users step onto the nearest free ground, missions rise above the roofs at their ends.
    What then breaks a rule of the scenario, such as a mission too short of time, is left for `check_scenario` to tell.
    """
    shrink = min(1.0, city.size_m / scenario.area.size_m)
    spec = CitySpec(kind="imported", content_hash=city.content_hash()) if kind == "imported" else CitySpec(kind=kind)  # type: ignore[arg-type]
    is_renamed = "imported" in (kind, scenario.city.kind)
    return scenario.model_copy(
        update={
            "name": city.name[:MOST_NAME] if is_renamed else scenario.name,
            "area": Area(lon=city.lon, lat=city.lat, size_m=city.size_m),
            "city": spec,
            "ground_stations": tuple(_station(one, city, shrink) for one in scenario.ground_stations),
            "ground_users": _users(scenario.ground_users, city, shrink),
            "aerial_users": tuple(_flyer(one, city, shrink) for one in scenario.aerial_users),
            "no_fly_zones": tuple(_shrunk(one, shrink) for one in scenario.no_fly_zones),
        }
    )


def _station(station: GroundStation, city: City, shrink: float) -> GroundStation:
    east, north = round(station.east_m * shrink, 1), round(station.north_m * shrink, 1)
    height = min(station_height_m(_roof(city, east, north)), 500.0)
    return station.model_copy(update={"east_m": east, "north_m": north, "height_m": height, "name": ""})


def _shrunk(zone: NoFlyZone, shrink: float) -> NoFlyZone:
    corners = tuple((round(east * shrink, 1), round(north * shrink, 1)) for east, north in zone.corners_m)
    return zone.model_copy(update={"corners_m": corners})


def _users(users: tuple[GroundUser, ...], city: City, shrink: float) -> tuple[GroundUser, ...]:
    places = np.round(np.array([(one.east_m, one.north_m) for one in users]).reshape(-1, 2) * shrink, 1)
    free = city.is_free_ground(places) if len(places) else np.zeros(0, dtype=bool)
    moved = []
    for user, (east, north), is_free in zip(users, places.tolist(), free, strict=True):
        place = (east, north) if is_free else free_ground_near(city, east, north)
        # Buildings and streets are others: whoever was in one, or on its way along some, stands in the street.
        elsewhere = {"indoor": "no", "floor": 1, "depth_m": None, "path": ()}
        moved.append(user.model_copy(update={"east_m": place[0], "north_m": place[1], **elsewhere}))
    return tuple(moved)


def _flyer(user: AerialUser, city: City, shrink: float) -> AerialUser:
    def point(end: Point) -> Point:
        east, north = round(end.east_m * shrink, 1), round(end.north_m * shrink, 1)
        roof = _roof(city, east, north)
        height = max(end.height_m, flight_height_m(roof)) if roof + 5.0 > end.height_m else end.height_m
        return Point(east_m=east, north_m=north, height_m=min(height, user.max_height_m))

    return user.model_copy(update={"start": point(user.start), "destination": point(user.destination)})


def _roof(city: City, east_m: float, north_m: float) -> float:
    return float(city.roof_m(np.array([[east_m, north_m]]))[0])

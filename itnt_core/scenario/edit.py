"""Editing: small pure steps from one scenario to the next, as the map and the tables ask for them.

A step only has to keep every field valid; whether the whole scenario makes sense is :func:`check_scenario`'s question,
so a half-finished edit is allowed and its problems are shown.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

from pydantic import ValidationError

from itnt_core.errors import ItntError

from .airspace import NoFlyZone
from .antennas import AntennaPattern
from .ids import free_id, free_ids
from .model import GroundStation, Scenario
from .problems import shown
from .sites import sector_antennas, site_of
from .users import AerialUser, GroundUser, Point

# Of GBS antennas that are placed anew: over the roof below, and at least over the ground.
ANTENNA_ABOVE_ROOF_M, LEAST_ANTENNA_M = 3.0, 25.0
FLIGHT_HEIGHT_M = 100.0
ROOF_CLEARANCE_M = 20.0
GROUND_USER_HEIGHT_M = 1.5
ZONE_HALF_M = 100.0  # half the side of the square that a new no-fly zone is

EDITABLE = {
    "ground_station": "ground_stations",
    "ground_user": "ground_users",
    "aerial_start": "aerial_users",
    "aerial_destination": "aerial_users",
    "no_fly_zone": "no_fly_zones",
}
Editable = GroundStation | AerialUser | GroundUser | NoFlyZone


class EditError(ItntError, ValueError):
    """An edit that cannot be done; its text is one sentence for a person."""


def apply_edit(scenario: Scenario, event: Mapping[str, Any]) -> Scenario:
    """Return the scenario after one edit of the map; raise :class:`EditError` when it makes no sense.

    ``event["type"]`` is ``place``, ``move``, ``duplicate`` or ``delete`` and ``event["kind"]`` a key of ``EDITABLE``
    (``aerial_user`` when one is placed, ``ground_users`` with a list of ``points`` when many are, ``sector_site`` for
    three sectors on one mast). Positions are ``east_m``, ``north_m`` and ``surface_m``, the roof or ground height
    there.
    """
    step = _STEPS.get((str(event.get("type")), str(event.get("kind"))))
    if step is None:
        raise EditError(f"The map asked for an unknown edit: {event.get('type')!s:.40} {event.get('kind')!s:.40}.")
    try:
        return step(scenario, event)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        raise EditError(f"This edit would make {field} invalid: {first['msg']}.") from error


def place_ground_station(scenario: Scenario, event: Mapping[str, Any]) -> Scenario:
    """Add a GBS, its antenna high over the ground, or a little over a roof that is higher."""
    east_m, north_m, surface_m = _position(event)
    station = GroundStation(
        id=free_id(scenario, "ground_stations"),
        east_m=east_m,
        north_m=north_m,
        height_m=station_height_m(surface_m),
    )
    return with_added(scenario, "ground_stations", (station,))


def place_sector_site(scenario: Scenario, event: Mapping[str, Any]) -> Scenario:
    """Add a site of three sectors: as many GBSs on one mast, which look to different sides, the first one north."""
    east_m, north_m, surface_m = _position(event)
    free = free_ids("ground_stations", scenario.taken_ids("ground_stations"))
    height_m = station_height_m(surface_m)
    sectors = [
        GroundStation(id=next(free), east_m=east_m, north_m=north_m, height_m=height_m, antenna=antenna)
        for antenna in sector_antennas()
    ]
    return with_added(scenario, "ground_stations", sectors)


def place_ground_user(scenario: Scenario, event: Mapping[str, Any]) -> Scenario:
    """Add a ground user in the street."""
    east_m, north_m, _ = _position(event)
    user = GroundUser(
        id=free_id(scenario, "ground_users"), east_m=east_m, north_m=north_m, height_m=GROUND_USER_HEIGHT_M
    )
    return with_added(scenario, "ground_users", (user,))


def place_indoor_user(scenario: Scenario, event: Mapping[str, Any]) -> Scenario:
    """Add a ground user on the ground floor of the building that was clicked; EditError beside one."""
    east_m, north_m, surface_m = _position(event)
    if surface_m <= 0.0:
        raise EditError("There is no building at this place: click a roof, or place the user in the street.")
    user = GroundUser(id=free_id(scenario, "ground_users"), east_m=east_m, north_m=north_m, indoor="low_loss")
    return with_added(scenario, "ground_users", (user,))


def place_ground_users(scenario: Scenario, event: Mapping[str, Any]) -> Scenario:
    """Add a ground user at each of the ``points``, pairs of east and north."""
    users: list[GroundUser] = []
    free = free_ids("ground_users", scenario.taken_ids("ground_users"))
    for east_m, north_m in event.get("points") or ():
        users.append(GroundUser(id=next(free), east_m=east_m, north_m=north_m, height_m=GROUND_USER_HEIGHT_M))
    return with_added(scenario, "ground_users", users)


def place_aerial_user(scenario: Scenario, event: Mapping[str, Any]) -> Scenario:
    """Add an aerial user with its start and its destination (the ``to_...`` numbers of the event)."""
    destination = {name: event.get(f"to_{name}") for name in ("east_m", "north_m", "surface_m")}
    user = AerialUser(
        id=free_id(scenario, "aerial_users"), start=_air_point(event), destination=_air_point(destination)
    )
    return with_added(scenario, "aerial_users", (user,))


def place_no_fly_zone(scenario: Scenario, event: Mapping[str, Any]) -> Scenario:
    """Add a square no-fly zone around a place, from the ground up."""
    east_m, north_m, _ = _position(event)
    corners = ((-1.0, -1.0), (1.0, -1.0), (1.0, 1.0), (-1.0, 1.0))
    square = tuple((east_m + ZONE_HALF_M * east, north_m + ZONE_HALF_M * north) for east, north in corners)
    zone = NoFlyZone(id=free_id(scenario, "no_fly_zones"), corners_m=square)
    return with_added(scenario, "no_fly_zones", (zone,))


def move_no_fly_zone(scenario: Scenario, event: Mapping[str, Any]) -> Scenario:
    """Move a no-fly zone so that its middle lies at a place; its shape and heights stay."""
    east_m, north_m, _ = _position(event)
    zone = find_object(scenario, "no_fly_zone", str(event.get("id")))
    corners = {"corners_m": zone.moved_to(east_m, north_m).corners_m} if isinstance(zone, NoFlyZone) else {}
    return _changed(scenario, "no_fly_zones", event, corners)


def move_ground_station(scenario: Scenario, event: Mapping[str, Any]) -> Scenario:
    """Move a GBS and the other sectors on its mast; the height follows the roof or ground it now stands on."""
    east_m, north_m, surface_m = _position(event)
    change = {"east_m": east_m, "north_m": north_m, "height_m": station_height_m(surface_m)}
    meant = next((one for one in scenario.ground_stations if one.id == event.get("id")), None)
    if meant is None:
        return _changed(scenario, "ground_stations", event, change)
    site = {one.id for one in site_of(scenario.ground_stations, meant)}
    moved = tuple(_rebuilt(one, change) if one.id in site else one for one in scenario.ground_stations)
    return scenario.model_copy(update={"ground_stations": moved})


def move_ground_user(scenario: Scenario, event: Mapping[str, Any]) -> Scenario:
    """Move a ground user, who keeps their height; a path comes along."""
    east_m, north_m, _ = _position(event)
    user = find_object(scenario, "ground_user", str(event.get("id")))
    return _changed(scenario, "ground_users", event, user_place(user, east_m, north_m))


def move_aerial_start(scenario: Scenario, event: Mapping[str, Any]) -> Scenario:
    """Move the start of an aerial user's mission."""
    return _changed(scenario, "aerial_users", event, {"start": _air_point(event)})


def move_aerial_destination(scenario: Scenario, event: Mapping[str, Any]) -> Scenario:
    """Move the destination of an aerial user's mission."""
    return _changed(scenario, "aerial_users", event, {"destination": _air_point(event)})


def delete_object(scenario: Scenario, event: Mapping[str, Any]) -> Scenario:
    """Remove one object; an aerial user goes with its start and its destination."""
    group = EDITABLE[str(event["kind"])]
    members = getattr(scenario, group)
    kept = tuple(member for member in members if member.id != event.get("id"))
    if len(kept) == len(members):
        raise EditError(f"There is nothing called '{event.get('id')!s:.60}' to delete.")
    return scenario.model_copy(update={group: kept})


def duplicate_object(scenario: Scenario, event: Mapping[str, Any]) -> Scenario:
    """Add a copy of one object, with a new id, at the position of the event; a mission keeps its shape."""
    kind = str(event["kind"])
    original = find_object(scenario, kind, str(event.get("id")))
    if original is None:
        raise EditError(f"There is nothing called '{event.get('id')!s:.60}' to duplicate.")
    east_m, north_m, surface_m = _position(event)
    if isinstance(original, AerialUser):
        east_m, north_m = east_m - original.start.east_m, north_m - original.start.north_m
        change: dict[str, Any] = {
            end: _shifted(getattr(original, end), east_m, north_m) for end in ("start", "destination")
        }
    elif isinstance(original, NoFlyZone):
        change = {"corners_m": original.moved_to(east_m, north_m).corners_m}
    else:
        change = user_place(original, east_m, north_m)
    if isinstance(original, GroundStation):
        change["height_m"] = max(original.height_m, station_height_m(surface_m))
    group = EDITABLE[kind]
    return with_added(scenario, group, (_rebuilt(original, {**change, "id": free_id(scenario, group)}),))


def change_object(scenario: Scenario, kind: str, identifier: str, values: Mapping[str, Any]) -> Scenario:
    """Return the scenario with fields of one object set (dotted names allowed); EditError when a value is not."""
    original = find_object(scenario, kind, identifier)
    changes: dict[str, Any] = {}
    try:
        for path, value in values.items():
            head, _, inner = path.partition(".")
            if inner and hasattr(original, head):
                changes[head] = _rebuilt(changes.get(head, getattr(original, head)), {inner: value})
            else:
                changes[path] = value
        return _changed(scenario, EDITABLE[kind], {"id": identifier}, changes)
    except ValidationError as error:
        first = error.errors()[0]
        raise EditError(
            f"The {first['loc'][-1]} of '{identifier:.60}' cannot be {shown(first['input'], 40)}: {first['msg']}."
        ) from error


def with_pattern(scenario: Scenario, pattern: AntennaPattern, station_ids: Collection[str] = ()) -> Scenario:
    """Return the scenario with a measured pattern embedded, and GBSs that have it from now on, turned as they were.

    A pattern whose cuts and gain the scenario holds already is not embedded twice; a new one gets an id that is free.
    Raises EditError for a station that is not there, or one pattern too many.
    """
    known = {station.id for station in scenario.ground_stations}
    strange = next((name for name in station_ids if name not in known), None)
    if strange is not None:
        raise EditError(f"There is no ground base station called {shown(strange)}: choose one of the scenario's.")
    cuts = pattern.horizontal_db, pattern.vertical_db, pattern.gain_dbi
    held = (one for one in scenario.antenna_patterns if (one.horizontal_db, one.vertical_db, one.gain_dbi) == cuts)
    own = next(held, None)
    if own is None:
        own = pattern.model_copy(update={"id": free_id(scenario, "antenna_patterns")})
        scenario = with_added(scenario, "antenna_patterns", (own,))
    measured = {"kind": "measured", "pattern": own.id, "gain_dbi": own.gain_dbi}
    stations = tuple(
        _rebuilt(one, {"antenna": _rebuilt(one.antenna, measured)}) if one.id in station_ids else one
        for one in scenario.ground_stations
    )
    return scenario.model_copy(update={"ground_stations": stations})


def find_object(scenario: Scenario, kind: str, identifier: str) -> Editable | None:
    """Return the object that the map calls by this kind and id, if there is one."""
    members: tuple[Editable, ...] = getattr(scenario, EDITABLE.get(kind, ""), ())
    return next((member for member in members if member.id == identifier), None)


def with_added(scenario: Scenario, group: str, members: Iterable[Any]) -> Scenario:
    """Return the scenario with members added to a group; EditError when the group would grow too large."""
    grown = (*getattr(scenario, group), *members)
    limits = (getattr(item, "max_length", None) for item in Scenario.model_fields[group].metadata)
    most = next((limit for limit in limits if limit is not None), None)
    if most is not None and len(grown) > most:
        raise EditError(f"That would make {len(grown)} {group.replace('_', ' ')}, but at most {most} are allowed.")
    return scenario.model_copy(update={group: grown})


def station_height_m(surface_m: float) -> float:
    """Return the antenna height above ground of a GBS placed on a roof of this height (0 = ground)."""
    return round(max(LEAST_ANTENNA_M, surface_m + ANTENNA_ABOVE_ROOF_M), 1)


def flight_height_m(surface_m: float) -> float:
    """Return the height of a new mission end: the usual flight height, or clear of the roof below."""
    return round(max(FLIGHT_HEIGHT_M, surface_m + ROOF_CLEARANCE_M), 1)


def _changed(scenario: Scenario, group: str, event: Mapping[str, Any], change: Mapping[str, Any]) -> Scenario:
    """Return the scenario with one member of a group changed and validated again."""
    members = list(getattr(scenario, group))
    for index, member in enumerate(members):
        if member.id == event.get("id"):
            members[index] = _rebuilt(member, change)
            return scenario.model_copy(update={group: tuple(members)})
    raise EditError(f"There is nothing called '{event.get('id')!s:.60}' to change.")


def _rebuilt(part: Any, change: Mapping[str, Any]) -> Any:
    """Return a part with some fields changed, validated again."""
    return type(part)(**{**{name: getattr(part, name) for name in type(part).model_fields}, **change})


def user_place(thing: Any, east_m: float, north_m: float) -> dict[str, Any]:
    """Return the fields by which a thing stands elsewhere; the path of a ground user is shifted as it is."""
    change: dict[str, Any] = {"east_m": east_m, "north_m": north_m}
    if isinstance(thing, GroundUser) and thing.moves:
        by_east, by_north = east_m - thing.east_m, north_m - thing.north_m
        change["path"] = tuple((at, round(x + by_east, 2), round(y + by_north, 2)) for at, x, y in thing.path)
    return change


def _shifted(point: Point, east_m: float, north_m: float) -> Point:
    """Return a point moved sideways."""
    moved = {"east_m": round(point.east_m + east_m, 1), "north_m": round(point.north_m + north_m, 1)}
    shifted: Point = _rebuilt(point, moved)
    return shifted


def _air_point(numbers: Mapping[str, Any]) -> Point:
    """Return a point in the air above a picked place."""
    east_m, north_m, surface_m = _position(numbers)
    return Point(east_m=east_m, north_m=north_m, height_m=flight_height_m(surface_m))


def _position(numbers: Mapping[str, Any]) -> tuple[float, float, float]:
    """Return east, north and surface height of a picked place, to the decimetre."""
    picked = [numbers.get(name) for name in ("east_m", "north_m", "surface_m")]
    if not all(isinstance(value, int | float) and math.isfinite(value) for value in picked):
        raise EditError("The map sent a position that is not a number; please click again.")
    east_m, north_m, surface_m = (round(float(value), 1) for value in picked if value is not None)
    return east_m, north_m, surface_m


_STEPS: dict[tuple[str, str], Callable[[Scenario, Mapping[str, Any]], Scenario]] = {
    ("place", "ground_station"): place_ground_station,
    ("place", "sector_site"): place_sector_site,
    ("place", "ground_user"): place_ground_user,
    ("place", "indoor_user"): place_indoor_user,
    ("place", "ground_users"): place_ground_users,
    ("place", "aerial_user"): place_aerial_user,
    ("place", "no_fly_zone"): place_no_fly_zone,
    ("move", "no_fly_zone"): move_no_fly_zone,
    ("move", "ground_station"): move_ground_station,
    ("move", "ground_user"): move_ground_user,
    ("move", "aerial_start"): move_aerial_start,
    ("move", "aerial_destination"): move_aerial_destination,
    **{("delete", kind): delete_object for kind in EDITABLE},
    **{("duplicate", kind): duplicate_object for kind in EDITABLE},
}

"""Checks across the parts of a scenario: what no single field can know."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from .airspace import NoFlyZone
from .model import GroundStation, Scenario
from .problems import Problem, first_problems, shown
from .satellites import SatelliteSource
from .sites import on_one_site
from .users import AerialUser, GroundUser, Point

if TYPE_CHECKING:
    from shapely import Point as ShapelyPoint
    from shapely import Polygon

MOST_SPEED_M_S = 120.0  # of ground users: the fastest trains
START_SLACK_M = 0.1  # by which rounding may move a point
Check = Callable[[Scenario], Iterator[Problem]]
Named = GroundStation | SatelliteSource | AerialUser | GroundUser | NoFlyZone


def check_scenario(scenario: Scenario) -> list[Problem]:
    """Return the problems across the parts of a scenario whose fields are already valid, at most 50 and one more.

    The last one then says that there are more.
    """
    return first_problems(problem for check in CHECKS.values() for problem in check(scenario))


def _anything_to_study(scenario: Scenario) -> Iterator[Problem]:
    if not (scenario.ground_stations or scenario.satellite_sources):
        yield Problem(
            "The list of base stations",
            "empty",
            "at least one GBS, pass, Walker shell or satellite group is needed",
            "place a GBS or add a pass",
        )
    if not (scenario.aerial_users or scenario.ground_users):
        yield Problem("The list of users", "empty", "at least one user is needed", "place a ground or an aerial user")


def _unique_ids(scenario: Scenario) -> Iterator[Problem]:
    groups: dict[str, tuple[Named, ...]] = {
        "stations": (*scenario.ground_stations, *scenario.satellite_sources),
        "users": (*scenario.aerial_users, *scenario.ground_users),
    }
    for group, members in groups.items():
        yield from _ids_given_twice(group, members)
    yield from _ids_given_twice("no-fly zones", scenario.no_fly_zones)


def _ids_given_twice(group: str, members: Sequence[Named]) -> Iterator[Problem]:
    for identifier, count in Counter(member.id for member in members).items():
        if count > 1:
            yield Problem(
                f"The id {shown(identifier)}",
                f"used {count} times",
                f"ids of {group} must be unique",
                "rename all but one",
                identifier,
            )


def _satellite_ids(scenario: Scenario) -> Iterator[Problem]:
    """Find stations named like a satellite of a shell: 'shell-1-1' is satellite 1 of plane 1 of 'shell'."""
    others = [(member.id, member.id) for member in (*scenario.ground_stations, *scenario.satellite_sources)]
    others += [(group.station_id(member), group.id) for group in scenario.orbits for member in group.satellites]
    for name, owner in others:
        shell = next((shell for shell in scenario.walker_shells if shell.brings(name)), None)
        if shell is not None:
            yield Problem(
                f"The id {shown(name)}",
                f"the name of a satellite of the shell '{shell.id}'",
                "ids of stations must be unique",
                "rename the station or the shell",
                owner,
            )


def _orbit_ids(scenario: Scenario) -> Iterator[Problem]:
    """Find satellites that stand twice in a group, and stations named like one: 'leo-25544' is 25544 of 'leo'."""
    others: tuple[GroundStation | SatelliteSource, ...] = (*scenario.ground_stations, *scenario.passes)
    taken = {member.id for member in (*others, *scenario.walker_shells)}
    for group in scenario.orbits:
        for satellite, count in Counter(group.station_id(item) for item in group.satellites).items():
            if count > 1 or satellite in taken:
                yield Problem(
                    f"The satellite {shown(satellite)} of group '{group.id}'",
                    f"given {count} times" if count > 1 else "named like another station",
                    "ids of stations must be unique",
                    "leave one out" if count > 1 else "rename the station or the group",
                    group.id,
                )


def _ground_paths(scenario: Scenario) -> Iterator[Problem]:
    """Find paths that go back in time, leave the area or are faster than anything on the ground."""
    for user in scenario.ground_users:
        if not user.moves:
            continue
        where = f"The path of ground user '{user.id}'"
        if user.is_indoors:
            allowed = "who moves is outdoors"
            yield Problem(where, "that of a user indoors", allowed, "delete the path, or take the user out", user.id)
        problem = path_problem(scenario, user)
        if problem is not None:
            yield problem


def path_problem(scenario: Scenario, user: GroundUser) -> Problem | None:
    """Return the first thing that is wrong with the path of a ground user, None where it can be walked or driven."""
    where = f"The path of ground user '{user.id}'"
    at_s, east_m, north_m = 0.0, user.east_m, user.north_m
    for number, (next_s, next_east, next_north) in enumerate(user.path, 1):
        point = f"at {next_s:g} s in point {number}"
        if next_s < at_s or (next_s == at_s and number > 1):
            allowed = f"the point before is at {at_s:g} s"
            return Problem(where, point, allowed, "put its points in order of time", user.id)
        if not scenario.area.contains(next_east, next_north):
            half = scenario.area.size_m / 2
            value = f"at east {next_east:g} m, north {next_north:g} m {point}"
            allowed = f"the area reaches from {-half:g} to {half:g} m both ways"
            return Problem(where, value, allowed, "end it before, or enlarge the area", user.id)
        step_m, step_s = math.hypot(next_east - east_m, next_north - north_m), next_s - at_s
        if step_m > MOST_SPEED_M_S * step_s + START_SLACK_M:
            speed = f"{step_m / step_s:.0f} m/s fast" if step_s else f"{step_m:.0f} m away from the user's place"
            allowed = f"at most {MOST_SPEED_M_S:g} m/s are allowed"
            return Problem(where, f"{speed} {point}", allowed, "give it more time or a shorter way", user.id)
        at_s, east_m, north_m = next_s, next_east, next_north
    return None


def _outside(scenario: Scenario, label: str, identifier: str, east_m: float, north_m: float) -> Iterator[Problem]:
    if not scenario.area.contains(east_m, north_m):
        half = scenario.area.size_m / 2
        yield Problem(
            label,
            f"at east {east_m:g} m, north {north_m:g} m",
            f"the area reaches from {-half:g} to {half:g} m both ways",
            "move it inside or enlarge the area",
            identifier,
        )


def _inside_area(scenario: Scenario) -> Iterator[Problem]:
    for station in scenario.ground_stations:
        yield from _outside(scenario, f"GBS '{station.id}'", station.id, station.east_m, station.north_m)
    for user in scenario.ground_users:
        yield from _outside(scenario, f"Ground user '{user.id}'", user.id, user.east_m, user.north_m)
    for aerial in scenario.aerial_users:
        for end, point in (("start", aerial.start), ("destination", aerial.destination)):
            label = f"The {end} of aerial user '{aerial.id}'"
            yield from _outside(scenario, label, aerial.id, point.east_m, point.north_m)


def _heights(scenario: Scenario) -> Iterator[Problem]:
    for user in scenario.aerial_users:
        if user.min_height_m > user.max_height_m:
            yield Problem(
                f"The lowest height of aerial user '{user.id}'",
                f"{user.min_height_m:g} m",
                f"it may not exceed the highest, {user.max_height_m:g} m",
                "swap or change the two limits",
                user.id,
            )
            continue
        for end, point in (("start", user.start), ("destination", user.destination)):
            if not user.min_height_m <= point.height_m <= user.max_height_m:
                yield Problem(
                    f"The {end} height of aerial user '{user.id}'",
                    f"{point.height_m:g} m",
                    f"{user.min_height_m:g} to {user.max_height_m:g} m are allowed",
                    "change the height or the user's limits",
                    user.id,
                )


def horizontal_distance_m(a: Point, b: Point) -> float:
    """Return the horizontal distance of two points in metres."""
    return math.hypot(a.east_m - b.east_m, a.north_m - b.north_m)


def _reachable(scenario: Scenario) -> Iterator[Problem]:
    for user in scenario.aerial_users:
        yield from _reachable_one(user, scenario.time.duration_s)


def _reachable_one(user: AerialUser, duration_s: float) -> Iterator[Problem]:
    limits = (
        ("flight", horizontal_distance_m(user.start, user.destination), user.max_speed_m_s, "speed"),
        ("climb", abs(user.start.height_m - user.destination.height_m), user.max_vertical_speed_m_s, "vertical speed"),
    )
    for what, needed_m, speed_m_s, name in limits:
        reach_m = speed_m_s * duration_s
        if needed_m > reach_m * (1 + 1e-9):
            yield Problem(
                f"The {what} of aerial user '{user.id}'",
                f"{needed_m:.0f} m long",
                f"{speed_m_s:g} m/s for {duration_s:g} s reach {reach_m:.0f} m ({needed_m - reach_m:.0f} m short)",
                f"move the destination closer, raise the {name} or lengthen the time window",
                user.id,
            )


def _near(east_m: Sequence[float], reach_m: float) -> Iterator[tuple[int, int]]:
    """Yield the pairs of places (smaller first) whose points lie within a reach of one another in east.

    Sorted by east, so that points far apart cost nothing.
    """
    order = sorted(range(len(east_m)), key=east_m.__getitem__)
    for rank, first in enumerate(order):
        for second in order[rank + 1 :]:
            if east_m[second] - east_m[first] > reach_m:
                break
            yield min(first, second), max(first, second)


def _apart(scenario: Scenario) -> Iterator[Problem]:
    users = scenario.aerial_users
    reach_m = max((user.min_separation_m for user in users), default=0.0)
    for end in ("start", "destination"):
        points: list[Point] = [getattr(user, end) for user in users]
        for i, j in _near([point.east_m for point in points], reach_m):
            needed_m = max(users[i].min_separation_m, users[j].min_separation_m)
            apart_m = math.hypot(horizontal_distance_m(points[i], points[j]), points[i].height_m - points[j].height_m)
            if apart_m < needed_m:
                yield Problem(
                    f"The distance of the {end}s of aerial users '{users[i].id}' and '{users[j].id}'",
                    f"{apart_m:.1f} m",
                    f"they must stay {needed_m:g} m apart",
                    f"move one {end}",
                    users[j].id,
                )


def _stations_apart(scenario: Scenario) -> Iterator[Problem]:
    stations = scenario.ground_stations
    for i, j in _near([station.east_m for station in stations], 1.0):
        first, second = stations[i], stations[j]
        apart_m = math.hypot(first.east_m - second.east_m, first.north_m - second.north_m)
        if apart_m >= 1.0 or abs(first.height_m - second.height_m) >= 1.0:
            continue
        if not on_one_site(first, second):
            yield Problem(
                f"The distance of GBSs '{first.id}' and '{second.id}'",
                f"{apart_m:.2f} m",
                "two antennas need at least 1 m",
                "move or delete one",
                second.id,
            )
        elif first.antenna.azimuth_deg == second.antenna.azimuth_deg:
            yield Problem(
                f"The directions of the sectors '{first.id}' and '{second.id}' of one site",
                f"both {first.antenna.azimuth_deg:g} degrees",
                "sectors of a site look to different sides",
                "turn or delete one",
                second.id,
            )


def _antenna_patterns(scenario: Scenario) -> Iterator[Problem]:
    """Find antennas without the measured pattern that they name, and patterns with one id."""
    held = Counter(pattern.id for pattern in scenario.antenna_patterns)
    for identifier, count in held.items():
        if count > 1:
            yield Problem(
                f"The id {shown(identifier)}",
                f"used {count} times",
                "ids of antenna patterns must be unique",
                "rename all but one",
            )
    for station in scenario.ground_stations:
        antenna = station.antenna
        if antenna.kind == "measured" and antenna.pattern not in held:
            names = ", ".join(f"'{name}'" for name in list(held)[:5])
            yield Problem(
                f"The antenna pattern of GBS '{station.id}'",
                "missing" if antenna.pattern is None else f"{shown(antenna.pattern)}, which the scenario does not hold",
                f"it holds {names}" if names else "it holds none",
                "read an antenna file and choose its pattern, or choose another kind of antenna",
                station.id,
            )


def _walker(scenario: Scenario) -> Iterator[Problem]:
    for shell in scenario.walker_shells:
        total = shell.planes * shell.satellites_per_plane
        if shell.satellites_used > total:
            yield Problem(
                f"The number of satellites used of shell '{shell.id}'",
                str(shell.satellites_used),
                f"the shell has {total}",
                "use fewer or enlarge the shell",
                shell.id,
            )
        if shell.phasing >= shell.planes:
            yield Problem(
                f"The phasing of shell '{shell.id}'",
                str(shell.phasing),
                f"0 to {shell.planes - 1} (planes - 1) are allowed",
                "lower the phasing",
                shell.id,
            )


def _culminations(scenario: Scenario) -> Iterator[Problem]:
    for item in scenario.passes:
        if item.culmination_s > scenario.time.duration_s + 3600.0:
            yield Problem(
                f"The culmination of pass '{item.id}'",
                f"{item.culmination_s:g} s after the start",
                f"the window lasts {scenario.time.duration_s:g} s and a pass may culminate up to an hour after it",
                "bring the culmination nearer to the window",
                item.id,
            )


def _atmosphere(scenario: Scenario) -> Iterator[Problem]:
    """Refuse rain below 1 GHz, where the coefficients of ITU-R P.838 begin."""
    if scenario.channel.atmosphere == "itu" and scenario.radio.carrier_ghz < 1.0:
        yield Problem(
            "The atmosphere of the channel",
            f"'itu' at {scenario.radio.carrier_ghz:g} GHz",
            "ITU-R's rain begins at 1 GHz",
            "raise the carrier or choose 'none'",
        )


def _imported_city(scenario: Scenario) -> Iterator[Problem]:
    if scenario.city.kind == "imported" and scenario.city.content_hash is None:
        yield Problem(
            "The field city.content_hash",
            "missing",
            "an imported city is named by its hash",
            "choose a stored city or set city.kind to london or open",
        )


def _zones(scenario: Scenario) -> Iterator[Problem]:
    """Find no-fly zones that are no polygon, and missions that begin or end in one."""
    if not scenario.no_fly_zones:
        return
    import shapely  # which the first page would else wait for

    for zone in scenario.no_fly_zones:
        label, outline = f"The no-fly zone '{zone.id}'", shapely.Polygon(zone.corners_m)
        if zone.floor_m >= zone.ceiling_m:
            value, allowed = f"from {zone.floor_m:g} to {zone.ceiling_m:g} m", "its floor lies below its ceiling"
            yield Problem(label, value, allowed, "swap or change the two heights", zone.id)
        elif not outline.is_valid or outline.area <= 0.0:
            value = shapely.is_valid_reason(outline).split("[")[0].lower() or "without an area"
            allowed = "its edge is one line that does not cross or touch itself"
            yield Problem(label, f"no polygon ({value})", allowed, "put its corners in order", zone.id)
        else:
            yield from _ends_in_zone(scenario, zone, outline)


def _ends_in_zone(scenario: Scenario, zone: NoFlyZone, outline: Polygon) -> Iterator[Problem]:
    for user in scenario.aerial_users:
        for end, point in (("start", user.start), ("destination", user.destination)):
            is_level = zone.floor_m < point.height_m < zone.ceiling_m
            if is_level and outline.contains(_shapely_point(point)):
                yield Problem(
                    f"The {end} of aerial user '{user.id}'",
                    f"inside the no-fly zone '{zone.id}'",
                    "nobody flies there",
                    f"move the {end} or change the zone",
                    user.id,
                )


def _shapely_point(point: Point) -> ShapelyPoint:
    import shapely

    return shapely.Point(point.east_m, point.north_m)


# CHECK_READS names the parts whose being broken would make a check cry wolf; absent means none.
CHECKS: dict[str, Check] = {
    "anything": _anything_to_study,
    "ids": _unique_ids,
    "satellite ids": _satellite_ids,
    "orbit ids": _orbit_ids,
    "area": _inside_area,
    "paths": _ground_paths,
    "heights": _heights,
    "reach": _reachable,
    "apart": _apart,
    "stations": _stations_apart,
    "patterns": _antenna_patterns,
    "walker": _walker,
    "culminations": _culminations,
    "atmosphere": _atmosphere,
    "city": _imported_city,
    "zones": _zones,
}
CHECK_READS: dict[str, frozenset[str]] = {
    "anything": frozenset({"ground_stations", "passes", "walker_shells", "orbits", "aerial_users", "ground_users"}),
    "area": frozenset({"area"}),
    "paths": frozenset({"area"}),
    "patterns": frozenset({"antenna_patterns"}),
    "reach": frozenset({"time"}),
    "culminations": frozenset({"time"}),
    "atmosphere": frozenset({"channel", "radio"}),
    "city": frozenset({"city"}),
}

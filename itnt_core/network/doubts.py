"""What is allowed in a scenario but is hardly meant: a warning each, where problems would be errors."""

from __future__ import annotations

from collections.abc import Iterator
from typing import get_args

import numpy as np

from itnt_core.city import City
from itnt_core.qos import Convention, least_sinr
from itnt_core.scenario import Problem, Scenario
from itnt_core.sky import SkyTrack

from .world import World


def find_doubts(scenario: Scenario, city: City, sky: SkyTrack) -> list[Problem]:
    """Return what is hardly meant: London elsewhere, base stations inside buildings or in water, users
    indoors where no building is, an empty sky.

    The city and the sky are those of the scenario, as its :class:`World` holds them.
    """
    return [
        *_city_elsewhere(scenario, city),
        *_stations_misplaced(scenario, city),
        *_users_misplaced(scenario, city),
        *_empty_sky(scenario, sky),
    ]


def unreachable_users(world: World) -> list[str]:
    """Return the ids of ground users that no station brings to a floor in any slot, even alone with all its power.

    The lower one of the two conventions counts: a decision may promise either.
    """
    most_w = world.subchannel_max_power_w[:, None, :, None]
    alone = np.stack(
        [(world.ground_factors.in_slot(t) * most_w[t]).max(axis=(1, 2), initial=0.0) for t in range(world.slots)]
    )
    floor = min(least_sinr(world.scenario, convention) for convention in get_args(Convention))
    reached = np.asarray((alone / world.noise_w >= floor).any(axis=0))  # (ground users,)
    return [user.id for user, is_reached in zip(world.scenario.ground_users, reached, strict=True) if not is_reached]


def find_unreachable(world: World) -> list[Problem]:
    """Return a doubt for each ground user out of reach where the objective, or its least rate, hangs on every user."""
    is_fair, people = world.utility.alpha >= 1.0, {user.id: user for user in world.scenario.ground_users}
    what = "max-min fairness is 0 Mbit" if np.isinf(world.utility.alpha) else "fairness is next to nothing"
    found = []
    for name in unreachable_users(world):
        wanted = people[name].min_rate_mbit_s
        if not is_fair and not wanted:
            continue
        allowed = f"{what} in every plan as long as it is" if is_fair else f"no plan brings it its {wanted:g} Mbit/s"
        remedy = "place a base station that reaches it, move it, or take it out"
        where = f"The ground user '{name}'"
        found.append(Problem(where, "out of reach of every station in every slot", allowed, remedy, name))
    return found


def _city_elsewhere(scenario: Scenario, city: City) -> Iterator[Problem]:
    if scenario.city.kind == "london" and not city.building_count:
        area = scenario.area
        yield Problem(
            "The city 'london'",
            f"without buildings around {area.lat:g}, {area.lon:g}",
            "it is generated for London alone",
            "import a city of that place, choose open ground, or move the area",
        )


def _stations_misplaced(scenario: Scenario, city: City) -> Iterator[Problem]:
    stations = scenario.ground_stations
    points = np.array([(one.east_m, one.north_m) for one in stations]).reshape(-1, 2)
    for station, roof_m, is_wet in zip(stations, city.roof_m(points), city.is_water(points), strict=True):
        where = f"The base station '{station.id}'"
        if station.height_m < roof_m:
            value = f"{station.height_m:g} m high inside a building of {roof_m:g} m"
            yield Problem(where, value, "its walls stand around the antenna", "raise it or move it", station.id)
        elif is_wet and roof_m == 0.0:
            yield Problem(where, "in the water", "dry ground or a roof is needed", "move it", station.id)


def _users_misplaced(scenario: Scenario, city: City) -> Iterator[Problem]:
    """Find users indoors where no building is, or above its roof; without any buildings nothing can be said."""
    users = [user for user in scenario.ground_users if user.is_indoors] if city.building_count else []
    points = np.array([user.position_m[:2] for user in users]).reshape(-1, 2)
    for user, roof_m in zip(users, city.roof_m(points), strict=True):
        where, height_m = f"The ground user '{user.id}'", user.position_m[2]
        if roof_m == 0.0:
            allowed = "no building stands there: its wall is counted all the same"
            yield Problem(where, "indoors", allowed, "move it into a building, or take it outdoors", user.id)
        elif height_m >= roof_m:
            value = f"on floor {user.floor}, {height_m:g} m high"
            yield Problem(where, value, f"the roof is at {roof_m:.0f} m", "choose a lower floor", user.id)


def _empty_sky(scenario: Scenario, sky: SkyTrack) -> Iterator[Problem]:
    if sky.serving.any():
        return
    where, allowed = "The sky", "everyone is served from the ground alone"
    window = f"in the {scenario.time.duration_s:g} s from {scenario.time.start:%Y-%m-%d %H:%M} UTC"
    if not scenario.satellite_sources:
        yield Problem(where, "without a satellite", allowed, "add a pass, a shell or satellites of an element file")
        return
    names = ", ".join(f"'{source.id}'" for source in scenario.satellite_sources[:3])
    yield Problem(
        where,
        f"empty, as no satellite of {names} serves {window}",
        allowed,
        "move the start, lower the elevation or choose other satellites",
    )

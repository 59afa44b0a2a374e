"""A scenario with other numbers of users, base stations and satellites, for sweeps: the same ones as far as they go."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from itnt_core.city import city_of_scenario
from itnt_core.methods import SettingsError
from itnt_core.radio import named_generator
from itnt_core.scenario import GroundUser, Scenario, free_ids

MOST_USERS = 5000  # as of a preset
USERS, AERIAL, STATIONS, SATELLITES = "users", "aerial_users", "stations", "satellites"
COUNTS = (USERS, AERIAL, STATIONS, SATELLITES)
BATCH = 64  # points that are drawn at once, so that fewer users are the first of more
MOST_BATCHES = 2000  # of draws before a place is given up


def resized(scenario: Scenario, counts: Mapping[str, Any], cache_dir: Path | None = None) -> Scenario:
    """Return a scenario with as many objects as ``counts`` says: users in all, aerial users, stations, satellites.

    Fewer are the first ones that it has. More users are ground users on free ground, drawn from the scenario's seed, so
    that fewer are always the first of more; more of the others cannot be had. SettingsError says so.
    """
    wanted = {key: _checked(key, value) for key, value in counts.items()}
    changed = {
        "aerial_users": _first("aerial users", scenario.aerial_users, wanted.get(AERIAL)),
        "ground_stations": _first("base stations", scenario.ground_stations, wanted.get(STATIONS)),
    }
    found = scenario.model_copy(update=changed)
    if SATELLITES in wanted:
        found = _with_satellites(found, wanted[SATELLITES])
    return _with_users(found, wanted[USERS], cache_dir) if USERS in wanted else found


def _checked(key: str, value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= MOST_USERS:
        raise SettingsError(f"'{key}' is {value!r}, but a whole number from 0 to {MOST_USERS:,} is needed.")
    return value


def _first(what: str, members: tuple[Any, ...], count: int | None) -> tuple[Any, ...]:
    if count is not None and count > len(members):
        raise SettingsError(f"{count} {what} are asked for, but the scenario has {len(members)}: place more in it.")
    return members if count is None else members[:count]


def _with_satellites(scenario: Scenario, count: int) -> Scenario:
    """Return a scenario with the first satellites of its passes, then its shells, then its groups."""
    if count > scenario.satellite_count:
        raise SettingsError(
            f"{count} satellites are asked for, but the scenario has {scenario.satellite_count}: add passes or shells."
        )
    passes = scenario.passes[:count]
    left = count - len(passes)
    shells = []
    for shell in scenario.walker_shells:
        used = min(left, shell.satellites_used)
        shells += [shell.model_copy(update={"satellites_used": used})] if used else []
        left -= used
    groups = []
    for group in scenario.orbits:
        kept = group.satellites[:left]
        used = min(group.satellites_used, len(kept))
        groups += [group.model_copy(update={"satellites": kept, "satellites_used": used})] if kept else []
        left -= len(kept)
    update = {"passes": passes, "walker_shells": tuple(shells), "orbits": tuple(groups)}
    return scenario.model_copy(update=update)


def _with_users(scenario: Scenario, count: int, cache_dir: Path | None) -> Scenario:
    ground = count - len(scenario.aerial_users)
    if ground < 0:
        raise SettingsError(
            f"{count} users are asked for, but the scenario has {len(scenario.aerial_users)} aerial users alone: vary "
            "'aerial_users', too, or ask for more."
        )
    kept = scenario.ground_users[:ground]
    return scenario.model_copy(update={"ground_users": (*kept, *_drawn(scenario, ground - len(kept), cache_dir))})


def _drawn(scenario: Scenario, count: int, cache_dir: Path | None) -> tuple[GroundUser, ...]:
    """Return new ground users, evenly spread over the free ground."""
    if not count:
        return ()
    city = city_of_scenario(scenario, cache_dir)
    generator, half = named_generator(scenario.seed, "users of a sweep"), scenario.area.size_m / 2
    points = np.zeros((0, 2))
    for _ in range(MOST_BATCHES):
        drawn = np.round(generator.uniform(-half, half, (BATCH, 2)), 1)
        points = np.vstack([points, drawn[city.is_free_ground(drawn)]])
        if len(points) >= count:
            break
    else:
        raise SettingsError(f"There is no free ground for {count} more users: ask for fewer.")
    names = itertools.islice(free_ids("ground_users", scenario.taken_ids("ground_users")), count)
    return tuple(
        GroundUser(id=name, east_m=float(east), north_m=float(north))
        for name, (east, north) in zip(names, points[:count], strict=True)
    )

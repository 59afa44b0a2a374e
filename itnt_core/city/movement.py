"""Ground users that are set moving: walks and drives through the city, fixed by the scenario's seed and their names."""

from __future__ import annotations

import zlib
from collections.abc import Collection
from typing import Literal

import numpy as np

from itnt_core.city.model import City
from itnt_core.city.ways import StreetWay, drive_way, walk_way
from itnt_core.scenario import EditError, GroundUser, Scenario, shown

Movement = Literal["walk", "drive", "stand"]
# On foot: 1.34 m/s, spread 0.26 m/s (Weidmann, Transporttechnik der Fussgaenger, 1993); nobody is slower than 0.5.
WALK_M_S, WALK_SPREAD_M_S, SLOWEST_WALK_M_S = 1.34, 0.26, 0.5
# London's main streets have a limit of 20 or 30 mph; traffic flows a little below.
DRIVE_M_S, DRIVE_SPREAD_M_S, SLOWEST_DRIVE_M_S = 8.0, 1.5, 3.0
ROUND_M = 2  # digits: a centimetre


def with_movement(scenario: Scenario, city: City, user_ids: Collection[str], movement: Movement) -> Scenario:
    """Return the scenario with ground users that walk, drive or stand still from now on.

    The same users get the same ways, whoever else there is. Who drives begins on the nearest road, who walks where the
    user stands, or beside the building. EditError for a user that is not there or indoors; CityError where a city
    without roads is to be driven through.
    """
    known = {user.id: user for user in scenario.ground_users}
    for name in user_ids:
        if name not in known:
            raise EditError(f"There is no ground user called {shown(name)}: choose one of the scenario's.")
        if known[name].is_indoors and movement != "stand":
            raise EditError(f"The ground user '{name}' is indoors: take the user outdoors before.")
    users = tuple(
        _moved(scenario, city, user, movement) if user.id in user_ids else user for user in scenario.ground_users
    )
    return scenario.model_copy(update={"ground_users": users})


def _moved(scenario: Scenario, city: City, user: GroundUser, movement: Movement) -> GroundUser:
    if movement == "stand":
        return user.model_copy(update={"path": ()})
    random = np.random.default_rng(
        np.random.SeedSequence([scenario.seed, zlib.crc32(f"{movement} {user.id}".encode())])
    )
    usual, spread, slowest, lead = (
        (WALK_M_S, WALK_SPREAD_M_S, SLOWEST_WALK_M_S, walk_way)
        if movement == "walk"
        else (DRIVE_M_S, DRIVE_SPREAD_M_S, SLOWEST_DRIVE_M_S, drive_way)
    )
    speed_m_s = max(slowest, usual + spread * float(random.standard_normal()))
    duration_s = scenario.time.duration_s
    way = lead(city, np.array([user.east_m, user.north_m]), speed_m_s * duration_s, random)
    return timed(user, way, speed_m_s, duration_s)


def timed(user: GroundUser, way: StreetWay, speed_m_s: float, duration_s: float) -> GroundUser:
    """Return a user who goes along a way at one speed, as far as the time lasts."""
    corners, along_m = way.corners_m.round(ROUND_M), way.lengths_m
    times_s = along_m / speed_m_s
    keeps = np.append(True, np.diff(times_s) > 1e-3)
    corners, times_s = corners[keeps], times_s[keeps]
    count = min(len(times_s), int(np.searchsorted(times_s, duration_s, side="left")) + 1)
    east, north = corners[0].tolist()
    path = tuple(
        (round(float(at), 3), float(x), float(y)) for at, (x, y) in zip(times_s[1:count], corners[1:count], strict=True)
    )
    return GroundUser(**{**dict(user), "east_m": float(east), "north_m": float(north), "path": path})

"""Positions of scenario objects as arrays."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .model import Scenario
from .users import GroundUser


class Placed(Protocol):
    """Something with a position: a GBS, a ground user, an end of a mission."""

    @property
    def position_m(self) -> tuple[float, float, float]:
        """Return east, north and height in local metres."""


def positions_m(objects: Iterable[Placed]) -> NDArray[np.float64]:
    """Return the positions (n, 3) of objects: east and north of the anchor and height above ground, metres."""
    return np.array([one.position_m for one in objects], dtype=np.float64).reshape(-1, 3)


def ground_track_m(scenario: Scenario, times_s: ArrayLike) -> NDArray[np.float64]:
    """Return where the ground users are (times, J, 3) at times (n,) in seconds after the start, in local metres.

    A path leads from the user's own place at the start through its points, straight and evenly between two of them, and
    ends at the last one.
    """
    times = np.asarray(times_s, dtype=np.float64)
    track = np.repeat(positions_m(scenario.ground_users)[None], len(times), axis=0)
    for column, user in enumerate(scenario.ground_users):
        if user.moves:
            at_s, *ways = path_points(user).T
            for axis, way in enumerate(ways):
                track[:, column, axis] = np.interp(times, at_s, way)
    return track


def waypoint_times_s(scenario: Scenario) -> NDArray[np.float64]:
    """Return the start and the end of every slot (slots + 1,) in seconds after the start."""
    return np.arange(scenario.time.slots + 1, dtype=np.float64) * scenario.time.slot_s


def path_points(user: GroundUser) -> NDArray[np.float64]:
    """Return seconds, east and north (points, 3) of a ground user's way, its own place at the start first."""
    return np.array([(0.0, user.east_m, user.north_m), *user.path], dtype=np.float64)

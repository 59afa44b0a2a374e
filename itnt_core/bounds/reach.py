"""Where an aerial user can be at the end of every slot, whatever it does within its limits."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from itnt_core.network import World
from itnt_core.scenario import AerialUser, Point

from .types import Array, BoolArray

SLACK_M = 2e-6  # per slot: the constraint check lets every step, end and limit be 1e-6 m off


@dataclass(frozen=True, eq=False)
class Reach:
    """The reachable set of one aerial user per slot: two discs, the area's square and a height interval."""

    start_m: Array  # (2,) centre of the disc of what can have been reached
    destination_m: Array  # (2,) centre of the disc from which the destination can still be reached
    start_radius_m: Array  # (slots,)
    destination_radius_m: Array  # (slots,)
    half_side_m: float
    low_m: Array  # (slots,) least height
    high_m: Array  # (slots,)

    @property
    def box_m(self) -> tuple[Array, Array]:
        """Return the least and greatest corner (slots, 3) of a box around the set."""
        lowest, highest = (
            np.full((len(self.low_m), 2), -self.half_side_m),
            np.full((len(self.low_m), 2), self.half_side_m),
        )
        for centre, radius in ((self.start_m, self.start_radius_m), (self.destination_m, self.destination_radius_m)):
            lowest = np.maximum(lowest, centre - radius[:, None])
            highest = np.minimum(highest, centre + radius[:, None])
        return np.column_stack([lowest, self.low_m]), np.column_stack([highest, self.high_m])

    def horizontal_distances_m(self, east_m: float, north_m: float) -> tuple[Array, Array]:
        """Return the least and greatest horizontal distance (slots,) of the set from a point, as safe bounds."""
        point = np.array([east_m, north_m])
        to_start = float(np.linalg.norm(point - self.start_m))
        to_destination = float(np.linalg.norm(point - self.destination_m))
        least = np.maximum(to_start - self.start_radius_m, to_destination - self.destination_radius_m)
        least = np.maximum(least, self._corner_distances_m(point))
        outside = np.maximum(np.abs(point) - self.half_side_m, 0.0)
        farthest = float(np.linalg.norm(np.abs(point) + self.half_side_m))
        greatest = np.minimum(to_start + self.start_radius_m, to_destination + self.destination_radius_m)
        least = np.maximum(least, float(np.linalg.norm(outside)))
        return np.maximum(least - SLACK_M, 0.0), np.minimum(greatest, farthest) + SLACK_M

    def _corner_distances_m(self, point: Array) -> Array:
        """Return the distance (slots,) from a point to the nearer corner of the lens where that corner is nearest.

        It is the lens's nearest point when the nearest point of either disc lies outside the other disc; else 0.
        """
        gap = self.destination_m - self.start_m
        apart = float(np.linalg.norm(gap))
        r1, r2 = self.start_radius_m, self.destination_radius_m
        proper = (apart > np.abs(r1 - r2)) & (apart < r1 + r2)
        if not proper.any():
            return np.zeros(len(r1))
        along = (apart**2 + r1**2 - r2**2) / (2.0 * apart)
        across = np.sqrt(np.maximum(r1**2 - along**2, 0.0))
        unit = gap / apart
        foot = self.start_m + along[:, None] * unit
        normal = np.array([-unit[1], unit[0]])
        corners = [np.linalg.norm(point - foot - sign * across[:, None] * normal, axis=1) for sign in (1.0, -1.0)]
        misses = _misses(point, self.start_m, r1, self.destination_m, r2)
        misses = misses & _misses(point, self.destination_m, r2, self.start_m, r1)
        return np.where(proper & misses, np.minimum(*corners) - 1e-6 * (1.0 + apart), 0.0)


def _misses(point: Array, centre: Array, radius: Array, other: Array, other_radius: Array) -> BoolArray:
    """Say per slot whether the point of one disc that is nearest to ``point`` lies clearly outside the other disc."""
    away = point - centre
    distance = float(np.linalg.norm(away))
    share = np.minimum(1.0, radius / max(distance, 1e-12))
    nearest = centre + share[:, None] * away
    return np.linalg.norm(nearest - other, axis=1) > other_radius + 1e-6


def reachable(world: World, user: AerialUser) -> Reach:
    """Return the reachable set of an aerial user at the end of every slot, violation tolerances included."""
    passed = np.arange(1, world.slots + 1, dtype=float)
    left = world.slots - passed
    slot_s = world.scenario.time.slot_s
    across, up = user.max_speed_m_s * slot_s, user.max_vertical_speed_m_s * slot_s
    slack = SLACK_M * (world.slots + 2)
    low = np.maximum(user.start.height_m - up * passed, user.destination.height_m - up * left)
    high = np.minimum(user.start.height_m + up * passed, user.destination.height_m + up * left)
    return Reach(
        _plan(user.start),
        _plan(user.destination),
        across * passed + slack,
        across * left + slack,
        world.scenario.area.size_m / 2.0 + slack,
        np.maximum(low, user.min_height_m) - slack,
        np.minimum(high, user.max_height_m) + slack,
    )


def _plan(point: Point) -> Array:
    return np.array([point.east_m, point.north_m])

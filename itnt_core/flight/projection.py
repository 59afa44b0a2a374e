"""Projecting flights onto the limits: every step reachable, every destination still in reach."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from itnt_core.arrays import Array
from itnt_core.scenario import Scenario, positions_m


def project_onto_discs(points: Array, centre_a: Array, radius_a: Array, centre_b: Array, radius_b: Array) -> Array:
    """Return the nearest points (n, 2) in the intersections of two discs each, (n, 2) and (n,); discs must meet.

    A point in both discs stays. Else the nearest point lies on one rim inside the other disc, or where the rims cross.
    """
    on_a, on_b = _onto_disc(points, centre_a, radius_a), _onto_disc(points, centre_b, radius_b)
    slack = 1e-9 * (1.0 + radius_a + radius_b)
    a_ok = np.linalg.norm(on_a - centre_b, axis=1) <= radius_b + slack
    b_ok = np.linalg.norm(on_b - centre_a, axis=1) <= radius_a + slack
    # Where both single projections lie in the other disc, the point itself is in both or the nearer one is right.
    a_nearer = np.linalg.norm(on_a - points, axis=1) >= np.linalg.norm(on_b - points, axis=1)
    corner = _nearest_corner(points, centre_a, radius_a, centre_b, radius_b)
    single = np.where((a_ok & (~b_ok | a_nearer))[:, None], on_a, on_b)
    return np.where((a_ok | b_ok)[:, None], single, corner)


def _onto_disc(points: Array, centre: Array, radius: Array) -> Array:
    delta = points - centre
    distance = np.linalg.norm(delta, axis=1)
    share = np.where(distance > radius, radius / np.maximum(distance, 1e-300), 1.0)
    return centre + delta * share[:, None]


def _nearest_corner(points: Array, centre_a: Array, radius_a: Array, centre_b: Array, radius_b: Array) -> Array:
    """Return the crossing of the two rims that is nearer to each point."""
    line = centre_b - centre_a
    distance = np.maximum(np.linalg.norm(line, axis=1), 1e-12)
    along = (distance**2 + radius_a**2 - radius_b**2) / (2.0 * distance)
    along = np.clip(along, -radius_a, radius_a)
    height = np.sqrt(np.maximum(radius_a**2 - along**2, 0.0))
    unit = line / distance[:, None]
    normal = np.column_stack([-unit[:, 1], unit[:, 0]])
    foot = centre_a + unit * along[:, None]
    side = np.sign(((points - foot) * normal).sum(axis=1))
    return foot + normal * (np.where(side == 0.0, 1.0, side) * height)[:, None]


@dataclass(frozen=True, eq=False)
class FlightLimits:
    """How far the aerial users of a scenario may move in a slot, and where their flights end; user axis (I,)."""

    start_m: Array  # (I, 3)
    destination_m: Array  # (I, 3)
    reach_m: Array  # (I,) horizontal way of one slot
    climb_m: Array  # (I,) vertical way of one slot
    low_m: Array  # (I,)
    high_m: Array  # (I,)
    half_m: float  # half the side of the area
    slots: int

    @classmethod
    def of(cls, scenario: Scenario) -> FlightLimits:
        """Read the limits of a scenario, a hair inside, so that rounding never breaks them."""
        users, slot_s = scenario.aerial_users, scenario.time.slot_s
        start, destination = ([getattr(user, end) for user in users] for end in ("start", "destination"))
        return cls(
            positions_m(start),
            positions_m(destination),
            np.array([user.max_speed_m_s for user in users]) * slot_s * (1.0 - 1e-9),
            np.array([user.max_vertical_speed_m_s for user in users]) * slot_s * (1.0 - 1e-9),
            np.array([user.min_height_m for user in users]),
            np.array([user.max_height_m for user in users]),
            scenario.area.size_m / 2,
            scenario.time.slots,
        )

    def advance(self, before_m: Array, wanted_m: Array, slot: int) -> Array:
        """Return waypoints ``slot`` (..., I, 3) near the wanted ones, reachable from those before.

        Each goes to the nearest place that the one before can reach and from which the destination can still be
        reached (two-disc projection); the last slot ends at the destination.
        """
        if slot >= self.slots:
            return np.broadcast_to(self.destination_m, wanted_m.shape).copy()
        shape, left = wanted_m.shape[:-1], self.slots - slot
        wanted = np.clip(wanted_m[..., :2], -self.half_m, self.half_m).reshape(-1, 2)
        reach = np.broadcast_to(self.reach_m, shape).reshape(-1)
        ends = np.broadcast_to(self.destination_m[:, :2], (*shape, 2)).reshape(-1, 2)
        place = project_onto_discs(wanted, before_m[..., :2].reshape(-1, 2), reach, ends, left * reach)
        lowest = np.maximum(
            np.maximum(self.low_m, before_m[..., 2] - self.climb_m), self.destination_m[:, 2] - left * self.climb_m
        )
        highest = np.minimum(
            np.minimum(self.high_m, before_m[..., 2] + self.climb_m), self.destination_m[:, 2] + left * self.climb_m
        )
        height = np.minimum(np.maximum(wanted_m[..., 2], lowest), np.maximum(highest, lowest))
        return np.concatenate([place.reshape(*shape, 2), height[..., None]], axis=-1)


def project_flight(scenario: Scenario, flight: Array) -> Array:
    """Return a flight (slots + 1, I, 3) that keeps speeds, heights, the area and both ends, near the given one.

    One pass forward in time, see :meth:`FlightLimits.advance`. Separation is left to the caller.
    """
    if not scenario.aerial_users:
        return flight
    limits = FlightLimits.of(scenario)
    projected = np.empty_like(flight)
    projected[0] = limits.start_m
    for slot in range(1, limits.slots + 1):
        projected[slot] = limits.advance(projected[slot - 1], flight[slot], slot)
    return projected

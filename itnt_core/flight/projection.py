"""Projecting flights onto the limits: every step reachable, every destination still in reach."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from itnt_core.scenario import Scenario

Array = NDArray[np.float64]


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


def project_flight(scenario: Scenario, flight: Array) -> Array:
    """Return a flight (slots + 1, I, 3) that keeps speeds, heights, the area and both ends, near the given one.

    One pass forward in time: each waypoint goes to the nearest place that the one before can reach and from which the
    destination can still be reached. Separation is left to the caller.
    """
    users, slots, slot_s = scenario.aerial_users, scenario.time.slots, scenario.time.slot_s
    if not users:
        return flight
    ends = [np.array([(p.east_m, p.north_m, p.height_m) for p in points]) for points in _ends(scenario)]
    # A hair inside the limits, so that rounding never breaks them.
    reach = np.array([user.max_speed_m_s for user in users]) * slot_s * (1.0 - 1e-9)
    climb = np.array([user.max_vertical_speed_m_s for user in users]) * slot_s * (1.0 - 1e-9)
    low, high = (np.array([getattr(user, name) for user in users]) for name in ("min_height_m", "max_height_m"))
    half = scenario.area.size_m / 2
    projected = np.empty_like(flight)
    projected[0] = ends[0]
    for slot in range(1, slots):
        wanted = np.clip(flight[slot, :, :2], -half, half)
        left = slots - slot
        place = project_onto_discs(wanted, projected[slot - 1, :, :2], reach, ends[1][:, :2], left * reach)
        projected[slot, :, :2] = place
        lowest = np.maximum.reduce([low, projected[slot - 1, :, 2] - climb, ends[1][:, 2] - left * climb])
        highest = np.minimum.reduce([high, projected[slot - 1, :, 2] + climb, ends[1][:, 2] + left * climb])
        projected[slot, :, 2] = np.minimum(np.maximum(flight[slot, :, 2], lowest), np.maximum(highest, lowest))
    projected[slots] = ends[1]
    return projected


def _ends(scenario: Scenario) -> tuple[list, list]:
    return [user.start for user in scenario.aerial_users], [user.destination for user in scenario.aerial_users]

"""Flights that take less energy: the least that any can take, and moves to and fro beside a way that is too slow."""

from __future__ import annotations

import math
from functools import cache

import numpy as np

from itnt_core.arrays import Array
from itnt_core.network import propulsion_power_w
from itnt_core.scenario import AerialUser, Scenario, TimeGrid

from .air import Air

FASTEST_M_S = 150.0  # that an aerial user may be
ROUNDING = 1e-6  # relative: more than a centimetre a second beside the cheapest speed costs


@cache
def cheapest_speed_m_s() -> float:
    """Return the horizontal speed at which flying takes least power, about 10.2 m/s, to a centimetre a second."""
    speeds = np.arange(0.0, FASTEST_M_S, 0.01)
    return float(speeds[propulsion_power_w(speeds).argmin()])


def least_energy_j(user: AerialUser, time: TimeGrid) -> float:
    """Return what no flight of a user's mission can fall below, in joules.

    The way is at least the straight line, so the mean speed is at least its; above the cheapest speed power rises
    steadily faster with speed, so that no mix of speeds takes less than the mean does, and below it nothing takes less
    than the cheapest. What climbs takes the climb term at least once over the difference of heights.
    """
    start, end = user.start, user.destination
    mean = math.hypot(end.east_m - start.east_m, end.north_m - start.north_m) / time.duration_s
    climb = abs(end.height_m - start.height_m) / time.duration_s
    power_w = float(propulsion_power_w(max(mean, cheapest_speed_m_s()), climb))
    return power_w * time.duration_s * (1.0 - ROUNDING)


def economical(air: Air, scenario: Scenario, flight: Array) -> Array:
    """Return a flight (slots + 1, I, 3) in which whoever is over its budget flies to and fro beside its way.

    Hovering takes more power than flying at some 10 m/s: a user whose way is slower moves every other waypoint sideways
    until the legs have the cheapest length, wherever that is clear, inside the area and away from the others, and until
    the budget is kept. Who flies faster than that already has nothing to save here.
    """
    found = flight.copy()
    half = scenario.area.size_m / 2
    for index, user in enumerate(scenario.aerial_users):
        if air.is_within_budget(found[:, index], index):
            continue
        wanted = min(cheapest_speed_m_s(), user.max_speed_m_s * (1.0 - 1e-9)) * scenario.time.slot_s
        for slot in range(1, len(found) - 1, 2):
            _swing(air, found, index, slot, wanted, half)
            if air.is_within_budget(found[:, index], index):
                break
    return found


def _swing(air: Air, flight: Array, index: int, slot: int, wanted_m: float, half_m: float) -> None:
    """Move one waypoint sideways, in place, so that the legs before and after it have a wanted length."""
    before, at, after = flight[slot - 1 : slot + 2, index]
    along = after[:2] - before[:2]
    length = float(np.hypot(*along))
    if length >= 2.0 * wanted_m:
        return
    side = np.array([-along[1], along[0]]) / length if length > 1e-9 else np.array([0.0, 1.0])
    swing = math.sqrt(wanted_m**2 - (length / 2) ** 2)
    old = at.copy()
    energy = air.energy_j(flight[slot - 1 : slot + 2, index])
    others = np.arange(flight.shape[1]) != index
    window = slice(slot - 1, slot + 2)
    for sign in (1.0, -1.0):
        middle = (before + after) / 2
        flight[slot, index] = [*(middle[:2] + sign * swing * side), middle[2]]
        way = flight[window, index]
        if (
            np.abs(way[1, :2]).max() <= half_m
            and air.energy_j(way) < energy
            and air.is_clear(way)
            and air.keeps_away(way, flight[window][:, others], air.needed_m[index, others])
        ):
            return
    flight[slot, index] = old

"""The reference flight: straight lines at constant speed, kept apart where they would meet."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np

from itnt_core.arrays import Array
from itnt_core.network import needed_m
from itnt_core.scenario import AerialUser, Scenario, positions_m

from .detours import height_detours, level_detours, pushed_apart

MAX_ORDERS, MANY_USERS = 12, 20  # beyond so many users only one more order is tried: each takes long


def straight_flight(scenario: Scenario) -> Array:
    """Return waypoints (slots + 1, aerial users, 3) in metres of straight lines flown at constant speed.

    An aerial user whose line would come closer than allowed to an earlier one climbs or descends out of the way, as
    little as possible, within its height and vertical-speed limits; where no height helps it waits or flies a bow.
    Where the last in turn finds no way, other turns are tried, and at last all push each other apart. If that fails too
    the lines stay straight and the constraint check names the violation.
    """
    lines = straight_lines(scenario)
    for order in turns(lines, scenario):
        flight = _in_turn(lines, order, scenario)
        if flight is not None:
            return flight
    pushed = pushed_apart(lines, scenario)
    return lines if pushed is None else pushed


def straight_lines(scenario: Scenario) -> Array:
    """Return waypoints (slots + 1, aerial users, 3) in metres of straight lines at constant speed, whoever meets."""
    users = scenario.aerial_users
    share = np.linspace(0.0, 1.0, scenario.time.slots + 1)[:, None]
    lines = np.zeros((scenario.time.slots + 1, len(users), 3))
    for index, user in enumerate(users):
        start, end = positions_m((user.start, user.destination))
        line = start * (1.0 - share) + end * share
        # the blend is exact at both ends only when written this way round
        line[0], line[-1] = start, end
        lines[:, index] = line
    return lines


def turns(lines: Array, scenario: Scenario) -> Iterator[tuple[int, ...]]:
    """Yield orders in which to find ways of lines (slots + 1, I, 3): as listed, then the busiest first."""
    count, slot_s = lines.shape[1], scenario.time.slot_s
    yield tuple(range(count))
    way_m = np.linalg.norm(lines[-1, :, :2] - lines[0, :, :2], axis=1)
    speeds = np.array([user.max_speed_m_s for user in scenario.aerial_users])
    busy = [int(index) for index in np.argsort(-way_m / (speeds * slot_s), kind="stable")]
    more = 0 if count < 2 else MAX_ORDERS if count <= MANY_USERS else 1
    yield from itertools.islice(itertools.permutations(busy), more)


def _in_turn(lines: Array, order: tuple[int, ...], scenario: Scenario) -> Array | None:
    """Return a flight in which each user keeps away from those before it in the order, or None if one cannot."""
    flight = lines.copy()
    needed = needed_m(scenario.aerial_users)
    for place, index in enumerate(order):
        others = list(order[:place])
        way = _free_way(lines[:, index], flight[:, others], needed[index, others], index, scenario)
        if way is None:
            return None
        flight[:, index] = way
    return flight


def _free_way(line: Array, others: Array, needed: Array, index: int, scenario: Scenario) -> Array | None:
    """Return the line, or the first detour that keeps ``needed`` away from others (slots + 1, others, 3)."""
    if not len(needed):
        return line
    user: AerialUser = scenario.aerial_users[index]
    flat_m = np.linalg.norm(others[..., :2] - line[:, None, :2], axis=2).min(axis=0)
    near = flat_m < needed  # detours by height leave the far ones far
    ways = itertools.chain([line], height_detours(line, user, scenario.time.slot_s))
    for way in ways:
        if _keeps_away(way, others[:, near], needed[near]):
            return way
    for way in level_detours(line, user, scenario, float(needed.max())):
        if _keeps_away(way, others, needed):
            return way
    return None


def _keeps_away(way: Array, others: Array, needed: Array) -> bool:
    return bool((np.linalg.norm(others - way[:, None], axis=2) >= needed).all())

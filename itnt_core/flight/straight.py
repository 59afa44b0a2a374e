"""The reference flight: straight lines at constant speed, kept apart by height where they would meet."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np

from itnt_core.arrays import Array
from itnt_core.scenario import AerialUser, Scenario, positions_m

HEIGHT_STEPS = 40


def straight_flight(scenario: Scenario) -> Array:
    """Return waypoints (slots + 1, aerial users, 3) of straight lines flown at constant speed.

    An aerial user whose line would come closer than allowed to an earlier one climbs or descends out of the way, as
    little as possible, within its height and vertical-speed limits. Where no height helps the line stays straight and
    the constraint check names the violation.
    """
    share = np.linspace(0.0, 1.0, scenario.time.slots + 1)[:, None]
    flown: list[Array] = []
    for user in scenario.aerial_users:
        start, end = positions_m((user.start, user.destination))
        line = start * (1.0 - share) + end * share
        # the blend is exact at both ends only when written this way round
        line[0], line[-1] = start, end
        flown.append(_kept_apart(line, user, flown, scenario))
    return np.stack(flown, axis=1) if flown else np.zeros((scenario.time.slots + 1, 0, 3))


def _kept_apart(line: Array, user: AerialUser, flown: list[Array], scenario: Scenario) -> Array:
    """Return the line, or the first detour that keeps away from the users flown before."""
    if not flown:
        return line
    paths = np.stack(flown)  # (others, slots + 1, 3)
    others = scenario.aerial_users[: len(flown)]
    needed = np.array([max(user.min_separation_m, other.min_separation_m) for other in others])
    near = np.hypot(*np.moveaxis(paths[..., :2] - line[None, :, :2], -1, 0)).min(axis=1) < needed
    paths, needed = paths[near], needed[near]  # detours change heights only, so the far ones stay far
    for candidate in itertools.chain([line], _height_detours(line, user, scenario.time.slot_s)):
        if (np.linalg.norm(paths - candidate, axis=2) >= needed[:, None]).all():
            return candidate
    return line


def _height_detours(line: Array, user: AerialUser, slot_s: float) -> Iterator[Array]:
    """Yield the line at other heights, the smallest detour first."""
    climb_m = user.max_vertical_speed_m_s * slot_s
    slots = len(line) - 1
    # From the start and back to the destination no height can be reached faster than the climb limit allows.
    since_start = np.arange(slots + 1) * climb_m
    until_end = since_start[::-1]
    span = user.max_height_m - user.min_height_m
    for step in range(1, HEIGHT_STEPS + 1):
        for sign in (1.0, -1.0):
            wanted = line[:, 2] + sign * span * step / HEIGHT_STEPS
            low = np.maximum.reduce([line[0, 2] - since_start, line[-1, 2] - until_end])
            high = np.minimum.reduce([line[0, 2] + since_start, line[-1, 2] + until_end])
            heights = np.clip(np.clip(wanted, user.min_height_m, user.max_height_m), low, high)
            if np.abs(np.diff(heights)).max(initial=0.0) <= climb_m + 1e-9:
                yield np.column_stack([line[:, :2], heights])

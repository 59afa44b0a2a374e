"""Ways out of each other's way for aerial users on straight lines: by height, by waiting, sideways, and together."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np

from itnt_core.arrays import Array, IntArray
from itnt_core.network import apart_m, needed_m
from itnt_core.scenario import AerialUser, Scenario

from .projection import project_flight

HEIGHT_STEPS = 40  # of the range of heights: detours above and below the line
PAUSES = (0.0, 0.05, 0.1, 0.2, 0.3, 0.45)  # shares of the flight spent waiting at one end
SIDE_STEPS = (0.0, 0.6, 1.1, 1.6, 2.5, 4.0)  # of the separation that is asked for
RAMPS = (0.5, 0.25, 0.08)  # shares of the flight in which a bow leaves the line and comes back
HAIR = 1.0 - 1e-9  # inside the limits, so that rounding never breaks them
PUSHES, PUSHED = 300, 10_000_000  # rounds in which users push each other apart; pairs and waypoints in all of them


def height_detours(line: Array, user: AerialUser, slot_s: float) -> Iterator[Array]:
    """Yield the line (slots + 1, 3) at other heights, the smallest detour first."""
    climb_m = user.max_vertical_speed_m_s * slot_s
    slots = len(line) - 1
    # From the start and back to the destination no height can be reached faster than the climb limit allows.
    since_start = np.arange(slots + 1) * climb_m
    until_end = since_start[::-1]
    span = user.max_height_m - user.min_height_m
    low = np.maximum.reduce([line[0, 2] - since_start, line[-1, 2] - until_end])
    high = np.minimum.reduce([line[0, 2] + since_start, line[-1, 2] + until_end])
    for step in range(1, HEIGHT_STEPS + 1) if span > 0.0 else ():
        for sign in (1.0, -1.0):
            wanted = line[:, 2] + sign * span * step / HEIGHT_STEPS
            heights = np.clip(np.clip(wanted, user.min_height_m, user.max_height_m), low, high)
            if np.abs(np.diff(heights)).max(initial=0.0) <= climb_m + 1e-9:
                yield np.column_stack([line[:, :2], heights])


def level_detours(line: Array, user: AerialUser, scenario: Scenario, separation_m: float) -> Iterator[Array]:
    """Yield ways (slots + 1, 3) beside the line that keep all limits of the user, the shortest bows and pauses first.

    The user waits at its start or its destination and flies faster in between, or leaves the line to one side, or both.
    """
    share = np.linspace(0.0, 1.0, len(line))
    towards = line[-1, :2] - line[0, :2]
    length = float(np.linalg.norm(towards))
    # whoever starts where it ends has no side of its own: any will do
    unit = towards / length if length > 1e-9 else np.array([1.0, 0.0])
    side = np.array([-unit[1], unit[0], 0.0])
    for offset, pause in sorted(itertools.product(SIDE_STEPS, PAUSES), key=sum):
        for sign, ramp, is_late in itertools.product((1.0, -1.0), RAMPS, (True, False)):
            if (offset == 0.0 and (sign < 0.0 or ramp != RAMPS[0])) or (pause == 0.0 and not is_late):
                continue  # the same way again
            done = np.clip((share - (pause if is_late else 0.0)) / (1.0 - pause), 0.0, 1.0)
            bow = np.clip(np.minimum(done, 1.0 - done) / ramp, 0.0, 1.0)
            way = line[0] + (line[-1] - line[0]) * done[:, None]
            way = way + (sign * offset * separation_m * np.sin(0.5 * np.pi * bow))[:, None] * side
            way[0], way[-1] = line[0], line[-1]
            if _keeps_limits(way, user, scenario):
                yield way


def _keeps_limits(way: Array, user: AerialUser, scenario: Scenario) -> bool:
    step = np.abs(np.diff(way, axis=0)) / scenario.time.slot_s
    return bool(
        np.hypot(step[:, 0], step[:, 1]).max() <= user.max_speed_m_s * HAIR
        and step[:, 2].max() <= user.max_vertical_speed_m_s * HAIR
        and np.abs(way[:, :2]).max() <= scenario.area.size_m / 2
    )


def pushed_apart(flight: Array, scenario: Scenario, *, whole: bool = False) -> Array | None:
    """Return a flight (slots + 1, users, 3) near the given one in which all keep apart, or None where none is found.

    Pairs that are too close push each other away, both half of what is missing, and the flight is projected back onto
    the limits, until nobody is too close, along ``whole`` slots or at their ends. Users who meet head-on step aside to
    their right.
    """
    wanted = needed_m(scenario.aerial_users)
    first, second = np.triu_indices(flight.shape[1], 1)
    needed = wanted[first, second]
    ways = flight.copy()
    for _ in range(int(np.clip(PUSHED // max(1, len(ways) * len(first)), 5, PUSHES))):
        apart = ways[:, first] - ways[:, second]  # (waypoints, pairs, 3)
        distance = apart_m(ways[:, first], ways[:, second], whole=whole)
        if (distance >= needed).all():
            return ways
        missing = np.where(distance < needed, 1.02 * needed - distance, 0.0)
        push = 0.5 * missing[..., None] * _directions(ways, first, second, apart, distance)
        moves = np.zeros((len(wanted), len(ways), 3))
        np.add.at(moves, first, np.swapaxes(push, 0, 1))
        np.add.at(moves, second, -np.swapaxes(push, 0, 1))
        ways = project_flight(scenario, ways + _spread(np.swapaxes(moves, 0, 1)))
    return None


def _directions(ways: Array, first: IntArray, second: IntArray, apart: Array, distance: Array) -> Array:
    """Return the unit vectors (waypoints, pairs, 3) along which the first of each pair is pushed from the second."""
    velocity = np.gradient(ways, axis=0)
    relative = velocity[:, first] - velocity[:, second]
    right = np.stack([relative[..., 1], -relative[..., 0], np.zeros(distance.shape)], axis=-1)
    speed = np.linalg.norm(right, axis=-1, keepdims=True)
    right = np.where(speed > 1e-9, right / np.maximum(speed, 1e-9), np.array([1.0, 0.0, 0.0]))
    # what lies along the relative course only delays a meeting
    across = apart - (apart * relative).sum(axis=-1, keepdims=True) / np.maximum(speed, 1e-9) ** 2 * relative
    across = np.where(speed > 1e-9, across, apart)
    size = np.linalg.norm(across, axis=-1, keepdims=True)
    return np.where(size > 1e-3 * distance[..., None] + 1e-9, across / np.maximum(size, 1e-9), right)


def _spread(moves: Array) -> Array:
    """Return moves (waypoints, users, 3) that rise and fall towards the waypoints before and after."""
    reach = max(1, len(moves) // 6)
    spread = moves.copy()
    for shift in range(1, reach + 1):
        weight = 1.0 - shift / (reach + 1.0)
        for shifted in (_shifted(moves, shift), _shifted(moves, -shift)):
            stronger = np.abs(weight * shifted) > np.abs(spread)
            spread = np.where(stronger, weight * shifted, spread)
    spread[0] = spread[-1] = 0.0
    return spread


def _shifted(moves: Array, shift: int) -> Array:
    moved = np.zeros_like(moves)
    if shift > 0:
        moved[shift:] = moves[:-shift]
    else:
        moved[:shift] = moves[-shift:]
    return moved

"""The shortest way around what bars the straight one, and how it is flown in whole slots."""

from __future__ import annotations

import heapq
import math
from dataclasses import dataclass

import numpy as np

from itnt_core.arrays import Array
from itnt_core.city import Obstacles
from itnt_core.scenario import AerialUser, Scenario, positions_m

MOST_CORNERS = 700  # that are looked at; a way past more obstacles is left to the planning grid
HAIR = 1.0 - 1e-9  # inside the limits, so that rounding never breaks them


@dataclass(frozen=True)
class Pace:
    """How far an aerial user gets in a slot, across and up, in metres."""

    reach_m: float
    climb_m: float

    @classmethod
    def of(cls, user: AerialUser, slot_s: float) -> Pace:
        """Return the pace of a user, a hair below its limits."""
        return cls(user.max_speed_m_s * slot_s * HAIR, user.max_vertical_speed_m_s * slot_s * HAIR)


def way_around(scenario: Scenario, user: AerialUser, obstacles: Obstacles) -> Array | None:
    """Return the turning points (n, 3) of the shortest way in plan past all obstacles; None where there is none.

    Heights change evenly from the start to the destination. The corners of an obstacle enter the search once the way
    meets it: until then the way is the shortest past fewer obstacles, so the first that meets nothing is the shortest
    of all (among ways from corner to corner, whose heights are as said).
    """
    start, end = positions_m((user.start, user.destination))
    points, known = np.stack([start, end]), set[int]()
    while len(points) <= MOST_CORNERS:
        path = _shortest(points, obstacles, sorted(known))
        if path is None:
            return None
        clear = obstacles.are_clear(path[:-1], path[1:])
        if clear.all():
            return path
        met = {index for leg in np.flatnonzero(~clear) for index in obstacles.met(path[leg], path[leg + 1])} - known
        if not met:
            return None
        known |= met
        corners = np.concatenate([obstacles.outline_m(index) for index in sorted(known)])
        corners = corners[np.abs(corners).max(axis=1) <= scenario.area.size_m / 2]
        points = np.concatenate([np.stack([start, end]), _raised(corners, start, end)])
    return None


def _raised(corners_m: Array, start: Array, end: Array) -> Array:
    """Return corners (n, 2) at the height (n, 3) that a way over them has there, if it climbs evenly."""
    before = np.linalg.norm(corners_m - start[:2], axis=1)
    after = np.linalg.norm(corners_m - end[:2], axis=1)
    share = before / np.maximum(before + after, 1e-9)
    return np.column_stack([corners_m, start[2] + share * (end[2] - start[2])])


def _shortest(points: Array, obstacles: Obstacles, known: list[int]) -> Array | None:
    """Return the shortest way (n, 3) from the first of the points to the second past the known obstacles."""
    from scipy.sparse.csgraph import dijkstra

    if not known:
        return points[:2]
    first, second = np.triu_indices(len(points), 1)
    clear = obstacles.are_clear(points[first], points[second], known)
    lengths = np.full((len(points), len(points)), np.inf)
    first, second = first[clear], second[clear]
    apart = np.maximum(np.linalg.norm(points[first, :2] - points[second, :2], axis=1), 1e-9)
    lengths[first, second] = lengths[second, first] = apart
    total, before = dijkstra(np.where(np.isfinite(lengths), lengths, 0.0), indices=0, return_predecessors=True)
    if not np.isfinite(total[1]):
        return None
    path = [1]
    while path[-1] != 0:
        path.append(int(before[path[-1]]))
    return np.asarray(points[path[::-1]])


def pulled(points: Array, obstacles: Obstacles) -> Array:
    """Return turning points (n, 3) without those that a clear leg can leave out, from the start on."""
    kept, place = [0], 0
    while place < len(points) - 1:
        ahead = np.arange(len(points) - 1, place, -1)
        clear = obstacles.are_clear(np.broadcast_to(points[place], (len(ahead), 3)), points[ahead])
        place = int(ahead[np.argmax(clear)]) if clear.any() else place + 1
        kept.append(place)
    return np.asarray(points[kept])


def flown(points: Array, slots: int, pace: Pace, wait: int = 0) -> Array | None:
    """Return a flight (slots + 1, 3) over turning points (n, 3) that reaches each at the end of a slot, or None.

    Each leg takes whole slots, as evenly as they go; ``wait`` slots are spent before (or, below zero, after) the way.
    None where the slots do not suffice.
    """
    moved = np.linalg.norm(np.diff(points, axis=0), axis=1) > 1e-9
    points = points[np.concatenate([[True], moved])]
    legs = np.diff(points, axis=0)
    free = slots - abs(wait)
    if not len(legs):
        return np.repeat(points, slots + 1, axis=0)
    across, up = np.linalg.norm(legs[:, :2], axis=1), np.abs(legs[:, 2])
    if (up > 0.0).any() and pace.climb_m <= 0.0:
        return None
    climbs = up / pace.climb_m if pace.climb_m > 0.0 else np.zeros(len(up))
    counts = [max(1, math.ceil(one)) for one in np.maximum(across / pace.reach_m, climbs)]
    if sum(counts) > free:
        return None
    effort = [(-max(a, 1e-9) / n, leg) for leg, (a, n) in enumerate(zip(across.tolist(), counts, strict=True))]
    heapq.heapify(effort)
    for _ in range(free - sum(counts)):
        _, leg = heapq.heappop(effort)
        counts[leg] += 1
        heapq.heappush(effort, (-max(float(across[leg]), 1e-9) / counts[leg], leg))
    parts = [points[:1]]
    for leg, count in enumerate(counts):
        share = np.arange(1, count + 1)[:, None] / count
        part = points[leg] * (1.0 - share) + points[leg + 1] * share
        part[-1] = points[leg + 1]
        parts.append(part)
    before, after = np.repeat(points[:1], max(wait, 0), axis=0), np.repeat(points[-1:], max(-wait, 0), axis=0)
    return np.concatenate([before, *parts, after])

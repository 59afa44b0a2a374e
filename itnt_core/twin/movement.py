"""Where the users walk: straight over free ground, back and forth between the walls around their start."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from itnt_core.city import City
from itnt_core.radio import named_generator
from itnt_core.twin.planning.window import Array

DIRECTIONS, SAMPLE_M = 16, 1.0  # that are tried, and how finely a way is looked at
KNEE_M = 0.5  # height of the way: no building is lower


def walk(city: City, starts_m: Array, speed_m_s: float, times_s: Array, seed: int) -> Array:
    """Return the positions (times, users, 3) of users that start at (users, 3) and walk at one speed.

    Each user takes, of sixteen directions, one of the three with the longest free way - which one is drawn - and turns
    back at its end. Who starts inside a building stands still.
    """
    # No way is longer than from corner to corner.
    reach_m = min(max(SAMPLE_M, speed_m_s * float(times_s.max(initial=0.0))), np.sqrt(2.0) * city.size_m)
    steps = np.arange(SAMPLE_M, reach_m + SAMPLE_M, SAMPLE_M)
    angles = 2.0 * np.pi * np.arange(DIRECTIONS) / DIRECTIONS
    headings = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    generator = named_generator(seed, "walks")
    positions = np.empty((times_s.size, len(starts_m), 3))
    for user, start in enumerate(starts_m):
        points = start[:2] + steps[:, None, None] * headings  # (steps, directions, 2)
        free_m = SAMPLE_M * np.cumprod(_is_free_way(city, start[:2], points), axis=0).sum(axis=0)
        best = np.argsort(-free_m, kind="stable")[:3]
        heading = int(best[generator.integers(len(best))])
        way = float(free_m[heading])
        walked = speed_m_s * times_s
        along = way - np.abs(way - walked % (2.0 * way)) if way > 0.0 else np.zeros_like(walked)
        positions[:, user, :2] = start[:2] + along[:, None] * headings[heading]
        positions[:, user, 2] = start[2]
    return positions


def _is_free_way(city: City, start: Array, points: Array) -> NDArray[np.bool_]:
    """Say to which points (steps, directions, 2) a straight way over free ground leads; to none from inside a wall."""
    flat = points.reshape(-1, 2)
    if not city.is_free_ground(start[None])[0]:
        return np.zeros(points.shape[:2], dtype=bool)
    heights = np.full((len(flat), 1), KNEE_M)
    begin = np.hstack([np.broadcast_to(start, flat.shape), heights])
    free: NDArray[np.bool_] = city.is_free_ground(flat) & city.line_of_sight(begin, np.hstack([flat, heights]))
    return free.reshape(points.shape[:2])

"""How near aerial users come to one another: at the ends of slots, or along the whole of them."""

from __future__ import annotations

import numpy as np

from itnt_core.arrays import Array
from itnt_core.scenario import AerialUser


def needed_m(users: tuple[AerialUser, ...]) -> Array:
    """Return the separation in metres that each pair of users needs: (users, users)."""
    own = np.array([user.min_separation_m for user in users])
    return np.maximum(own[:, None], own[None, :])


def least_distance_m(before_m: Array, after_m: Array) -> Array:
    """Return the least distance (...) in metres of two that move straight and evenly at the same time.

    ``before_m`` and ``after_m`` (..., 3) are where the one is as seen from the other at the beginning and at the end.
    That way is straight, too, so its nearest point to the origin is at the share -b.d / |d|^2 of it, held within 0..1.

    >>> least_distance_m(np.array([30.0, -40.0, 0.0]), np.array([30.0, 40.0, 0.0]))  # they pass at 30 m
    np.float64(30.0)
    """
    way = after_m - before_m
    length = (way * way).sum(axis=-1)
    share = -(before_m * way).sum(axis=-1) / np.where(length > 0.0, length, 1.0)
    return np.linalg.norm(before_m + np.clip(share, 0.0, 1.0)[..., None] * way, axis=-1)


def apart_m(first_m: Array, second_m: Array, *, whole: bool) -> Array:
    """Return the distances (waypoints, ...) of flights (waypoints, ..., 3) whose shapes broadcast.

    At the waypoints; ``whole`` takes the least along the slot that ends there, the first stays that at the start.
    """
    between = first_m - second_m
    apart: Array = np.linalg.norm(between, axis=-1)
    if whole:
        apart[1:] = least_distance_m(between[:-1], between[1:])
    return apart

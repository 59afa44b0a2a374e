"""How many users can be served at once: reach, seats and station power, with all interference removed."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np

from .types import Array, BoolArray, IntArray

ROUNDING = 1e-9  # relative, far above what sums of doubles lose


def most_served(signal: Array, seats: IntArray, floor: float, at_most: Array | float = 1.0) -> int:
    """Return a number of users that no association and powers of a slot exceed.

    ``signal`` (subchannels, stations, users) is gain over noise times what a station may send on one subchannel, at
    least the true one; ``seats`` (stations,) is how many users a station serves at most; ``floor`` the SINR (linear) of
    a served user; ``at_most`` (stations,) how many times that power a station has in all. The greatest flow from users
    through stations: a user needs a station that reaches the floor alone with that power, and the least powers of a
    station's users stay within what it has.
    """
    strength = signal.max(axis=0).T  # (users, stations)
    reaches = (strength >= floor) & (strength > 0.0)
    capacity = np.minimum(seats, _within_power(strength, reaches, floor, at_most))
    reaches &= capacity > 0
    if (reaches.sum(axis=0) <= capacity).all():
        return int(reaches.any(axis=1).sum())
    return _greatest_flow_of(reaches.tobytes(), capacity.tobytes(), reaches.shape, capacity.dtype)


@lru_cache(maxsize=256)
def _greatest_flow_of(reaches: bytes, capacity: bytes, shape: tuple[int, int], kind: np.dtype[Any]) -> int:
    """Return :func:`_greatest_flow`: from one slot to the next most often nothing of it changes."""
    return _greatest_flow(np.frombuffer(reaches, dtype=bool).reshape(shape), np.frombuffer(capacity, dtype=kind))


def _within_power(strength: Array, reaches: BoolArray, floor: float, at_most: Array | float) -> IntArray:
    """Return how many users (stations,) the least powers for the floor leave room for, the cheapest users first."""
    need = np.full(strength.shape, np.inf)
    np.divide(floor, strength, out=need, where=reaches)
    spent = np.cumsum(np.sort(need, axis=0), axis=0)
    within: IntArray = (spent <= at_most + ROUNDING).sum(axis=0)
    return within


def _greatest_flow(reaches: BoolArray, capacity: IntArray) -> int:
    """Return how many users can be given to stations (users, stations) that reach them, ``capacity`` at each."""
    from scipy.sparse import csr_array  # slow to import, and few slots have more who reach than seats
    from scipy.sparse.csgraph import maximum_flow

    users, stations = reaches.shape
    user, station = np.nonzero(reaches)
    source, sink = users + stations, users + stations + 1
    tails = np.concatenate([np.full(users, source), user, users + np.arange(stations)])
    heads = np.concatenate([np.arange(users), users + station, np.full(stations, sink)])
    most = np.concatenate([np.ones(users + len(user), dtype=np.int32), capacity.astype(np.int32)])
    network = csr_array((most, (tails, heads)), shape=(sink + 1, sink + 1))
    return int(maximum_flow(network, source, sink).flow_value)

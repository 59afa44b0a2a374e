"""Compiled search for the association of one slot: climbs from several starts, and again after shakes.

Arguments are those of :mod:`itnt_core.association.local_search`.
"""

from __future__ import annotations

import numba
import numpy as np

from .local_search import INFEASIBLE, _link_sinr, apply_move, climb_below, most_rates, subchannel_value


@numba.njit(cache=True, error_model="numpy")
def load_feasible(station, subchannel, user_at, link_of, load, gain, power, noise, law, bandwidth, floor, reward):  # type: ignore[no-untyped-def]
    """Load an association into the working arrays, dropping the weakest users of a subchannel until it is feasible."""
    user_at[:] = -1
    link_of[:] = -1
    load[:] = 0
    for user in range(len(station)):
        b, k = station[user], subchannel[user]
        if b >= 0 and power[b, k] > 0.0:
            user_at[b, k] = user
            link_of[user, 0], link_of[user, 1] = b, k
            load[b] += 1
    stations, subchannels = user_at.shape
    for k in range(subchannels):
        while subchannel_value(k, user_at, gain, power, noise, law, bandwidth, floor, reward) == INFEASIBLE:
            weakest, lowest = -1, np.inf
            for b in range(stations):
                if user_at[b, k] < 0:
                    continue
                sinr = _link_sinr(b, k, user_at, gain, power, noise)
                if sinr < lowest:
                    weakest, lowest = b, sinr
            link_of[user_at[weakest, k]] = -1
            user_at[weakest, k] = -1
            load[weakest] -= 1


@numba.njit(cache=True, error_model="numpy")
def shake(user_at, link_of, load, max_users, draws):  # type: ignore[no-untyped-def]
    """Move some users to random links, given as (user, station, subchannel) triples; feasibility is not looked at."""
    for index in range(len(draws)):
        user, b, k = draws[index, 0], draws[index, 1], draws[index, 2]
        if user_at[b, k] < 0 and b != link_of[user, 0] and load[b] >= max_users[b]:
            continue
        if link_of[user, 0] != b or link_of[user, 1] != k:
            apply_move(user, b, k, user_at, link_of, load)


@numba.njit(cache=True, nogil=True, error_model="numpy")
def search_slot(  # type: ignore[no-untyped-def]
    starts, draws, max_users, gain, power, noise, law, bandwidth, floor, reward, tolerance
):
    """Return the best association (2, users) of a slot, stations above subchannels, that climbs reach.

    They start from each of ``starts`` (n, 2, users), and then, shake by shake, from the best so far after the moves of
    ``draws`` (shakes, moves, 3).
    """
    users, stations, subchannels = gain.shape
    user_at, link_of = np.full((stations, subchannels), -1), np.full((users, 2), -1)
    load = np.zeros(stations, np.int64)
    most = most_rates(gain, power, noise, law, bandwidth, floor)
    best, answer = -np.inf, np.full((2, users), -1)
    for attempt in range(len(starts) + len(draws)):
        found = starts[attempt] if attempt < len(starts) else answer
        load_feasible(found[0], found[1], user_at, link_of, load, gain, power, noise, law, bandwidth, floor, reward)
        if attempt >= len(starts):
            shake(user_at, link_of, load, max_users, draws[attempt - len(starts)])
            shaken = link_of.copy()
            load_feasible(
                shaken[:, 0], shaken[:, 1], user_at, link_of, load, gain, power, noise, law, bandwidth, floor, reward
            )
        value = climb_below(
            user_at, link_of, load, max_users, most, gain, power, noise, law, bandwidth, floor, reward, tolerance
        )
        if value > best + tolerance:
            best = value
            answer[0], answer[1] = link_of[:, 0], link_of[:, 1]
    return answer

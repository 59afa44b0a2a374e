"""Compiled local search on the true (active) objective of P1; see :mod:`itnt_core.association.active`."""

from __future__ import annotations

import numba
import numpy as np

INFEASIBLE = -1e18


@numba.njit(cache=True)
def _link_sinr(b, k, user_at, gain, power, noise):  # type: ignore[no-untyped-def]
    """Return the SINR of the user that station b serves on subchannel k beside the others on it."""
    user = user_at[b, k]
    interference = noise
    for other in range(user_at.shape[0]):
        if other != b and user_at[other, k] >= 0:
            interference += power[other, k] * gain[user, other, k]
    return power[b, k] * gain[user, b, k] / interference


@numba.njit(cache=True)
def subchannel_value(k, user_at, gain, power, noise, efficiency_cap, bandwidth, floor, reward):  # type: ignore[no-untyped-def]
    """Return the summed rates and rewards of the users on subchannel k, or INFEASIBLE when one is below the floor.

    ``user_at`` (stations, subchannels) holds user indices or -1; only occupied subchannels radiate.
    """
    stations = user_at.shape[0]
    value = 0.0
    for b in range(stations):
        if user_at[b, k] < 0:
            continue
        sinr = _link_sinr(b, k, user_at, gain, power, noise)
        if sinr < floor:
            return INFEASIBLE
        value += bandwidth * min(np.log2(1.0 + sinr), efficiency_cap) + reward
    return value


@numba.njit(cache=True)
def _pair_value(k, other_k, user_at, gain, power, noise, cap, bandwidth, floor, reward):  # type: ignore[no-untyped-def]
    """Return the value of two subchannels, counted once when they are the same."""
    value = subchannel_value(k, user_at, gain, power, noise, cap, bandwidth, floor, reward)
    if other_k != k:
        value += subchannel_value(other_k, user_at, gain, power, noise, cap, bandwidth, floor, reward)
    return value


@numba.njit(cache=True)
def _best_move(user, user_at, link_of, load, max_users, values, gain, power, noise, cap, bandwidth, floor, reward):  # type: ignore[no-untyped-def]
    """Return (gain, station, subchannel) of the best change of one user's link; station -1 stands for dropping it.

    A free link is taken; an occupied one is swapped with its user, who gets this user's old link or none.
    """
    stations, subchannels = user_at.shape
    old_b, old_k = link_of[user, 0], link_of[user, 1]
    best, best_b, best_k = 0.0, -2, -2
    if old_b >= 0:  # drop
        user_at[old_b, old_k] = -1
        change = subchannel_value(old_k, user_at, gain, power, noise, cap, bandwidth, floor, reward) - values[old_k]
        user_at[old_b, old_k] = user
        if change > best:
            best, best_b, best_k = change, -1, -1
    for b in range(stations):
        for k in range(subchannels):
            if b == old_b and k == old_k:
                continue
            occupant = user_at[b, k]
            if occupant < 0 and b != old_b and load[b] >= max_users[b]:
                continue
            before = values[k]
            if old_b >= 0 and old_k != k:
                before += values[old_k]
            user_at[b, k] = user
            if old_b >= 0:
                user_at[old_b, old_k] = occupant  # -1 when the link was free
                after = _pair_value(k, old_k, user_at, gain, power, noise, cap, bandwidth, floor, reward)
                user_at[old_b, old_k] = user
            else:
                after = subchannel_value(k, user_at, gain, power, noise, cap, bandwidth, floor, reward)
            user_at[b, k] = occupant
            if after - before > best:
                best, best_b, best_k = after - before, b, k
    return best, best_b, best_k


@numba.njit(cache=True)
def _apply(user, b, k, user_at, link_of, load):  # type: ignore[no-untyped-def]
    old_b, old_k = link_of[user, 0], link_of[user, 1]
    occupant = user_at[b, k] if b >= 0 else -1
    if old_b >= 0:
        user_at[old_b, old_k] = occupant
        load[old_b] -= 1
    if occupant >= 0:
        link_of[occupant, 0], link_of[occupant, 1] = old_b, old_k
        load[b] -= 1
        if old_b >= 0:
            load[old_b] += 1
    link_of[user, 0], link_of[user, 1] = b, k
    if b >= 0:
        user_at[b, k] = user
        load[b] += 1


@numba.njit(cache=True)
def climb(user_at, link_of, load, max_users, gain, power, noise, cap, bandwidth, floor, reward, tolerance):  # type: ignore[no-untyped-def]
    """Improve a feasible association in place until no change of one user's link helps; return its value."""
    subchannels = user_at.shape[1]
    users = link_of.shape[0]
    values = np.empty(subchannels)
    for k in range(subchannels):
        values[k] = subchannel_value(k, user_at, gain, power, noise, cap, bandwidth, floor, reward)
    improved = True
    while improved:
        improved = False
        for user in range(users):
            change, b, k = _best_move(
                user, user_at, link_of, load, max_users, values, gain, power, noise, cap, bandwidth, floor, reward
            )
            if change > tolerance:
                old_k = link_of[user, 1]
                _apply(user, b, k, user_at, link_of, load)
                for changed in (old_k, k):
                    if changed >= 0:
                        values[changed] = subchannel_value(
                            changed, user_at, gain, power, noise, cap, bandwidth, floor, reward
                        )
                improved = True
    return values.sum()


@numba.njit(cache=True)
def load_feasible(station, subchannel, user_at, link_of, load, gain, power, noise, cap, bandwidth, floor, reward):  # type: ignore[no-untyped-def]
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
        while subchannel_value(k, user_at, gain, power, noise, cap, bandwidth, floor, reward) == INFEASIBLE:
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


@numba.njit(cache=True)
def shake(user_at, link_of, load, max_users, draws):  # type: ignore[no-untyped-def]
    """Move some users to random links, given as (user, station, subchannel) triples; feasibility is not looked at."""
    for index in range(len(draws)):
        user, b, k = draws[index, 0], draws[index, 1], draws[index, 2]
        if user_at[b, k] < 0 and b != link_of[user, 0] and load[b] >= max_users[b]:
            continue
        if link_of[user, 0] != b or link_of[user, 1] != k:
            _apply(user, b, k, user_at, link_of, load)

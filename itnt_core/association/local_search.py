"""Compiled local search on the true (active) objective of P1; see :mod:`itnt_core.association.active`.

``law`` (users, steps, 4) is the rate law of each user, see :func:`itnt_core.rate_laws.user_tables`: it holds what the
user can use, and what its data weigh.
"""

from __future__ import annotations

import numba
import numpy as np

from itnt_core.compiled_rates import carried

INFEASIBLE = -1e18  # in place of a value that no sum of rates and rewards reaches


@numba.njit(cache=True)
def _interference(user, b, k, user_at, gain, power, noise):  # type: ignore[no-untyped-def]
    """Return noise and what a user hears on subchannel k from the stations that radiate there, b left out."""
    total = noise
    for other in range(user_at.shape[0]):
        if other != b and user_at[other, k] >= 0:
            total += power[other, k] * gain[user, other, k]
    return total


@numba.njit(cache=True)
def _link_sinr(b, k, user_at, gain, power, noise):  # type: ignore[no-untyped-def]
    """Return the SINR of the user that station b serves on subchannel k beside the others on it."""
    user = user_at[b, k]
    return power[b, k] * gain[user, b, k] / _interference(user, b, k, user_at, gain, power, noise)


@numba.njit(cache=True)
def subchannel_value(k, user_at, gain, power, noise, law, bandwidth, floor, reward):  # type: ignore[no-untyped-def]
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
        value += bandwidth * carried(np.log2(1.0 + sinr), law[user_at[b, k]]) + reward
    return value


@numba.njit(cache=True)
def _rate(signal, interference, law, bandwidth, floor):  # type: ignore[no-untyped-def]
    """Return what a link's rate is worth by its user's law (steps, 4), or INFEASIBLE below the floor."""
    if signal < floor * interference:
        return INFEASIBLE
    return bandwidth * carried(np.log2(1.0 + signal / interference), law)


@numba.njit(cache=True)
def _rate_as(user, b, k, user_at, gain, power, noise, law, bandwidth, floor):  # type: ignore[no-untyped-def]
    """Return the rate that a user would have on an occupied link in the place of the one who has it."""
    heard = _interference(user, b, k, user_at, gain, power, noise)
    return _rate(power[b, k] * gain[user, b, k], heard, law[user], bandwidth, floor)


@numba.njit(cache=True)
def _value_with(user, b, k, user_at, disturbed, gain, power, noise, law, bandwidth, floor, reward):  # type: ignore[no-untyped-def]
    """Return the value of a subchannel that a user joins on a free link, from the interference that is there so far."""
    interference, value = noise, 0.0
    for other in range(user_at.shape[0]):
        served = user_at[other, k]
        if served < 0:
            continue
        interference += power[other, k] * gain[user, other, k]
        more = disturbed[other, k] + power[b, k] * gain[served, b, k]
        rate = _rate(power[other, k] * gain[served, other, k], more, law[served], bandwidth, floor)
        if rate == INFEASIBLE:
            return INFEASIBLE
        value += rate + reward
    rate = _rate(power[b, k] * gain[user, b, k], interference, law[user], bandwidth, floor)
    return INFEASIBLE if rate == INFEASIBLE else value + rate + reward


@numba.njit(cache=True)
def _refresh(k, user_at, values, rates, disturbed, gain, power, noise, law, bandwidth, floor, reward):  # type: ignore[no-untyped-def]
    """Write down interference and rate of every link of a subchannel, and the subchannel's value."""
    values[k] = 0.0
    for b in range(user_at.shape[0]):
        user = user_at[b, k]
        if user < 0:
            continue
        disturbed[b, k] = _interference(user, b, k, user_at, gain, power, noise)
        rates[b, k] = _rate(power[b, k] * gain[user, b, k], disturbed[b, k], law[user], bandwidth, floor)
        values[k] += rates[b, k] + reward
    if values[k] < 0.0:
        values[k] = INFEASIBLE


@numba.njit(cache=True)
def _best_move(  # type: ignore[no-untyped-def]
    user,
    seen,
    changed_k,
    changed_b,
    user_at,
    link_of,
    load,
    max_users,
    values,
    rates,
    disturbed,
    gain,
    power,
    noise,
    law,
    bandwidth,
    floor,
    reward,
):
    """Return (gain, station, subchannel) of the best change of one user's link; station -1 stands for dropping it.

    A free link is taken; an occupied one is swapped with its user, who gets this user's old link or none: both stations
    radiate as before, so only two rates change. Changes that were looked at at time ``seen`` without a gain are passed
    over unless one of their subchannels, or the load of their station, has changed since.
    """
    stations, subchannels = user_at.shape
    old_b, old_k = link_of[user, 0], link_of[user, 1]
    fresh = seen < 0 or (old_b >= 0 and changed_k[old_k] > seen)
    best, best_b, best_k = 0.0, -2, -2
    leaving = 0.0
    if old_b >= 0:
        user_at[old_b, old_k] = -1
        left = subchannel_value(old_k, user_at, gain, power, noise, law, bandwidth, floor, reward)
        user_at[old_b, old_k] = user
        leaving = left - values[old_k]
        if fresh and leaving > best:
            best, best_b, best_k = leaving, -1, -1
    for b in range(stations):
        for k in range(subchannels):
            if (b == old_b and k == old_k) or not (fresh or changed_k[k] > seen or changed_b[b] > seen):
                continue
            occupant = user_at[b, k]
            if occupant >= 0:
                rate = _rate_as(user, b, k, user_at, gain, power, noise, law, bandwidth, floor)
                if rate == INFEASIBLE:
                    continue
                change = rate - rates[b, k]
                if old_b >= 0:
                    rate = _rate_as(occupant, old_b, old_k, user_at, gain, power, noise, law, bandwidth, floor)
                    if rate == INFEASIBLE:
                        continue
                    change += rate - rates[old_b, old_k]
            elif b != old_b and load[b] >= max_users[b]:
                continue
            elif k == old_k:
                user_at[b, k], user_at[old_b, k] = user, -1
                change = subchannel_value(k, user_at, gain, power, noise, law, bandwidth, floor, reward) - values[k]
                user_at[b, k], user_at[old_b, k] = -1, user
            else:
                joined = _value_with(user, b, k, user_at, disturbed, gain, power, noise, law, bandwidth, floor, reward)
                change = joined - values[k] + leaving
            if change > best:
                best, best_b, best_k = change, b, k
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
def climb(user_at, link_of, load, max_users, gain, power, noise, law, bandwidth, floor, reward, tolerance):  # type: ignore[no-untyped-def]
    """Improve a feasible association in place until no change of one user's link helps; return its value."""
    subchannels = user_at.shape[1]
    users = link_of.shape[0]
    values, rates, disturbed = np.empty(subchannels), np.zeros(user_at.shape), np.zeros(user_at.shape)
    for k in range(subchannels):
        _refresh(k, user_at, values, rates, disturbed, gain, power, noise, law, bandwidth, floor, reward)
    # Times of the last change of each subchannel and load, and of each user's last look that found nothing.
    changed_k, changed_b = np.zeros(subchannels, np.int64), np.zeros(len(load), np.int64)
    seen = np.full(users, -1)
    clock = 0
    improved = True
    while improved:
        improved = False
        for user in range(users):
            change, b, k = _best_move(
                user,
                seen[user],
                changed_k,
                changed_b,
                user_at,
                link_of,
                load,
                max_users,
                values,
                rates,
                disturbed,
                gain,
                power,
                noise,
                law,
                bandwidth,
                floor,
                reward,
            )
            if not change > tolerance:
                seen[user] = clock
                continue
            old_b, old_k = link_of[user, 0], link_of[user, 1]
            if b >= 0 and user_at[b, k] >= 0:
                seen[user_at[b, k]] = -1
            _apply(user, b, k, user_at, link_of, load)
            clock += 1
            seen[user] = -1
            for changed in (old_b, b):
                if changed >= 0:
                    changed_b[changed] = clock
            for changed in (old_k, k):
                if changed >= 0:
                    changed_k[changed] = clock
                    _refresh(
                        changed, user_at, values, rates, disturbed, gain, power, noise, law, bandwidth, floor, reward
                    )
            improved = True
    return values.sum()


@numba.njit(cache=True)
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


@numba.njit(cache=True)
def shake(user_at, link_of, load, max_users, draws):  # type: ignore[no-untyped-def]
    """Move some users to random links, given as (user, station, subchannel) triples; feasibility is not looked at."""
    for index in range(len(draws)):
        user, b, k = draws[index, 0], draws[index, 1], draws[index, 2]
        if user_at[b, k] < 0 and b != link_of[user, 0] and load[b] >= max_users[b]:
            continue
        if link_of[user, 0] != b or link_of[user, 1] != k:
            _apply(user, b, k, user_at, link_of, load)

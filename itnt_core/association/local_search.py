"""Compiled local search on the true (active) objective of P1; see :mod:`itnt_core.association.active`.

``law`` (users, steps, 4) is the rate law of each user, see :func:`itnt_core.rate_laws.user_tables`: it holds what the
user can use, and what its data weigh.
"""

from __future__ import annotations

import numba
import numpy as np

from itnt_core.compiled_rates import carried

INFEASIBLE = -1e18  # in place of a value that no sum of rates and rewards reaches


@numba.njit(cache=True, error_model="numpy")
def _interference(user, b, k, user_at, gain, power, noise):  # type: ignore[no-untyped-def]
    """Return noise and what a user hears on subchannel k from the stations that radiate there, b left out."""
    total = noise
    for other in range(user_at.shape[0]):
        if other != b and user_at[other, k] >= 0:
            total += power[other, k] * gain[user, other, k]
    return total


@numba.njit(cache=True, error_model="numpy")
def _link_sinr(b, k, user_at, gain, power, noise):  # type: ignore[no-untyped-def]
    """Return the SINR of the user that station b serves on subchannel k beside the others on it."""
    user = user_at[b, k]
    return power[b, k] * gain[user, b, k] / _interference(user, b, k, user_at, gain, power, noise)


@numba.njit(cache=True, error_model="numpy")
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


@numba.njit(cache=True, error_model="numpy")
def _rate(signal, interference, law, bandwidth, floor):  # type: ignore[no-untyped-def]
    """Return what a link's rate is worth by its user's law (steps, 4), or INFEASIBLE below the floor."""
    if signal < floor * interference:
        return INFEASIBLE
    return bandwidth * carried(np.log2(1.0 + signal / interference), law)


@numba.njit(cache=True, error_model="numpy")
def _rate_as(user, b, k, user_at, gain, power, noise, law, bandwidth, floor):  # type: ignore[no-untyped-def]
    """Return the rate that a user would have on an occupied link in the place of the one who has it."""
    heard = _interference(user, b, k, user_at, gain, power, noise)
    return _rate(power[b, k] * gain[user, b, k], heard, law[user], bandwidth, floor)


@numba.njit(cache=True, error_model="numpy")
def _value_with(  # type: ignore[no-untyped-def]
    user, b, k, leaving, enough, user_at, rates, disturbed, gain, power, noise, law, bandwidth, floor, reward
):
    """Return the value of a subchannel that a user joins on a free link, from the interference that is there so far.

    INFEASIBLE as soon as it is certain that with what ``leaving`` its link changes the whole grows by less than
    ``enough``: nobody's rate grows by a station more.
    """
    heard = _interference(user, b, k, user_at, gain, power, noise)
    own = _rate(power[b, k] * gain[user, b, k], heard, law[user], bandwidth, floor)
    if own == INFEASIBLE:
        return INFEASIBLE
    most = own + reward + leaving
    if most < enough:
        return INFEASIBLE
    value = 0.0
    for other in range(user_at.shape[0]):
        served = user_at[other, k]
        if served < 0:
            continue
        more = disturbed[other, k] + power[b, k] * gain[served, b, k]
        rate = _rate(power[other, k] * gain[served, other, k], more, law[served], bandwidth, floor)
        if rate == INFEASIBLE:
            return INFEASIBLE
        most -= rates[other, k] - rate
        if most < enough:
            return INFEASIBLE
        value += rate + reward
    return value + own + reward


@numba.njit(cache=True, error_model="numpy")
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


@numba.njit(cache=True, error_model="numpy")
def most_rates(gain, power, noise, law, bandwidth, floor):  # type: ignore[no-untyped-def]
    """Return the rates (users, stations, subchannels) of links that nothing disturbs, INFEASIBLE below the floor."""
    most = np.empty(gain.shape)
    for user in range(gain.shape[0]):
        for b in range(gain.shape[1]):
            for k in range(gain.shape[2]):
                most[user, b, k] = _rate(power[b, k] * gain[user, b, k], noise, law[user], bandwidth, floor)
    return most


@numba.njit(cache=True, error_model="numpy")
def _value_left(  # type: ignore[no-untyped-def]
    user, user_at, link_of, lefts, left_at, changed_k, clock, gain, power, noise, law, bandwidth, floor, reward
):
    """Return the value of a user's subchannel without it, looked up where nothing there has changed since."""
    b, k = link_of[user, 0], link_of[user, 1]
    if left_at[user] < changed_k[k]:
        user_at[b, k] = -1
        lefts[user] = subchannel_value(k, user_at, gain, power, noise, law, bandwidth, floor, reward)
        left_at[user] = clock
        user_at[b, k] = user
    return lefts[user]


@numba.njit(cache=True, error_model="numpy")
def _best_move(  # type: ignore[no-untyped-def]
    user,
    seen,
    left,
    changed_k,
    changed_b,
    user_at,
    link_of,
    load,
    max_users,
    values,
    rates,
    disturbed,
    most,
    gain,
    power,
    noise,
    law,
    bandwidth,
    floor,
    reward,
    tolerance,
):
    """Return (gain, station, subchannel) of the best change of one user's link; station -1 stands for dropping it.

    A free link is taken; an occupied one is swapped with its user, who gets this user's old link or none: both stations
    radiate as before, so only two rates change. Changes that were looked at at time ``seen`` without a gain are passed
    over unless one of their subchannels, or the load of their station, has changed since. So is, as soon as it shows,
    what brings no more than the best so far or than ``tolerance``, however little others disturb it: ``most`` are
    the rates that nothing disturbs, ``left`` is the value of the user's subchannel without it.
    """
    stations, subchannels = user_at.shape
    old_b, old_k = link_of[user, 0], link_of[user, 1]
    since = seen[user]
    fresh = since < 0 or (old_b >= 0 and changed_k[old_k] > since)
    best, best_b, best_k = tolerance, -2, -2
    leaving, own = 0.0, 0.0
    if old_b >= 0:
        leaving, own = left - values[old_k], rates[old_b, old_k]
        if fresh and leaving > best:
            best, best_b, best_k = leaving, -1, -1
    for b in range(stations):
        full = b != old_b and load[b] >= max_users[b]
        for k in range(subchannels):
            if (b == old_b and k == old_k) or not (fresh or changed_k[k] > since or changed_b[b] > since):
                continue
            occupant, enough = user_at[b, k], best - tolerance  # which is far above rounding
            if occupant >= 0:
                if old_b >= 0 and seen[occupant] >= max(changed_k[k], changed_k[old_k]):
                    continue  # it looked at the same swap
                change = most[user, b, k] - rates[b, k]
                if old_b >= 0:
                    change += most[occupant, old_b, old_k] - own
                if change < enough:
                    continue
                rate = _rate_as(user, b, k, user_at, gain, power, noise, law, bandwidth, floor)
                if rate == INFEASIBLE:
                    continue
                change = rate - rates[b, k]
                if old_b >= 0:
                    if change + (most[occupant, old_b, old_k] - own) < enough:
                        continue
                    rate = _rate_as(occupant, old_b, old_k, user_at, gain, power, noise, law, bandwidth, floor)
                    if rate == INFEASIBLE:
                        continue
                    change += rate - own
            elif full:
                continue
            elif k == old_k:
                if left + most[user, b, k] + reward - values[k] < enough:
                    continue
                user_at[b, k], user_at[old_b, k] = user, -1
                change = subchannel_value(k, user_at, gain, power, noise, law, bandwidth, floor, reward) - values[k]
                user_at[b, k], user_at[old_b, k] = -1, user
            else:
                if most[user, b, k] + reward + leaving < enough:
                    continue
                joined = _value_with(
                    user,
                    b,
                    k,
                    leaving,
                    enough,
                    user_at,
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
                change = joined - values[k] + leaving
            if change > best:
                best, best_b, best_k = change, b, k
    return best, best_b, best_k


@numba.njit(cache=True, error_model="numpy")
def apply_move(user, b, k, user_at, link_of, load):  # type: ignore[no-untyped-def]
    """Give a user the link of station b on subchannel k, or none (-1); who had it gets what the user had."""
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


@numba.njit(cache=True, error_model="numpy")
def climb(user_at, link_of, load, max_users, gain, power, noise, law, bandwidth, floor, reward, tolerance):  # type: ignore[no-untyped-def]
    """Improve a feasible association in place until no change of one user's link helps; return its value."""
    most = most_rates(gain, power, noise, law, bandwidth, floor)
    return climb_below(
        user_at, link_of, load, max_users, most, gain, power, noise, law, bandwidth, floor, reward, tolerance
    )


@numba.njit(cache=True, error_model="numpy")
def climb_below(  # type: ignore[no-untyped-def]
    user_at, link_of, load, max_users, most, gain, power, noise, law, bandwidth, floor, reward, tolerance
):
    """Do what :func:`climb` does, the rates ``most`` of :func:`most_rates` being known."""
    subchannels = user_at.shape[1]
    users = link_of.shape[0]
    values, rates, disturbed = np.empty(subchannels), np.zeros(user_at.shape), np.zeros(user_at.shape)
    for k in range(subchannels):
        _refresh(k, user_at, values, rates, disturbed, gain, power, noise, law, bandwidth, floor, reward)
    # Times of the last change of each subchannel and load, and of each user's last look that found nothing.
    changed_k, changed_b = np.zeros(subchannels, np.int64), np.zeros(len(load), np.int64)
    seen = np.full(users, -1)
    lefts, left_at = np.zeros(users), np.full(users, -1)
    clock = 0
    improved = True
    while improved:
        improved = False
        for user in range(users):
            left = 0.0
            if link_of[user, 0] >= 0:
                left = _value_left(
                    user,
                    user_at,
                    link_of,
                    lefts,
                    left_at,
                    changed_k,
                    clock,
                    gain,
                    power,
                    noise,
                    law,
                    bandwidth,
                    floor,
                    reward,
                )
            _, b, k = _best_move(
                user,
                seen,
                left,
                changed_k,
                changed_b,
                user_at,
                link_of,
                load,
                max_users,
                values,
                rates,
                disturbed,
                most,
                gain,
                power,
                noise,
                law,
                bandwidth,
                floor,
                reward,
                tolerance,
            )
            if b == -2:
                seen[user] = clock
                continue
            old_b, old_k = link_of[user, 0], link_of[user, 1]
            if b >= 0 and user_at[b, k] >= 0:
                seen[user_at[b, k]] = -1
            apply_move(user, b, k, user_at, link_of, load)
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

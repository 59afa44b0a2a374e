"""Compiled local search on the true (active) objective of P1 for many users, places and stations.

It climbs as :mod:`itnt_core.association.local_search` does, by the best change of one user's link, but remembers what
every user hears on every subchannel, so that a swap costs two rates and no sum over stations, and looks at the places
of each user's strongest stations alone. Sums are made in another order: answers agree up to rounding, not bit by bit.

All functions share their arguments. ``air`` holds what each link would bring at its power, ``received`` (users,
stations, subchannels), and the sum of what radiates and noise, ``heard`` (users, subchannels); then both once more by
place, (stations, subchannels, users) and (subchannels, users), for what is asked of many users of a place. ``near``
(users, n) are the stations that a user's places are looked for at; ``state`` holds user_at (stations, subchannels),
link_of (users, 2), load (stations,) and rates (stations, subchannels); ``terms`` are law (users, steps, 4), bandwidth,
floor and reward.
"""

from __future__ import annotations

import numba
import numpy as np

from .local_search import INFEASIBLE, _rate

BLOCK = 16  # users whose links are turned together: they fit into the processor's nearest memory
MOST_SWEEPS = 40  # over all users: a climb ends by itself long before


@numba.njit(cache=True, nogil=True, error_model="numpy")
def receive(gain, power, noise, user_at, air):  # type: ignore[no-untyped-def]
    """Fill ``air`` from gains (users, stations, subchannels) and powers in W."""
    received, heard, received_at, heard_at = air
    users, stations, subchannels = gain.shape
    heard[:], heard_at[:] = noise, noise
    for first in range(0, users, BLOCK):
        last = min(first + BLOCK, users)
        for b in range(stations):
            for u in range(first, last):
                for k in range(subchannels):
                    received[u, b, k] = gain[u, b, k] * power[b, k]
            for k in range(subchannels):
                for u in range(first, last):
                    received_at[b, k, u] = received[u, b, k]
                if user_at[b, k] >= 0:
                    for u in range(first, last):
                        heard[u, k] += received[u, b, k]
                        heard_at[k, u] += received[u, b, k]


@numba.njit(cache=True, nogil=True, error_model="numpy")
def nearest(received, count):  # type: ignore[no-untyped-def]
    """Return the stations (users, count) from which each user receives most on its best subchannel."""
    users, stations, subchannels = received.shape
    found = np.empty((users, count), np.int64)
    strength = np.empty(stations)
    for u in range(users):
        for b in range(stations):
            most = 0.0
            for k in range(subchannels):
                most = max(most, received[u, b, k])
            strength[b] = -most
        found[u] = np.argsort(strength, kind="mergesort")[:count]
    return found


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _toggle(b, k, sign, air):  # type: ignore[no-untyped-def]
    """Let a place radiate (sign 1) or fall silent (-1) for everybody who hears it."""
    _, heard, received_at, heard_at = air
    for u in range(len(heard)):
        change = sign * received_at[b, k, u]
        heard_at[k, u] += change
        heard[u, k] += change


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _others_change(k, came, went, air, state, terms):  # type: ignore[no-untyped-def]
    """Return what the links of a subchannel gain when one station comes and one goes (-1 for none), both left out."""
    user_at, _, _, rates = state
    law, bandwidth, floor, _ = terms
    _, _, received_at, heard_at = air
    change = 0.0
    for b in range(len(user_at)):
        v = user_at[b, k]
        if v < 0 or b == went:
            continue
        signal = received_at[b, k, v]
        rest = heard_at[k, v] - signal
        if came >= 0:
            rest += received_at[came, k, v]
        if went >= 0:
            rest -= received_at[went, k, v]
        rate = _rate(signal, rest, law[v], bandwidth, floor)
        if rate == INFEASIBLE:
            return INFEASIBLE
        change += rate - rates[b, k]
    return change


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _refresh_place(b, k, air, state, terms):  # type: ignore[no-untyped-def]
    """Write down the rate of whoever has a place."""
    user_at, _, _, rates = state
    law, bandwidth, floor, _ = terms
    v = user_at[b, k]
    if v >= 0:
        signal = air[2][b, k, v]
        rates[b, k] = _rate(signal, air[3][k, v] - signal, law[v], bandwidth, floor)


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _refresh(k, air, state, terms):  # type: ignore[no-untyped-def]
    """Write down the rates of a subchannel."""
    for b in range(len(state[0])):
        _refresh_place(b, k, air, state, terms)


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _swapped(u, b, k, air, state, terms):  # type: ignore[no-untyped-def]
    """Return the gain when a user takes an occupied place and its user the place, or none, that becomes free."""
    user_at, link_of, _, rates = state
    law, bandwidth, floor, _ = terms
    received, heard, received_at, heard_at = air
    change = _rate(received[u, b, k], heard[u, k] - received[u, b, k], law[u], bandwidth, floor) - rates[b, k]
    old_b, old_k = link_of[u, 0], link_of[u, 1]
    if old_b < 0 or change <= INFEASIBLE / 2:
        return change
    v = user_at[b, k]
    signal = received_at[old_b, old_k, v]
    return change + _rate(signal, heard_at[old_k, v] - signal, law[v], bandwidth, floor) - rates[old_b, old_k]


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _leaving(b, k, air, state, terms):  # type: ignore[no-untyped-def]
    """Return what it brings that the user of a place leaves it, its reward left out."""
    return _others_change(k, -1, b, air, state, terms) - state[3][b, k]


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _best_move(u, seen, changed, near, max_users, air, state, terms):  # type: ignore[no-untyped-def]
    """Return (gain, station, subchannel) of the best change of one user's link; station -1 stands for dropping it.

    Places that were looked at at time ``seen`` without a gain are passed over unless something about them has changed
    since.
    """
    user_at, link_of, load, rates = state
    law, bandwidth, floor, reward = terms
    received, heard, _, _ = air
    changed_k, changed_b, changed_at, changed_any, costs, costs_at = changed
    old_b, old_k = link_of[u, 0], link_of[u, 1]
    fresh = seen < 0 or (old_b >= 0 and changed_k[old_k] > seen)
    best, best_b, best_k = 0.0, -2, -2
    leaving, is_known = 0.0 if old_b >= 0 else reward, old_b < 0
    if fresh and old_b >= 0:
        leaving, is_known = _leaving(old_b, old_k, air, state, terms), True
        if leaving - reward > best:
            best, best_b, best_k = leaving - reward, -1, -1
    for k in range(user_at.shape[1]):
        is_old = not (fresh or changed_k[k] > seen)  # who radiates there is as it was
        if is_old and not changed_any[k] > seen:
            continue
        for index in range(near.shape[1]):
            b = near[u, index]
            signal, v = received[u, b, k], user_at[b, k]
            if is_old and not (changed_at[b, k] > seen or changed_b[b] > seen):
                continue
            if v >= 0:
                if signal < floor * (heard[u, k] - signal) or v == u:
                    continue
                change = _swapped(u, b, k, air, state, terms)
            elif b != old_b and load[b] >= max_users[b]:
                continue
            elif k == old_k:
                rest = heard[u, k] - received[u, old_b, k]
                change = _rate(signal, rest, law[u], bandwidth, floor) - rates[old_b, k]
                if change > best:
                    change += _others_change(k, b, old_b, air, state, terms)
            else:
                if signal < floor * heard[u, k]:
                    continue
                if not is_known:
                    leaving, is_known = _leaving(old_b, old_k, air, state, terms), True
                change = _rate(signal, heard[u, k], law[u], bandwidth, floor) + leaving
                if change > best:
                    if costs_at[b, k] < changed_any[k]:  # whoever joins there costs the others the same
                        costs[b, k] = _others_change(k, b, -1, air, state, terms)
                        costs_at[b, k] = changed_any[k]
                    change += costs[b, k]
            if change > best:
                best, best_b, best_k = change, b, k
    return best, best_b, best_k


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _move(u, b, k, air, state):  # type: ignore[no-untyped-def]
    """Give a user another link, swapping with whoever has it; station -1 drops the user."""
    user_at, link_of, load, _ = state
    old_b, old_k = link_of[u, 0], link_of[u, 1]
    v = user_at[b, k] if b >= 0 else -1
    if old_b >= 0:
        user_at[old_b, old_k] = v
        if v < 0:
            load[old_b] -= 1
            _toggle(old_b, old_k, -1.0, air)
    if v >= 0:
        link_of[v, 0], link_of[v, 1] = old_b, old_k
    link_of[u, 0], link_of[u, 1] = b, k
    if b >= 0:
        user_at[b, k] = u
        if v < 0:
            load[b] += 1
            _toggle(b, k, 1.0, air)


@numba.njit(cache=True, nogil=True, error_model="numpy")
def climb_wide(near, max_users, air, state, terms, tolerance, touched):  # type: ignore[no-untyped-def]
    """Improve a feasible association in place until no change of one user's link helps; return its value.

    Of an association that has been climbed before only what has to do with ``touched`` subchannels is looked at.
    """
    user_at, link_of, load, _rates = state
    stations, subchannels = user_at.shape
    users = len(link_of)
    for k in range(subchannels):
        _refresh(k, air, state, terms)
    # times of the last change: of who radiates on a subchannel, of a station's load, of who has a place, of any of it
    changed_k, changed_b, changed_any = (
        np.zeros(subchannels, np.int64),
        np.zeros(stations, np.int64),
        np.zeros(subchannels, np.int64),
    )
    changed_at = np.zeros((stations, subchannels), np.int64)
    costs, costs_at = np.zeros((stations, subchannels)), np.full((stations, subchannels), -1)  # of joining, and when
    changed = changed_k, changed_b, changed_at, changed_any, costs, costs_at
    changed_k[touched], changed_any[touched] = 1, 1
    seen, clock = np.zeros(users, np.int64), 1
    for _ in range(MOST_SWEEPS):
        improved = False
        for u in range(users):
            change, b, k = _best_move(u, seen[u], changed, near, max_users, air, state, terms)
            if not change > tolerance:
                seen[u] = clock
                continue
            improved = True
            old_b, old_k = link_of[u, 0], link_of[u, 1]
            v = user_at[b, k] if b >= 0 else -1
            _move(u, b, k, air, state)
            clock += 1
            seen[u] = -1
            if v >= 0:
                seen[v] = -1
            for at_b, at_k in ((old_b, old_k), (b, k)):
                if at_b < 0:
                    continue
                changed_at[at_b, at_k], changed_any[at_k] = clock, clock
                if v < 0:
                    changed_k[at_k], changed_b[at_b] = clock, clock
                    if load[at_b] == max_users[at_b] - 1:  # it has been full: its free places are there again
                        changed_any[:] = clock
                    _refresh(at_k, air, state, terms)
                else:
                    _refresh_place(at_b, at_k, air, state, terms)
        if not improved:
            break
    return value_wide(state, terms)


@numba.njit(cache=True, nogil=True, error_model="numpy")
def value_wide(state, terms):  # type: ignore[no-untyped-def]
    """Return the summed rates and rewards of what is served."""
    user_at, _, _, rates = state
    total = 0.0
    for b in range(user_at.shape[0]):
        for k in range(user_at.shape[1]):
            if user_at[b, k] >= 0:
                total += rates[b, k] + terms[3]
    return total


@numba.njit(cache=True, nogil=True, error_model="numpy")
def load_wide(links, gain, power, noise, air, state, floor):  # type: ignore[no-untyped-def]
    """Load links (users, 2), drop the weakest of a subchannel until all reach the floor, and fill what is received."""
    user_at, link_of, load, _ = state
    user_at[:], link_of[:], load[:] = -1, -1, 0
    for u in range(len(links)):
        b, k = links[u]
        if b >= 0 and power[b, k] > 0.0:
            user_at[b, k] = u
            link_of[u, 0], link_of[u, 1] = b, k
            load[b] += 1
    receive(gain, power, noise, user_at, air)
    for k in range(user_at.shape[1]):
        drop_weakest(k, air, state, floor)


@numba.njit(cache=True, nogil=True, error_model="numpy")
def mix_subchannels(k, other, draws, air, state, floor):  # type: ignore[no-untyped-def]
    """Exchange the users of two subchannels at the stations that are drawn; drop who then misses the floor."""
    user_at, link_of, _load, _ = state
    for b in range(len(user_at)):
        if not draws[b]:
            continue
        u, v = user_at[b, k], user_at[b, other]
        if u >= 0 and v >= 0:
            user_at[b, k], user_at[b, other] = v, u
            link_of[u, 1], link_of[v, 1] = other, k
        elif u >= 0:
            _move(u, b, other, air, state)
        elif v >= 0:
            _move(v, b, k, air, state)
    for own in (k, other):
        drop_weakest(own, air, state, floor)


@numba.njit(cache=True, nogil=True, error_model="numpy")
def drop_weakest(k, air, state, floor):  # type: ignore[no-untyped-def]
    """Drop the weakest user of a subchannel until all reach the floor."""
    user_at, link_of, load, _ = state
    _, _, received_at, heard_at = air
    while True:
        weakest, lowest = -1, floor
        for b in range(len(user_at)):
            u = user_at[b, k]
            if u >= 0:
                sinr = received_at[b, k, u] / (heard_at[k, u] - received_at[b, k, u])
                if sinr < lowest:
                    weakest, lowest = b, sinr
        if weakest < 0:
            return
        link_of[user_at[weakest, k]] = -1
        user_at[weakest, k] = -1
        load[weakest] -= 1
        _toggle(weakest, k, -1.0, air)


@numba.njit(cache=True, nogil=True, error_model="numpy")
def shake_wide(pairs, draws, near, max_users, air, state, terms, tolerance, value):  # type: ignore[no-untyped-def]
    """Mix pairs of subchannels (n, 2), climb, and keep what is better; return the value."""
    user_at, link_of, load, rates = state
    touched = np.zeros(user_at.shape[1], np.bool_)
    for n in range(len(pairs)):
        k, other = pairs[n]
        kept = user_at.copy(), link_of.copy(), load.copy(), rates.copy()
        before = air[1].copy(), air[3].copy()
        mix_subchannels(k, other, draws[n], air, state, terms[2])
        touched[:] = False
        touched[k], touched[other] = True, True
        found = climb_wide(near, max_users, air, state, terms, tolerance, touched)
        if found > value + tolerance:
            value = found
        else:
            user_at[:], link_of[:], load[:], rates[:] = kept
            air[1][:], air[3][:] = before
    return value

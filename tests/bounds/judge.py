"""An independent judge of one slot: enumerates associations and climbs over powers, by plain formulas."""

import itertools

import numba
import numpy as np


def associations(users, stations, subchannels, max_users):
    """Return every association as columns (count, users): station * K + subchannel, -1 unserved; OFDMA, U_max."""
    found = []
    for columns in itertools.product(range(-1, stations * subchannels), repeat=users):
        served = [column for column in columns if column >= 0]
        if len(set(served)) < len(served):
            continue
        load = np.bincount(np.array(served, dtype=int) // subchannels, minlength=stations)
        if (load <= max_users).all():
            found.append(columns)
    return np.array(found, dtype=np.int64).reshape(-1, users)


@numba.njit(cache=True, error_model="numpy")
def _carried(shannon, law):
    """Return what the last row of a rate law's table says that has begun, 0 before the first."""
    rate = 0.0
    for row in range(len(law)):
        if shannon >= law[row, 0]:
            rate = min(law[row, 1] + law[row, 2] * shannon, law[row, 3])
    return rate


@numba.njit(cache=True, error_model="numpy")
def slot_value(columns, share, signal, heard, law, floor):
    """Return the sum of spectral efficiencies, or -1 when a served user's SINR is below the floor.

    ``share`` (users,) is the part of its station's P_max that a user gets.
    """
    subchannels = signal.shape[0]
    total = 0.0
    for u in range(len(columns)):
        if columns[u] < 0:
            continue
        b, k = columns[u] // subchannels, columns[u] % subchannels
        noise = 1.0
        for v in range(len(columns)):
            if v != u and columns[v] >= 0 and columns[v] % subchannels == k:
                noise += share[v] * heard[k, columns[v] // subchannels, u]
        if share[u] * signal[k, b, u] < floor * noise:
            return -1.0
        total += _carried(np.log2(1.0 + share[u] * signal[k, b, u] / noise), law)
    return total


@numba.njit(cache=True, error_model="numpy")
def _into_limits(columns, share, subchannels, stations):
    used = np.zeros(stations)
    for u in range(len(columns)):
        if columns[u] >= 0:
            used[columns[u] // subchannels] += share[u]
    for u in range(len(columns)):
        if columns[u] >= 0:
            share[u] /= max(used[columns[u] // subchannels], 1.0)


@numba.njit(cache=True, error_model="numpy")
def best_value(options, signal, heard, law, floor, draws, climbs, seed):
    """Return the best value over all associations with random powers, the best of them improved by random steps."""
    np.random.seed(seed)
    subchannels, stations, users = signal.shape
    best, answer, powers = 0.0, options[0], np.zeros(users)
    for columns in options:
        for draw in range(draws):
            share = np.ones(users) if draw == 0 else 10.0 ** (-4.0 * np.random.random(users) ** 2)
            _into_limits(columns, share, subchannels, stations)
            value = slot_value(columns, share, signal, heard, law, floor)
            if value > best:
                best, answer, powers = value, columns, share
    for _ in range(climbs):
        share = powers * 10.0 ** (0.3 * np.random.randn(users))
        _into_limits(answer, share, subchannels, stations)
        value = slot_value(answer, share, signal, heard, law, floor)
        if value > best:
            best, powers = value, share
    return best

"""Compiled search for a good configuration of one subchannel at given prices: who is served by whom, how loud.

It proves nothing: it steers the search for prices and gives the branch and bound something to beat. Scaled units as
in :mod:`itnt_core.bounds.subchannel`.
"""

from __future__ import annotations

import numba
import numpy as np

from .link import heard_power, link_rate

LEVELS = 14  # powers of a station that are tried, each STEP of the one before
STEP = 0.6  # ratio of neighbouring power levels


@numba.njit(cache=True, error_model="numpy")
def configuration_value(who, level, market):  # type: ignore[no-untyped-def]
    """Return the true net value of a configuration, all its stations radiating; below the floor no rate counts."""
    _, _, _, _, signal, heard, prices, power_price, law, _, floor = market
    total = 0.0
    for b in range(len(who)):
        if who[b] >= 0:
            u = who[b]
            rate = link_rate(level[b] * signal[b, u], heard_power(b, u, level, heard), law[u], floor)
            total += rate - power_price[b] * level[b] - prices[b, u]
    return total


@numba.njit(cache=True, error_model="numpy")
def _others_rates(b, powers, market, who, level, rates):  # type: ignore[no-untyped-def]
    """Fill rates (levels + 1,): what the other stations' links get while station b uses each power; last: silent."""
    _, _, _, _, signal, heard, _, _, law, _, floor = market
    rates[:] = 0.0
    for other in range(len(who)):
        u = who[other]
        if other == b or u < 0:
            continue
        rest = heard_power(other, u, level, heard) - level[b] * heard[b, u]
        received = level[other] * signal[other, u]
        for i in range(len(powers)):
            rates[i] += link_rate(received, max(rest + powers[i] * heard[b, u], 1.0), law[u], floor)
        rates[-1] += link_rate(received, max(rest, 1.0), law[u], floor)


@numba.njit(cache=True, error_model="numpy")
def _respond(b, loudest, market, who, level, powers, rates):  # type: ignore[no-untyped-def]
    """Give station b the user and power that are best for the whole subchannel; return the gain over silence."""
    counts, users, nets, worths, signal, heard, prices, power_price, law, _, floor = market
    power = loudest
    for i in range(LEVELS):
        powers[i] = power
        power *= STEP
    _others_rates(b, powers, market, who, level, rates)
    best, best_user, best_power = 0.0, -1, 0.0
    for c in range(counts[b]):
        if nets[b, c] <= best:
            break
        u = users[b, c]
        interference = heard_power(b, u, level, heard)
        if (1.0 + loudest * signal[b, u] / interference) * worths[b, u] <= 2.0**best:
            continue
        for i in range(LEVELS):
            own = link_rate(powers[i] * signal[b, u], interference, law[u], floor) - power_price[b] * powers[i]
            value = own - prices[b, u] + rates[i] - rates[-1]
            if value > best:
                best, best_user, best_power = value, u, powers[i]
    who[b], level[b] = best_user, best_power


@numba.njit(cache=True, error_model="numpy")
def climb(loudest, market, who, level, powers, rates):  # type: ignore[no-untyped-def]
    """Let the stations respond to each other in turn, in place, until nothing improves; return the value."""
    value = configuration_value(who, level, market)
    for _ in range(6):
        for b in range(len(who)):
            if loudest[b] > 0.0:
                _respond(b, loudest[b], market, who, level, powers, rates)
        before, value = value, configuration_value(who, level, market)
        if value <= before + 1e-6:
            break
    return value


@numba.njit(cache=True, error_model="numpy")
def best_configuration(loudest, market, who, level):  # type: ignore[no-untyped-def]
    """Return the best value found, climbing from the given configuration and from every station alone; fill it in."""
    _, users, _, _, _, _, _, _, _, _, _ = market
    stations = len(loudest)
    powers, rates = np.empty(LEVELS), np.empty(LEVELS + 1)
    trial_who, trial_level = who.copy(), level.copy()
    best = 0.0
    for start in range(-1, stations):
        if start >= 0:
            if loudest[start] == 0.0:
                continue
            trial_who[:], trial_level[:] = -1, 0.0
            trial_who[start], trial_level[start] = users[start, 0], 0.3 * loudest[start]
        value = climb(loudest, market, trial_who, trial_level, powers, rates)
        if start == -1 or value > best:
            best = value
            who[:], level[:] = trial_who, trial_level
    if best <= 0.0:
        who[:], level[:] = -1, 0.0
        return 0.0
    return best

"""Compiled search for the prices that make the Lagrangian bound of one slot small."""

from __future__ import annotations

import numba
import numpy as np

from .subchannel import bound_subchannel


@numba.njit(cache=True, error_model="numpy")
def priced_bound(signal, heard, max_users, at_most, prices, law, floor, nodes, tolerance, who, level, slope):  # type: ignore[no-untyped-def]
    """Return the Lagrangian bound (bit/s/Hz) of one slot at prices, and fill its slope (users + 2 stations,).

    signal and heard are (subchannels, stations, users) in received power over noise, of what a station may send on one
    subchannel; ``at_most`` (stations,) is how many times that it has in all. ``law`` (users, steps, 4) is the ceiling
    of each user's rate law, ``floor`` the SINR that a served user has at least. ``prices`` holds a price per user (one
    link each), per station for one such power (7e) and per seat of a station (7d), all at least 0. Weak duality:
    any prices give an upper bound, sum of prices times limits plus the best each subchannel can do alone.
    """
    subchannels, stations, users = signal.shape
    user_price, power_price, seat_price = prices[:users], prices[users : users + stations], prices[users + stations :]
    slope[:users] = 1.0
    slope[users : users + stations] = at_most
    for b in range(stations):
        slope[users + stations + b] = max_users[b]
    total = (prices * slope).sum()
    guess = total
    for k in range(subchannels):
        bound, reached = bound_subchannel(
            signal[k], heard[k], user_price, seat_price, power_price, law, floor, nodes, tolerance, who[k], level[k]
        )
        total += bound
        guess += reached
        for b in range(stations):
            if who[k, b] >= 0:
                slope[who[k, b]] -= 1.0
                slope[users + b] -= level[k, b]
                slope[users + stations + b] -= 1.0
    return total, guess


@numba.njit(cache=True, error_model="numpy")
def search_prices(signal, heard, max_users, at_most, prices, law, floor, nodes, tolerance, who, level, steps):  # type: ignore[no-untyped-def]
    """Return the least bound and its prices after projected subgradient steps from ``prices``.

    Steps are Polyak's towards a level below the best bound; the level's distance doubles after progress and halves
    after five vain steps (Nedic and Bertsekas, 2001, with a deflected direction).
    """
    slope, direction = np.zeros(len(prices)), np.zeros(len(prices))
    best, best_prices = np.inf, prices.copy()
    aim, vain, first = 0.0, 0, True
    for _ in range(steps):
        bound, guess = priced_bound(
            signal, heard, max_users, at_most, prices, law, floor, nodes, tolerance, who, level, slope
        )
        total = guess if nodes == 0 else bound
        if total < best:
            if first:
                aim, first = 0.1 * total, False
            elif best - total > 0.5 * aim:
                aim *= 1.5
            vain = 0 if best - total > 0.1 * aim else vain + 1
            best, best_prices = total, prices.copy()
        else:
            vain += 1
        if vain >= 4:
            aim, vain = 0.5 * aim, 0
            prices = best_prices.copy()
            direction[:] = 0.0
        for i in range(len(prices)):  # a price at 0 that wants to fall stays, and must not shorten the step
            if prices[i] <= 0.0 and slope[i] > 0.0:
                slope[i] = 0.0
        direction = slope + 0.5 * direction
        norm = (direction * direction).sum()
        if norm <= 1e-18 or aim < 1e-4 * best:
            break
        prices = np.maximum(prices - (total - best + aim) / norm * direction, 0.0)
    return best, best_prices

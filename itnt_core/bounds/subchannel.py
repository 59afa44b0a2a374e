"""Compiled bound on what one subchannel can be worth at given prices: branch and bound over boxes of powers.

Scaled units: powers as shares of P_max in [0, 1], gains as received P_max over noise, rates in bit/s/Hz. The prices are
``power_price`` per whole P_max of a station, ``user_price`` per served user, ``seat_price`` per user a station serves.
"""

from __future__ import annotations

import numba
import numpy as np

from .boxes import blame_stations, bound_box
from .configuration import best_configuration, configuration_value
from .heap import sift_down, sift_up
from .link import heard_power, list_candidates, most_spent

AT_FLOOR = 1e-6  # relative
FIRST_CUT = 0.1  # of the power a silent-or-loud station would choose: where its box is cut first


@numba.njit(cache=True, error_model="numpy")
def bound_subchannel(signal, heard, user_price, seat_price, power_price, law, floor, nodes, tolerance, who, level):  # type: ignore[no-untyped-def]
    """Return an upper bound on one subchannel's net value over all served sets and powers, and the best value reached.

    signal and heard are (stations, users), heard at most the true cross gains; ``law`` (users, steps, 4) is the ceiling
    of each user's rate law, ``floor`` the SINR that a served user has at least. Best-first over at most ``nodes`` boxes
    (any number gives a bound; 0 skips it and returns inf), until within ``tolerance`` of a configuration that exists.
    Fills who and level with the best configuration, which starts from theirs. Left out: that a user holds one link only
    (its price is paid per link).
    """
    stations, count = signal.shape
    top_sinr = 2.0 ** (law[:, -1, 3] / law[:, -1, 2]) - 1.0
    users, nets = np.empty((stations, count), dtype=np.int64), np.empty((stations, count))
    counts = list_candidates(signal, user_price, seat_price, power_price, law, top_sinr, floor, users, nets)
    prices = seat_price.reshape(stations, 1) + user_price.reshape(1, count)
    worths = 2.0**-prices
    market = (counts, users, nets, worths, signal, heard, prices, power_price, law, top_sinr, floor)
    loudest, most = np.zeros(stations), 0.0
    for u in range(count):
        most = max(most, most_spent(floor, law[u]))
    for b in range(stations):
        if counts[b] > 0:
            loudest[b] = min(1.0, most / power_price[b]) if power_price[b] > 0.0 else 1.0
    reached = best_configuration(loudest, market, who, level)
    if nodes == 0:
        return np.inf, reached
    return _branch(loudest, market, reached, nodes, tolerance, who, level)


@numba.njit(cache=True, error_model="numpy")
def _branch(loudest, market, reached, nodes, tolerance, who, level):  # type: ignore[no-untyped-def]
    """Cut the box of all powers where it is worth most until the bound meets what is reached or nodes run out."""
    stations = len(loudest)
    low, high = np.zeros((nodes + 2, stations)), np.zeros((nodes + 2, stations))
    chosen, levels = np.zeros((nodes + 2, stations), dtype=np.int64), np.zeros((nodes + 2, stations))
    keys, heap = np.zeros(nodes + 2), np.zeros(nodes + 2, dtype=np.int64)
    charge, blame = np.zeros((stations, stations)), np.zeros(stations)
    high[0] = loudest
    keys[0] = bound_box(low[0], high[0], market, reached, charge, chosen[0], levels[0])
    size, used = 1, 1
    while size > 0:
        top = heap[0]
        here = configuration_value(chosen[top], levels[top], market)
        if here > reached:
            reached = here
            who[:], level[:] = chosen[top], levels[top]
        blame_stations(low[top], chosen[top], levels[top], market, blame)
        b = np.argmax(blame)
        if keys[top] - reached <= tolerance or blame[b] <= 0.0 or used + 2 > nodes + 2:
            return max(keys[top], reached), reached
        size -= 1
        heap[0] = heap[size]
        sift_down(heap, keys, size)
        cut = _cut(b, chosen[top, b], levels[top, b], low[top], high[top], market)
        for part in range(2):
            low[used], high[used] = low[top], high[top]
            if part == 0:
                high[used, b] = cut
            else:
                low[used, b] = cut
            key = bound_box(low[used], high[used], market, reached, charge, chosen[used], levels[used])
            if key >= reached:  # a box that must hold less than what is reached is dropped
                keys[used] = min(key, keys[top])
                heap[size] = used
                sift_up(heap, keys, size)
                size += 1
            used += 1
    return reached, reached


@numba.njit(cache=True, error_model="numpy")
def _cut(b, user, level, low, high, market):  # type: ignore[no-untyped-def]
    """Return where to cut the powers of station b, whose choice is a user (-1 for none) and a level.

    A choice at its SINR floor is cut just below: with less power it cannot be served at all.
    """
    _, _, _, _, signal, heard, _, _, _, _, floor = market
    if user >= 0 and floor > 0.0:
        need = floor * heard_power(b, user, low, heard) / signal[b, user]
        if level <= need * (1.0 + AT_FLOOR):
            below = need * (1.0 - AT_FLOOR)
            return below if below > low[b] else np.sqrt(low[b] * high[b])
    return FIRST_CUT * level if low[b] == 0.0 else np.sqrt(low[b] * level)

"""Compiled pieces on single links in scaled units; see :mod:`itnt_core.bounds.subchannel`."""

from __future__ import annotations

import numba
import numpy as np

LN2 = float(np.log(2.0))


@numba.njit(cache=True, error_model="numpy")
def link_value(low, high, signal, interference, price, power_price, cap, top_sinr):  # type: ignore[no-untyped-def]
    """Return the best net value and power of a link over powers in [low, high] at a fixed interference plus noise.

    Maximises min(log2(1 + p s / I), cap) - power_price p - price: concave in p, so the water level 1 / (ln2 price)
    - I / s, or the power that reaches the cap where that is less, clipped to the interval, is the maximiser.
    """
    power = min(high, top_sinr * interference / signal)
    if power_price > 0.0:
        power = min(power, 1.0 / (LN2 * power_price) - interference / signal)
    power = max(power, low)
    rate = min(np.log1p(power * signal / interference) / LN2, cap)
    return rate - power_price * power - price, power


@numba.njit(cache=True, error_model="numpy")
def list_candidates(signal, user_price, seat_price, power_price, cap, top_sinr, floor, users, nets):  # type: ignore[no-untyped-def]
    """Fill users and nets (stations, users) with the links worth serving undisturbed, best first; return their counts.

    A link that does not pay without interference is never part of an optimal configuration: dropping it helps all.
    """
    stations, count = signal.shape
    counts = np.zeros(stations, dtype=np.int64)
    values = np.empty(count)
    for b in range(stations):
        for u in range(count):
            values[u] = -1.0
            strength = signal[b, u]
            if strength > 0.0 and strength >= floor:
                price = user_price[u] + seat_price[b]
                values[u], _ = link_value(floor / strength, 1.0, strength, 1.0, price, power_price[b], cap, top_sinr)
        order = np.argsort(-values)
        for u in order:
            if values[u] <= 0.0:
                break
            users[b, counts[b]], nets[b, counts[b]] = u, values[u]
            counts[b] += 1
    return counts


@numba.njit(cache=True, error_model="numpy")
def heard_power(b, u, power, heard):  # type: ignore[no-untyped-def]
    """Return noise plus what user u hears from all stations but b at some powers."""
    total = 1.0
    for other in range(len(power)):
        if other != b:
            total += power[other] * heard[other, u]
    return total


@numba.njit(cache=True, error_model="numpy")
def link_rate(received, interference, cap, floor):  # type: ignore[no-untyped-def]
    """Return the spectral efficiency of a link: up to the cap, and nothing below the SINR floor."""
    sinr = received / interference
    return min(np.log1p(sinr) / LN2, cap) if sinr >= floor else 0.0

"""Compiled pieces on single links in scaled units; see :mod:`itnt_core.bounds.subchannel`."""

from __future__ import annotations

import numba
import numpy as np

from itnt_core.compiled_rates import carried

LN2 = float(np.log(2.0))


@numba.njit(cache=True, error_model="numpy")
def link_value(low, high, signal, interference, price, power_price, law, top_sinr):  # type: ignore[no-untyped-def]
    """Return the best net value and power of a link over powers in [low, high] at a fixed interference plus noise.

    Maximises the law's rate of log2(1 + p s / I) - power_price p - price. Without steps that is concave in p, so the
    water level slope / (ln2 price) - I / s, or the power that reaches the limit where that is less, clipped to the
    interval, is the maximiser. ``law`` (steps, 4) is a rate law's ceiling, ``top_sinr`` the SINR of its limit.
    """
    if len(law) > 1:
        return _stepped_value(low, high, signal, interference, price, power_price, law)
    power = min(high, top_sinr * interference / signal)
    if power_price > 0.0:
        power = min(power, law[0, 2] / (LN2 * power_price) - interference / signal)
    power = max(power, low)
    rate = carried(np.log1p(power * signal / interference) / LN2, law)
    return rate - power_price * power - price, power


@numba.njit(cache=True, error_model="numpy")
def _stepped_value(low, high, signal, interference, price, power_price, law):  # type: ignore[no-untyped-def]
    """Return the same for a law of steps: the least power, or the one at which a further step begins."""
    best, best_power = carried(np.log1p(low * signal / interference) / LN2, law) - power_price * low, low
    for step in range(len(law)):
        power = np.expm1(law[step, 0] * LN2) * interference / signal
        if power > high:
            break
        value = law[step, 3] - power_price * power
        if power > low and value > best:
            best, best_power = value, power
    return best - price, best_power


@numba.njit(cache=True, error_model="numpy")
def most_spent(floor, law):  # type: ignore[no-untyped-def]
    """Return a number that, over a station's power price, no power of an optimal configuration exceeds.

    Without steps: more than the water level of an undisturbed link pays only to reach the floor, and no more of it than
    the rate at the floor is worth. A step pays no more than it brings over each one below that the floor allows, and
    over silence; what all of these leave is taken of the dearest step.
    """
    if len(law) == 1:
        return max(1.0, np.log1p(floor)) / LN2 * law[0, 2]
    most = carried(np.log1p(floor) / LN2, law)
    for step in range(len(law)):
        sinr = np.expm1(law[step, 0] * LN2)
        if sinr <= floor:
            continue
        paid = law[step, 3]
        for below in range(step):
            less = np.expm1(law[below, 0] * LN2)
            if less >= floor:
                paid = min(paid, (law[step, 3] - law[below, 3]) * sinr / (sinr - less))
        most = max(most, paid)
    return most


@numba.njit(cache=True, error_model="numpy")
def list_candidates(signal, user_price, seat_price, power_price, law, top_sinr, floor, users, nets):  # type: ignore[no-untyped-def]
    """Fill users and nets (stations, users) with the links worth serving undisturbed, best first; return their counts.

    ``law`` (users, steps, 4) and ``top_sinr`` (users,) are those of each user. A link that does not pay without
    interference is never part of an optimal configuration: dropping it helps all.
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
                values[u], _ = link_value(
                    floor / strength, 1.0, strength, 1.0, price, power_price[b], law[u], top_sinr[u]
                )
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
def link_rate(received, interference, law, floor):  # type: ignore[no-untyped-def]
    """Return the spectral efficiency of a link by a law's table, and nothing below the SINR floor."""
    sinr = received / interference
    return carried(np.log1p(sinr) / LN2, law) if sinr >= floor else 0.0

"""Compiled bounds on the value of one subchannel over a box of station powers; see :mod:`itnt_core.bounds.subchannel`.

``market`` is what the box is judged by: the candidates of every station (counts, users, nets), signal and heard
(stations, users), prices and worths = 2^-prices (stations, users) per link, power_price (stations,), the ceiling of the
rate law of each user (users, steps, 4), the SINR of its limit (users,), and the SINR that a served user has at least.
No law exceeds log2(1 + SINR).
"""

from __future__ import annotations

import numba
import numpy as np

from itnt_core.compiled_rates import carried

from .link import LN2, heard_power, link_rate, link_value

VOID = -1.0  # in place of a bound, which is never negative


@numba.njit(cache=True, error_model="numpy")
def _secant_slope(received_least, received_most, least, most, law, top_sinr):  # type: ignore[no-untyped-def]
    """Return how much rate a link loses at least, on average, per unit of interference between least and most.

    log2(1 + S / I) is convex in I, so it lies below its secant; the loss is least at the least own power. No statement
    (0) where the limit can be reached or the law has steps, since such a rate is not convex.
    """
    if len(law) > 1 or most <= least or received_least <= 0.0 or received_most > top_sinr * least:
        return 0.0
    lost = (np.log1p(received_least / least) - np.log1p(received_least / most)) / LN2 / (most - least)
    return lost * law[0, 2]


@numba.njit(cache=True, error_model="numpy")
def _bound_alone(low, high, market, who, level):  # type: ignore[no-untyped-def]
    """Bound a box of powers: every station picks its best user and power while the others only radiate their least.

    Fills who (user or -1) and level (power share) per station. Returns VOID when a station that must radiate cannot pay
    for it: the same powers with that station silent lie in another box and are worth more.
    """
    counts, users, nets, worths, signal, heard, prices, power_price, law, top_sinr, floor = market
    total = 0.0
    for b in range(len(low)):
        who[b], level[b] = -1, 0.0
        best = 0.0
        enough = 2.0 ** (best + power_price[b] * low[b])
        for c in range(counts[b]):
            if nets[b, c] <= best:
                break
            u = users[b, c]
            least = heard_power(b, u, low, heard)
            if (1.0 + high[b] * signal[b, u] / least) * worths[b, u] <= enough:
                continue  # not even at full power and least cost, and no logarithm was needed to see it
            need = max(low[b], floor * least / signal[b, u])
            if need > high[b]:
                continue  # below the floor at full power
            value, power = link_value(
                need, high[b], signal[b, u], least, prices[b, u], power_price[b], law[u], top_sinr[u]
            )
            if value > best:
                best, who[b], level[b] = value, u, power
                enough = 2.0 ** (best + power_price[b] * low[b])
        if low[b] > 0.0 and who[b] < 0:
            return VOID
        total += best
    return total


@numba.njit(cache=True, error_model="numpy")
def _charge(low, high, market, who, charge):  # type: ignore[no-untyped-def]
    """Fill charge (stations, stations): what station b bills station o per unit of power for disturbing b's choice."""
    _, _, _, _, signal, heard, _, _, law, top_sinr, _ = market
    charge[:] = 0.0
    billed = False
    for b in range(len(low)):
        u = who[b]
        if u < 0 or low[b] <= 0.0:
            continue
        least, most = heard_power(b, u, low, heard), heard_power(b, u, high, heard)
        slope = _secant_slope(low[b] * signal[b, u], high[b] * signal[b, u], least, most, law[u], top_sinr[u])
        if slope > 0.0:
            billed = True
            for other in range(len(low)):
                if other != b:
                    charge[b, other] = slope * heard[other, u]
    return billed


@numba.njit(cache=True, error_model="numpy")
def _bound_charged(low, high, market, charge, alone):  # type: ignore[no-untyped-def]
    """Bound a box as :func:`_bound_alone`, with interference billed by linear charges between the stations.

    The bills cancel in the sum over stations. A station's rate plus the bills it collects is at most its rate at least
    interference plus, per interferer, what the charge exceeds the chosen user's own secant loss.
    """
    counts, users, nets, worths, signal, heard, prices, power_price, law, top_sinr, floor = market
    stations = len(low)
    total = 0.0
    for b in range(stations):
        bill, collected = 0.0, 0.0
        for other in range(stations):
            bill += charge[other, b]
            collected += charge[b, other] * (high[other] - low[other])
        best = 0.0 if low[b] == 0.0 else -np.inf
        enough = 2.0 ** (best + power_price[b] * low[b] - collected)
        for c in range(counts[b]):
            if nets[b, c] + collected <= best:
                break
            u = users[b, c]
            least = heard_power(b, u, low, heard)
            if (1.0 + high[b] * signal[b, u] / least) * worths[b, u] <= enough:
                continue
            need = max(low[b], floor * least / signal[b, u])
            if need > high[b]:
                continue
            value, _ = link_value(
                need, high[b], signal[b, u], least, prices[b, u], power_price[b] + bill, law[u], top_sinr[u]
            )
            value += bill * low[b]
            if collected > 0.0 and value + collected > best:
                most = heard_power(b, u, high, heard)
                slope = _secant_slope(low[b] * signal[b, u], high[b] * signal[b, u], least, most, law[u], top_sinr[u])
                for other in range(stations):
                    excess = charge[b, other] - slope * heard[other, u]
                    if other != b and excess > 0.0:
                        value += excess * (high[other] - low[other])
            if value > best:
                best = value
                enough = 2.0 ** (best + power_price[b] * low[b] - collected)
        total += best
        if total >= alone:
            break  # the stations left add little or nothing below 0
    return total


@numba.njit(cache=True, error_model="numpy")
def bound_box(low, high, market, enough, charge, who, level):  # type: ignore[no-untyped-def]
    """Return the smaller of a box's two bounds and fill who and level with its choice; VOID for a useless box."""
    alone = _bound_alone(low, high, market, who, level)
    if alone <= enough or not _charge(low, high, market, who, charge):
        return alone
    charged = _bound_charged(low, high, market, charge, alone)
    return min(alone, charged)


@numba.njit(cache=True, error_model="numpy")
def blame_stations(low, who, level, market, blame):  # type: ignore[no-untyped-def]
    """Fill blame (stations,): the rate overrated because the others see no more than a station's least power.

    A link that the others would push below the floor loses all of its rate.

    A small share of what all interferers cost together is added: with a cap or steps, none may cost anything alone.
    """
    _, _, _, _, signal, heard, _, _, law, _, floor = market
    stations = len(low)
    blame[:] = 0.0
    for b in range(stations):
        u = who[b]
        if u < 0:
            continue
        least, full = heard_power(b, u, low, heard), heard_power(b, u, level, heard)
        received = level[b] * signal[b, u]
        bounded = carried(np.log1p(received / least) / LN2, law[u])  # it may stand at the floor but for rounding
        together = 0.01 * (bounded - link_rate(received, full, law[u], floor))
        for other in range(stations):
            extra = (level[other] - low[other]) * heard[other, u]
            if other != b and extra > 0.0 and full > least:
                blame[other] += bounded - link_rate(received, least + extra, law[u], floor)
                blame[other] += together * extra / (full - least)

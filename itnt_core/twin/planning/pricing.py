"""The pricing problem of one sub-band in one cycle: which powers are worth most at given prices.

max over p in [0, 1]^J of  sum_j max_k mu_jk min(cap, log2(1 + SINR_jk(p))) - nu.p - zeta [both systems send]

Local search finds good powers; interval branch and bound certifies that none are better. Sub-bands are alike, so one
problem a cycle prices all of them. This project's own; no source.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit

from itnt_core.arrays import Array

from .boxes import Scratch, box_bound, scratch

LEVELS = np.array([0.0, 1e-4, 1e-3, 0.004, 0.015, 0.05, 0.12, 0.25, 0.4, 0.55, 0.75, 1.0])  # that local search tries
SWEEPS = 6  # of a local search over all transmitters
NODES = 8_000  # boxes that branch and bound looks at, at most
TOLERANCE = 2e-3  # of the value, to which it is certified where the boxes suffice


@dataclass(frozen=True, eq=False)
class Prices:
    """What a cycle pays and asks for.

    ``gain`` (transmitters, users) SNR at the cap; ``rate`` (transmitters, users) what 1 bit/s/Hz is worth, 0 where
    nobody may be served; ``power`` (transmitters,) what the cap costs; ``shared`` what a sub-band costs that both
    systems use, None where none may be.
    """

    gain: Array
    rate: Array
    power: Array
    stations: int
    cap: float
    shared: float | None = 0.0


@njit(cache=True)
def pattern_value(gain: Array, rate: Array, price: Array, cap: float, power: Array) -> float:
    """Return what powers (transmitters,) are worth, without what sharing costs."""
    transmitters, users = gain.shape
    total = np.ones(users)
    for j in range(transmitters):
        for k in range(users):
            total[k] += gain[j, k] * power[j]
    value = 0.0
    for j in range(transmitters):
        if power[j] <= 0.0:
            continue
        best = 0.0
        for k in range(users):
            if rate[j, k] > 0.0:
                noise = total[k] - gain[j, k] * power[j]
                best = max(best, rate[j, k] * min(cap, np.log2(total[k] / noise)))
        value += best - price[j] * power[j]
    return value


@njit(cache=True)
def _climb(gain: Array, rate: Array, price: Array, cap: float, power: Array, high: Array, levels: Array) -> float:
    """Improve powers in place, a transmitter at a time over a grid and then around the best; return their value."""
    value = pattern_value(gain, rate, price, cap, power)
    for _sweep in range(SWEEPS):
        before = value
        for j in range(len(power)):
            now = power[j]
            best = now
            for level in levels:
                power[j] = min(level, high[j])
                found = pattern_value(gain, rate, price, cap, power)
                if found > value:
                    value, best = found, power[j]
            for factor in (0.8, 0.93, 1.08, 1.25):
                power[j] = min(best * factor, high[j])
                found = pattern_value(gain, rate, price, cap, power)
                if found > value:
                    value, best = found, power[j]
                    break
            power[j] = best
        if value <= before * (1.0 + 1e-6) + 1e-12:
            break
    return value


@njit(cache=True)
def _certify(
    gain: Array,
    rate: Array,
    price: Array,
    cap: float,
    high: Array,
    start: Array,
    best: float,
    gap: float,
    nodes: int,
    kept: Scratch,
) -> tuple[float, float]:
    """Return an upper bound of the value over [0, high], and the best value found; ``start`` becomes its powers.

    What lies within ``gap`` of the best value is not looked at any further. A binary heap holds the boxes.
    """
    transmitters = len(high)
    lows = np.zeros((nodes + 2, transmitters))
    highs = np.zeros((nodes + 2, transmitters))
    bounds = np.zeros(nodes + 2)
    dims = np.zeros(nodes + 2, dtype=np.int64)
    cuts = np.zeros(nodes + 2)
    heap = np.zeros(nodes + 2, dtype=np.int64)
    at, score, split = np.zeros(transmitters), np.zeros(transmitters), np.zeros(transmitters)
    highs[0] = high
    bounds[0] = box_bound(gain, rate, price, cap, lows[0], highs[0], at, score, split, kept)
    dims[0] = np.argmax(score)
    cuts[0] = split[dims[0]]
    count, size = 1, 1
    highest_left = best + gap
    while size > 0:
        top = heap[0]
        if bounds[top] <= best + gap:
            return max(best + gap, highest_left), best
        if count + 1 >= nodes:
            return max(bounds[top], highest_left), best
        size -= 1
        last, place = heap[size], 0
        while True:  # sift down
            child = 2 * place + 1
            if child >= size:
                break
            if child + 1 < size and bounds[heap[child + 1]] > bounds[heap[child]]:
                child += 1
            if bounds[heap[child]] <= bounds[last]:
                break
            heap[place] = heap[child]
            place = child
        heap[place] = last
        low_box, high_box = lows[top].copy(), highs[top].copy()
        cut_dim, cut_at, parent = dims[top], cuts[top], bounds[top]
        if high_box[cut_dim] - low_box[cut_dim] < 1e-12:
            highest_left = max(highest_left, parent)
            continue
        for side in range(2):
            node = top if side == 0 else count
            lows[node], highs[node] = low_box, high_box
            if side == 0:
                highs[node, cut_dim] = cut_at
            else:
                lows[node, cut_dim] = cut_at
            found = min(parent, box_bound(gain, rate, price, cap, lows[node], highs[node], at, score, split, kept))
            reached = pattern_value(gain, rate, price, cap, at)
            if reached > best:
                best = reached
                start[:] = at
            bounds[node] = found
            dims[node] = np.argmax(score)
            cuts[node] = split[dims[node]]
            if side == 1:
                count += 1
            place = size  # sift up
            size += 1
            while place > 0 and bounds[heap[(place - 1) // 2]] < found:
                heap[place] = heap[(place - 1) // 2]
                place = (place - 1) // 2
            heap[place] = node
    return max(best + gap, highest_left), best


def _regions(prices: Prices) -> list[tuple[Array, float]]:
    """Return the highest powers and what sharing costs of each way to open a sub-band: either system, or both."""
    is_tn = (np.arange(len(prices.power)) < prices.stations).astype(float)
    everybody = np.ones(len(prices.power))
    if prices.shared == 0.0:
        return [(everybody, 0.0)]
    alone = [(is_tn, 0.0), (1.0 - is_tn, 0.0)]
    return alone if prices.shared is None else [*alone, (everybody, prices.shared)]


def best_patterns(prices: Prices, starts: Array) -> list[tuple[float, Array]]:
    """Return values and powers that local search finds from starts (n, transmitters), the best of each region first."""
    found = []
    for high, cost in _regions(prices):
        for start in starts:
            power = np.minimum(start, high)
            value = _climb(prices.gain, prices.rate, prices.power, prices.cap, power, high, LEVELS) - cost
            if value > 0.0:
                found.append((value, power))
    return sorted(found, key=lambda one: -one[0])


def certified_value(prices: Prices, starts: Array, nodes: int = NODES) -> tuple[float, Array]:
    """Return a value that no powers exceed, and the best powers met; ``starts`` (n, transmitters) are good ones.

    A sub-band may stay silent, so the value is never below zero.
    """
    highest, chosen, top = 0.0, np.zeros(len(prices.power)), 0.0
    for high, cost in _regions(prices):
        best, power = 0.0, np.zeros_like(high)
        for start in starts:
            tried = np.minimum(start, high)
            value = _climb(prices.gain, prices.rate, prices.power, prices.cap, tried, high, LEVELS)
            if value > best:
                best, power = value, tried
        gap = TOLERANCE * max(best, 1e-300)
        paid = prices.gain, prices.rate, prices.power, prices.cap
        bound, reached = _certify(*paid, high, power, best, gap, nodes, scratch(*prices.gain.shape))
        highest = max(highest, bound - cost)
        if reached - cost > top:
            top, chosen = reached - cost, power
    return highest * (1.0 + 1e-9), chosen

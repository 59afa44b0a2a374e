"""What the powers of a box are worth at most, for branch and bound over the pricing problem of one sub-band.

Two bounds, and the lower one counts: every transmitter against the least that the others send (good in large boxes),
and one that knows what they take from one another (whose error falls with the square of a box's size). This project's
own; no source.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from itnt_core.arrays import Array, BoolArray, IntArray


class Scratch(NamedTuple):
    """Arrays that the bounds of a box work in, kept from box to box."""

    least: Array  # (users,), as the next three: what is heard in all
    most: Array
    quiet: Array  # the same without one transmitter
    loud: Array
    chosen: BoolArray  # (transmitters, users): may be a transmitter's best
    fall: Array  # (transmitters, users): of the chord, per unit of noise
    taken: Array  # (transmitters, transmitters): from each, by each, per unit of power
    lost: Array  # (transmitters, transmitters): by how much the bound is too high, by whose range
    other_lost: Array
    top: Array  # (transmitters,), as the rest
    other_at: Array
    weight: Array
    who: IntArray


def scratch(transmitters: int, users: int) -> Scratch:
    """Return empty arrays to bound boxes in."""
    least, most, quiet, loud = np.zeros((4, users))
    taken, lost, other_lost = np.zeros((3, transmitters, transmitters))
    top, other_at, weight = np.zeros((3, transmitters))
    chosen = np.zeros((transmitters, users), dtype=np.bool_)
    fall = np.zeros((transmitters, users))
    who = np.zeros(transmitters, dtype=np.int64)
    return Scratch(least, most, quiet, loud, chosen, fall, taken, lost, other_lost, top, other_at, weight, who)


@njit(cache=True)
def _best_of(worth: float, gain: float, noise: float, price: float, low: float, high: float, most: float) -> float:
    """Return the x in [low, high] where worth log2(noise + gain x) - price x is greatest, at most ``most``."""
    x = high
    if price > 0.0:
        x = min(x, worth / (np.log(2.0) * price) - noise / gain)
    return max(low, min(x, most))


@njit(cache=True)
def _apart(
    gain: Array, rate: Array, price: Array, cap: float, low: Array, high: Array, at: Array, kept: Scratch
) -> float:
    """Return a bound of the value over a box in which nobody hears more than the least of the others.

    ``at`` is where it would be; ``kept.lost`` what the others could take from each.
    """
    transmitters, users = gain.shape
    least, lost = kept.least, kept.lost
    bound = 0.0
    for j in range(transmitters):
        top, where, who, worth_there = -price[j] * low[j], low[j], -1, 0.0
        for k in range(users):
            worth = rate[j, k]
            if high[j] <= 0.0 or worth <= 0.0 or gain[j, k] <= 0.0:
                continue
            noise = least[k] - gain[j, k] * low[j]
            x = _best_of(worth, gain[j, k], noise, price[j], low[j], high[j], (2.0**cap - 1.0) * noise / gain[j, k])
            carried = worth * min(cap, np.log2(1.0 + gain[j, k] * x / noise))
            if carried - price[j] * x > top:
                top, where, who, worth_there = carried - price[j] * x, x, k, carried
        bound += top
        at[j] = where
        lost[j] = 0.0
        if who >= 0:
            noise = least[who] - gain[j, who] * low[j]
            for i in range(transmitters):
                if i != j:
                    heard = gain[i, who] * (high[i] - low[i]) / noise
                    lost[j, i] = min(worth_there, rate[j, who] * np.log2(1.0 + heard))
    return bound


@njit(cache=True)
def _is_second(worth: float, good: float, other: float, best: float, low: float, high: float, cap: float) -> bool:
    """Say whether worth log2(1 + good x) is below log2(1 + best x), capped and times ``other``, between low and high.

    The quotient of two such logarithms is monotone, so the ends decide; at zero their slopes do.
    """
    if worth * np.log2(1.0 + good * high) > other * min(cap, np.log2(1.0 + best * high)):
        return False
    if low <= 0.0:
        return worth * good <= other * best
    return worth * np.log2(1.0 + good * low) <= other * min(cap, np.log2(1.0 + best * low))


@njit(cache=True)
def _rivals(
    gain: Array, rate: Array, cap: float, low: float, high: float, least: Array, most: Array, chosen: Array
) -> None:
    """Mark the users (users,) of one transmitter that may be its best in the box; the others are below one of two.

    ``gain`` and ``rate`` (users,); ``least`` and ``most`` (users,) are noise and what the other transmitters cause.
    """
    users = len(gain)
    first, steep = -1, -1
    for k in range(users):
        chosen[k] = rate[k] > 0.0 and gain[k] > 0.0
        if chosen[k]:
            sure = rate[k] * min(cap, np.log2(1.0 + gain[k] * high / most[k]))
            if first < 0 or sure > rate[first] * min(cap, np.log2(1.0 + gain[first] * high / most[first])):
                first = k
            if steep < 0 or rate[k] * gain[k] / most[k] > rate[steep] * gain[steep] / most[steep]:
                steep = k
    if first < 0:
        return
    for k in range(users):
        if not chosen[k] or k == first:
            continue
        good = gain[k] / least[k]
        for other in (first, steep):
            if k != other and _is_second(rate[k], good, rate[other], gain[other] / most[other], low, high, cap):
                chosen[k] = False


@njit(cache=True)
def _together(
    gain: Array, rate: Array, price: Array, cap: float, low: Array, high: Array, at: Array, kept: Scratch
) -> float:
    """Return a bound of the value over a box that counts what transmitters take from one another.

    For powers s of its own and noise n in [n0, n1], log2(1 + s / n) <= chord of log2(1 + s1 / n) over n
    - log2((n1 + s1) / (n1 + s)), s1 the highest; so the bound falls apart into concave functions of one power each.
    What a transmitter costs another is the least of what it costs any user that may be that one's best.
    ``kept.other_lost`` is by how much the bound is too high where it is greatest, by whose range.
    """
    transmitters = len(high)
    _falls(gain, rate, cap, low, high, kept)
    bound = 0.0
    for j in range(transmitters):
        bound += _alone(gain, rate, price, cap, low, high, at, j, kept)
    for j in range(transmitters):
        kept.other_lost[j] = 0.0
        if kept.who[j] >= 0:
            _share_out(gain, rate, price, cap, low, high, at, j, kept)
    return bound


@njit(cache=True)
def _falls(gain: Array, rate: Array, cap: float, low: Array, high: Array, kept: Scratch) -> None:
    """Find for each transmitter the users that may be its best, and what a unit of each other's power takes from it."""
    transmitters, users = gain.shape
    kept.taken[:] = 0.0
    kept.fall[:] = 0.0
    kept.chosen[:] = False
    for k in range(users):
        kept.most[k] = kept.least[k]
        for j in range(transmitters):
            kept.most[k] += gain[j, k] * (high[j] - low[j])
    for j in range(transmitters):
        if high[j] <= 0.0:
            continue
        for k in range(users):
            kept.quiet[k] = kept.least[k] - gain[j, k] * low[j]
            kept.loud[k] = kept.most[k] - gain[j, k] * high[j]
        _rivals(gain[j], rate[j], cap, low[j], high[j], kept.quiet, kept.loud, kept.chosen[j])
        is_first = True
        for k in range(users):
            if not kept.chosen[j, k]:
                continue
            s, n0, n1 = gain[j, k] * high[j], kept.quiet[k], kept.loud[k]
            if np.log2(1.0 + s / n0) <= cap:
                if n1 - n0 > 1e-9 * n0:
                    kept.fall[j, k] = rate[j, k] * (np.log2(1.0 + s / n0) - np.log2(1.0 + s / n1)) / (n1 - n0)
                else:
                    kept.fall[j, k] = rate[j, k] * s / (np.log(2.0) * n1 * (n1 + s)) * (1.0 - 1e-6)
            for i in range(transmitters):
                if i != j:
                    cost = kept.fall[j, k] * gain[i, k]
                    kept.taken[j, i] = cost if is_first else min(kept.taken[j, i], cost)
            is_first = False


@njit(cache=True)
def _alone(
    gain: Array, rate: Array, price: Array, cap: float, low: Array, high: Array, at: Array, j: int, kept: Scratch
) -> float:
    """Return the most that one transmitter's part of the bound can be, and keep where and for whom (see _together)."""
    asked = price[j] + kept.taken[:, j].sum()
    top, at[j], kept.who[j] = -price[j] * low[j], low[j], -1
    for k in range(gain.shape[1]):
        if not kept.chosen[j, k]:
            continue
        worth, g = rate[j, k], gain[j, k]
        n0, n1 = kept.least[k] - g * low[j], kept.most[k] - g * high[j]
        if np.log2(1.0 + g * high[j] / n0) <= cap:
            x = _best_of(worth, g, n1, asked, low[j], high[j], high[j])
            carried = np.log2(1.0 + g * high[j] / n0) - np.log2((n1 + g * high[j]) / (n1 + g * x))
        else:
            x = _best_of(worth, g, n0, asked, low[j], high[j], (2.0**cap - 1.0) * n0 / g)
            carried = min(cap, np.log2(1.0 + g * x / n0))
        value = worth * carried - price[j] * low[j] - asked * (x - low[j])
        if kept.who[j] < 0 or value > top:
            top, at[j], kept.who[j] = value, x, k
    kept.top[j] = top
    return top


@njit(cache=True)
def _share_out(
    gain: Array, rate: Array, price: Array, cap: float, low: Array, high: Array, at: Array, j: int, kept: Scratch
) -> None:
    """Share out by whose range the bound of a transmitter is above what it is worth at ``at`` (see _together)."""
    k, weight = kept.who[j], kept.weight
    noise, asked = 1.0, price[j]
    over, quiet = kept.top[j], kept.least[k] - gain[j, k] * low[j]
    for i in range(len(at)):
        if i != j:
            noise += gain[i, k] * at[i]
            over -= kept.taken[j, i] * (at[i] - low[i])
            asked += kept.taken[i, j]
            weight[i] = np.log2(1.0 + gain[i, k] * (high[i] - low[i]) / quiet)
    weight[j] = np.log2((quiet + gain[j, k] * high[j]) / (quiet + gain[j, k] * at[j]))
    worth = rate[j, k] * min(cap, np.log2(1.0 + gain[j, k] * at[j] / noise))
    over += price[j] * low[j] + asked * (at[j] - low[j]) - worth
    total = weight.sum()
    if total > 0.0 and over > 0.0:
        for i in range(len(at)):
            kept.other_lost[j, i] = over * weight[i] / total


@njit(cache=True)
def box_bound(
    gain: Array,
    rate: Array,
    price: Array,
    cap: float,
    low: Array,
    high: Array,
    at: Array,
    score: Array,
    split: Array,
    kept: Scratch,
) -> float:
    """Return an upper bound of the value over a box of powers from ``low`` to ``high`` (transmitters,) of the cap.

    ``gain`` (transmitters, users) SNR at the cap, ``rate`` (transmitters, users) what 1 bit/s/Hz is worth, ``price``
    (transmitters,) what the cap costs, ``cap`` in bit/s/Hz. Written are where the bound lies ``at``, and of each
    transmitter a ``score`` and a ``split`` to halve the box by (transmitters,). The lower one of two bounds counts: one
    is better in large boxes, one in small ones.
    """
    transmitters = len(high)
    for k in range(gain.shape[1]):
        kept.least[k] = 1.0
        for j in range(transmitters):
            kept.least[k] += gain[j, k] * low[j]
    bound, lost = _apart(gain, rate, price, cap, low, high, at, kept), kept.lost
    other = _together(gain, rate, price, cap, low, high, kept.other_at, kept)
    if other < bound:
        bound, lost = other, kept.other_lost
        at[:] = kept.other_at
    for i in range(transmitters):
        score[i] = lost[:, i].sum()
        split[i] = 0.5 * (low[i] + high[i])
        j = int(np.argmax(lost[:, i]))
        if j == i or lost[j, i] <= 0.0:
            continue
        k, worth = 0, -1.0
        for user in range(gain.shape[1]):
            found = rate[j, user] * np.log2(1.0 + gain[j, user] * high[j] / kept.least[user])
            if found > worth:
                k, worth = user, found
        heard = gain[i, k] * (high[i] - low[i]) / kept.least[k]
        if heard > 0.0:
            split[i] = low[i] + (np.sqrt(1.0 + heard) - 1.0) * (high[i] - low[i]) / heard
    return bound

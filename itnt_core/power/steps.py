"""Compiled power control of one slot for a rate law of steps: the least powers of the steps, and the best next step.

With a step given to every link, the least powers that reach all of them solve one linear system per subchannel (the
fixed point of Foschini and Miljanic, 1993), and no other powers reach them for less at any station. What is left is
spent as in bit loading (Hughes-Hartogs, 1987): again and again on the step that brings most per power, over all links.
"""

from __future__ import annotations

import numba
import numpy as np

from .interior_point import LN2, _groups, _heard, _solve

ABOVE = 1e-9  # relative, by which a link stands above its step: far above rounding, and no power
AHEAD = 2  # steps that one raise may climb: some steps are worth little alone


@numba.njit(cache=True)
def _least_powers(links, targets, direct, cross, noise, powers):  # type: ignore[no-untyped-def]
    """Fill powers (n,) of some links with the least that reach their target SINRs; say whether there are any."""
    n = len(links)
    matrix, right = np.eye(n), np.empty((n, 1))
    for i in range(n):
        weight = targets[links[i]] / direct[links[i]]
        right[i, 0] = weight * noise
        for j in range(n):
            matrix[i, j] -= weight * cross[links[i], links[j]]
    if not _solve(matrix, right):
        return False
    for i in range(n):
        if not (right[i, 0] > 0.0 and right[i, 0] <= 1.0):
            return False
        powers[links[i]] = right[i, 0]
    return True


@numba.njit(cache=True)
def _step_of(sinr, law):  # type: ignore[no-untyped-def]
    """Return the step (its row) that an SINR reaches, -1 for none."""
    step = len(law) - 1
    while step >= 0 and sinr < np.expm1(law[step, 0] * LN2):
        step -= 1
    return step


@numba.njit(cache=True)
def _sinr_at(step, law, kept):  # type: ignore[no-untyped-def]
    """Return the SINR that a link on a step needs: the step's, and the floor in any case."""
    if step < 0:
        return kept
    return max(np.expm1(law[step, 0] * LN2) * (1.0 + ABOVE), kept)


@numba.njit(cache=True)
def _try_raises(links, step, targets, x, direct, cross, noise, law, kept, raised, possible):  # type: ignore[no-untyped-def]
    """Fill raised (n, AHEAD, n) with the powers of a group after each of its links climbs, and possible (n, AHEAD)."""
    for i in links:
        for more in range(AHEAD):
            possible[i, more] = False
            if step[i] + more + 1 >= len(law):
                continue
            before = targets[i]
            targets[i] = _sinr_at(step[i] + more + 1, law, kept)
            raised[i, more, :] = x
            possible[i, more] = _least_powers(links, targets, direct, cross, noise, raised[i, more])
            targets[i] = before


@numba.njit(cache=True)
def _best_raise(order, starts, group_of, step, station, at_most, used, x, law, raised, possible):  # type: ignore[no-untyped-def]
    """Return (link, steps - 1) of the raise within all stations' power that brings most per power; (-1, 0) for none."""
    best, best_link, best_more = 0.0, -1, 0
    change = np.empty(len(used))
    for i in range(len(x)):
        links = order[starts[group_of[i]] : starts[group_of[i] + 1]]
        for more in range(AHEAD):
            if not possible[i, more]:
                continue
            change[:] = 0.0
            for j in links:
                change[station[j]] += raised[i, more, j] - x[j]
            spent, fits = 1e-12, True
            for b in range(len(used)):
                fits = fits and used[b] + change[b] <= at_most[b]
                spent += max(change[b], 0.0)
            gained = law[step[i] + more + 1, 3] - (law[step[i], 3] if step[i] >= 0 else 0.0)
            if fits and gained / spent > best:
                best, best_link, best_more = gained / spent, i, more
    return best_link, best_more


@numba.njit(cache=True)
def _raise_from(x, at_floor, station, at_most, direct, cross, noise, law, kept):  # type: ignore[no-untyped-def]
    """Return the same from one start; where rounding spoils the least powers of the first steps, x is returned."""
    n = len(x)
    sinr = direct * x / _heard(cross, x, noise)
    step, targets, total = np.empty(n, np.int64), np.empty(n), 0.0
    for i in range(n):
        step[i] = _step_of(min(kept, sinr[i]) if at_floor else sinr[i], law)
        targets[i] = min(_sinr_at(step[i], law, kept), sinr[i])
        total += law[step[i], 3] if step[i] >= 0 else 0.0
    order, starts = _groups(cross)
    group_of, powers, used = np.empty(n, np.int64), x.copy(), np.zeros(len(at_most))
    for group in range(len(starts) - 1):
        links = order[starts[group] : starts[group + 1]]
        group_of[links] = group
        if not _least_powers(links, targets, direct, cross, noise, powers):
            return x, total
    for i in range(n):
        used[station[i]] += powers[i]
    raised, possible = np.zeros((n, AHEAD, n)), np.zeros((n, AHEAD), np.bool_)
    for group in range(len(starts) - 1):
        links = order[starts[group] : starts[group + 1]]
        _try_raises(links, step, targets, powers, direct, cross, noise, law, kept, raised, possible)
    while True:
        link, more = _best_raise(order, starts, group_of, step, station, at_most, used, powers, law, raised, possible)
        if link < 0:
            return powers, total
        links = order[starts[group_of[link]] : starts[group_of[link] + 1]]
        total += law[step[link] + more + 1, 3] - (law[step[link], 3] if step[link] >= 0 else 0.0)
        step[link] += more + 1
        targets[link] = _sinr_at(step[link], law, kept)
        for j in links:
            used[station[j]] += raised[link, more, j] - powers[j]
            powers[j] = raised[link, more, j]
        _try_raises(links, step, targets, powers, direct, cross, noise, law, kept, raised, possible)


@numba.njit(cache=True)
def raise_steps(x, station, at_most, direct, cross, noise, law, kept):  # type: ignore[no-untyped-def]
    """Return scaled powers (n,) that carry at least what x (n,) does by a law of steps, and the sum in bit/s/Hz.

    ``law`` (steps, 4) is the table of a rate law, ``kept`` the SINR that every link keeps; direct (n,) and cross (n, n)
    are gains of scaled powers; ``at_most`` (stations,) is what a station may send in all. Steps are raised from those
    of x, and from those that keep the floor alone.
    """
    powers, total = _raise_from(x, False, station, at_most, direct, cross, noise, law, kept)
    others, other_total = _raise_from(x, True, station, at_most, direct, cross, noise, law, kept)
    return (others, other_total) if other_total > total else (powers, total)

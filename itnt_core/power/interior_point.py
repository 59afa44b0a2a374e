"""Compiled power control of one slot: successive convex approximation, each surrogate by a barrier Newton method.

Unknowns are the powers of the served links, scaled by what their station may send on one subchannel; ``at_most``
(stations,) is how many times that a station may send in all. Where it is 1, as without a limit per subchannel, the sum
limits each power; where it is more, each is limited to 1 as well. With T the received power plus noise and I
its interference part, the rate log2 T - log2 I is bounded below by linearising log2 I at the current point; the cap of
the best modulation enters as a concave soft minimum with a closed form, which tends to the exact one with the barrier.
``cap`` and ``weight`` (n,) are the spectral efficiency that counts of each link at most, and what its user's data
weigh.
"""

from __future__ import annotations

import numba
import numpy as np

LN2 = np.log(2.0)
# Weights of the barrier, in bit/s/Hz: of the first surrogate, of the others, and where each ends, which a hundred
# limits turn into a thousandth of a bit/s/Hz; from one to the next it falls tenfold.
FIRST, AGAIN, LAST, FALL = 0.1, 1e-4, 1e-5, 0.1
ENOUGH = 0.3  # of its weight: a Newton decrement below which the barrier is climbed far enough


@numba.njit(cache=True, error_model="numpy")
def _solve(matrix, right):  # type: ignore[no-untyped-def]
    """Overwrite ``right`` (n, k) with the solution of a linear system; return whether all pivots were usable.

    Elimination without exchanging rows, which is stable for the definite matrices and M-matrices met here. Written out
    because numba takes twenty seconds to compile its calls of LAPACK, and blocks are as small as 3 x 3.
    """
    n, k = right.shape
    for p in range(n):
        pivot = matrix[p, p]
        if not abs(pivot) > 1e-14:  # also catches what is not a number
            return False
        for i in range(p + 1, n):
            factor = matrix[i, p] / pivot
            if factor != 0.0:
                for j in range(p + 1, n):
                    matrix[i, j] -= factor * matrix[p, j]
                for j in range(k):
                    right[i, j] -= factor * right[p, j]
    for p in range(n - 1, -1, -1):
        for j in range(k):
            rest = right[p, j]
            for i in range(p + 1, n):
                rest -= matrix[p, i] * right[i, j]
            right[p, j] = rest / matrix[p, p]
    return True


@numba.njit(cache=True, error_model="numpy")
def _heard(cross, x, noise):  # type: ignore[no-untyped-def]
    """Return interference plus noise (n,) at powers x."""
    total = np.full(len(x), noise)
    for i in range(len(x)):
        for j in range(len(x)):
            total[i] += cross[i, j] * x[j]
    return total


@numba.njit(cache=True, error_model="numpy")
def link_rates(x, direct, cross, noise, cap):  # type: ignore[no-untyped-def]
    """Return the capped spectral efficiencies (n,) at scaled powers x (n,)."""
    interference = _heard(cross, x, noise)
    return np.minimum(np.log2(1.0 + direct * x / interference), cap)


@numba.njit(cache=True, error_model="numpy")
def _soft_minimum(value, cap, mu):  # type: ignore[no-untyped-def]
    """Return value - t and t for the t that maximises t + mu log(value - t) + mu log(cap - t)."""
    gap = cap - value
    root = np.sqrt(gap * gap + 4.0 * mu * mu)
    # x = value - t solves x (x + gap) = mu (2 x + gap); the second form avoids cancellation for large gaps
    x = 0.5 * (2.0 * mu - gap + root) if gap < 0.0 else mu + 2.0 * mu * mu / (gap + root)
    return x, value - x


@numba.njit(cache=True, error_model="numpy")
def _soft_slope(value, cap, mu):  # type: ignore[no-untyped-def]
    """Return the first and second derivative of that maximum in ``value``."""
    gap = cap - value
    x, _ = _soft_minimum(value, cap, mu)
    # dx/dvalue from differentiating x^2 + (gap - 2 mu) x - mu gap = 0 with d gap = -d value
    slope = (x - mu) / (2.0 * x + gap - 2.0 * mu)
    return mu / x, -mu / (x * x) * slope


@numba.njit(cache=True, error_model="numpy")
def _groups(cross):  # type: ignore[no-untyped-def]
    """Return an order of the links (n,) in which those that disturb one another stand together, and where groups start.

    On orthogonal subchannels these are the links of one subchannel.
    """
    n = len(cross)
    order, starts = np.empty(n, np.int64), [0]
    taken = np.zeros(n, np.bool_)
    count = 0
    for seed in range(n):
        if taken[seed]:
            continue
        order[count], taken[seed] = seed, True
        reached, count = count, count + 1
        while reached < count:
            link = order[reached]
            reached += 1
            for other in range(n):
                if not taken[other] and (cross[link, other] != 0.0 or cross[other, link] != 0.0):
                    order[count], taken[other] = other, True
                    count += 1
        starts.append(count)
    return order, np.array(starts)


@numba.njit(cache=True, error_model="numpy")
def _barrier(x, station, at_most, direct, cross, starts, noise, cap, weight, floor, base, mu, used, state):  # type: ignore[no-untyped-def]
    """Return the barrier objective at x; -inf outside the feasible set.

    ``starts`` are the groups of links in order, ``base`` the interference (n,) at the point of linearisation. Fills
    ``used`` (stations,) with what each sends and ``state`` (4, n) with interference, all that is received, what lies
    above the floor, and the surrogate.
    """
    n = len(x)
    used[:] = 0.0
    for i in range(n):
        if x[i] <= 0.0 or (at_most[station[i]] > 1.0 and x[i] >= 1.0):
            return -np.inf
        used[station[i]] += x[i]
    value, walls = 0.0, 0.0
    for b in range(len(at_most)):
        if used[b] >= at_most[b]:
            return -np.inf
        walls += np.log(at_most[b] - used[b])
    for group in range(len(starts) - 1):
        first, last = starts[group], starts[group + 1]
        for i in range(first, last):
            interference = noise
            for j in range(first, last):
                interference += cross[i, j] * x[j]
            total = interference + direct[i] * x[i]
            slack = direct[i] * x[i] - floor * interference
            if slack <= 0.0:
                return -np.inf
            surrogate = (np.log(total / base[i]) - (interference - base[i]) / base[i]) / LN2
            state[0, i], state[1, i], state[2, i], state[3, i] = interference, total, slack, surrogate
            below, least = _soft_minimum(surrogate, cap[i], mu)
            # one logarithm for all that is weighed alike: they take most of the time
            value += weight[i] * (least + mu * np.log(below * (cap[i] - least)))
            walls += np.log(slack / noise * x[i] * (1.0 - x[i] if at_most[station[i]] > 1.0 else 1.0))
    return value + mu * walls


@numba.njit(cache=True, error_model="numpy")
def _derivatives(x, station, at_most, direct, cross, starts, cap, weight, floor, base, mu, state, gradient, blocks):  # type: ignore[no-untyped-def]
    """Fill the gradient (n,) and the Hessian within each group, ``blocks`` (n, widest group), from the state at x.

    All without the limits of the stations: those reach over groups and are added by the caller.
    """
    row = np.empty(blocks.shape[1])
    gradient[:] = 0.0
    blocks[:] = 0.0
    for group in range(len(starts) - 1):
        first, last = starts[group], starts[group + 1]
        for i in range(first, last):
            total, slack = state[1, i], state[2, i]
            slope, curvature = _soft_slope(state[3, i], cap[i], mu)
            slope, curvature = weight[i] * slope, weight[i] * curvature
            gradient[i] += mu / x[i]
            blocks[i, i - first] -= mu / (x[i] * x[i])
            if at_most[station[i]] > 1.0:
                gradient[i] -= mu / (1.0 - x[i])
                blocks[i, i - first] -= mu / ((1.0 - x[i]) * (1.0 - x[i]))
            # surrogate: slope of log T minus that of the linearised log I; divisions stand outside the loops
            bent, tight = slope / (total * total) / LN2, mu / (slack * slack)
            apart = (1.0 / total - 1.0 / base[i]) / LN2
            for j in range(first, last):
                row[j - first] = cross[i, j] * apart
            row[i - first] = direct[i] / total / LN2
            for j in range(first, last):
                t_j = direct[i] if j == i else cross[i, j]
                s_j = direct[i] if j == i else -floor * cross[i, j]
                gradient[j] += slope * row[j - first] + mu * s_j / slack
                curved_j, bent_j, tight_j = curvature * row[j - first], bent * t_j, tight * s_j
                for m in range(first, last):
                    heard = cross[i, m]
                    blocks[j, m - first] += curved_j * row[m - first] - bent_j * heard + tight_j * floor * heard
                # the loop took the link itself for an interferer with cross[i, i] = 0
                blocks[j, i - first] -= (bent_j + tight_j) * direct[i]


@numba.njit(cache=True, error_model="numpy")
def _inverse(block, size, factor, inverse):  # type: ignore[no-untyped-def]
    """Fill ``inverse`` with that of a definite ``block`` by Cholesky; return whether all pivots were usable.

    Of each array the first ``size`` rows and columns are used.
    """
    for i in range(size):
        for j in range(i + 1):
            rest = block[i, j]
            for m in range(j):
                rest -= factor[i, m] * factor[j, m]
            if i == j:
                if not rest > 1e-14:  # also catches what is not a number
                    return False
                factor[i, i] = np.sqrt(rest)
            else:
                factor[i, j] = rest / factor[j, j]
    for j in range(size):  # the factor's own inverse, in place
        factor[j, j] = 1.0 / factor[j, j]
        for i in range(j + 1, size):
            rest = 0.0
            for m in range(j, i):
                rest -= factor[i, m] * factor[m, j]
            factor[i, j] = rest / factor[i, i]
    for i in range(size):
        for j in range(i + 1):
            entry = 0.0
            for m in range(i, size):
                entry += factor[m, i] * factor[m, j]
            inverse[i, j] = inverse[j, i] = entry
    return True


@numba.njit(cache=True, error_model="numpy")
def _newton_step(station, at_most, used, starts, mu, gradient, blocks, scaled, factor, inverse):  # type: ignore[no-untyped-def]
    """Return the Newton step and its decrement (-1 where rounding has spoilt the Hessian).

    The Hessian is a block per group plus one rank for each station's limit, so the blocks are inverted one by one and
    the stations are added by Woodbury's identity. ``scaled``, ``factor`` and ``inverse`` hold one block meanwhile.
    """
    n, stations = len(gradient), len(at_most)
    slope = gradient.copy()
    for i in range(n):
        slope[i] -= mu / (at_most[station[i]] - used[station[i]])
    apart = np.zeros(n)  # the inverse blocks times the gradient
    spread = np.zeros((n, stations))  # the inverse blocks times the stations' indicators
    scale = np.empty(len(scaled))
    for group in range(len(starts) - 1):
        first, last = starts[group], starts[group + 1]
        size = last - first
        # The barrier makes each block definite in theory; far out on it rounding may not, which the scaling prevents.
        for i in range(size):
            scale[i] = 1.0 / np.sqrt(np.abs(blocks[first + i, i]) + 1e-300)
        for i in range(size):
            for j in range(size):
                scaled[i, j] = -blocks[first + i, j] * scale[i] * scale[j]
            scaled[i, i] += 1e-12
        if not _inverse(scaled, size, factor, inverse):
            return slope, -1.0
        for i in range(size):
            for j in range(size):
                entry = inverse[i, j] * scale[i] * scale[j]
                apart[first + i] += entry * slope[first + j]
                spread[first + i, station[first + j]] += entry
    small, right = np.zeros((stations, stations)), np.zeros((stations, 1))
    for b in range(stations):
        small[b, b] = (at_most[b] - used[b]) ** 2 / mu
    for i in range(n):
        right[station[i], 0] += apart[i]
        for b in range(stations):
            small[station[i], b] += spread[i, b]
    if not _solve(small, right):
        return slope, -1.0
    decrement = 0.0
    for i in range(n):
        for b in range(stations):
            apart[i] -= spread[i, b] * right[b, 0]
        decrement += slope[i] * apart[i]
    return apart, decrement


@numba.njit(cache=True, error_model="numpy")
def maximise_surrogate(x, station, at_most, direct, cross, noise, cap, weight, floor, mu_start, mu_end):  # type: ignore[no-untyped-def]
    """Return the maximiser of the surrogate linearised at x, to the accuracy of the last barrier weight."""
    order, starts = _groups(cross)
    x, station, direct, cross, cap, weight = _ordered(order, x, station, direct, cross, cap, weight)
    found = _maximise(x, station, at_most, direct, cross, starts, noise, cap, weight, floor, mu_start, mu_end)
    return _in_place(order, found)


@numba.njit(cache=True, error_model="numpy")
def _ordered(order, x, station, direct, cross, cap, weight):  # type: ignore[no-untyped-def]
    """Return what belongs to links (n,) and to pairs of them in another order."""
    return x[order], station[order], direct[order], cross[order][:, order].copy(), cap[order], weight[order]


@numba.njit(cache=True, error_model="numpy")
def _in_place(order, ordered):  # type: ignore[no-untyped-def]
    """Return what stands in an order where it belongs (n,)."""
    found = np.empty_like(ordered)
    found[order] = ordered
    return found


@numba.njit(cache=True, error_model="numpy")
def _maximise(x, station, at_most, direct, cross, starts, noise, cap, weight, floor, mu_start, mu_end):  # type: ignore[no-untyped-def]
    """Return what :func:`maximise_surrogate` promises, for links in the order of their groups."""
    base = _heard(cross, x, noise)
    widest = 0
    for group in range(len(starts) - 1):
        widest = max(widest, starts[group + 1] - starts[group])
    gradient, blocks, used, state = (
        np.zeros(len(x)),
        np.zeros((len(x), widest)),
        np.zeros(len(at_most)),
        np.zeros((4, len(x))),
    )
    work = np.zeros((3, widest, widest))
    limits, physics = (station, at_most), (direct, cross, starts)
    mu = mu_start
    while True:
        value = _barrier(x, *limits, *physics, noise, cap, weight, floor, base, mu, used, state)
        for _ in range(30):
            if value == -np.inf:
                return x
            _derivatives(x, *limits, *physics, cap, weight, floor, base, mu, state, gradient, blocks)
            step, decrement = _newton_step(*limits, used, starts, mu, gradient, blocks, work[0], work[1], work[2])
            if decrement < ENOUGH * mu:
                break
            length = 1.0
            moved = False
            while length > 1e-9:
                trial = x + length * step
                found = _barrier(trial, *limits, *physics, noise, cap, weight, floor, base, mu, used, state)
                if found >= value + 0.1 * length * decrement:
                    x, value, moved = trial, found, True
                    break
                length *= 0.5
            if not moved:
                break
        if mu <= mu_end:
            return x
        mu = max(FALL * mu, mu_end)


@numba.njit(cache=True, error_model="numpy")
def interior_start(x, station, at_most, direct, cross, noise, floor):  # type: ignore[no-untyped-def]
    """Return a strictly feasible point near x and whether there is one.

    The blend of the current powers with the least powers that beat the floor by a margin (the fixed point of Foschini
    and Miljanic, 1993) is strictly feasible, since all constraints are linear.
    """
    n = len(x)
    raised = floor * 1.001
    matrix, right = np.eye(n), np.empty((n, 1))
    for i in range(n):
        right[i, 0] = raised * noise / direct[i]
        for j in range(n):
            matrix[i, j] -= raised * cross[i, j] / direct[i]
    if not _solve(matrix, right):
        return x, False
    least = right[:, 0].copy()
    used = np.zeros(len(at_most))
    for i in range(n):
        if not least[i] > 0.0 or (at_most[station[i]] > 1.0 and least[i] >= 0.999):
            return x, False
        used[station[i]] += least[i]
    if (used / at_most).max() >= 0.999:
        return x, False
    start = 0.95 * x + 0.05 * least
    heard = _heard(cross, start, noise)
    for i in range(n):  # rounding, or powers that were not feasible after all
        if not (start[i] > 0.0 and direct[i] * start[i] > floor * heard[i]):
            return x, False
    used = np.zeros(len(at_most))
    for i in range(n):
        if at_most[station[i]] > 1.0 and start[i] >= 1.0:
            return x, False
        used[station[i]] += start[i]
    return start, (used / at_most).max() < 1.0


@numba.njit(cache=True, nogil=True, error_model="numpy")
def improve_slot(x, station, at_most, direct, cross, noise, cap, weight, floor, rounds, tolerance):  # type: ignore[no-untyped-def]
    """Return scaled powers at least as good as x that keep every floor, and the weighted sum of capped efficiencies.

    Where no strictly feasible point exists (a floor that can only just be met) x is returned unchanged.
    """
    best = (weight * link_rates(x, direct, cross, noise, cap)).sum()
    answer = x
    start, feasible = interior_start(x, station, at_most, direct, cross, noise, floor)
    if not feasible:
        return answer, best
    order, starts = _groups(cross)
    point, station, direct, cross, cap, weight = _ordered(order, start, station, direct, cross, cap, weight)
    before, mu_start = -np.inf, FIRST
    for _ in range(rounds):
        point = _maximise(point, station, at_most, direct, cross, starts, noise, cap, weight, floor, mu_start, LAST)
        value = (weight * link_rates(point, direct, cross, noise, cap)).sum()
        if value > best:
            answer, best = _in_place(order, point), value
        if value < before + tolerance:
            break
        # the next point starts away from the boundary that the last barrier weight led it to
        before, mu_start = value, AGAIN
    return answer, best

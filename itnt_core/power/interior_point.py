"""Compiled power control of one slot: successive convex approximation, each surrogate by a barrier Newton method.

Unknowns are the powers of the served links, scaled by their station's limit. With T the received power plus noise and I
its interference part, the rate log2 T - log2 I is bounded below by linearising log2 I at the current point; the cap of
the best modulation enters as a concave soft minimum with a closed form, which tends to the exact one with the barrier.
"""

from __future__ import annotations

import numba
import numpy as np

LN2 = np.log(2.0)


@numba.njit(cache=True)
def link_rates(x, direct, cross, noise, cap):  # type: ignore[no-untyped-def]
    """Return the capped spectral efficiencies (n,) at scaled powers x (n,)."""
    interference = cross @ x + noise
    return np.minimum(np.log2(1.0 + direct * x / interference), cap)


@numba.njit(cache=True)
def _soft_minimum(value, cap, mu):  # type: ignore[no-untyped-def]
    """Return max_t t + mu log(value - t) + mu log(cap - t), with its first and second derivative in ``value``."""
    gap = cap - value
    root = np.sqrt(gap * gap + 4.0 * mu * mu)
    # x = value - t solves x (x + gap) = mu (2 x + gap); the second form avoids cancellation for large gaps
    x = 0.5 * (2.0 * mu - gap + root) if gap < 0.0 else mu + 2.0 * mu * mu / (gap + root)
    t = value - x
    first = mu / x
    # dx/dvalue from differentiating x^2 + (gap - 2 mu) x - mu gap = 0 with d gap = -d value
    slope = (x - mu) / (2.0 * x + gap - 2.0 * mu)
    second = -mu / (x * x) * slope
    return t + mu * np.log(x) + mu * np.log(cap - t), first, second


@numba.njit(cache=True)
def _barrier(x, station, stations, direct, cross, noise, cap, floor, base, mu, derivatives):  # type: ignore[no-untyped-def]
    """Return the barrier objective at x, its gradient and Hessian; -inf outside the feasible set.

    ``base`` holds the interference (n,) at the point of linearisation.
    """
    n = len(x)
    gradient, hessian = np.zeros(n), np.zeros((n, n))
    used = np.zeros(stations)
    for i in range(n):
        if x[i] <= 0.0:
            return -np.inf, gradient, hessian
        used[station[i]] += x[i]
    for b in range(stations):
        if used[b] >= 1.0:
            return -np.inf, gradient, hessian
    value = 0.0
    row = np.empty(n)
    for i in range(n):
        interference = noise
        for j in range(n):
            interference += cross[i, j] * x[j]
        total = interference + direct[i] * x[i]
        slack = direct[i] * x[i] - floor * interference
        if slack <= 0.0:
            return -np.inf, gradient, hessian
        surrogate = (np.log(total) - np.log(base[i]) - (interference - base[i]) / base[i]) / LN2
        soft, first, second = _soft_minimum(surrogate, cap, mu)
        value += soft + mu * np.log(slack / noise) + mu * np.log(x[i])
        if derivatives:
            gradient[i] += mu / x[i]
            hessian[i, i] -= mu / (x[i] * x[i])
            # surrogate: slope of log T minus that of the linearised log I
            for j in range(n):
                row[j] = cross[i, j] * (1.0 / total - 1.0 / base[i]) / LN2
            row[i] = direct[i] / total / LN2
            for j in range(n):
                gradient[j] += first * row[j]
                t_j = direct[i] if j == i else cross[i, j]
                s_j = direct[i] if j == i else -floor * cross[i, j]
                gradient[j] += mu * s_j / slack
                if t_j == 0.0:
                    continue
                for m in range(n):
                    t_m = direct[i] if m == i else cross[i, m]
                    s_m = direct[i] if m == i else -floor * cross[i, m]
                    hessian[j, m] += second * row[j] * row[m] - first * t_j * t_m / (total * total) / LN2
                    hessian[j, m] -= mu * s_j * s_m / (slack * slack)
    for b in range(stations):
        value += mu * np.log(1.0 - used[b])
    if derivatives:
        for i in range(n):
            left = 1.0 - used[station[i]]
            gradient[i] -= mu / left
            for j in range(n):
                if station[j] == station[i]:
                    hessian[i, j] -= mu / (left * left)
    return value, gradient, hessian


@numba.njit(cache=True)
def maximise_surrogate(x, station, stations, direct, cross, noise, cap, floor, mu_start, mu_end):  # type: ignore[no-untyped-def]
    """Return the maximiser of the surrogate linearised at x, to the accuracy of the last barrier weight."""
    base = cross @ x + noise
    mu = mu_start
    while True:
        for _ in range(30):
            value, gradient, hessian = _barrier(x, station, stations, direct, cross, noise, cap, floor, base, mu, True)
            # The barrier makes the Hessian definite in theory; far out on it rounding may not, which this prevents.
            scale = np.sqrt(np.abs(np.diag(hessian)) + 1e-300)
            scaled = -hessian / scale.reshape(-1, 1) / scale.reshape(1, -1) + 1e-12 * np.eye(len(x))
            if not np.isfinite(scaled).all():
                break
            step = np.linalg.solve(scaled, gradient / scale) / scale
            decrement = (gradient * step).sum()
            if decrement < 1e-3 * mu:
                break
            length = 1.0
            moved = False
            while length > 1e-9:
                trial = x + length * step
                found, _, _ = _barrier(trial, station, stations, direct, cross, noise, cap, floor, base, mu, False)
                if found >= value + 0.1 * length * decrement:
                    x, moved = trial, True
                    break
                length *= 0.5
            if not moved:
                break
        if mu <= mu_end:
            return x
        mu = max(0.2 * mu, mu_end)


@numba.njit(cache=True)
def interior_start(x, station, stations, direct, cross, noise, floor):  # type: ignore[no-untyped-def]
    """Return a strictly feasible point near x and whether there is one.

    The blend of the current powers with the least powers that beat the floor by a margin (the fixed point of Foschini
    and Miljanic, 1993) is strictly feasible, since all constraints are linear.
    """
    n = len(x)
    raised = floor * 1.001
    matrix = np.eye(n) - raised * cross / direct.reshape(n, 1)
    if np.abs(np.linalg.det(matrix)) < 1e-12:
        return x, False
    least = np.linalg.solve(matrix, raised * noise / direct)
    used = np.zeros(stations)
    for i in range(n):
        if not least[i] > 0.0:
            return x, False
        used[station[i]] += least[i]
    if used.max() >= 0.999:
        return x, False
    return 0.95 * 0.999 * x + 0.05 * least, True


@numba.njit(cache=True)
def improve_slot(x, station, stations, direct, cross, noise, cap, floor, rounds, tolerance):  # type: ignore[no-untyped-def]
    """Return scaled powers at least as good as x that keep every floor, and the capped sum of efficiencies.

    Where no strictly feasible point exists (a floor that can only just be met) x is returned unchanged.
    """
    best = link_rates(x, direct, cross, noise, cap).sum()
    answer = x
    start, feasible = interior_start(x, station, stations, direct, cross, noise, floor)
    if not feasible:
        return answer, best
    point, before, mu_start = start, -np.inf, 0.1
    for _ in range(rounds):
        point = maximise_surrogate(point, station, stations, direct, cross, noise, cap, floor, mu_start, 1e-6)
        value = link_rates(point, direct, cross, noise, cap).sum()
        if value > best:
            answer, best = point, value
        if value < before + tolerance:
            break
        # the next point starts away from the boundary that the last barrier weight led it to
        before, mu_start = value, 1e-3
    return answer, best

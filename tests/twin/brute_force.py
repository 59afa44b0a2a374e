"""The best plan of a toy - one base station, one beam, two users, two sub-bands, one cycle - by enumeration."""

import numpy as np

LEVELS = np.array([0.0, 1e-3, 4e-3, 0.016, 0.06, 0.125, 0.25, 0.5, 0.75, 1.0])
KEPT, ROUNDS, TRIES = 8, 30, 200


def efficiencies(window, power):
    """Return log2(1 + SINR) (n, systems, users, subbands) of powers (n, systems, subbands)."""
    gain = window.gain[:, :, 0]  # (systems, users)
    signal = power[:, :, None, :] * gain[None, :, :, None]
    return np.log2(1.0 + signal / (1.0 + signal[:, ::-1]))


def least_backlog(window, power):
    """Return the least objective (n,) of powers (n, systems, subbands) over all shares and steerings.

    With empty queues at first a user's backlog is what arrives less what both systems carry. The four resources - two
    sub-bands of two systems - go over from the second user to the first in the order of what the first gains for what
    the second loses: that is the edge of what both can have. The backlog is convex and piecewise linear along it, with
    corners where a resource has gone over or a user has all it wants.
    """
    carried = window.subband_mhz * window.cycle_s * np.moveaxis(efficiencies(window, power), 2, 0).reshape(2, -1, 4)
    order = np.argsort(-carried[0] / np.maximum(carried[1], 1e-300), axis=1)
    first, second = (np.take_along_axis(side, order, axis=1) for side in carried)  # (n, 4)
    has_first = np.cumsum(first, axis=1) - first
    has_second = second.sum(axis=1, keepdims=True) - (np.cumsum(second, axis=1) - second)
    wants, weight = window.arrivals_mbit[:, 0], window.weight
    best = np.full(len(power), np.inf)
    with np.errstate(divide="ignore", invalid="ignore"):
        corners = (0.0, 1.0, (wants[0] - has_first) / first, (has_second - wants[1]) / second)
        for corner in corners:
            gone = np.nan_to_num(np.clip(corner, 0.0, 1.0))
            left = (
                np.maximum(0.0, wants[0] - has_first - gone * first),
                np.maximum(0.0, wants[1] - has_second + gone * second),
            )
            best = np.minimum(best, (weight[0] * left[0] + weight[1] * left[1]).min(axis=1))
    return best + window.power_price * power.sum(axis=(1, 2))


def best_by_enumeration(window, shared=True):
    """Return the least objective over a grid of the four powers, searched finer around its best points.

    Where nothing may be shared, one of the two systems is silent on each sub-band.
    """
    pairs = np.array([(a, b) for a in LEVELS for b in LEVELS if a + b <= window.budget[0]])
    power = np.stack([np.repeat(pairs, len(pairs), axis=0), np.tile(pairs, (len(pairs), 1))], axis=1)
    if not shared:
        power = power[(power.min(axis=1) == 0.0).all(axis=1)]
    value = least_backlog(window, power)
    kept = np.argsort(value)[:KEPT]
    power, value = power[kept], value[kept]
    generator = np.random.default_rng(0)
    for step in np.geomspace(0.5, 1e-4, ROUNDS):
        normal = generator.standard_normal((2, TRIES, KEPT, 2, 2))
        tried = np.clip(power * np.exp(step * normal[0]) + 0.1 * step * normal[1], 0.0, 1.0)
        tried *= 1.0 if shared else power > 0.0
        tried *= np.minimum(1.0, window.budget[0] / np.maximum(tried.sum(axis=3, keepdims=True), 1e-12))
        found = least_backlog(window, tried.reshape(-1, 2, 2)).reshape(TRIES, KEPT)
        best = found.argmin(axis=0)
        better = found.min(axis=0) < value
        power = np.where(better[:, None, None], tried[best, np.arange(KEPT)], power)
        value = np.minimum(value, found.min(axis=0))
    return float(value.min())

"""Compiled floor of a shadowing field over boxes of places, proved, not sampled."""

from __future__ import annotations

import numba
import numpy as np

from itnt_core.radio import Field, SpatialField

from .types import Array

SPARE = 1e-6  # standard deviations: the field's own cosine is a polynomial, good to 1e-11 a feature
SMOOTH_RAD = 1.7  # features that turn less than this from the middle of a box to its corner are expanded together


def lowest_field(field: Field, middle_m: Array, shift_m: Array, half_m: Array) -> Array:
    """Return numbers (n, parts) that the field nowhere falls below within boxes, in standard deviations.

    ``middle_m`` (n, 3) plus ``shift_m`` (parts, 3) are the middles, ``half_m`` (3,) the half sides of all boxes in m.
    A weighted sum of fields is nowhere below the sum of what these are nowhere below.
    """
    lowest = [weight * _lowest(part, middle_m, shift_m, half_m) for weight, part in field.parts]
    return lowest[0] if len(lowest) == 1 else np.sum(lowest, axis=0)


def _lowest(field: SpatialField, middle_m: Array, shift_m: Array, half_m: Array) -> Array:
    """Return the same of one field of cosines.

    Proof: minus the field is a sum of cosines a cos(theta + w . d), d in the box, and no term turns by more than
    r = |w_x| h_x + |w_y| h_y + |w_z| h_z. Terms with a large r are bounded one by one by the greatest cosine within
    theta +- r. Those with a small r are added up first: by Taylor's theorem each is cos theta - sin theta (w . d)
    - cos theta (w . d)^2 / 2 plus at most r^3 / 6. The linear parts add up to one gradient G . d and the squares to one
    form d' H d / 2, in which the random signs cancel; per axis the greatest of |G| d - H d^2 / 2 over 0 <= d <= h is
    known, and off the diagonal stands at most |H_jk| h_j h_k.
    """
    turns = np.abs(field.wave_vectors) @ half_m
    smooth, bent = turns < SMOOTH_RAD, (turns >= SMOOTH_RAD) & (turns < np.pi)
    # a feature that turns by pi or more may stand on its crest anywhere
    rest = float((turns[smooth] ** 3).sum() / 6.0 + (turns >= np.pi).sum())
    slow, fast = field.wave_vectors[smooth], field.wave_vectors[bent]
    ceiling = _cosine_ceilings(
        np.ascontiguousarray(middle_m, dtype=float),
        np.ascontiguousarray(half_m, dtype=float),
        (np.ascontiguousarray(slow.T), field.phases[smooth] + np.pi, *_turned(slow, shift_m)),
        (np.ascontiguousarray(fast.T), field.phases[bent] + np.pi, *_turned(fast, shift_m)),
        (np.cos(turns[bent]), np.sin(turns[bent])),
        rest,
    )
    return -(np.minimum(ceiling, len(turns)) * field.amplitude + SPARE)


def _turned(waves: Array, shift_m: Array) -> tuple[Array, Array]:
    """Return cosine and sine (parts, features) of what every feature turns by from a middle to its parts."""
    angle = shift_m @ waves.T
    return np.cos(angle), np.sin(angle)


@numba.njit(cache=True, fastmath=True)
def _cosine_ceilings(middles, half, slow, fast, turns, rest):  # type: ignore[no-untyped-def]
    """Return for every box a bound (n, parts) on the sum of the cosines in it."""
    waves, phases, step_cos, step_sin = slow
    fast_waves, fast_phases, fast_cos, fast_sin = fast
    turn_cos, turn_sin = turns
    cosine, sine = np.empty(len(phases)), np.empty(len(phases))
    fast_cosine, fast_sine = np.empty(len(fast_phases)), np.empty(len(fast_phases))
    ceilings = np.empty((len(middles), len(step_cos)))
    for i in range(len(middles)):
        x, y, z = middles[i, 0], middles[i, 1], middles[i, 2]
        for f in range(len(phases)):
            angle = waves[0, f] * x + waves[1, f] * y + waves[2, f] * z + phases[f]
            cosine[f], sine[f] = np.cos(angle), np.sin(angle)
        for f in range(len(fast_phases)):
            angle = fast_waves[0, f] * x + fast_waves[1, f] * y + fast_waves[2, f] * z + fast_phases[f]
            fast_cosine[f], fast_sine[f] = np.cos(angle), np.sin(angle)
        for part in range(len(step_cos)):
            total = rest + _slow_ceiling(cosine, sine, step_cos[part], step_sin[part], waves, half)
            for f in range(len(fast_phases)):
                c = fast_cosine[f] * fast_cos[part, f] - fast_sine[f] * fast_sin[part, f]
                s = fast_sine[f] * fast_cos[part, f] + fast_cosine[f] * fast_sin[part, f]
                total += 1.0 if c >= turn_cos[f] else c * turn_cos[f] + abs(s) * turn_sin[f]
            ceilings[i, part] = total
    return ceilings


@numba.njit(cache=True, fastmath=True)
def _slow_ceiling(cosine, sine, step_cos, step_sin, waves, half):  # type: ignore[no-untyped-def]
    """Return the bound on the sum of the slow cosines of one box, without the cubic rest."""
    total, gx, gy, gz = 0.0, 0.0, 0.0, 0.0
    xx, yy, zz, xy, xz, yz = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
    for f in range(len(cosine)):
        c = cosine[f] * step_cos[f] - sine[f] * step_sin[f]
        s = sine[f] * step_cos[f] + cosine[f] * step_sin[f]
        wx, wy, wz = waves[0, f], waves[1, f], waves[2, f]
        total += c
        gx += s * wx
        gy += s * wy
        gz += s * wz
        xx += c * wx * wx
        yy += c * wy * wy
        zz += c * wz * wz
        xy += c * wx * wy
        xz += c * wx * wz
        yz += c * wy * wz
    total += _axis_ceiling(abs(gx), xx, half[0]) + _axis_ceiling(abs(gy), yy, half[1])
    total += _axis_ceiling(abs(gz), zz, half[2])
    return total + abs(xy) * half[0] * half[1] + abs(xz) * half[0] * half[2] + abs(yz) * half[1] * half[2]


@numba.njit(cache=True)
def _axis_ceiling(slope, curve, half):  # type: ignore[no-untyped-def]
    """Return the greatest slope d - curve d^2 / 2 over 0 <= d <= half; slope >= 0."""
    if curve > 0.0 and slope < curve * half:
        return slope * slope / (2.0 * curve)
    return slope * half - 0.5 * curve * half * half

"""The convex surrogate of a planning window in numbers: everything it needs at the point it is made at.

The rate of a link is B beta log2(T / I). The surrogate bounds it from below and is tight at the point: ln T by
ln T0 + 1 - T0 / T, ln I by its tangent (a global upper bound), and the product beta rho by the tangent of the convex
half of its difference of squares.

ln T itself would need an exponential cone, at which the solver stalls on three of four random windows of the usual size
(benchmarks/twin); its minorant has the same value and slope at the point and needs a second-order cone only.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .relaxed import Relaxed, penalty_slope, unit_mbit
from .window import Array, Window

LEAST_EFFICIENCY, LEAST_SHARE = 0.3, 0.25  # of the point at which a product is split, so that no factor is near zero
LEAST_POWER = 1e-6  # of the point: the tangent at an interferer that is switched off would never let it on again


@dataclass(frozen=True, eq=False)
class Tangent:
    """Coefficients at a point.

    ``total`` T0 (users, subbands, cycles); ``noise`` I0 (links, subbands, cycles); ``share_slope``,
    ``efficiency_slope``, ``scale`` and ``rest`` of the product (links, subbands, cycles); the slopes of the penalty, in
    the unit of the objective, over masks (subbands, cycles) and associations (links, cycles).
    """

    total: Array
    noise: Array
    share_slope: Array
    efficiency_slope: Array
    scale: Array
    rest: Array
    mask_tn_slope: Array
    mask_ntn_slope: Array
    association_slope: Array


def tangent_at(window: Window, at: Relaxed, penalty: float) -> Tangent:
    """Return the surrogate's coefficients at a point; ``penalty`` weighs the binaries, in Mbit."""
    gain, power = window.heard, np.maximum(at.plan.power, LEAST_POWER)
    total = 1.0 + np.einsum("jkc,jfc->kfc", gain, power)
    own = gain[window.link_transmitter, window.link_user][:, None, :] * power[window.link_transmitter]
    noise = total[window.link_user] - own
    efficiency = np.minimum(window.efficiency_cap, np.log2(total[window.link_user] / noise))
    scale = np.sqrt(np.maximum(efficiency, LEAST_EFFICIENCY) / np.maximum(at.plan.share, LEAST_SHARE))
    middle = scale * at.plan.share + efficiency / scale
    weight = penalty / unit_mbit(window)
    return Tangent(
        total,
        noise,
        middle * scale / 2.0,
        middle / scale / 2.0,
        scale,
        middle**2 / 4.0,
        weight * penalty_slope(at.plan.mask_tn),
        weight * penalty_slope(at.plan.mask_ntn),
        weight * penalty_slope(at.association),
    )

"""Path-loss laws in dB: free space, 3GPP TR 38.901 (ground users) and TR 36.777 (aerial users).

Distances in metres, carrier in GHz, arrays broadcast. Distances below 1 m are evaluated at 1 m.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from itnt_core.arrays import Array
from itnt_core.units import to_db

SPEED_OF_LIGHT_M_S = 299_792_458.0


def reference_gain(carrier_ghz: float) -> float:
    """Return beta0 = (c / 4 pi f)^2, the free-space power gain at 1 m, linear (paper, below eq. 1).

    >>> f"{reference_gain(2.0):.3e}"
    '1.423e-04'
    """
    return float((SPEED_OF_LIGHT_M_S / (4.0 * np.pi * carrier_ghz * 1e9)) ** 2)


def free_space_db(distance_m: ArrayLike, carrier_ghz: float) -> Array:
    """Return the free-space path loss (Friis) in dB; distances of any shape.

    >>> free_space_db([100.0, 200.0], carrier_ghz=2.0).round(2)
    array([78.47, 84.49])
    """
    distance = np.maximum(np.asarray(distance_m, dtype=float), 1.0)
    return 20.0 * np.log10(distance) - to_db(reference_gain(carrier_ghz))


def _breakpoint_m(
    height_bs_m: ArrayLike, height_user_m: ArrayLike, carrier_ghz: float, environment_m: ArrayLike = 1.0
) -> Array:
    """Return d_BP' = 4 h'_BS h'_UT f / c, heights above those of the environment (TR 38.901 table 7.4.1-1 note 1)."""
    bs = np.maximum(np.asarray(height_bs_m, dtype=float) - environment_m, 0.1)
    user = np.maximum(np.asarray(height_user_m, dtype=float) - environment_m, 0.1)
    return 4.0 * bs * user * carrier_ghz * 1e9 / SPEED_OF_LIGHT_M_S


def uma_los_db(
    d2d_m: Array,
    d3d_m: Array,
    height_bs_m: ArrayLike,
    height_user_m: ArrayLike,
    carrier_ghz: float,
    environment_m: ArrayLike = 1.0,
) -> Array:
    """Return the UMa line-of-sight path loss (TR 38.901 table 7.4.1-1, PL1 up to the break point, PL2 beyond).

    The distances, on the ground and in space, and the heights broadcast; ``environment_m`` is h_E of note 1.

    >>> import numpy as np
    >>> ground_m = np.array([100.0, 1000.0])
    >>> uma_los_db(ground_m, np.hypot(ground_m, 23.5), 25.0, 1.5, carrier_ghz=2.0).round(1)
    array([ 78.3, 108.9])
    """
    d3d = np.maximum(d3d_m, 1.0)
    corner = _breakpoint_m(height_bs_m, height_user_m, carrier_ghz, environment_m)
    drop = np.asarray(height_bs_m, dtype=float) - np.asarray(height_user_m, dtype=float)
    common = 28.0 + 20.0 * np.log10(carrier_ghz)
    near = common + 22.0 * np.log10(d3d)
    far = common + 40.0 * np.log10(d3d) - 9.0 * np.log10(corner**2 + drop**2)
    return np.where(d2d_m <= corner, near, far)


def uma_nlos_db(
    d2d_m: Array,
    d3d_m: Array,
    height_bs_m: ArrayLike,
    height_user_m: ArrayLike,
    carrier_ghz: float,
    environment_m: ArrayLike = 1.0,
) -> Array:
    """Return the UMa non-line-of-sight path loss (TR 38.901 table 7.4.1-1); never below the LOS one. All broadcast."""
    d3d = np.maximum(d3d_m, 1.0)
    height = np.asarray(height_user_m, dtype=float)
    loss = 13.54 + 39.08 * np.log10(d3d) + 20.0 * np.log10(carrier_ghz) - 0.6 * (height - 1.5)
    return np.maximum(uma_los_db(d2d_m, d3d_m, height_bs_m, height_user_m, carrier_ghz, environment_m), loss)


def umi_los_db(
    d2d_m: Array, d3d_m: Array, height_bs_m: ArrayLike, height_user_m: ArrayLike, carrier_ghz: float
) -> Array:
    """Return the UMi street-canyon line-of-sight path loss (TR 38.901 table 7.4.1-1). All broadcast."""
    d3d = np.maximum(d3d_m, 1.0)
    corner = _breakpoint_m(height_bs_m, height_user_m, carrier_ghz)
    drop = np.asarray(height_bs_m, dtype=float) - np.asarray(height_user_m, dtype=float)
    common = 32.4 + 20.0 * np.log10(carrier_ghz)
    near = common + 21.0 * np.log10(d3d)
    far = common + 40.0 * np.log10(d3d) - 9.5 * np.log10(corner**2 + drop**2)
    return np.where(d2d_m <= corner, near, far)


def umi_nlos_db(
    d2d_m: Array, d3d_m: Array, height_bs_m: ArrayLike, height_user_m: ArrayLike, carrier_ghz: float
) -> Array:
    """Return the UMi street-canyon non-line-of-sight path loss (TR 38.901 table 7.4.1-1).

    Never below the LOS one. All broadcast.
    """
    d3d = np.maximum(d3d_m, 1.0)
    height = np.asarray(height_user_m, dtype=float)
    loss = 22.4 + 35.3 * np.log10(d3d) + 21.3 * np.log10(carrier_ghz) - 0.3 * (height - 1.5)
    return np.maximum(umi_los_db(d2d_m, d3d_m, height_bs_m, height_user_m, carrier_ghz), loss)


def uma_av_los_db(d3d_m: Array, carrier_ghz: float) -> Array:
    """Return the UMa-AV line-of-sight path loss (TR 36.777 table B-2), 22.5 m < h <= 300 m; same shape."""
    return 28.0 + 22.0 * np.log10(np.maximum(d3d_m, 1.0)) + 20.0 * np.log10(carrier_ghz)


def uma_av_nlos_db(d3d_m: Array, height_m: Array, carrier_ghz: float) -> Array:
    """Return the UMa-AV non-line-of-sight path loss (TR 36.777 table B-2); never below the LOS one. Both broadcast.

    The table gives it for 10 m < h <= 100 m; above, where a tower still blocks, h is held at 100 m, which would
    otherwise make the slope vanish.
    """
    height = np.clip(height_m, 10.0, 100.0)
    distance = np.log10(np.maximum(d3d_m, 1.0))
    loss = -17.5 + (46.0 - 7.0 * np.log10(height)) * distance + 20.0 * np.log10(40.0 * np.pi * carrier_ghz / 3.0)
    return np.maximum(uma_av_los_db(d3d_m, carrier_ghz), loss)


def umi_av_los_db(d3d_m: Array, height_m: Array, carrier_ghz: float) -> Array:
    """Return the UMi-AV line-of-sight path loss (TR 36.777 table B-2); never below free space. Both broadcast."""
    slope = 22.25 - 0.5 * np.log10(np.maximum(height_m, 1.0))
    loss = 30.9 + slope * np.log10(np.maximum(d3d_m, 1.0)) + 20.0 * np.log10(carrier_ghz)
    return np.maximum(free_space_db(d3d_m, carrier_ghz), loss)


def umi_av_nlos_db(d3d_m: Array, height_m: Array, carrier_ghz: float) -> Array:
    """Return the UMi-AV non-line-of-sight path loss (TR 36.777 table B-2); never below the LOS one. Both broadcast."""
    slope = 43.2 - 7.6 * np.log10(np.maximum(height_m, 1.0))
    loss = 32.4 + slope * np.log10(np.maximum(d3d_m, 1.0)) + 20.0 * np.log10(carrier_ghz)
    return np.maximum(umi_av_los_db(d3d_m, height_m, carrier_ghz), loss)


def ground_los_probability(d2d_m: ArrayLike, deployment: str, height_m: ArrayLike = 1.5) -> Array:
    """Return the LOS probability of a ground user (TR 38.901 table 7.4.2-1); distances and heights broadcast.

    From macro sites (``uma``) users higher than 13 m see farther: C'(h_UT), held beyond the table's 23 m.

    >>> ground_los_probability([10.0, 100.0], "umi").round(3)
    array([1.   , 0.231])
    >>> ground_los_probability(200.0, "uma", [1.5, 22.5]).round(3)
    array([0.128, 0.441])
    """
    decay_m = 63.0 if deployment == "uma" else 36.0
    distance = np.asarray(d2d_m, dtype=float)
    near = 18.0 / np.maximum(distance, 18.0)
    probability = near + np.exp(-distance / decay_m) * (1.0 - near)
    if deployment != "uma":
        return probability
    return probability * (1.0 + _seen_from_above(distance, height_m))


def _seen_from_above(d2d_m: Array, height_m: ArrayLike) -> Array:
    """Return C(d_2D, h_UT) of TR 38.901 table 7.4.1-1 note 1, C'(h_UT) g(d_2D): 0 up to 13 m; held beyond 23 m."""
    above = np.clip((np.asarray(height_m, dtype=float) - 13.0) / 10.0, 0.0, 1.0) ** 1.5
    gained = np.where(d2d_m > 18.0, 1.25 * (d2d_m / 100.0) ** 3 * np.exp(-d2d_m / 150.0), 0.0)
    return np.asarray(above * gained)


def environment_height_m(d2d_m: Array, height_m: ArrayLike, drawn: Array) -> Array:
    """Return h_E of UMa links in metres, from what was drawn evenly from 0 to 1 for each (TR 38.901 table 7.4.1-1).

    Note 1: 1 m with probability 1 / (1 + C), else one of 12, 15, ... up to h_UT - 1.5 m. All broadcast.

    >>> environment_height_m(np.array([200.0]), 22.5, np.array([[0.1], [0.4], [0.9]])).ravel()
    array([ 1., 12., 21.])
    """
    ones = 1.0 / (1.0 + _seen_from_above(d2d_m, height_m))
    choices = np.maximum(np.floor((np.asarray(height_m, dtype=float) - 13.5) / 3.0) + 1.0, 1.0)
    left = np.clip((drawn - ones) / np.maximum(1.0 - ones, 1e-12), 0.0, 1.0 - 1e-12)
    return np.where(drawn < ones, 1.0, 12.0 + 3.0 * np.floor(left * choices))


def aerial_los_probability(d2d_m: ArrayLike, height_m: ArrayLike, deployment: str) -> Array:
    """Return the LOS probability of an aerial user above 22.5 m (TR 36.777 table B-1); lower ones count as 22.5 m.

    Distance and height broadcast.
    """
    height = np.maximum(np.asarray(height_m, dtype=float), 22.5)
    distance = np.maximum(np.asarray(d2d_m, dtype=float), 1e-9)
    log_h = np.log10(height)
    if deployment == "uma":
        decay, near_m = 4300.0 * log_h - 3800.0, np.maximum(460.0 * log_h - 700.0, 18.0)
    else:
        decay, near_m = 233.98 * log_h - 0.95, np.maximum(294.05 * log_h - 432.94, 18.0)
    share = np.minimum(near_m / distance, 1.0)
    probability = share + np.exp(-distance / decay) * (1.0 - share)
    return np.where(height > 100.0, 1.0, probability) if deployment == "uma" else probability


INDOOR_SIGMA_DB = 7.0  # of the shadowing of users indoors, UMa and UMi (TR 38.901 table 7.5-6, O2I)


def shadow_sigma_db(los: NDArray[np.bool_], height_m: ArrayLike, aerial: bool, deployment: str) -> Array:
    """Return the shadow-fading standard deviation (TR 38.901 table 7.4.1-1; TR 36.777 table B-3 for aerial users).

    ``los`` and ``height_m`` broadcast.
    """
    height = np.asarray(height_m, dtype=float)
    if aerial and deployment == "uma":
        return np.where(los, 4.64 * np.exp(-0.0066 * height), 6.0)
    if aerial:
        return np.where(los, np.maximum(5.0 * np.exp(-0.01 * height), 2.0), 8.0)
    return np.where(los, 4.0, 6.0 if deployment == "uma" else 7.82)

"""The base station's vertical pattern."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from itnt_core.scenario import Antenna
from itnt_core.units import to_db

from .laws import Array

ELEMENTS = 8  # of the vertical array, half a wavelength apart
SIDE_LOBE_FLOOR_DB = -30.0


def station_gain_db(antenna: Antenna, elevation_deg: ArrayLike) -> Array:
    """Return the gain of a base station towards elevations seen from it (degrees, positive upwards), in dBi.

    A tilted array is eight half-wave spaced elements (65 deg wide, TR 38.901 table 7.3-1) with an electrical tilt. The
    stated gain is where element and array would peak together; the tilt costs a little of it (0.28 dB at 10 deg). The
    pattern is held above -30 dB (null fill). Sectors are left out: the horizontal pattern is round.
    """
    elevation = np.asarray(elevation_deg, dtype=float)
    if antenna.kind == "isotropic":
        return np.full_like(elevation, antenna.gain_dbi)
    pattern = element_pattern_db(elevation) + array_factor_db(elevation, antenna.downtilt_deg)
    return antenna.gain_dbi + np.maximum(pattern, SIDE_LOBE_FLOOR_DB)


def element_pattern_db(elevation_deg: Array) -> Array:
    """Return A_V = -min(12 ((theta - 90) / 65)^2, 30) dB with theta = 90 - elevation; same shape.

    Source: TR 38.901 table 7.3-1.

    >>> import numpy as np
    >>> element_pattern_db(np.array([0.0, 32.5, 90.0])).round(1)
    array([ -0.,  -3., -23.])
    """
    return -np.minimum(12.0 * (elevation_deg / 65.0) ** 2, 30.0)


def array_factor_db(elevation_deg: Array, downtilt_deg: float) -> Array:
    """Return the power pattern of eight half-wave spaced elements steered down, 0 dB where they point; same shape.

    >>> import numpy as np
    >>> array_factor_db(np.array([-6.0, 0.0]), downtilt_deg=6.0).round(1)
    array([ 0. , -2.6])
    """
    phase = np.pi * (np.sin(np.radians(elevation_deg)) + np.sin(np.radians(downtilt_deg)))
    terms = np.exp(1j * phase[..., None] * np.arange(ELEMENTS))
    power = np.abs(terms.mean(axis=-1)) ** 2
    return to_db(power, 1e-12)

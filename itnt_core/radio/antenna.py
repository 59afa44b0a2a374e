"""The base station's pattern: arrays that are round or a sector, and measured cuts."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from itnt_core.scenario import CUT_DEGREES, Antenna, AntennaPattern
from itnt_core.units import to_db

from .laws import Array

ELEMENTS = 8  # of the round vertical array, half a wavelength apart
NULL_FILL_DB = -30.0  # how deep a null of an array gets in practice
HALF_POWER_DEG, MOST_DOWN_DB = 65.0, 30.0  # theta_3dB = phi_3dB, SLA_V = A_max of TR 38.901 table 7.3-1


def station_gain_db(
    antenna: Antenna,
    elevation_deg: ArrayLike,
    bearing_deg: ArrayLike = 0.0,
    pattern: AntennaPattern | None = None,
) -> Array:
    """Return the gain of a base station in dBi towards directions seen from it, shapes broadcast.

    ``elevation_deg`` is positive upwards, ``bearing_deg`` clockwise from north; ``pattern`` is the measured pattern of
    an antenna that names one. A tilted array is eight half-wave spaced elements (65 deg wide, TR 38.901 table 7.3-1)
    with an electrical tilt, round in plan; a sector has the whole element of that table and any number of them. The
    stated gain is where element and array would peak together; the tilt costs a little of it (0.28 dB at 10 deg).
    Nulls are filled at -30 dB: of a round array the whole pattern, of a sector the array's part alone, for behind a
    sector its element is 30 dB down already, and a floor under both costs 3 dB of SIR in a network of sectors
    (docs/calibration.md). Raises ValueError where the measured pattern is missing.
    """
    elevation = np.asarray(elevation_deg, dtype=float)
    if antenna.kind == "isotropic":
        return np.full_like(elevation, antenna.gain_dbi)
    if antenna.kind == "tilted_array":
        shape = element_pattern_db(elevation) + array_factor_db(elevation, antenna.downtilt_deg)
        return antenna.gain_dbi + np.maximum(shape, NULL_FILL_DB)
    off_axis = off_axis_deg(antenna, bearing_deg)
    if antenna.kind == "measured":
        return antenna.gain_dbi - measured_loss_db(antenna, elevation, off_axis, pattern)
    array = np.maximum(array_factor_db(elevation, antenna.downtilt_deg, antenna.elements), NULL_FILL_DB)
    return antenna.gain_dbi + sector_element_db(elevation, off_axis) + array


def off_axis_deg(antenna: Antenna, bearing_deg: ArrayLike) -> Array:
    """Return bearings as angles clockwise from an antenna's main direction, in [-180, 180); same shape."""
    return (np.asarray(bearing_deg, dtype=float) - antenna.azimuth_deg + 180.0) % 360.0 - 180.0


def element_pattern_db(elevation_deg: Array) -> Array:
    """Return A_V = -min(12 ((theta - 90) / 65)^2, 30) dB with theta = 90 - elevation; same shape.

    Source: TR 38.901 table 7.3-1.

    >>> import numpy as np
    >>> element_pattern_db(np.array([0.0, 32.5, 90.0])).round(1)
    array([ -0.,  -3., -23.])
    """
    return -np.minimum(12.0 * (elevation_deg / HALF_POWER_DEG) ** 2, MOST_DOWN_DB)


def sector_element_db(elevation_deg: Array, off_axis_deg: Array) -> Array:
    """Return A = -min(-(A_V + A_H), 30) dB, the pattern of one element in space; shapes broadcast.

    ``off_axis_deg`` from -180 to 180 lies in plan, from the main direction. A_H has the form of
    :func:`element_pattern_db`. Source: TR 38.901 table 7.3-1, without its 8 dBi.

    >>> import numpy as np
    >>> sector_element_db(np.zeros(3), np.array([0.0, 32.5, 180.0])).round(1)
    array([ -0.,  -3., -30.])
    """
    return np.maximum(element_pattern_db(elevation_deg) + element_pattern_db(off_axis_deg), -MOST_DOWN_DB)


def array_factor_db(elevation_deg: Array, downtilt_deg: float, elements: int = ELEMENTS) -> Array:
    """Return the power pattern of half-wave spaced elements steered down, 0 dB where they point; same shape.

    >>> import numpy as np
    >>> array_factor_db(np.array([-6.0, 0.0]), downtilt_deg=6.0).round(1)
    array([ 0. , -2.6])
    """
    phase = np.pi * (np.sin(np.radians(elevation_deg)) + np.sin(np.radians(downtilt_deg)))
    terms = np.exp(1j * phase[..., None] * np.arange(elements))
    power = np.abs(terms.mean(axis=-1)) ** 2
    return to_db(power, 1e-12)


def measured_loss_db(
    antenna: Antenna, elevation_deg: Array, off_axis_deg: Array, pattern: AntennaPattern | None
) -> Array:
    """Return what a measured antenna loses in dB of its peak gain, shapes broadcast: the sum of its two cuts there.

    The summing method knows no better: the horizontal cut at the angle in plan plus the vertical cut in front at the
    elevation, each linear between its degrees. Behind the antenna the vertical cut's rear is left out. Raises
    ValueError without a pattern.
    """
    if pattern is None:
        raise ValueError(f"The measured pattern '{antenna.pattern}' of an antenna is not there: hand it over.")
    across = cut_at_db(pattern.horizontal_db, off_axis_deg)
    return across + cut_at_db(pattern.vertical_db, -np.asarray(elevation_deg, dtype=float))


def cut_at_db(cut_db: tuple[float, ...], angle_deg: ArrayLike) -> Array:
    """Return a cut (360 values, one a degree) at angles in degrees of any size; linear between; same shape."""
    degrees = np.arange(CUT_DEGREES + 1)
    return np.interp(np.asarray(angle_deg, dtype=float) % 360.0, degrees, np.append(cut_db, cut_db[0]))

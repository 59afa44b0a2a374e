"""Look angles and circular-orbit constants shared by all satellite sources."""

from __future__ import annotations

import numpy as np

from itnt_core.arrays import Array

EARTH_RADIUS_KM = 6371.0
EARTH_MU_KM3_S2 = 398_600.4418


def angular_speed_rad_s(altitude_km: float) -> float:
    """Return the angular speed of a circular orbit, sqrt(mu / r^3), in rad/s.

    >>> round(2 * np.pi / angular_speed_rad_s(550.0) / 60)  # minutes around the Earth
    96
    """
    return float(np.sqrt(EARTH_MU_KM3_S2 / (EARTH_RADIUS_KM + altitude_km) ** 3))


def slant_range_km(altitude_km: float, elevation_deg: float) -> float:
    """Return the distance to a satellite seen at an elevation over a spherical Earth, in km.

    >>> round(slant_range_km(550.0, 90.0)), round(slant_range_km(550.0, 10.0))
    (550, 1815)
    """
    ratio = EARTH_RADIUS_KM * np.sin(np.radians(elevation_deg))
    return float(-ratio + np.sqrt(ratio**2 + altitude_km**2 + 2.0 * EARTH_RADIUS_KM * altitude_km))


def look_angles_deg(position_m: Array) -> tuple[Array, Array, Array]:
    """Convert east/north/up positions (..., 3) in metres to azimuth and elevation (...) in degrees and range in km.

    >>> azimuth, elevation, range_km = look_angles_deg(np.array([1000.0, 0.0, 1000.0]))
    >>> float(azimuth), float(elevation.round(6)), float(range_km.round(3))
    (90.0, 45.0, 1.414)
    """
    east, north, up = np.moveaxis(position_m, -1, 0)
    horizontal_m = np.hypot(east, north)
    azimuth = np.degrees(np.arctan2(east, north)) % 360.0
    elevation = np.degrees(np.arctan2(up, horizontal_m))
    return azimuth, elevation, np.hypot(horizontal_m, up) / 1000.0

"""Where the sun stands, for the light on the map."""

from __future__ import annotations

from datetime import datetime

import numpy as np

from .earth import Site, earth_angle_rad, julian_date, teme_to_local_km, ut1_minus_utc_s
from .geometry import look_angles_deg

J2000_JD = 2_451_545.0  # Julian date of 1 January 2000, 12:00
ASTRONOMICAL_UNIT_KM = 149_597_870.7  # IAU 2012


def sun_angles_deg(moment: datetime, lon: float, lat: float) -> tuple[float, float]:
    """Return azimuth and elevation of the sun's middle in degrees at a place and time, without refraction.

    By the low-precision formulas of the Astronomical Almanac (section C), right to 0.01 degrees from 1950 to 2050.

    >>> from datetime import UTC
    >>> azimuth, elevation = sun_angles_deg(datetime(2026, 6, 21, 12, tzinfo=UTC), -0.09, 51.508)
    >>> round(azimuth), round(elevation)  # London, close to noon of the longest day
    (179, 62)
    """
    whole, fraction = julian_date(moment)
    position_km = ASTRONOMICAL_UNIT_KM * _sun_direction(whole - J2000_JD + fraction)
    angle = earth_angle_rad(whole, np.array([fraction]), ut1_minus_utc_s(moment))
    local_km, _ = teme_to_local_km(position_km[None], None, Site(lon, lat), angle)
    azimuth, elevation, _ = look_angles_deg(1000.0 * local_km[0])
    return float(azimuth), float(elevation)


def _sun_direction(days: float) -> np.ndarray:
    """Return the unit vector (3,) to the sun in the equatorial frame of date, ``days`` after J2000."""
    anomaly = np.radians(357.528 + 0.9856003 * days)
    longitude = np.radians(280.460 + 0.9856474 * days + 1.915 * np.sin(anomaly) + 0.020 * np.sin(2.0 * anomaly))
    obliquity = np.radians(23.439 - 0.0000004 * days)
    return np.array([np.cos(longitude), np.cos(obliquity) * np.sin(longitude), np.sin(obliquity) * np.sin(longitude)])

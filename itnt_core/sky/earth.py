"""The turning Earth under the satellites: UT1, sidereal angle, and a site with its east / north / up axes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
from sgp4.api import jday

from itnt_core.cached import cached_property
from itnt_core.scenario import WGS84_EQUATORIAL_RADIUS_M, WGS84_FLATTENING

from .geometry import Array
from .walker import greenwich_sidereal_rad

# rad/s of mean sidereal time in UT1 seconds (IAU 1982): what turns with the frame of greenwich_sidereal_rad
EARTH_ROTATION_RAD_S = 2.0 * np.pi * 1.002737909350795 / 86_400.0

# UT1 - UTC in seconds on 1 January and 1 July of each year since the last leap second (IERS Earth orientation data).
# Between them a line is right to 0.05 s, or 25 m of satellite; outside them the nearest value holds.
_UT1_FIRST_YEAR = 2017
_UT1_MINUS_UTC_S = (
    0.591,
    0.360,
    0.216,
    0.071,
    -0.036,
    -0.174,
    -0.177,
    -0.240,
    -0.175,
    -0.167,
    -0.110,
    -0.069,
    -0.020,
    -0.036,
    0.009,
    -0.004,
    0.046,
    0.043,
    0.074,
    0.051,
)


def julian_date(moment: datetime) -> tuple[float, float]:
    """Return the Julian date of a moment in UTC, whole part and fraction of a day."""
    utc = moment.astimezone(UTC)
    second = utc.second + utc.microsecond * 1e-6
    whole, fraction = jday(utc.year, utc.month, utc.day, utc.hour, utc.minute, second)
    return float(whole), float(fraction)


def ut1_minus_utc_s(moment: datetime) -> float:
    """Return UT1 - UTC in seconds, to about 0.05 s from 2017 to 2026, the nearest known value outside."""
    known = _UT1_FIRST_YEAR + 0.5 * np.arange(len(_UT1_MINUS_UTC_S))
    year = moment.year + (moment.timetuple().tm_yday - 1) / 365.25
    return float(np.interp(year, known, _UT1_MINUS_UTC_S))


@dataclass(frozen=True)
class Site:
    """A place on the WGS84 ellipsoid: longitude and latitude in degrees, height in metres."""

    lon: float
    lat: float
    height_m: float = 0.0

    @cached_property
    def axes(self) -> Array:
        """Return the unit vectors east, north, up as columns (3, 3) of the Earth-fixed frame."""
        lon, lat = np.radians(self.lon), np.radians(self.lat)
        east = [-np.sin(lon), np.cos(lon), 0.0]
        north = [-np.sin(lat) * np.cos(lon), -np.sin(lat) * np.sin(lon), np.cos(lat)]
        up = [np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)]
        return np.array([east, north, up]).T

    @cached_property
    def ecef_km(self) -> Array:
        """Return the Earth-fixed position (3,) in kilometres."""
        lon, lat = np.radians(self.lon), np.radians(self.lat)
        eccentricity_squared = WGS84_FLATTENING * (2.0 - WGS84_FLATTENING)
        normal_km = WGS84_EQUATORIAL_RADIUS_M / 1000.0 / np.sqrt(1.0 - eccentricity_squared * np.sin(lat) ** 2)
        height_km = self.height_m / 1000.0
        level_km = (normal_km + height_km) * np.cos(lat)
        up_km = (normal_km * (1.0 - eccentricity_squared) + height_km) * np.sin(lat)
        return np.array([level_km * np.cos(lon), level_km * np.sin(lon), up_km])


def earth_angle_rad(whole_day: float, fractions: Array, ut1_s: float) -> Array:
    """Return by how much the Earth-fixed frame is turned against TEME at n moments (n,): sidereal time of UT1."""
    return greenwich_sidereal_rad(whole_day + (fractions + ut1_s / 86_400.0))


def site_teme_km(site: Site, angle_rad: Array) -> Array:
    """Return where a site stands in TEME (n, 3), in kilometres, when the Earth is turned by n angles."""
    return _turned(np.tile(site.ecef_km, (len(angle_rad), 1)), np.cos(angle_rad), -np.sin(angle_rad))


def teme_to_local_km(
    position_km: Array, velocity_km_s: Array | None, site: Site, angle_rad: Array
) -> tuple[Array, Array | None]:
    """Turn TEME positions and velocities (..., n, 3) into east / north / up ones at a site.

    The Earth-fixed frame is TEME turned by n angles (n,) of :func:`earth_angle_rad` (Vallado and others, AIAA
    2006-6753); its velocity is the inertial one less that of the turning Earth. Polar motion (below 20 m) is left out.
    """
    cos, sin = np.cos(angle_rad), np.sin(angle_rad)
    local_km = _turned(position_km, cos, sin) @ site.axes - site.ecef_km @ site.axes
    if velocity_km_s is None:
        return local_km, None
    moving = velocity_km_s.copy()  # less omega x r
    moving[..., 0] += EARTH_ROTATION_RAD_S * position_km[..., 1]
    moving[..., 1] -= EARTH_ROTATION_RAD_S * position_km[..., 0]
    return local_km, _turned(moving, cos, sin) @ site.axes


def _turned(vectors: Array, cos: Array, sin: Array) -> Array:
    """Return vectors (..., n, 3) in a frame turned about the pole by n angles."""
    x, y = vectors[..., 0], vectors[..., 1]
    return np.stack([cos * x + sin * y, cos * y - sin * x, vectors[..., 2]], axis=-1)

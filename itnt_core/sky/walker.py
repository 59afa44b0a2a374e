"""Walker-delta shells propagated with SGP4 and seen from the anchor."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import numpy as np
from sgp4.api import WGS84, Satrec, SatrecArray, jday

from itnt_core.scenario import WGS84_EQUATORIAL_RADIUS_M, WGS84_FLATTENING, Area, WalkerShell

from .geometry import EARTH_MU_KM3_S2, Array

_SGP4_EPOCH = datetime(1949, 12, 31, tzinfo=UTC)
_EQUATORIAL_RADIUS_KM = WGS84_EQUATORIAL_RADIUS_M / 1000.0


def walker_satellites(shell: WalkerShell, epoch: datetime) -> list[Satrec]:
    """Return the SGP4 satellites of a shell, plane by plane, circular at the epoch (Walker i: t/p/f notation)."""
    semi_major_km = _EQUATORIAL_RADIUS_KM + shell.altitude_km
    mean_motion_rad_min = 60.0 * np.sqrt(EARTH_MU_KM3_S2 / semi_major_km**3)
    epoch_days = (epoch - _SGP4_EPOCH).total_seconds() / 86_400.0
    total = shell.planes * shell.satellites_per_plane
    satellites: list[Any] = []
    for plane in range(shell.planes):
        for slot in range(shell.satellites_per_plane):
            anomaly_deg = 360.0 * slot / shell.satellites_per_plane + 360.0 * shell.phasing * plane / total
            satellite = Satrec()
            satellite.sgp4init(
                WGS84,
                "i",
                len(satellites) + 1,
                epoch_days,
                0.0,
                0.0,
                0.0,
                1e-6,
                0.0,
                np.radians(shell.inclination_deg),
                np.radians(anomaly_deg % 360.0),
                mean_motion_rad_min,
                np.radians(360.0 * plane / shell.planes),
            )
            satellites.append(satellite)
    return satellites


def walker_positions_m(
    shell: WalkerShell, area: Area, epoch: datetime, times_s: Array, only: Sequence[int] | None = None
) -> Array:
    """Return local east/north/up positions (n, satellites, 3) in metres at times (n,) in seconds after the epoch.

    ``only`` names the satellites wanted by their index, plane by plane; all of them by default.
    """
    satellites = walker_satellites(shell, epoch)
    if only is not None:
        satellites = [satellites[index] for index in only]
    if not satellites:
        return np.zeros((len(times_s), 0, 3))
    julian_day, fraction = jday(
        epoch.year, epoch.month, epoch.day, epoch.hour, epoch.minute, epoch.second + epoch.microsecond * 1e-6
    )
    fractions = fraction + np.asarray(times_s, dtype=float) / 86_400.0
    errors, teme_km, _ = SatrecArray(satellites).sgp4(np.full_like(fractions, julian_day), fractions)
    if errors.any():
        raise ArithmeticError(f"SGP4 could not propagate shell '{shell.id}' (codes {sorted(set(errors.ravel()))})")
    ecef_km = teme_to_ecef_km(teme_km, julian_day + fractions)  # (satellites, n, 3)
    return np.moveaxis(ecef_to_local_m(ecef_km, area), 0, 1)


def greenwich_sidereal_rad(julian_days_ut1: Array) -> Array:
    """Return Greenwich mean sidereal time in radians (IAU 1982, as SGP4's TEME frame is defined with); same shape.

    >>> import numpy as np
    >>> np.degrees(greenwich_sidereal_rad(np.array([2_451_545.0]))).round(4)
    array([280.4606])
    """
    centuries = (np.asarray(julian_days_ut1) - 2_451_545.0) / 36_525.0
    seconds = (
        67_310.54841
        + (876_600.0 * 3600.0 + 8_640_184.812866) * centuries
        + 0.093104 * centuries**2
        - 6.2e-6 * centuries**3
    )
    return np.radians(seconds % 86_400.0 / 240.0)


def teme_to_ecef_km(teme_km: Array, julian_days: Array) -> Array:
    """Rotate TEME positions (..., n, 3) about the pole to Earth-fixed ones; UT1 - UTC and polar motion are left out."""
    angle = greenwich_sidereal_rad(julian_days)
    x, y, z = np.moveaxis(teme_km, -1, 0)
    cos, sin = np.cos(angle), np.sin(angle)
    return np.stack([cos * x + sin * y, -sin * x + cos * y, z], axis=-1)


def ecef_to_local_m(ecef_km: Array, area: Area) -> Array:
    """Convert Earth-fixed positions (..., 3) in km to east/north/up metres at the anchor on the WGS84 ellipsoid."""
    lon, lat = np.radians(area.lon), np.radians(area.lat)
    eccentricity_squared = WGS84_FLATTENING * (2.0 - WGS84_FLATTENING)
    normal_km = _EQUATORIAL_RADIUS_KM / np.sqrt(1.0 - eccentricity_squared * np.sin(lat) ** 2)
    site_km = np.array(
        [
            normal_km * np.cos(lat) * np.cos(lon),
            normal_km * np.cos(lat) * np.sin(lon),
            normal_km * (1.0 - eccentricity_squared) * np.sin(lat),
        ]
    )
    east = np.array([-np.sin(lon), np.cos(lon), 0.0])
    north = np.array([-np.sin(lat) * np.cos(lon), -np.sin(lat) * np.sin(lon), np.cos(lat)])
    up = np.array([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])
    return (ecef_km - site_km) @ np.stack([east, north, up], axis=1) * 1000.0

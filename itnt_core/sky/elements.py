"""Element sets: satellites with their SGP4 mean elements, from a file or a Walker shell."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

import numpy as np
from pydantic import Field
from sgp4.api import SGP4_ERRORS, WGS72, Satrec, SatrecArray

from itnt_core.scenario import WGS84_EQUATORIAL_RADIUS_M, NameText, OrbitElements, Part, WalkerShell

from .earth import julian_date
from .geometry import EARTH_MU_KM3_S2, Array

MAX_OBJECTS = 40_000  # of one file: about all that is tracked in orbit
_SGP4_EPOCH = datetime(1949, 12, 31, tzinfo=UTC)
_DAY = timedelta(days=1)
_RAD_PER_MIN = 2.0 * np.pi / 1440.0  # of one revolution a day


class ElementSet(Part):
    """Satellites under one name, in the order of their file."""

    name: NameText = Field(min_length=1, max_length=120)
    satellites: tuple[OrbitElements, ...] = Field(min_length=1, max_length=MAX_OBJECTS)

    def content_hash(self) -> str:
        """Return the SHA-256 of the satellites, hexadecimal; the set's own name does not count."""
        rows = [satellite.model_dump(mode="json") for satellite in self.satellites]
        return hashlib.sha256(json.dumps(rows, sort_keys=True).encode()).hexdigest()

    @property
    def epochs(self) -> tuple[datetime, datetime]:
        """Return the oldest and the newest epoch."""
        moments = [satellite.epoch for satellite in self.satellites]
        return min(moments), max(moments)


def satellite_name(satellite: OrbitElements) -> str:
    """Return what a satellite is called: its name, else its catalogue number."""
    return satellite.name or f"NORAD {satellite.norad_id}"


def satrec_of(satellite: OrbitElements) -> Satrec:
    """Return the SGP4 satellite of some elements (WGS 72 constants, as element sets are fitted with).

    The catalogue number is left out: it changes no position and SGP4's own records hold five places only.
    """
    record = Satrec()
    record.sgp4init(
        WGS72,
        "i",
        0,
        (satellite.epoch - _SGP4_EPOCH) / _DAY,
        satellite.bstar,
        0.0,
        0.0,
        satellite.eccentricity,
        np.radians(satellite.perigee_argument_deg),
        np.radians(satellite.inclination_deg),
        np.radians(satellite.mean_anomaly_deg),
        satellite.mean_motion_rev_day * _RAD_PER_MIN,
        np.radians(satellite.raan_deg),
    )
    return record


def propagated(
    records: Iterable[Satrec], start: datetime, times_s: Array
) -> tuple[Array, Array, Array, tuple[float, Array]]:
    """Return SGP4's TEME positions in km, velocities in km/s (satellites, n, 3), error codes (satellites, n), and date.

    Times (n,) are seconds after the start; the date is the whole Julian day and the fractions (n,). Where the code is
    not 0 (decayed, elements out of range) the numbers mean nothing.
    """
    whole, fraction = julian_date(start)
    fractions = fraction + np.asarray(times_s, dtype=float) / 86_400.0
    errors, position_km, velocity_km_s = SatrecArray(list(records)).sgp4(np.full_like(fractions, whole), fractions)
    return position_km, velocity_km_s, errors, (whole, fractions)


def failure_words(code: int) -> str:
    """Return in words why SGP4 gives a satellite up, by its error code."""
    if code == 6:
        return "SGP4 finds it below the ground, it has decayed"
    return f"SGP4 gives it up as {SGP4_ERRORS.get(code, f'error {code}')}"


def shell_elements(
    shell: WalkerShell, epoch: datetime, spread_deg: float = 360.0, prefix: str = ""
) -> tuple[OrbitElements, ...]:
    """Return the satellites of a Walker shell i: t/p/f as element sets, plane by plane, circular at the epoch.

    The ascending nodes are spread over 360 degrees (Walker delta) or 180 (Walker star).
    Names are ``<prefix or id> <plane>-<place>``, catalogue numbers count from 1 as no such satellite is catalogued.
    """
    semi_major_km = WGS84_EQUATORIAL_RADIUS_M / 1000.0 + shell.altitude_km
    revolutions = float(np.sqrt(EARTH_MU_KM3_S2 / semi_major_km**3) * 86_400.0 / (2.0 * np.pi))
    total = shell.planes * shell.satellites_per_plane
    return tuple(
        OrbitElements(
            name=f"{prefix or shell.id} {plane + 1}-{place + 1}",
            norad_id=plane * shell.satellites_per_plane + place + 1,
            epoch=epoch,
            mean_motion_rev_day=revolutions,
            eccentricity=1e-6,
            inclination_deg=shell.inclination_deg,
            raan_deg=spread_deg * plane / shell.planes,
            perigee_argument_deg=0.0,
            mean_anomaly_deg=(360.0 * place / shell.satellites_per_plane + 360.0 * shell.phasing * plane / total)
            % 360.0,
        )
        for plane in range(shell.planes)
        for place in range(shell.satellites_per_plane)
    )


def can_rise(satellites: Sequence[OrbitElements], lat: float, min_elevation_deg: float) -> Array:
    """Say which satellites (n,) can be above an elevation at a latitude at any time, from inclination and apogee.

    A degree and 2 % of radius are added for what the circle over a sphere leaves out; a True is no promise.
    """
    motion = np.array([satellite.mean_motion_rev_day for satellite in satellites]) * 2.0 * np.pi / 86_400.0
    eccentricity = np.array([satellite.eccentricity for satellite in satellites])
    inclination = np.array([satellite.inclination_deg for satellite in satellites])
    apogee_km = (EARTH_MU_KM3_S2 / motion**2) ** (1.0 / 3.0) * (1.0 + eccentricity) * 1.02
    elevation = np.radians(max(min_elevation_deg, 0.0))
    ratio = np.minimum(6357.0 * np.cos(elevation) / apogee_km, 1.0)
    reach_deg = np.degrees(np.arccos(ratio) - elevation) + 1.0
    highest_lat = np.minimum(inclination, 180.0 - inclination)
    found: Array = abs(lat) <= highest_lat + reach_deg
    return found

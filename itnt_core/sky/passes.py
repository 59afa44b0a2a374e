"""Hand-made passes: a circular orbit described by how it looks from the anchor."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from itnt_core.scenario import Pass

from .geometry import EARTH_RADIUS_KM, Array, angular_speed_rad_s


def pass_positions_m(pass_: Pass, times_s: ArrayLike) -> Array:
    """Return local east/north/up positions (n, 3) in metres of a pass at times (n,) in seconds after the start.

    The orbit is a circle over a spherical Earth of 6,371 km that stands still during the pass: the Earth's rotation
    (at most 0.3 km/s at London against 7.6 km/s) is left out, since the pass is defined by its look, not its elements.
    """
    radius_km = EARTH_RADIUS_KM + pass_.altitude_km
    elevation = np.radians(pass_.max_elevation_deg)
    central_angle = np.arccos(EARTH_RADIUS_KM * np.cos(elevation) / radius_km) - elevation
    heading = np.radians(pass_.heading_deg)
    travel = np.array([np.sin(heading), np.cos(heading), 0.0])
    left = np.array([-np.cos(heading), np.sin(heading), 0.0])
    side = left if pass_.side == "left" else -left
    culmination = np.cos(central_angle) * np.array([0.0, 0.0, 1.0]) + np.sin(central_angle) * side
    angle = angular_speed_rad_s(pass_.altitude_km) * (np.asarray(times_s, dtype=float) - pass_.culmination_s)
    direction = np.cos(angle)[:, None] * culmination + np.sin(angle)[:, None] * travel  # (n, 3)
    centre_to_site = np.array([0.0, 0.0, EARTH_RADIUS_KM])
    return (radius_km * direction - centre_to_site) * 1000.0

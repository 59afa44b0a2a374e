"""The satellites' beams as drawn: how wide their half-power footprint is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from itnt_core.scenario import SatelliteRadio

SPEED_OF_LIGHT_M_S = 299_792_458.0
HALF_POWER_X = 1.61634  # 4 (J1(x) / x)^2 = 1/2 with x = k a sin(theta), the pattern of TR 38.811 clause 6.4.1
BEAM_NOTE = "Beam: half-power footprint in its true shape, drawn at most as wide as the area"


def half_power_angle_deg(scenario: Any, stations: Sequence[str]) -> NDArray[np.float64]:
    """Return the angle (stations,) off each beam's axis at which its gain has halved; at most 90 degrees."""
    wave_number = 2.0 * np.pi * scenario.radio.carrier_ghz * 1e9 / SPEED_OF_LIGHT_M_S
    usual = SatelliteRadio()  # of a satellite that the scenario does not name
    radii = [(scenario.satellite_radio(name) or usual).beam_aperture_m for name in stations]
    sines = HALF_POWER_X / (wave_number * np.array(radii, dtype=float))
    return np.degrees(np.arcsin(np.minimum(1.0, sines)))


def beam_width_km(distance_m: ArrayLike, angle_deg: ArrayLike) -> NDArray[np.float64]:
    """Return the footprint's width across the beam in kilometres; endless beams count as 10 000 km. Both broadcast."""
    tangent = np.tan(np.radians(np.minimum(np.asarray(angle_deg, dtype=float), 89.0)))
    width: NDArray[np.float64] = np.minimum(2.0 * np.asarray(distance_m, dtype=float) * tangent / 1000.0, 10_000.0)
    return width

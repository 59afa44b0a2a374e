"""Satellite links: 3GPP TR 38.811 tables and beam, and the TR 38.821 link budget."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import j1

from .laws import SPEED_OF_LIGHT_M_S, Array

# TR 38.811 tables 6.6.1-1 (LOS probability) and 6.6.2-1 to -3 (S band), elevations 10, 20, ..., 90 deg.
LOS_PROBABILITY = {
    "dense_urban": np.array([0.282, 0.331, 0.398, 0.468, 0.537, 0.612, 0.738, 0.820, 0.981]),
    "urban": np.array([0.246, 0.386, 0.493, 0.613, 0.726, 0.805, 0.919, 0.968, 0.992]),
    "suburban": np.array([0.782, 0.869, 0.919, 0.929, 0.935, 0.940, 0.949, 0.952, 0.998]),
}
SIGMA_LOS_DB = {
    "dense_urban": np.array([3.5, 3.4, 2.9, 3.0, 3.1, 2.7, 2.5, 2.3, 1.2]),
    "urban": np.full(9, 4.0),
    "suburban": np.array([1.79, 1.14, 1.14, 0.92, 1.42, 1.56, 0.85, 0.72, 0.72]),
}
SIGMA_NLOS_DB = {
    "dense_urban": np.array([15.5, 13.9, 12.4, 11.7, 10.6, 10.5, 10.1, 9.2, 9.2]),
    "urban": np.full(9, 6.0),
    "suburban": np.array([8.93, 9.08, 8.78, 10.25, 10.56, 10.74, 10.17, 11.52, 11.52]),
}
_CLUTTER_URBAN_DB = np.array([34.3, 30.9, 29.0, 27.7, 26.8, 26.2, 25.8, 25.5, 25.5])
CLUTTER_LOSS_DB = {
    "dense_urban": _CLUTTER_URBAN_DB,
    "urban": _CLUTTER_URBAN_DB,
    "suburban": np.array([19.52, 18.17, 18.42, 18.28, 18.63, 17.68, 16.5, 16.3, 16.3]),
}


def table_row(elevation_deg: ArrayLike) -> np.ndarray:
    """Return the table row 0..8 of the nearest tabulated elevation 10, 20, ..., 90 deg; any shape.

    >>> table_row([3.0, 44.0, 90.0])
    array([0, 3, 8])
    """
    return np.clip(np.floor(np.asarray(elevation_deg) / 10.0 + 0.5).astype(int), 1, 9) - 1


def scintillation_db(carrier_ghz: float) -> float:
    """Return the ionospheric scintillation loss below 6 GHz, 6.22 / f^1.5 dB (TR 38.811 clause 6.6.6)."""
    return 6.22 / carrier_ghz**1.5


def beam_gain(off_axis_rad: ArrayLike, aperture_m: float, carrier_ghz: float) -> Array:
    """Return the beam's gain relative to its peak, 4 |J1(x) / x|^2, x = k a sin(theta) (TR 38.811 clause 6.4.1).

    Angles may have any shape.

    >>> import numpy as np
    >>> beam_gain(np.radians([0.0, 4.4]), aperture_m=0.5, carrier_ghz=2.0).round(2)
    array([1. , 0.5])
    """
    wave_number = 2.0 * np.pi * carrier_ghz * 1e9 / SPEED_OF_LIGHT_M_S
    x = np.maximum(wave_number * aperture_m * np.abs(np.sin(np.asarray(off_axis_rad, dtype=float))), 1e-6)
    return 4.0 * (j1(x) / x) ** 2


def carrier_to_noise_db(
    eirp_density_dbw_mhz: float, figure_of_merit_db_k: float, path_loss_db: ArrayLike, other_losses_db: float = 0.0
) -> Array:
    """Return the downlink CNR = EIRP/Hz + G/T + 228.6 - path loss - other losses in dB (TR 38.821 clause 6.1.3.1).

    ``path_loss_db`` may have any shape.

    >>> float(carrier_to_noise_db(34.0, -31.6, 154.0).round(1))
    17.0
    """
    density_dbw_hz = eirp_density_dbw_mhz - 60.0
    return density_dbw_hz + figure_of_merit_db_k + 228.6 - np.asarray(path_loss_db, dtype=float) - other_losses_db

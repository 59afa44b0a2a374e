"""What satellites bring to the ground: power flux densities of a decision."""

from __future__ import annotations

import numpy as np

from itnt_core.arrays import Array
from itnt_core.radio import flux_dbw_m2_mhz, flux_per_watt_m2

from .decision import Decision
from .world import World


def satellite_flux_dbw_m2_mhz(world: World, decision: Decision) -> Array:
    """Return the power flux density of every satellite's subchannels (slots, satellites, subchannels) at the ground.

    In dBW per square metre and MHz, at the middle of the area, in free space; -inf where nobody is served. See
    :func:`itnt_core.radio.flux_per_watt_m2`.
    """
    used_w = decision.used_power_w[:, world.gbs_count :]
    flux = flux_dbw_m2_mhz(flux_per_watt_m2(world.sky)[:, :, None], used_w, world.bandwidth_hz)
    return np.where(used_w > 0.0, flux, -np.inf)

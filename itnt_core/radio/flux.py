"""Power flux density of satellites at the ground, as limits of regulators have it."""

from __future__ import annotations

import numpy as np

from itnt_core.scenario import Scenario
from itnt_core.sky import SkyTrack
from itnt_core.units import from_db, to_db

from .laws import Array

HERTZ_PER_MHZ = 1e6


def flux_per_watt_m2(sky: SkyTrack) -> Array:
    """Return what a watt of each satellite is per square metre at the anchor (slots, satellites): G / (4 pi d^2).

    The anchor is the middle of the area, on the ground, where every beam points: G is the peak gain. Free space, as
    limits of power flux density have it (ITU-R Radio Regulations, article 21.16): what air, rain and buildings take is
    left out. Elsewhere in the area the distance differs by less than 0.2 dB, and the beam is weaker.
    """
    peak = np.array([from_db(radio.gain_dbi) for radio in sky.radios])
    return peak / (4.0 * np.pi * (1000.0 * sky.range_km) ** 2)


def flux_dbw_m2_mhz(flux_per_watt: Array, power_w: Array, bandwidth_hz: float) -> Array:
    """Return power flux densities in dBW per square metre and MHz of powers on subchannels of a width in hertz.

    ``flux_per_watt`` is that of :func:`flux_per_watt_m2`; the shapes broadcast. A power is spread evenly over its
    subchannel, so that no MHz holds more than the densest of its subchannels. -inf where nothing is sent.

    >>> import numpy as np
    >>> per_watt = 10.0 ** 3.0 / (4.0 * np.pi * 550e3**2)  # 30 dBi from 550 km
    >>> round(float(flux_dbw_m2_mhz(np.array(per_watt), np.array(0.4), bandwidth_hz=180e3)), 1)
    -92.3
    """
    return to_db(flux_per_watt * power_w * (HERTZ_PER_MHZ / bandwidth_hz))


def most_power_w(sky: SkyTrack, scenario: Scenario) -> Array:
    """Return what each satellite may send on a subchannel (slots, satellites) in watts; infinite without a limit."""
    per_watt = flux_per_watt_m2(sky)
    limit = scenario.pfd_limit_dbw_m2_mhz
    if limit is None:
        return np.full(per_watt.shape, np.inf)
    megahertz = scenario.radio.subchannel_khz * 1e3 / HERTZ_PER_MHZ
    return from_db(limit) * megahertz / per_watt

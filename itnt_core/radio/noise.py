"""Receiver noise."""

from __future__ import annotations

from itnt_core.scenario import Radio
from itnt_core.units import dbm_to_watts


def noise_power_w(radio: Radio) -> float:
    """Return the noise power of one subchannel in watts: density (dBm/Hz) + noise figure + bandwidth.

    >>> from itnt_core.units import watts_to_dbm
    >>> radio = Radio(noise_dbm_per_hz=-174.0, noise_figure_db=7.0, subchannel_khz=180.0)
    >>> round(watts_to_dbm(noise_power_w(radio)), 2)
    -114.45
    """
    return dbm_to_watts(radio.noise_dbm_per_hz + radio.noise_figure_db) * radio.subchannel_khz * 1e3

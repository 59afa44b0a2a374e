"""Receiver noise."""

from __future__ import annotations

from itnt_core.scenario import Radio
from itnt_core.units import dbm_to_watts


def noise_power_w(radio: Radio) -> float:
    """Return the noise power of one subchannel in watts: density (dBm/Hz) + noise figure + bandwidth."""
    return dbm_to_watts(radio.noise_dbm_per_hz + radio.noise_figure_db) * radio.subchannel_khz * 1e3

"""Receiver noise."""

from __future__ import annotations

from itnt_core.scenario import Radio


def noise_power_w(radio: Radio) -> float:
    """Return the noise power of one subchannel in watts: density (dBm/Hz) + noise figure + bandwidth."""
    density_w_hz = 10.0 ** ((radio.noise_dbm_per_hz + radio.noise_figure_db - 30.0) / 10.0)
    return float(density_w_hz * radio.subchannel_khz * 1e3)

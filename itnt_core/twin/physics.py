"""The gains of a question about spectrum sharing, by the laws of its channel."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from itnt_core.arrays import Array
from itnt_core.city import City
from itnt_core.radio import channel_of, gains_at, noise_power_w
from itnt_core.sky import SkyTrack
from itnt_core.units import from_db, to_db

from .scenario import TwinScenario


def gain_over_noise(scenario: TwinScenario, city: City, sky: SkyTrack, positions_m: Array, moments: ArrayLike) -> Array:
    """Return the SNR at the power cap on one sub-band (transmitters, users, cycles), base stations first.

    ``positions_m`` (cycles, users, 3) at the ``moments`` (cycles,), row numbers of the sky. Fast fading is left out.
    """
    network = scenario.network
    channel = channel_of(network, city, sky)
    linear = gains_at(channel, sky, positions_m, np.asarray(moments)[:, None], aerial=False)
    return np.moveaxis(linear * power_caps_w(scenario, sky) / noise_power_w(network.radio), (0, 1, 2), (2, 1, 0))


def power_caps_w(scenario: TwinScenario, sky: SkyTrack) -> Array:
    """Return the power caps of a sub-band (transmitters,) in watts.

    Of a base station it is a multiple of the equal share, of a beam it follows from the EIRP.
    """
    radio, sharing = scenario.network.radio, scenario.sharing
    stations = [
        sharing.cap_ratio * station.max_power_w / radio.subchannels for station in scenario.network.ground_stations
    ]
    eirp_dbw = sharing.satellite_eirp_dbw_per_mhz + to_db(radio.subchannel_khz / 1e3)
    beams = [from_db(eirp_dbw - satellite.gain_dbi) for satellite in sky.radios]
    return np.array([*stations, *beams])

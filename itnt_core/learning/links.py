"""Radio of many copies of a world at once: who hears whom, and the rates that power shares give."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from itnt_core.arrays import Array, BoolArray, IntArray
from itnt_core.network import Association, World
from itnt_core.sinr import sinr_of, spectral_efficiency


@dataclass(frozen=True, eq=False)
class RowLinks(Association):
    """The links of n rows, each with its own slot, positions and association (n, users)."""

    gain: Array  # (n, users, stations): gain x P_max / noise on the user's own subchannel
    active: BoolArray  # (n, stations, subchannels): serves someone

    def heard(self, share: Array) -> Array:
        """Return what users receive of all stations, in units of the noise: (n, users, stations)."""
        on_air = np.where(self.active, share, 0.0).transpose(0, 2, 1)  # (n, subchannels, stations)
        own = np.maximum(self.subchannel, 0)[:, :, None]
        return self.gain * np.take_along_axis(on_air, own, axis=1)

    def sinr(self, share: Array) -> Array:
        """Return the active SINR (n, users) for power shares (n, stations, subchannels); 0 where unserved."""
        heard = self.heard(share)
        signal = np.take_along_axis(heard, np.maximum(self.station, 0)[:, :, None], axis=2)[..., 0]
        return np.where(self.linked, sinr_of(signal, heard.sum(axis=2) - signal, 1.0), 0.0)


class RadioLinks:
    """Turns slots, positions and associations into links of a world, many rows at once."""

    def __init__(self, world: World):
        self.world = world
        self.full_w = world.station_max_power_w / world.noise_w  # (stations,)
        self.most_share = world.subchannel_max_power_w / world.station_max_power_w  # (slots, stations) of P_max
        self.rate_law = world.scenario.radio.rate_law

    def aerial_gain(self, positions_m: Array, slots: IntArray) -> Array:
        """Return gain x P_max / noise (n, I, B) at positions (n, I, 3) in slots (n,)."""
        return self.world.gains_at(positions_m, slots[:, None], aerial=True) * self.full_w

    def within(self, share: Array, slots: IntArray) -> Array:
        """Return shares of P_max (n, B, K) in slots (n,), none above what a subchannel may send."""
        return np.minimum(share, self.most_share[slots][..., None])

    def links(self, slots: IntArray, aerial_gain: Array, station: IntArray, subchannel: IntArray) -> RowLinks:
        """Return the links of rows (n,) with associations (n, users) and aerial gains (n, I, B)."""
        world, rows = self.world, len(slots)
        own = np.maximum(subchannel[:, world.aerial_count :], 0)
        ground = world.ground_gains[slots[:, None], np.arange(own.shape[1]), :, own] * self.full_w
        active = Association(station, subchannel).links.occupied((rows, world.station_count, world.subchannels))
        return RowLinks(station, subchannel, np.concatenate([aerial_gain, ground], axis=1), active)

    def rate_mbit_s(self, sinr: Array) -> Array:
        """Return rates (..., users) in Mbit/s for SINRs of that shape (eq. 5), of each user no more than its demand."""
        rate = self.world.bandwidth_hz * spectral_efficiency(sinr, self.rate_law) / 1e6
        return np.minimum(rate, self.world.utility.demand_mbit_s)

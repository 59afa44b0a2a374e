"""What a dispatcher knows at the beginning of a slot: nothing of the future."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from itnt_core.arrays import Array, BoolArray, IntArray
from itnt_core.cached import cached_property

from .radio_map import RadioMap
from .setting import Setting

NEAR_M = 1.0  # from the destination, within which there is no way left


@dataclass(frozen=True, eq=False)
class KnownSoFar:
    """The present of n worlds, all in the same slot, and what was measured in the slot before.

    Aerial users whose mission is not there yet have zeros everywhere. In slot 0 nothing has been measured: zeros.
    """

    setting: Setting
    radio_map: RadioMap
    slot: int
    position_m: Array  # (n, I, 2)
    destination_m: Array  # (n, I, 2)
    present: BoolArray  # (n, I)
    queue_mbit: Array  # (n, U): what waits
    arrived_mbit: Array  # (n, U): what came in the slot before
    rate_mbit_s: Array  # (n, U): of the slot before
    gain: Array  # (n, U, B): measured in the slot before
    count: IntArray  # (n, B): whom each station served in the slot before
    ground_m: Array  # (n, J, 2)

    @cached_property
    def offset(self) -> Array:
        """Return by how much measured gains differ from the map (n, I, GBSs), as a natural logarithm."""
        gbs, aerial = self.setting.world.gbs_count, self.setting.aerial_count
        measured = self.gain[:, :aerial, :gbs]
        expected = self.radio_map.look_up_gain(self.position_m)
        known = measured > 0.0
        return np.where(known, np.log(np.where(known, measured, 1.0) / expected), 0.0)

    @cached_property
    def ahead(self) -> Array:
        """Return the unit vectors (n, I, 2) that the option ``frame`` calls ahead: east, or the way to the destination.

        Who has no way to go has east ahead.
        """
        way_m = self.destination_m - self.position_m
        length_m = np.hypot(way_m[..., 0], way_m[..., 1])[..., None]
        east = np.broadcast_to([1.0, 0.0], way_m.shape)
        if self.setting.options.frame == "map":
            return east
        return np.where(length_m > NEAR_M, way_m / np.maximum(length_m, NEAR_M), east)

    @cached_property
    def straight(self) -> Array:
        """Return the velocities (n, I, 2), in units of the greatest, that lead straight to the destinations, evenly."""
        slots_left = max(self.setting.world.slots - self.slot, 1)
        return (self.destination_m - self.position_m) / (slots_left * self.setting.reach_m[:, None])

    @property
    def sky_gain(self) -> Array:
        """Return the gains of satellites that aerial users measured last (n, I, L)."""
        return np.ascontiguousarray(self.gain[:, : self.setting.aerial_count, self.setting.world.gbs_count :])


def radio_of(setting: Setting, slot: int) -> tuple[object, ...]:
    """Return powers (B,) in watts, noise, rate law and width in MHz as compiled code takes them in a slot."""
    world = setting.world
    return (
        world.equal_share_w[slot],
        world.station_max_power_w,
        world.subchannel_max_power_w[slot],
        world.noise_w,
        setting.scenario.radio.rate_law.table,
        world.bandwidth_hz / 1e6,
    )

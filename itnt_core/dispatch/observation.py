"""What an agent sees: one flat vector per world, within [-1, 1], and where its parts lie."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from itnt_core.arrays import Array
from itnt_core.cached import cached_property
from itnt_core.learning import places_of, scaled_db

from .compiled import look_around
from .known import KnownSoFar, radio_of
from .setting import Setting

HEADINGS = 8  # directions in which the map is looked up
DISTANCES = (2.0,)  # and how far: in reaches of a slot


class DispatchObserver:
    """Builds observations of a setting's worlds; ``sizes`` names the parts in order."""

    def __init__(self, setting: Setting):
        self.setting = setting
        angle = 2.0 * np.pi * np.arange(HEADINGS) / HEADINGS
        around = np.stack([np.cos(angle), np.sin(angle)], axis=1)
        self.ways = np.concatenate([np.zeros((1, 2)), *(distance * around for distance in DISTANCES)])

    @cached_property
    def sizes(self) -> dict[str, int]:
        """Return the size of every part."""
        world, aerial, ground = self.setting.world, self.setting.aerial_count, self.setting.ground_count
        satellites = world.station_count - world.gbs_count
        return {
            "time": 1,  # share of the slots that is left, doubled less one
            "present": aerial,  # 1 where the mission is there, else 0
            "position": 2 * aerial,  # east, north by half the side
            "to_destination": 2 * aerial,  # east, north by the side
            "aerial_gain": aerial * world.station_count,  # dB over noise at full power, measured in the slot before
            "look": aerial * len(self.ways),  # rate forecast here and around by the best rate, doubled less one
            "queue": world.user_count,  # by the longest, doubled less one
            "arrived": world.user_count,  # 1 who asked in the slot before, else 0
            "rate": world.user_count,  # of the slot before by the best, doubled less one
            "count": world.station_count,  # served in the slot before by the subchannels, doubled less one
            "ground_position": 2 * ground,  # east, north by half the side
            "ground_gain": ground,  # the strongest in dB over noise at full power, measured in the slot before
            "elevation": satellites,  # by 90 degrees, where the orbits say
        }

    @cached_property
    def slices(self) -> dict[str, slice]:
        """Return where every part lies."""
        return places_of(self.sizes)

    @property
    def size(self) -> int:
        """Return the length of an observation."""
        return sum(self.sizes.values())

    def look(self, known: KnownSoFar) -> Array:
        """Return the rates in Mbit/s (n, I, ways) that the map promises here and around, by what was measured last."""
        setting, radio_map = self.setting, known.radio_map
        found = np.empty((*known.position_m.shape[:2], len(self.ways)))
        look_around(
            known.position_m,
            known.present,
            np.ascontiguousarray(known.ahead),
            self.ways,
            setting.reach_m,
            radio_map.narrow_gain,
            radio_map.half_m,
            radio_map.cell_m,
            setting.scenario.channel.shadow_correlation_m,
            known.offset,
            known.sky_gain,
            known.count,
            radio_of(setting, min(known.slot, setting.world.slots - 1)),
            found,
        )
        return found

    def observe(self, known: KnownSoFar) -> NDArray[np.float32]:
        """Return observations (n, size) float32 of what is known."""
        setting, world, aerial = self.setting, self.setting.world, self.setting.aerial_count
        rows, now = len(known.present), min(known.slot, world.slots - 1)
        snr = known.gain * (world.station_max_power_w / world.noise_w)
        way = (known.destination_m - known.position_m) / (2.0 * setting.half_m)
        parts = {
            "time": np.full((rows, 1), 1.0 - 2.0 * known.slot / world.slots),
            "present": known.present,
            "position": known.position_m / setting.half_m,
            "to_destination": way,
            "aerial_gain": scaled_db(snr[:, :aerial]),
            "look": 2.0 * self.look(known) / setting.best_rate_mbit_s - 1.0,
            "queue": 2.0 * known.queue_mbit / setting.options.queue_mbit - 1.0,
            "arrived": known.arrived_mbit > 0.0,
            "rate": 2.0 * known.rate_mbit_s / setting.best_rate_mbit_s - 1.0,
            "count": 2.0 * known.count / world.subchannels - 1.0,
            "ground_position": known.ground_m / setting.half_m,
            "ground_gain": scaled_db(snr[:, aerial:].max(axis=2, initial=0.0)),
            "elevation": np.broadcast_to(world.sky.elevation_deg[now] / 90.0, (rows, len(world.sky.station_ids))),
        }
        found = np.empty((rows, self.size), dtype=np.float32)
        for name, place in self.slices.items():
            found[:, place] = parts[name].reshape(rows, self.sizes[name])
        return np.clip(found, -1.0, 1.0, out=found)

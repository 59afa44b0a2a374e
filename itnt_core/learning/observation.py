"""What an agent sees: one flat vector per environment, normalised to [-1, 1], and where its parts lie."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from itnt_core.arrays import Array, IntArray
from itnt_core.cached import cached_property
from itnt_core.network import World, min_sinr
from itnt_core.qos import is_linked
from itnt_core.scenario import positions_m
from itnt_core.units import to_db

from .contract import places_of

# What a network reads lies within about [-1, 1]; weight of the next slot.
CENTRE_DB, SPAN_DB, NEAR_M, LOOK_AHEAD = 20.0, 60.0, 1000.0, 0.9


def scaled_db(ratio: Array) -> Array:
    """Return power ratios of any shape on a decibel scale where -40 dB is -1 and 80 dB is 1."""
    return np.clip((to_db(ratio, 1e-12) - CENTRE_DB) / SPAN_DB, -1.0, 1.0)


@dataclass(frozen=True)
class Layout:
    """The parts of an observation, in order, with their sizes."""

    aerial: int
    users: int
    stations: int
    satellites: int
    slots: int
    subchannels: int

    @property
    def gbs_count(self) -> int:
        """Return the number of GBSs."""
        return self.stations - self.satellites

    @classmethod
    def of(cls, world: World) -> Layout:
        """Return the layout of a world's observations."""
        satellites = len(world.sky.station_ids)
        return cls(
            world.aerial_count, world.user_count, world.station_count, satellites, world.slots, world.subchannels
        )

    @cached_property
    def sizes(self) -> dict[str, int]:
        """Return the size of every part."""
        return {
            "position": 3 * self.aerial,  # east, north by half the area, height by the user's range
            "to_destination": 3 * self.aerial,  # east, north by the area, height by the user's range
            "aerial_gain": self.aerial * self.stations,  # dB over noise at full power, where the user is now
            "to_masts": 2 * self.aerial * self.gbs_count,  # east, north by 1 km, cut at 1 km
            "ahead": self.aerial * self.stations,  # share of each station in the slots to come
            "time": 1,  # share of the slots that is left
            "station": self.users * self.stations,  # which serves, one-hot; zeros where nobody does
            "subchannel": self.users * self.subchannels,  # on which, one-hot; zeros where nobody serves
            "sinr": self.users,  # of the slot before; -1 unserved
            "min_sinr": 1,  # gamma0 of the active convention
            "elevation": self.satellites,  # by 90 degrees
            "slot": self.slots,  # one-hot
        }

    @cached_property
    def slices(self) -> dict[str, slice]:
        """Return where every part lies."""
        return places_of(self.sizes)

    @property
    def size(self) -> int:
        """Return the length of an observation."""
        return sum(self.sizes.values())


class Observer:
    """Builds observations of a world."""

    def __init__(self, world: World):
        self.world = world
        self.layout = Layout.of(world)
        users = world.scenario.aerial_users
        self._low = np.array([user.min_height_m for user in users])
        self._span = np.maximum(np.array([user.max_height_m for user in users]) - self._low, 1.0)
        self._destination = positions_m(user.destination for user in users)
        self._gbs_m = positions_m(world.scenario.ground_stations)[:, :2]
        self._floor = scaled_db(np.array(min_sinr(world, "active")))

    def observe(
        self,
        slots: IntArray,
        positions_m: Array,
        gain: Array,
        station: IntArray,
        subchannel: IntArray,
        sinr: Array,
        ahead: Array,
    ) -> NDArray[np.float32]:
        """Return observations (n, size) float32 of rows with slots (n,), positions (n, I, 3), gains (n, I, B),
        associations (n, U), the SINR (n, U) of the slot before and shares (n, I, B) of the stations ahead.
        """
        world, rows, side_m = self.world, len(slots), self.world.scenario.area.size_m
        place, way = positions_m.copy(), self._destination - positions_m
        place[..., :2] /= side_m / 2
        place[..., 2] = 2.0 * (place[..., 2] - self._low) / self._span - 1.0
        way[..., :2] /= side_m
        way[..., 2] /= self._span
        slot = np.zeros((rows, world.slots))
        slot[np.arange(rows), np.minimum(slots, world.slots - 1)] = slots < world.slots
        now = np.minimum(slots, world.slots - 1)
        parts = {
            "position": place.reshape(rows, -1),
            "to_destination": way.reshape(rows, -1),
            "aerial_gain": scaled_db(gain).reshape(rows, -1),
            "to_masts": ((self._gbs_m - positions_m[:, :, None, :2]) / NEAR_M).reshape(rows, -1),
            "ahead": ahead.reshape(rows, -1),
            "time": 1.0 - slots[:, None] / world.slots,
            "station": _one_hot(station, world.station_count),
            "subchannel": _one_hot(subchannel, world.subchannels),
            "sinr": np.where(is_linked(station), scaled_db(sinr), -1.0),
            "min_sinr": np.broadcast_to(self._floor, (rows, 1)),
            "elevation": world.sky.elevation_deg[now] / 90.0,
            "slot": slot,
        }
        flat = np.concatenate([parts[name] for name in self.layout.sizes], axis=1)
        return np.clip(flat, -1.0, 1.0).astype(np.float32)


def stations_ahead(station: IntArray, aerial: int, stations: int) -> Array:
    """Return how much each station will serve each aerial user from every slot on: (n, T, I, B) for (n, T, U).

    A slot k later weighs 0.9^k; the weights add up to one, less where the user is unserved or the end is near.
    """
    serves = (station[:, :, :aerial, None] == np.arange(stations)).astype(float)
    ahead = np.zeros_like(serves)
    later = np.zeros_like(serves[:, 0])
    for slot in range(station.shape[1] - 1, -1, -1):
        later = (1.0 - LOOK_AHEAD) * serves[:, slot] + LOOK_AHEAD * later
        ahead[:, slot] = later
    return ahead


def _one_hot(index: IntArray, count: int) -> Array:
    """Return indices -1 .. count - 1 of (n, U) as (n, U count): a one where the index points, none for -1."""
    found: Array = (index[:, :, None] == np.arange(count)).reshape(len(index), -1).astype(float)
    return found

"""The dynamics of dispatching for many worlds at once; the single Gymnasium environment is a batch of one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from itnt_core.arrays import Array, IntArray
from itnt_core.network import propulsion_power_w
from itnt_core.radio import ShadowDraws

from .compiled import serve
from .draws import DrawnWorlds, draw_worlds
from .known import KnownSoFar, radio_of
from .links import Links, parts_of
from .observation import DispatchObserver
from .radio_map import RadioMap, gbs_links, sky_links
from .setting import Setting


@dataclass(frozen=True, eq=False)
class SlotOutcome:
    """What one slot of n worlds gave; amounts in Mbit, prices included."""

    observation: NDArray[np.float32]  # (n, size)
    reward: Array  # (n,)
    served_mbit: Array  # (n, U)
    hovering_mbit: Array  # (n, U): served in this slot if nobody had ever flown
    flights_mbit: Array  # (n, I): what the flights are worth beside data: progress less the price of energy
    energy_j: Array  # (n, I)
    progress_km: Array  # (n, I)


class Lane:
    """Queues and links of n worlds on one course of flights."""

    def __init__(self, setting: Setting, count: int):
        world = setting.world
        self.setting = setting
        self.queue_mbit = np.zeros((count, world.user_count))
        self.gain = np.zeros((count, world.user_count, world.station_count))
        self.server = np.full((count, world.user_count), -1)
        self.subchannel = np.full((count, world.user_count), -1)
        self.count = np.zeros((count, world.station_count), dtype=np.int64)
        self.rate_mbit_s = np.zeros((count, world.user_count))

    def serve(self, slot: int, gain: Array, arrived_mbit: Array, links: Links) -> Array:
        """Take what arrived (n, U) in Mbit into the queues, serve them over gains (n, U, B); return it (n, U), too."""
        setting, self.gain = self.setting, gain
        np.minimum(self.queue_mbit + arrived_mbit, setting.options.queue_mbit, out=self.queue_mbit)
        equal_w, full_w, most_w, noise_w, law, width_mhz = radio_of(setting, slot)
        asks, seats = self.queue_mbit > 0.0, setting.world.station_max_users
        written = (self.server, self.subchannel, self.count, self.rate_mbit_s)
        leans = (links.favour, links.lean, links.power)
        serve(gain, asks, equal_w, full_w, most_w, noise_w, setting.floor, seats, law, width_mhz, leans, *written)
        served_mbit = np.minimum(self.rate_mbit_s * setting.slot_s, self.queue_mbit)
        self.queue_mbit -= served_mbit
        return served_mbit


class DispatchDynamics:
    """n worlds of a setting, all in the same slot, each with its own flights; the specification is DispatchEnv's."""

    def __init__(self, setting: Setting, count: int, unit_mbit: float, radio_map: RadioMap | None = None):
        self.setting, self.count, self.unit_mbit = setting, count, unit_mbit
        self.radio_map = radio_map or RadioMap.of(setting)
        self.observer = DispatchObserver(setting)
        self.shadows = ShadowDraws(setting.scenario, setting.world.sky.station_ids, count)
        self.even = Links.even(setting, count)
        self.hover_j = float(propulsion_power_w(0.0)) * setting.slot_s

    def reset(self, seeds: IntArray) -> NDArray[np.float32]:
        """Begin in the worlds of seeds (n,); return the observation (n, size)."""
        return self.begin(draw_worlds(self.setting, np.asarray(seeds, dtype=np.int64), self.shadows))

    def begin(self, worlds: DrawnWorlds) -> NDArray[np.float32]:
        """Begin in worlds that were drawn, with the shadowing of the last draw; return the observation (n, size)."""
        self.worlds, self.slot = worlds, 0
        self.position_m = worlds.start_m.copy()
        self.flown, self.hovering = Lane(self.setting, self.count), Lane(self.setting, self.count)
        self.arrived_mbit = np.zeros((self.count, self.setting.world.user_count))
        self._start_gain = self._gbs_gain(worlds.start_m)
        return self.observer.observe(self.known())

    def step(self, action: Array, links: Links | None = None) -> SlotOutcome:
        """Fly, link, serve and judge one slot for flights (n, I, 2) in [-1, 1], east and north, and what links lean to.

        Who hovers for comparison has the strongest link first and all the power, whatever links lean to.
        """
        setting, worlds, slot, before_m = self.setting, self.worlds, self.slot, self.position_m
        present = worlds.appears <= slot
        self.position_m = self.moved(action)
        self.arrived_mbit = worlds.arrivals_mbit[:, slot]
        gain, stays = self._gain(self.position_m, self._gbs_gain(self.position_m)), self._start_gain
        served = self.flown.serve(slot, gain, self.arrived_mbit, self.even if links is None else links)
        stayed = self.hovering.serve(slot, self._gain(worlds.start_m, stays), self.arrived_mbit, self.even)
        flown_m = self.position_m - before_m
        power_w = propulsion_power_w(np.hypot(flown_m[..., 0], flown_m[..., 1]) / setting.slot_s)
        energy_j = power_w * setting.slot_s * present
        way_km = [np.linalg.norm(worlds.destination_m - at, axis=2) / 1e3 for at in (before_m, self.position_m)]
        progress_km = way_km[0] - way_km[1]
        self.slot += 1
        price = setting.options.energy_mbit_per_kj * (energy_j - self.hover_j * present) / 1e3
        flights = setting.options.progress_mbit_per_km * progress_km - price
        reward = ((served - stayed).sum(axis=1) + flights.sum(axis=1)) / self.unit_mbit
        observation = self.observer.observe(self.known())
        return SlotOutcome(observation, reward, served, stayed, flights, energy_j, progress_km)

    def take(self, action: Array) -> SlotOutcome:
        """Run one slot of whole actions (n, size) in [-1, 1], as the options ``actions`` and ``frame`` say."""
        flight, links = parts_of(self.setting, action)
        return self.step(self.turned(flight), links)

    def turned(self, action: Array) -> Array:
        """Return actions (n, I, 2) as :meth:`step` takes them, east and north, from those in the option's frame."""
        ahead, left = action[..., :1], action[..., 1:]
        known = self.known()
        turned = ahead * known.ahead + left * np.stack([-known.ahead[..., 1], known.ahead[..., 0]], axis=-1)
        return np.asarray(turned + known.straight if self.setting.options.frame == "straight" else turned)

    def moved(self, action: Array) -> Array:
        """Return the places (n, I, 2) that actions (n, I, 2) lead to: within the speed, the area and the missions."""
        speed = np.clip(np.asarray(action, dtype=float), -1.0, 1.0)
        length = np.hypot(speed[..., 0], speed[..., 1])
        speed = speed / np.maximum(length, 1.0)[..., None] * (self.worlds.appears <= self.slot)[..., None]
        return np.clip(
            self.position_m + speed * self.setting.reach_m[:, None], -self.setting.half_m, self.setting.half_m
        )

    def known(self) -> KnownSoFar:
        """Return what a dispatcher knows now."""
        present = self.worlds.appears <= self.slot
        there = present[..., None]
        aerial, last = self.setting.aerial_count, max(self.slot - 1, 0)
        gain = self.flown.gain.copy()
        gain[:, :aerial] *= (self.worlds.appears < self.slot)[..., None]
        return KnownSoFar(
            self.setting,
            self.radio_map,
            self.slot,
            self.position_m * there,
            self.worlds.destination_m * there,
            present,
            self.flown.queue_mbit.copy(),
            self.arrived_mbit,
            self.flown.rate_mbit_s.copy(),
            gain,
            self.flown.count.copy(),
            self.worlds.ground_m[:, self.setting.block_of_slot[last]] * (self.slot > 0),
        )

    def _gain(self, position_m: Array, of_gbs: Array) -> Array:
        """Return the gains (n, U, B) of the slot, aerial users at places (n, I, 2) with gains of GBSs (n, I, GBSs)."""
        worlds, setting = self.worlds, self.setting
        if setting.options.gains == "exact":
            of_sky = sky_links(setting, self._points(position_m), np.array(self.slot))
        else:
            of_sky = self.radio_map.look_up_sky(position_m, self.slot)
        aerial = np.concatenate([of_gbs, of_sky], axis=2)
        gain = np.concatenate([aerial, worlds.ground_gain[:, setting.block_of_slot[self.slot]]], axis=1)
        gain[:, :, setting.world.gbs_count :] *= worlds.serves[:, self.slot, None, :]
        return gain

    def _gbs_gain(self, position_m: Array) -> Array:
        """Return the gains of GBSs (n, I, GBSs) at places (n, I, 2), shadowing included."""
        points_m = self._points(position_m)
        exact = self.setting.options.gains == "exact"
        gain, sight = gbs_links(self.setting, points_m) if exact else self.radio_map.look_up(position_m)
        return gain * self.shadows.gbs_factor(points_m, sight, True)

    def _points(self, position_m: Array) -> Array:
        heights = np.broadcast_to(self.setting.heights_m[:, None], (*position_m.shape[:2], 1))
        return np.concatenate([position_m, heights], axis=2)

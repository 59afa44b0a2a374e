"""One world from its beginning to its end, as a dispatcher leads it, recorded for who looks on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from itnt_core.arrays import Array, BoolArray, IntArray
from itnt_core.cached import cached_property
from itnt_core.sinr import sinr_of

from .compiled import share_power
from .dispatchers import Dispatcher
from .dynamics import DispatchDynamics
from .options import DispatchError
from .setting import Setting


@dataclass(frozen=True, eq=False)
class DispatchEpisode:
    """What was decided in a world, slot by slot, and what came of it; the future of no slot stands in an earlier one.

    T slots, I aerial users, U users, aerial ones first, B stations, ground ones first, L satellites; amounts in Mbit.
    """

    setting: Setting
    seed: int
    unit_mbit: float  # what a reward of 1 is worth in a slot
    position_m: Array  # (T + 1, I, 2): at the beginning of every slot, and at the end of the last
    destination_m: Array  # (I, 2)
    appears: IntArray  # (I,): the slot in which a mission is there first
    ground_m: Array  # (T, J, 2)
    serves: BoolArray  # (T, L)
    gain: Array  # (T, U, B)
    server: IntArray  # (T, U): the station that serves, -1 for none
    subchannel: IntArray  # (T, U)
    rate_mbit_s: Array  # (T, U): what the link could carry
    arrived_mbit: Array  # (T, U)
    lost_mbit: Array  # (T, U): what arrived and did not fit into the queue
    served_mbit: Array  # (T, U)
    hovering_mbit: Array  # (T, U): served had everybody hovered all along
    waiting_mbit: Array  # (T + 1, U): in the queues, at the beginning and at the ends of slots
    reward: Array  # (T,)
    energy_j: Array  # (T, I)
    flights_mbit: Array  # (T, I): progress less the price of energy

    @property
    def slots(self) -> int:
        """Return the number of slots T."""
        return len(self.reward)

    @cached_property
    def asks(self) -> BoolArray:
        """Say which users (T, U) have something waiting when a slot is served: it is empty or it asks."""
        return self.waiting_mbit[:-1] + self.arrived_mbit > 0.0

    @cached_property
    def present(self) -> BoolArray:
        """Say which missions (T, I) are there in a slot."""
        return self.appears <= np.arange(self.slots)[:, None]

    @cached_property
    def linked(self) -> BoolArray:
        """Say which users (T, U) are served by a station."""
        return self.server > -1

    @cached_property
    def load(self) -> IntArray:
        """Return how many users each station (T, B) serves."""
        stations = range(self.gain.shape[2])
        return np.stack([(self.server == station).sum(axis=1) for station in stations], axis=1)

    @cached_property
    def power_w(self) -> Array:
        """Return what each served subchannel of a station gets (T, B), in watts: as the fast blocks split it."""
        world, found = self.setting.world, np.empty(self.load.shape)
        for slot in range(self.slots):
            share_power(self.load[slot], world.station_max_power_w, world.subchannel_max_power_w[slot], found[slot])
        return found

    @cached_property
    def received_w(self) -> Array:
        """Return what users hear of each station on their own subchannel (T, U, B), in watts; 0 where it is silent."""
        # A station fills its subchannels from the first on.
        active = self.linked[..., None] & (self.load[:, None] > self.subchannel[..., None])
        return self.gain * self.power_w[:, None] * active

    @cached_property
    def signal_w(self) -> Array:
        """Return the power of the own station (T, U) in watts, 0 for who is not served."""
        own = np.take_along_axis(self.received_w, np.maximum(self.server, 0)[..., None], axis=2)[..., 0]
        return np.asarray(own * self.linked)

    @cached_property
    def interference_w(self) -> Array:
        """Return the power of every other station (T, U, B) in watts."""
        own = self.server[..., None] == np.arange(self.gain.shape[2])
        return np.where(own, 0.0, self.received_w)

    @cached_property
    def sinr(self) -> Array:
        """Return the SINR (T, U), 0 for who is not served."""
        return np.asarray(sinr_of(self.signal_w, self.interference_w.sum(axis=2), self.setting.world.noise_w))

    def ground_places_m(self) -> Array:
        """Return where ground users are at the waypoints (T + 1, J, 2): walkers on their way between two blocks."""
        block = self.setting.block_of_slot
        first = np.flatnonzero(np.diff(block, prepend=-1))  # slots of the blocks
        here, there = first[block], first[np.minimum(block + 1, len(first) - 1)]
        share = (np.arange(self.slots) - here) / np.maximum(there - here, 1)
        walked_m = self.ground_m[here] + share[:, None, None] * (self.ground_m[there] - self.ground_m[here])
        return np.concatenate([walked_m, self.ground_m[-1:]])


def record_episode(dynamics: DispatchDynamics, dispatcher: Dispatcher, seed: int) -> DispatchEpisode:
    """Lead one world to its end and return all of it (DispatchError where the dynamics holds several worlds)."""
    if dynamics.count != 1:
        raise DispatchError(f"An episode is one world, but {dynamics.count} are in step: use a dynamics of one.")
    setting = dynamics.setting
    dynamics.reset(np.array([seed]))
    rows: dict[str, list[Any]] = {}
    positions = [dynamics.position_m[0]]
    waiting = [dynamics.flown.queue_mbit[0].copy()]
    for _ in range(setting.world.slots):
        outcome = dynamics.step(dispatcher.act(dynamics.known()))
        lane, arrived = dynamics.flown, dynamics.arrived_mbit[0]
        for name, row in {
            "gain": lane.gain[0],
            "server": lane.server[0],
            "subchannel": lane.subchannel[0],
            "rate_mbit_s": lane.rate_mbit_s[0],
            "arrived_mbit": arrived,
            "lost_mbit": np.maximum(waiting[-1] + arrived - setting.options.queue_mbit, 0.0),
            "served_mbit": outcome.served_mbit[0],
            "hovering_mbit": outcome.hovering_mbit[0],
            "reward": outcome.reward[0],
            "energy_j": outcome.energy_j[0],
            "flights_mbit": outcome.flights_mbit[0],
        }.items():
            rows.setdefault(name, []).append(np.array(row))
        positions.append(dynamics.position_m[0])
        waiting.append(lane.queue_mbit[0].copy())
    worlds, recorded = dynamics.worlds, dict[str, Any]()
    recorded |= {name: np.array(found) for name, found in rows.items()}
    return DispatchEpisode(
        setting,
        seed,
        dynamics.unit_mbit,
        np.array(positions),
        worlds.destination_m[0],
        worlds.appears[0],
        worlds.ground_m[0][setting.block_of_slot],
        worlds.serves[0],
        waiting_mbit=np.array(waiting),
        **recorded,
    )

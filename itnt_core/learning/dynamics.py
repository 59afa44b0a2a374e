"""The dynamics of P2 for many environments at once; the single Gymnasium environment is a batch of one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from itnt_core.association import Association, ExactAssociator, make_problem
from itnt_core.flight import Air, FlightLimits
from itnt_core.network import World, least_distance_m, min_sinr, propulsion_power_w
from itnt_core.power import equal_power

from .links import Array, BoolArray, IntArray, RadioLinks, RowLinks
from .observation import Observer, stations_ahead
from .options import EnvironmentOptions

LOGIT_SCALE, TOTAL_SCALE, TOTAL_OFFSET, REWARD_LIMIT = 4.0, 6.0, 4.0, 5.0  # of actions in [-1, 1]; of the reward
CHEAPEST_SPEED_M_S = 10.2


@dataclass(frozen=True, eq=False)
class Outcome:
    """What one step of n environments gave."""

    observation: NDArray[np.float32]  # (n, size)
    aerial_reward: Array  # (n, I): own data service less own energy and crowding
    other_reward: Array  # (n,): data service of the ground users less SINR penalties
    sinr: Array  # (n, U), active convention
    rate_mbit_s: Array  # (n, U)
    energy_j: Array  # (n, I)
    penalty: Array  # (n,): all penalties together

    @property
    def reward(self) -> Array:
        """Return the reward (n,), limited to [-5, 5]."""
        return np.clip(self.aerial_reward.sum(axis=1) + self.other_reward, -REWARD_LIMIT, REWARD_LIMIT)


def power_shares(action: Array, active: BoolArray, spread: str) -> Array:
    """Return shares of P_max (n, B, K) for power actions (n, B, K + 1) in [-1, 1]; their sum per station is at most 1.

    "all" is the paper's P_max sigmoid(s_b) softmax_k(l_bk): (7e) holds by construction. "served" runs the softmax over
    the subchannels that serve someone, and s_b = 0 stands for nearly full power. "equal" is P_max / K whatever the
    action (the EPA rule), "equal_served" P_max over the number of subchannels that serve someone, P_max / K where none
    does.
    """
    if spread == "equal":
        return np.full(active.shape, 1.0 / active.shape[2])
    if spread == "equal_served":
        chosen = active | ~active.any(axis=2, keepdims=True)
        return chosen / chosen.sum(axis=2, keepdims=True)
    logits = LOGIT_SCALE * action[..., :-1]
    total = TOTAL_SCALE * action[..., -1:]
    if spread == "served":
        idle = ~active.any(axis=2, keepdims=True)
        logits = np.where(active | idle, logits, -np.inf)
        total = total + TOTAL_OFFSET
    weight = np.exp(logits - logits.max(axis=2, keepdims=True))
    return weight / weight.sum(axis=2, keepdims=True) / (1.0 + np.exp(-total))


class ServiceDynamics:
    """n copies of a world, all in the same slot, each with its own flight and (if wanted) its own association.

    ``station`` and ``subchannel`` are (T, U), or (n, T, U) for an association per environment. ``reference_mbit``
    is the data service that earns a reward of 1 per slot on average (network-model, section 7: D_ref).
    """

    def __init__(
        self, world: World, association: Association, count: int, options: EnvironmentOptions, reference_mbit: float
    ):
        self.world, self.count, self.options = world, count, options
        shape = (count, world.slots, world.user_count)
        self.station = np.broadcast_to(association.station, shape).copy()
        self.subchannel = np.broadcast_to(association.subchannel, shape).copy()
        self._given = association.station, association.subchannel
        self.radio, self.observer = RadioLinks(world), Observer(world)
        self.limits = FlightLimits.of(world.scenario)
        self.unit_mbit = max(reference_mbit / world.slots, 1e-3)
        self._cheapest_j = float(propulsion_power_w(CHEAPEST_SPEED_M_S)) * world.scenario.time.slot_s
        self._floor = min_sinr(world, "active")
        self.air = Air.of(world)
        self._separation_m = self.air.needed_m
        self.spent_j = np.zeros((count, world.aerial_count))

    @property
    def motion_size(self) -> int:
        """Return how many numbers of an action move the aerial users."""
        return 3 * self.world.aerial_count

    @property
    def action_size(self) -> int:
        """Return the length of an action: 3 I + B (K + 1)."""
        return self.motion_size + self.world.station_count * (self.world.subchannels + 1)

    def restart(self) -> NDArray[np.float32]:
        """Begin as at the very first time, with the association that was given; return the observation (n, size)."""
        self.station[:], self.subchannel[:] = self._given
        return self.reset()

    def reset(self) -> NDArray[np.float32]:
        """Put every environment at the start and return its observation (n, size).

        In nested mode the associations of the last episode stay as the guess of those to come; training goes by them.
        """
        self.slot = 0
        self.positions_m = np.broadcast_to(self.limits.start_m, (self.count, self.world.aerial_count, 3)).copy()
        self.aerial_gain = self.radio.aerial_gain(self.positions_m, self._slots(0))
        self.sinr = np.zeros((self.count, self.world.user_count))
        self.spent_j = np.zeros((self.count, self.world.aerial_count))
        self._associate()
        self._ahead = stations_ahead(self.station, self.world.aerial_count, self.world.station_count)
        return self._observe()

    def step(self, action: Array) -> Outcome:
        """Move, transmit and judge slot t for actions (n, 3 I + B (K + 1)) in [-1, 1]."""
        action = np.clip(np.asarray(action, dtype=float), -1.0, 1.0)
        before = self.positions_m
        wanted = self.wanted(action[:, : self.motion_size])
        self.positions_m = self._moved(wanted)
        slots = self._slots(self.slot)
        self.aerial_gain = self.radio.aerial_gain(self.positions_m, slots)
        links = self.radio.links(slots, self.aerial_gain, *self._association(self.slot))
        shares = power_shares(self._power_part(action), links.active, self.options.spread)
        self.share = self.radio.within(shares, slots)
        self.sinr = links.sinr(self.share)
        self.slot += 1
        return self._outcome(links, before)

    def _power_part(self, action: Array) -> Array:
        return action[:, self.motion_size :].reshape(self.count, self.world.station_count, -1)

    def wanted(self, motion: Array) -> Array:
        """Return the places (n, I, 3) that motion actions (n, 3 I) ask for: speed, heading, height target."""
        speed, heading, height = np.moveaxis(motion.reshape(self.count, self.world.aerial_count, 3), -1, 0)
        limits, way = self.limits, self.limits.destination_m - self.positions_m
        left = self.world.slots - self.slot
        angle, distance = np.pi * heading, 0.5 * (speed + 1.0) * limits.reach_m
        level = limits.low_m + 0.5 * (height + 1.0) * (limits.high_m - limits.low_m)
        if self.options.course == "relative":
            angle = angle + np.arctan2(way[..., 1], way[..., 0])
            needed = np.hypot(way[..., 0], way[..., 1]) / left
            distance = np.clip(needed + speed * limits.reach_m, 0.0, limits.reach_m)
            level = self.positions_m[..., 2] + way[..., 2] / left + height * limits.climb_m
        moved = self.positions_m[..., :2] + distance[..., None] * np.stack([np.cos(angle), np.sin(angle)], axis=-1)
        return np.concatenate([moved, level[..., None]], axis=-1)

    def _moved(self, wanted: Array) -> Array:
        if self.options.projection:
            return self.limits.advance(self.positions_m, wanted, self.slot + 1)
        climb = np.clip(wanted[..., 2] - self.positions_m[..., 2], -self.limits.climb_m, self.limits.climb_m)
        return np.concatenate([wanted[..., :2], (self.positions_m[..., 2] + climb)[..., None]], axis=-1)

    def _outcome(self, links: RowLinks, before: Array) -> Outcome:
        slot_s, aerial = self.world.scenario.time.slot_s, self.world.aerial_count
        rate = self.radio.rate_mbit_s(self.sinr)
        service = rate * slot_s / self.unit_mbit
        velocity = (self.positions_m - before) / slot_s
        energy = propulsion_power_w(np.hypot(velocity[..., 0], velocity[..., 1]), velocity[..., 2]) * slot_s
        # log of the shortfall, 10 % above the floor as a margin; (7f) is soft, and dropped users are outage
        short = np.log(1.1 * self._floor / np.maximum(self.sinr, 1e-6))
        low_sinr = self.options.sinr_penalty * np.where(links.linked, np.maximum(short, 0.0), 0.0)
        flight = self.options.flight_penalty * (self._flight_faults(before) + self._overspent(energy))
        aerial_reward = service[:, :aerial] - self.options.energy_weight * energy / (self._cheapest_j * max(aerial, 1))
        if self.options.nested and self.slot < self.world.slots:
            self._associate()
        return Outcome(
            self._observe(),
            aerial_reward - low_sinr[:, :aerial] - flight,
            service[:, aerial:].sum(axis=1) - low_sinr[:, aerial:].sum(axis=1),
            self.sinr,
            rate,
            energy,
            low_sinr.sum(axis=1) + flight.sum(axis=1),
        )

    def _overspent(self, energy: Array) -> Array:
        """Return how much of this slot's energy (n, I) no battery holds any more (n, I), in units of the cheapest."""
        before, self.spent_j = self.spent_j, self.spent_j + energy
        over, over_before = (np.maximum(spent - self.air.budget_j, 0.0) for spent in (self.spent_j, before))
        return np.asarray((over - over_before) / self._cheapest_j)

    def _flight_faults(self, before: Array) -> Array:
        """Return the faults of the flight in this slot (n, I).

        Crowding (along the whole slot where there are obstacles), one for a leg that meets an obstacle, and without
        projection places off limits. ``before`` (n, I, 3) is where the slot began.
        """
        between = self.positions_m[:, :, None] - self.positions_m[:, None]
        apart = np.linalg.norm(between, axis=-1)
        if self.air.whole:
            apart = least_distance_m(before[:, :, None] - before[:, None], between)
        needed = np.where(np.eye(self.world.aerial_count, dtype=bool), 0.0, 1.1 * self._separation_m)
        faults: Array = np.maximum(needed - apart, 0.0).sum(axis=2) / np.maximum(
            self._separation_m.max(initial=1.0), 1.0
        )
        if self.air.obstacles:
            faults = faults + ~self.air.are_clear(before, self.positions_m)
        if not self.options.projection:
            outside = np.maximum(np.abs(self.positions_m[..., :2]) - self.limits.half_m, 0.0).sum(axis=-1)
            height = self.positions_m[..., 2]
            off = np.maximum(self.limits.low_m - height, 0.0) + np.maximum(height - self.limits.high_m, 0.0)
            left = self.world.slots - self.slot
            way = np.linalg.norm(self.limits.destination_m[:, :2] - self.positions_m[..., :2], axis=-1)
            late = np.maximum(way - left * self.limits.reach_m, 0.0)
            faults = faults + (outside + off + late) / np.maximum(self.limits.reach_m, 1.0)
        return faults

    def _associate(self) -> None:
        """Solve P1 for the slot to come, at equal power and the present places, in nested mode."""
        if not self.options.nested:
            return
        world, aerial = self.world, self.aerial_gain / self.radio.full_w
        spread = np.broadcast_to(aerial[..., None], (*aerial.shape, world.subchannels))
        ground = np.broadcast_to(world.ground_gains[self.slot], (self.count, *world.ground_gains.shape[1:]))
        power = np.broadcast_to(equal_power(world)[self.slot], (self.count, world.station_count, world.subchannels))
        found = ExactAssociator().solve(make_problem(world, np.concatenate([spread, ground], axis=1), power))
        self.station[:, self.slot], self.subchannel[:, self.slot] = found.station, found.subchannel

    def _association(self, slot: int) -> tuple[IntArray, IntArray]:
        return self.station[:, slot], self.subchannel[:, slot]

    def _observe(self) -> NDArray[np.float32]:
        now = min(self.slot, self.world.slots - 1)
        return self.observer.observe(
            self._slots(self.slot),
            self.positions_m,
            self.aerial_gain,
            *self._association(now),
            self.sinr,
            self._ahead[:, now],
        )

    def _slots(self, slot: int) -> IntArray:
        return np.full(self.count, slot, dtype=np.int64)

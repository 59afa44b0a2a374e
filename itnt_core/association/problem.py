"""The association problem P1 of some slots, and the interface of its solvers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from itnt_core.arrays import Array, IntArray
from itnt_core.cached import cached_property
from itnt_core.network import Association, World, min_sinr
from itnt_core.objective import COVERAGE_FIRST, Objective, objective_of
from itnt_core.rate_laws import RateLaw, user_tables
from itnt_core.sinr import sinr_of, spectral_efficiency


@dataclass(frozen=True, eq=False)
class AssociationProblem:
    """P1 under the always-on convention for a batch of slots.

    Every subchannel of every station radiates ``power_w``, so the rate of a link does not depend on the other links.
    """

    gain: Array  # (slots, users, stations, subchannels)
    power_w: Array  # (slots, stations, subchannels)
    noise_w: float
    bandwidth_hz: float
    rate_law: RateLaw
    min_sinr: float  # linear, always-on convention
    min_sinr_active: float  # linear, active convention
    max_users: IntArray  # (stations,)
    objective: Objective = COVERAGE_FIRST
    user_cap: Array | None = None  # (users,) bit/s/Hz that count at most, the cap included; None: the cap alone
    user_weight: Array | None = None  # (users,) what a Mbit of each is worth; None: 1

    @cached_property
    def sinr(self) -> Array:
        """Return the SINR (slots, users, stations, subchannels) with every station radiating (eq. 4)."""
        received = self.gain * self.power_w[:, None]
        sinr: Array = sinr_of(received, received.sum(axis=2, keepdims=True) - received, self.noise_w)
        return sinr

    @cached_property
    def rate_mbit_s(self) -> Array:
        """Return the rates (slots, users, stations, subchannels) in Mbit/s (eq. 5), of a user at most its demand."""
        efficiency = np.minimum(spectral_efficiency(self.sinr, self.rate_law), self.caps[:, None, None])
        return self.bandwidth_hz * efficiency / 1e6

    @cached_property
    def caps(self) -> Array:
        """Return the spectral efficiency (users,) that counts of each at most; infinite without any limit."""
        return np.full(self.users, self.rate_law.limit) if self.user_cap is None else self.user_cap

    @cached_property
    def weights(self) -> Array:
        """Return what a Mbit of each user is worth (users,)."""
        return np.ones(self.users) if self.user_weight is None else self.user_weight

    @cached_property
    def user_laws(self) -> Array:
        """Return the table of the rate law for each user (users, steps, 4): up to its cap and by its weight."""
        return user_tables(self.rate_law.table, self.caps, self.user_weight)

    @cached_property
    def allowed(self) -> NDArray[np.bool_]:
        """Say which links (slots, users, stations, subchannels) reach the SINR floor (7f)."""
        return (self.sinr >= self.min_sinr) & (self.power_w[:, None] > 0.0)

    @cached_property
    def worth_mbit_s(self) -> Array:
        """Return what the rates are worth, in their shape."""
        return self.rate_mbit_s * self.weights[:, None, None]

    @cached_property
    def weight(self) -> Array:
        """Return what serving a link is worth, in the shape of the gains: its weighted rate and the objective's reward.

        Links that are not allowed have 0.
        """
        worth = self.worth_mbit_s
        best = worth.max(axis=(1, 2, 3), keepdims=True, initial=0.0)
        return np.where(self.allowed, worth + self.objective.serving_reward_mbit_s(best, self.links), 0.0)

    @property
    def links(self) -> int:
        """Return how many users can be served in a slot at most."""
        seats = np.minimum(self.max_users, self.gain.shape[3])
        return min(self.users, int(seats.sum()))

    @cached_property
    def best_rate_mbit_s(self) -> float:
        """Return what the best rate of any link alone is worth."""
        # slot by slot: all links at once are too many for the memory in large cases
        received = (float((own * power).max(initial=0.0)) for own, power in zip(self.gain, self.power_w, strict=True))
        snr = max(received, default=0.0) / self.noise_w
        best = float(self.bandwidth_hz * spectral_efficiency(np.array(snr), self.rate_law) / 1e6)
        return best * float(self.weights.max(initial=0.0)) if self.users else best

    @cached_property
    def serving_reward_mbit_s(self) -> float:
        """Return what serving one more user is worth beside its rate when idle stations are silent."""
        return float(self.objective.serving_reward_mbit_s(self.best_rate_mbit_s, self.links))

    @property
    def slots(self) -> int:
        """Return the number of slots of the batch."""
        return self.gain.shape[0]

    @property
    def users(self) -> int:
        """Return the number of users."""
        return self.gain.shape[1]

    def in_slots(self, chosen: slice) -> AssociationProblem:
        """Return the problem of some slots alone."""
        return replace(self, gain=self.gain[chosen], power_w=self.power_w[chosen])

    def value(self, association: Association) -> Array:
        """Return the value of an association per slot (slots,): the summed weights of its links."""
        values, links = np.zeros(self.slots), association.links
        np.add.at(values, links.slot, self.weight[links])
        return values


class Associator(Protocol):
    """A way to solve P1."""

    def solve(self, problem: AssociationProblem) -> Association:
        """Return an association of all slots of the problem that meets (7b)-(7d), OFDMA and (7f)."""


def make_problem(world: World, gains: Array, power_w: Array, weight: Array | None = None) -> AssociationProblem:
    """Build P1 for the slots of ``gains`` (slots, users, stations, subchannels) and ``power_w``.

    ``weight`` (users,) is what a Mbit of each user is worth: by default what it is where all have the same.
    """
    radio, utility = world.scenario.radio, world.utility
    if weight is None and not utility.is_plain:
        weight = utility.slope(np.ones(world.user_count))
    return AssociationProblem(
        gains,
        power_w,
        world.noise_w,
        world.bandwidth_hz,
        radio.rate_law,
        min_sinr(world, "always_on"),
        min_sinr(world, "active"),
        world.station_max_users,
        objective_of(world.scenario),
        world.user_cap if utility.has_demand else None,
        weight,
    )

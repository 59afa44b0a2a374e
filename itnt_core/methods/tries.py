"""What a training tries: decisions made of what its environments flew, with P1 solved on them; the best is kept."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import torch
from numpy.typing import NDArray

from itnt_core.arrays import Array
from itnt_core.association import ASSOCIATORS, Association, Associator, make_problem
from itnt_core.flight import mended
from itnt_core.learning import Episode, RadioLinks, ServiceDynamics, power_shares, stations_ahead
from itnt_core.network import Decision, World
from itnt_core.objective import Service
from itnt_core.power import equal_power

from .agents import Variant, check_size, environment_options, make_agents
from .incumbent import BestDecision
from .learned_settings import LearnedSettings

CONTEST_SEARCHES = 3  # random starts of the association, of which the best stays


class Tries(BestDecision):
    """Holds agents, environments and the best decision, and turns what the agents do into decisions to compare."""

    def __init__(self, world: World, start: Decision, settings: LearnedSettings, variant: Variant, seed: int):
        check_size(world, settings)
        super().__init__(world, start)
        self.settings, self.variant, self.seed = settings, variant, seed
        self.options = environment_options(settings, variant)
        self.reference_mbit = self.top.service.data_mbit
        self.home_m = start.positions_m
        self.radio = RadioLinks(world)
        self.dynamics = self.environments(settings.environments)
        self.agents = make_agents(self.dynamics, settings, variant, seed)
        self.round = self.episode = 0  # where the training stands, and what its random tries are seeded with
        self.own_mbit_s = np.full(world.aerial_count, -np.inf)
        self.own_flight_m = start.positions_m.copy()

    def environments(self, count: int) -> ServiceDynamics:
        decision = self.best.decision
        association = Association(decision.station, decision.subchannel)
        return ServiceDynamics(self.world, association, count, self.options, self.reference_mbit)

    def consider(self, episode: Episode) -> None:
        """Keep the best decision of an episode, whoever made it, and the best flight of every aerial user."""
        met = episode.sinr >= self.floor
        chosen = self.objective.best(self._served(episode, met))
        trial = Decision(
            self.dynamics.station[chosen].copy(),
            self.dynamics.subchannel[chosen].copy(),
            self.mended(episode.positions_m[:, chosen]),
            self._watts(episode.share[:, chosen]),
            "active",
        )
        gains = self.world.gains(trial.positions_m)
        self.keep_if_better(self.feasible(trial, gains), gains)
        if self.world.aerial_count:
            self._contest(self._joined(episode, met))
            self._contest(episode.positions_m[:, 0])

    def mended(self, flight: Array) -> Array:
        """Return a flight (slots + 1, I, 3) that goes back to the reference where obstacles or batteries forbid it.

        Agents are punished for it while they learn, but promise nothing.
        """
        return mended(self.world, flight, self.home_m)

    def _served(self, episode: Episode, met: NDArray[np.bool_]) -> Service:
        """Return what each environment's flight brings to whom it serves; terms (environments,)."""
        rate = (episode.rate_mbit_s * met).sum(axis=0)  # (environments, users)
        utility, share = self.world.utility, met.mean(axis=(0, 2))
        if utility.is_plain:
            return Service(share, (episode.rate_mbit_s * met).sum(axis=(0, 2)))
        data_mbit = rate * self.world.scenario.time.slot_s
        worth = utility.search_mbit(data_mbit, (~met).sum(axis=(0, 2)))
        return Service(share, data_mbit.sum(axis=1), worth, -utility.shortfall_mbit(data_mbit))

    def policy_mbit(self, episode: Episode) -> float:
        """Return what the policy itself brings, in the environment that never explores."""
        rate_mbit_s = (episode.rate_mbit_s * (episode.sinr >= self.floor))[:, 0].sum()
        return float(rate_mbit_s) * self.world.scenario.time.slot_s

    def _joined(self, episode: Episode, met: NDArray[np.bool_]) -> Array:
        """Return a flight in which every aerial user flies the best that any environment has found for it so far.

        Aerial users only receive, so each may take the flight of another environment.
        """
        own = (episode.rate_mbit_s * met)[:, :, : self.world.aerial_count].sum(axis=0)  # (n, I)
        chosen, users = own.argmax(axis=0), np.arange(self.world.aerial_count)
        better = own[chosen, users] > self.own_mbit_s
        self.own_mbit_s = np.where(better, own[chosen, users], self.own_mbit_s)
        self.own_flight_m = np.where(better[:, None], episode.positions_m[:, chosen, users], self.own_flight_m)
        return self.own_flight_m

    def _contest(self, flight: Array) -> None:
        """Take over a flight if it is better with the association refitted to it and the policy's powers."""
        flight = self.mended(flight)
        gains = self.world.gains(flight)
        moved = replace(self.best.decision, positions_m=flight)
        rival = BestDecision(self.world, self.feasible(self.powered(moved, gains), gains))
        generator = np.random.default_rng([self.seed, 2000 + self.round, self.episode])
        for _ in range(CONTEST_SEARCHES if self.is_varied else 1):
            rival.keep_better_slots(self.associated(rival, generator if self.is_varied else None))
        self.keep_if_better(rival.best.decision, gains)

    def associated(self, holder: BestDecision, generator: np.random.Generator | None) -> Decision:
        """Return a holder's best flight with P1 solved anew; a generator varies what idle subchannels would radiate."""
        decision, gains, equal = holder.best.decision, holder.best.gains, equal_power(self.world)
        power = equal
        if self.variant.power != "equal":
            idle, kept = np.full(equal.shape, 0.3), np.ones(equal.shape, dtype=bool)
            if generator is not None:
                on = generator.random(equal.shape) < generator.uniform(0.2, 1.0)
                idle, kept = on * generator.uniform(0.1, 1.2), generator.random(equal.shape) < 0.8
            power = np.where(decision.occupied & kept, decision.power_w, idle * equal)
        found = self._associator().solve(make_problem(self.world, gains, power, holder.weight()))
        return self.powered(Decision(found.station, found.subchannel, decision.positions_m, equal, "active"), gains)

    def _associator(self) -> Associator:
        return ASSOCIATORS[self.settings.associator]()

    def _watts(self, share: Array) -> Array:
        return share * self.world.station_max_power_w[None, :, None] * (1.0 - 1e-9)

    def powered(self, decision: Decision, gains: Array) -> Decision:
        """Return a decision with the policy's powers for its flight, of gains (T, U, B, K), and association."""
        slots = np.arange(self.world.slots)
        aerial = gains[:, : self.world.aerial_count, :, 0] * self.radio.full_w
        links = self.radio.links(slots, aerial, decision.station, decision.subchannel)
        sinr = links.sinr(self.radio.within(links.active / self.world.subchannels, slots))
        observation = self.dynamics.observer.observe(
            slots,
            decision.positions_m[1:],
            aerial,
            decision.station,
            decision.subchannel,
            sinr,
            stations_ahead(decision.station[None], self.world.aerial_count, self.world.station_count)[0],
        )
        action = self.agents.power_action(torch.as_tensor(observation)).numpy().astype(float)
        if self.settings.episodes:
            self.agents.learn_powers(torch.as_tensor(observation))
        shares = power_shares(
            action.reshape(self.world.slots, self.world.station_count, -1), links.active, self.options.spread
        )
        return replace(decision, power_w=self._watts(self.radio.within(shares, slots)))

    @property
    def is_varied(self) -> bool:
        """Say whether P1 is solved at several powers; the CVXPY program takes too long for that."""
        return self.options.spread in ("served", "equal_served") and self.settings.associator != "milp"

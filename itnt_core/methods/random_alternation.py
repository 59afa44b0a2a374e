"""RA: the alternation with associations that are drawn instead of solved."""

from __future__ import annotations

from typing import Any

import numpy as np

from itnt_core.arrays import Array
from itnt_core.association import RandomAssociator, make_problem
from itnt_core.learning import Episode
from itnt_core.network import Decision, breaks_limits, evaluate
from itnt_core.objective import Service
from itnt_core.power import equal_power

from .alternation import Alternation


class RandomAlternation(Alternation):
    """RA: associations are random draws; flights and powers are learned over all of them."""

    def __init__(self, *arguments: Any, draws: int, **more: Any):
        super().__init__(*arguments, **more)
        self.draws = draws
        self.best_mean = Service(-np.inf, -np.inf, -np.inf, -np.inf)
        self._give_draws(self.best.decision.positions_m)

    def _give_draws(self, flight: Array) -> None:
        drawn = self._drawn(flight, self.world.gains(flight))
        for number in range(self.dynamics.count):
            chosen = drawn[number % len(drawn)]
            self.dynamics.station[number], self.dynamics.subchannel[number] = chosen.station, chosen.subchannel

    def _drawn(self, flight: Array, gains: Array) -> list[Decision]:
        """Return the draws on a flight, with the policy's powers and without users below the floor."""
        problem = make_problem(self.world, gains, equal_power(self.world))
        drawn = [RandomAssociator(self.seed + number).solve(problem) for number in range(self.draws)]
        trials = [
            Decision(found.station, found.subchannel, flight, equal_power(self.world), "active") for found in drawn
        ]
        return [self.feasible(self.powered(trial, gains), gains) for trial in trials]

    def consider(self, episode: Episode) -> None:
        """Keep the policy's own flight if the mean over all draws is better on it."""
        self._weigh(episode.positions_m[:, 0])

    def _weigh(self, flight: Array) -> None:
        flight = self.mended(flight)
        gains = self.world.gains(flight)
        trials = self._drawn(flight, gains)
        drawn = [Service.of(evaluate(self.world, trial, gains)) for trial in trials]
        mbit = np.array([service.data_mbit for service in drawn])
        middle = self.judged(trials[int(np.abs(mbit - mbit.mean()).argmin())], gains)
        mean = Service.stacked(drawn).mean()
        if self.objective.better(mean, self.best_mean) and not breaks_limits(self.world, middle.decision):
            self.best_mean = mean
            self.best = self.top = middle

    def settle(self) -> None:
        """Weigh the best flight again with the powers as they are now."""
        self._weigh(self.best.decision.positions_m)

    def new_associations(self) -> None:
        self.dynamics = self.environments(self.settings.environments)
        self._give_draws(self.best.decision.positions_m)

    def state_dict(self) -> dict[str, Any]:
        """Return everything that a checkpoint needs."""
        mean = self.best_mean
        kept = [mean.served_share, mean.data_mbit, mean.utility_mbit, mean.reached_mbit, mean.cost_mbit]
        return super().state_dict() | {"best_mean": kept}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Take over a checkpoint."""
        super().load_state_dict(state)
        self.best_mean = Service(*state.get("best_mean", (-np.inf, -np.inf)))  # older ones know the data alone

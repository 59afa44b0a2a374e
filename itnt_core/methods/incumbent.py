"""The best decision so far, judged slot by slot; whoever improves it offers trials and keeps what is better."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

import numpy as np

from itnt_core.arrays import Array
from itnt_core.association import make_problem
from itnt_core.network import Decision, World, evaluate, find_violations, min_sinr
from itnt_core.power import equal_power

from .progress import RunCancelled


@dataclass(frozen=True, eq=False)
class Incumbent:
    """The best decision so far with its gains and its value per slot."""

    decision: Decision
    gains: Array
    value: Array  # (slots,) rates in Mbit/s plus the reward of every served user at its floor
    data_service_mbit: float


class BestDecision:
    """Holds the incumbent; nothing offered to it can make it worse.

    ``best`` counts served users first, as P1 does, and then their rates; ``top`` is the most data ever served, which
    can be less fair: it is what a method returns. Where the flight it starts from breaks a constraint, any that breaks
    none is better.
    """

    def __init__(self, world: World, start: Decision):
        self.world = world
        self.floor = min_sinr(world, "active")
        gains = world.gains(start.positions_m)
        self.reward_mbit_s = make_problem(world, gains, equal_power(world)).serving_reward_mbit_s
        self.best = self.top = self.judged(start, gains)
        self.is_flawed = bool(find_violations(world, start))

    @contextmanager
    def kept_when_cancelled(self) -> Iterator[None]:
        """Hand the best decision on when the work inside is cancelled."""
        try:
            yield
        except RunCancelled as stop:
            stop.decision = self.top.decision
            raise

    def _promote(self, incumbent: Incumbent) -> None:
        self.best = incumbent
        if incumbent.data_service_mbit > self.top.data_service_mbit:
            self.top = incumbent

    def judged(self, decision: Decision, gains: Array) -> Incumbent:
        """Return a decision with its value."""
        evaluation = evaluate(self.world, decision, gains)
        met = evaluation.active.is_served
        rates = np.where(met, evaluation.active.rate_bit_s / 1e6, 0.0)
        value = (rates + met * self.reward_mbit_s).sum(axis=1)
        return Incumbent(decision, gains, value, evaluation.active.data_service_mbit)

    def within_limits(self, decision: Decision) -> Decision:
        """Switch idle subchannels off and scale stations down that stand above their limit."""
        used = decision.used_power_w
        total = used.sum(axis=2, keepdims=True)
        limit = self.world.station_max_power_w[None, :, None]
        return replace(decision, power_w=used * np.minimum(1.0, limit / np.maximum(total, 1e-300)))

    def feasible(self, decision: Decision, gains: Array) -> Decision:
        """Drop users who are below the floor, with their power; a later association may serve them again."""
        evaluation = evaluate(self.world, decision, gains)
        return decision.dropped(~evaluation.active.is_served)

    def keep_better_slots(self, trial: Decision) -> bool:
        """Take over the slots in which a trial on the same flight is better; say whether there was one."""
        trial = self.feasible(trial, self.best.gains)
        judged = self.judged(trial, self.best.gains)
        better = judged.value > self.best.value + 1e-9
        if not better.any():
            return False
        old = self.best.decision
        merged = Decision(
            np.where(better[:, None], trial.station, old.station),
            np.where(better[:, None], trial.subchannel, old.subchannel),
            old.positions_m,
            np.where(better[:, None, None], trial.power_w, old.power_w),
            "active",
        )
        # slots of a reference that promised the lower floor of the other convention may hold users below this one
        merged = self.feasible(merged, self.best.gains)
        self._promote(self.judged(merged, self.best.gains))
        return True

    def keep_if_better(self, trial: Decision, gains: Array) -> bool:
        """Take over a whole trial with a flight of its own if it is better and breaks no constraint."""
        judged = self.judged(trial, gains)
        worse = judged.value.sum() <= self.best.value.sum()
        if (worse and not self.is_flawed) or find_violations(self.world, trial):
            return False
        if self.is_flawed:
            self.best = self.top = judged
            self.is_flawed = False
        else:
            self._promote(judged)
        return True

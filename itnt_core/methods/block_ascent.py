"""Block coordinate ascent on the active data service: association, power and flight in turn, never getting worse."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from itnt_core.association import ActiveAssociator, Association, make_problem
from itnt_core.flight import FlightPlanner, polish_flight
from itnt_core.network import Decision, World, evaluate, find_violations
from itnt_core.power import equal_power, improve_power

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Incumbent:
    """The best decision so far with its gains and its value per slot."""

    decision: Decision
    gains: Array
    value: Array  # (slots,) rates in Mbit/s plus the reward of every served user at its floor
    data_service_mbit: float


class BlockAscent:
    """Holds the incumbent and offers the steps that may improve it; every step returns whether it did.

    ``best`` counts served users first, as P1 does, and then their rates; ``top`` is the most data ever served, which
    can be less fair: it is what the method returns.
    """

    def __init__(self, world: World, start: Decision, shakes: int, seed: int, energy_weight: float = 0.0):
        self.world = world
        self.shakes = shakes
        self.generator = np.random.default_rng(seed)
        self.energy_weight = energy_weight
        self.planner = FlightPlanner(world, energy_weight)
        gains = world.gains(start.positions_m)
        self.reward_mbit_s = make_problem(world, gains, equal_power(world)).serving_reward_mbit_s
        self.best = self.top = self._judged(start, gains)

    def _promote(self, incumbent: Incumbent) -> None:
        self.best = incumbent
        if incumbent.data_service_mbit > self.top.data_service_mbit:
            self.top = incumbent

    def _judged(self, decision: Decision, gains: Array) -> Incumbent:
        evaluation = evaluate(self.world, decision, gains)
        floor = 10.0 ** (self.world.scenario.qos.min_sinr_active_db / 10.0)
        met = decision.served & (evaluation.active.sinr >= floor * (1.0 - 1e-9))
        rates = np.where(met, evaluation.active.rate_bit_s / 1e6, 0.0)
        value = (rates + met * self.reward_mbit_s).sum(axis=1)
        return Incumbent(decision, gains, value, evaluation.active.data_service_mbit)

    def associate_at_equal_power(self) -> bool:
        """Search associations on the true objective at equal power, without restarts: the first quick gain."""
        decision, nominal = self.best.decision, equal_power(self.world)
        found = ActiveAssociator(shakes=0).solve(make_problem(self.world, self.best.gains, nominal))
        trial = Decision(found.station, found.subchannel, decision.positions_m, nominal, "active")
        return self._keep_better_slots(self._within_limits(trial))

    def associate(self) -> bool:
        """Search new associations around the current powers, control their power, keep the better slot by slot.

        Slots do not depend on each other while the flight is fixed, so each keeps the better of its two answers.
        """
        decision, nominal = self.best.decision, self._search_power()
        problem = make_problem(self.world, self.best.gains, nominal)
        associator = ActiveAssociator(self.shakes, int(self.generator.integers(2**31)))
        found = associator.improve(problem, [Association(decision.station, decision.subchannel)])
        trial = Decision(found.station, found.subchannel, decision.positions_m, nominal, "active")
        return self._keep_better_slots(self._with_power(self._within_limits(trial)))

    def _search_power(self) -> Array:
        """Return powers to search with: the current ones where served, random nominal shares where idle."""
        decision, world = self.best.decision, self.world
        share = self.generator.uniform(0.3, 1.5)
        nominal = share * equal_power(world)
        keep = self.generator.random() < 0.6
        return np.where(decision.power_w > 0.0, decision.power_w, nominal) if keep else nominal

    def _within_limits(self, decision: Decision) -> Decision:
        """Scale stations down that the moves between links have brought above their limit."""
        slot, user = np.nonzero(decision.served)
        used = np.zeros_like(decision.power_w)
        links = (slot, decision.station[slot, user], decision.subchannel[slot, user])
        used[links] = decision.power_w[links]
        total = used.sum(axis=2, keepdims=True)
        limit = self.world.station_max_power_w[None, :, None]
        return replace(decision, power_w=used * np.minimum(1.0, limit / np.maximum(total, 1e-300)))

    def _with_power(self, decision: Decision, gains: Array | None = None) -> Decision:
        power, _ = improve_power(self.world, decision, self.best.gains if gains is None else gains)
        return replace(decision, power_w=power)

    def _keep_better_slots(self, trial: Decision) -> bool:
        trial = self._feasible(trial, self.best.gains)
        judged = self._judged(trial, self.best.gains)
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
        self._promote(self._judged(merged, self.best.gains))
        return True

    def control_power(self) -> bool:
        """Control the power of the incumbent's links."""
        return self._keep_better_slots(self._with_power(self.best.decision))

    def fly(self, plan: bool) -> bool:
        """Move the aerial users: by dynamic programming and a polish, or by a polish alone; keep what is better."""
        decision = self.best.decision
        flight = self.planner.plan(decision) if plan else decision.positions_m
        polished = polish_flight(self.world, replace(decision, positions_m=flight), self.energy_weight)
        moved = replace(decision, positions_m=polished)
        gains = self.world.gains(polished)
        trial = self._with_power(self._feasible(moved, gains), gains)
        judged = self._judged(trial, gains)
        if judged.value.sum() <= self.best.value.sum() or find_violations(self.world, trial):
            return False
        self._promote(judged)
        return True

    def _feasible(self, decision: Decision, gains: Array) -> Decision:
        """Drop users who are below the floor, with their power; the next association step may serve them again."""
        evaluation = evaluate(self.world, decision, gains)
        floor = 10.0 ** (self.world.scenario.qos.min_sinr_active_db / 10.0)
        lost = decision.served & (evaluation.active.sinr < floor)
        slot, user = np.nonzero(lost)
        power = decision.power_w.copy()
        power[slot, decision.station[slot, user], decision.subchannel[slot, user]] = 0.0
        return replace(
            decision,
            station=np.where(lost, -1, decision.station),
            subchannel=np.where(lost, -1, decision.subchannel),
            power_w=power,
        )

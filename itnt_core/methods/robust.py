"""Flights chosen on drawn worlds: what a flight brings on average, or in the worst of them, decides."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from itnt_core.arrays import Array, IntArray
from itnt_core.deadline import Check, TimeIsUp
from itnt_core.flight import MAX_KEPT_BYTES, FlightCase, FlightPlanner, polish_flight
from itnt_core.network import Decision, Uncertainty, World, WorldDraws, breaks_limits
from itnt_core.objective import Service, objective_of

from .block_ascent import BlockAscent
from .incumbent import BestDecision
from .straight import StraightMethod, StraightSettings

PLANNED = "planned"  # the purpose of these draws: no promise is judged on them
STEPS = 3  # of a kind at most, each for the links that the worlds have on the flight before
SWEEPS = 1  # of the polish with each step, as every one asks all worlds
TAIL_PARTS = 3  # a third of few worlds stands for the worst tenth of all: two of twenty are too few to choose by
TAIL_SHARE = 0.5  # of the weight, that the worst worlds get where they are what counts; the rest is even

Aim = Literal["mean", "worst"]


@dataclass(frozen=True, eq=False)
class Flown:
    """A flight with what it brings: a decision and a service for each drawn world, and the decision as forecast."""

    flight_m: Array  # (slots + 1, I, 3)
    decisions: tuple[Decision, ...]
    services: Service  # arrays (worlds,)
    forecast: Decision


class RobustFlights:
    """Looks for the flight that is best over drawn worlds, from a given one.

    Links and powers are decided in each world by a quick form of the planner's own rule: an association search without
    restarts, then power control. Flights are planned, and then polished alone, for the weighted sum of all worlds,
    whose links are fixed meanwhile; a flight is kept where the aim is better served after links are decided anew.
    Positions and timing err as they usually do (:class:`~itnt_core.network.Uncertainty`).
    """

    def __init__(self, world: World, count: int, aim: Aim, energy_weight: float, seed: int, check: Check):
        self.world, self.aim, self.seed, self.check = world, aim, seed, check
        self.energy_weight = energy_weight
        self.objective = objective_of(world.scenario)
        draws = WorldDraws(world, PLANNED, Uncertainty())
        share = MAX_KEPT_BYTES // count  # of what one planner keeps: all together keep as much
        self.planners = [FlightPlanner(one, energy_weight, check, share) for one in draws.worlds(count)]
        self.planner = FlightPlanner(world, energy_weight, check)

    def improved(self, plan: Decision) -> Decision:
        """Return the plan itself, or the forecast's decision on the best flight found from it until the time is up."""
        best: Flown | None = None
        with suppress(TimeIsUp):
            best = self.flown(plan.positions_m)
            # a plan may leave what suits the links far behind and be worse with those that follow; a polish stays near
            for is_planned in (True, False):
                for _ in range(STEPS):
                    trial = self.flown(self._moved(best, is_planned))
                    if not self.is_better(trial, best) or breaks_limits(self.world, trial.forecast):
                        break
                    best = trial
        return plan if best is None or best.flight_m is plan.positions_m else best.forecast

    def is_better(self, one: Flown, other: Flown) -> bool:
        """Say whether a flight serves the aim better than another, by the scenario's objective."""
        return bool(self.objective.better(self.worth(one), self.worth(other)))

    def worth(self, flown: Flown) -> Service:
        """Return what counts of a flight: the mean over all worlds, or over the worst third of them."""
        chosen = self._tail(flown) if self.aim == "worst" else np.arange(len(self.planners))
        return flown.services.mean(chosen)

    def flown(self, flight_m: Array) -> Flown:
        """Judge a flight (slots + 1, I, 3) in all worlds."""
        decisions, found = [], []
        for planner in self.planners:
            # a copy, so that the gains that it keeps are gone with it: those of all worlds would not fit
            decision, service = self._decided(replace(planner.world), flight_m)
            decisions.append(decision)
            found.append(service)
        return Flown(flight_m, tuple(decisions), Service.stacked(found), self._decided(self.world, flight_m)[0])

    def _decided(self, world: World, flight_m: Array) -> tuple[Decision, Service]:
        self.check()
        reference = StraightMethod().decide(world, flight_m, StraightSettings(), self.seed)
        ascent = BlockAscent(world, reference, 0, self.seed, self.energy_weight, self.check)
        ascent.associate_at_equal_power()
        ascent.control_power()
        return ascent.top.decision, ascent.top.service

    def _moved(self, flown: Flown, is_planned: bool) -> Array:
        """Return a flight that is better for the links that the worlds have, by their weights: a plan, or a polish."""
        weights = np.full(len(self.planners), 1.0 / len(self.planners))
        if self.aim == "worst":
            tail = self._tail(flown)
            weights *= 1.0 - TAIL_SHARE
            weights[tail] += TAIL_SHARE / len(tail)
        cases = [
            FlightCase(planner, decision, float(weight))
            for planner, decision, weight in zip(self.planners, flown.decisions, weights, strict=True)
        ]
        around = replace(flown.forecast, positions_m=flown.flight_m)
        weight = None if self.world.utility.is_plain else BestDecision(self.world, flown.forecast).weight()
        if is_planned:
            around = replace(around, positions_m=self.planner.plan(around, cases, weight))
        return polish_flight(self.world, around, self.energy_weight, SWEEPS, self.check, cases, weight)

    def _tail(self, flown: Flown) -> IntArray:
        """Return the numbers of the worlds in the worst third, at least one."""
        keys = [np.asarray(part, dtype=float) for part in self.objective.key(flown.services)]
        tail: IntArray = np.lexsort(tuple(reversed(keys)))[: max(1, len(self.planners) // TAIL_PARTS)]
        return tail

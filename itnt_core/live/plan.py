"""The plan that follows an edited scenario: each edit starts from the answer to the one before."""

from __future__ import annotations

import itertools
import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from itnt_core.city import City, city_of_scenario
from itnt_core.deadline import Check, TimeIsUp
from itnt_core.methods import (
    QUIET_ROUNDS,
    BestDecision,
    BlockAscent,
    PlannerSettings,
    StraightMethod,
    StraightSettings,
    answer_figures,
    carried_over,
    has_settled,
    leo_share,
    quiet,
    scenario_ceiling,
)
from itnt_core.network import Decision, World, build_world, evaluate, find_violations, without_broken_links
from itnt_core.objective import Service
from itnt_core.scenario import Scenario

from .answer import LiveAnswer

METHOD = "planner"  # its steps, from another start
PLANNER = PlannerSettings()  # its weights, and its rule of when to stop
BOUND_AFTER = 2  # rounds: the quick bound takes about as long as one of them
MOST_S = 15.0  # of improving one edit


class Superseded(TimeIsUp):
    """Raised inside the work on an edit once a newer one has come."""


@dataclass(frozen=True, eq=False)
class _Before:
    """The last answer, and the world in which it was found."""

    world: World
    decision: Decision


class FollowingPlan:
    """Answers one edit after another; keeps the city, and the last answer to start the next one from."""

    def __init__(self, cache_dir: Path | None = None, clock: Callable[[], float] = time.perf_counter):
        self._cache_dir, self._clock = cache_dir, clock
        self._city: tuple[str, City] | None = None
        self._before: _Before | None = None

    def follow(self, scenario: Scenario, number: int, check: Check) -> Iterator[LiveAnswer]:
        """Yield answers to a scenario, each better than the one before, the last one settled and with its bound.

        ``check`` is called often and may raise :class:`Superseded`, which comes through; what was found until then is
        where the next edit starts from. Raises ScenarioError where no world can be built.
        """
        started = self._clock()
        world = build_world(scenario, city=self._city_of(scenario), cache_dir=self._cache_dir)
        check()
        work = _Work(world, check, scenario.seed, lambda: self._clock() - started, number)
        try:
            for step in work.steps(self._before, self._cache_dir):
                yield work.answer(step)
            yield work.settled(self._cache_dir)
        finally:
            if work.ascent is not None:
                self._before = _Before(world, work.ascent.top.decision)

    def _city_of(self, scenario: Scenario) -> City:
        """Return the city of a scenario, the last one where it is the same."""
        key = repr((scenario.city, scenario.area))
        if self._city is None or self._city[0] != key:
            self._city = key, city_of_scenario(scenario, self._cache_dir)
        return self._city[1]


class _Work:
    """The work on one edit."""

    def __init__(self, world: World, check: Check, seed: int, elapsed_s: Callable[[], float], number: int):
        self.world, self.check, self.seed, self.elapsed_s, self.number = world, check, seed, elapsed_s, number
        self.ascent: BlockAscent | None = None
        self.ceiling = Service(math.nan, math.nan)

    def steps(self, before: _Before | None, cache_dir: Path | None) -> Iterator[str]:
        """Improve the answer step by step; yield the name of each step that did.

        The first ones are quick; the reference is offered after them, since its flights would be all that is left of
        the answer before if it served one user slot more than that does before its links are searched again.
        """
        reference = StraightMethod().solve(self.world, StraightSettings(), self.seed, quiet)
        ascent = self.ascent = self._begun(before, reference)
        yield "Carried over" if before else "Straight lines"
        if ascent.associate_at_equal_power():
            yield "Association"
        if ascent.control_power():
            yield "Powers"
        if ascent.keep_if_better(reference, self.world.gains(reference.positions_m)):
            yield "Straight lines"
        yield from self._rounds(ascent, cache_dir)

    def _rounds(self, ascent: BlockAscent, cache_dir: Path | None) -> Iterator[str]:
        """Search links, powers and flights in turn until several rounds together bring next to nothing."""
        flies, history = self.world.aerial_count > 0, [ascent.top.service]
        for number in itertools.count(1):
            self.check()
            if ascent.associate():
                yield "Association and powers"
            if flies and (number <= 2 or number % 4 == 0) and ascent.fly(plan=number % 2 == 0):
                yield "Flights"
            if number == BOUND_AFTER:
                self.ceiling = scenario_ceiling(self.world, "quick", cache_dir, self.check)
                yield "Bound"
            history.append(ascent.top.service)
            if number > QUIET_ROUNDS and has_settled(ascent.objective, history, PLANNER.tolerance):
                return
            if self.elapsed_s() > MOST_S:
                return

    def _begun(self, before: _Before | None, reference: Decision) -> BlockAscent:
        """Return the ascent at the answer before, as far as it still goes; at the reference where that breaks one."""
        start = reference
        if before is not None:
            carried = BestDecision(self.world, reference).within_limits(
                carried_over(before.decision, before.world, self.world)
            )
            carried = without_broken_links(self.world, carried, evaluate(self.world, carried))
            start = reference if find_violations(self.world, carried) else carried
        return BlockAscent(self.world, start, PLANNER.shakes, self.seed, PLANNER.energy_weight, self.check)

    def answer(self, step: str, *, is_settled: bool = False) -> LiveAnswer:
        """Return the best answer so far with its figures."""
        assert self.ascent is not None
        scenario, decision = self.world.scenario, self.ascent.top.decision
        evaluation = evaluate(self.world, decision, self.ascent.top.gains)
        violations = find_violations(self.world, decision, evaluation)
        kpis, _ = answer_figures(self.world, METHOD, evaluation, violations, self.ceiling, self.elapsed_s())
        return LiveAnswer(
            self.number,
            scenario.content_hash(),
            step,
            self.elapsed_s(),
            is_settled,
            leo_share(self.world, decision, evaluation),
            kpis,
            dict(zip(scenario.user_ids, evaluation.active.user_data_mbit(scenario.time.slot_s).tolist(), strict=True)),
            decision,
        )

    def settled(self, cache_dir: Path | None) -> LiveAnswer:
        """Return the last answer, beside the standard bound."""
        found = scenario_ceiling(self.world, "standard", cache_dir, self.check)
        self.ceiling = found if math.isnan(self.ceiling.data_mbit) else self.ceiling.lowest(found)
        return self.answer("Bound", is_settled=True)

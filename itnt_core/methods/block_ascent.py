"""Block coordinate ascent on the scenario's objective: association, power and flight in turn, never getting worse.

Powers and flights propose more data for the links they are given; whether a proposal is kept, the objective says.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from itnt_core.arrays import Array, IntArray
from itnt_core.association import (
    ActiveAssociator,
    Association,
    AssociationProblem,
    ChangeCosts,
    CoupledAssociator,
    RandomAssociator,
    is_wide,
    make_problem,
)
from itnt_core.deadline import Check, no_limit
from itnt_core.flight import FlightPlanner, polish_flight
from itnt_core.network import Decision, World
from itnt_core.power import equal_power, improve_power

from .incumbent import BestDecision, Incumbent
from .whole_slots import WholeSlots, is_small, weights_of

UNEVEN_SEARCHES, UNEVEN_DECADES = 0.5, 3.0  # share of the searches; down to a thousandth of the power
REFITS = 3  # searches for links on a flight that is not better with the old ones
WEIGHT_POWERS = (1.0, 1.0, 0.5, 2.0)  # of the weights of a search in turns
MOST_RESTARTS, SMALL = 6, 200  # climbs from elsewhere in each round; user slots of a window that leave time for one
RESTART_ROUNDS, RESTART_DECADES = 3, 2.0  # of such a climb; down to a hundredth of the power
LOOKS = 4  # at all ways to serve small slots, each with the weights of the data that the last one brought
POWER = (12, 1e-3)  # rounds of power control, and what ends them in bit/s/Hz
WIDE_POWER = (2, 3e-4)  # the same where many users are served, for each of them: the next search goes on from there
TURNS = 6  # in which slots are searched where a Mbit is worth less to who has many: each weighs what the last brought


class BlockAscent(BestDecision):
    """Offers the steps that may improve the incumbent; every step returns whether it did.

    A step during which ``check`` raises leaves the incumbent as it was.
    """

    def __init__(
        self,
        world: World,
        start: Decision,
        shakes: int,
        seed: int,
        energy_weight: float = 0.0,
        check: Check = no_limit,
    ):
        super().__init__(world, start)
        self.check = check
        self.shakes = shakes
        self.generator = np.random.default_rng(seed)
        self.energy_weight = energy_weight
        self.planner = FlightPlanner(world, energy_weight, check)
        self.whole_slots = WholeSlots(world, self.best.gains) if is_small(world) else None
        # what depends on what everyone has has many local optima; where a climb takes no time several are looked at
        climbs_once = world.utility.is_linear or self.whole_slots is not None
        self.restarts = 0 if climbs_once else min(MOST_RESTARTS, SMALL // (world.slots * world.user_count))
        self._looked_at: Incumbent | None = None
        self.is_wide = is_wide(world.user_count, world.station_count, world.subchannels)

    def associate_at_equal_power(self) -> bool:
        """Search associations on the true objective at equal power, without restarts: the first quick gain."""
        decision, nominal = self.best.decision, equal_power(self.world)
        problem = make_problem(self.world, self.best.gains, nominal, self.weight())
        found = self._settled(problem, ActiveAssociator(shakes=0, check=self.check).solve(problem))
        trial = Decision(found.station, found.subchannel, decision.positions_m, nominal, "active")
        return self.keep_better_slots(self.within_limits(trial))

    def associate(self) -> bool:
        """Search new associations around the current powers, control their power, keep the better slot by slot.

        Slots do not depend on each other while the flight is fixed, so each keeps the better of its two answers. Where
        a Mbit is worth less to who has many they do, through what everyone has: then they are searched in turns, each
        with the weights that the last one left. Where changes of server cost something they do as well: then the links
        are searched from those that there are too, and the best runs of slots are kept. Where slots can be served in
        few ways, all of these are looked at as well.
        """
        is_better = self._searched_all()
        return self._look_at_every_way() or is_better

    def _searched_all(self) -> bool:
        if self.world.scenario.handover.couples:
            is_better = self.keep_better_slots(self._resettled(self.best))
            return self.keep_better_slots(self._searched(self.best)) or is_better
        if self.world.utility.is_linear:
            return self.keep_better_slots(self._searched(self.best))
        turns = [self._search_turn(np.arange(first, self.world.slots, TURNS)) for first in range(TURNS)]
        return any([*turns, *(self._start_anew() for _ in range(self.restarts))])

    def _look_at_every_way(self) -> bool:
        """Take the best of all ways to serve each slot of a small scenario, as long as that brings something."""
        if self.whole_slots is None:
            return False
        if self.whole_slots.gains is not self.best.gains:
            self.whole_slots = WholeSlots(self.world, self.best.gains)
        start, ways = self.best, self.whole_slots
        for _ in range(LOOKS):
            if self._looked_at is self.best:
                break
            # links below the floor, which a reference of the other convention may hold, are no way to serve anyone
            own, data = self.feasible(self.best.decision, self.best.gains), self.best.data_mbit
            for slot in range(self.world.slots):
                self.check()
                ways.look_at(slot, own, weights_of(self.world, data, slot))
            self.keep_as_answer(ways.best(own, is_smooth=False), self.best.gains)
            if not self.keep_if_better(ways.best(own, is_smooth=True), self.best.gains):
                self._looked_at = self.best
        return self.best is not start

    def _resettled(self, incumbent: Incumbent) -> Decision:
        """Return an incumbent's flight with the servers of its users searched over all slots, and their powers."""
        decision, nominal = incumbent.decision, self._search_power(incumbent.decision)
        weight = self.weight(incumbent)
        problem = make_problem(self.world, incumbent.gains, nominal, weight)
        found = self._settled(problem, Association(decision.station, decision.subchannel))
        trial = Decision(found.station, found.subchannel, decision.positions_m, nominal, "active")
        return self._with_power(self.within_limits(trial), incumbent.gains, weight)

    def _settled(self, problem: AssociationProblem, found: Association) -> Association:
        """Return links of single slots made good ones of all slots, where changes of server cost something."""
        if not self.world.scenario.handover.couples:
            return found
        seed = int(self.generator.integers(2**31))
        return CoupledAssociator(ChangeCosts.of(self.world), seed=seed, check=self.check).improve(problem, found)

    def _start_anew(self) -> bool:
        """Climb from random links at random powers; keep where that ends if the whole is better."""
        equal, draw = equal_power(self.world), self.generator
        power = equal * 10.0 ** draw.uniform(-RESTART_DECADES, 0.0, equal.shape) if draw.random() < 0.5 else equal
        gains, seed = self.best.gains, int(draw.integers(2**31))
        found = RandomAssociator(seed).solve(make_problem(self.world, gains, power))
        start = Decision(found.station, found.subchannel, self.best.decision.positions_m, power, "active")
        rival = BlockAscent(self.world, self.feasible(start, gains), 1, seed, self.energy_weight, self.check)
        rival.restarts = 0
        for _ in range(RESTART_ROUNDS):
            rival.associate()
        return self.keep_if_better(rival.best.decision, gains)

    def _search_turn(self, slots: IntArray) -> bool:
        return bool(len(slots)) and self.keep_better_slots(self._searched(self.best, slots))

    def _turn_weight(self, slots: IntArray) -> Array:
        """Return weights (users,) to search some slots with: those at what everyone has, or without what they bring.

        A slot that is a large part of the window moves the weights itself, so that no fixed ones lead to its best
        answer: some searches draw stronger or weaker ones.
        """
        data = self.best.data_mbit
        seen = data.sum(axis=0) - self.generator.choice((0.0, 0.5, 1.0)) * data[slots].sum(axis=0)
        weight = self.world.utility.search_slope(np.maximum(seen, 0.0))
        return np.asarray(weight ** self.generator.choice(WEIGHT_POWERS))

    def _searched(self, incumbent: Incumbent, slots: IntArray | None = None) -> Decision:
        """Return an incumbent's flight with its links searched anew, in some slots or in all, and their powers."""
        decision, nominal = incumbent.decision, self._search_power(incumbent.decision)
        weight = self.weight(incumbent) if slots is None else self._turn_weight(slots)
        some = slice(None) if slots is None else slots
        problem = make_problem(self.world, incumbent.gains[some], nominal[some], weight)
        associator = ActiveAssociator(self.shakes, int(self.generator.integers(2**31)), self.check)
        found = associator.improve(problem, [Association(decision.station[some], decision.subchannel[some])])
        found = found if slots is not None else self._settled(problem, found)
        station, subchannel, power = decision.station.copy(), decision.subchannel.copy(), decision.power_w.copy()
        station[some], subchannel[some], power[some] = found.station, found.subchannel, nominal[some]
        trial = self.within_limits(Decision(station, subchannel, decision.positions_m, power, "active"))
        return self._with_power(trial, incumbent.gains, weight, slots)

    def _search_power(self, decision: Decision) -> Array:
        """Return powers to search with: the current ones where served, random nominal shares where idle.

        Where users that count are not served, some searches draw uneven powers: two stations that disturb each other
        may reach the floor both at no equal ones.
        """
        if self.is_wide:
            # all slots are better than drawn powers; a step back towards equal ones lets other links be found
            equal = equal_power(self.world)
            return np.where(decision.power_w > 0.0, np.sqrt(decision.power_w * equal), equal)
        share = self.generator.uniform(0.3, 1.5)
        nominal = self.world.within_flux(share * equal_power(self.world))
        may_lack = self.objective.is_coverage_first or not self.world.utility.is_linear
        if may_lack and not decision.linked.all() and self.generator.random() < UNEVEN_SEARCHES:
            return nominal * 10.0 ** self.generator.uniform(-UNEVEN_DECADES, 0.0, nominal.shape)
        keep = self.generator.random() < 0.6
        return np.where(decision.power_w > 0.0, decision.power_w, nominal) if keep else nominal

    def _with_power(
        self,
        decision: Decision,
        gains: Array | None = None,
        weight: Array | None = None,
        slots: IntArray | None = None,
    ) -> Decision:
        gains = self.best.gains if gains is None else gains
        weight = self.weight() if weight is None else weight
        rounds, tolerance = POWER
        if self.is_wide:
            rounds, tolerance = WIDE_POWER[0], WIDE_POWER[1] * self.world.user_count
        power, _ = improve_power(self.world, decision, gains, rounds, tolerance, self.check, weight, slots)
        return replace(decision, power_w=power)

    def control_power(self) -> bool:
        """Control the power of the incumbent's links."""
        return self.keep_better_slots(self._with_power(self.best.decision))

    def fly(self, plan: bool) -> bool:
        """Move the aerial users: by dynamic programming and a polish, or by a polish alone; keep what is better.

        Where a flight is not better with the links that it was planned for, links are searched on it: else one with
        much more data would be refused for a user slot that it loses and that another link serves.
        """
        decision = self.best.decision
        weight = self.weight()
        flight = self.planner.plan(decision, weight=weight) if plan else decision.positions_m
        planned = replace(decision, positions_m=flight)
        polished = polish_flight(self.world, planned, self.energy_weight, check=self.check, weight=weight)
        moved = replace(decision, positions_m=polished)
        gains = self.world.gains(polished)
        trial = self._with_power(self.feasible(moved, gains), gains)
        rival = BestDecision(self.world, trial)
        for _ in range(1 if self.is_wide else REFITS):
            if self.keep_if_better(rival.best.decision, gains):
                return True
            rival.keep_better_slots(self._searched(rival.best))
        return self.keep_if_better(rival.best.decision, gains)

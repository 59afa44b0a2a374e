"""Block coordinate ascent on the scenario's objective: association, power and flight in turn, never getting worse.

Powers and flights propose more data for the links they are given; whether a proposal is kept, the objective says.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from itnt_core.arrays import Array
from itnt_core.association import (
    ActiveAssociator,
    Association,
    AssociationProblem,
    ChangeCosts,
    CoupledAssociator,
    make_problem,
)
from itnt_core.deadline import Check, no_limit
from itnt_core.flight import FlightPlanner, polish_flight
from itnt_core.network import Decision, World
from itnt_core.objective import SERVED
from itnt_core.power import equal_power, improve_power

from .incumbent import BestDecision, Incumbent

UNEVEN_SEARCHES, UNEVEN_DECADES = 0.5, 3.0  # share of the searches; down to a thousandth of the power
REFITS = 3  # searches for links on a flight that is not better with the old ones


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

    def associate_at_equal_power(self) -> bool:
        """Search associations on the true objective at equal power, without restarts: the first quick gain."""
        decision, nominal = self.best.decision, equal_power(self.world)
        problem = make_problem(self.world, self.best.gains, nominal)
        found = self._settled(problem, ActiveAssociator(shakes=0, check=self.check).solve(problem))
        trial = Decision(found.station, found.subchannel, decision.positions_m, nominal, "active")
        return self.keep_better_slots(self.within_limits(trial))

    def associate(self) -> bool:
        """Search new associations around the current powers, control their power, keep the better slot by slot.

        Slots do not depend on each other while the flight is fixed, so each keeps the better of its two answers. Where
        changes of server cost something they do: then the links are searched from those that there are as well, and
        the best runs of slots are kept.
        """
        if not self.world.scenario.handover.couples:
            return self.keep_better_slots(self._searched(self.best))
        is_better = self.keep_better_slots(self._resettled(self.best))
        return self.keep_better_slots(self._searched(self.best)) or is_better

    def _resettled(self, incumbent: Incumbent) -> Decision:
        """Return an incumbent's flight with the servers of its users searched over all slots, and their powers."""
        decision, nominal = incumbent.decision, self._search_power(incumbent.decision)
        problem = make_problem(self.world, incumbent.gains, nominal)
        found = self._settled(problem, Association(decision.station, decision.subchannel))
        trial = Decision(found.station, found.subchannel, decision.positions_m, nominal, "active")
        return self._with_power(self.within_limits(trial), incumbent.gains)

    def _settled(self, problem: AssociationProblem, found: Association) -> Association:
        """Return links of single slots made good ones of all slots, where changes of server cost something."""
        if not self.world.scenario.handover.couples:
            return found
        seed = int(self.generator.integers(2**31))
        return CoupledAssociator(ChangeCosts.of(self.world), seed=seed, check=self.check).improve(problem, found)

    def _searched(self, incumbent: Incumbent) -> Decision:
        """Return an incumbent's flight with its links searched anew, and their powers."""
        decision, nominal = incumbent.decision, self._search_power(incumbent.decision)
        problem = make_problem(self.world, incumbent.gains, nominal)
        associator = ActiveAssociator(self.shakes, int(self.generator.integers(2**31)), self.check)
        found = associator.improve(problem, [Association(decision.station, decision.subchannel)])
        found = self._settled(problem, found)
        trial = Decision(found.station, found.subchannel, decision.positions_m, nominal, "active")
        return self._with_power(self.within_limits(trial), incumbent.gains)

    def _search_power(self, decision: Decision) -> Array:
        """Return powers to search with: the current ones where served, random nominal shares where idle.

        Where users that count are not served, some searches draw uneven powers: two stations that disturb each other
        may reach the floor both at no equal ones.
        """
        share = self.generator.uniform(0.3, 1.5)
        nominal = self.world.within_flux(share * equal_power(self.world))
        if SERVED in self.objective.terms and not decision.linked.all() and self.generator.random() < UNEVEN_SEARCHES:
            return nominal * 10.0 ** self.generator.uniform(-UNEVEN_DECADES, 0.0, nominal.shape)
        keep = self.generator.random() < 0.6
        return np.where(decision.power_w > 0.0, decision.power_w, nominal) if keep else nominal

    def _with_power(self, decision: Decision, gains: Array | None = None) -> Decision:
        power, _ = improve_power(self.world, decision, self.best.gains if gains is None else gains, check=self.check)
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
        flight = self.planner.plan(decision) if plan else decision.positions_m
        planned = replace(decision, positions_m=flight)
        polished = polish_flight(self.world, planned, self.energy_weight, check=self.check)
        moved = replace(decision, positions_m=polished)
        gains = self.world.gains(polished)
        trial = self._with_power(self.feasible(moved, gains), gains)
        rival = BestDecision(self.world, trial)
        for _ in range(REFITS):
            if self.keep_if_better(rival.best.decision, gains):
                return True
            rival.keep_better_slots(self._searched(rival.best))
        return self.keep_if_better(rival.best.decision, gains)

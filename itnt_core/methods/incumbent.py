"""The best decision so far, judged slot by slot; whoever improves it offers trials and keeps what is better."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

import numpy as np

from itnt_core.arrays import Array, BoolArray
from itnt_core.network import Decision, World, breaks_limits, evaluate, min_sinr, without_broken_links
from itnt_core.objective import SAME, Service, objective_of, slot_service

from .progress import RunCancelled
from .runs_of_slots import better_runs


@dataclass(frozen=True, eq=False)
class Incumbent:
    """The best decision so far with its gains and what it brings, per slot and over the window."""

    decision: Decision
    gains: Array
    slots: Service  # arrays (slots,), of the served users alone: what is left of the slot under the active floor
    service: Service  # as the judge counts
    data_mbit: Array  # (slots, users), of the served users alone
    served: BoolArray  # (slots, users)


class BestDecision:
    """Holds the incumbent; nothing offered to it can make it worse.

    What is better is what the scenario's objective says. ``best`` is where the search stands, ``top`` the best answer
    as a whole, which a method returns: the two part where the reference holds users below the active floor, which a
    slot that is taken over would drop. Where the flight it starts from breaks a constraint, any that breaks none is
    better.
    """

    def __init__(self, world: World, start: Decision):
        self.world = world
        self.objective = objective_of(world.scenario)
        self.floor = min_sinr(world, "active")
        gains = world.gains(start.positions_m)
        self.best = self.top = self.judged(start, gains)
        self.is_flawed = breaks_limits(world, start)

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
        if self.objective.better(incumbent.service, self.top.service):
            self.top = incumbent

    def judged(self, decision: Decision, gains: Array) -> Incumbent:
        """Return a decision with what it brings; ``gains`` (T, U, B, K) are those of its flight."""
        evaluation = evaluate(self.world, decision, gains)
        active, slot_s = evaluation.active, self.world.scenario.time.slot_s
        slots = slot_service(active.is_served, active.rate_bit_s / 1e6, slot_s)
        slots = replace(slots, cost_mbit=evaluation.change_costs_mbit)
        data_mbit = np.where(active.is_served, active.rate_bit_s * (slot_s / 1e6), 0.0)
        return Incumbent(decision, gains, slots, Service.of(evaluation), data_mbit, active.is_served)

    def weight(self, incumbent: Incumbent | None = None) -> Array | None:
        """Return what a Mbit more of each user is worth (users,) beside what an incumbent gives; None: all the same."""
        utility = self.world.utility
        if utility.is_plain:
            return None
        return utility.search_slope((incumbent or self.best).data_mbit.sum(axis=0))

    def climbed(self, incumbent: Incumbent) -> Service:
        """Return what a search climbs: what the served users get, where data are worth something else made smooth."""
        total, utility = incumbent.slots.total(), self.world.utility
        if utility.is_plain:
            return total
        unserved = (~incumbent.served).sum()
        worth = float(utility.search_mbit(incumbent.data_mbit.sum(axis=0), unserved))
        return replace(total, utility_mbit=worth)

    def within_limits(self, decision: Decision) -> Decision:
        """Switch idle subchannels off, cut what is too much on one, scale stations down that are above their limit."""
        used = self.world.within_flux(decision.used_power_w)
        total = used.sum(axis=2, keepdims=True)
        limit = self.world.station_max_power_w[None, :, None]
        return replace(decision, power_w=used * np.minimum(1.0, limit / np.maximum(total, 1e-300)))

    def feasible(self, decision: Decision, gains: Array) -> Decision:
        """Drop links below the floor and changes of server that come too early; a later association may serve them.

        ``gains`` (T, U, B, K) are those of the decision's flight.
        """
        return without_broken_links(self.world, decision, evaluate(self.world, decision, gains))

    def keep_better_slots(self, trial: Decision) -> bool:
        """Take over the slots in which a trial on the same flight is better; say whether there was one.

        Where changes of server cost something, slots depend on one another: the best runs of them are taken over, if
        the whole is better with them.
        """
        trial = self.feasible(trial, self.best.gains)
        old, couples = self.best.decision, self.world.scenario.handover.couples
        if couples:
            better = better_runs(self.world, old, trial, self.best.gains, self.weight())
        else:
            better = self._better_slots(self.judged(trial, self.best.gains))
        if not better.any():
            return False
        merged = Decision(
            np.where(better[:, None], trial.station, old.station),
            np.where(better[:, None], trial.subchannel, old.subchannel),
            old.positions_m,
            np.where(better[:, None, None], trial.power_w, old.power_w),
            "active",
        )
        # slots of a reference that promised the lower floor of the other convention may hold users below this one
        merged = self.feasible(merged, self.best.gains)
        incumbent = self.judged(merged, self.best.gains)
        if couples and not self.objective.better(self.climbed(incumbent), self.climbed(self.best)):
            return False
        self._promote(incumbent)
        return True

    def _better_slots(self, trial: Incumbent) -> BoolArray:
        """Say in which slots a trial on the same flight is better (slots,).

        Where a Mbit is worth less to who has many, slots depend on one another: each in turn is weighed beside those
        that are taken over already.
        """
        utility, old = self.world.utility, self.best
        if utility.is_plain:
            return np.asarray(self.objective.better(trial.slots, old.slots))
        better = np.zeros(self.world.slots, dtype=bool)
        total, served = old.data_mbit.sum(axis=0), int(old.served.sum())
        count = old.served.size
        reached = utility.search_mbit(total, count - served)
        change = (trial.data_mbit != old.data_mbit).any(axis=1) | (trial.served != old.served).any(axis=1)
        for slot in np.flatnonzero(change):
            more = int(trial.served[slot].sum()) - int(old.served[slot].sum())
            if self.objective.is_coverage_first and more < 0:
                continue
            other = total + trial.data_mbit[slot] - old.data_mbit[slot]
            found = utility.search_mbit(other, count - served - more)
            if found > reached + SAME or (self.objective.is_coverage_first and more > 0):
                better[slot], total, reached, served = True, other, found, served + more
        return better

    def keep_if_better(self, trial: Decision, gains: Array) -> bool:
        """Take over a whole trial with a flight of its own if it is better and breaks no constraint.

        ``gains`` (T, U, B, K) are those of that flight.
        """
        judged = self.judged(trial, gains)
        better = self.objective.better(self.climbed(judged), self.climbed(self.best))
        if not (better or self.is_flawed) or breaks_limits(self.world, trial):
            return False
        if self.is_flawed:
            self.best = self.top = judged
            self.is_flawed = False
        else:
            self._promote(judged)
        return True

    def keep_as_answer(self, trial: Decision, gains: Array) -> None:
        """Take over a whole trial as the answer if it is better as the judge counts; the search stays where it is.

        ``gains`` (T, U, B, K) are those of its flight.
        """
        judged = self.judged(trial, gains)
        if self.objective.better(judged.service, self.top.service) and not breaks_limits(self.world, trial):
            self.top = judged

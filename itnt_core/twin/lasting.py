"""Plans that outlive their window: with perfect forecasts of the whole run, and as a start of the next one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from itnt_core.twin.planning.ascent import SOLVERS, Notify, Solver
from itnt_core.twin.planning.foresight import cycle_of
from itnt_core.twin.planning.joint import Planned, plan_joint
from itnt_core.twin.planning.relaxed import Relaxed
from itnt_core.twin.planning.window import Plan, Window

from .checkpoint import Memory, arrays_of_plan, plan_of_arrays
from .deciding import CycleDecision, SchemeBase, State, actual_window
from .environment import Environment, actual_cycles
from .scenario import MOST_SIZE


class PerfectForecasts(SchemeBase):
    """A plan of all that is left of the run, so far as its size allows, from the actual gains and arrivals.

    It minimises the very figure that the run is judged by. Where the run is longer than one plan, the next one is made
    a window later and keeps the last one where that is better.
    """

    def __init__(self, environment: Environment, notify: Notify | None):
        super().__init__(environment, notify)
        self.solver: Solver = SOLVERS[environment.scenario.sharing.solver]()
        self._now: tuple[int, Window, Planned] | None = None

    def decide(self, state: State) -> CycleDecision:
        """Take the cycle out of the plan; plan at the start of a window where the plan ends before the run does."""
        scenario = self.environment.scenario
        per = scenario.sharing.cycles_per_window
        if self._now is None or (state.cycle % per == 0 and self._end() < scenario.cycles):
            self._now = self._plan(state)
        first, window, planned = self._now
        at = cycle_of(planned.at, state.cycle - first)
        return CycleDecision(actual_window(self.environment, window, state, None), at)

    def remember(self) -> Memory:
        """Return the plan that is being followed, its links and its first cycle."""
        if self._now is None:
            return {}
        first, window, planned = self._now
        return {"first": np.array(first), **remembered(window, planned)}

    def recall(self, memory: Memory) -> None:
        """Take over the plan that was followed."""
        if memory:
            first = int(memory["first"])
            part = slice(first, first + memory["steering"].shape[1])
            self._now = (first, *recalled(self.environment, memory, part))

    def _end(self) -> int:
        """Return the cycle after the last one that is planned."""
        return 0 if self._now is None else self._now[0] + self._now[1].cycles

    def _plan(self, state: State) -> tuple[int, Window, Planned]:
        environment, scenario = self.environment, self.environment.scenario
        per_cycle = environment.users * scenario.network.radio.subchannels
        cycles = max(scenario.sharing.cycles_per_window, MOST_SIZE // per_cycle)
        part = slice(state.cycle, min(scenario.cycles, state.cycle + cycles))
        window = actual_cycles(environment, part, state.queue_tn_mbit, state.queue_ntn_mbit)
        before = None
        if self._now is not None:
            first, about, planned = self._now
            before = repeated(window, about, planned, state.cycle - first)
        planned = plan_joint(window, self.solver, self.notify, before=before)
        self.plan_s += planned.wall_s
        number = state.cycle // scenario.sharing.cycles_per_window
        self.course += [(number, step) for step in planned.course]
        return state.cycle, window, planned


def remembered(window: Window, planned: Planned) -> Memory:
    """Return a plan and the links that it is about as arrays."""
    return {
        "link_transmitter": window.link_transmitter,
        "link_user": window.link_user,
        **arrays_of_plan(planned.at),
    }


def recalled(environment: Environment, memory: Memory, part: slice) -> tuple[Window, Planned]:
    """Return the window of some cycles and the plan of them that was remembered; what waited then is left out."""
    window = actual_cycles(environment, part)
    window = replace(window, link_transmitter=memory["link_transmitter"], link_user=memory["link_user"])
    return window, Planned(plan_of_arrays(memory), 0.0, "taken over", (), 0.0)


def repeated(window: Window, about: Window, planned: Planned, first: int | None = None) -> Relaxed:
    """Return a plan of another window as one of ``window``: its cycles from ``first`` on, then its last one again.

    Without ``first`` every cycle is like the last one. Links that only one of the windows has get nothing, or are lost.
    """
    last = about.cycles - 1
    cycles = np.minimum(last, np.arange(window.cycles) + (last if first is None else first))
    plan, pairs = planned.at.plan, {pair: n for n, pair in enumerate(zip(*links_of(about), strict=True))}
    share = np.zeros((window.links, window.subbands, window.cycles))
    association = np.zeros((window.links, window.cycles))
    for link, pair in enumerate(zip(*links_of(window), strict=True)):
        if pair in pairs:
            share[link] = plan.share[pairs[pair]][:, cycles]
            association[link] = planned.at.association[pairs[pair]][cycles]
    kept = Plan(
        plan.power[:, :, cycles],
        share,
        plan.steering[:, cycles],
        plan.mask_tn[:, cycles],
        plan.mask_ntn[:, cycles],
    )
    return Relaxed(kept, association)


def links_of(window: Window) -> tuple[list[int], list[int]]:
    """Return transmitters and users of a window's links as lists."""
    return window.link_transmitter.tolist(), window.link_user.tolist()

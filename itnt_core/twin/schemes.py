"""The schemes to compare: what each knows, when it plans, and what it corrects."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy as np

from itnt_core.arrays import IntArray
from itnt_core.twin.planning.ascent import SOLVERS, Iteration, Notify, Solver, assigned
from itnt_core.twin.planning.foresight import Ahead, cycle_of
from itnt_core.twin.planning.joint import PLANNERS, QUICK, Planned, PlanningEffort, plan_joint
from itnt_core.twin.planning.refine import refine, refine_lite
from itnt_core.twin.planning.relaxed import Relaxed
from itnt_core.twin.planning.window import Array, Plan, Window, spectral_efficiency

from .beliefs.listener import SERVED_SHARE, Listener
from .checkpoint import Memory, arrays_of_plan, plan_of_arrays
from .environment import Environment, seen, window_of, within_cycles
from .names import SCHEME_TITLES, SCHEME_WORDS
from .scenario import MOST_SIZE

EFFORTS = {"full": PlanningEffort(), "quick": QUICK}
ESTIMATE_MEMORY = 0.5  # of the causal arrival estimate: how much of it is the last cycle, the rest is the forecast


@dataclass(frozen=True, eq=False)
class CycleDecision:
    """What one cycle is run with: its plan and the window (its links and candidates) the plan is about."""

    window: Window
    at: Relaxed
    planned: Relaxed | None = None  # what the twin had planned, where that was corrected


@dataclass(frozen=True, eq=False)
class State:
    """What is known at the start of a cycle: its number, and the measured queues (users,) in Mbit."""

    cycle: int
    queue_tn_mbit: Array
    queue_ntn_mbit: Array


class Scheme(Protocol):
    """Decide cycle after cycle; times and courses are kept for the record."""

    plan_s: float
    refine_s: list[float]
    course: list[tuple[int, Iteration]]
    listener: Listener | None

    def decide(self, state: State) -> CycleDecision:
        """Return the decision of the next cycle."""

    def follow(self, state: State, decision: CycleDecision) -> None:
        """Take note of a decision that this scheme made before the run was stopped."""

    def remember(self) -> Memory:
        """Return what the next plan depends on beside the world and the decisions, as arrays."""

    def recall(self, memory: Memory) -> None:
        """Take over what :meth:`remember` gave before the run was stopped."""


@dataclass(frozen=True)
class SchemeEntry:
    """A scheme in the registry."""

    key: str
    title: str
    summary: str
    make: Callable[[Environment, Notify | None], Scheme]


class _SchemeBase:
    """What every scheme has: its world, who hears of the planner's steps, and what is kept for the record."""

    def __init__(self, environment: Environment, notify: Notify | None):
        self.environment, self.notify = environment, notify
        self.plan_s = 0.0
        self.refine_s: list[float] = []
        self.course: list[tuple[int, Iteration]] = []
        self.listener: Listener | None = None

    def follow(self, state: State, decision: CycleDecision) -> None:
        """Take note of a decision that was made before the run was stopped: nothing depends on it."""

    def remember(self) -> Memory:
        """Return what the next plan depends on beside the world and the decisions: nothing."""
        return {}

    def recall(self, memory: Memory) -> None:
        """Take over what was remembered: nothing."""


def believed_gain(environment: Environment, listener: Listener | None, part: slice) -> Array:
    """Return the gains (transmitters, users, cycles) of some cycles as the twin takes them when it plans them."""
    return environment.predicted[:, :, part] if listener is None else listener.gains(part)


def links_served(window: Window, plan: Plan) -> tuple[IntArray, IntArray]:
    """Return transmitters and users (n,) of the links that get a share in a cycle, and so report."""
    chosen = plan.share[:, :, 0].sum(axis=1) > SERVED_SHARE
    return window.link_transmitter[chosen], window.link_user[chosen]


class Planning(_SchemeBase):
    """A plan per window from what the twin predicts, corrected each cycle or not."""

    def __init__(self, environment: Environment, notify: Notify | None, planner: str, correct: str | None):
        super().__init__(environment, notify)
        self.planner, self.correct = planner, correct
        self.solver: Solver = SOLVERS[environment.scenario.sharing.solver]()
        self.listener = environment.listener()
        self._last: CycleDecision | None = None
        self._now: tuple[Window, Planned] | None = None  # of the window that the cycle is in

    def decide(self, state: State) -> CycleDecision:
        """Plan at the start of a window, take the cycle out of the plan, and correct it where the scheme does."""
        self._hear(state)
        self._last = self._decide(state)
        return self._last

    def follow(self, state: State, decision: CycleDecision) -> None:
        """Hear the reports that were heard before the run was stopped."""
        self._hear(state)
        self._last = decision

    def remember(self) -> Memory:
        """Return the last plan and its links, from which the next one starts, too."""
        return {} if self._now is None else remembered(*self._now)

    def recall(self, memory: Memory) -> None:
        """Take over the last plan."""
        if memory:
            sharing = self.environment.scenario.sharing
            self._now = recalled(self.environment, memory, slice(0, sharing.cycles_per_window))

    def _hear(self, state: State) -> None:
        if self.listener is not None and self._last is not None:
            self.listener.hear(state.cycle - 1, *links_served(self._last.window, self._last.at.plan))

    def _decide(self, state: State) -> CycleDecision:
        per = self.environment.scenario.sharing.cycles_per_window
        within = state.cycle % per
        if within == 0 or self._now is None:
            self._now = self._plan(state, per)
        about, planned = self._now
        at = cycle_of(planned.at, within)
        window = actual_window(self.environment, about, state, self._estimate(state))
        if self.correct is None:
            return CycleDecision(window, at)
        strict = self.environment.scenario.sharing.strict_steering
        ahead = Ahead.of(about, planned.at, within)
        if self.correct == "lite":
            found = refine_lite(window, at, strict=strict, ahead=ahead)
        else:
            found = refine(window, at, solver=self.solver, strict=strict, ahead=ahead)
        self.refine_s.append(found.wall_s)
        return CycleDecision(window, found.at, at)

    def _plan(self, state: State, cycles: int) -> tuple[Window, Planned]:
        environment = self.environment
        part = slice(state.cycle, state.cycle + cycles)
        window = window_of(
            environment,
            believed_gain(environment, self.listener, part),
            self._expected(part),
            state.queue_tn_mbit,
            state.queue_ntn_mbit,
            environment.visible[part],
        )
        known = environment.kept.get(self.planner) if state.cycle == 0 else None
        more: dict[str, Any] = {"effort": EFFORTS[environment.scenario.sharing.effort]}
        if self._now and self.planner == "joint":
            more["before"] = repeated(window, *self._now)
        planned: Planned = known or PLANNERS[self.planner](window, self.solver, self.notify, **more)
        if state.cycle == 0:
            environment.kept[self.planner] = planned
        self.plan_s += planned.wall_s
        self.course += [(state.cycle // cycles, step) for step in planned.course]
        return window, planned

    def _headroom(self) -> float:
        """Return what predicted arrivals are multiplied by; a forecast that cannot be wrong needs no headroom."""
        scenario = self.environment.scenario
        is_sure = scenario.traffic.forecaster == "perfect" and scenario.error.traffic_sigma == 0.0
        return 1.0 if is_sure else 1.0 + scenario.sharing.headroom

    def _expected(self, part: slice) -> Array:
        return self.environment.demand.predicted_mbit[part] * self._headroom()

    def _estimate(self, state: State) -> Array:
        """Return the causal estimate of this cycle's arrivals (users,)."""
        expected = self._expected(slice(state.cycle, state.cycle + 1))[0]
        if state.cycle == 0 or self.environment.scenario.traffic.forecaster == "perfect":
            return expected
        last = self._headroom() * self.environment.arrivals_mbit[state.cycle - 1]
        return ESTIMATE_MEMORY * last + (1.0 - ESTIMATE_MEMORY) * expected


class PerfectForecasts(_SchemeBase):
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
        window = window_of(
            environment,
            environment.gain[:, :, part],
            environment.slot_arrivals_mbit[part],
            state.queue_tn_mbit,
            state.queue_ntn_mbit,
            environment.visible[part],
        )
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
    nothing = np.zeros(environment.users)
    window = window_of(
        environment,
        environment.gain[:, :, part],
        environment.slot_arrivals_mbit[part],
        nothing,
        nothing,
        environment.visible[part],
    )
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


class Reactive(_SchemeBase):
    """No twin: each cycle is planned for itself with the gains and arrivals of the one before."""

    def __init__(self, environment: Environment, notify: Notify | None):
        super().__init__(environment, notify)
        self.solver: Solver = SOLVERS[environment.scenario.sharing.solver]()

    def decide(self, state: State) -> CycleDecision:
        """Plan one cycle; the very first uses its own gains and the mean load, for nothing was measured before."""
        environment = self.environment
        last = max(0, state.cycle - 1)
        part = slice(last, last + 1)
        visible = environment.visible[state.cycle]  # of orbits, which are known
        if state.cycle == 0:
            scenario = environment.scenario
            arrivals = np.full((1, environment.users), scenario.traffic.mean_load_mbit_s * scenario.cycle_s)
        else:
            arrivals = environment.arrivals_mbit[part]
        window = window_of(
            environment,
            environment.gain[:, :, part],
            arrivals,
            state.queue_tn_mbit,
            state.queue_ntn_mbit,
            visible,
        )
        planned = plan_joint(window, self.solver, self.notify, QUICK)
        self.refine_s.append(planned.wall_s)
        return CycleDecision(actual_window(environment, window, state, arrivals[0]), planned.at)


class Greedy(_SchemeBase):
    """Full reuse: everybody sends on every sub-band at equal power; the strongest station serves, shares by backlog."""

    def decide(self, state: State) -> CycleDecision:
        """Serve in proportion to what waits and is expected; all sub-bands are shared, whatever the limit."""
        environment = self.environment
        part = slice(state.cycle, state.cycle + 1)
        expected = environment.demand.predicted_mbit[part]
        window = window_of(
            environment,
            environment.gain[:, :, part],
            expected,
            state.queue_tn_mbit,
            state.queue_ntn_mbit,
            environment.visible[state.cycle],
        )
        window = replace(window, shared_most=window.subbands)
        waiting = state.queue_tn_mbit + state.queue_ntn_mbit + expected[0]
        return CycleDecision(window, full_reuse(window, waiting))


def full_reuse(window: Window, waiting_mbit: Array) -> Relaxed:
    """Return the plan of full reuse for one cycle; ``waiting_mbit`` (users,) weighs the shares.

    A transmitter that no user can be served by stays silent.
    """
    per = (window.subbands, 1)
    linked = np.bincount(window.link_transmitter, minlength=window.transmitters) > 0
    level: Array = np.where(linked, np.minimum(1.0, window.budget / window.subbands), 0.0)
    power = np.repeat(level[:, None, None], window.subbands, axis=1)
    gain = window.heard[window.link_transmitter, window.link_user, 0]
    everybody = np.ones((window.links, 1))
    association = assigned(window, gain[:, None], (0.0 * everybody, everybody))
    wanted = association[:, 0] * np.maximum(waiting_mbit, 1e-9)[window.link_user]
    total = np.bincount(window.link_transmitter, wanted, window.transmitters)
    share = wanted / np.maximum(1e-12, total[window.link_transmitter])
    shares = np.repeat(share[:, None, None], window.subbands, axis=1)
    rate = window.subband_mhz * (shares * spectral_efficiency(window, power)).sum(axis=(1, 2))
    sides = np.stack(
        [np.bincount(window.link_user[chosen], rate[chosen], window.users) for chosen in (window.is_tn, ~window.is_tn)]
    )
    both = sides.sum(axis=0)
    steering = np.where(both > 0.0, sides[0] / np.maximum(both, 1e-12), 1.0)[:, None]
    plan = Plan(power, shares, steering, np.ones(per), np.ones(per))
    return Relaxed(plan, association)


def actual_window(environment: Environment, window: Window, state: State, arrivals_mbit: Array | None) -> Window:
    """Return one cycle with a window's links, the actual gains and the measured queues.

    Arrivals (users,) come evenly; with None they are the actual ones.
    """
    now = slice(state.cycle, state.cycle + 1)
    coming = environment.slot_arrivals_mbit[now] if arrivals_mbit is None else arrivals_mbit[None]
    arrivals, part = within_cycles(coming, environment.scenario.sharing.slots_per_cycle)
    return replace(
        window,
        gain=seen(environment, environment.gain[:, :, now], environment.visible[now]),
        arrivals_mbit=arrivals,
        slot_part=part,
        queue_tn_mbit=state.queue_tn_mbit,
        queue_ntn_mbit=state.queue_ntn_mbit,
    )


def _planning(planner: str, correct: str | None) -> Callable[..., Scheme]:
    return lambda environment, notify: Planning(environment, notify, planner, correct)


_MAKERS: dict[str, Callable[..., Scheme]] = {
    "genie": PerfectForecasts,
    "joint_refine": _planning("joint", "refine"),
    "joint": _planning("joint", None),
    "orthogonal_refine": _planning("orthogonal", "refine"),
    "tn_only_refine": _planning("tn_only", "refine"),
    "greedy": Greedy,
    "reactive": Reactive,
    "lite": _planning("joint", "lite"),
}
SCHEMES: dict[str, SchemeEntry] = {
    key: SchemeEntry(key, title, SCHEME_WORDS[key], _MAKERS[key]) for key, title in SCHEME_TITLES.items()
}

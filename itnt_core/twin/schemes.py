"""The schemes to compare: what each knows, when it plans, and what it corrects."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from itnt_core.arrays import IntArray
from itnt_core.twin.planning.ascent import SOLVERS, Iteration, Notify, Solver
from itnt_core.twin.planning.foresight import Ahead, cycle_of
from itnt_core.twin.planning.joint import PLANNERS, QUICK, Planned, plan_joint
from itnt_core.twin.planning.refine import refine, refine_lite
from itnt_core.twin.planning.relaxed import Relaxed
from itnt_core.twin.planning.window import Array, Plan, Window, spectral_efficiency

from .beliefs.listener import SERVED_SHARE, Listener
from .environment import Environment, window_of
from .names import SCHEME_TITLES, SCHEME_WORDS

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


def believed_gain(environment: Environment, listener: Listener | None, part: slice) -> Array:
    """Return the gains (transmitters, users, cycles) of some cycles as the twin takes them when it plans them."""
    return environment.predicted[:, :, part] if listener is None else listener.gains(part)


def links_served(window: Window, plan: Plan) -> tuple[IntArray, IntArray]:
    """Return transmitters and users (n,) of the links that get a share in a cycle, and so report."""
    chosen = plan.share[:, :, 0].sum(axis=1) > SERVED_SHARE
    return window.link_transmitter[chosen], window.link_user[chosen]


class Planning(_SchemeBase):
    """A plan per window from the twin's data or, for the genie, the actual ones; corrected each cycle or not."""

    def __init__(
        self,
        environment: Environment,
        notify: Notify | None,
        planner: str,
        correct: str | None,
        knows_all: bool = False,
    ):
        super().__init__(environment, notify)
        self.planner, self.correct, self.knows_all = planner, correct, knows_all
        self.solver: Solver = SOLVERS[environment.scenario.sharing.solver]()
        self.listener = None if knows_all else environment.listener()
        self._last: CycleDecision | None = None
        self._now: tuple[Window, Planned]  # of the window that the cycle is in; the first cycle sets it

    def decide(self, state: State) -> CycleDecision:
        """Plan at the start of a window, take the cycle out of the plan, and correct it where the scheme does."""
        if self.listener is not None and self._last is not None:
            self.listener.hear(state.cycle - 1, *links_served(self._last.window, self._last.at.plan))
        self._last = self._decide(state)
        return self._last

    def _decide(self, state: State) -> CycleDecision:
        per = self.environment.scenario.sharing.cycles_per_window
        within = state.cycle % per
        if within == 0:
            self._plan(state, per)
        about, planned = self._now
        at = cycle_of(planned.at, within)
        window = actual_window(self.environment, about, state, self._estimate(state))
        if self.correct is None:
            return CycleDecision(window, at)
        strict = self.environment.scenario.sharing.strict_steering
        if self.correct == "lite":
            found = refine_lite(window, at, strict=strict)
        else:
            ahead = Ahead.of(about, planned.at, within)
            found = refine(window, at, solver=self.solver, strict=strict, ahead=ahead)
        self.refine_s.append(found.wall_s)
        return CycleDecision(window, found.at, at)

    def _plan(self, state: State, cycles: int) -> None:
        environment = self.environment
        part = slice(state.cycle, state.cycle + cycles)
        gain = environment.gain[:, :, part] if self.knows_all else believed_gain(environment, self.listener, part)
        arrivals = environment.arrivals_mbit[part] if self.knows_all else self._expected(part)
        visible = np.asarray(environment.visible[part].all(axis=0))
        window = window_of(environment, gain, arrivals, state.queue_tn_mbit, state.queue_ntn_mbit, visible)
        key = (self.planner, self.knows_all)
        known = environment.first_plans.get(key) if state.cycle == 0 else None
        planned: Planned = known or PLANNERS[self.planner](window, self.solver, self.notify)
        if state.cycle == 0:
            environment.first_plans[key] = planned
        self._now = window, planned
        self.plan_s += planned.wall_s
        self.course += [(state.cycle // cycles, step) for step in planned.course]

    def _expected(self, part: slice) -> Array:
        sharing = self.environment.scenario.sharing
        return self.environment.demand.predicted_mbit[part] * (1.0 + sharing.headroom)

    def _estimate(self, state: State) -> Array:
        """Return the causal estimate of this cycle's arrivals (users,); the genie's are the actual ones."""
        if self.knows_all:
            return self.environment.arrivals_mbit[state.cycle]
        expected = self._expected(slice(state.cycle, state.cycle + 1))[0]
        if state.cycle == 0 or self.environment.scenario.traffic.forecaster == "perfect":
            return expected
        headroom = 1.0 + self.environment.scenario.sharing.headroom
        last = headroom * self.environment.arrivals_mbit[state.cycle - 1]
        return ESTIMATE_MEMORY * last + (1.0 - ESTIMATE_MEMORY) * expected


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
            environment.visible[last],
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
    association = np.zeros((window.links, 1))
    for chosen in (window.is_tn, ~window.is_tn):
        for user in np.unique(window.link_user[chosen]):
            links = np.flatnonzero(chosen & (window.link_user == user))
            association[links[gain[links].argmax()]] = 1.0
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


def actual_window(environment: Environment, window: Window, state: State, arrivals_mbit: Array) -> Window:
    """Return one cycle with a window's links, the actual gains, the measured queues and given arrivals (users,)."""
    return replace(
        window,
        gain=environment.gain[:, :, state.cycle : state.cycle + 1],
        arrivals_mbit=arrivals_mbit[:, None],
        queue_tn_mbit=state.queue_tn_mbit,
        queue_ntn_mbit=state.queue_ntn_mbit,
    )


def _planning(planner: str, correct: str | None, knows_all: bool = False) -> Callable[..., Scheme]:
    return lambda environment, notify: Planning(environment, notify, planner, correct, knows_all)


_MAKERS: dict[str, Callable[..., Scheme]] = {
    "genie": _planning("joint", "refine", True),
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

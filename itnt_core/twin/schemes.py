"""The schemes to compare: what each knows, when it plans, and what it corrects."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from itnt_core.twin.planning.ascent import SOLVERS, Notify, Solver, assigned
from itnt_core.twin.planning.foresight import Ahead, cycle_of
from itnt_core.twin.planning.joint import PLANNERS, QUICK, Planned, PlanningEffort, plan_joint
from itnt_core.twin.planning.refine import refine, refine_lite
from itnt_core.twin.planning.relaxed import Relaxed
from itnt_core.twin.planning.window import Array, Plan, Window, spectral_efficiency

from .checkpoint import Memory
from .deciding import CycleDecision, Scheme, SchemeBase, State, actual_window, believed_gain, links_served
from .environment import Environment, window_of
from .lasting import PerfectForecasts, recalled, remembered, repeated
from .names import SCHEME_TITLES, SCHEME_WORDS

EFFORTS = {"full": PlanningEffort(), "quick": QUICK}
ESTIMATE_MEMORY = 0.5  # of the causal arrival estimate: how much of it is the last cycle, the rest is the forecast


@dataclass(frozen=True)
class SchemeEntry:
    """A scheme in the registry."""

    key: str
    title: str
    summary: str
    make: Callable[[Environment, Notify | None], Scheme]


class Planning(SchemeBase):
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


class Reactive(SchemeBase):
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


class Greedy(SchemeBase):
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

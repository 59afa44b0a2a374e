"""One scheme over all windows of a scenario: the course of everything, and the figures it is known by."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from itnt_core.twin.planning.ascent import Iteration
from itnt_core.twin.planning.objective import mean_backlog, power_cost
from itnt_core.twin.planning.window import Array, Plan, Window, find_faults
from itnt_core.units import to_db

from .beliefs.listener import Listener, Reports
from .beliefs.shadow_map import Estimates
from .checkpoint import Checkpoints, KeptDecision, Past
from .deciding import CycleDecision, Scheme, State, believed_gain
from .environment import Environment, actual_cycles
from .names import find_scheme
from .rollout import Served, carried_by_subband, interference_to_noise, play_cycle
from .scenario import TwinScenario
from .schemes import SCHEMES

USED_POWER = 1e-3  # of the cap, below which a transmitter counts as silent on a sub-band


@dataclass(frozen=True)
class Progress:
    """How far a run is: the cycle being decided, and the step of the planner where there is one."""

    cycle: int
    cycles: int
    backlog_mbit: float
    step: Iteration | None = None


@dataclass(frozen=True, eq=False)
class Rollout:
    """The whole course of one scheme.

    ``queue_mbit`` and ``served_mbit`` (2, slots, users), base stations' side first; ``rate_mbit_s`` (2, cycles, users);
    ``power`` (cycles, transmitters, subbands) of the cap; ``share`` (cycles, transmitters, users, subbands);
    ``steering`` and ``planned_steering`` (cycles, users); ``mask`` and ``active`` (2, cycles, subbands): allowed, and
    really sent on; ``planned_power`` like ``power`` and ``planned_share`` like ``share``: before the correction, the
    latter None in the replay of a result from before it was kept; ``load_mbit_s`` (2, cycles, subbands) what links
    could carry; ``interference_to_noise`` (2, cycles). ``believed`` (transmitters, users, cycles): the gains that
    the twin went by, and ``reports`` what it learned from, None where it does not learn.
    """

    scheme: str
    queue_mbit: Array
    served_mbit: Array
    rate_mbit_s: Array
    power: Array
    planned_power: Array
    share: Array
    planned_share: Array | None
    steering: Array
    planned_steering: Array
    mask: Array
    active: Array
    load_mbit_s: Array
    interference_to_noise: Array
    course: tuple[tuple[int, Iteration], ...]
    faults: tuple[str, ...]
    believed: Array
    reports: Reports | None
    estimates: tuple[Estimates | None, ...]
    plan_s: float
    refine_s: tuple[float, ...]

    @property
    def backlog_mbit(self) -> Array:
        """Return the backlog of both sides and all users (slots,)."""
        total: Array = self.queue_mbit.sum(axis=(0, 2))
        return total


def simulate(
    environment: Environment,
    scheme: str,
    notify: Callable[[Progress], None] | None = None,
    checkpoints: Checkpoints | None = None,
) -> Rollout:
    """Roll a scheme out over all windows, with the actual queues carried from window to window.

    ``checkpoints`` of a run that was stopped are taken over, and kept on the way: the same arrays come out.
    """
    scenario = environment.scenario
    cycles, per, users = scenario.cycles, scenario.sharing.slots_per_cycle, environment.users
    now = {"cycle": 0, "backlog": 0.0}

    def pass_on(step: Iteration) -> None:
        if notify is not None:
            notify(Progress(int(now["cycle"]), cycles, now["backlog"], step))

    player: Scheme = SCHEMES[find_scheme(scheme)].make(environment, pass_on)
    past = Past() if checkpoints is None else checkpoints.read()
    _take_over(player, past)
    queue = np.zeros((2, users))
    decisions: list[CycleDecision] = []
    played: list[Served] = []
    faults: list[str] = []
    believed: list[Array] = []
    for cycle in range(cycles):
        now["cycle"], now["backlog"] = cycle, float(queue.sum())
        if notify is not None:
            notify(Progress(cycle, cycles, float(queue.sum())))
        state = State(cycle, queue[0], queue[1])
        if cycle < len(past.decisions):
            decision = restored(environment, state, past.decisions[cycle])
            player.follow(state, decision)
        else:
            decision = player.decide(state)
            if checkpoints is not None:
                checkpoints.add(_kept(decision))
        served = play_cycle(decision.window, decision.at.plan, environment.demand.arrivals_mbit[cycle * per :][:per])
        faults += cycle_faults(decision.window, decision.at.plan, cycle)
        queue = served.queue_mbit[:, -1]
        decisions.append(decision)
        played.append(served)
        if cycle % scenario.sharing.cycles_per_window == 0:
            window = slice(cycle, cycle + scenario.sharing.cycles_per_window)
            believed.append(believed_gain(environment, player.listener, window))
        if checkpoints is not None and (cycle + 1) % scenario.sharing.cycles_per_window == 0:
            checkpoints.window_over(player)
    return _gathered(scheme, decisions, played, faults, believed, player)


def _take_over(player: Scheme, past: Past) -> None:
    player.recall(past.memory)
    player.course, player.plan_s, player.refine_s = list(past.course), past.plan_s, list(past.refine_s)


def _kept(decision: CycleDecision) -> KeptDecision:
    window = decision.window
    return KeptDecision(window.link_transmitter, window.link_user, decision.at, decision.planned)


def restored(environment: Environment, state: State, kept: KeptDecision) -> CycleDecision:
    """Return a decision that was kept, in its cycle of the world."""
    part = slice(state.cycle, state.cycle + 1)
    window = actual_cycles(environment, part, state.queue_tn_mbit, state.queue_ntn_mbit)
    window = replace(window, link_transmitter=kept.link_transmitter, link_user=kept.link_user)
    return CycleDecision(window, kept.at, kept.planned)


def cycle_faults(window: Window, plan: Plan, cycle: int) -> list[str]:
    """Return the broken constraints of a cycle; the feeder is left out, for the roll-out itself keeps to it."""
    found = [fault for fault in find_faults(window, plan) if fault != "the feeder's capacity"]
    return [f"{fault}, cycle {cycle + 1}" for fault in found]


def learned(listener: Listener | None) -> dict[str, Any]:
    """Return what a twin learned from and found out in a run, as the fields of :class:`Rollout` are called."""
    if listener is None:
        return {"reports": None, "estimates": ()}
    estimates = tuple(shadow_map.estimates() for shadow_map in listener.maps)
    return {"reports": Reports.joined(listener.heard), "estimates": estimates}


def _gathered(
    scheme: str,
    decisions: list[CycleDecision],
    played: list[Served],
    faults: list[str],
    believed: list[Array],
    player: Scheme,
) -> Rollout:
    windows = [decision.window for decision in decisions]
    plans = [decision.at.plan for decision in decisions]
    before = [(decision.planned or decision.at).plan for decision in decisions]
    power = np.stack([plan.power[:, :, 0] for plan in plans])
    return Rollout(
        scheme=scheme,
        queue_mbit=np.concatenate([served.queue_mbit for served in played], axis=1),
        served_mbit=np.concatenate([served.served_mbit for served in played], axis=1),
        rate_mbit_s=np.stack([served.rate_mbit_s for served in played], axis=1),
        power=power,
        planned_power=np.stack([plan.power[:, :, 0] for plan in before]),
        share=np.stack([_by_pair(*pair) for pair in zip(windows, plans, strict=True)]),
        planned_share=np.stack([_by_pair(*pair) for pair in zip(windows, before, strict=True)]),
        steering=np.stack([plan.steering[:, 0] for plan in plans]),
        planned_steering=np.stack([plan.steering[:, 0] for plan in before]),
        mask=np.stack([[plan.mask_tn[:, 0], plan.mask_ntn[:, 0]] for plan in plans], axis=1),
        active=sending(power, decisions[0].window.stations),
        load_mbit_s=np.stack([carried_by_subband(d.window, d.at.plan)[:, :, 0] for d in decisions], axis=1),
        interference_to_noise=np.stack([interference_to_noise(d.window, d.at.plan)[:, 0] for d in decisions], axis=1),
        course=tuple(player.course),
        faults=tuple(faults),
        believed=np.concatenate(believed, axis=2),
        **learned(player.listener),
        plan_s=player.plan_s,
        refine_s=tuple(player.refine_s),
    )


def sending(power: Array, stations: int) -> Array:
    """Return 1 where a system really sends (2, cycles, subbands), from powers (cycles, transmitters, subbands)."""
    sides = (power[:, :stations], power[:, stations:])
    return np.stack([(side > USED_POWER).any(axis=1) for side in sides]).astype(float)


def _by_pair(window: Window, plan: Plan) -> Array:
    """Return a plan's shares of one cycle as (transmitters, users, subbands)."""
    shares = np.zeros((window.transmitters, window.users, window.subbands))
    shares[window.link_transmitter, window.link_user] = plan.share[:, :, 0]
    return shares


def figures(environment: Environment, rollout: Rollout) -> dict[str, Any]:
    """Return the figures a run is known by, as ``twin run`` prints them, and more."""
    scenario = environment.scenario
    found = course_figures(
        scenario, rollout.queue_mbit, rollout.served_mbit, rollout.active, rollout.interference_to_noise
    )
    weighted = mean_backlog(rollout.queue_mbit.swapaxes(1, 2), environment.weight)
    cost = power_cost(np.moveaxis(rollout.power, 0, 2), scenario.sharing.power_price)
    found["objective_mbit"] = weighted + cost
    return {
        "scheme": rollout.scheme,
        "seed": scenario.seed,
        "plan_s": round(rollout.plan_s / max(1, scenario.windows), 4),
        "refine_s_per_cycle": round(float(np.mean(rollout.refine_s)) if rollout.refine_s else 0.0, 4),
        "violations": len(rollout.faults),
        **found,
        **_report_figures(rollout.reports),
    }


def _report_figures(reports: Reports | None) -> dict[str, Any]:
    if reports is None:
        return {}
    return {"reports": reports.user.size, "reports_within": float(reports.within.mean()) if reports.user.size else None}


def course_figures(
    scenario: TwinScenario, queue_mbit: Array, served_mbit: Array, active: Array, interference_to_noise: Array
) -> dict[str, Any]:
    """Return the figures that follow from a course, whose arrays have the shapes of those of :class:`Rollout`."""
    backlog = queue_mbit.sum(axis=(0, 2))
    served = served_mbit.sum(axis=(1, 2))
    duration_s = scenario.network.time.slot_s * backlog.size
    throughput = served.sum() / duration_s
    queue_of_user = queue_mbit.sum(axis=0).mean(axis=0)  # (users,)
    rate_of_user = served_mbit.sum(axis=(0, 1)) / duration_s
    # Little's law: mean waiting time = mean queue over throughput; who gets nothing waits for ever.
    delay = np.divide(queue_of_user, rate_of_user, out=np.full(rate_of_user.size, np.inf), where=rate_of_user > 0.0)
    delay[queue_of_user <= 0.0] = 0.0
    tn, ntn = active
    return {
        "mean_backlog_mbit": float(backlog.mean()),
        "max_backlog_mbit": float(backlog.max()),
        "final_backlog_mbit": float(backlog[-1]),
        "delay_s": float(queue_of_user.sum() / throughput) if throughput > 0.0 else None,
        "served_mbit": float(served.sum()),
        "ntn_share": float(served[1] / served.sum()) if served.sum() > 0.0 else 0.0,
        "satisfied_share": float((delay <= scenario.cycle_s).mean()),
        "shared_subbands": float((tn * ntn).sum(axis=1).mean()),
        "tn_only_subbands": float((tn * (1 - ntn)).sum(axis=1).mean()),
        "ntn_only_subbands": float((ntn * (1 - tn)).sum(axis=1).mean()),
        "inr_at_tn_users_db": _db_or_none(interference_to_noise[0].mean()),
        "inr_at_ntn_users_db": _db_or_none(interference_to_noise[1].mean()),
    }


def _db_or_none(ratio: float) -> float | None:
    return to_db(float(ratio)) if ratio > 0.0 else None

"""DT-JointRA: plan a window for both systems from what the twin predicts, by penalised binaries and convex surrogates.

A reconstruction from an abstract. The plan returned is never worse, by the window's own objective, than planning the
base stations alone or splitting the band between the systems: both are planned on the way and kept as incumbents.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from .ascent import (
    SOLVERS,
    Ascent,
    Iteration,
    Notify,
    Solver,
    equal_point,
    feasible,
    rounded,
)
from .polish import polish, with_spare
from .relaxed import Bounds, Relaxed, free_bounds
from .objective import objective
from .window import Array, Window

PENALTY_MBIT = 20.0  # lambda: what one undecided binary costs
NTN_START = 0.1  # power of the beams, of the cap, when they join a terrestrial plan
MASK_START = 0.95  # at most: no binary starts decided


@dataclass(frozen=True, eq=False)
class Planned:
    """A plan of a window, the association behind it, and how the algorithm got there."""

    at: Relaxed
    backlog_mbit: float
    origin: str
    course: tuple[Iteration, ...]
    wall_s: float


@dataclass(frozen=True)
class PlanningEffort:
    """How many iterations each phase may take: with binaries relaxed, which is slow, and decided, which is fast."""

    relaxed: int = 2
    decided: int = 5
    last: int = 12


QUICK = PlanningEffort(relaxed=1, decided=2, last=4)


def plan_joint(
    window: Window, solver: Solver | None = None, notify: Notify | None = None, effort: PlanningEffort | None = None
) -> Planned:
    """Plan both systems together (DT-JointRA)."""
    effort = effort or PlanningEffort()
    ascent, started = _begin(window, solver, notify)
    found = {"TN only": _alone(ascent, effort), "orthogonal": _orthogonal(ascent, effort)}
    starts = {name: _opened(window, at) for name, at in found.items()}
    for name, (at, bounds) in starts.items():
        found[f"{name}, then shared"] = ascent.climb(f"shared, from {name}", at, bounds, 0.0, effort.decided)
    found["joint"] = _together(ascent, list(found.values()), effort)
    origin = min(found, key=lambda name: objective(window, found[name].plan))
    found[origin] = ascent.climb(
        "last", found[origin], _decided_bounds(window, found[origin]), 0.0, effort.last, 3, 1e-4
    )
    return _best(ascent, found, started)


def plan_orthogonal(
    window: Window, solver: Solver | None = None, notify: Notify | None = None, effort: PlanningEffort | None = None
) -> Planned:
    """Plan both systems on a band split between them: no sub-band is shared."""
    ascent, started = _begin(window, solver, notify)
    return _best(ascent, {"orthogonal": _orthogonal(ascent, effort or PlanningEffort())}, started)


def plan_tn_only(
    window: Window, solver: Solver | None = None, notify: Notify | None = None, effort: PlanningEffort | None = None
) -> Planned:
    """Plan the base stations alone; the beams are silent."""
    ascent, started = _begin(window, solver, notify)
    return _best(ascent, {"TN only": _alone(ascent, effort or PlanningEffort())}, started)


PLANNERS: dict[str, Callable[..., Planned]] = {
    "joint": plan_joint,
    "orthogonal": plan_orthogonal,
    "tn_only": plan_tn_only,
}


def _begin(window: Window, solver: Solver | None, notify: Notify | None) -> tuple[Ascent, float]:
    return Ascent(window, solver or SOLVERS["clarabel"](), notify), time.perf_counter()


def _best(ascent: Ascent, found: dict[str, Relaxed], started: float) -> Planned:
    values = {name: objective(ascent.window, at.plan) for name, at in found.items()}
    origin = min(values, key=values.__getitem__)
    at = with_spare(ascent.window, found[origin])
    return Planned(at, values[origin], origin, tuple(ascent.course), time.perf_counter() - started)


def _decide(ascent: Ascent, phase: str, at: Relaxed, bounds: Bounds, most: int) -> Relaxed:
    """Round the binaries, and improve what is left with them decided."""
    point, decided = rounded(ascent.window, at, bounds)
    return ascent.climb(phase, polish(ascent.window, point, decided), decided, 0.0, most)


def _alone(ascent: Ascent, effort: PlanningEffort) -> Relaxed:
    window = ascent.window
    bounds = replace(
        free_bounds(window),
        steering=_fixed(1.0, (window.users, window.cycles)),
        association=_of_system(window, tn=True),
    )
    per = (window.subbands, window.cycles)
    bounds = bounds.with_masks(np.ones(per), np.zeros(per))
    at = ascent.climb("TN only", equal_point(window, bounds), bounds, PENALTY_MBIT, effort.relaxed)
    return _decide(ascent, "TN only, decided", at, bounds, effort.decided)


def _orthogonal(ascent: Ascent, effort: PlanningEffort) -> Relaxed:
    """Find the best split of the band at equal powers, then improve powers and shares on it."""
    window = ascent.window
    splits = []
    for given in range(window.subbands + 1):
        bounds = _split_bounds(window, given)
        strongest, decided = rounded(window, equal_point(window, bounds), bounds)
        # The masks of the split stay: what equal powers leave unused may be used later.
        decided = bounds.with_association(decided.association[0])
        at = polish(window, feasible(window, Relaxed(strongest.plan, strongest.association), decided), decided)
        splits.append((objective(window, at.plan), given))
    bounds = _split_bounds(window, min(splits)[1])
    at = ascent.climb("orthogonal", equal_point(window, bounds), bounds, PENALTY_MBIT, effort.relaxed)
    return _decide(ascent, "orthogonal, decided", at, bounds, effort.decided)


def _split_bounds(window: Window, given: int) -> Bounds:
    """Return bounds that give the last ``given`` sub-bands to the beams and the rest to the base stations."""
    to_beams = np.repeat((np.arange(window.subbands) >= window.subbands - given)[:, None], window.cycles, axis=1)
    return free_bounds(window).with_masks((~to_beams).astype(float), to_beams.astype(float))


def _together(ascent: Ascent, plans: list[Relaxed], effort: PlanningEffort) -> Relaxed:
    """Relax every binary around the best plan so far, and decide them anew."""
    window, bounds = ascent.window, free_bounds(ascent.window)
    best = min(plans, key=lambda at: objective(window, at.plan))
    at = ascent.climb("joint", _joined(window, best), bounds, PENALTY_MBIT, effort.relaxed)
    return _decide(ascent, "joint, decided", at, bounds, effort.decided)


def _opened(window: Window, at: Relaxed) -> tuple[Relaxed, Bounds]:
    """Return a decided plan with as many more sub-bands shared as allowed: the silent system comes in quietly.

    Where a user has no station of a system yet, its strongest one is opened to it.
    """
    masks = np.stack([at.plan.mask_tn, at.plan.mask_ntn]).round()
    power = np.stack([part.sum(axis=0) for part in np.split(at.plan.power, [window.stations])])
    for cycle in range(window.cycles):
        alone = np.flatnonzero(masks[:, :, cycle].min(axis=0) < 0.5)
        still_shared = max(0, window.shared_most - (window.subbands - alone.size))
        quiet = alone[np.argsort(power[:, alone, cycle].max(axis=0), kind="stable")][:still_shared]
        masks[:, quiet, cycle] = 1.0
    free = free_bounds(window).with_masks(masks[0], masks[1])
    start = _joined(window, at)
    start = Relaxed(replace(start.plan, mask_tn=masks[0], mask_ntn=masks[1]), start.association)
    decided = free.with_association(_completed(window, at.association.round()))
    point = feasible(window, Relaxed(start.plan, decided.association[0]), decided)
    return polish(window, point, decided), decided


def _completed(window: Window, association: Array) -> Array:
    """Return associations in which every user that a system can reach has a station of it: the strongest."""
    gain = window.heard[window.link_transmitter, window.link_user]  # (links, cycles)
    complete = association.copy()
    for system in (window.is_tn, ~window.is_tn):
        for user in range(window.users):
            links = np.flatnonzero(system & (window.link_user == user))
            if links.size:
                open_cycles = np.flatnonzero(association[links].sum(axis=0) < 0.5)
                complete[links[gain[links].argmax(axis=0)[open_cycles]], open_cycles] = 1.0
    return complete


def _decided_bounds(window: Window, at: Relaxed) -> Bounds:
    """Return bounds that keep the binaries of a decided plan."""
    return (
        free_bounds(window)
        .with_masks(at.plan.mask_tn.round(), at.plan.mask_ntn.round())
        .with_association(at.association.round())
    )


def _joined(window: Window, plan: Relaxed) -> Relaxed:
    """Return an interior point near a plan: what is silent comes in at a tenth of its power, all masks nearly open."""
    least = equal_point(window, free_bounds(window))
    tn, ntn = _open_masks(window)
    level = float(tn.max())
    power = np.maximum(plan.plan.power, NTN_START * least.plan.power)
    used = power.sum(axis=1, keepdims=True)
    power = level * power * np.minimum(1.0, window.budget[:, None, None] / np.maximum(used, 1e-9))
    share = level * (0.9 * plan.plan.share + 0.1 * least.plan.share)
    association = 0.9 * plan.association + 0.1 * least.association
    steering = 0.9 * plan.plan.steering + 0.05
    mixed = replace(plan.plan, power=power, share=share, mask_tn=tn, mask_ntn=ntn, steering=steering)
    return Relaxed(mixed, association)


def _open_masks(window: Window) -> tuple[Array, Array]:
    """Return masks that are open as far as the limit on shared sub-bands lets them, equally in all sub-bands."""
    level = min(MASK_START, 0.5 + 0.5 * window.shared_most / window.subbands)
    return (np.full((window.subbands, window.cycles), level),) * 2


def _fixed(value: float, shape: tuple[int, ...]) -> tuple[Array, Array]:
    return np.full(shape, value), np.full(shape, value)


def _of_system(window: Window, *, tn: bool) -> tuple[Array, Array]:
    """Return bounds of the associations that leave one system free and the other silent."""
    high = np.repeat((window.is_tn == tn)[:, None].astype(float), window.cycles, axis=1)
    return np.zeros_like(high), high

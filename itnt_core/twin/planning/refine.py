"""RT-Refine: correct the terrestrial part of a plan at the start of a cycle, with what is then known.

The satellites' part stays as planned: a correction would arrive there too late. Its rates stay in the model, because
terrestrial power changes them.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from .ascent import (
    SOLVERS,
    Ascent,
    Iteration,
    Notify,
    Solver,
    equal_point,
    rounded,
)
from .foresight import Ahead, cycle_of
from .joint import PENALTY_MBIT
from .polish import polish, with_spare
from .relaxed import Bounds, Relaxed, free_bounds, per_transmitter
from .objective import objective
from .window import Array, Window

MOST_ITERATIONS = 5  # of one climb: a correction has to be quick
LOOSE_POWER = 0.3  # of the equal power, at least, where another station is tried


@dataclass(frozen=True, eq=False)
class Refined:
    """A cycle's decision after refinement.

    ``before_mbit`` is the plan's own objective on the same knowledge, to the end of the window where that is in sight.
    """

    at: Relaxed
    before_mbit: float
    after_mbit: float
    course: tuple[Iteration, ...]
    wall_s: float


def refine(
    window: Window,
    plan: Relaxed,
    *,
    solver: Solver | None = None,
    strict: bool = False,
    notify: Notify | None = None,
    ahead: Ahead | None = None,
) -> Refined:
    """Refine the terrestrial powers, shares and associations and the steering of one cycle.

    ``window`` has one cycle: actual gains, measured queues, estimated arrivals. ``strict`` keeps the steering, too.
    With ``ahead`` the candidates are compared, and their shares and steering settled, over the rest of the window. The
    plan comes back where nothing better was found.
    """
    started = time.perf_counter()
    ascent = Ascent(window, solver or SOLVERS["clarabel"](), notify)
    bounds = terrestrial_bounds(window, plan, strict)
    kept = bounds.with_association(plan.association)
    tried = [plan, polish(window, plan, kept)]
    tried.append(ascent.climb("kept stations", tried[1], kept, 0.0, MOST_ITERATIONS, 2, 1e-2))
    loosened = _loosened(window, tried[2], bounds)
    relaxed = ascent.climb("any station", loosened, bounds, PENALTY_MBIT, 1)
    point, decided = rounded(window, relaxed, bounds)
    decided = bounds.with_association(decided.association[0])
    tried.append(ascent.climb("decided", polish(window, point, decided), decided, 0.0, MOST_ITERATIONS - 1, 2, 1e-2))
    return _kept(window, tried, started, ascent.course, ahead, strict)


def refine_lite(window: Window, plan: Relaxed, *, strict: bool = False) -> Refined:
    """Refine shares and steering only, powers as planned: one linear program, tens of milliseconds."""
    started = time.perf_counter()
    kept = terrestrial_bounds(window, plan, strict).with_association(plan.association)
    return _kept(window, [plan, polish(window, plan, kept)], started, [])


def _kept(
    window: Window,
    tried: list[Relaxed],
    started: float,
    course: list[Iteration],
    ahead: Ahead | None = None,
    strict: bool = False,
) -> Refined:
    values = [objective(window, at.plan) for at in tried]
    if ahead is not None and ahead.gain.shape[2]:
        tried, values = _to_the_end(window, tried, ahead, strict)
    best = int(np.argmin(values))  # the plan itself comes first, and wins a tie
    return Refined(
        _spare_given(window, tried[best]), values[0], values[best], tuple(course), time.perf_counter() - started
    )


def _to_the_end(window: Window, tried: list[Relaxed], ahead: Ahead, strict: bool) -> tuple[list[Relaxed], list[float]]:
    """Return the candidates, all but the plan itself settled again with the window's end in sight, and their values."""
    whole, joined = ahead.window(window), [ahead.joined(at) for at in tried]
    for index, at in enumerate(joined[1:], start=1):
        joined[index] = polish(whole, at, terrestrial_bounds(whole, at, strict).with_association(at.association))
    return [cycle_of(at, 0) for at in joined], [objective(whole, at.plan) for at in joined]


def _spare_given(window: Window, at: Relaxed) -> Relaxed:
    """Give the base stations' spare resource blocks away; the satellites' shares stay."""
    filled = with_spare(window, at)
    share = np.where(window.is_tn[:, None, None], filled.plan.share, at.plan.share)
    return Relaxed(replace(at.plan, share=share), at.association)


def terrestrial_bounds(window: Window, plan: Relaxed, strict: bool = False) -> Bounds:
    """Return bounds that keep the satellites' part, both masks and, where strict, the steering of a plan."""
    free = free_bounds(window).with_masks(plan.plan.mask_tn, plan.plan.mask_ntn)
    is_station = (np.arange(window.transmitters) < window.stations)[:, None, None]
    is_tn = window.is_tn[:, None]
    return replace(
        free,
        power=_partly(free.power, plan.plan.power, is_station),
        share=_partly(free.share, plan.plan.share, is_tn[:, :, None]),
        association=_partly(free.association, plan.association, is_tn),
        steering=(plan.plan.steering, plan.plan.steering) if strict else free.steering,
    )


def _partly(free: tuple[Array, Array], fixed: Array, is_free: NDArray[np.bool_]) -> tuple[Array, Array]:
    return np.where(is_free, free[0], fixed), np.where(is_free, free[1], fixed)


def _loosened(window: Window, at: Relaxed, bounds: Bounds) -> Relaxed:
    """Return the point with a part of each association given to the other candidates, within the bounds."""
    count = np.zeros(window.users)
    np.add.at(count, window.link_user[window.is_tn], 1.0)
    equal = np.where(window.is_tn, 1.0 / np.maximum(1.0, count[window.link_user]), 0.0)[:, None]
    association = np.clip(0.7 * at.association + 0.3 * equal, *bounds.association)
    served = np.zeros((window.transmitters, window.subbands, window.cycles))
    np.add.at(served, window.link_transmitter, np.ones(at.plan.share.shape))
    share = 0.7 * at.plan.share + 0.25 / served[window.link_transmitter]
    share = np.clip(np.minimum(share, association[:, None, :]), *bounds.share)
    mask = np.where(window.is_tn[:, None, None], at.plan.mask_tn[None], at.plan.mask_ntn[None])
    # A station that is silent in the plan must be heard a little, or the surrogate does not see what it could do.
    power = np.maximum(at.plan.power, LOOSE_POWER * equal_point(window, bounds).plan.power)
    power = power * np.minimum(1.0, window.budget[:, None, None] / np.maximum(1e-9, power.sum(axis=1, keepdims=True)))
    power = np.clip(power, *bounds.power) * np.where(bounds.power[0] < bounds.power[1], _open(window, at), 1.0)
    return Relaxed(replace(at.plan, power=power, share=np.clip(share * mask, *bounds.share)), association)


def _open(window: Window, at: Relaxed) -> Array:
    """Return the masks of the transmitters (transmitters, subbands, cycles)."""
    return per_transmitter(window, at.plan.mask_tn, at.plan.mask_ntn)

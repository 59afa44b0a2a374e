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
)
from .foresight import Ahead, cycle_of
from .objective import objective
from .polish import polish, with_spare
from .relaxed import Bounds, Relaxed, free_bounds, per_transmitter, repaired
from .rounding import associated
from .window import Array, Window

MOST_STEPS = 8  # of one climb: a correction has to be quick
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
    With ``ahead`` all candidates are improved and compared over the rest of the window, whose terrestrial part is free
    as well, for it will be corrected in its turn. The plan comes back where nothing better was found.
    """
    search = _Correction(window, plan, ahead, strict, solver, notify)
    search.improve()
    return search.best()


def refine_lite(window: Window, plan: Relaxed, *, strict: bool = False, ahead: Ahead | None = None) -> Refined:
    """Refine shares and steering only, powers as planned: one linear program, tens of milliseconds."""
    return _Correction(window, plan, ahead, strict).best()


class _Correction:
    """Keeps what was tried for one cycle; everything is compared to the end of what is in sight."""

    def __init__(
        self,
        window: Window,
        plan: Relaxed,
        ahead: Ahead | None,
        strict: bool,
        solver: Solver | None = None,
        notify: Notify | None = None,
    ):
        self.started = time.perf_counter()
        far = ahead is not None and ahead.gain.shape[2] > 0
        self.now = window
        self.whole = ahead.window(window) if ahead is not None and far else window
        self.plan = ahead.joined(plan) if ahead is not None and far else plan
        self.ascent = Ascent(self.whole, solver or SOLVERS["clarabel"](), notify)
        self.bounds = terrestrial_bounds(self.whole, self.plan, strict)
        kept = self.bounds.with_association(self.plan.association)
        self.tried = [self.plan, polish(self.whole, self.plan, kept)]

    def improve(self) -> None:
        """Improve the powers with the plan's stations, then with others, then from other powers."""
        kept = self.bounds.with_association(self.plan.association)
        self.tried.append(self.ascent.step("kept stations", self.tried[1], kept, MOST_STEPS))
        for level in (None, LOOSE_POWER):
            start = self.tried[2] if level is None else _loosened(self.whole, self.tried[2], self.bounds)
            anew, decided = associated(self.whole, start, self.bounds)
            self.tried.append(self.ascent.step("any station", anew, decided, MOST_STEPS))

    def best(self) -> Refined:
        """Return the best of what was tried; the plan itself comes first, and wins a tie."""
        values = [objective(self.whole, at.plan) for at in self.tried]
        at = cycle_of(self.tried[int(np.argmin(values))], 0)
        elapsed = time.perf_counter() - self.started
        return Refined(_spare_given(self.now, at), values[0], min(values), tuple(self.ascent.course), elapsed)


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
    """Return the point with every station that is free sending a part of the equal power, at least."""
    power = np.maximum(at.plan.power, LOOSE_POWER * equal_point(window, bounds).plan.power)
    power = np.where(bounds.power[0] < bounds.power[1], power, at.plan.power)
    power = power * per_transmitter(window, at.plan.mask_tn, at.plan.mask_ntn)
    return repaired(window, Relaxed(replace(at.plan, power=power), at.association), bounds)

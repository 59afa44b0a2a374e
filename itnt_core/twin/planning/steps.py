"""Sequential linear programs: powers, shares and steering improve together, a step within a trust region at a time."""

from __future__ import annotations

from collections.abc import Callable

from .linear import Program, SharesProgram
from .objective import objective
from .polish import polish
from .relaxed import Bounds, Relaxed, tightened
from .window import Window

FIRST_STEP, LARGEST_STEP, LEAST_STEP = 0.5, 1.0, 2e-3  # of the trust region, as parts of a power
FLAT_STEPS = 3  # in a row that change next to nothing end a climb


def climb_linear(
    window: Window,
    at: Relaxed,
    bounds: Bounds,
    most: int = 30,
    stop: float = 2e-4,
    note: Callable[[int, float, Relaxed], None] | None = None,
) -> Relaxed:
    """Return a decided point improved by linear steps until three in a row change it by less than ``stop``.

    The true objective never rises: a step that would raise it is tried again in a smaller trust region. ``note`` gets
    number, promised value in Mbit and point of the start, number 0, and of each step that is taken.
    """
    open_ = tightened(window, bounds)
    program, step, flat = Program(), FIRST_STEP, 0
    value = objective(window, at.plan)
    if note is not None:
        note(0, value, at)
    for number in range(1, most + 1):
        linear = SharesProgram(window, at, open_, step)
        tried = linear.solve(program)
        reached = value if tried is None else objective(window, tried.plan)
        if tried is not None and reached < value:
            flat = flat + 1 if value - reached <= stop * max(1.0, value) else 0
            at, value, step = tried, reached, min(LARGEST_STEP, 1.5 * step)
            if note is not None:
                note(number, linear.value_mbit, at)
        else:
            step *= 0.35
            flat = flat + 1 if step < 20.0 * LEAST_STEP else flat
        if flat >= FLAT_STEPS or step < LEAST_STEP or value <= window.power_price:
            break
    settled = polish(window, at, bounds)
    # The polish keeps to the feeder link exactly, steps to first order.
    return settled if objective(window, settled.plan) <= value or window.feeder_mbit_s is not None else at

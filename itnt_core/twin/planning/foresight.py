"""What a correction of one cycle means for the rest of its window.

The best backlog at a cycle's end may stand on the wrong side: data steered to the satellites waits there for shares
that their frozen plan has given to others. So shares and steering are settled, and corrections compared, over the
rest of the window, its later cycles as the twin predicts them and with the powers planned for them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from .relaxed import Relaxed
from .window import Array, Plan, Window


@dataclass(frozen=True, eq=False)
class Ahead:
    """The cycles of a window after the one that is corrected, and the plan for them.

    ``gain`` (transmitters, users, cycles), ``arrivals_mbit`` (users, cycles) and ``slot_part`` (users, cycles, slots)
    as predicted.
    """

    gain: Array
    arrivals_mbit: Array
    plan: Relaxed
    slot_part: Array | None = None

    @classmethod
    def of(cls, window: Window, plan: Relaxed, cycle: int) -> Ahead:
        """Return what a planned window holds after one of its cycles."""
        rest = slice(cycle + 1, None)
        part = None if window.slot_part is None else window.slot_part[:, rest]
        return cls(window.gain[:, :, rest], window.arrivals_mbit[:, rest], cycles_of(plan, rest), part)

    def window(self, now: Window) -> Window:
        """Return one window of the present cycle and those ahead."""
        parts = (now.slot_part, self.slot_part)
        both = None if parts[0] is None or parts[1] is None else np.concatenate([parts[0], parts[1]], axis=1)
        return replace(
            now,
            slot_part=both,
            gain=np.concatenate([now.gain, self.gain], axis=2),
            arrivals_mbit=np.concatenate([now.arrivals_mbit, self.arrivals_mbit], axis=1),
        )

    def joined(self, now: Relaxed) -> Relaxed:
        """Return one plan of the present cycle's decision and of those ahead."""
        one, rest = now.plan, self.plan.plan
        pairs = [
            (one.power, rest.power),
            (one.share, rest.share),
            (one.steering, rest.steering),
            (one.mask_tn, rest.mask_tn),
            (one.mask_ntn, rest.mask_ntn),
            (now.association, self.plan.association),
        ]
        *parts, association = (np.concatenate(pair, axis=-1) for pair in pairs)
        return Relaxed(Plan(*parts), association)


def cycles_of(at: Relaxed, cycles: slice) -> Relaxed:
    """Return some cycles of a plan as a plan."""
    plan = at.plan
    part = Plan(
        plan.power[:, :, cycles],
        plan.share[:, :, cycles],
        plan.steering[:, cycles],
        plan.mask_tn[:, cycles],
        plan.mask_ntn[:, cycles],
    )
    return Relaxed(part, at.association[:, cycles])


def cycle_of(at: Relaxed, cycle: int) -> Relaxed:
    """Return one cycle of a plan as a plan of one cycle."""
    return cycles_of(at, slice(cycle, cycle + 1))

"""The linear polish: with powers and binaries fixed, rates are linear in the shares, so the rest is solved exactly."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from .linear import Program, SharesProgram
from .relaxed import Bounds, Relaxed, per_transmitter, tightened
from .window import Window, spectral_efficiency


def with_spare(window: Window, at: Relaxed) -> Relaxed:
    """Return a decided point whose transmitters give what is left of their resource blocks away.

    The plan needs no more for what it expects, but more may come; a share costs nothing, for power alone disturbs
    others. It goes to a transmitter's users in proportion to what they have on the sub-band, equally where none has.
    Satellites behind a limited feeder link keep theirs.
    """
    plan = at.plan
    owner = window.link_transmitter
    mask = per_transmitter(window, plan.mask_tn, plan.mask_ntn)
    can = (at.association[:, None, :] > 0.5) & (spectral_efficiency(window, plan.power) > 0.0)
    if window.feeder_mbit_s is not None:
        can &= window.is_tn[:, None, None]
    used, users, had = np.zeros_like(mask), np.zeros_like(mask), np.zeros_like(mask)
    np.add.at(used, owner, plan.share)
    np.add.at(users, owner, can.astype(float))
    np.add.at(had, owner, plan.share * can)
    even = np.divide(1.0, users[owner], out=np.zeros_like(plan.share), where=users[owner] > 0.0)
    part = np.divide(plan.share, had[owner], out=even, where=had[owner] > 1e-9) * can
    spare = np.maximum(0.0, mask - used)
    return Relaxed(replace(plan, share=plan.share + part * spare[owner]), at.association)


def polish(window: Window, at: Relaxed, bounds: Bounds) -> Relaxed:
    """Return the point with the best shares and steering for its powers, masks and associations (HiGHS).

    The point itself comes back where the solver finds nothing, which numerical trouble alone can cause: the point is
    feasible.
    """
    found = SharesProgram(window, at, tightened(window, bounds)).solve(Program())
    return at if found is None else found

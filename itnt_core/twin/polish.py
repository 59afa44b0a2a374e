"""The linear polish: with powers and binaries fixed, rates are linear in the shares, so the rest is solved exactly."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy import sparse
from scipy.optimize import linprog

from .conic import Rows, Variables
from .relaxed import Bounds, Relaxed, per_transmitter, tightened, unit_mbit
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
    efficiency = spectral_efficiency(window, at.plan.power)
    open_ = tightened(window, bounds)
    share_high = np.where(efficiency > 0.0, open_.share[1], open_.share[0])
    columns, rows = Variables(), Rows()
    share = columns.add(open_.share[0], share_high)
    steering = columns.add(*bounds.steering)
    nothing = np.zeros((window.users, window.cycles))
    queues = [columns.add(nothing, nothing + np.inf) for _ in range(2)]
    unit = unit_mbit(window)
    arrivals = window.arrivals_mbit / unit
    start = np.zeros((2, window.users, window.cycles))
    start[:, :, 0] = window.queue_tn_mbit / unit, window.queue_ntn_mbit / unit
    for system, (queue, chosen) in enumerate(zip(queues, (window.is_tn, ~window.is_tn), strict=True)):
        arriving, sign = (arrivals, -1.0) if system else (nothing, 1.0)
        recursion = rows.add(-start[system] - arriving, (queue, -1.0), (steering, sign * arrivals))
        rows.fill(recursion[:, 1:], queue[:, :-1], 1.0)
        rows.fill(recursion[window.link_user[chosen]][:, None, :], share[chosen], -efficiency[chosen])
    mask = rows.add(per_transmitter(window, at.plan.mask_tn, at.plan.mask_ntn))
    rows.fill(mask[window.link_transmitter], share, 1.0)
    of_link = rows.add(window.subbands * at.association)
    rows.fill(of_link[:, None, :], share, 1.0)
    if window.feeder_mbit_s is not None:
        feeder = rows.add(np.full(window.cycles, window.feeder_mbit_s / window.subband_mhz))
        rows.fill(feeder[None, None, :], share[~window.is_tn], efficiency[~window.is_tn])
    cost = np.zeros(columns.count)
    for queue in queues:
        cost[queue] = window.weight[:, None] / window.cycles
    low, high = np.concatenate(columns.low), np.concatenate(columns.high)
    matrix = sparse.csr_matrix(rows.matrix(columns.count))
    found = linprog(
        cost, A_ub=matrix, b_ub=np.concatenate(rows.right), bounds=np.column_stack([low, high]), method="highs"
    )
    if found.status != 0:
        return at
    values = np.clip(found.x, low, high)
    return Relaxed(replace(at.plan, share=values[share], steering=values[steering]), at.association)

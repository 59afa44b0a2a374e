"""The linear polish: with powers and binaries fixed, rates are linear in the shares, so the rest is solved exactly."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy import sparse
from scipy.optimize import linprog

from .conic import Rows, Variables
from .relaxed import Bounds, Relaxed, per_transmitter, tightened, traffic_in_units
from .window import Array, Window, spectral_efficiency

TIE = 1e-5  # of the cost of waiting: decides between solutions that are equally good


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


def _dead_side(window: Window, could_carry: Array) -> Array:
    """Return 1 where only the satellites can serve a user in a cycle, -1 where only base stations can (users, cycles).

    Where neither can serve everything, the program does not care on which side data waits; people do.
    """
    alive = np.zeros((2, window.users, window.cycles))
    for system, chosen in enumerate((window.is_tn, ~window.is_tn)):
        np.maximum.at(alive[system], window.link_user[chosen], could_carry[chosen].max(axis=1))
    dead: Array = (alive[1] > 0.0).astype(float) - (alive[0] > 0.0).astype(float)
    return dead


def _through_the_feeder(window: Window, efficiency: Array, bounds: Bounds) -> Array:
    """Return efficiencies (links, subbands, cycles) with those of decided satellite shares cut to the feeder's limit.

    What the satellites could carry beyond it is cut in proportion when the plan is run.
    """
    if window.feeder_mbit_s is None:
        return efficiency
    decided = np.where(window.is_tn[:, None, None], 0.0, bounds.share[0])
    carried = window.subband_mhz * (decided * efficiency).sum(axis=(0, 1))  # (cycles,)
    cut = np.minimum(1.0, window.feeder_mbit_s * (1.0 - 1e-9) / np.maximum(carried, 1e-12))
    return np.where(window.is_tn[:, None, None], efficiency, efficiency * cut)


def polish(window: Window, at: Relaxed, bounds: Bounds) -> Relaxed:
    """Return the point with the best shares and steering for its powers, masks and associations (HiGHS).

    The point itself comes back where the solver finds nothing, which numerical trouble alone can cause: the point is
    feasible.
    """
    open_ = tightened(window, bounds)
    efficiency = _through_the_feeder(window, spectral_efficiency(window, at.plan.power), open_)
    share_high = np.where(efficiency > 0.0, open_.share[1], open_.share[0])
    columns, rows = Variables(), Rows()
    share = columns.add(open_.share[0], share_high)
    steering = columns.add(*bounds.steering)
    nothing = np.zeros((window.users, window.cycles))
    queues = [columns.add(nothing, nothing + np.inf) for _ in range(2)]
    start, arrivals = traffic_in_units(window)
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
    cost[steering] = TIE * arrivals * _dead_side(window, share_high * efficiency)
    low, high = np.concatenate(columns.low), np.concatenate(columns.high)
    matrix = sparse.csr_matrix(rows.matrix(columns.count))
    found = linprog(
        cost, A_ub=matrix, b_ub=np.concatenate(rows.right), bounds=np.column_stack([low, high]), method="highs"
    )
    if found.status != 0:
        return at
    values = np.clip(found.x, low, high)
    return Relaxed(replace(at.plan, share=values[share], steering=values[steering]), at.association)

"""Linear programs of a window: shares and steering for given powers, and powers too, a step around a point.

With powers and binaries fixed, rates are linear in the shares, so the rest is solved exactly. A step linearises the
rates in the powers as well and is good within a trust region only.
"""

from __future__ import annotations

from dataclasses import replace

import highspy
import numpy as np
from scipy import sparse

from itnt_core.arrays import BoolArray, IntArray

from .relaxed import Bounds, Relaxed, per_transmitter, repaired, traffic_in_units, unit_mbit
from .rows import Rows, Variables, add_queues, queue_costs, queue_rows
from .window import Array, Plan, Window, spectral_efficiency

TIE = 1e-5  # of the cost of waiting: decides between solutions that are equally good
LEAST_COEFFICIENT = 1e-9  # of a matrix, in bit/s/Hz per unit of power: what is smaller is left out


class Program:
    """Solves min c x, A x <= b, low <= x <= high by HiGHS; a program of the size of the last starts from its basis."""

    def __init__(self) -> None:
        self._basis: highspy.HighsBasis | None = None
        self._size = (0, 0)
        self.dual = np.zeros(0)

    def solve(self, cost: Array, matrix: sparse.csr_matrix, right: Array, low: Array, high: Array) -> Array | None:
        """Return x (columns,), None where HiGHS finds none; :attr:`dual` (rows,) holds prices of the rows then."""
        lp = highspy.HighsLp()
        lp.num_row_, lp.num_col_ = matrix.shape
        lp.col_cost_, lp.col_lower_, lp.col_upper_ = cost, low, high
        lp.row_lower_, lp.row_upper_ = np.full(right.size, -highspy.kHighsInf), right
        lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        lp.a_matrix_.start_, lp.a_matrix_.index_, lp.a_matrix_.value_ = matrix.indptr, matrix.indices, matrix.data
        solver = highspy.Highs()
        solver.setOptionValue("output_flag", False)
        # "threads" stays: HiGHS has one pool a process and refuses another size than whoever came first gave it
        solver.setOptionValue("parallel", "off")
        solver.passModel(lp)
        if self._basis is not None and self._size == matrix.shape:
            solver.setBasis(self._basis)
        solver.run()
        if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return None
        self._basis, self._size = solver.getBasis(), matrix.shape
        found = solver.getSolution()
        self.dual = np.array(found.row_dual)
        return np.array(found.col_value)


class SharesProgram:
    """The linear program of one point: shares, steering and queues, and powers where ``step`` is given.

    ``step`` is the trust region: each free power may change by this part of itself and of :data:`STEP_FLOOR`, each
    share by this part of the whole.
    """

    def __init__(self, window: Window, at: Relaxed, bounds: Bounds, step: float | None = None):
        """``bounds`` are tightened ones."""
        self.window, self.at, self.bounds = window, at, bounds
        self.efficiency = through_the_feeder(window, spectral_efficiency(window, at.plan.power), bounds)
        self.columns, self.rows = Variables(), Rows()
        share_high = np.where(self.efficiency > 0.0, bounds.share[1], bounds.share[0])
        is_open = share_high > 0.0  # (links, subbands, cycles)
        if step is not None:
            is_open = bounds.share[1] > 0.0
            share_high = bounds.share[1]
        self.is_open = is_open
        self.links, self.bands, self.cycles = np.nonzero(is_open)
        low, high = bounds.share[0][is_open], share_high[is_open]
        if step is not None:  # the slopes in the powers are those of the point's own shares
            low, high = (np.clip(at.plan.share[is_open] + sign * step, low, high) for sign in (-1.0, 1.0))
        self.share = self.columns.add(low, high)
        self.steering = self.columns.add(*bounds.steering)
        self.power = None if step is None else self._powers(step)
        self._carried()
        self._queues()
        self._resources()
        self._could_carry = share_high * self.efficiency

    def _powers(self, step: float) -> IntArray:
        low, high = self.bounds.power
        now = self.at.plan.power
        # A silent transmitter moves by what the user that hears it best hears like noise: beyond that rates bend.
        floor = np.minimum(STEP_FLOOR, 1.0 / np.maximum(1e-12, self.window.heard.max(axis=1)))
        reach = step * (now + floor[:, None, :])
        return self.columns.add(np.clip(now - reach, low, high), np.clip(now + reach, low, high))

    def _carried(self) -> None:
        """Bound what each system carries to each user, by shares (and powers, to first order)."""
        window = self.window
        nothing = np.zeros((2, window.users, window.cycles))
        self.rate = self.columns.add(nothing, nothing + np.inf)
        side = (~window.is_tn).astype(np.int64)
        right = np.zeros(nothing.shape)
        if self.power is not None:
            slope = _slopes(window, self.at.plan, self.is_open)  # (2, users, transmitters, subbands, cycles)
            right = -np.einsum("skjfc,jfc->skc", slope, self.at.plan.power)
        rows = self.rows.add(right, (self.rate, 1.0))
        here = rows[side[self.links], window.link_user[self.links], self.cycles]
        self.rows.fill(here, self.share, -self.efficiency[self.is_open])
        if self.power is not None:
            kept = np.abs(slope) > LEAST_COEFFICIENT
            s, k, j, f, c = np.nonzero(kept)
            self.rows.fill(rows[s, k, c], self.power[j, f, c], -slope[kept])
        if window.feeder_mbit_s is not None:
            self._feeder(window.feeder_mbit_s, None if self.power is None else slope, right)

    def _feeder(self, most_mbit_s: float, slope: Array | None, right: Array) -> None:
        """Bound what all beams together could carry, whether anybody waits for it or not.

        Where their shares are decided nothing is bounded: what is beyond the limit is cut already.
        """
        beams = ~self.window.is_tn
        if not (self.bounds.share[0][beams] < self.bounds.share[1][beams]).any():
            return
        feeder = self.rows.add(most_mbit_s / self.window.subband_mhz - right[1].sum(axis=0))
        of_beams = ~self.window.is_tn[self.links]
        efficiency = self.efficiency[self.is_open][of_beams]
        self.rows.fill(feeder[self.cycles[of_beams]], self.share[of_beams], efficiency)
        if slope is not None and self.power is not None:
            j, f, c = np.nonzero(slope[1].sum(axis=0))
            self.rows.fill(feeder[c], self.power[j, f, c], slope[1].sum(axis=0)[j, f, c])

    def _queues(self) -> None:
        window = self.window
        self.queues = add_queues(self.columns, window)
        rows = queue_rows(self.rows, window, self.queues, self.steering)
        self.rows.fill(rows, np.repeat(self.rate, window.slots, axis=2), -1.0 / window.slots)

    def _resources(self) -> None:
        window, at = self.window, self.at
        mask = self.rows.add(per_transmitter(window, at.plan.mask_tn, at.plan.mask_ntn))
        self.rows.fill(mask[window.link_transmitter[self.links], self.bands, self.cycles], self.share, 1.0)
        undecided = np.minimum(at.association, 1.0 - at.association) > 0.0
        limit = np.where(undecided, window.subbands * at.association, np.inf)
        rows = self.rows.add(np.where(np.isfinite(limit), limit, float(window.subbands)))
        self.rows.fill(rows[self.links, self.cycles], self.share, 1.0)
        if self.power is not None:
            budget = self.rows.add(np.repeat(window.budget[:, None], window.cycles, axis=1))
            self.rows.fill(budget[:, None, :], self.power, 1.0)

    def solve(self, program: Program) -> Relaxed | None:
        """Return the program's point, None where the solver finds none, which numerical trouble alone can cause."""
        window, plan = self.window, self.at.plan
        arrivals = traffic_in_units(window)[1].reshape(window.users, window.cycles, -1).sum(axis=2)
        cost = np.zeros(self.columns.count)
        for queue in self.queues:
            cost[queue] = queue_costs(window)
        cost[self.steering] = TIE * arrivals * _dead_side(window, self._could_carry)
        if self.power is not None:
            cost[self.power] = window.power_price / (window.cycles * window.subband_mhz * window.cycle_s)
        low, high = np.concatenate(self.columns.low), np.concatenate(self.columns.high)
        matrix = self.rows.by_row(self.columns.count)
        found = program.solve(cost, matrix, np.concatenate(self.rows.right), low, high)
        if found is None:
            return None
        values = np.clip(found, low, high)
        self.value_mbit = float(cost @ values) * unit_mbit(window)
        share = np.zeros(plan.share.shape)
        share[self.is_open] = values[self.share]
        power = plan.power if self.power is None else values[self.power]
        moved = replace(plan, power=power, share=share, steering=values[self.steering])
        found_point = repaired(window, Relaxed(moved, self.at.association), self.bounds)
        if self.power is None:  # the powers are the point's own
            return replace(found_point, plan=replace(found_point.plan, power=plan.power))
        return found_point


STEP_FLOOR = 0.03  # of the cap: what a step of a silent transmitter is a part of


def _slopes(window: Window, plan: Plan, is_open: BoolArray) -> Array:
    """Return how what a system carries to a user changes with the powers (2, users, transmitters, subbands, cycles).

    In bit/s/Hz on all sub-bands, per unit of power, at the plan's own shares.
    """
    gain = window.heard
    total = 1.0 + np.einsum("jkc,jfc->kfc", gain, plan.power)
    own_gain = gain[window.link_transmitter, window.link_user]  # (links, cycles)
    at_user = total[window.link_user]
    noise = at_user - own_gain[:, None, :] * plan.power[window.link_transmitter]
    is_below = np.log2(at_user / noise) < window.efficiency_cap
    share = np.where(is_open & is_below, plan.share, 0.0) / np.log(2.0)
    side = (~window.is_tn).astype(np.int64)
    per = (window.subbands, window.cycles)
    slope = np.zeros((2, window.users, window.transmitters, *per))
    less = share / at_user - share / noise  # of any other transmitter
    for link in range(window.links):
        user, own = window.link_user[link], window.link_transmitter[link]
        heard = gain[:, user][:, None, :]  # (transmitters, 1, cycles)
        change = less[link][None] * heard
        change[own] = (share[link] / at_user[link]) * heard[own]
        slope[side[link], user] += change
    return slope


def _dead_side(window: Window, could_carry: Array) -> Array:
    """Return 1 where only the satellites can serve a user in a cycle, -1 where only base stations can (users, cycles).

    Where neither can serve everything, the program does not care on which side data waits; people do.
    """
    alive = np.zeros((2, window.users, window.cycles))
    for system, chosen in enumerate((window.is_tn, ~window.is_tn)):
        np.maximum.at(alive[system], window.link_user[chosen], could_carry[chosen].max(axis=1))
    dead: Array = (alive[1] > 0.0).astype(float) - (alive[0] > 0.0).astype(float)
    return dead


def through_the_feeder(window: Window, efficiency: Array, bounds: Bounds) -> Array:
    """Return efficiencies (links, subbands, cycles) with those of decided satellite shares cut to the feeder's limit.

    What the satellites could carry beyond it is cut in proportion when the plan is run.
    """
    if window.feeder_mbit_s is None:
        return efficiency
    decided = np.where(window.is_tn[:, None, None], 0.0, bounds.share[0])
    carried = window.subband_mhz * (decided * efficiency).sum(axis=(0, 1))  # (cycles,)
    cut = np.minimum(1.0, window.feeder_mbit_s * (1.0 - 1e-9) / np.maximum(carried, 1e-12))
    return np.where(window.is_tn[:, None, None], efficiency, efficiency * cut)

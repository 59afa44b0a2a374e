"""The surrogate handed to Clarabel directly: the problem of :mod:`itnt_core.twin.planning.surrogate`, in less time.

What is decided already - masks, associations, a frozen satellite plan - is taken out of the problem before it is
solved, so that it shrinks as the algorithm decides.
"""

from __future__ import annotations

from dataclasses import dataclass

import clarabel
import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from .objective import mean_backlog, power_cost
from .relaxed import Bounds, Relaxed, per_transmitter, tightened, unit_mbit
from .rows import Rows, Variables, add_queues, queue_costs, queue_rows
from .tangent import Tangent, tangent_at
from .window import Array, Plan, Window

LOG2 = float(np.log(2.0))
TOLERANCE, LOOSE_TOLERANCE = 1e-5, 1e-3  # of the solver; the looser one where it stops short of the first
LEAST_BOUND = -1.0  # of the bounded efficiency: without one the solver may run away along it
LEAST_RATE = -1.0  # of the bounded rate: a bound of zero would shut out points at which a product's bound is below it


@dataclass(frozen=True, eq=False)
class Solved:
    """What a surrogate found: the point, and the surrogate's own value in Mbit without the binaries' penalty."""

    point: Relaxed
    value: float


class Conic:
    """Improves a point by one surrogate; see :meth:`improve`."""

    def improve(self, window: Window, at: Relaxed, bounds: Bounds, penalty: float) -> Solved | None:
        """Solve the surrogate that is tight at a point; None when the solver fails even at the loose tolerance."""
        problem = _Problem(window, tightened(window, bounds), tangent_at(window, at, penalty))
        for tolerance in (TOLERANCE, LOOSE_TOLERANCE):
            values = problem.solve(tolerance)
            if values is not None:
                return problem.read(values)
        return None


class _Problem:
    """One surrogate as columns, cones and a cost."""

    def __init__(self, window: Window, bounds: Bounds, tangent: Tangent):
        self.window, self.tangent = window, tangent
        self.gain = window.heard
        self.columns = Variables()
        per = (window.subbands, window.cycles)
        add = self.columns.add
        self.power, self.share = add(*bounds.power), add(*bounds.share)
        self.steering = add(*bounds.steering)
        self.mask = [add(*bounds.mask_tn), add(*bounds.mask_ntn)]
        self.association = add(*bounds.association)
        can_serve = bounds.share[1] > 0.0  # (links, subbands, cycles)
        received = np.zeros((window.users, *per), dtype=bool)
        np.logical_or.at(received, window.link_user, can_serve)
        self.can_serve, self.received = can_serve, received
        self.efficiency = add(*_where(can_serve, LEAST_BOUND, window.efficiency_cap))
        self.loss = add(*_where(received, 0.0))
        self.rate = add(*_where(np.asarray(can_serve.any(axis=1)), least_rate(window)))
        self.queue = add_queues(self.columns, window)
        self.both = add(*_where(np.ones(per, dtype=bool), 0.0))
        self.linear, self.cones, self.products = Rows(), Rows(), Rows()
        self._bound_efficiency()
        self._bound_products()
        self._queues()
        self._resources()

    def _bound_efficiency(self) -> None:
        """Bound log2(T / I) from below: rho ln 2 <= ln T0 + 1 - v - tangent of ln I, with the loss v >= T0 / T."""
        window, at = self.window, self.tangent
        users, bands, cycles = np.nonzero(self.received)
        total = at.total[users, bands, cycles]
        # z = T / T0 and the loss v: v z >= 1 is |(v - z, 2)| <= v + z.
        rows = self.cones.add(np.stack([1.0 / total, -1.0 / total, np.full(users.size, 2.0)], axis=1))
        heard = self.gain[:, users, cycles] / total  # (transmitters, cones)
        for column, sign in ((0, -1.0), (1, 1.0)):
            self.cones.fill(rows[:, column], self.power[:, bands, cycles], sign * heard)
            self.cones.fill(rows[:, column], self.loss[users, bands, cycles], -1.0)

        links, bands, cycles = np.nonzero(self.can_serve)
        users, noise = window.link_user[links], at.noise[links, bands, cycles]
        rows = self.linear.add(
            np.log(at.total[users, bands, cycles]) + 1.0 - (np.log(noise) + 1.0 / noise - 1.0),
            (self.efficiency[links, bands, cycles], LOG2),
            (self.loss[users, bands, cycles], 1.0),
        )
        others = np.arange(window.transmitters)[:, None] != window.link_transmitter[links]
        self.linear.fill(rows, self.power[:, bands, cycles], others * self.gain[:, users, cycles] / noise)

    def _bound_products(self) -> None:
        """Bound R <= sum over sub-bands of {X0 X / 2 - X0^2 / 4 - Y^2 / 4}: one second-order cone a link and cycle."""
        at, subbands = self.tangent, self.window.subbands
        links, cycles = np.nonzero(self.can_serve.any(axis=1))
        # With w the right side without Y: |(w - 1, Y)| <= w + 1 says |Y|^2 <= 4 w.
        right = np.zeros((links.size, subbands + 2))
        rest = (at.rest * self.can_serve).sum(axis=1)[links, cycles]
        right[:, 0], right[:, 1] = 1.0 - rest, -1.0 - rest
        rows = self.products.add(right)
        self.products.fill(rows[:, :2], self.rate[links, cycles][:, None], 1.0)
        share, efficiency = self.share[links, :, cycles], self.efficiency[links, :, cycles]  # (cones, subbands)
        for column in range(2):
            self.products.fill(rows[:, column, None], share, -at.share_slope[links, :, cycles])
            self.products.fill(rows[:, column, None], efficiency, -at.efficiency_slope[links, :, cycles])
        self.products.fill(rows[:, 2:], share, -at.scale[links, :, cycles])
        self.products.fill(rows[:, 2:], efficiency, 1.0 / at.scale[links, :, cycles])

    def _queues(self) -> None:
        """Bound each queue by its recursion, in the unit of :func:`unit_mbit`; its own bound keeps it above zero."""
        window = self.window
        rows = queue_rows(self.linear, window, self.queue, self.steering)
        for system, chosen in enumerate((window.is_tn, ~window.is_tn)):
            rates = np.repeat(self.rate[chosen], window.slots, axis=1)
            self.linear.fill(rows[system][window.link_user[chosen]], rates, -1.0 / window.slots)
        if window.feeder_mbit_s is not None:
            rows = self.linear.add(np.full(window.cycles, window.feeder_mbit_s / window.subband_mhz))
            self.linear.fill(rows[None, :], self.rate[~window.is_tn], 1.0)

    def _resources(self) -> None:
        """Masks, budgets, associations and how many sub-bands both systems may use."""
        window, per = self.window, (self.window.subbands, self.window.cycles)
        owner = per_transmitter(window, self.mask[0].astype(float), self.mask[1].astype(float)).astype(np.int64)
        nothing = np.zeros((window.transmitters, *per))
        rows = self.linear.add(nothing, (owner, -1.0))
        self.linear.fill(rows[window.link_transmitter], self.share, 1.0)
        self.linear.add(nothing, (self.power, 1.0), (owner, -1.0))
        rows = self.linear.add(np.repeat(window.budget[:, None], window.cycles, axis=1))
        self.linear.fill(rows[:, None, :], self.power, 1.0)
        rows = self.linear.add(np.zeros((window.links, window.cycles)), (self.association, -float(window.subbands)))
        self.linear.fill(rows[:, None, :], self.share, 1.0)
        for chosen in (window.is_tn, ~window.is_tn):
            rows = self.linear.add(np.ones((window.users, window.cycles)))
            self.linear.fill(rows[window.link_user[chosen]], self.association[chosen], 1.0)
        self.linear.add(np.ones(per), (self.mask[0], 1.0), (self.mask[1], 1.0), (self.both, -1.0))
        rows = self.linear.add(np.full(window.cycles, float(window.shared_most)))
        self.linear.fill(rows[None, :], self.both, 1.0)

    def _cost(self) -> Array:
        """Return the objective per user, divided by ten: of this size the solver needs half of its steps."""
        window, at = self.window, self.tangent
        cost = np.zeros(self.columns.count)
        for queue in self.queue:
            cost[queue] = queue_costs(window)
        cost[self.power] = window.power_price / (window.cycles * unit_mbit(window))
        cost[self.mask[0]], cost[self.mask[1]] = at.mask_tn_slope, at.mask_ntn_slope
        cost[self.association] = at.association_slope
        return cost / (10.0 * window.weight.sum())

    def solve(self, tolerance: float) -> Array | None:
        """Return the value of every column (columns,), None when the solver does not get there."""
        low, high = np.concatenate(self.columns.low), np.concatenate(self.columns.high)
        is_free = high > low
        fixed = np.where(is_free, 0.0, low)
        count = self.columns.count
        parts = [rows.matrix(count) for rows in (self.linear, self.cones, self.products)]
        rights = [
            (np.concatenate(rows.right) if rows.right else np.zeros(0)) - part @ fixed
            for rows, part in zip((self.linear, self.cones, self.products), parts, strict=True)
        ]
        parts = [part[:, is_free] for part in parts]
        used = np.diff(parts[0].tocsr().indptr) > 0  # rows that only decided variables stood in say nothing any more
        parts[0], rights[0] = parts[0].tocsr()[used], rights[0][used]
        free_low, free_high = low[is_free], high[is_free]
        identity = sparse.identity(int(is_free.sum()), format="csr")
        has_low, has_high = np.isfinite(free_low), np.isfinite(free_high)
        linear = sparse.vstack([parts[0], -identity[has_low], identity[has_high]])
        linear_right = np.concatenate([rights[0], -free_low[has_low], free_high[has_high]])
        cones = [
            clarabel.NonnegativeConeT(linear.shape[0]),
            *[clarabel.SecondOrderConeT(3)] * (parts[1].shape[0] // 3),
            *[clarabel.SecondOrderConeT(self.window.subbands + 2)] * (parts[2].shape[0] // (self.window.subbands + 2)),
        ]
        matrix = sparse.vstack([linear, parts[1], parts[2]], format="csc")
        right = np.concatenate([linear_right, rights[1], rights[2]])
        cost = self._cost()[is_free]
        quadratic = sparse.csc_matrix((cost.size, cost.size))
        found = clarabel.DefaultSolver(quadratic, cost, matrix, right, cones, _settings(tolerance)).solve()
        if found.status not in (clarabel.SolverStatus.Solved, clarabel.SolverStatus.AlmostSolved):
            return None
        values = fixed
        values[is_free] = found.x
        return values

    def read(self, values: Array) -> Solved:
        """Return the solution (columns,) as a point, with the solver's tolerance cut off at the bounds."""
        window = self.window
        low, high = np.concatenate(self.columns.low), np.concatenate(self.columns.high)
        values = np.clip(values, low, high)
        plan = Plan(
            values[self.power], values[self.share], values[self.steering], values[self.mask[0]], values[self.mask[1]]
        )
        queues = np.stack([values[queue] for queue in self.queue])
        value = unit_mbit(window) * mean_backlog(queues, window.weight) + power_cost(plan.power, window.power_price)
        return Solved(Relaxed(plan, values[self.association]), value)


def least_rate(window: Window) -> float:
    """Return the least bounded rate, in bit/s/Hz: zero with a feeder, where one link's less would be another's more."""
    return LEAST_RATE if window.feeder_mbit_s is None else 0.0


def _where(exists: NDArray[np.bool_], low: float, high: float = np.inf) -> tuple[Array, Array]:
    """Return bounds from ``low`` to ``high`` where a variable exists, and zero where it does not."""
    return np.where(exists, low, 0.0), np.where(exists, high, 0.0)


def _settings(tolerance: float) -> clarabel.DefaultSettings:
    settings = clarabel.DefaultSettings()
    settings.verbose = False
    settings.max_threads = 1
    settings.tol_gap_abs, settings.tol_gap_rel, settings.tol_feas = 1e-2 * tolerance, tolerance, tolerance
    return settings

"""The surrogate as a CVXPY model: the readable form, and the outside check of :mod:`itnt_core.twin.planning.conic`.

Written with parameters, so that a window of the same shape and links is compiled once and solved again at each point.
"""

from __future__ import annotations

from typing import Any

import cvxpy as cp
import numpy as np

from .conic import (
    LEAST_BOUND,
    LOG2,
    LOOSE_TOLERANCE,
    TOLERANCE,
    Solved,
    least_rate,
)
from .objective import mean_backlog, power_cost
from .relaxed import Bounds, Relaxed, tightened, traffic_in_units, unit_mbit
from .tangent import tangent_at
from .window import Array, Plan, Window


class Model:
    """Improves a point by one surrogate through CVXPY; compiled when a window of another shape comes."""

    def __init__(self) -> None:
        self._compiled: _Compiled | None = None

    def improve(self, window: Window, at: Relaxed, bounds: Bounds, penalty: float) -> Solved | None:
        """Solve the surrogate that is tight at a point; None when the solver fails even at the loose tolerance."""
        if self._compiled is None or not self._compiled.fits(window):
            self._compiled = _Compiled(window)
        compiled = self._compiled
        compiled.set(window, at, tightened(window, bounds), penalty)
        for tolerance in (TOLERANCE, LOOSE_TOLERANCE):
            try:
                compiled.problem.solve(
                    solver=cp.CLARABEL,
                    warm_start=False,
                    tol_gap_abs=1e-2 * tolerance,
                    tol_gap_rel=tolerance,
                    tol_feas=tolerance,
                )
            except cp.SolverError:
                continue
            if compiled.problem.status in (cp.OPTIMAL, cp.OPTIMAL_INACCURATE):
                return compiled.read(window)
        return None


def flat(values: Array) -> Array:
    """Return (n, subbands, cycles) as (n, subbands x cycles), the layout of the model."""
    return values.reshape(values.shape[0], -1)


class _Compiled:
    """The model of one shape. Flat vectors run over (link, user or transmitter; subband, cycle)."""

    def __init__(self, window: Window):
        self.key = self._key_of(window)
        per, links, cycles = window.subbands * window.cycles, window.links, window.cycles
        self.power = cp.Variable((window.transmitters, per))
        self.share = cp.Variable((links, per))
        self.efficiency = cp.Variable((links, per))  # bounds log2(T / I) from below
        self.loss = cp.Variable((window.users, per), nonneg=True)  # bounds T0 / T from above
        self.rate = cp.Variable((links, cycles))
        self.queue = [cp.Variable((window.users, cycles * window.slots), nonneg=True) for _ in range(2)]
        self.steering = cp.Variable((window.users, cycles))
        self.mask = [cp.Variable((1, per)), cp.Variable((1, per))]
        self.association = cp.Variable((links, cycles))
        self.at: dict[str, Any] = self._parameters(window)
        cost = self._waiting(window) + self._prices(window)
        self.problem = cp.Problem(cp.Minimize(cost), [*self._rates(window), *self._queues(window), *self._rest(window)])

    @staticmethod
    def _key_of(window: Window) -> tuple[Any, ...]:
        ends = (tuple(window.link_transmitter.tolist()), tuple(window.link_user.tolist()))
        numbers = (
            window.shared_most,
            window.feeder_mbit_s,
            tuple(window.budget.tolist()),
            window.power_price,
            window.subband_mhz,
            window.cycle_s,
            window.slots,
            window.efficiency_cap,
        )
        return (window.gain.shape, window.subbands, window.stations, ends, numbers, tuple(window.weight.tolist()))

    def fits(self, window: Window) -> bool:
        """Say whether a window differs from the compiled one in parameters only."""
        return self._key_of(window) == self.key

    def _parameters(self, window: Window) -> dict[str, Any]:
        per, links, cycles, users = window.subbands * window.cycles, window.links, window.cycles, window.users
        each = range(window.transmitters)
        bounds = {
            "power": (window.transmitters, per),
            "share": (links, per),
            "steering": (users, cycles),
            "mask_tn": (1, per),
            "mask_ntn": (1, per),
            "association": (links, cycles),
        }
        return {
            "total_gain": [cp.Parameter((users, per), nonneg=True) for _ in each],  # gamma / T0
            "total_rest": cp.Parameter((users, per), nonneg=True),  # 1 / T0
            "noise_gain": [cp.Parameter((links, per), nonneg=True) for _ in each],  # gamma / I0, zero for the own
            "user_weight": cp.Parameter((links, per), nonneg=True),  # 1 where the link can serve
            "rest": cp.Parameter((links, per)),  # ln T0 + 1 - (ln I0 + 1 / I0 - 1)
            "share_slope": cp.Parameter((links, per)),
            "efficiency_slope": cp.Parameter((links, per)),
            "product_rest": cp.Parameter((links, cycles)),
            "scale": cp.Parameter((links, per), nonneg=True),
            "inverse": cp.Parameter((links, per), nonneg=True),
            "arrivals": cp.Parameter((users, cycles * window.slots), nonneg=True),
            "start": [cp.Parameter((users, 1), nonneg=True) for _ in range(2)],
            "mask_slope": [cp.Parameter((1, per)) for _ in range(2)],
            "association_slope": cp.Parameter((links, cycles)),
            **{f"{name}_{end}": cp.Parameter(shape) for name, shape in bounds.items() for end in ("low", "high")},
        }

    def _waiting(self, window: Window) -> Any:
        slots = window.cycles * window.slots
        weight = np.repeat(window.weight[:, None], slots, axis=1) / slots
        return sum(cp.sum(cp.multiply(weight, queue)) for queue in self.queue) / (10.0 * window.weight.sum())

    def _prices(self, window: Window) -> Any:
        power = window.power_price / (window.cycles * unit_mbit(window)) * cp.sum(self.power)
        binaries = sum(
            cp.sum(cp.multiply(slope, mask)) for slope, mask in zip(self.at["mask_slope"], self.mask, strict=True)
        )
        binaries += cp.sum(cp.multiply(self.at["association_slope"], self.association))
        return (power + binaries) / (10.0 * window.weight.sum())

    def _rates(self, window: Window) -> list[Any]:
        at, cycles = self.at, window.cycles
        to_users = np.ones((window.users, 1))
        total = at["total_rest"] + sum(
            cp.multiply(gain, to_users @ self.power[j : j + 1]) for j, gain in enumerate(at["total_gain"])
        )
        to_links = np.ones((window.links, 1))
        heard = sum(cp.multiply(gain, to_links @ self.power[j : j + 1]) for j, gain in enumerate(at["noise_gain"]))
        user_of = np.zeros((window.links, window.users))
        user_of[np.arange(window.links), window.link_user] = 1.0
        spread = cp.multiply(at["scale"], self.share) - cp.multiply(at["inverse"], self.efficiency)
        straight = cp.multiply(at["share_slope"], self.share) + cp.multiply(at["efficiency_slope"], self.efficiency)
        found = [
            cp.inv_pos(total) <= self.loss,
            LOG2 * self.efficiency + cp.multiply(at["user_weight"], user_of @ self.loss) + heard <= at["rest"],
            self.efficiency >= LEAST_BOUND,
            *([self.efficiency <= window.efficiency_cap] if np.isfinite(window.efficiency_cap) else []),
            self.rate >= least_rate(window),
        ]
        for cycle in range(cycles):
            product = cp.sum(straight[:, cycle::cycles] - cp.square(spread[:, cycle::cycles]) / 4.0, axis=1)
            found.append(self.rate[:, cycle] <= product - at["product_rest"][:, cycle])
        return found

    def _queues(self, window: Window) -> list[Any]:
        at, found = self.at, []
        in_slots = np.repeat(np.eye(window.cycles), window.slots, axis=1)  # (cycles, all slots)
        parts = (self.steering @ in_slots, (1.0 - self.steering) @ in_slots)
        for queue, start, part, chosen in zip(
            self.queue, at["start"], parts, (window.is_tn, ~window.is_tn), strict=True
        ):
            served = np.zeros((window.users, window.links))
            served[window.link_user[chosen], np.flatnonzero(chosen)] = 1.0
            before = cp.hstack([start, queue[:, :-1]]) if queue.shape[1] > 1 else start
            carried = served @ self.rate @ in_slots / window.slots
            found.append(queue >= before + cp.multiply(at["arrivals"], part) - carried)
            if window.feeder_mbit_s is not None and chosen is not window.is_tn:
                carried = window.subband_mhz * cp.sum(self.rate[np.flatnonzero(~window.is_tn)], axis=0)
                found.append(carried <= window.feeder_mbit_s)
        return found

    def _rest(self, window: Window) -> list[Any]:
        at, cycles = self.at, window.cycles
        stations, beams = np.ones((window.stations, 1)), np.ones((window.transmitters - window.stations, 1))
        mask = cp.vstack([stations @ self.mask[0], beams @ self.mask[1]]) if len(beams) else stations @ self.mask[0]
        owner = np.zeros((window.transmitters, window.links))
        owner[window.link_transmitter, np.arange(window.links)] = 1.0
        over_subbands = np.tile(np.eye(cycles), (window.subbands, 1))  # (subbands x cycles, cycles)
        budget = np.repeat(window.budget[:, None], cycles, axis=1)
        both = cp.pos(self.mask[0] + self.mask[1] - 1.0)
        found = [
            owner @ self.share <= mask,
            self.power <= mask,
            self.power @ over_subbands <= budget,
            self.share @ over_subbands <= window.subbands * self.association,
            both @ over_subbands <= float(window.shared_most) * np.ones((1, cycles)),
        ]
        for chosen in (window.is_tn, ~window.is_tn):
            gather = np.zeros((window.users, window.links))
            gather[window.link_user[chosen], np.flatnonzero(chosen)] = 1.0
            found.append(gather @ self.association <= 1.0)
        boxed = {
            "power": self.power,
            "share": self.share,
            "steering": self.steering,
            "mask_tn": self.mask[0],
            "mask_ntn": self.mask[1],
            "association": self.association,
        }
        for name, variable in boxed.items():
            found += [variable >= at[f"{name}_low"], variable <= at[f"{name}_high"]]
        return found

    def set(self, window: Window, at: Relaxed, bounds: Bounds, penalty: float) -> None:
        """Set the parameters to a window and a point."""
        values, tangent, gain = self.at, tangent_at(window, at, penalty), window.heard
        per_user = np.repeat(gain[:, :, None, :], window.subbands, axis=2)  # (transmitters, users, subbands, cycles)
        serves = bounds.share[1] > 0.0  # (links, subbands, cycles): the others bound nothing and carry nothing
        for j in range(window.transmitters):
            values["total_gain"][j].value = flat(per_user[j] / tangent.total)
            heard = per_user[j][window.link_user] / tangent.noise
            heard[window.link_transmitter == j] = 0.0
            values["noise_gain"][j].value = flat(heard * serves)
        values["total_rest"].value = flat(1.0 / tangent.total)
        noise = np.log(tangent.noise) + 1.0 / tangent.noise - 1.0
        rest = np.log(tangent.total)[window.link_user] + 1.0 - noise
        values["rest"].value = flat(np.where(serves, rest, 0.0))
        values["user_weight"].value = flat(serves.astype(float))
        values["share_slope"].value = flat(tangent.share_slope * serves)
        values["efficiency_slope"].value = flat(tangent.efficiency_slope * serves)
        values["product_rest"].value = (tangent.rest * serves).sum(axis=1)
        # The model squares Y as a whole, so the scale enters as it is.
        values["scale"].value, values["inverse"].value = flat(tangent.scale * serves), flat(serves / tangent.scale)
        unit = unit_mbit(window)
        values["arrivals"].value = traffic_in_units(window)[1]
        for system, queue in enumerate((window.queue_tn_mbit, window.queue_ntn_mbit)):
            values["start"][system].value = queue[:, None] / unit
        for system, slope in enumerate((tangent.mask_tn_slope, tangent.mask_ntn_slope)):
            values["mask_slope"][system].value = slope.reshape(1, -1)
        values["association_slope"].value = tangent.association_slope
        for name in ("power", "share", "steering", "mask_tn", "mask_ntn", "association"):
            for end, bound in zip(("low", "high"), getattr(bounds, name), strict=True):
                values[f"{name}_{end}"].value = bound.reshape(values[f"{name}_{end}"].shape)

    def read(self, window: Window) -> Solved:
        """Return the solution as a point, with the solver's tolerance cut off at zero and one."""
        per = (window.subbands, window.cycles)

        def shaped(variable: Any, *shape: int) -> Array:
            values: Array = np.clip(variable.value, 0.0, 1.0).reshape(shape or (-1, *per))
            return values

        plan = Plan(
            shaped(self.power),
            shaped(self.share),
            shaped(self.steering, window.users, window.cycles),
            shaped(self.mask[0], *per),
            shaped(self.mask[1], *per),
        )
        waiting = mean_backlog(np.stack([np.asarray(queue.value, dtype=float) for queue in self.queue]), window.weight)
        value = unit_mbit(window) * waiting + power_cost(plan.power, window.power_price)
        return Solved(Relaxed(plan, shaped(self.association, window.links, window.cycles)), value)

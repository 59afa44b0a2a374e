"""What users' data are worth together: one concave function of them, its slope, and what proves a bound of it.

With D_u the data of user u in the whole window (of each slot no more than its demand), w_u its priority and W the sum
of all w_u, the worth is W times a mean of the D_u: the arithmetic one (all data), the geometric one (proportional
fairness), the power mean of exponent 1 - alpha (alpha-fairness), or the least D_u / w_u (max-min fairness). It is the
total that would be as good if everyone got what its priority asks for: the equally distributed equivalent of Atkinson
(On the measurement of inequality, Journal of Economic Theory 2, 1970), in the order of the alpha-fair sums of Mo and
Walrand (Fair end-to-end window-based congestion control, IEEE/ACM Transactions on Networking 8, 2000), but in Mbit.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from itnt_core.arrays import Array
from itnt_core.scenario import Scenario

LEAST_MBIT = 1e-3  # added to what everyone has: who has nothing leaves a worth, and a slope, that is finite
SMOOTH_ALPHA = 8.0  # of the alpha-fairness that a search for max-min fairness climbs
MINIMUM_PRICE = 10.0  # of a Mbit that a user lacks to its least mean rate, as a search counts, beside a Mbit of data


@dataclass(frozen=True, eq=False)
class Utility:
    """How a scenario counts users' data; arrays (users,)."""

    alpha: float  # 0 for all data, infinite for max-min fairness
    priority: Array
    demand_mbit_s: Array  # infinite for a full buffer
    minimum_mbit: Array  # in the whole window, 0 where none is asked for
    unserved_mbit: float = 0.0  # what an unserved user slot costs

    @classmethod
    def of(cls, scenario: Scenario) -> Utility:
        """Read what a scenario asks for."""
        users = scenario.all_users
        alphas = {"sum": 0.0, "proportional": 1.0, "max_min": np.inf, "alpha": scenario.alpha}
        return cls(
            alphas[scenario.objective],
            np.array([user.priority for user in users]),
            np.array([np.inf if user.demand_mbit_s is None else user.demand_mbit_s for user in users]),
            np.array([user.min_rate_mbit_s or 0.0 for user in users]) * scenario.time.duration_s,
            scenario.coverage_price_mbit if scenario.coverage == "priced" else 0.0,
        )

    @property
    def is_linear(self) -> bool:
        """Say whether a Mbit is worth the same to a user however many it has."""
        return (self.alpha == 0.0 and not self.has_minimum) or not len(self.priority)

    @property
    def is_plain(self) -> bool:
        """Say whether the worth is the sum of all data, as in the paper; demands may limit them."""
        return self.is_linear and not self.unserved_mbit and bool((self.priority == 1.0).all())

    @property
    def has_demand(self) -> bool:
        """Say whether a user has no full buffer."""
        return bool(np.isfinite(self.demand_mbit_s).any())

    @property
    def has_minimum(self) -> bool:
        """Say whether a user asks for a least mean rate."""
        return bool((self.minimum_mbit > 0.0).any())

    def value_mbit(self, data_mbit: Array, unserved: Array | float = 0.0) -> Array:
        """Return the worth (...) in Mbit of data (..., users) in Mbit, with so many (...) unserved user slots."""
        return np.asarray(self.mean_mbit(data_mbit) - self.unserved_mbit * np.asarray(unserved))

    def mean_mbit(self, data_mbit: Array) -> Array:
        """Return the worth (...) in Mbit of data (..., users) in Mbit alone: W times their mean."""
        if self.alpha == 0.0 or not len(self.priority):
            return np.asarray((data_mbit * self.priority).sum(axis=-1))
        if np.isinf(self.alpha):
            return np.asarray(self.priority.sum() * (data_mbit / self.priority).min(axis=-1))
        return np.asarray(self.priority.sum() * (np.exp(self._logarithms(data_mbit)[0][..., 0]) - LEAST_MBIT))

    def slope(self, data_mbit: Array) -> Array:
        """Return what one more Mbit of each user is worth (..., users) at data (..., users).

        Max-min fairness has no slope that leads a search: that of alpha-fairness with a large alpha stands for it.
        """
        if self.alpha == 0.0 or not len(self.priority):
            return np.broadcast_to(self.priority, np.shape(data_mbit)).copy()
        mean, logs = self._logarithms(data_mbit)
        share, size = self._shares
        return np.asarray(self.priority.sum() * share / size * np.exp(self._smooth_alpha * (mean - logs)))

    def shortfall_mbit(self, data_mbit: Array) -> Array:
        """Return what all users together lack (...) to their least mean rates, of data (..., users)."""
        return np.asarray(np.maximum(self.minimum_mbit - data_mbit, 0.0).sum(axis=-1))

    def search_mbit(self, data_mbit: Array, unserved: Array | float = 0.0) -> Array:
        """Return what a search climbs (...) at data (..., users): the worth made smooth, less a price on what lacks."""
        worth = self.mean_mbit(data_mbit) - self.unserved_mbit * np.asarray(unserved)
        if np.isinf(self.alpha) and len(self.priority):
            smooth = self.priority.sum() * np.exp(self._logarithms(data_mbit)[0][..., 0])
            worth = smooth - self.unserved_mbit * np.asarray(unserved)
        return np.asarray(worth - self._minimum_price * self.shortfall_mbit(data_mbit))

    def search_slope(self, data_mbit: Array) -> Array:
        """Return the slope (..., users) of :meth:`search_mbit`: the weights of a sum of data that leads uphill."""
        return np.asarray(self.slope(data_mbit) + self._minimum_price * (data_mbit < self.minimum_mbit))

    def certificate(self, data_mbit: Array) -> tuple[Array, float]:
        """Return weights (users,) and a rest: W times the mean of no data D exceeds the sum of weights times D, and it.

        The tangent at data (users,) lies above a concave function; a mean grows in proportion with its arguments, so
        that the tangent goes through the origin, but for LEAST_MBIT. Of max-min fairness any weights of sum one bound
        the least by their mean.
        """
        weight = self.slope(data_mbit)
        if self.alpha == 0.0 or not len(self.priority):
            return weight, 0.0
        total = float(self.priority.sum())
        if np.isinf(self.alpha):
            return weight * total / float(weight @ self.priority), 0.0
        return weight, LEAST_MBIT * (float(weight.sum()) - total)

    @property
    def _smooth_alpha(self) -> float:
        return SMOOTH_ALPHA if np.isinf(self.alpha) else self.alpha

    @property
    def _minimum_price(self) -> float:
        return MINIMUM_PRICE * float(self.priority.max(initial=1.0))

    @property
    def _shares(self) -> tuple[Array, Array]:
        """Return what each user weighs in the mean, and what its data are divided by; both (users,)."""
        if np.isinf(self.alpha):
            return np.full(len(self.priority), 1.0 / len(self.priority)), self.priority
        return self.priority / self.priority.sum(), np.ones(len(self.priority))

    def _logarithms(self, data_mbit: Array) -> tuple[Array, Array]:
        """Return the logarithms of the (smooth) mean (..., 1) and of each user's own part in it (..., users)."""
        share, size = self._shares
        logs = np.log((np.maximum(data_mbit, 0.0) + LEAST_MBIT) / size)
        power = 1.0 - self._smooth_alpha
        if abs(power) < 1e-9:
            return (share * logs).sum(axis=-1, keepdims=True), logs
        top = (power * logs).max(axis=-1, keepdims=True)
        mean = (np.log((share * np.exp(power * logs - top)).sum(axis=-1, keepdims=True)) + top) / power
        return mean, logs

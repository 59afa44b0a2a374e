"""A map of what a transmitter's gains differ from what the twin's physics says, learned from reports at places."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from itnt_core.arrays import Array

if TYPE_CHECKING:
    from sklearn.gaussian_process import GaussianProcessRegressor
    from sklearn.gaussian_process.kernels import Kernel

LEAST_REPORTS = 8  # from which on the map's own numbers are fitted
MOST_REPORTS = 300  # that a map remembers, the newest; fitting takes the cube of them
FIT_ANEW = 1.3  # times as many reports as at the last fit of the law
SHARE = 0.9  # of reports that an interval is to hold
GAUSSIAN_90 = 1.6448536269514722  # half the width of a Gaussian's 90 % interval in standard deviations
# Where the fit begins: dB of what belongs to a place, metres over which it is alike, dB that every report has of its
# own, dB that all reports share; and how far the fit may go.
START = (4.0, 50.0, 2.0, 2.0)
SIGMAS_DB, DISTANCES_M = (0.05, 40.0), (3.0, 2000.0)


@dataclass(frozen=True)
class Estimates:
    """What a map has found out about its own law: the dials of the twin's error, estimated."""

    place_sigma_db: float
    distance_m: float
    report_sigma_db: float
    offset_sigma_db: float


@dataclass(eq=False)
class ShadowMap:
    """A Gaussian process over places, of one transmitter (Rasmussen and Williams 2006, chapters 2, 4 and 5).

    Covariance: an exponential law of distance (Gudmundson's), an offset that all reports share, and noise of each
    report. Its numbers are those of the greatest marginal likelihood. Intervals are scaled so that nine tenths of the
    reports lie within the interval that the others give them (leave one out, equations 5.10 to 5.12 there).
    """

    points_m: Array = field(default_factory=lambda: np.zeros((0, 2)))
    residual_db: Array = field(default_factory=lambda: np.zeros(0))
    _fitted: GaussianProcessRegressor | None = None
    _widen: float = 1.0
    _law: tuple[int, Kernel] | None = None  # that was fitted, and to how many reports

    def hear(self, points_m: Array, residual_db: Array) -> None:
        """Take reports at places (n, 2): by how many dB (n,) they differ from what physics says."""
        self.points_m = np.concatenate([self.points_m, points_m])[-MOST_REPORTS:]
        self.residual_db = np.concatenate([self.residual_db, residual_db])[-MOST_REPORTS:]
        self._fitted = None

    def predict(self, points_m: Array) -> tuple[Array, Array]:
        """Return the difference that reports at places (n, 2) are expected to have, and its standard deviation, in dB.

        Without reports the difference is zero, and the deviation that of the law the fit begins with. Nine tenths of
        reports lie within 1.645 deviations.
        """
        if not self.residual_db.size:
            place, _, report, offset = START
            return np.zeros(len(points_m)), np.full(len(points_m), float(np.sqrt(place**2 + report**2 + offset**2)))
        if self._fitted is None:
            self._fit()
        assert self._fitted is not None
        mean, deviation = self._fitted.predict(points_m, return_std=True)
        return mean, deviation * self._widen

    def estimates(self) -> Estimates | None:
        """Return what the reports say about the twin's error; None while they are too few."""
        if self.residual_db.size < LEAST_REPORTS:
            return None
        if self._fitted is None:
            self._fit()
        assert self._fitted is not None
        place, distance, report, offset = np.exp(self._fitted.kernel_.theta)[[0, 1, 3, 2]]
        return Estimates(float(np.sqrt(place)), float(distance), float(np.sqrt(report)), float(np.sqrt(offset)))

    def _fit(self) -> None:
        from sklearn.exceptions import ConvergenceWarning  # slow to import: only who learns pays
        from sklearn.gaussian_process import GaussianProcessRegressor

        count = self.residual_db.size
        anew = count >= LEAST_REPORTS and (self._law is None or count >= FIT_ANEW * self._law[0])
        law = _kernel() if self._law is None else self._law[1]
        machine = GaussianProcessRegressor(law, optimizer="fmin_l_bfgs_b" if anew else None, alpha=1e-9)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)  # says that a number lies at the end of its range
            machine.fit(self.points_m, self.residual_db)
        if anew:
            self._law = count, machine.kernel_
        self._fitted = machine
        self._widen = _widening(machine, self.residual_db) if count >= LEAST_REPORTS else 1.0


def _kernel() -> Kernel:
    from sklearn.gaussian_process.kernels import ConstantKernel, Matern, WhiteKernel

    place, distance, report, offset = START
    variances = (SIGMAS_DB[0] ** 2, SIGMAS_DB[1] ** 2)
    return (
        ConstantKernel(place**2, variances) * Matern(distance, DISTANCES_M, nu=0.5)
        + ConstantKernel(offset**2, variances)
        + WhiteKernel(report**2, variances)
    )


def _widening(machine: GaussianProcessRegressor, residual_db: Array) -> float:
    """Return by how much intervals are to be widened so that they hold what they promise of the reports left out."""
    from scipy.linalg import cho_solve

    inverse = cho_solve((machine.L_, True), np.eye(residual_db.size))
    standard = np.abs(inverse @ residual_db) / np.sqrt(np.diag(inverse))
    # The quantile of conformal prediction: as many of n + 1 as the share asks for.
    rank = min(residual_db.size, int(np.ceil(SHARE * (residual_db.size + 1))))
    return float(np.sort(standard)[rank - 1] / GAUSSIAN_90)

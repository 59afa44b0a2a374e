"""How the twin forecasts the load of the next time bin from what it has measured until then, and how wrong it is."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from itnt_core.twin.planning.window import Array

from .profiles import LONDON

AR_LAGS = 3  # bins of the autoregression, fewer while a tenth of the history is shorter
BOOSTING_LAGS, BOOSTING_STEPS = 6, 120  # the last bins that boosting sees, and its trees
SMALLEST = 1e-9  # of a level whose logarithm is taken


@dataclass(frozen=True, eq=False)
class History:
    """Levels (cells, bins) in steps of ``step_s`` from ``start`` on; ``own`` is a user's own forecast of them."""

    level: Array
    start: datetime
    step_s: float
    own: Array | None = None

    @property
    def day(self) -> int:
        """Return the number of bins of a day."""
        return round(86_400.0 / self.step_s)

    def until(self, bins: int) -> History:
        """Return the first bins alone."""
        own = None if self.own is None else self.own[:, :bins]
        return History(self.level[:, :bins], self.start, self.step_s, own)

    def weekend(self) -> np.ndarray:
        """Return which bins (bins,) lie on a Saturday or Sunday in London."""
        days = (self.start + timedelta(seconds=index * self.step_s) for index in range(self.level.shape[1]))
        return np.array([moment.astimezone(LONDON).weekday() >= 5 for moment in days])


def persistence(history: History, first: int) -> Array:
    """Forecast that nothing changes: the level of the bin before (cells, bins from ``first`` on)."""
    return history.level[:, first - 1 : -1]


def same_time_yesterday(history: History, first: int) -> Array:
    """Forecast the level (cells, bins from ``first`` on) of the same time of the day before.

    The bin before counts where there is no such day.
    """
    bins = np.arange(first, history.level.shape[1])
    return history.level[:, np.where(bins >= history.day, bins - history.day, bins - 1)]


def seasonal_naive(history: History, first: int) -> Array:
    """Forecast (cells, bins from ``first`` on) the mean of the same time on earlier days of the same kind.

    Kinds are weekdays and weekends.
    """
    return np.exp(_seasonal_log(history, first, from_bin=first))


def ar_residual(history: History, first: int) -> Array:
    """Forecast the seasonal mean times the exponential of an autoregression of the log residual (statsmodels).

    Returns (cells, bins from ``first`` on). Fitted to the bins before ``first``; each forecast then uses the residuals
    measured until the bin before.
    """
    from statsmodels.tsa.ar_model import AutoReg  # slow to import

    lags = min(AR_LAGS, max(1, first // 10))
    season = _seasonal_log(history, first, from_bin=0)
    residual = np.log(np.maximum(history.level, SMALLEST)) - season
    forecast = np.empty((history.level.shape[0], history.level.shape[1] - first))
    for cell, row in enumerate(residual):
        past = row[:first]
        if first < 8 * lags or np.ptp(past) < 1e-9:
            steps = np.concatenate([[0.0], [1.0], np.zeros(lags - 1)])
        else:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                steps = np.asarray(AutoReg(past, lags=lags).fit().params)
        windows = np.lib.stride_tricks.sliding_window_view(row, lags)[first - lags : len(row) - lags]
        forecast[cell] = steps[0] + windows[:, ::-1] @ steps[1:]
    return np.exp(season[:, first:] + np.clip(forecast, -3.0, 3.0))


def ar_and_boosted(history: History, first: int) -> Array:
    """Forecast the geometric mean of :func:`ar_residual` and of gradient boosting on lags (scikit-learn).

    Returns (cells, bins from ``first`` on). One machine for all cells, fitted to their log levels over their own means
    in the bins before ``first``; it knows the last bins, the same time of the last day and week, the time of day and
    whether it is a weekend. With less than two days before ``first`` the autoregression stands alone.
    """
    regression = ar_residual(history, first)
    if first < 2 * history.day:
        return regression
    from sklearn.ensemble import HistGradientBoostingRegressor  # slow to import

    level = np.log(np.maximum(history.level, SMALLEST))
    mean = level[:, :first].mean(axis=1, keepdims=True)
    features = _lags(history, level - mean)  # (cells, bins, features)
    known = slice(history.day, first)
    machine = HistGradientBoostingRegressor(max_iter=BOOSTING_STEPS, learning_rate=0.06, random_state=0)
    machine.fit(features[:, known].reshape(-1, features.shape[2]), (level - mean)[:, known].ravel())
    boosted = machine.predict(features[:, first:].reshape(-1, features.shape[2])).reshape(regression.shape) + mean
    return np.exp((np.log(np.maximum(regression, SMALLEST)) + boosted) / 2.0)


def _lags(history: History, level: Array) -> Array:
    """Return what boosting knows of each bin (cells, bins, features): the past, and the time."""
    bins, day = np.arange(level.shape[1]), history.day
    behind = [*range(1, BOOSTING_LAGS + 1), day - 1, day, day + 1, 7 * day]
    # Where the past does not reach that far the earliest bin stands for it.
    past = [level[:, np.maximum(bins - lag, 0)] for lag in behind]
    turn = 2.0 * np.pi * (bins % day) / day
    moments = [np.sin(turn), np.cos(turn), history.weekend().astype(float)]
    return np.stack([*past, *(np.broadcast_to(moment, level.shape) for moment in moments)], axis=2)


def own_file(history: History, first: int) -> Array:
    """Return the user's own forecast of the same bins (cells, bins from ``first`` on)."""
    if history.own is None:
        raise ValueError("No forecast of your own is there: upload one.")
    return history.own[:, first:]


def perfect(history: History, first: int) -> Array:
    """Return the levels themselves (cells, bins from ``first`` on): a perfect twin."""
    return history.level[:, first:]


FORECASTERS: dict[str, Callable[[History, int], Array]] = {
    "persistence": persistence,
    "same_time_yesterday": same_time_yesterday,
    "seasonal_naive": seasonal_naive,
    "ar_residual": ar_residual,
    "ar_and_boosted": ar_and_boosted,
    "own_file": own_file,
    "perfect": perfect,
}
FORECASTER_WORDS = {
    "persistence": "The bin before",
    "same_time_yesterday": "Same time yesterday",
    "seasonal_naive": "Mean of the same time on like days",
    "ar_residual": "Seasonal mean with an autoregression of what is left",
    "ar_and_boosted": "The mean of that and of gradient boosting",
    "own_file": "Your own forecast file",
    "perfect": "Perfect: the load itself",
}


def mape(history: History, name: str, first: int | None = None) -> float:
    """Return the mean absolute percentage error of one-step forecasts over the last day, as a fraction.

    Bins without load are left out; NaN where nothing is left.
    """
    bins = history.level.shape[1]
    first = max(2, bins - history.day) if first is None else first
    actual, forecast = history.level[:, first:], FORECASTERS[name](history, first)
    loaded = actual > 1e-6 * max(SMALLEST, float(history.level.mean()))
    return float((np.abs(forecast - actual)[loaded] / actual[loaded]).mean()) if loaded.any() else float("nan")


def _seasonal_log(history: History, known: int, *, from_bin: int) -> Array:
    """Return the mean log level of each bin's time of day and kind of day over the bins before ``known``."""
    level = np.log(np.maximum(history.level, SMALLEST))
    bins = np.arange(level.shape[1])
    slot = bins % history.day
    weekend = history.weekend()
    season = np.empty((level.shape[0], level.shape[1] - from_bin))
    past = bins < known
    for place, bin_ in enumerate(bins[from_bin:]):
        same_time = past & (slot == slot[bin_])
        like = same_time & (weekend == weekend[bin_])
        chosen = like if like.any() else same_time if same_time.any() else bins == max(0, min(bin_, known) - 1)
        season[:, place] = level[:, chosen].mean(axis=1)
    return season

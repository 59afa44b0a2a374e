"""Forecasters of the load against series whose future is known, statsmodels, and the arrow of time."""

import warnings
from datetime import UTC, datetime, timedelta

import numpy as np
import pandas as pd
import pytest
from statsmodels.tsa.ar_model import AutoReg

from itnt_core.twin.traffic.forecast import FORECASTERS, History, mape
from tests.shared import needs_shared, shared_file

REAL = tuple(f"data/traffic/milan_internet_10min_square_{square}.csv" for square in (4159, 4556, 5161))
rounding_errors = 1e-9
MONDAY = datetime(2026, 1, 5, 0, 0, tzinfo=UTC)  # in winter London keeps UTC
DAYS, PER_DAY = 16, 24
CAUSAL = sorted(set(FORECASTERS) - {"perfect", "own_file"})


def history_of(level):
    return History(np.asarray(level, dtype=float), MONDAY, 86_400.0 / PER_DAY)


@pytest.fixture(scope="module")
def restless():
    """Three cells with a daily course, a random walk that returns, and weekends of their own."""
    generator = np.random.default_rng(4)
    bins = np.arange(DAYS * PER_DAY)
    residual = np.zeros((3, bins.size))
    for index in bins[1:]:
        residual[:, index] = 0.9 * residual[:, index - 1] + 0.1 * generator.standard_normal(3)
    weekend = (bins // PER_DAY) % 7 >= 5
    course = 2.0 + np.sin(2.0 * np.pi * bins / PER_DAY) - 0.5 * weekend
    return history_of(course * np.exp(residual) * np.array([[1.0], [5.0], [0.2]]))


def test_persistence_is_the_bin_before(restless):
    for first in (1, 100):
        np.testing.assert_array_equal(
            FORECASTERS["persistence"](restless, first), restless.level[:, first - 1 : restless.level.shape[1] - 1]
        )


@pytest.mark.parametrize("name", ["seasonal_naive", "same_time_yesterday"])
def test_a_load_that_repeats_every_day_is_forecast_without_error(name):
    level = np.tile(np.random.default_rng(0).uniform(1.0, 9.0, (2, PER_DAY)), DAYS)
    for first in (PER_DAY, 5 * PER_DAY + 3):
        np.testing.assert_allclose(FORECASTERS[name](history_of(level), first), level[:, first:], rtol=rounding_errors)
    assert mape(history_of(level), name) == pytest.approx(0.0, abs=rounding_errors)


def test_weekends_are_forecast_from_weekends_by_the_seasonal_mean_alone():
    generator = np.random.default_rng(1)
    kinds = generator.uniform(1.0, 9.0, (2, PER_DAY))  # a weekday and a day of the weekend
    level = np.concatenate([kinds[int(day % 7 >= 5)] for day in range(DAYS)])[None]
    second_week = 7 * PER_DAY
    np.testing.assert_allclose(FORECASTERS["seasonal_naive"](history_of(level), second_week), level[:, second_week:])
    saturday = slice(12 * PER_DAY - second_week, 13 * PER_DAY - second_week)
    yesterday = FORECASTERS["same_time_yesterday"](history_of(level), second_week)
    np.testing.assert_array_equal(yesterday[0, saturday], kinds[0])


def test_the_seasonal_mean_is_that_of_the_logarithms_of_like_days(restless):
    first = 10 * PER_DAY + 5
    found = FORECASTERS["seasonal_naive"](restless, first)
    for index in (first, first + 20, restless.level.shape[1] - 1):
        like = [
            before
            for before in range(first)
            if before % PER_DAY == index % PER_DAY
            and (MONDAY + timedelta(hours=before)).weekday() // 5 == (MONDAY + timedelta(hours=index)).weekday() // 5
        ]
        np.testing.assert_allclose(found[:, index - first], np.exp(np.log(restless.level[:, like]).mean(axis=1)))


def test_the_autoregression_is_the_one_step_prediction_of_statsmodels(restless):
    """For one cell: the log residual of the seasonal mean over the known bins, with three lags and a constant."""
    first, cell = 14 * PER_DAY, 1
    known = restless.level[cell, :first]
    kind = np.array([(MONDAY + timedelta(hours=index)).weekday() >= 5 for index in range(restless.level.shape[1])])
    hour = np.arange(restless.level.shape[1]) % PER_DAY

    def season(index):
        like = (hour[:first] == hour[index]) & (kind[:first] == kind[index])
        return np.log(known[like]).mean()

    residual = np.array([np.log(restless.level[cell, index]) - season(index) for index in range(first + 3)])
    found = FORECASTERS["ar_residual"](restless, first)[cell]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fitted = AutoReg(residual[:first], lags=3).fit()
        for ahead in range(3):  # each with the residuals measured until the bin before
            so_far = AutoReg(residual[: first + ahead], lags=3)
            step = so_far.predict(fitted.params, start=first + ahead, end=first + ahead)[0]
            assert found[ahead] == pytest.approx(np.exp(season(first + ahead) + step), rel=1e-6)


def test_the_autoregression_beats_the_seasonal_mean_where_the_residual_lasts(restless):
    assert mape(restless, "ar_residual") < 0.8 * mape(restless, "seasonal_naive")


@pytest.mark.parametrize("name", CAUSAL)
@pytest.mark.parametrize("first", [30, 9 * PER_DAY])
def test_no_forecast_knows_its_own_bin_or_a_later_one(restless, name, first):
    before = FORECASTERS[name](restless, first)
    assert before.shape == (3, restless.level.shape[1] - first)
    for ahead in (0, 1, 7, 40):
        level = restless.level.copy()
        level[:, first + ahead :] *= 10.0
        after = FORECASTERS[name](history_of(level), first)
        np.testing.assert_array_equal(after[:, : ahead + 1], before[:, : ahead + 1])


@pytest.mark.parametrize("name", CAUSAL)
def test_every_forecaster_stands_a_history_of_two_bins_and_one_of_nothing(name):
    short = FORECASTERS[name](history_of([[2.0, 4.0]]), 1)
    np.testing.assert_allclose(short, [[2.0]])
    silent = FORECASTERS[name](history_of(np.zeros((1, 60))), 50)
    np.testing.assert_allclose(silent, 0.0, atol=1e-6)


def test_the_perfect_forecaster_and_the_users_own_file_say_what_they_were_given(restless):
    np.testing.assert_array_equal(FORECASTERS["perfect"](restless, 40), restless.level[:, 40:])
    own = History(restless.level, MONDAY, 3600.0, own=2.0 * restless.level)
    np.testing.assert_array_equal(FORECASTERS["own_file"](own, 40), 2.0 * restless.level[:, 40:])
    assert mape(own, "own_file") == pytest.approx(1.0)
    with pytest.raises(ValueError, match="upload one"):
        FORECASTERS["own_file"](restless, 40)


def test_the_error_is_the_mean_over_the_last_day_without_the_bins_that_carry_nothing():
    level = np.full((1, 3 * PER_DAY), 10.0)
    level[0, -PER_DAY:] = np.tile([8.0, 10.0, 0.0], PER_DAY // 3)
    # By the bin before: 10 or 0 for 8, 8 for 10; the empty bins are left out.
    errors = [0.25] + [1.0] * (PER_DAY // 3 - 1) + [0.2] * (PER_DAY // 3)
    assert mape(history_of(level), "persistence") == pytest.approx(np.mean(errors))
    assert np.isnan(mape(history_of(np.zeros((1, 3 * PER_DAY))), "persistence"))


def test_boosting_and_autoregression_together_are_the_geometric_mean_and_look_at_the_past_only(restless):
    first = 12 * PER_DAY
    both, regression = (FORECASTERS[name](restless, first) for name in ("ar_and_boosted", "ar_residual"))
    boosted = both**2 / regression
    assert np.isfinite(boosted).all()
    assert np.abs(boosted / restless.level[:, first:] - 1.0).mean() < 0.2
    later = restless.level.copy()
    later[:, first + 5 :] *= 3.0
    changed = FORECASTERS["ar_and_boosted"](history_of(later), first)
    np.testing.assert_allclose(changed[:, :6], both[:, :6], rtol=rounding_errors)


def test_with_less_than_two_days_known_boosting_stands_back(restless):
    first = PER_DAY
    np.testing.assert_array_equal(
        FORECASTERS["ar_and_boosted"](restless, first), FORECASTERS["ar_residual"](restless, first)
    )


@needs_shared(*REAL)
def test_on_real_traffic_both_together_err_less_than_the_regression_alone():
    """Three squares of Milan, fitted to four weeks, five weeks ahead bin by bin: at least 3 % less mean error."""
    cells = [pd.read_csv(shared_file(path))["internet"].to_numpy() for path in REAL]
    history = History(np.array(cells), datetime(2013, 10, 31, 23, 0, tzinfo=UTC), 600.0)
    first = 27 * 144
    actual = history.level[:, first:]
    errors = {
        name: np.mean(np.abs(FORECASTERS[name](history, first) - actual).mean(axis=1) / actual.mean(axis=1))
        for name in ("ar_residual", "ar_and_boosted")
    }
    assert errors["ar_and_boosted"] < 0.97 * errors["ar_residual"]

"""Promises by order statistics, against counting: draws of several laws, with and without ties."""

import numpy as np
import pytest

from itnt_core.promise import least_draws, promised, worst_tenth

DRAWS, REPEATS = 59, 4000
UNIFORM = np.random.default_rng(1).random((REPEATS, DRAWS))
# A law by its inverse: how a uniform draw becomes its value, and the probability to reach a value.
LAWS = {
    "uniform": (lambda u: u, lambda x: 1.0 - x),
    "exponential": (lambda u: -np.log1p(-u), lambda x: np.exp(-x)),
    "two heaps": (lambda u: np.where(u < 0.3, u, 9.0 + u), lambda x: 1.0 - np.where(x < 9.0, x, x - 9.0)),
}


def reached(name):
    """The true share of worlds that reach what each of many sets of draws promises for 95 %."""
    value_of, reach_of = LAWS[name]
    rank = promised(np.arange(DRAWS), 0.95).rank
    return reach_of(np.sort(value_of(UNIFORM), axis=1)[:, rank - 1])


@pytest.mark.parametrize("name", LAWS)
def test_the_next_draw_reaches_what_is_promised_as_often_as_said_whatever_the_law(name):
    share = reached(name)
    level = promised(UNIFORM[0], 0.95)
    assert level.rank == 3
    assert abs(share.mean() - (1.0 - level.rank / (DRAWS + 1))) < 4.0 * share.std() / np.sqrt(REPEATS)
    assert share.mean() >= 0.949


@pytest.mark.parametrize("name", LAWS)
def test_the_share_that_is_reached_lies_in_the_stated_range_as_often_as_stated(name):
    level = promised(UNIFORM[0], 0.95)
    inside = np.mean((reached(name) >= level.low) & (reached(name) <= level.high))
    assert 0.935 < inside < 0.965


def test_of_equal_values_more_is_reached_than_promised():
    coins = np.random.default_rng(2).integers(0, 3, (2000, DRAWS)).astype(float)
    levels = np.array([promised(row, 0.95).value for row in coins])
    assert np.mean(1.0 - levels / 3.0) >= 0.95


def test_too_few_draws_promise_nothing_and_the_least_number_does():
    for share in (0.5, 0.9, 0.95, 0.99):
        assert promised(np.arange(least_draws(share) - 1), share) is None
        assert promised(np.arange(least_draws(share)), share).rank == 1
    assert [least_draws(share) for share in (0.5, 0.9, 0.95, 0.99)] == [1, 9, 19, 99]


def test_the_order_of_the_draws_does_not_matter():
    draws = np.random.default_rng(3).normal(size=200)
    assert promised(draws, 0.9) == promised(draws[::-1], 0.9)
    assert promised(draws, 0.9).value == np.sort(draws)[19]


def test_the_worst_tenth_is_the_mean_of_the_least_values():
    assert worst_tenth(np.arange(100.0)[::-1]) == 4.5
    assert worst_tenth([7.0, 3.0]) == 3.0

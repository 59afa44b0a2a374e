"""What data are worth together, against closed forms, CVXPY and numbers by hand."""

from __future__ import annotations

from dataclasses import replace

import cvxpy as cp
import numpy as np
import pytest

from itnt_core.utility import Utility

KINDS = {"sum": 0.0, "half": 0.5, "proportional": 1.0, "two": 2.0, "five": 5.0, "max-min": np.inf}


def utility(alpha, users=6, seed=0):
    """Return a utility with uneven priorities."""
    priority = np.random.default_rng(seed).uniform(0.5, 4.0, users)
    return Utility(alpha, priority, np.full(users, np.inf), np.zeros(users))


def test_named_objectives_are_means_of_the_data():
    data, plain = np.array([1.0, 2.0, 4.0, 8.0]), np.ones(4)
    base = Utility(0.0, plain, plain * np.inf, plain * 0.0)
    assert base.value_mbit(data) == 15.0
    assert replace(base, alpha=1.0).value_mbit(data) == pytest.approx(4.0 * 64.0**0.25, rel=1e-3)
    assert replace(base, alpha=2.0).value_mbit(data) == pytest.approx(4.0 * 4.0 / (1.0 + 0.5 + 0.25 + 0.125), rel=1e-2)
    assert replace(base, alpha=np.inf).value_mbit(data) == 4.0


def test_alpha_agrees_with_the_named_objectives_at_its_ends():
    data = np.array([3.0, 5.0, 9.0, 20.0])
    plain = Utility(0.0, np.ones(4), np.full(4, np.inf), np.zeros(4))
    for alpha, other, tolerance in ((1e-7, 0.0, 1e-3), (1.0 + 1e-6, 1.0, 1e-5), (400.0, np.inf, 5e-3)):
        near, named = (replace(plain, alpha=value).value_mbit(data) for value in (alpha, other))
        assert near == pytest.approx(named, rel=tolerance)


def test_data_shared_out_by_priority_are_worth_what_they_are():
    for alpha in (0.0, np.inf):
        found = utility(alpha)
        assert found.value_mbit(7.0 * found.priority / (found.priority if alpha == 0.0 else 1.0)) == pytest.approx(
            7.0 * found.priority.sum()
        )
    for alpha in (0.5, 1.0, 3.0):
        found = utility(alpha)
        assert found.value_mbit(np.full(6, 7.0)) == pytest.approx(7.0 * found.priority.sum())


@pytest.mark.parametrize("alpha", [alpha for alpha in KINDS.values() if np.isfinite(alpha)])
def test_the_slope_is_that_of_small_steps(alpha):
    found, data, step = utility(alpha), np.random.default_rng(1).uniform(1.0, 50.0, 6), 1e-5
    slopes = [
        (found.value_mbit(data + step * unit) - found.value_mbit(data - step * unit)) / (2.0 * step)
        for unit in np.eye(6)
    ]
    assert found.slope(data) == pytest.approx(slopes, rel=1e-5)


@pytest.mark.parametrize("alpha", KINDS.values())
def test_no_data_are_worth_more_than_a_certificate_says(alpha):
    draw = np.random.default_rng(2)
    for trial in range(200):
        found = utility(alpha, seed=trial)
        weight, rest = found.certificate(10.0 ** draw.uniform(-3.0, 3.0, 6))
        others = 10.0 ** draw.uniform(-4.0, 4.0, (50, 6)) * (draw.random((50, 6)) < 0.9)
        assert (found.mean_mbit(others) <= (others @ weight + rest) * (1.0 + 1e-9) + 1e-9).all()


@pytest.mark.parametrize("alpha", [1.0, 2.0])
def test_the_best_share_of_a_station_is_that_of_cvxpy_and_of_the_closed_form(alpha):
    """Users share one station's time: x_u >= 0, sum x_u <= 1, D_u = rate_u x_u."""
    found = utility(alpha, seed=4)
    rate = np.array([1.0, 2.0, 3.0, 5.0, 8.0, 13.0]) * 100.0
    share = cp.Variable(6, nonneg=True)
    data = cp.multiply(rate, share)
    goal = found.priority @ cp.log(data) if alpha == 1.0 else -(found.priority @ cp.inv_pos(data))
    cp.Problem(cp.Maximize(goal), [cp.sum(share) <= 1.0]).solve(solver="CLARABEL")
    closed = found.priority ** (1.0 / alpha) * rate ** (1.0 / alpha - 1.0)
    closed /= closed.sum()
    assert share.value == pytest.approx(closed, rel=1e-3)
    best = found.value_mbit(rate * closed)
    for other in np.random.default_rng(3).dirichlet(np.ones(6), 500):
        assert found.value_mbit(rate * other) <= best * (1.0 + 1e-6)


def test_max_min_gives_users_of_one_station_what_their_priority_asks_for():
    found, rate = utility(np.inf, seed=5), np.array([1.0, 2.0, 3.0, 5.0, 8.0, 13.0])
    need = found.priority / rate
    best = found.value_mbit(rate * need / need.sum())
    assert best == pytest.approx(found.priority.sum() / need.sum())
    for other in np.random.default_rng(3).dirichlet(np.ones(6), 500):
        assert found.value_mbit(rate * other) <= best * (1.0 + 1e-9)


def test_who_has_nothing_leaves_a_finite_worth_and_a_finite_slope():
    for alpha in KINDS.values():
        found = utility(alpha)
        data = np.array([0.0, 1.0, 2.0, 3.0, 4.0, 5.0])
        assert np.isfinite(found.value_mbit(data)) and np.isfinite(found.slope(data)).all()


def test_unserved_user_slots_and_missing_least_rates_cost_what_they_say():
    base = Utility(0.0, np.ones(2), np.full(2, np.inf), np.array([10.0, 0.0]), unserved_mbit=2.0)
    data = np.array([4.0, 9.0])
    assert base.value_mbit(data, 3) == 7.0
    assert base.shortfall_mbit(data) == 6.0 and not base.is_linear
    assert base.search_slope(data)[0] > base.search_slope(data)[1] == 1.0

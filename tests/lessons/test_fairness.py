"""The lesson on fairness: its closed form against a solver, and against what a run is worth."""

import cvxpy
import numpy as np
import pytest

from itnt_core.lessons.fairness import Fairness, fair_shares, turns_of
from itnt_core.utility import Utility

RATES = np.array([1.3, 0.4, 0.09, 0.7])  # Mbit/s


@pytest.mark.parametrize("alpha", [0.5, 1.0, 2.0, 4.0])
def test_the_shares_are_those_that_a_solver_finds(alpha):
    share = cvxpy.Variable(len(RATES), nonneg=True)
    data = cvxpy.multiply(RATES, share)
    worth = cvxpy.log(data) if alpha == 1.0 else cvxpy.power(data, 1.0 - alpha) / (1.0 - alpha)
    cvxpy.Problem(cvxpy.Maximize(cvxpy.sum(worth)), [cvxpy.sum(share) == 1.0]).solve(solver=cvxpy.CLARABEL)
    assert fair_shares(RATES, alpha) == pytest.approx(share.value, abs=1e-4)


def test_at_the_ends_the_best_has_everything_or_all_have_the_same():
    assert fair_shares(RATES, 0.0).tolist() == [1.0, 0.0, 0.0, 0.0]
    same = fair_shares(RATES, np.inf) * RATES
    assert same == pytest.approx(np.full(4, 1.0 / (1.0 / RATES).sum()))
    assert fair_shares(RATES, 1e4) * RATES == pytest.approx(same, rel=1e-3)


@pytest.mark.parametrize("alpha", [1.0, 2.0, np.inf])
def test_no_other_shares_are_worth_more_by_the_worth_that_runs_have(alpha):
    utility = Utility(alpha, np.ones(4), np.full(4, np.inf), np.zeros(4))
    best = utility.mean_mbit(1e3 * fair_shares(RATES, alpha) * RATES)
    others = np.random.default_rng(1).dirichlet(np.ones(4), 2000)
    assert (utility.mean_mbit(1e3 * others * RATES) <= best).all()


def test_the_turns_are_what_a_lone_link_brings(example, teach):
    turns = turns_of(example, "gbs-1")
    world = example.world
    for user, rate in zip(turns.users, turns.rate_mbit_s, strict=True):
        row = example.scenario.user_ids.index(user)
        snr = example.straight_gains[0, row, 0, 0] * world.equal_share_w[0][0] / world.noise_w
        assert rate == pytest.approx(max(1e-3, 0.18 * min(7.4, np.log2(1.0 + snr))))
    fair, selfish = (teach(Fairness(), alpha=alpha).table for alpha in (8.0, 0.0))
    assert min(row["Data, Mbit"] for row in fair) > 0.0 == min(row["Data, Mbit"] for row in selfish)

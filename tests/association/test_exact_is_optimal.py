"""The exact associator against three judges: CVXPY with HiGHS, a linear program, and trying everything."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linprog

from itnt_core.association import ExactAssociator, MilpAssociator
from itnt_core.rate_laws import shannon
from tests.association.random_problems import broken_rules, random_problem, weights_by_hand, worth_by_hand

same_optimum = 1e-7
SIZES = [  # users, stations, subchannels, slots: 100 slots are 100 instances
    (1, 1, 1, 4),
    (2, 1, 3, 4),
    (3, 2, 2, 4),
    (5, 2, 2, 4),
    (4, 1, 2, 4),
    (6, 3, 1, 4),
    (7, 2, 4, 4),
    (8, 2, 2, 4),
    (8, 3, 3, 4),
    (10, 2, 3, 4),
    (3, 4, 2, 4),
    (12, 3, 4, 4),
    (12, 2, 2, 4),
    (9, 4, 3, 4),
    (15, 4, 4, 4),
    (20, 3, 3, 4),
    (16, 6, 2, 4),
    (6, 2, 8, 4),
    (24, 6, 10, 2),
    (24, 6, 4, 4),
    (30, 4, 5, 4),
    (2, 5, 5, 4),
    (11, 3, 5, 4),
    (18, 5, 3, 4),
    (4, 2, 6, 4),
    (13, 2, 7, 2),
]


def test_there_are_100_instances():
    assert sum(size[3] for size in SIZES) == 100


@pytest.fixture(scope="module")
def milp():
    return MilpAssociator()


@pytest.mark.parametrize("size", SIZES, ids=lambda size: "x".join(map(str, size[:3])))
def test_exact_and_milp_find_the_same_optimum(milp, size):
    """Every station has U_max below K where it has more than one subchannel, so (7d) binds."""
    users, stations, subchannels, slots = size
    draw = np.random.default_rng(list(size))
    limits = draw.integers(1, max(subchannels, 2), stations)
    problem = random_problem(draw, slots, users, stations, subchannels, limits)
    assert (limits < subchannels).all() or subchannels == 1
    exact, other = ExactAssociator().solve(problem), milp.solve(problem)
    assert broken_rules(problem, exact) == [] and broken_rules(problem, other) == []
    for slot in range(slots):
        best = worth_by_hand(problem, exact, slot)
        assert worth_by_hand(problem, other, slot) == pytest.approx(best, rel=same_optimum)
    assert problem.value(exact) == pytest.approx(problem.value(other), rel=same_optimum)
    by_hand = [worth_by_hand(problem, exact, slot) for slot in range(slots)]
    assert problem.value(exact) == pytest.approx(by_hand, rel=same_optimum)


def relaxed_optimum(problem, slot):
    """Return the optimum of P1 without (7b), by an LP over shares of links; total unimodularity makes it P1's own."""
    worth = weights_by_hand(problem, slot)
    links = list(worth)
    if not links:
        return 0.0
    _, users, stations, subchannels = problem.gain.shape
    rows, limits = [], []
    for u in range(users):
        rows.append([link[0] == u for link in links])
        limits.append(1)
    for b, k in product(range(stations), range(subchannels)):
        rows.append([link[1:] == (b, k) for link in links])
        limits.append(1)
    for b in range(stations):
        rows.append([link[1] == b for link in links])
        limits.append(problem.max_users[b])
    answer = linprog([-worth[link] for link in links], np.array(rows, dtype=float), limits, bounds=(0, 1))
    return -answer.fun


@given(
    users=st.integers(1, 9),
    stations=st.integers(1, 4),
    subchannels=st.integers(1, 4),
    seed=st.integers(0, 9999),
    floor_db=st.sampled_from([-30.0, -5.0, 10.0]),
    cap=st.sampled_from([None, 3.0, 7.4]),
)
def test_exact_reaches_the_optimum_of_the_linear_relaxation(users, stations, subchannels, seed, floor_db, cap):
    problem = random_problem(
        np.random.default_rng(seed), 1, users, stations, subchannels, floor_db=floor_db, law=shannon(cap)
    )
    association = ExactAssociator().solve(problem)
    assert broken_rules(problem, association) == []
    assert worth_by_hand(problem, association, 0) == pytest.approx(relaxed_optimum(problem, 0), rel=same_optimum)


def best_by_trying_everything(problem, slot):
    """Return the worth of the best of all associations of a slot."""
    worth = weights_by_hand(problem, slot)
    _, users, stations, subchannels = problem.gain.shape
    choices = [None, *product(range(stations), range(subchannels))]
    best = 0.0
    for picked in product(choices, repeat=users):
        used = [link for link in picked if link is not None]
        if len(set(used)) < len(used):
            continue
        if any(sum(link[0] == b for link in used) > problem.max_users[b] for b in range(stations)):
            continue
        values = [worth.get((u, *link), -np.inf) for u, link in enumerate(picked) if link is not None]
        best = max(best, sum(values))
    return best


@given(
    users=st.integers(1, 4),
    stations=st.integers(1, 2),
    subchannels=st.integers(1, 2),
    seed=st.integers(0, 9999),
    floor_db=st.sampled_from([-20.0, 0.0, 15.0]),
)
def test_exact_is_as_good_as_trying_everything(users, stations, subchannels, seed, floor_db):
    problem = random_problem(np.random.default_rng(seed), 1, users, stations, subchannels, floor_db=floor_db)
    association = ExactAssociator().solve(problem)
    assert broken_rules(problem, association) == []
    assert worth_by_hand(problem, association, 0) == pytest.approx(best_by_trying_everything(problem, 0), rel=1e-9)


def test_serving_one_more_user_is_worth_more_than_any_rate():
    """User 0 is strong on both links, user 1 only on the first: both are served although user 0 loses rate."""
    problem = random_problem(np.random.default_rng(0), 1, 2, 1, 2, [2], floor_db=5.0)
    problem.gain[:] = [[[[1e-9, 1e-13]], [[1e-13, 1e-19]]]]
    association = ExactAssociator().solve(problem)
    assert association.subchannel.tolist() == [[1, 0]]

"""P1 by each objective against trying everything: (served users, data) in order, or data alone."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from itnt_core.association import ActiveAssociator, ExactAssociator, MilpAssociator
from itnt_core.objective import COVERAGE_FIRST, DATA
from itnt_core.rate_laws import law_of
from tests.association.random_problems import CAP, broken_rules, random_problem, weights_by_hand
from tests.network.plain_rates import NAMES, carried

BOTH = pytest.mark.parametrize("objective", [COVERAGE_FIRST, DATA], ids=["coverage", "data"])


def every_choice(problem):
    """Yield every choice of the first slot that keeps (7c), (7d), OFDMA: (station, subchannel) or None per user."""
    _, users, stations, subchannels = problem.gain.shape
    for picked in product([None, *product(range(stations), range(subchannels))], repeat=users):
        used = [link for link in picked if link is not None]
        crowded = any(sum(link[0] == b for link in used) > problem.max_users[b] for b in range(stations))
        if len(set(used)) == len(used) and not crowded:
            yield picked


def always_on_service(problem, picked):
    """Return (served, Mbit/s) of a choice with all stations radiating, None where a link is not allowed."""
    rates = weights_by_hand(replace(problem, objective=DATA), 0)
    links = [(user, *link) for user, link in enumerate(picked) if link is not None]
    return (len(links), sum(rates[link] for link in links)) if all(link in rates for link in links) else None


def active_service(problem, picked):
    """Return (served, Mbit/s) of a choice when only its own links radiate, None where one is below the floor."""
    gain, power, total = problem.gain[0], problem.power_w[0], 0.0
    links = [(user, *link) for user, link in enumerate(picked) if link is not None]
    for user, b, k in links:
        heard = sum(power[other, k] * gain[user, other, k] for _, other, q in links if q == k and other != b)
        sinr = power[b, k] * gain[user, b, k] / (heard + problem.noise_w)
        if sinr < problem.min_sinr_active:
            return None
        total += problem.bandwidth_hz / 1e6 * carried(problem.rate_law.name, CAP, sinr)
    return len(links), total


def best_of(problem, service):
    """Return the best (served, Mbit/s) by the problem's objective among all choices."""
    found = [known for picked in every_choice(problem) if (known := service(problem, picked)) is not None]
    return max(found) if problem.objective is COVERAGE_FIRST else max(found, key=lambda pair: pair[1])


def picked_by(association):
    """Return the links of the first slot of an association as a choice."""
    return [
        None if b < 0 else (b, k)
        for b, k in zip(association.station[0].tolist(), association.subchannel[0].tolist(), strict=True)
    ]


def assert_as_good(problem, got, best):
    assert got[1] == pytest.approx(best[1], rel=1e-9)
    if problem.objective is COVERAGE_FIRST:
        assert got[0] == best[0]


@BOTH
@given(
    users=st.integers(1, 4),
    stations=st.integers(1, 3),
    subchannels=st.integers(1, 2),
    seed=st.integers(0, 9999),
    floor_db=st.sampled_from([-20.0, 0.0, 15.0]),
)
def test_the_exact_answer_is_the_best_of_all_choices(objective, users, stations, subchannels, seed, floor_db):
    problem = random_problem(np.random.default_rng(seed), 1, users, stations, subchannels, floor_db=floor_db)
    problem = replace(problem, objective=objective)
    found = ExactAssociator().solve(problem)
    assert broken_rules(problem, found) == []
    best = best_of(problem, always_on_service)
    assert_as_good(problem, always_on_service(problem, picked_by(found)), best)


@pytest.mark.parametrize("name", NAMES[1:])
@pytest.mark.parametrize("seed", range(4))
def test_other_rate_laws_are_solved_exactly_by_both_ways(name, seed):
    law = law_of(name, None)
    problem = random_problem(np.random.default_rng(seed), 1, 4, 2, 2, floor_db=0.0, law=law)
    best = best_of(problem, always_on_service)
    for way in (ExactAssociator(), MilpAssociator()):
        assert always_on_service(problem, picked_by(way.solve(problem))) == pytest.approx(best, rel=1e-6)


@BOTH
@pytest.mark.parametrize("seed", range(6))
def test_the_binary_program_is_the_best_of_all_choices(objective, seed):
    problem = replace(random_problem(np.random.default_rng(seed), 1, 4, 2, 2, floor_db=0.0), objective=objective)
    found = MilpAssociator().solve(problem)
    best = best_of(problem, always_on_service)
    got = always_on_service(problem, picked_by(found))
    assert got[1] == pytest.approx(best[1], rel=1e-6)
    assert objective is DATA or got[0] == best[0]


@BOTH
def test_the_local_search_finds_the_best_of_all_choices_nearly_always(objective):
    hits, count = 0, 40
    for seed in range(count):
        generator = np.random.default_rng(seed)
        problem = random_problem(generator, 1, 4, 2, 2)
        problem = replace(problem, min_sinr_active=10.0 ** (0.1 * generator.uniform(-5.0, 10.0)), objective=objective)
        found = active_service(problem, picked_by(ActiveAssociator().solve(problem)))
        best = best_of(problem, active_service)
        key = (lambda pair: pair) if objective is COVERAGE_FIRST else (lambda pair: pair[1])
        assert key((found[0], found[1] - 1e-9)) <= key(best)
        hits += found[1] >= best[1] - 1e-9 and (objective is DATA or found[0] == best[0])
    assert hits >= 0.95 * count


@pytest.fixture
def chain():
    """Three users, three links: all are served only if two of them give up nearly all of their rate."""
    problem = random_problem(np.random.default_rng(0), 1, 3, 1, 3, [3], floor_db=0.0)
    strong, weak, none = 1e-8, 2.0 * problem.noise_w, 1e-22
    problem.gain[:] = np.array([[strong, weak, none], [none, strong, weak], [strong, none, none]])[None, :, None, :]
    problem.power_w[:] = 1.0
    return problem


def test_coverage_first_serves_one_more_user_whatever_the_others_lose(chain):
    assert ExactAssociator().solve(chain).subchannel.tolist() == [[1, 2, 0]]
    assert MilpAssociator().solve(chain).subchannel.tolist() == [[1, 2, 0]]
    assert (ActiveAssociator().solve(chain).station >= 0).all()


def test_data_alone_serves_no_user_for_its_own_sake():
    """Two stations on one subchannel: either user alone has the best rate, together they have 1 bit/s/Hz each."""
    problem = random_problem(np.random.default_rng(0), 1, 2, 2, 1, [1, 1], floor_db=-20.0)
    problem.gain[:] = 1e-8
    problem.power_w[:] = 1.0
    problem = replace(problem, min_sinr_active=0.5)
    assert ActiveAssociator().solve(problem).station.min() >= 0
    assert (ActiveAssociator().solve(replace(problem, objective=DATA)).station >= 0).sum() == 1

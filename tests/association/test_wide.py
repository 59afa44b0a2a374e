"""The search for many users: its rules and values by hand, beside enumeration, on any number of threads."""

from dataclasses import replace

import numpy as np
import pytest

from itnt_core.association import ActiveAssociator, ExactAssociator, active_value, is_wide, wide
from itnt_core.cores import use_threads
from itnt_core.objective import DATA
from itnt_core.rate_laws import law_of
from tests.association.test_active import enumerate_best, random_problem

SMALL = [(4, 2, 2, None), (3, 3, 2, None), (5, 2, 2, (1, 2)), (4, 2, 3, (2, 2))]


@pytest.fixture
def always(monkeypatch):
    """Every problem counts as one of many users."""
    monkeypatch.setattr(wide, "WIDE_LINKS", 0)


def crowd(seed, objective=None):
    """Forty users at five stations with eight subchannels each, one with fewer seats, over seven slots."""
    problem = random_problem(seed, 40, 5, 8, slots=7, max_users=(8, 8, 8, 8, 3))
    return problem if objective is None else replace(problem, objective=objective)


def test_only_large_problems_are_searched_so():
    assert is_wide(1000, 30, 50) and is_wide(200, 12, 10) and not is_wide(36, 6, 10)


def test_no_value_is_above_the_best_of_all_and_most_reach_it(always):
    hits = 0
    for seed in range(60):
        users, stations, subchannels, seats = SMALL[seed % 4]
        problem = random_problem(seed, users, stations, subchannels, max_users=seats)
        found, best = active_value(problem, ActiveAssociator(8).solve(problem))[0], enumerate_best(problem)
        assert found <= best + 1e-9
        hits += found >= best - 1e-5
    assert hits >= 45


@pytest.mark.parametrize("objective", [None, DATA])
def test_rules_hold_and_nothing_is_worse_than_its_start(always, objective):
    problem = crowd(3, objective)
    start = ExactAssociator().solve(problem)
    found = ActiveAssociator(2, seed=5).improve(problem, [start])
    values = active_value(problem, found)
    assert np.isfinite(values).all()  # every link reaches its floor
    for slot in range(problem.slots):
        linked = found.linked[slot]
        places = found.station[slot, linked] * 8 + found.subchannel[slot, linked]
        assert len(np.unique(places)) == len(places)
        assert (np.bincount(found.station[slot, linked], minlength=5) <= problem.max_users).all()
    again = active_value(problem, ActiveAssociator(0).improve(problem, [found]))
    assert (again >= values - 1e-9).all()


def test_it_finds_as_much_as_the_search_for_few_users(monkeypatch):
    problem = crowd(8)
    usual = active_value(problem, ActiveAssociator(4, seed=1).solve(problem))
    monkeypatch.setattr(wide, "WIDE_LINKS", 0)
    found = active_value(problem, ActiveAssociator(4, seed=1).solve(problem))
    assert found.sum() >= 0.97 * usual.sum()


def test_other_rate_laws_and_demands_enter(always):
    law = law_of("nr_cqi", 7.4)
    problem = replace(crowd(2), rate_law=law, user_cap=np.linspace(0.5, 5.0, 40), user_weight=np.linspace(0.2, 2.0, 40))
    found = ActiveAssociator(1).solve(problem)
    assert (active_value(problem, found) > 0.0).all() and found.linked.any()


def test_the_answer_does_not_depend_on_threads(always):
    problem, answers = crowd(4), []
    for threads in (1, 2, 3):
        with use_threads(threads):
            answers.append(ActiveAssociator(2, seed=7).solve(replace(problem)))
    for other in answers[1:]:
        assert np.array_equal(answers[0].station, other.station)
        assert np.array_equal(answers[0].subchannel, other.subchannel)


def test_places_without_power_serve_nobody(always):
    problem = crowd(6)
    problem.power_w[:, 2] = 0.0
    found = ActiveAssociator(1).solve(problem)
    assert not (found.station == 2).any()

"""The plan that follows edits: answers that keep every constraint, never get worse, and stop for a newer edit."""

import itertools
import random

import pytest

from itnt_core.live import FollowingPlan, LiveAnswer, Superseded
from itnt_core.methods import optimise
from itnt_core.network import build_world, evaluate, find_violations
from itnt_core.objective import Service, objective_of


def never():
    """Let the work go on."""


def moved(scenario, dice):
    """Return the scenario with one base station elsewhere."""
    stations = list(scenario.ground_stations)
    index = dice.randrange(len(stations))
    half = scenario.area.size_m / 2
    place = {"east_m": dice.uniform(-half, half), "north_m": dice.uniform(-half, half)}
    stations[index] = stations[index].model_copy(update=place)
    return scenario.model_copy(update={"ground_stations": tuple(stations)})


def test_every_answer_keeps_all_constraints_and_each_is_better_than_the_one_before(tiny_scenario, city_cache):
    plan, dice, scenario = FollowingPlan(city_cache), random.Random(3), tiny_scenario
    for number in range(1, 6):
        answers = list(plan.follow(scenario, number, never))
        world, objective = build_world(scenario, cache_dir=city_cache), objective_of(scenario)
        services = []
        for answer in answers:
            evaluation = evaluate(world, answer.decision)
            assert not find_violations(world, answer.decision, evaluation)
            services.append(Service.of(evaluation))
            assert answer.kpis["data_service_mbit"] == pytest.approx(services[-1].data_mbit, rel=1e-12)
            assert (answer.number, answer.content_hash) == (number, scenario.content_hash())
        assert not any(objective.better(old, new) for old, new in itertools.pairwise(services))
        assert [answer.is_settled for answer in answers] == [False] * (len(answers) - 1) + [True]
        assert services[-1].data_mbit <= answers[-1].kpis["upper_bound_mbit"]
        straight = Service.of_figures(optimise(scenario, "straight", cache_dir=city_cache).kpis)
        assert not objective.better(straight, services[-1])
        scenario = moved(scenario, dice)


def test_an_answer_is_read_as_it_was_packed(tiny_scenario, city_cache):
    answer = next(FollowingPlan(city_cache).follow(tiny_scenario, 4, never))
    again = LiveAnswer.unpacked(*answer.packed())
    assert (again.number, again.step, again.kpis) == (4, answer.step, answer.kpis)
    assert (again.decision.power_w == answer.decision.power_w).all()


def test_a_newer_edit_ends_the_work_and_the_next_one_starts_from_what_was_found(tiny_scenario, city_cache):
    plan = FollowingPlan(city_cache)
    best = list(plan.follow(tiny_scenario, 1, never))[-1].kpis["data_service_mbit"]
    calls = 0

    def soon():
        nonlocal calls
        calls += 1
        if calls > 3:
            raise Superseded

    with pytest.raises(Superseded):
        list(plan.follow(tiny_scenario, 2, soon))
    first = next(plan.follow(tiny_scenario, 3, never))
    assert first.step == "Carried over" and first.kpis["data_service_mbit"] == pytest.approx(best, rel=1e-9)

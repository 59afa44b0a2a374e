"""Flights chosen on drawn worlds: better for what they aim at there, and no other planner without them."""

from dataclasses import replace

import numpy as np
import pytest

from itnt_core.deadline import no_limit
from itnt_core.flight import FlightCase, FlightPlanner, polish_flight
from itnt_core.methods import PlannerMethod, PlannerSettings, optimise, quiet
from itnt_core.methods.robust import RobustFlights
from itnt_core.network import WorldDraws, find_violations

WORLDS, WEIGHT = 4, 3e-4


@pytest.fixture(scope="module")
def plain(tiny_world):
    return PlannerMethod().solve(tiny_world, PlannerSettings(rounds=2, shakes=1), 1, quiet)


@pytest.mark.parametrize("aim", ["mean", "worst"])
def test_the_aim_is_never_worse_than_with_the_plain_flight_and_nothing_breaks(aim, tiny_world, plain):
    settings = PlannerSettings(rounds=2, shakes=1, robust=WORLDS, robust_aim=aim)
    robust = PlannerMethod().solve(tiny_world, settings, 1, quiet)
    assert find_violations(tiny_world, robust) == []
    flights = RobustFlights(tiny_world, WORLDS, aim, WEIGHT, 1, no_limit)
    one, other = (flights.flown(decision.positions_m) for decision in (robust, plain))
    assert not flights.is_better(other, one)
    for world, decision in zip(WorldDraws(tiny_world, "planned").worlds(WORLDS), one.decisions, strict=True):
        assert find_violations(world, decision) == []


def test_the_aim_counts_all_worlds_or_the_worst_tenth(tiny_world, plain):
    mean, worst = (RobustFlights(tiny_world, WORLDS, aim, WEIGHT, 1, no_limit) for aim in ("mean", "worst"))
    flown = mean.flown(plain.positions_m)
    services = flown.services
    assert mean.worth(flown).data_mbit == pytest.approx(services.data_mbit.mean())
    least = min(zip(services.served_share, services.data_mbit, strict=True))
    assert (worst.worth(flown).served_share, worst.worth(flown).data_mbit) == pytest.approx(least)


def test_a_flight_for_one_world_that_counts_whole_is_that_worlds_own(tiny_world, plain):
    planner = FlightPlanner(tiny_world, WEIGHT)
    case = FlightCase(FlightPlanner(tiny_world, WEIGHT), plain, 1.0)
    assert (planner.plan(plain) == planner.plan(plain, [case])).all()
    own = polish_flight(tiny_world, plain, WEIGHT)
    assert (own == polish_flight(tiny_world, plain, WEIGHT, cases=[case])).all()


def test_two_halves_of_one_world_are_that_world(tiny_world, plain):
    halves = [FlightCase(FlightPlanner(tiny_world, WEIGHT), plain, 0.5) for _ in range(2)]
    planner = FlightPlanner(tiny_world, WEIGHT)
    assert np.allclose(planner.plan(plain), planner.plan(plain, halves))
    assert np.allclose(polish_flight(tiny_world, plain, WEIGHT), polish_flight(tiny_world, plain, WEIGHT, cases=halves))


def test_what_is_stored_names_the_setting_only_where_it_is_used(tiny_scenario, city_cache):
    short = {"rounds": 0, "shakes": 0}
    stored = optimise(tiny_scenario, "planner", 1, short, quiet, city_cache).manifest["settings"]
    assert "robust" not in stored and "robust_aim" not in stored
    assert PlannerSettings(robust=3).model_dump()["robust"] == 3


def test_when_the_time_is_up_the_plain_plan_is_the_answer(tiny_world, plain):
    from itnt_core.deadline import TimeIsUp

    def over():
        raise TimeIsUp

    flights = RobustFlights(tiny_world, WORLDS, "mean", WEIGHT, 1, over)
    assert flights.improved(plain) is plain


def test_without_aerial_users_there_is_no_flight_to_choose(tiny_world, tiny_scenario):
    grounded = tiny_scenario.model_copy(update={"aerial_users": ()})
    world = replace(tiny_world, scenario=grounded)
    settings = PlannerSettings(rounds=1, shakes=0)
    one, other = (
        PlannerMethod().solve(world, chosen, 1, quiet)
        for chosen in (settings, settings.model_copy(update={"robust": 3}))
    )
    assert (one.station == other.station).all() and (one.power_w == other.power_w).all()

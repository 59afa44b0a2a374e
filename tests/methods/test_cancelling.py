"""A cancelled run keeps the best decision wherever it is stopped."""

import pytest

from itnt_core.methods import RunCancelled, interrupt, optimise
from itnt_core.network import build_world, evaluate, find_violations
from itnt_core.results import STOPPED_EARLY, decision_of


def stopper(phase, act):
    """Return a callback that acts at the first event of a phase."""

    def notify(event):
        if event.phase == phase:
            act()

    return notify


def cancel():
    raise RunCancelled("Cancelled by the user.")


@pytest.mark.parametrize("method", ["planner", "gradient", "proposed"])
@pytest.mark.parametrize("act", [cancel, interrupt])
def test_a_method_hands_over_its_best_decision(tiny_scenario, city_cache, method, act):
    settings = {
        "planner": {},
        "gradient": {"rounds": 2, "steps": 5},
        "proposed": {"rounds": 1, "episodes": 2, "environments": 2, "hidden": 8, "reference_lines": False},
    }[method]
    phase = {"planner": "ascent", "gradient": "gradient", "proposed": "training"}[method]
    result = optimise(tiny_scenario, method, 1, settings, stopper(phase, act), city_cache)
    assert result.manifest["status"] == STOPPED_EARLY
    world = build_world(tiny_scenario, cache_dir=city_cache)
    decision = decision_of(result.dataset)
    assert find_violations(world, decision) == []
    assert evaluate(world, decision).active.data_service_mbit == pytest.approx(result.kpis["data_service_mbit"])
    assert result.kpis["data_service_mbit"] <= result.kpis["upper_bound_mbit"]


@pytest.mark.parametrize(("phase", "stopped"), [("evaluation", True), ("bound", True), ("done", False)])
def test_after_the_method_a_cancellation_costs_no_decision(tiny_scenario, city_cache, phase, stopped):
    result = optimise(tiny_scenario, "straight", 1, {}, stopper(phase, cancel), city_cache)
    whole = optimise(tiny_scenario, "straight", 1, {}, cache_dir=city_cache)
    assert result.kpis["data_service_mbit"] == whole.kpis["data_service_mbit"]
    assert (result.manifest["status"] == STOPPED_EARLY) == stopped


def test_before_there_is_a_decision_the_cancellation_comes_through(tiny_scenario, city_cache):
    with pytest.raises(RunCancelled):
        optimise(tiny_scenario, "straight", 1, {}, stopper("flight", cancel), city_cache)


def test_nothing_is_interrupted_where_no_method_works():
    interrupt()

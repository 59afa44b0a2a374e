"""Objectives, demands, least rates and priorities through methods, judge, bound, verification and words."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from benchmarks.tiny_networks import FULL, KINDS, every_choice, is_as_good, tiny_scenario
from itnt_core.association import ActiveAssociator, ExactAssociator, MilpAssociator, make_problem
from itnt_core.bounds import upper_bound
from itnt_core.methods import METHODS, coverage_cost, optimise, override_scenario, quiet, settings_of, unknown_terms
from itnt_core.network import build_world, evaluate, find_violations
from itnt_core.objective import Service, objective_of, objective_of_figures
from itnt_core.power import equal_power
from itnt_core.results import decision_of, verify_result
from itnt_core.scenario import scenario_of_data
from itnt_core.words import headline_figures, result_sentence, scenario_changes

FIELDS = {
    "proportional": {"objective": "proportional"},
    "max-min, priced": {"objective": "max_min", "coverage": "priced", "coverage_price_mbit": 0.5},
    "alpha, ignored": {"objective": "alpha", "alpha": 3.0, "coverage": "ignored"},
    "demands and priorities": {"ground_users.*.demand_mbit_s": 1.5, "ground_users.gu-1.priority": 3.0},
}


def solved(world, key="planner", **settings):
    """Return the judged answer of a method."""
    method = METHODS[key]
    return evaluate(world, method.solve(world, settings_of(method, settings), 1, quiet))


@pytest.mark.parametrize("fields", FIELDS.values(), ids=FIELDS)
def test_the_judge_the_headline_the_bound_and_the_gap_speak_of_the_same_worth(fields, tiny_scenario):
    scenario = override_scenario(tiny_scenario, fields)
    result = optimise(scenario, "planner", settings={"rounds": 2})
    kpis, reference = result.kpis, optimise(scenario, "straight")
    data = result.dataset["rate_active_mbit_s"].fillna(0.0).values.sum(axis=0) * scenario.time.slot_s
    unserved = round(kpis["outage"] * scenario.time.slots * len(scenario.user_ids))
    world = build_world(scenario)
    assert kpis["utility_mbit"] == pytest.approx(float(world.utility.value_mbit(data, unserved)))
    assert kpis["utility_mbit"] <= kpis["utility_bound_mbit"] <= kpis["upper_bound_mbit"] * 4.0
    assert kpis["gap"] == pytest.approx(1.0 - kpis["utility_mbit"] / kpis["utility_bound_mbit"])
    assert verify_result(result, world=world, recompute_bound=True).passed
    objective = objective_of(scenario)
    assert objective_of_figures(kpis).terms == objective.terms and objective_of_figures(kpis).name == objective.name
    assert not objective.better(Service.of_figures(reference.kpis), Service.of_figures(kpis))
    labels = {label for label, _, _ in headline_figures(kpis)}
    assert {"Utility", "Upper bound of the utility", "Gap"} <= labels
    assert objective.name in result_sentence("Planner", kpis, {"Straight": reference.kpis})
    assert scenario_changes(tiny_scenario, scenario)


def test_no_rate_exceeds_its_demand_and_the_powers_do_not_go_where_they_are_not_needed(tiny_scenario):
    scenario = override_scenario(tiny_scenario, {"ground_users.*.demand_mbit_s": 0.4})
    world = build_world(scenario)
    for key, settings in (("straight", {}), ("planner", {"rounds": 2}), ("gradient", {"rounds": 1, "steps": 3})):
        rate = solved(world, key, **settings).active.rate_bit_s
        assert rate[:, world.aerial_count :].max() == pytest.approx(4e5)
    assert upper_bound(world, "quick").data_service_mbit < upper_bound(build_world(tiny_scenario)).data_service_mbit


def test_a_least_rate_is_a_constraint_that_methods_climb(tiny_scenario):
    asked = 5.47 / tiny_scenario.time.duration_s * 1.2  # a fifth more than the straight reference gives its worst user
    scenario = override_scenario(tiny_scenario, {"ground_users.*.min_rate_mbit_s": asked})
    world = build_world(scenario)
    planner = METHODS["planner"]
    reference = METHODS["straight"].solve(world, METHODS["straight"].settings_type(), 1, quiet)
    decision = planner.solve(world, settings_of(planner, {"rounds": 3}), 1, quiet)
    broken = {violation.constraint for violation in find_violations(world, decision)}
    assert evaluate(world, decision).active.shortfall_mbit == 0.0 and not broken
    far = override_scenario(tiny_scenario, {"ground_users.*.min_rate_mbit_s": 900.0})
    found = find_violations(build_world(far), reference)
    assert {violation.constraint for violation in found} == {"least_rate"} and len(found) == 4
    assert "least mean rate" in found[0].sentence and "Mbit/s" in found[0].sentence


def test_exact_solvers_agree_on_weights_and_the_search_is_as_good(tiny_scenario):
    world = build_world(override_scenario(tiny_scenario, {"coverage": "ignored"}))
    gains = world.gains(METHODS["straight"].solve(world, METHODS["straight"].settings_type(), 1, quiet).positions_m)
    weight = np.array([0.2, 3.0, 1.0, 0.5, 2.0])
    problem = make_problem(world, gains[:2], equal_power(world)[:2], weight)
    exact, milp = ExactAssociator().solve(problem), MilpAssociator().solve(problem)
    assert problem.value(exact) == pytest.approx(problem.value(milp))
    linked = exact.links
    rate = replace(problem, user_weight=None).rate_mbit_s[linked]
    by_hand = np.bincount(linked.slot, weights=weight[linked.user] * rate, minlength=2)
    assert problem.value(exact) == pytest.approx(by_hand)
    assert ActiveAssociator().solve(problem).linked.any()


@pytest.mark.parametrize("kind", KINDS)
def test_on_a_tiny_network_nothing_that_can_be_tried_is_better_and_the_bound_holds(kind):
    for seed in (0, 1, 2):
        world = build_world(tiny_scenario(kind, seed))
        coverage, every = world.scenario.coverage, every_choice(world, FULL)
        bound, evaluation = upper_bound(world).utility_mbit, solved(world, rounds=6)
        found, served = Service.of(evaluation), float(evaluation.active.is_served.sum())
        mine = found.reached_mbit, served, found.worth_mbit
        assert max(float(every.worth_mbit.max()), found.worth_mbit) <= bound + 1e-6 * abs(bound)
        assert is_as_good(coverage, mine, every.best(coverage), 1e-3)


def test_the_classical_limit_of_one_transmitter_that_serves_six_in_turn_is_reached_and_never_passed():
    """(1 / K) log2(1 + P beta0 / (H^2 sigma^2)) = 1.6612 bit/s/Hz for K = 6, P = 0.1 W, beta0 = -60 dB, H = 100 m and
    sigma^2 = -110 dBm; here another carrier's beta0 is made up for by the power."""
    limit = np.log2(1.0 + 0.1 * 1e-6 / (100.0**2 * 1e-14)) / 6.0
    assert limit == pytest.approx(1.6612, abs=5e-5)
    beta0 = (299_792_458.0 / 6e9 / (4.0 * np.pi)) ** 2
    scenario = scenario_of_data(
        {
            "area": {"size_m": 1000.0},
            "city": {"kind": "open"},
            "time": {"slots": 24},
            "radio": {
                "carrier_ghz": 6.0,
                "subchannels": 1,
                "noise_figure_db": 0.0,
                "noise_dbm_per_hz": -110.0 - 10.0 * np.log10(180e3),
                "spectral_efficiency_cap": None,
            },
            "channel": {"model": "free_space", "fading": False, "shadowing": False},
            "objective": "max_min",
            "coverage": "ignored",
            "ground_stations": [
                {
                    "id": "gbs-1",
                    "east_m": 0.0,
                    "north_m": 0.0,
                    "height_m": 101.5,
                    "max_power_w": 0.1 * 1e-6 / beta0,
                    "antenna": {"kind": "isotropic", "gain_dbi": 0.0},
                }
            ],
            "ground_users": [
                {"id": f"gu-{n}", "east_m": 0.5 * np.cos(n), "north_m": 0.5 * np.sin(n)} for n in range(6)
            ],
        }
    )
    world = build_world(scenario)
    window = world.bandwidth_hz * scenario.time.duration_s / 1e6  # Mbit for a bit/s/Hz
    bound = upper_bound(world).utility_mbit / 6.0 / window
    assert limit * (1.0 - 1e-4) <= bound <= limit * (1.0 + 1e-5)
    for key, settings in (("straight", {}), ("planner", {"rounds": 1})):
        least = solved(world, key, **settings).active.user_data_mbit(scenario.time.slot_s).min() / window
        assert limit * 0.99 <= least <= limit


def test_a_training_says_that_it_knows_the_sum_alone_and_who_searches_says_nothing(tiny_scenario):
    fair = override_scenario(tiny_scenario, {"objective": "max_min"})
    said = {key: unknown_terms(method, fair) for key, method in METHODS.items()}
    assert not said["straight"] and not said["planner"] and not said["gradient"]
    assert any("sum of all data" in sentence for sentence in said["ra"])
    assert not any(unknown_terms(method, tiny_scenario) for method in METHODS.values())


def test_what_coverage_costs_is_there_to_be_had(tiny_scenario):
    result = optimise(tiny_scenario, "planner", settings={"rounds": 2})
    world = build_world(tiny_scenario)
    cost = coverage_cost(world, decision_of(result.dataset))
    assert cost is not None and cost.gain_share >= 0.0 and "coverage" in cost.sentence
    ignored = build_world(override_scenario(tiny_scenario, {"coverage": "ignored"}))
    assert coverage_cost(ignored, decision_of(result.dataset)) is None

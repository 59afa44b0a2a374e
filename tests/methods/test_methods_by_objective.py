"""Methods and their judge go for the scenario's objective: against trying everything, and against one another."""

import json
from dataclasses import replace
from itertools import pairwise, product

import numpy as np
import pytest

from itnt_core.methods import METHODS, explain_unserved, optimise, override_scenario, quiet, settings_of
from itnt_core.methods.bounding import scenario_ceiling
from itnt_core.network import build_world, evaluate, find_violations
from itnt_core.objective import OBJECTIVES, Service, objective_of
from itnt_core.presets import preset
from itnt_core.results import verify_result
from itnt_core.results.seal import SEAL
from itnt_core.scenario import Channel, Qos
from tests.network.small_worlds import open_world, station, walker_on_foot

CHOICES = list(OBJECTIVES)
LEVELS = np.concatenate([[0.0], np.geomspace(1e-4, 1.0, 81)])  # shares of P_max


def solved(world, key, **settings):
    method = METHODS[key]
    return method.solve(world, settings_of(method, settings), 1, quiet)


def crossing(coverage, seed):
    """Two stations that disturb each other, three users, one subchannel, no flight: only links and powers."""
    draw = np.random.default_rng(seed)
    places = draw.uniform(-400.0, 400.0, (3, 2))
    users = [walker_on_foot(f"gu-{number}", east, north) for number, (east, north) in enumerate(places.tolist())]
    return open_world(
        stations=[station("west", -250.0, 0.0), station("east", 250.0, 0.0)],
        ground=users,
        subchannels=1,
        coverage=coverage,
        channel=Channel(model="free_space", fading=False),
        qos=Qos(min_sinr_active_db=0.0),
    )


def best_by_trying_everything(world):
    """Return the best (served, Mbit) over all links and a grid of powers, from eq. 4 to 6 alone."""
    gain = world.ground_gains[0, :, :, 0]  # (users, stations)
    floor = 10.0 ** (world.scenario.qos.min_sinr_active_db / 10.0)
    per_bit = world.bandwidth_hz * world.scenario.time.slot_s / 1e6
    full = world.station_max_power_w
    found = []
    for picked in product(range(-1, world.user_count), repeat=2):
        if picked[0] == picked[1] and picked[0] >= 0:
            continue
        grids = [LEVELS[1:] * full[b] if picked[b] >= 0 else np.zeros(1) for b in range(2)]
        first, second = np.meshgrid(*grids, indexing="ij")
        powers, count, data, good = (first, second), 0, np.zeros(first.shape), np.ones(first.shape, dtype=bool)
        for b, user in enumerate(picked):
            if user >= 0:
                sinr = powers[b] * gain[user, b] / (powers[1 - b] * gain[user, 1 - b] + world.noise_w)
                good &= sinr >= floor
                data, count = data + per_bit * np.log2(1.0 + sinr), count + 1
        if good.any():
            found.append((count, float(data[good].max())))
    return max(found) if world.scenario.coverage == "first" else max(found, key=lambda pair: pair[1])


@pytest.mark.parametrize(("coverage", "wanted"), [("first", 0.8), ("ignored", 1.0)])
def test_the_planner_reaches_what_trying_everything_reaches(coverage, wanted):
    """Coverage is missed where two users reach the floor at a few uneven powers alone: no search has to draw them."""
    hits, count = 0, 24
    for seed in range(count):
        world = crossing(coverage, seed)
        answer = solved(world, "planner", shakes=8)
        judged = evaluate(world, answer).active
        served, mbit = best_by_trying_everything(world)
        assert find_violations(world, answer) == []
        as_many = coverage == "ignored" or judged.is_served.sum() == served
        hits += as_many and judged.data_service_mbit >= mbit * (1.0 - 1e-3)
    assert hits >= wanted * count


def test_somewhere_the_two_objectives_part():
    """Else the test above would say nothing about which of them is climbed."""
    both = [[best_by_trying_everything(crossing(coverage, seed)) for coverage in CHOICES] for seed in range(8)]
    assert any(first[0] > alone[0] and first[1] < 0.95 * alone[1] for first, alone in both)


@pytest.fixture(scope="module")
def crowd(city_cache):
    """Free space without a rate cap, more users than it can serve well: the objectives part widely."""
    base = preset("paper-free-space", users=14, aerial_users=1, cache_dir=city_cache)
    scenario = base.model_copy(
        update={
            "time": base.time.model_copy(update={"slots": 20, "slot_s": 6.0}),
            "radio": base.radio.model_copy(update={"subchannels": 4}),
        }
    )
    return {
        coverage: build_world(scenario.model_copy(update={"coverage": coverage}), cache_dir=city_cache)
        for coverage in CHOICES
    }


QUICK = {
    "planner": {"rounds": 3, "shakes": 1},
    "gradient": {"rounds": 1, "steps": 10, "restarts": 2, "shakes": 1},
    "proposed": {"rounds": 1, "episodes": 2, "environments": 4, "searches": 2, "hidden": 16, "reference_lines": False},
}


@pytest.mark.parametrize("key", list(QUICK))
def test_each_objective_is_served_best_by_the_answer_made_for_it(key, crowd):
    answers = {coverage: solved(world, key, **QUICK[key]) for coverage, world in crowd.items()}
    services = {}
    for coverage, answer in answers.items():
        assert find_violations(crowd[coverage], answer) == []
        services[coverage] = Service.of(evaluate(crowd[coverage], answer))
        reference = Service.of(evaluate(crowd[coverage], solved(crowd[coverage], "straight")))
        assert not objective_of(crowd[coverage].scenario).better(reference, services[coverage])
    for coverage, other in (("first", "ignored"), ("ignored", "first")):
        assert not OBJECTIVES[coverage].better(services[other], services[coverage])


def test_the_planner_leaves_users_out_for_data_alone_and_not_for_coverage(crowd):
    first, alone = (Service.of(evaluate(crowd[name], solved(crowd[name], "planner", rounds=2))) for name in CHOICES)
    assert first.served_share > alone.served_share + 0.1
    assert alone.data_mbit > 1.05 * first.data_mbit


def test_a_user_left_out_for_data_is_explained_by_the_objective(crowd):
    world = crowd["ignored"]
    found = [item for item in explain_unserved(world, solved(world, "planner", rounds=1)) if item.cause == "choice"]
    assert found and all("objective lets users go unserved" in item.sentence for item in found)


def both_results(scenario, cache_dir, method, **settings):
    return {
        coverage: optimise(
            override_scenario(scenario, {"coverage": coverage}), method, 1, settings, cache_dir=cache_dir
        )
        for coverage in CHOICES
    }


def test_a_result_carries_its_objective_its_ceilings_and_the_gap_of_data(tiny_scenario, city_cache):
    for coverage, result in both_results(tiny_scenario, city_cache, "planner", rounds=1).items():
        kpis = result.kpis
        assert kpis["objective"] == OBJECTIVES[coverage].name
        assert 1.0 - kpis["outage"] <= kpis["served_bound"] <= 1.0
        assert kpis["gap"] == pytest.approx(1.0 - kpis["data_service_mbit"] / kpis["upper_bound_mbit"])


def test_a_stored_objective_or_coverage_bound_that_cannot_be_is_found(tiny_scenario, tiny_world, city_cache):
    result = optimise(tiny_scenario, "straight", 1, cache_dir=city_cache)
    assert verify_result(result, world=tiny_world).mismatches == []
    for figure, value, words in (("objective", "data", "objective is data"), ("served_bound", 0.1, "slots is 10 %")):
        changed = replace(result, manifest=result.manifest | {"kpis": result.kpis | {figure: value}})
        assert any(words in told for told in verify_result(changed, world=tiny_world).mismatches)


def test_a_result_from_before_objectives_is_verified_with_the_status_it_then_had(tiny_scenario, tiny_world, city_cache):
    result = optimise(tiny_scenario, "proposed", 1, QUICK["proposed"], cache_dir=city_cache)
    old = {key: value for key, value in result.manifest.items() if key != SEAL} | {
        "version": 1,
        "status": "optimal association",
        "kpis": {key: kept for key, kept in result.kpis.items() if key not in ("objective", "served_bound")},
    }
    assert verify_result(replace(result, manifest=old), world=tiny_world).passed
    today = verify_result(replace(result, manifest=old | {"version": 3}), world=tiny_world)
    assert any("'optimal association'" in told for told in today.mismatches)


def test_an_answer_at_both_ceilings_is_optimal_for_both_objectives(city_cache):
    question = preset("tiny", users=1, aerial_users=0, cache_dir=city_cache)
    for result in both_results(question, city_cache, "straight").values():
        assert result.manifest["status"] == "optimal" and result.kpis["gap"] < 1e-6


def test_all_data_that_one_link_carries_is_optimal_for_data_and_not_for_coverage():
    """One station with one seat and one subchannel beside two: the second user could be served by the other station."""
    for coverage, status in (("first", "feasible"), ("ignored", "optimal")):
        world = crossing(coverage, 0)
        ceiling = scenario_ceiling(world, "quick")
        half = Service(ceiling.served_share / 2.0, ceiling.data_mbit)
        assert objective_of(world.scenario).is_reached(half, ceiling) == (status == "optimal")


def test_only_the_reference_calls_its_association_optimal(tiny_scenario, city_cache):
    """The learned methods solve P1 exactly as well, and fly on afterwards."""
    learned = optimise(tiny_scenario, "proposed", 1, QUICK["proposed"], cache_dir=city_cache)
    assert learned.manifest["status"] == "feasible"
    assert optimise(tiny_scenario, "straight", 1, cache_dir=city_cache).manifest["status"] == "optimal association"


@pytest.mark.parametrize("coverage", CHOICES)
def test_progress_never_gets_worse_by_the_objective(coverage, tiny_scenario, city_cache):
    events = []
    question = override_scenario(tiny_scenario, {"coverage": coverage})
    optimise(question, "planner", 1, {"rounds": 3}, events.append, city_cache)
    told = [Service(event.served_share, event.objective_mbit) for event in events if event.phase == "ascent"]
    objective = OBJECTIVES[coverage]
    assert len(told) >= 3
    assert not any(objective.better(one, other) for one, other in pairwise(told))


def test_a_kept_ceiling_is_read_again_and_a_damaged_one_computed_anew(tiny_world, tmp_path):
    found = scenario_ceiling(tiny_world, "quick", tmp_path)
    (kept,) = tmp_path.glob("bound-*.json")
    kept.write_text(json.dumps({"served_bound": 0.5, "upper_bound_mbit": 1.0}), encoding="utf-8")
    again = scenario_ceiling(tiny_world, "quick", tmp_path)
    assert (again.served_share, again.data_mbit) == (0.5, 1.0)
    for damage in (
        "{}",
        "[1]",
        '{"upper_bound_mbit": 1.0}',
        "nonsense",
        '{"served_bound": null, "upper_bound_mbit": 1}',
    ):
        kept.write_text(damage, encoding="utf-8")
        anew = scenario_ceiling(tiny_world, "quick", tmp_path)
        assert (anew.served_share, anew.data_mbit) == (found.served_share, found.data_mbit)

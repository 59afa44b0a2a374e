"""What is optimised has one meaning: its order, its ceiling, its gap, and the scenario's field that chooses it."""

import json
import re
from itertools import product
from pathlib import Path

import numpy as np
import pytest

from itnt_core.methods import override_scenario
from itnt_core.objective import (
    COVERAGE_FIRST,
    DATA,
    OBJECTIVES,
    Service,
    objective_of,
    objective_of_figures,
)
from itnt_core.presets import preset
from itnt_core.scenario import Scenario, ScenarioError, all_fields, format_scenario, parse_scenario, scenario_of_data
from itnt_core.scenario.link import link_token, scenario_of_link
from itnt_core.words.changes import scenario_changes

BOTH = pytest.mark.parametrize("objective", [COVERAGE_FIRST, DATA], ids=["coverage", "data"])
CASES = [Service(share, mbit) for share, mbit in product((0.5, 0.75, 1.0), (10.0, 20.0, 30.0))]


def test_coverage_first_orders_by_served_user_slots_and_then_by_data_and_data_by_data_alone():
    for one, other in product(CASES, repeat=2):
        by_both = (one.served_share, one.data_mbit) > (other.served_share, other.data_mbit)
        assert COVERAGE_FIRST.better(one, other) is by_both
        assert DATA.better(one, other) is (one.data_mbit > other.data_mbit)


@BOTH
def test_many_at_once_are_judged_as_one_by_one_and_the_best_is_not_beaten(objective):
    many = Service(np.array([one.served_share for one in CASES]), np.array([one.data_mbit for one in CASES]))
    for other in CASES:
        expected = [objective.better(one, other) for one in CASES]
        assert objective.better(many, other).tolist() == expected
    best = CASES[objective.best(many)]
    assert not any(objective.better(one, best) for one in CASES)
    assert max(CASES, key=objective.key) in (best, CASES[objective.best(many)])


def test_one_user_slot_of_the_largest_scenario_is_a_difference():
    slots = 5200 * 3600
    assert COVERAGE_FIRST.better(Service(1.0 - 1.0 / slots, 0.0), Service(1.0 - 2.0 / slots, 1e9))


def test_one_missing_user_slot_of_the_largest_scenario_is_not_the_ceiling():
    """Data are rounded, user slots are counted: an answer below their ceiling is not optimal, however large it is."""
    slots = 5200 * 3600
    missing = Service(1.0 - 1.0 / slots, 100.0)
    assert not COVERAGE_FIRST.is_reached(missing, Service(1.0, 100.0))
    assert COVERAGE_FIRST.is_reached(missing, missing) and DATA.is_reached(missing, Service(1.0, 100.0))


@BOTH
def test_nothing_is_better_than_itself(objective):
    assert not any(objective.better(one, one) for one in CASES)


def test_an_answer_is_optimal_only_where_every_term_stands_at_its_ceiling():
    ceiling = Service(0.9, 100.0)
    assert DATA.is_reached(Service(0.1, 100.0), ceiling)
    assert not COVERAGE_FIRST.is_reached(Service(0.1, 100.0), ceiling)
    assert not COVERAGE_FIRST.is_reached(Service(0.9, 99.0), ceiling)
    assert COVERAGE_FIRST.is_reached(Service(0.9, 100.0 * (1.0 - 1e-7)), ceiling)
    assert not COVERAGE_FIRST.is_reached(Service(0.9, 100.0), Service(float("nan"), 100.0))


def test_the_reward_for_serving_exceeds_all_that_the_others_can_lose():
    best, links = 1.3, 7
    assert COVERAGE_FIRST.serving_reward_mbit_s(best, links) > links * best
    assert DATA.serving_reward_mbit_s(best, links) == 0.0


def test_a_scenario_chooses_by_a_field_and_one_without_it_asks_for_coverage_first():
    assert objective_of(Scenario()) is COVERAGE_FIRST
    assert objective_of(Scenario(coverage="ignored")) is DATA
    assert set(OBJECTIVES) == {"first", "ignored"}
    assert objective_of_figures({}) is COVERAGE_FIRST and objective_of_figures({"objective": "data"}) is DATA


def test_scenarios_from_before_the_field_keep_their_text_and_their_hash():
    scenario = Scenario(name="old")
    assert "coverage" not in format_scenario(scenario)
    # computed by the program before it had the field
    assert scenario.content_hash() == "0d238aabdf955f030123e7a7993e9fcaa3afe29a1f8ee3da0c58461460d1cf6e"
    assert (
        parse_scenario("coverage: first\nname: old\n" + _bare()).content_hash()
        == parse_scenario("name: old\n" + _bare()).content_hash()
    )


def _bare():
    return (
        "ground_stations: [{id: gbs-1, east_m: 0.0, north_m: 0.0}]\n"
        "ground_users: [{id: gu-1, east_m: 9.0, north_m: 0.0}]\n"
    )


@pytest.mark.parametrize("form", ["yaml", "json"])
def test_the_choice_survives_files_and_links(form, tiny_scenario):
    chosen = tiny_scenario.model_copy(update={"coverage": "ignored"})
    assert chosen.content_hash() != tiny_scenario.content_hash()
    assert parse_scenario(format_scenario(chosen, form)) == chosen
    assert scenario_of_link(link_token(chosen)) == chosen


def test_another_choice_is_refused_in_a_sentence_that_names_the_known_ones(tiny_scenario):
    data = all_fields(tiny_scenario) | {"coverage": "maybe"}
    with pytest.raises(ScenarioError, match=r"coverage.*'?maybe'?.*first.*ignored"):
        scenario_of_data(data)


@pytest.mark.parametrize(
    ("field", "value"),
    [("coverage", "ignored"), ("channel.rain_exceeded_percent", 1.0), ("city.content_hash", None), ("orbits", [])],
)
def test_a_field_that_files_leave_out_at_its_default_can_be_set_by_name(field, value, tiny_scenario):
    changed = override_scenario(tiny_scenario, {field: value})
    data = all_fields(changed)
    for step in field.split("."):
        data = data[step]
    assert data == value


def shared_part(whole, part):
    """Return of nested data what another one has fields for."""
    if isinstance(part, dict):
        return {key: shared_part(whole[key], value) for key, value in part.items()}
    if isinstance(part, list):
        return [shared_part(one, other) for one, other in zip(whole, part, strict=True)]
    return whole


def test_all_fields_are_those_of_the_file_and_the_ones_it_leaves_out(tiny_scenario):
    file, whole = json.loads(tiny_scenario.model_dump_json()), all_fields(tiny_scenario)
    assert shared_part(whole, file) == file
    assert whole["coverage"] == "first" and whole["channel"]["atmosphere"] == "none"
    assert scenario_of_data(whole) == tiny_scenario


def test_what_changed_says_both_values(tiny_scenario):
    other = tiny_scenario.model_copy(update={"coverage": "ignored"})
    assert scenario_changes(tiny_scenario, other) == ["Unserved user slots: Coverage first, then data → Data alone."]


def test_no_other_place_decides_which_data_are_more():
    """Methods compare what they have by the objective, not by the megabits of two answers."""
    compares = re.compile(r"(mbit|data_service_mbit\w*|\.value\.sum\(\)) (>|<|>=|<=) ")
    room = Path(__file__).resolve().parents[1] / "itnt_core" / "methods"
    found = [path.name for path in sorted(room.rglob("*.py")) if compares.search(path.read_text(encoding="utf-8"))]
    assert found == []


def test_a_preset_asks_for_coverage_first(city_cache):
    assert objective_of(preset("tiny", cache_dir=city_cache)) is COVERAGE_FIRST

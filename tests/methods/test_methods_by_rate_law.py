"""Every way to an answer by each rate law: judged by it and within its bound; and what the product says of the law."""

import numpy as np
import pytest

from itnt_core.bounds import upper_bound
from itnt_core.methods import METHODS, explain_choice, override_scenario, quiet, settings_of
from itnt_core.network import build_world, evaluate, find_violations
from itnt_core.rate_laws import TITLES
from itnt_core.report.assumptions import assumptions
from itnt_core.scenario import Scenario, ScenarioError
from itnt_core.twin import twin_preset
from itnt_core.twin.scenario import twin_of_data
from itnt_core.words import CHOICES, fields_of, scenario_changes, short_changes
from tests.network import plain_rates

LAWS = pytest.mark.parametrize("law", plain_rates.NAMES[1:])
QUICK = {"straight": {}, "planner": {"rounds": 1}, "gradient": {"rounds": 1, "steps": 10, "restarts": 1}}


@pytest.fixture(scope="module", params=plain_rates.NAMES[1:])
def world(request, tiny_scenario):
    return build_world(override_scenario(tiny_scenario, {"radio.rate": request.param}))


@pytest.fixture(scope="module")
def bound(world):
    return upper_bound(world)


@pytest.mark.parametrize("key", QUICK)
def test_answers_are_judged_by_the_law_and_within_the_bound(world, bound, key):
    method = METHODS[key]
    decision = method.solve(world, settings_of(method, QUICK[key]), 1, quiet)
    found = evaluate(world, decision)
    assert find_violations(world, decision, found) == []
    radio = world.scenario.radio
    expected = [plain_rates.carried(radio.rate, None, sinr) for sinr in found.active.sinr.ravel().tolist()]
    assert found.active.rate_bit_s.ravel() == pytest.approx(np.array(expected) * radio.subchannel_khz * 1e3)
    per_slot = found.active.rate_bit_s.sum(axis=1) * world.scenario.time.slot_s / 1e6
    assert (per_slot <= bound.per_slot_mbit * (1.0 + 1e-9)).all() and found.active.data_service_mbit > 0.0


def test_a_planned_answer_is_better_than_the_reference_and_near_the_bound(world, bound):
    data = {}
    for key in ("straight", "planner"):
        method = METHODS[key]
        decision = method.solve(world, settings_of(method, {} if key == "straight" else {"rounds": 3}), 1, quiet)
        data[key] = evaluate(world, decision).active.data_service_mbit
    assert data["straight"] < data["planner"]
    assert data["planner"] > 0.6 * bound.data_service_mbit


def test_why_a_station_serves_is_judged_by_the_law(world):
    method = METHODS["straight"]
    decision = method.solve(world, settings_of(method, {}), 1, quiet)
    slot_mbit = evaluate(world, decision).active.rate_bit_s[0].sum() * world.scenario.time.slot_s / 1e6
    serving = [reason for reason in explain_choice(world, decision, 0, 0) if reason.way == "serves"]
    assert all(reason.mbit_change == pytest.approx(0.0, abs=1e-9 * slot_mbit) for reason in serving)


@LAWS
def test_the_law_is_set_by_its_field_and_said_in_words(law, tiny_scenario):
    changed = override_scenario(tiny_scenario, {"radio.rate": law})
    assert changed.radio.rate == law and changed.content_hash() != tiny_scenario.content_hash()
    (said,) = scenario_changes(tiny_scenario, changed)
    assert said == f"Rate law: {TITLES['shannon_capped']} → {TITLES[law]}."
    assert short_changes(tiny_scenario, changed).startswith("rate law")
    written = " ".join(assumptions(changed))
    assert {"truncated_shannon": "TR 36.942", "nr_cqi": "TS 38.214"}[law] in written
    assert "Shannon's, capped" not in written


def test_a_form_offers_every_law_by_its_name():
    (field,) = [one for one in fields_of(Scenario) if one.path == "radio.rate"]
    assert field.choices == plain_rates.NAMES and field.label == "Rate law"
    assert [CHOICES[name] for name in field.choices] == list(TITLES.values())


@LAWS
def test_spectrum_sharing_says_that_it_does_not_know_other_laws(law):
    data = twin_preset("toy").model_dump(mode="json")
    data["network"]["radio"]["rate"] = law
    with pytest.raises(ScenarioError, match=rf"rate law {law}, but spectrum sharing .* Shannon's rate"):
        twin_of_data(data)


def test_an_unknown_law_gets_a_sentence(tiny_scenario):
    with pytest.raises(ValueError, match=r"radio\.rate"):
        override_scenario(tiny_scenario, {"radio.rate": "shannon"})

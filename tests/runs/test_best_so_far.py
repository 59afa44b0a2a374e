"""The best decision so far of a run that computes: kept whole, not too often, and only what fits is read."""

import dataclasses
import math

import numpy as np
import pytest

from itnt_core.methods import ProgressEvent, optimise
from itnt_core.network import DecisionError, decision_bytes, decision_of_bytes, evaluate
from itnt_core.runs import RunRequest, best_version, execute, read_best, read_events, write_request
from itnt_core.runs import best as room
from itnt_core.runs.best import BEST_FILE, BestKeeper


def event(decision, mbit=10.0):
    return ProgressEvent(phase="x", fraction=0.5, objective_mbit=mbit, served_share=0.75, decision=decision)


def test_a_decision_is_read_as_it_was_kept(tmp_path, tiny_scenario, straight_decision):
    assert read_best(tmp_path, tiny_scenario) is None and best_version(tmp_path) == 0
    BestKeeper(tmp_path).take(event(straight_decision))
    best = read_best(tmp_path, tiny_scenario)
    assert (best.data_mbit, best.served_share, best.decision.convention) == (10.0, 0.75, straight_decision.convention)
    assert math.isnan(best.bound_mbit)
    for name in ("station", "subchannel", "positions_m", "power_w"):
        np.testing.assert_array_equal(getattr(best.decision, name), getattr(straight_decision, name))
    assert best_version(tmp_path) > 0


def test_a_younger_decision_waits_for_its_second_and_the_same_one_is_not_written_again(
    tmp_path, tiny_scenario, straight_decision
):
    moment_s = [0.0]
    keeper = BestKeeper(tmp_path, lambda: moment_s[0])
    first, other = straight_decision, straight_decision.dropped(straight_decision.station >= 0)
    steps = ((0.0, first, 1.0, 1.0), (0.9, other, 2.0, 1.0), (1.1, other, 3.0, 3.0), (9.0, other, 4.0, 3.0))
    for moment_s[0], decision, mbit, kept_mbit in steps:
        keeper.take(event(decision, mbit))
        assert read_best(tmp_path, tiny_scenario).data_mbit == kept_mbit


def test_a_decision_that_is_too_large_is_not_kept(tmp_path, straight_decision, monkeypatch):
    monkeypatch.setattr(room, "MOST_BYTES", 100)
    BestKeeper(tmp_path).take(event(straight_decision))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("damage", ["cut", "foreign", "other scenario", "station"])
def test_what_does_not_fit_is_not_read(tmp_path, tiny_scenario, straight_decision, damage):
    scenario, decision = tiny_scenario, straight_decision
    if damage == "other scenario":
        scenario = tiny_scenario.model_copy(update={"ground_users": tiny_scenario.ground_users[1:]})
    if damage == "station":
        decision = dataclasses.replace(decision, station=np.full_like(decision.station, 99))
    BestKeeper(tmp_path).take(event(decision))
    content = (tmp_path / BEST_FILE).read_bytes()
    if damage == "cut":
        (tmp_path / BEST_FILE).write_bytes(content[: len(content) // 2])
    if damage == "foreign":
        (tmp_path / BEST_FILE).write_bytes(b"[1, 2]\n" + content)
    assert read_best(tmp_path, scenario) is None


def test_bytes_that_are_no_decision_are_refused(straight_decision):
    with pytest.raises(DecisionError):
        decision_of_bytes(b"no decision")
    with pytest.raises(DecisionError):
        decision_of_bytes(decision_bytes(straight_decision)[:-40])


SETTINGS = {
    "planner": {"rounds": 2},
    "gradient": {"rounds": 2, "steps": 5},
    "proposed": {"rounds": 1, "episodes": 2, "environments": 2, "hidden": 8, "reference_lines": False},
}


@pytest.mark.parametrize("method", SETTINGS)
def test_methods_bring_the_decision_behind_their_figures(tiny_scenario, tiny_world, city_cache, method):
    events = []
    optimise(tiny_scenario, method, 1, SETTINGS[method], events.append, city_cache)
    brought = [event for event in events if event.decision is not None]
    assert brought
    for event in brought:
        service = evaluate(tiny_world, event.decision).active
        assert service.data_service_mbit == pytest.approx(event.objective_mbit)
        assert "decision" not in event.model_dump()


def test_a_run_keeps_its_best_while_it_computes_and_its_result_in_the_end(tmp_path, tiny_scenario, city_cache):
    write_request(tmp_path, tiny_scenario, RunRequest(method="planner", settings={"rounds": 1}))
    seen = []

    def look(event):
        seen.append(read_best(tmp_path, tiny_scenario))

    result = execute(tmp_path, city_cache, look)
    kept = [best for best in seen if best is not None]
    assert kept and kept[-1].data_mbit <= result.kpis["data_service_mbit"] + 1e-9
    assert kept[-1].bound_mbit >= kept[-1].data_mbit
    assert read_best(tmp_path, tiny_scenario) is None
    assert all("decision" not in event for event in read_events(tmp_path)[0])

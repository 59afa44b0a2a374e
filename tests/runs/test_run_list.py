"""Runs as rows, filtered and side by side."""

from itnt_core.presets import preset
from itnt_core.runs.listing import column_names, filtered, run_rows
from itnt_core.words import scenario_differences
from tests.a_run import a_run


def test_a_row_tells_place_method_and_figures():
    kpis = {"data_service_mbit": 12.34, "gap": 0.051, "outage": 0.0}
    (row,) = run_rows([a_run(1, kpis=kpis, state="queued", position=3)])
    assert (row["State"], row["Method"], row["Data service, Mbit"]) == ("queued, place 3", "Planner", 12.3)
    assert (row["Gap, %"], row["Outage, %"], row["Whole run, s"]) == (5.1, 0.0, 2.5)
    (empty,) = run_rows([a_run(2, method="from elsewhere", finished=None)])
    assert (empty["Method"], empty["Data service, Mbit"], empty["Whole run, s"]) == ("from elsewhere", None, None)


def test_filters_are_joined_by_and():
    runs = [a_run(1), a_run(2, state="failed"), a_run(3, method="straight", sweep="s")]
    assert filtered(runs) == runs
    assert filtered(runs, "run 2") == [runs[1]]
    assert filtered(runs, states=["failed", "done"], methods=["planner"]) == runs[:2]
    assert filtered(runs, sweep="s") == [runs[2]]
    assert filtered(runs, "no such run") == []


def test_runs_of_one_title_are_told_apart():
    runs = [a_run(1, title="Same"), a_run(2, title="Same"), a_run(3)]
    assert column_names(runs) == ["Same", "Same (2)", "Run 3"]


def test_scenarios_differ_where_a_field_or_a_number_of_objects_does():
    tiny = preset("tiny")
    other = tiny.model_copy(
        update={"radio": tiny.radio.model_copy(update={"carrier_ghz": 3.5}), "ground_users": tiny.ground_users[:-1]}
    )
    found = dict(scenario_differences([tiny, other]))
    assert found["radio.carrier_ghz"] == [tiny.radio.carrier_ghz, 3.5]
    assert found["number of ground_users"] == [4, 3]
    assert scenario_differences([tiny, tiny]) == []

"""Runs are named by what changed since the run before, and never twice alike."""

import sqlite3

import pytest

from itnt_core.city import city_of_scenario
from itnt_core.errors import ItntError
from itnt_core.presets import preset
from itnt_core.runs import RunStore, SweepSpec, picker_names, submit_sweep
from itnt_core.runs.schema import _STEPS
from itnt_core.runs.titles import MOST_TITLE, numbered
from tests.a_run import a_run


def with_another(scenario, name="gbs-9", east_m=300.0):
    station = scenario.ground_stations[0].model_copy(update={"id": name, "east_m": east_m, "north_m": 0.0})
    return scenario.model_copy(update={"ground_stations": (*scenario.ground_stations, station)})


def title(store, *arguments, **more):
    return store.get(store.submit(*arguments, **more)).title


def test_a_first_run_has_the_name_of_its_scenario(store, tiny):
    assert title(store, tiny, "planner") == "Planner, Tiny"
    assert title(store, tiny, "straight") == "Straight line, Tiny"


def test_a_changed_scenario_is_named_by_what_changed_since_the_run_before(store, tiny):
    store.submit(tiny)
    more = with_another(tiny)
    changed = title(store, more, "planner")
    assert changed.startswith("Planner, +1 mast ")
    assert title(store, more, "straight") == changed.replace("Planner", "Straight line")
    assert title(store, tiny.model_copy(update={"seed": 5}), "planner") == "Planner, seed 5"
    assert title(store, tiny, "planner") == "Planner, Tiny"  # back where it began


def test_the_first_run_of_an_edited_preset_is_named_by_the_edit(store, city_cache):
    edited = with_another(preset("tiny", cache_dir=city_cache))
    assert title(store, edited, "planner").startswith("Planner, +1 mast ")


def test_a_place_of_the_city_gives_its_name(store, city_cache):
    scenario = preset("london-4km", cache_dir=city_cache)
    (east_m, north_m) = next((east, north) for name, east, north in city_of_scenario(scenario, city_cache).places)
    first = scenario.ground_stations[0]
    station = first.model_copy(update={"id": "gbs-9", "east_m": east_m, "north_m": north_m})
    more = scenario.model_copy(update={"ground_stations": (*scenario.ground_stations, station)})
    found = title(store, more, "planner")
    assert found.startswith("Planner, +1 mast at ") and "gbs-9" not in found


def test_a_scenario_that_was_given_another_name_goes_by_it(store, tiny):
    store.submit(tiny)
    mine = with_another(tiny).model_copy(update={"name": "Two bridges"})
    assert title(store, mine, "planner") == "Planner, Two bridges"


def test_no_two_runs_have_the_same_title(store, tiny):
    titles = [title(store, tiny) for _ in range(3)] + [title(store, tiny, title="Mine") for _ in range(2)]
    assert titles == ["Straight line, Tiny", "Straight line, Tiny (2)", "Straight line, Tiny (3)", "Mine", "Mine (2)"]
    ids = [run.id for run in store.list()]
    store.rename(ids[0], "Straight line, Tiny")
    assert store.get(ids[0]).title == "Straight line, Tiny (4)"
    store.rename(ids[1], "Mine")  # its own
    assert store.get(ids[1]).title == "Mine"


def test_numbers_do_not_stack_and_do_not_grow_too_long():
    assert numbered("A (2)", {"A", "A (2)"}) == "A (3)"
    assert numbered("London (2019)", set()) == "London (2019)"
    long = "x" * MOST_TITLE
    assert len(numbered(long, {long})) == MOST_TITLE


def test_two_sweeps_of_one_title_are_told_apart(store, tiny):
    first, second = (SweepSpec(title="Seeds", scenario=tiny, seeds=[1, last]) for last in (2, 3))
    submit_sweep(store, first)
    submit_sweep(store, second)
    submit_sweep(store, first)  # known already: nothing new
    assert [row[1] for row in store.sweeps()] == ["Seeds (2)", "Seeds"]
    titles = [run.title for run in store.list()]
    assert len(titles) == len(set(titles)) == 4


def test_a_run_that_cannot_be_read_any_more_costs_no_name(store, tiny):
    lost = store.submit(tiny)
    (store.folder(lost) / "scenario.json").write_text("{", encoding="utf-8")
    assert title(store, with_another(tiny), "planner").startswith("Planner, ")


def test_a_run_knows_the_draft_that_it_was_asked_from(store, tiny):
    run = store.get(store.submit(tiny, draft=("abcdefgh2345", 7)))
    assert (run.draft, run.draft_revision, run.subject) == ("abcdefgh2345", 7, "Tiny")


def test_a_store_from_before_gets_the_new_columns_and_keeps_its_runs(tmp_path):
    root = tmp_path / "older"
    root.mkdir()
    with sqlite3.connect(root / "runs.sqlite") as connection:
        connection.executescript("".join(_STEPS[:3]) + "PRAGMA user_version = 3;")
        connection.execute(
            "INSERT INTO runs (id, title, kind, method, state, created, scenario_hash)"
            " VALUES ('20260101-000000-00000000', 'Old', 'data service', 'planner', 'failed', 1.0, 'h')"
        )
    (run,) = RunStore(root).list()
    assert (run.title, run.subject, run.draft, run.draft_revision) == ("Old", None, None, None)


def test_names_to_choose_from_hold_age_and_figure():
    runs = [
        a_run(1, title="Planner, Tiny", created=1000.0, kpis={"data_service_mbit": 2414.2}),
        a_run(2, title="Planner, Tiny", created=2000.0, kpis={"data_service_mbit": 12.34}),
        a_run(3, created=0.0, state="failed"),
    ]
    assert picker_names(runs, 2120.0) == [
        "Planner, Tiny · 18 min ago · 2,414 Mbit",
        "Planner, Tiny (2) · 2 min ago · 12.3 Mbit",
        "Run 3 · failed",
    ]


def test_what_is_wrong_is_still_refused(store, tiny):
    with pytest.raises(ItntError):
        store.submit(tiny, "no such method")

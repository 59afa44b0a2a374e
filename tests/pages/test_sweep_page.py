"""A sweep on its page: named axes, its cost before, one bar, one button that cancels, what it has found."""

import json

import pytest
from test_pages import texts

from itnt_core.runs import RunStore, read_request
from itnt_core.scenario import Scenario, read_scenario

PAGE = "pages/3_Optimise.py"


@pytest.fixture
def store(tmp_path, monkeypatch):
    monkeypatch.setattr(RunStore, "launch", lambda self: None)
    return RunStore(tmp_path)


def start(app):
    return app.button(key="sweep_start").click().run()


def finish(store):
    """End every run of the store with figures that follow from what was varied."""
    for run in store.list():
        scenario = read_scenario(store.folder(run.id) / "scenario.json", stored=True)
        assert isinstance(scenario, Scenario)
        seed = read_request(store.folder(run.id)).seed
        data = 100.0 * len(scenario.ground_stations) + seed + (5.0 if run.method == "planner" else 0.0)
        kpis = {"data_service_mbit": data, "gap": 0.1, "outage": 0.0, "energy_kj": 3.0, "violations": 0}
        with store.connection() as connection:
            connection.execute(
                "UPDATE runs SET state = 'done', progress = 1, kpis = ?, finished = 5, started = 1 WHERE id = ?",
                (json.dumps(kpis), run.id),
            )


def test_nothing_varied_starts_nothing(open_page, store):
    assert open_page(PAGE).button(key="sweep_start").disabled


def test_named_axes_are_started_with_their_cost_said_before(open_page, store):
    axes = ["stations", "seeds", "other field"]
    app = open_page(
        PAGE,
        sweep_axes=axes,
        sweep_values_stations="1, 2",
        sweep_seeds=2,
        sweep_field="radio.carrier_ghz",
        sweep_values_other="2, 3.5",
        sweep_methods=["straight"],
    )
    assert not app.exception
    assert "About" in texts(app) and "reference machine" in texts(app)
    assert app.button(key="sweep_start").label == "Start 8 runs"
    app = start(app)
    assert not app.exception
    runs = store.list()
    assert len(runs) == 8 and len({run.sweep for run in runs}) == 1 and len({run.title for run in runs}) == 8
    assert [row[1] for row in store.sweeps()] == ["Masts × Carrier × seeds, Tiny"]
    assert "0 of 8 runs are over" in app.get("progress")[0].proto.text
    table = open_page("pages/4_Runs.py", runs_sweep=runs[0].sweep)
    assert not table.exception
    assert table.dataframe[1].value["Carrier, GHz"].tolist() == [2, 2, 3.5, 3.5] * 2


def test_one_button_cancels_all(open_page, store):
    app = start(open_page(PAGE, sweep_axes=["seeds"], sweep_seeds=3))
    app.button(key="sweep_cancel").click().run()
    assert not app.exception
    assert [run.state for run in store.list()] == ["cancelled"] * 3


def test_an_impossible_value_is_said_and_nothing_is_queued(open_page, store):
    app = start(open_page(PAGE, sweep_axes=["stations"], sweep_values_stations="1, 99"))
    assert not app.exception
    assert "99 base stations are asked for, but the scenario has 2" in texts(app).replace("\\", "")
    assert store.list() == []


def test_what_a_sweep_has_found_stands_in_the_drawer(open_page, store):
    asked = {"sweep_axes": ["stations", "seeds"], "sweep_values_stations": "1, 2", "sweep_seeds": 3}
    start(open_page(PAGE, sweep_methods=["straight", "planner"], **asked))
    finish(store)
    app = open_page(PAGE, optimise_tab="Sweep")
    assert not app.exception
    app.session_state["sweep_part"] = "Table"
    app.run()
    assert "at masts 2: best is Planner with 207.0 ± 2.5 Mbit, mean and 95 % interval over 3 seeds." in texts(app)
    (table,) = [found.value for found in app.dataframe if "Masts" in found.value]
    assert len(table) == 12 and table["Data service, Mbit"].max() == 208.0
    app.selectbox(key="sweep_against").set_value("method").run()
    assert not app.exception
    assert "best is Planner" in texts(app)
    for part in ("Against an axis", "Parallel coordinates"):
        app.session_state["sweep_part"] = part
        app.run()
        assert not app.exception and app.get("plotly_chart")


def test_without_a_sweep_the_drawer_says_how_to_start_one(open_page, store):
    app = open_page(PAGE, optimise_tab="Sweep")
    assert not app.exception
    assert "No sweep has been started yet" in texts(app)

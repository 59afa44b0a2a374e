"""Every page as a script: no exception, the right words, the right effect."""

import json

import pytest

from itnt_core.figures import stored_controls
from itnt_core.methods import optimise
from itnt_core.results import read_result, write_result
from itnt_core.runs import RunStore, cache_folder
from itnt_core.runs.executing import execute
from itnt_core.runs.folder import read_request

PAGES = (
    "dashboard.py",
    "pages/1_Scenario.py",
    "pages/3_Optimise.py",
    "pages/4_Runs.py",
    "pages/5_Replay.py",
    "pages/6_Compare.py",
)


def texts(app):
    """Return everything readable on the page."""
    kinds = ("title", "text", "markdown", "caption", "info", "warning", "error", "subheader")
    return "\n".join(str(element.value) for kind in kinds for element in app.get(kind))


@pytest.mark.parametrize("script", PAGES)
def test_a_page_opens_without_exception_and_names_its_data_sources(open_page, script):
    app = open_page(script)
    assert not app.exception
    assert "Crown copyright" in texts(app)
    assert len(app.title) == 1


def place(seq, **more):
    return {
        "seq": seq,
        "type": "place",
        "kind": "ground_station",
        "east_m": 5.0,
        "north_m": 6.0,
        "surface_m": 0.0,
        **more,
    }


def test_edits_of_the_map_reach_the_scenario_once_and_in_order(open_page):
    move = {**place(2), "type": "move", "id": "gbs-3", "east_m": 50.0, "surface_m": 40.0}
    queue = [place(1), move]
    app = open_page("pages/1_Scenario.py", scenario_map={"edits": queue})
    assert not app.exception
    station = app.session_state["scenario"].ground_stations[-1]
    assert (station.id, station.east_m, station.height_m) == ("gbs-3", 50.0, 43.0)
    app.run()
    assert len(app.session_state["scenario"].ground_stations) == 3
    assert app.session_state["map_acknowledged"] == 2


def test_undo_and_redo_come_from_the_map_too(open_page):
    queue = [place(1), {"seq": 2, "type": "undo"}, {"seq": 3, "type": "undo"}, {"seq": 4, "type": "redo"}]
    app = open_page("pages/1_Scenario.py", scenario_map={"edits": queue})
    assert len(app.session_state["scenario"].ground_stations) == 3
    assert app.session_state["redo_steps"] == []


@pytest.mark.parametrize("edits", ["text", 5, [1, 2], [{"no": "seq"}], [place("x")], [place(1, east_m="<b>")]])
def test_nonsense_from_the_browser_changes_nothing(open_page, tiny, edits):
    app = open_page("pages/1_Scenario.py", scenario_map={"edits": edits})
    assert not app.exception
    assert app.session_state["scenario"] == tiny


def test_a_problem_is_told_in_a_sentence_and_start_is_closed(open_page, tiny):
    broken = tiny.model_copy(update={"ground_stations": (), "passes": ()})
    assert "place a GBS" in texts(open_page("pages/1_Scenario.py", scenario=broken)).replace("\\", "")
    app = open_page("pages/3_Optimise.py", scenario=broken)
    assert [button.disabled for button in app.button if button.label == "Start"] == [True]


def test_names_of_users_are_never_markup(open_page, tiny):
    hostile = tiny.model_copy(update={"name": "**bold** <b>x</b> :red[hi] $a$"})
    app = open_page("pages/3_Optimise.py", scenario=hostile)
    (menu,) = [block.proto.popover.label for block in app.get("popover") if block.proto.popover.label.startswith("\\*")]
    assert menu == r"\*\*bold\*\* \<b\>x\</b\> \:red\[hi…"


def test_start_queues_a_run_with_the_seed(open_page, tmp_path, monkeypatch):
    launched = []
    monkeypatch.setattr(RunStore, "launch", lambda self: launched.append(self.root))
    app = open_page("pages/3_Optimise.py")
    app.number_input[0].set_value(7)
    next(button for button in app.button if button.label == "Start").click().run()
    assert not app.exception
    (run,) = RunStore(tmp_path).list()
    assert (run.method, run.state) == ("straight", "queued")
    assert launched
    assert "Cancel" in [button.label for button in app.button]


def test_settings_of_a_method_reach_its_run(open_page, tmp_path, monkeypatch):
    monkeypatch.setattr(RunStore, "launch", lambda self: None)
    app = open_page("pages/3_Optimise.py", method_planner_time_limit_s=3.0)
    app.multiselect[0].set_value(["planner", "straight"]).run()
    app.number_input(key="method_planner_shakes").set_value(2)
    app.selectbox(key="method_straight_associator").set_value("max_sinr")
    next(button for button in app.button if button.label == "Start 2 runs").click().run()
    assert not app.exception
    requests = {run.method: read_request(RunStore(tmp_path).folder(run.id)) for run in RunStore(tmp_path).list()}
    assert (requests["planner"].settings["time_limit_s"], requests["planner"].settings["shakes"]) == (3.0, 2)
    assert requests["straight"].settings == {"associator": "max_sinr"}


def test_a_finished_run_tells_its_bound_its_course_and_whom_it_does_not_serve(open_page, tmp_path, tiny):
    poor = tiny.model_copy(update={"qos": tiny.qos.model_copy(update={"min_sinr_active_db": 25.0})})
    store = RunStore(tmp_path)
    run_id = store.submit(poor, method="planner", settings={"time_limit_s": 1.0})
    execute(store.folder(run_id), cache_folder(tmp_path))
    result = read_result(store.folder(run_id))
    assert result.kpis["outage"] > 0.0
    with store.connection() as connection:
        connection.execute("UPDATE runs SET state = 'done', kpis = ? WHERE id = ?", (json.dumps(result.kpis), run_id))
    app = open_page(
        "pages/3_Optimise.py", scenario=poor, **{"all_runs": True, f"course_{run_id}": True, f"unserved_{run_id}": True}
    )
    assert not app.exception
    assert "Upper bound" in texts(app)
    assert "Mbit is possible" in texts(app)
    assert "is below 25 dB" in texts(app)
    replay = open_page("pages/5_Replay.py", scenario=poor, replay_tab="Unserved users")
    assert not replay.exception
    assert "is below 25 dB" in texts(replay)


def test_a_learned_run_shows_its_learning_curves(open_page, tmp_path, tiny):
    store = RunStore(tmp_path)
    settings = {"rounds": 1, "episodes": 3, "environments": 4, "searches": 2, "hidden": 16, "reference_lines": False}
    run_id = store.submit(tiny, method="proposed", settings=settings)
    kpis = execute(store.folder(run_id), cache_folder(tmp_path)).kpis
    with store.connection() as connection:
        connection.execute("UPDATE runs SET state = 'done', kpis = ? WHERE id = ?", (json.dumps(kpis), run_id))
    app = open_page("pages/3_Optimise.py", **{"all_runs": True, f"course_{run_id}": True})
    assert not app.exception
    assert "Power loss" in texts(app)
    assert (store.folder(run_id) / "policy.pt").exists()


@pytest.mark.parametrize("tab", ["Data service and users", "Reward and power", "Flights"])
def test_the_papers_figures_stand_beside_claim_and_finding(open_page, tab):
    app = open_page("pages/6_Compare.py", compare_part="The paper's figures", paper_tab=tab)
    assert not app.exception
    assert "**The paper**" in texts(app)
    assert "reproduce fig" in texts(app)


def test_what_learning_adds_stands_beside_figure_2_with_every_row(open_page):
    found = stored_controls()
    app = open_page("pages/6_Compare.py", compare_part="The paper's figures", paper_tab="Data service and users")
    shown = texts(app)
    assert found.source in shown and found.parts in shown and found.plain in shown and found.made in shown
    table = next(frame.value for frame in app.dataframe if "Gain, %" in frame.value.columns)
    assert table["Method"].to_list() == [row.title for row in found.rows.values()]
    gains = table.set_index("Method")["Gain, %"].dropna()
    assert gains["Planner"] == round(found.rows["planner"].gain.percent, 1) and len(gains) == len(found.rows) - 1


def test_a_finished_run_can_be_replayed_and_bad_addresses_are_dropped_with_a_note(
    open_page, tmp_path, tiny, monkeypatch
):
    store = RunStore(tmp_path)
    run_id = store.submit(tiny)
    result = optimise(tiny, cache_dir=cache_folder(tmp_path))
    write_result(store.folder(run_id), result)
    with store.connection() as connection:
        connection.execute("UPDATE runs SET state = 'done', progress = 1 WHERE id = ?", (run_id,))
    app = open_page("pages/5_Replay.py", replay_tab="Users")
    app.query_params["run"], app.query_params["t"] = run_id, "3"
    app.run()
    assert not app.exception
    assert "left out" not in texts(app)
    assert f"{result.kpis['data_service_mbit']:,.1f} Mbit" in [metric.value for metric in app.metric]
    assert len(app.dataframe[0].value) == 5
    for bad in ({"run": "../../etc"}, {"run": "demo; rm"}, {"t": "99999"}, {"t": "-1"}, {"t": "x"}):
        app.query_params.clear()
        for key, value in bad.items():
            app.query_params[key] = value
        app.run()
        assert not app.exception
        assert "left out" in texts(app)
        assert not set(bad) & set(app.query_params)


def test_a_pass_is_configured_by_its_form(open_page):
    app = open_page("pages/1_Scenario.py", scenario_tab="Satellites")
    altitude = next(box for box in app.number_input if box.label == "Altitude, km")
    altitude.set_value(700.0).run()
    assert not app.exception
    assert app.session_state["scenario"].passes[0].altitude_km == 700.0
    next(button for button in app.button if button.label == "Add a pass").click().run()
    assert len(app.session_state["scenario"].passes) == 2


def test_a_preset_is_opened_with_its_numbers_and_can_be_undone(open_page, tiny):
    app = open_page("pages/1_Scenario.py", scenario_menu=True)
    app.radio(key="preset_name").set_value("tiny")
    app.number_input(key="preset_users").set_value(9)
    app.number_input(key="preset_aerial").set_value(2)
    next(button for button in app.button if button.label == "Use this preset").click().run()
    assert not app.exception
    scenario = app.session_state["scenario"]
    assert (len(scenario.aerial_users), len(scenario.ground_users)) == (2, 7)
    assert app.session_state["undo_steps"] == [tiny]


@pytest.mark.parametrize(
    ("modules", "heavy"),
    [
        ("pages.shared.map3d, pages.shared.state", ("torch", "cvxpy", "geopandas", "pyogrio", "pydeck", "matplotlib")),
        (
            "pages.home.opening, pages.shared.figures",
            ("xarray", "numba", "shapely", "scipy.optimize", "torch", "matplotlib"),
        ),
    ],
    ids=["any page", "first page"],
)
def test_the_interface_needs_no_heavy_library_to_start(modules, heavy):
    import subprocess
    import sys

    code = f"import streamlit, sys; known = set(sys.modules); import {modules}; new = set(sys.modules) - known"
    code += f"; print([name for name in {heavy!r} if name in new])"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "[]"

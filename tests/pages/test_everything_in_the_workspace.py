"""A scenario with everything switched on goes through Build, Optimise, Replay and Compare."""

import json

import pytest
from test_pages import texts

from itnt_core.results import write_result
from itnt_core.runs import RunStore
from tests.everything import everything, everything_planned

DRAWERS = {
    "Figures": "",
    "Users": "",
    "Why this station?": "",
    "Unserved users": "overage",
    "Satellites": "Satellites",
    "How sure is it?": "No worlds have been drawn",
}


def finish(folder):
    """Put a finished run of it into the store, and return its id."""
    store, result = RunStore(folder), everything_planned()
    run_id = store.submit(everything())
    write_result(store.folder(run_id), result)
    with store.connection() as connection:
        figures = json.dumps(result.kpis)
        connection.execute("UPDATE runs SET state = 'done', progress = 1, kpis = ? WHERE id = ?", (figures, run_id))
    return run_id


@pytest.fixture
def finished(tmp_path):
    return finish(tmp_path)


def test_build_opens_it_with_its_objects_and_nothing_to_complain_about(open_page):
    app = open_page("pages/1_Scenario.py", scenario=everything())
    assert not app.exception and not app.error and not app.warning


def test_optimise_says_before_it_runs_what_a_method_does_not_know(open_page):
    app = open_page("pages/3_Optimise.py", scenario=everything())
    (methods,) = [one for one in app.multiselect if one.label == "Methods"]
    methods.set_value(["planner", "gradient"]).run()
    assert not app.exception and not app.error
    (told,) = [text for text in texts(app).splitlines() if "does not know" in text]
    assert told.startswith("Gradient does not know what a change of server costs")


def test_replay_shows_every_drawer_and_offers_every_export(open_page, finished):
    app = open_page("pages/5_Replay.py")
    app.query_params["run"] = finished
    for drawer, words in DRAWERS.items():
        app.session_state["replay_tab"] = drawer
        app.run()
        assert not app.exception and not app.error, drawer
        assert words in texts(app), drawer
    app.session_state["replay_tab"] = "Users"
    (table,) = [one.value for one in app.run().dataframe if "Kind" in one.value]
    assert table.set_index("User")["Kind"].to_dict() == {
        "au-1": "aerial",
        "au-2": "aerial",
        "gu-1": "ground, on the way",
        "gu-2": "ground, indoors, floor 2",
        **{f"gu-{number}": "ground" for number in range(3, 7)},
    }


def test_compare_takes_two_runs_of_it(open_page, finished, tmp_path):
    app = open_page("pages/6_Compare.py")
    app.query_params["runs"] = f"{finished},{finish(tmp_path)}"
    assert not app.run().exception and not app.error

"""Stories, links to a view and reports, on pages run as scripts."""

import json

import pytest

from itnt_core.mapdata.story import STORY_FILE, read_story
from itnt_core.runs import RunStore
from itnt_core.scenario.link import link_token
from pages.building.surfaces import surface_of_link

CAMERA = {"longitude": -0.0845, "latitude": 51.5135, "span_m": 400.0, "pitch": 50.0, "bearing": 10.0}
VIEW = {"caption": "Here *it* is", "start_slot": 1.0, "end_slot": 2.0, "camera": CAMERA, "user": "gu-1"}


@pytest.fixture(scope="module")
def result(tiny_scenario, city_cache):
    from itnt_core.methods import optimise

    return optimise(tiny_scenario, cache_dir=city_cache)


@pytest.fixture
def finished(tmp_path, result):
    """Return the id and the folder of a finished run."""
    from itnt_core.results import write_result

    store = RunStore(tmp_path)
    run_id = store.submit(result.scenario)
    write_result(store.folder(run_id), result)
    with store.connection() as connection:
        state = json.dumps(result.kpis)
        connection.execute("UPDATE runs SET state = 'done', progress = 1, kpis = ? WHERE id = ?", (state, run_id))
    return run_id, store.folder(run_id)


def open_run(open_page, run_id, **address):
    """Open the Replay page with a run and more in its address."""
    app = open_page("pages/5_Replay.py")
    for name, value in {"run": run_id, **address}.items():
        app.query_params[name] = value
    return app.run()


def button(app, label):
    return next(one for one in app.button if one.label == label)


def captions(folder):
    story = read_story(folder, 8, ("au-1", "gu-1", "gu-2", "gu-3", "gu-4"))
    return [view.caption for view in story.views] if story else None


@pytest.fixture
def keep(finished, result, monkeypatch):
    """Return a function that keeps a view as the map's callback does, in a script's own session."""
    from pages.replaying import stories

    def take(view, number=1):
        state = {"key": {"story_view": {"number": number, "view": view}}}
        monkeypatch.setattr(stories.st, "session_state", kept := {**state, **getattr(take, "kept", {})} | state)
        stories.take_view("key", finished[1], result)
        take.kept = {name: value for name, value in kept.items() if name != "key"}
        return kept

    return take


def test_a_view_from_the_map_is_kept_once_and_a_bad_one_is_told(keep, finished):
    keep(VIEW, 5)
    keep(VIEW, 5)
    assert captions(finished[1]) == ["Here *it* is"]
    assert "pitch" in keep({**VIEW, "camera": {**CAMERA, "pitch": 99}}, 6)["story_wrong"]
    assert "camera" in keep("no view", 7)["story_wrong"] or "dictionary" in keep("no view", 8)["story_wrong"]
    assert captions(finished[1]) == ["Here *it* is"]
    keep({**VIEW, "caption": "second"}, 9)
    assert captions(finished[1]) == ["Here *it* is", "second"]


def test_the_story_is_edited_reordered_deleted_and_brought_back(open_page, finished):
    run_id, folder = finished
    app = open_run(open_page, run_id)
    app.session_state["replay_tab"] = "Story"
    app.run()
    assert not app.exception
    ready = [view["Caption"] for view in app.dataframe[0].value.to_dict("records")]
    button(app, "Edit this story").click().run()
    assert captions(folder) == ready
    app.text_area[0].set_value("Mine <b>now</b>").run()
    assert captions(folder)[0] == "Mine <b>now</b>"
    button(app, "Move view 1 down").click().run()
    assert captions(folder)[1] == "Mine <b>now</b>"
    button(app, "Delete view 2").click().run()
    assert "Mine <b>now</b>" not in captions(folder)
    button(app, "Undo").click().run()
    assert captions(folder)[1] == "Mine <b>now</b>"
    button(app, "Back to the ready story").click().run()
    assert not (folder / STORY_FILE).exists()
    assert not app.exception


def test_a_damaged_story_is_told_and_the_ready_one_shown(open_page, finished):
    (finished[1] / STORY_FILE).write_text("{")
    app = open_run(open_page, finished[0])
    assert not app.exception
    assert "damaged" in app.warning[0].value


def test_what_a_link_says_wrongly_is_dropped_with_a_note_each(open_page, finished):
    app = open_run(open_page, finished[0], t="99", camera="1,2,3", user="nobody", links="all", story="always")
    assert not app.exception
    assert len(app.warning) == 5 and all("it was left out" in one.value for one in app.warning)
    assert set(app.query_params) == {"run"}


def test_a_camera_that_shows_nothing_of_the_run_is_dropped(open_page, finished):
    app = open_run(open_page, finished[0])
    for camera in ("nan,51.5,400,50,0", "-0.08,51.5,1,50,0", "2.35,48.85,400,50,0", "a,b,c,d,e", "9" * 5000):
        app.query_params["camera"] = camera
        app.run()
        assert not app.exception
        assert ["camera" in one.value for one in app.warning] == [True], camera


def test_a_good_link_is_left_as_it_is(open_page, finished):
    address = {"t": "3", "camera": "-0.0845,51.5135,400,50,10", "user": "gu-1", "story": "play"}
    app = open_run(open_page, finished[0], **address)
    assert not app.exception and not app.warning
    assert set(app.query_params) == {"run", *address}


def test_the_link_of_a_scenario_brings_its_surface_with_it(open_page, tiny):
    app = open_page("pages/1_Scenario.py")
    app.query_params["s"] = link_token(tiny)
    app.query_params["surface"] = "sinr,air,120,3"
    app.run()
    assert not app.exception
    assert app.session_state["surface_kind"] == "sinr"
    assert (app.session_state["surface_where"], app.session_state["surface_height"]) == ("air", 120)
    assert app.session_state["surface_slot"] == 3
    assert "surface" not in app.query_params


def test_a_surface_that_is_none_is_dropped_with_a_note(open_page):
    app = open_page("pages/1_Scenario.py")
    app.query_params["surface"] = "rainbow,air,120,3"
    app.run()
    assert not app.exception
    assert any("surface" in one.value for one in app.info)
    assert app.session_state["surface_kind"] == "off"
    for text in ("sinr", "sinr,air,5000,3", "sinr,air,120,99", "sinr,sea,20,1", "sinr,air,²,1"):
        assert not surface_of_link(text, 8)


def test_runs_offers_a_report_of_what_is_chosen(open_page, finished):
    app = open_page("pages/4_Runs.py", runs_chosen=[finished[0]], runs_report=True)
    assert not app.exception
    assert {"Report (HTML)", "Report (PDF)"} <= {one.label for one in app.get("download_button")}


def test_compare_offers_one_report_of_the_runs_side_by_side(open_page, finished):
    app = open_page("pages/6_Compare.py")  # the finished run and the recorded demo
    assert not app.exception
    assert {"Report (HTML)", "Report (PDF)"} <= {one.label for one in app.get("download_button")}

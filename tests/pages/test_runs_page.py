"""The Runs page, sweeps and costs on Optimise."""

import json

import pytest
import streamlit as st
from test_pages import texts

from itnt_core.recorded import RECORDED
from itnt_core.runs import STATE_WORDS, RunStore, StoreError, recorded_runs

ENDS = ("done", "failed", "cancelled", "interrupted", "timed out")


def end(store, run_id, state, kpis=None, message="Because."):
    with store.connection() as connection:
        connection.execute(
            "UPDATE runs SET state = ?, message = ?, kpis = ?, finished = 5, started = 1 WHERE id = ?",
            (state, message, json.dumps(kpis) if kpis else None, run_id),
        )


KPIS = {
    "data_service_mbit": 80.0,
    "data_service_always_on_mbit": 70.0,
    "outage": 0.1,
    "outage_always_on": 0.0,
    "energy_kj": 2.0,
    "violations": 0,
    "wall_s": 0.5,
    "upper_bound_mbit": 100.0,
    "gap": 0.2,
    "seed": 1,
    "method": "straight",
}


def buttons(app):
    return {button.label: button for button in app.button}


def test_a_list_without_own_runs_says_what_to_do_next_and_holds_the_recorded_ones(open_page):
    app = open_page("pages/4_Runs.py")
    assert "Start a run in Optimise" in texts(app) and "2 of 2 runs shown · 2 recorded." in texts(app)
    assert app.dataframe[0].value["Title"].tolist() == [run.title for run in recorded_runs()]


def test_recorded_runs_are_compared_and_reported_but_neither_changed_nor_deleted(open_page):
    app = open_page("pages/4_Runs.py", runs_chosen=list(RECORDED))
    assert not app.exception
    assert not {"Delete", "Delete 2", "Run again", "Run again 2", "Export"} & set(buttons(app))
    assert "came with the program" in texts(app)


@pytest.mark.parametrize("state", ENDS)
def test_each_end_state_is_shown_with_its_own_words_and_actions(open_page, tmp_path, tiny, state):
    store = RunStore(tmp_path)
    run_id = store.submit(tiny, title="Mine")
    end(store, run_id, state, KPIS if state in ("done", "cancelled") else None)
    app = open_page("pages/3_Optimise.py")
    assert not app.exception
    assert ("Because." in texts(app)) == (state != "done")
    assert ("Resume" in buttons(app)) == (state != "done")
    badges = [block.value for block in app.get("markdown") if f"{state}]" in str(block.value)]
    assert badges, "the state stands on the card"
    listed = open_page("pages/4_Runs.py")
    assert not listed.exception
    assert listed.dataframe[0].value["State"].tolist() == [state, "recorded", "recorded"]
    assert f"1 {state}" in texts(listed)
    assert STATE_WORDS[state]


def test_the_filter_narrows_the_list(open_page, tmp_path, tiny):
    store = RunStore(tmp_path)
    for title in ("One mast", "Two masts"):
        store.submit(tiny, title=title)
    store.cancel(store.list()[0].id)
    app = open_page("pages/4_Runs.py", runs_text="mast", runs_states=["cancelled"])
    assert app.dataframe[0].value["Title"].tolist() == ["Two masts"]
    assert "1 of 4 runs shown" in texts(app)


def test_old_runs_are_deleted_and_brought_back(open_page, tmp_path, tiny):
    store = RunStore(tmp_path)
    run_id = store.submit(tiny)
    end(store, run_id, "failed")
    app = open_page("pages/4_Runs.py")
    buttons(app)["Delete all that ended before"].click().run()
    assert "1 runs deleted" in texts(app) and store.list() == []
    buttons(app)["Bring them back"].click().run()
    assert [run.id for run in store.list()] == [run_id]
    buttons(app)["Delete all that ended before"].click().run()
    buttons(app)["Remove for good"].click().run()
    assert not store.folder(run_id).exists()


def test_titles_are_never_markup(open_page, tmp_path, tiny):
    store = RunStore(tmp_path)
    end(store, store.submit(tiny, title="**b** <b>x</b> :red[hi]"), "failed", message="<script>alert(1)</script>")
    for script in ("pages/3_Optimise.py", "pages/4_Runs.py"):
        app = open_page(script)
        assert not app.exception
        assert not any("**b** <b>x</b>" in str(block.value) for block in app.markdown)


def test_a_wrong_setting_of_the_environment_is_said_in_a_sentence(open_page, monkeypatch):
    monkeypatch.setenv("ITNT_MAX_RUNS", "many")
    app = open_page("pages/3_Optimise.py")
    assert not app.exception
    assert any("1 to 256" in error.value for error in app.error)
    assert "Crown copyright" in texts(app)


def test_a_store_that_is_busy_for_a_moment_costs_a_sentence_and_not_the_filter(open_page, tmp_path, tiny, monkeypatch):
    RunStore(tmp_path).submit(tiny, title="One mast")

    def busy(store):
        raise StoreError("The run store is locked: try again.")

    monkeypatch.setattr(RunStore, "launch", busy)
    app = open_page("pages/4_Runs.py", runs_text="mast")
    assert not app.exception and "The run store is locked" in texts(app)
    assert app.text_input(key="runs_text").value == "mast" and "2 of 3 runs shown" in texts(app)


@pytest.mark.parametrize("script", ["pages/3_Optimise.py", "pages/4_Runs.py", "pages/7_Spectrum_twin.py"])
def test_what_refreshes_by_itself_holds_no_field_that_would_forget_its_value(
    open_page, tmp_path, tiny, monkeypatch, script
):
    """Streamlit drops the fields of such a part when it starts before the browser got the end of a whole run."""
    store = RunStore(tmp_path)
    end(store, store.submit(tiny), "cancelled")
    store.submit(tiny)
    monkeypatch.setattr(RunStore, "launch", lambda self: None)
    inside, refreshing = [], []
    fragment = st.fragment

    def noted(part, run_every=None):
        def run(*args):
            refreshing.append(run_every)
            part(*args)
            refreshing.pop()

        return fragment(run, run_every=run_every)

    def field(name):
        make = getattr(st, name)

        def made(label, *args, **options):
            inside.extend([label] if any(refreshing) else [])
            return make(label, *args, **options)

        return made

    monkeypatch.setattr(st, "fragment", noted)
    for name in ("text_input", "number_input", "selectbox", "multiselect", "slider", "segmented_control", "toggle"):
        monkeypatch.setattr(st, name, field(name))
    app = open_page(script)
    assert not app.exception
    assert inside == []


def test_a_chosen_run_of_data_service_is_exported_for_other_tools_here_too(open_page, tmp_path, tiny):
    store = RunStore(tmp_path)
    run_id = store.submit(tiny)
    end(store, run_id, "done", KPIS)
    app = open_page("pages/4_Runs.py", runs_chosen=[run_id], runs_export=True)
    assert not app.exception
    assert "For GIS, globes and channel emulators" in texts(app)
    assert "CZML" in app.selectbox(key="runs_export_places_format").options

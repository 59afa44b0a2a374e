"""Scenarios of a session are kept by themselves: in the address, between tabs, and where nothing can be written."""

from types import SimpleNamespace

import pytest

from itnt_core.drafts import DraftStore
from pages.shared import drafts, state


class Tab:
    """One browser session: its memory and its address."""

    def __init__(self, monkeypatch, address=None):
        self.monkeypatch = monkeypatch
        self.streamlit = SimpleNamespace(session_state={}, query_params=dict(address or {}))

    def __enter__(self):
        for module in (state, drafts):
            self.monkeypatch.setattr(module, "st", self.streamlit)
        return self

    def __exit__(self, *error):
        self.address = dict(self.streamlit.query_params)


@pytest.fixture
def tab(tmp_path, monkeypatch, tiny_scenario):
    """Return a function that opens a tab with an address; the default scenario is the tiny one."""
    monkeypatch.setenv("ITNT_DATA_DIR", str(tmp_path))
    monkeypatch.setattr(state, "preset", lambda cache_dir: tiny_scenario)
    return lambda address=None: Tab(monkeypatch, address)


def rename(name):
    """Change the open scenario, as a form does."""
    state.change_scenario(state.open_scenario().model_copy(update={"name": name}))


def test_nothing_is_kept_before_the_first_change_and_everything_after_it(tab, tmp_path):
    with tab() as first:
        state.keep_address()
        assert DraftStore(tmp_path).recent() == [] and first.streamlit.query_params == {}
        rename("One more mast")
        state.keep_address()
    with tab(first.address):
        assert state.open_scenario().name == "One more mast"
    (row,) = DraftStore(tmp_path).recent()
    assert first.address == {"draft": row.id} and row.name == "One more mast"


def test_undo_and_redo_are_kept_too(tab, tmp_path, tiny_scenario):
    with tab():
        rename("Changed")
        state.undo()
        (row,) = DraftStore(tmp_path).recent()
        assert DraftStore(tmp_path).open(row.id).scenario.name == tiny_scenario.name
        state.redo()
        assert DraftStore(tmp_path).open(row.id).scenario.name == "Changed"


def test_another_scenario_is_another_draft_and_undo_goes_on_with_the_first(tab, tmp_path, tiny_scenario):
    with tab() as one:
        rename("First")
        state.keep_address()
        first = one.streamlit.query_params["draft"]
        state.open_other(tiny_scenario.model_copy(update={"name": "Second"}))
        state.keep_address()
        assert one.streamlit.query_params["draft"] != first
        state.undo()
        state.keep_address()
        assert one.streamlit.query_params["draft"] == first
    assert {row.name for row in DraftStore(tmp_path).recent()} == {"First", "Second"}


def test_a_tab_takes_over_what_the_other_has_done_and_undo_brings_its_own_back(tab):
    with tab() as first:
        rename("Mine")
        state.keep_address()
    with tab(first.address):
        state.keep_address()
        rename("Theirs")
    with first:
        state.keep_address()
        assert state.open_scenario().name == "Theirs" and "Another tab" in state.taken_note()
        state.undo()
        assert state.open_scenario().name == "Mine"
        state.keep_address()
        assert state.open_scenario().name == "Mine"  # and so it stays


def test_changes_on_the_same_revision_are_told_and_both_are_kept(tab, tmp_path):
    with tab() as first:
        rename("Mine")
        state.keep_address()
    with tab(first.address):
        state.keep_address()
        rename("Theirs")
    with first:
        rename("Mine, further")  # before this tab has looked
        assert "Both are kept" in state.taken_note()
        state.keep_address()
        assert state.open_scenario().name == "Mine, further (this tab)"
    store = DraftStore(tmp_path)
    assert {store.open(row.id).scenario.name for row in store.recent()} == {"Theirs", "Mine, further (this tab)"}
    assert len({row.name for row in store.recent()}) == 2
    mine = first.streamlit.query_params["draft"]
    with first:
        rename("Mine, at last")
        assert state.taken_note() is None
    assert store.open(mine).scenario.name == "Mine, at last"


def test_a_store_that_was_taken_away_is_begun_anew(tab, tmp_path):
    with tab() as one:
        rename("First")
        for path in tmp_path.glob("scenarios.sqlite*"):
            path.unlink()
        rename("Second")
        assert state.taken_note() is None
        state.keep_address()
        (row,) = DraftStore(tmp_path).recent()
        assert row.name == "Second" and one.streamlit.query_params == {"draft": row.id}


def test_a_recent_one_is_gone_on_with(tab, tmp_path):
    with tab() as one:
        rename("First")
        (row,) = DraftStore(tmp_path).recent()
    with tab() as one:
        state.open_scenario()
        state.open_draft(DraftStore(tmp_path).open(row.id))
        state.keep_address()
        assert one.streamlit.query_params["draft"] == row.id
        rename("First, further")
    assert [found.name for found in DraftStore(tmp_path).recent()] == ["First, further"]


def test_an_address_of_another_computer_leaves_a_sentence_and_the_default_scenario(tab, tiny_scenario):
    with tab({"draft": "abcdefghijkl"}) as one:
        assert state.open_scenario() == tiny_scenario
        assert "no kept scenario abcdefghijkl" in state.taken_note()
        assert one.streamlit.query_params == {}


def test_where_nothing_can_be_written_editing_goes_on_and_it_is_said_once(tab, tmp_path):
    (tmp_path / "scenarios.sqlite").mkdir()
    with tab() as one:
        rename("Changed")
        assert "could not be kept" in state.taken_note()
        rename("Changed again")
        assert state.taken_note() is None and state.open_scenario().name == "Changed again"
        state.keep_address()
        assert one.streamlit.query_params == {}

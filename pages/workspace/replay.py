"""Replay: a finished run in 3D, its figures under both conventions, and the same facts as tables in the drawer."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import streamlit as st

from itnt_core.report import Source
from itnt_core.results import Result, ResultError
from itnt_core.runs import RunStore
from itnt_core.words import user_rows
from pages.replaying.choice import choose_run, run_name
from pages.replaying.files import offer_file
from pages.replaying.promise import show_promise
from pages.replaying.satellites import show_satellites
from pages.replaying.stories import map_story, stored_story, story_editor, story_folder, take_view
from pages.replaying.view_link import wanted_view
from pages.replaying.why import WHY_SLOT, WHY_USER, show_why
from pages.shared import state
from pages.shared.bar import MODE_PAGES, OPTIMISE
from pages.shared.component import WORKSPACE_MAP
from pages.shared.demo import finished_runs, replay_folder
from pages.shared.explanations import show_explanations
from pages.shared.exports import offer_exports
from pages.shared.figures import figure_row, figure_strip
from pages.shared.frame import sentences
from pages.shared.map3d import bare_map, open_result, replay_map
from pages.shared.modes import lead_to
from pages.shared.reports import offer_reports
from pages.shared.sharing import share_run
from pages.shared.who import serves_many

from .places import Places

DRAWER, WHY, SURE, SKY = "replay_tab", "Why this station?", "How sure is it?", "Satellites"


def show_replay(places: Places) -> None:
    """Show the run that is chosen, or how to get one."""
    store = RunStore()
    with places.side:
        chosen = choose_run(store, finished_runs(store))
    if chosen is None:
        with places.map:
            bare_map(state.open_scenario(), "The city, without a run: none has finished yet")
        with places.messages:
            st.info("No run has finished yet. Start one and it appears here.")
            lead_to(MODE_PAGES[OPTIMISE], "Go to Optimise")
        return
    try:
        folder = replay_folder(store, chosen)
        _show_run(places, store, chosen, folder, open_result(folder))
    except ResultError as error:
        with places.messages:
            sentences(list(error.sentences), "error")


def _show_run(places: Places, store: RunStore, chosen: str, folder: Path, result: Result) -> None:
    keep = story_folder(chosen, folder)
    with places.messages:
        view, story = wanted_view(result), stored_story(keep, result)
    with places.map:
        replay_map(
            folder,
            run=chosen,
            start_slot=view.pop("start_slot"),
            more={**view, **map_story(story, result), "tells_why": True},
            on_why_change=partial(_take_why, result),
            on_story_view_change=partial(take_view, WORKSPACE_MAP, keep, result),
        )
    with places.figures:
        figure_strip(result.kpis)
    with places.side, st.container(horizontal=True, gap="small"):
        offer_exports(folder, result.scenario, "replay_export")
        with st.popover("Save, share" if serves_many() else "Save", icon=":material/download:"):
            offer_file(result, story)
            offer_reports([Source(folder, run_name(store, chosen), chosen)], "replay_report")
            share_run(store, chosen, "replay")
    tables: dict[str, Callable[[], None]] = {
        "Figures": partial(figure_row, result.kpis, result),
        "Users": partial(_show_users, result),
        WHY: partial(show_why, folder, result),
        "Unserved users": partial(show_explanations, folder),
        SKY: partial(show_satellites, folder, result),
        SURE: partial(show_promise, folder, keep, result),
        "Story": partial(story_editor, story, keep, result),
    }
    opened = places.open_drawer(list(tables), DRAWER)
    if opened is not None:
        with places.drawer:
            tables[opened]()


def _show_users(result: Result) -> None:
    """Show the users' figures as a table: the replay in text."""
    st.dataframe(user_rows(result), hide_index=True, width="stretch")


def _take_why(result: Result) -> None:
    """Open the answer to what was asked on the map: why a user is served as it is in a slot."""
    asked = (st.session_state.get(WORKSPACE_MAP) or {}).get("why")
    user, slot = (asked.get("user"), asked.get("slot")) if isinstance(asked, dict) else (None, None)
    if user in result.scenario.user_ids and isinstance(slot, int) and 1 <= slot <= result.scenario.time.slots:
        st.session_state.update({DRAWER: WHY, WHY_USER: user, WHY_SLOT: slot})

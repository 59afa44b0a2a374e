"""Replay: a finished run in 3D, its figures under both conventions, and the same facts as a table."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import streamlit as st

from itnt_core.mapdata import Story, replay_file_name, replay_html
from itnt_core.report import Source
from itnt_core.results import Result, ResultError
from itnt_core.runs import Run, RunStore
from itnt_core.words import user_rows
from pages.replaying.stories import map_story, stored_story, story_editor, story_folder, take_view
from pages.replaying.view_link import forget_view, wanted_view
from pages.replaying.why import show_why
from pages.shared.cities import city_of
from pages.shared.demo import DEMO_ID, finished_runs, has_demo, replay_folder
from pages.shared.explanations import show_explanations
from pages.shared.exports import offer_exports
from pages.shared.figures import figure_row
from pages.shared.frame import page, sentences
from pages.shared.map3d import open_result, replay_map
from pages.shared.reports import offer_reports

PURPOSE = (
    "Watch who is served by whom, slot by slot. Space plays and pauses, arrow keys step, a click on a user adds its "
    "curves and breaks its SINR down; ? lists all keys."
)


def choices(runs: list[Run]) -> dict[str, str]:
    """Return what can be replayed: run id to what stands in the list, newest first, the demo last."""
    names = {run.id: f"{run.title} · {run.id}" for run in runs}
    return names | {DEMO_ID: "Recorded demo"} if has_demo() else names


def run_name(store: RunStore, chosen: str) -> str:
    """Return what a report calls the chosen run."""
    return "Recorded demo" if chosen == DEMO_ID else store.get(chosen).title


def wanted_run(known: dict[str, str]) -> str | None:
    """Return the run that the address names; an unknown one is dropped with a note."""
    wanted = st.query_params.get("run")
    if wanted is None or wanted in known:
        return wanted
    del st.query_params["run"]
    st.warning("The address named a run that is not here, or not finished; it was left out.")
    return None


def show_map(chosen: str, folder: Path, result: Result) -> Story | None:
    """Show the replay with its story; return the story that somebody has prepared for it."""
    key, keep = f"replay_{chosen}", story_folder(chosen, folder)
    view = wanted_view(result)
    story = stored_story(keep, result)
    replay_map(
        folder,
        key,
        run=chosen,
        start_slot=view.pop("start_slot"),
        more={**view, **map_story(story, result)},
        on_story_view_change=partial(take_view, key, keep, result),
    )
    return story


def offer_file(result: Result, story: Story | None) -> None:
    """Offer the replay as one file; it is put together when someone asks for it."""
    city = city_of(result.scenario)  # here, because the page's caches cannot be asked from the download's thread
    st.download_button(
        "One-file replay",
        lambda: replay_html(result, city, story),
        file_name=replay_file_name(result),
        mime="text/html",
        icon=":material/download:",
        help="An HTML file that plays this replay and its story from disk, in any browser, without a network.",
        on_click="ignore",
    )


def show_user_table(result: Result) -> None:
    """Show the users' figures as a table: the replay in text."""
    st.subheader("Users", anchor=False)
    st.dataframe(user_rows(result), hide_index=True, width="stretch")


def remember_choice() -> None:
    """Put the chosen run into the address, so that it can be shared."""
    st.query_params["run"] = st.session_state["replay_choice"]
    forget_view()


with page("Replay", PURPOSE):
    store = RunStore()
    known = choices(finished_runs(store))
    if known:
        first = wanted_run(known) or next(iter(known))
        chosen = st.selectbox(
            "Run",
            list(known),
            index=list(known).index(first),
            format_func=known.__getitem__,
            key="replay_choice",
            on_change=remember_choice,
        )
        try:
            folder = replay_folder(store, chosen)
            result = open_result(folder)
            story = show_map(chosen, folder, result)
            figure_row(result.kpis)
            with st.container(horizontal=True):
                offer_file(result, story)
                offer_exports(folder, result.scenario, "replay_export")
                offer_reports([Source(folder, run_name(store, chosen), chosen)], "replay_report")
            story_editor(story, story_folder(chosen, folder), result)
            show_user_table(result)
            show_why(folder, result)
            st.subheader("Unserved users", anchor=False)
            show_explanations(folder)
        except ResultError as error:
            sentences(list(error.sentences), "error")
    else:
        st.info("No run has finished yet. Start one and it appears here.")
        st.page_link("pages/3_Optimise.py", label="Go to Optimise", icon=":material/arrow_forward:")

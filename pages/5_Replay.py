"""Replay: a finished run in 3D, its figures under both conventions, and the same facts as a table."""

from __future__ import annotations

import streamlit as st

from itnt_core.results import Result, ResultError
from itnt_core.runs import Run, RunStore
from itnt_core.views import user_rows
from itnt_core.views.export import replay_file_name, replay_html
from pages.parts.cities import city_of
from pages.parts.demo import DEMO_ID, finished_runs, has_demo, replay_folder
from pages.parts.explanations import show_explanations
from pages.parts.figures import figure_row
from pages.parts.frame import page, sentences
from pages.parts.map3d import open_result, replay_map

PURPOSE = (
    "Watch who is served by whom, slot by slot. Space plays and pauses, arrow keys step, a click on a user adds its "
    "curves and breaks its SINR down; ? lists all keys."
)


def choices(runs: list[Run]) -> dict[str, str]:
    """Return what can be replayed: run id to what stands in the list, newest first, the demo last."""
    names = {run.id: f"{run.title} · {run.id}" for run in runs}
    return names | {DEMO_ID: "Recorded demo"} if has_demo() else names


def wanted_run(known: dict[str, str]) -> str | None:
    """Return the run that the address names; an unknown one is dropped with a note."""
    wanted = st.query_params.get("run")
    if wanted is None or wanted in known:
        return wanted
    del st.query_params["run"]
    st.warning("The address named a run that is not here, or not finished; it was left out.")
    return None


def wanted_slot(slots: int) -> int:
    """Return the slot that the address names, 0 without one; a wrong one is dropped with a note."""
    text = st.query_params.get("t")
    if text is None:
        return 0
    if text.isdecimal() and int(text) <= slots:
        return int(text)
    del st.query_params["t"]
    st.warning(f"The address named a slot that is not a whole number from 0 to {slots}; it was left out.")
    return 0


def offer_file(result: Result) -> None:
    """Offer the replay as one file; it is put together when someone asks for it."""
    city = city_of(result.scenario)  # here, because the page's caches cannot be asked from the download's thread
    st.download_button(
        "One-file replay",
        lambda: replay_html(result, city),
        file_name=replay_file_name(result),
        mime="text/html",
        icon=":material/download:",
        help="An HTML file that plays this replay from disk, in any browser, without a network or this program.",
        on_click="ignore",
    )


def show_user_table(result: Result) -> None:
    """Show the users' figures as a table: the replay in text."""
    st.subheader("Users", anchor=False)
    st.dataframe(user_rows(result), hide_index=True, width="stretch")


def remember_choice() -> None:
    """Put the chosen run into the address, so that it can be shared."""
    st.query_params["run"] = st.session_state["replay_choice"]
    st.query_params.pop("t", None)


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
            result = open_result(replay_folder(store, chosen))
            slot = wanted_slot(result.scenario.time.slots)
            replay_map(replay_folder(store, chosen), key=f"replay_{chosen}", run=chosen, start_slot=slot)
            figure_row(result.kpis)
            offer_file(result)
            show_user_table(result)
            st.subheader("Unserved users", anchor=False)
            show_explanations(replay_folder(store, chosen))
        except ResultError as error:
            sentences([str(error)], "error")
    else:
        st.info("No run has finished yet. Start one and it appears here.")
        st.page_link("pages/3_Optimise.py", label="Go to Optimise", icon=":material/arrow_forward:")

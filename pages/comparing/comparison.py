"""Runs side by side: which ones, then their maps, their figures, what changed, and who wins."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from itnt_core.results import Result, ResultError
from itnt_core.runs import Run, RunStore, column_names, of_study
from itnt_core.words import LETTERS, MOST_RUNS
from pages.shared.demo import comparable_runs, replay_folder
from pages.shared.frame import sentences, shows_errors
from pages.shared.map3d import open_result
from pages.shared.reports import offer_reports_of
from pages.shared.study_views import STUDY_VIEWS

from .figures import show_changes, show_figures
from .panes import MOMENT, compare_map
from .users import show_users

PARAMETER, CHOICE, SEEN = "runs", "compare_runs", "compare_address"
PARTS = ("Figures", "What changed", "Winners and losers")


@shows_errors()
def compare_runs(store: RunStore) -> None:
    """Ask which runs, and show them beside one another; the choice is kept in the address."""
    known = {run.id: run for run in comparable_runs(store)}
    _point_to_others(store)
    if len(known) < 2:
        st.info("Two runs with a result are needed. Start some on the Optimise page, with several methods at once.")
        st.page_link("pages/3_Optimise.py", label="Go to Optimise", icon=":material/arrow_forward:")
        return
    _follow_address(known)
    names = dict(zip(known, column_names(list(known.values())), strict=True))
    chosen = st.multiselect(
        f"Runs to compare (two to {MOST_RUNS})",
        list(known),
        format_func=names.__getitem__,
        max_selections=MOST_RUNS,
        key=CHOICE,
        on_change=_remember,
        placeholder="Choose two or more",
    )
    if len(chosen) < 2:
        st.info("Choose at least two runs: the first one, A, is what the others are compared with.")
        return
    _show(store, [known[run_id] for run_id in chosen])


def address_is_new() -> bool:
    """Say whether the address names runs that it did not name before, as after a link to a comparison."""
    text = st.query_params.get(PARAMETER)
    return text is not None and text != st.session_state.get(SEEN)


def _follow_address(known: dict[str, Run]) -> None:
    """Take over the runs that the address names when it is new, the newest two without any; wrong ones are dropped."""
    text = st.query_params.get(PARAMETER)
    if CHOICE in st.session_state and text == st.session_state.get(SEEN):
        still = [run_id for run_id in st.session_state[CHOICE] if run_id in known]
        if still != st.session_state[CHOICE]:  # deleted meanwhile
            st.session_state[CHOICE] = still
        return
    asked = list(dict.fromkeys((text or "").split(","))) if text else list(known)[:2]
    wanted = [run_id for run_id in asked if run_id in known][:MOST_RUNS]
    if wanted != asked:
        st.warning(
            f"The address named runs that are not here, have no result, or are more than {MOST_RUNS}; they were left "
            "out."
        )
        _put_into_address(wanted)
    st.session_state[CHOICE] = wanted
    st.session_state[SEEN] = st.query_params.get(PARAMETER)


def _remember() -> None:
    """Put the chosen runs into the address, so that the comparison can be shared."""
    st.query_params.pop(MOMENT, None)
    _put_into_address(st.session_state[CHOICE])
    st.session_state[SEEN] = st.query_params.get(PARAMETER)


def _put_into_address(run_ids: Sequence[str]) -> None:
    if run_ids:
        st.query_params[PARAMETER] = ",".join(run_ids)
    else:
        st.query_params.pop(PARAMETER, None)


def _point_to_others(store: RunStore) -> None:
    """Say where runs of other studies are compared, when there are some."""
    finished = [run for run in store.list() if run.kpis]
    for name, view in STUDY_VIEWS.items():
        runs = of_study(finished, name)
        way = view.beside(runs) if runs and view.beside else None
        if way is not None and way.page == view.home:
            sentence = f"Runs of {name} ({len(runs)} finished) are compared on their own page: they have other figures."
            st.caption(sentence)
            st.page_link(way.page, label=f"Go to {view.title}", icon=way.icon)


def _show(store: RunStore, runs: list[Run]) -> None:
    results, titles = _results(store, runs), column_names(runs)
    whole = [result for result in results if result is not None]
    if len(whole) == len(runs):
        compare_map(store, runs, whole, titles)
        with st.container(horizontal=True):
            offer_reports_of(store, runs, "compare_report")
    else:
        st.caption(" · ".join(f"{letter} {title}" for letter, title in zip(LETTERS, titles, strict=False)))
    tabs = st.tabs(PARTS, key="compare_part", on_change="rerun")
    for name, tab in zip(PARTS, tabs, strict=True):
        if not tab.open:
            continue
        with tab:
            if name == PARTS[0]:
                show_figures(runs, results, titles)
            elif name == PARTS[1]:
                show_changes(store, runs, results, titles)
            elif len(whole) == len(runs):
                show_users(whole, titles)
            else:
                st.info("The data of each user cannot be read for all of these runs.")


def _results(store: RunStore, runs: Sequence[Run]) -> list[Result | None]:
    """Read the results; one that cannot be read is said, and its row of figures stands for it."""
    results: list[Result | None] = []
    for run in runs:
        try:
            results.append(open_result(replay_folder(store, run.id)))
        except ResultError as error:
            sentences([f"{run.title}: {error} Its map and its users are not shown."])
            results.append(None)
    return results

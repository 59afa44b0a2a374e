"""Runs side by side: which ones, then their maps, their figures, what changed, and who wins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from itnt_core.results import Result, ResultError
from itnt_core.runs import Run, RunStore, column_names, of_study
from itnt_core.words import LETTERS, MOST_RUNS
from pages.running.picking import keep_choice, run_names
from pages.shared.demo import comparable_runs, replay_folder
from pages.shared.frame import escaped, sentences
from pages.shared.map3d import open_result
from pages.shared.modes import lead_to
from pages.shared.study_views import STUDY_VIEWS

from .figures import show_changes, show_figures
from .panes import MOMENT
from .users import show_users

PARAMETER, CHOICE, SEEN = "runs", "compare_runs", "compare_address"
FIGURES, CHANGES, WINNERS = PARTS = ("Figures", "What changed", "Winners and losers")


@dataclass(frozen=True)
class Comparison:
    """The runs that are compared, what could be read of each, and what each is called."""

    runs: tuple[Run, ...]
    results: tuple[Result | None, ...]
    titles: tuple[str, ...]

    @property
    def whole(self) -> list[Result]:
        """Return the results that could be read."""
        return [result for result in self.results if result is not None]

    @property
    def is_whole(self) -> bool:
        """Say whether every result could be read."""
        return len(self.whole) == len(self.runs)

    def show(self, part: str, store: RunStore) -> None:
        """Show a part of the comparison."""
        if part == FIGURES:
            show_figures(self.runs, self.results, self.titles)
        elif part == CHANGES:
            show_changes(store, self.runs, self.results, self.titles)
        elif self.is_whole:
            show_users(self.whole, self.titles)
        else:
            st.info("The data of each user cannot be read for all of these runs.")


def choose_runs(store: RunStore) -> Comparison | None:
    """Ask which runs are compared, and read them; None while there are fewer than two. The address keeps the choice."""
    known = {run.id: run for run in comparable_runs(store)}
    _point_to_others(store)
    if len(known) < 2:
        st.info("Two runs with a result are needed. Start some in Optimise, with several methods at once.")
        lead_to("pages/3_Optimise.py", "Go to Optimise")
        return None
    _follow_address(known)
    names = run_names(list(known.values()))
    keep_choice(CHOICE, known)
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
        return None
    runs = [known[run_id] for run_id in chosen]
    found = Comparison(tuple(runs), tuple(_results(store, runs)), tuple(column_names(runs)))
    if not found.is_whole:
        named = zip(LETTERS, found.titles, strict=False)
        st.caption(escaped(" · ".join(f"{letter} {title}" for letter, title in named)))
    return found


def _follow_address(known: dict[str, Run]) -> None:
    """Take over the runs that the address names when it is new, the newest two without any; wrong ones are dropped."""
    text = st.query_params.get(PARAMETER)
    if CHOICE in st.session_state and text == st.session_state.get(SEEN):
        still = [run_id for run_id in st.session_state[CHOICE] if run_id in known]
        if still != st.session_state[CHOICE]:  # deleted meanwhile
            st.session_state[CHOICE] = still
        return
    newest = list(known)[1::-1]  # the older one first: B is what was done since
    asked = list(dict.fromkeys((text or "").split(","))) if text else newest
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
            lead_to(way.page, f"Go to {view.title}", way.icon)


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

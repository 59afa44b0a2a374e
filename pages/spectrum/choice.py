"""Which question and which of its schemes is watched: the address names a question, the panel chooses."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import streamlit as st

from itnt_core.report import Source
from itnt_core.results import ResultError
from itnt_core.runs import Run, RunStore, of_study
from itnt_core.twin import KIND, SCHEME_TITLES, TwinResult, read_twin_result
from pages.shared.frame import sentences
from pages.shared.reports import offer_reports
from pages.shared.run_files import offer_run_files

PARAMETER = "question"
ASKED, ASKED_WORDS = "", "The question asked below, not answered yet"
MOST_REPORTED = 4  # results of one report


@dataclass(frozen=True)
class Watched:
    """What is looked at: the finished schemes of a question, and the one that the map replays, None for the question.

    ``coming`` are the question's schemes that are still computed.
    """

    question: str = ASKED
    scheme: str = ""
    runs: dict[str, Run] = field(default_factory=dict)
    results: list[TwinResult] = field(default_factory=list)
    coming: tuple[str, ...] = ()
    folder: Path = Path()

    @property
    def result(self) -> TwinResult | None:
        """Return the result that the map replays."""
        return next((result for result in self.results if result.kpis["scheme"] == self.scheme), None)


def answered(store: RunStore) -> dict[str, dict[str, Run]]:
    """Return the newest finished run of each scheme by question, newest question first; runs of sweeps are left out."""
    questions: dict[str, dict[str, Run]] = {}
    for run in twin_runs(store):
        if run.state == "done" and run.sweep is None:
            questions.setdefault(run.scenario_hash[:12], {}).setdefault(run.method, run)
    return questions


def twin_runs(store: RunStore) -> list[Run]:
    """Return all runs of spectrum sharing, newest first."""
    return of_study(store.list(), KIND)


def choose_watched(store: RunStore) -> Watched:
    """Ask which question and which scheme is watched; what cannot be read is told."""
    questions = answered(store)
    if not questions:
        return Watched()
    st.markdown("**Watch**")
    chosen = _choose_question(questions)
    if chosen == ASKED:
        return Watched()
    runs = questions[chosen]
    results = _read(store, runs)
    coming = tuple(
        key
        for key in SCHEME_TITLES
        if any(run.method == key and run.scenario_hash[:12] == chosen and not run.is_over for run in twin_runs(store))
    )
    if not results:
        return Watched(chosen, "", runs, [], coming)
    scheme = _choose_scheme(chosen, [str(result.kpis["scheme"]) for result in results])
    return Watched(chosen, scheme, runs, results, coming, store.folder(runs[scheme].id))


def _choose_question(questions: dict[str, dict[str, Run]]) -> str:
    """Ask for a question, the newest first; the address may name one."""
    names = {
        key: f"{_name_of(next(iter(runs.values())))} · {len(runs)} scheme{'s' if len(runs) > 1 else ''} · {key}"
        for key, runs in questions.items()
    }
    wanted = st.query_params.get(PARAMETER)
    if wanted is not None and wanted not in names:
        st.query_params.pop(PARAMETER, None)
        st.warning("The address named a question that no finished run here answers; it was left out.")
    keys = [*names, ASKED]
    first = keys.index(wanted) if wanted in names else 0
    words = {**names, ASKED: ASKED_WORDS}
    return str(st.selectbox("Question", keys, index=first, format_func=words.__getitem__, key=f"twin_q_{keys[0]}"))


def _name_of(run: Run) -> str:
    """Return what a question is called: what stands behind the scheme in the title of one of its runs."""
    return run.title.partition(", ")[2] or run.title


def _choose_scheme(question: str, keys: list[str]) -> str:
    """Ask for the scheme that the map replays; more of them are offered as they finish."""
    kept = f"twin_s_{question}"
    if st.session_state.get(kept) not in keys:
        st.session_state[kept] = "joint_refine" if "joint_refine" in keys else keys[0]
    return str(st.selectbox("Scheme to watch", keys, format_func=SCHEME_TITLES.__getitem__, key=kept))


def _read(store: RunStore, runs: dict[str, Run]) -> list[TwinResult]:
    """Return the results of a question's schemes, in the order of schemes; say what is wrong with the others."""
    results: list[TwinResult] = []
    wrong: list[str] = []
    for key in (key for key in SCHEME_TITLES if key in runs):
        try:
            results.append(loaded(str(store.folder(runs[key].id)), runs[key].finished or 0.0))
        except ResultError as error:
            wrong += error.sentences
    if wrong:
        sentences(wrong, "error")
    return results


@st.cache_resource(max_entries=32, show_spinner=False)
def loaded(folder: str, finished: float) -> TwinResult:
    """Return a result folder, read once per server; ``finished`` changes when it is written anew (ResultError)."""
    del finished
    return read_twin_result(Path(folder))


def offer_files(store: RunStore, watched: Watched) -> None:
    """Offer the watched scheme as files, and a report of it or of the question's schemes."""
    if watched.result is None:
        return
    run = watched.runs[watched.scheme]
    with st.container(horizontal=True, gap="small"):
        with st.popover("Save", icon=":material/download:"):
            offer_run_files(store, run, "twin_file")
        popover = st.popover("Report", icon=":material/description:", key="twin_report", on_change="rerun")
        if not popover.open:
            return
        with popover:
            chosen = {watched.scheme: run} | watched.runs
            some = list(chosen.values())[:MOST_REPORTED]
            every = st.toggle(f"With the others, {len(some)} in all", key="twin_report_all", disabled=len(some) < 2)
            runs = some if every and len(some) > 1 else [run]
            offer_reports([Source(store.folder(one.id), one.title, one.id) for one in runs], "twin_report_file")

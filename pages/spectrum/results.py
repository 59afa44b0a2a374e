"""Finished runs of one question about spectrum sharing, side by side, and one of them cycle by cycle."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from itnt_core.figures import (
    PLAYER_WORDS,
    backlog_figure,
    delay_figure,
    forecast_figure,
    player_figure,
    scheme_rows,
    steps_figure,
    waterfall_figure,
)
from itnt_core.results import ResultError
from itnt_core.runs import Run, RunStore, of_study
from itnt_core.twin import KIND, SCHEME_TITLES, TwinResult, read_twin_result
from itnt_core.words import bound_sentence, change_sentences
from pages.shared.cities import city_of
from pages.shared.frame import sentences, shows_errors
from pages.spectrum.beliefs import show_reports

PARAMETER = "question"
LIVE_S = 2.0


@st.cache_resource(max_entries=32, show_spinner=False)
def _loaded(folder: str, finished: float) -> TwinResult:
    return read_twin_result(Path(folder))


@shows_errors()
def show_results(store: RunStore) -> None:
    """Show the finished runs of a question; more of them appear by themselves as they finish.

    A window that plays stops when the page is drawn again, so a run that finishes redraws nothing but the comparison:
    the window stands in a part of its own. What is chosen stands outside of the part that refreshes by itself, which
    would forget it now and then: see the filter of the page Runs.
    """
    runs = _runs(store)
    live = LIVE_S if any(not run.is_over for run in runs) else None
    if live:
        st.fragment(_watch, run_every=live)(store, set(_questions(runs)))
    st.fragment(_results)(store, live)


def _runs(store: RunStore) -> list[Run]:
    return of_study(store.list(), KIND)


def _questions(runs: list[Run]) -> dict[str, dict[str, Run]]:
    """Return the newest finished run of each scheme by question; questions nobody has answered are left out."""
    questions: dict[str, dict[str, Run]] = {}
    for run in runs:
        if run.state == "done":
            questions.setdefault(run.scenario_hash[:12], {}).setdefault(run.method, run)
    return questions


@shows_errors()
def _watch(store: RunStore, answered: set[str]) -> None:
    """Draw the page again once another question has its first answer."""
    if set(_questions(_runs(store))) != answered:
        st.rerun()


@shows_errors()
def _results(store: RunStore, live: float | None) -> None:
    questions = _questions(_runs(store))
    if not questions:
        st.info("Nothing has finished yet. Start some schemes above; their backlog appears here as they finish.")
        return
    question = _asked(questions)
    st.fragment(_comparison, run_every=live)(store, question)
    st.fragment(_watching)(store, question)


@shows_errors()
def _comparison(store: RunStore, question: str) -> None:
    results, wrong = _read(store, _questions(_runs(store)).get(question, {}))
    if wrong:
        sentences(wrong, "error")
    if results:
        _compare(results)


@shows_errors()
def _watching(store: RunStore, question: str) -> None:
    """Look at one scheme of a question; one that has not finished yet can be chosen, too, and is waited for."""
    runs = _runs(store)
    results = {result.kpis["scheme"]: result for result in _read(store, _questions(runs).get(question, {}))[0]}
    coming = {run.method for run in runs if run.scenario_hash[:12] == question and not run.is_over}
    keys = [key for key in SCHEME_TITLES if key in results or key in coming]
    if not results:
        return
    start = keys.index("joint_refine" if "joint_refine" in results else next(iter(results)))
    chosen = str(
        st.selectbox(
            "Scheme to watch", keys, index=start, format_func=SCHEME_TITLES.__getitem__, key=f"twin_s_{question}"
        )
    )
    if chosen in results:
        _one(results[chosen], chosen, list(results.values()))
    else:
        st.info(f"{SCHEME_TITLES[chosen]} is still being computed; its window appears here.")
        st.fragment(_wait, run_every=LIVE_S)(store, question, chosen)


@shows_errors()
def _wait(store: RunStore, question: str, scheme: str) -> None:
    """Draw the page again once a scheme that somebody waits for is over."""
    if not any(run.method == scheme and run.scenario_hash[:12] == question and not run.is_over for run in _runs(store)):
        st.rerun()


def _read(store: RunStore, runs: dict[str, Run]) -> tuple[list[TwinResult], list[str]]:
    """Return the results of a question's schemes, in the order of schemes, and what is wrong with the others."""
    results: list[TwinResult] = []
    wrong: list[str] = []
    for key in (key for key in SCHEME_TITLES if key in runs):
        try:
            results.append(_loaded(str(store.folder(runs[key].id)), runs[key].finished or 0.0))
        except ResultError as error:
            wrong += error.sentences
    return results, wrong


def _asked(questions: dict[str, dict[str, Run]]) -> str:
    """Ask which question to look at, the newest first; the address may name one."""
    names = {
        key: f"{next(iter(runs.values())).title.rsplit(',', 1)[0]} · {len(runs)} schemes · {key}"
        for key, runs in questions.items()
    }
    wanted = st.query_params.get(PARAMETER)
    if wanted is not None and wanted not in names:
        st.query_params.pop(PARAMETER, None)
        st.warning("The address named a question that no finished run here answers; it was left out.")
    keys = list(names)
    first = keys.index(wanted) if wanted in names else 0
    if len(keys) == 1:
        return keys[0]
    return str(st.selectbox("Question", keys, index=first, format_func=names.__getitem__, key=f"twin_q_{keys[0]}"))


def _compare(results: list[TwinResult]) -> None:
    st.plotly_chart(backlog_figure(results), key="twin_backlog", width="stretch")
    means = {result.kpis["scheme"]: result.kpis["mean_backlog_mbit"] for result in results}
    real = {key: value for key, value in means.items() if key != "genie"}
    if len(real) > 1:
        best = min(real, key=real.__getitem__)
        text = f"Least backlog here: {SCHEME_TITLES[best]}, {real[best]:,.0f} Mbit on average."
        if "genie" in means:
            text += f" With perfect forecasts the same algorithm reaches {means['genie']:,.0f} Mbit."
        st.caption(text)
    st.caption(bound_sentence(results))
    st.dataframe(
        scheme_rows(results), hide_index=True, width="stretch", alt="Backlog, delay, shares and times of each scheme"
    )


def _one(result: TwinResult, chosen: str, results: list[TwinResult]) -> None:
    """Look at one scheme: the city, the band, the steps of the planner, what the correction changed."""
    left, right = st.columns([3, 2], gap="large")
    with left:
        st.markdown("**The window plays**")
        st.plotly_chart(
            player_figure(result, city_of(result.scenario.network)), key=f"twin_player_{chosen}", width="stretch"
        )
        st.caption(PLAYER_WORDS)
    with right:
        st.markdown("**The band: who sends where**")
        st.plotly_chart(waterfall_figure(result), key=f"twin_band_{chosen}", width="stretch")
        _changes(result, chosen)
    first, second = st.columns(2, gap="large")
    with first:
        st.markdown("**The planner's steps**")
        figure = steps_figure(result.manifest["course"])
        if figure is None:
            st.caption("This scheme plans nothing ahead.")
        else:
            st.plotly_chart(figure, key=f"twin_steps_{chosen}", width="stretch")
    with second:
        st.markdown("**Waiting times of the users**")
        st.plotly_chart(delay_figure(results), key="twin_delay", width="stretch")
    show_reports(result, chosen)


def _changes(result: TwinResult, key: str) -> None:
    """Say what changed between the twin's plan and the correction of a cycle, and why."""
    st.markdown("**From the twin's plan to the correction**")
    cycle = st.slider("Cycle", 1, result.scenario.cycles, 1, key=f"twin_cycle_{key}")
    for sentence in change_sentences(result, cycle - 1):
        st.markdown(f"- {sentence}")
    st.plotly_chart(forecast_figure(result), key=f"twin_forecast_{key}", width="stretch")

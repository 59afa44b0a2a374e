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
from itnt_core.words import change_sentences
from pages.shared.cities import city_of
from pages.shared.frame import sentences, told_in_place

PARAMETER = "question"
LIVE_S = 2.0


@st.cache_resource(max_entries=32, show_spinner=False)
def _loaded(folder: str, finished: float) -> TwinResult:
    return read_twin_result(Path(folder))


@told_in_place()
def show_results(store: RunStore) -> None:
    """Show the finished runs of a question; more of them appear by themselves as they finish.

    What is chosen stands outside of the part that refreshes by itself, which would forget it now and then: see the
    filter of the page Runs.
    """
    runs = _runs(store)
    if any(not run.is_over for run in runs):
        st.fragment(_watch, run_every=LIVE_S)(store, {run.id for run in runs if run.is_over})
    st.fragment(_results)(store)


def _runs(store: RunStore) -> list[Run]:
    return of_study(store.list(), KIND)


@told_in_place()
def _watch(store: RunStore, over: set[str]) -> None:
    """Draw the page again once another run is over."""
    if {run.id for run in _runs(store) if run.is_over} != over:
        st.rerun()


@told_in_place()
def _results(store: RunStore) -> None:
    questions: dict[str, dict[str, Run]] = {}
    for run in _runs(store):
        if run.state == "done":
            questions.setdefault(run.scenario_hash[:12], {}).setdefault(run.method, run)  # the newest of each scheme
    if not questions:
        st.info("Nothing has finished yet. Start some schemes above; their backlog appears here as they finish.")
        return
    runs = questions[_asked(questions)]
    order = [key for key in SCHEME_TITLES if key in runs]
    results: list[TwinResult] = []
    wrong: list[str] = []
    for key in order:
        try:
            results.append(_loaded(str(store.folder(runs[key].id)), runs[key].finished or 0.0))
        except ResultError as error:
            wrong += error.sentences
    if wrong:
        sentences(wrong, "error")
    if results:
        _compare(results)
        _one(results)


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
            text += (
                f" With perfect knowledge the same algorithm reaches {means['genie']:,.0f} Mbit (no certified bound)."
            )
        st.caption(text)
    st.dataframe(
        scheme_rows(results), hide_index=True, width="stretch", alt="Backlog, delay, shares and times of each scheme"
    )


def _one(results: list[TwinResult]) -> None:
    """Look at one scheme: the city, the band, the steps of the planner, what the correction changed."""
    keys = [result.kpis["scheme"] for result in results]
    start = keys.index("joint_refine") if "joint_refine" in keys else 0
    chosen = st.selectbox(
        "Scheme to watch", keys, index=start, format_func=lambda key: SCHEME_TITLES[key], key=f"twin_s_{'-'.join(keys)}"
    )
    result = results[keys.index(chosen)]
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


def _changes(result: TwinResult, key: str) -> None:
    """Say what changed between the twin's plan and the correction of a cycle, and why."""
    st.markdown("**From the twin's plan to the correction**")
    cycle = st.slider("Cycle", 1, result.scenario.cycles, 1, key=f"twin_cycle_{key}")
    for sentence in change_sentences(result, cycle - 1):
        st.markdown(f"- {sentence}")
    st.plotly_chart(forecast_figure(result), key=f"twin_forecast_{key}", width="stretch")

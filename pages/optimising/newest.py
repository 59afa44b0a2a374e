"""The newest answers to the open scenario: at work, or as one sentence with what to do next."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

import streamlit as st

from itnt_core.results import DATA_SERVICE
from itnt_core.runs import RESUMABLE, STATE_WORDS, Run, RunStateError, RunStore, UnknownRunError, method_title, of_study
from itnt_core.scenario import Scenario
from itnt_core.words import best_of_methods, result_sentence
from pages.shared.frame import escaped, shows_errors
from pages.shared.run_cards import (
    IDLE_S,
    LIVE_S,
    STATE_SIGNS,
    followed_events,
    keep_working,
    progress_text,
    show_course,
)
from pages.shared.study_views import offer, view_of

PLACE = "newest"  # of ways that stand in the list of runs, too
MOST_AT_WORK = 4  # that are shown here; the list below has all


def show_newest(store: RunStore, scenario: Scenario) -> None:
    """Show how the newest runs of just this scenario stand; they refresh by themselves while one is at work."""
    digest = scenario.content_hash()
    live = any(not (run.is_over or run.sweep) for run in _runs_of(store, digest))
    st.fragment(_newest, run_every=LIVE_S if live else IDLE_S)(store, digest, live)


def _runs_of(store: RunStore, digest: str) -> list[Run]:
    return [run for run in of_study(store.list(), DATA_SERVICE) if run.scenario_hash == digest]


@shows_errors()
def _newest(store: RunStore, digest: str, live: bool) -> None:
    runs = _runs_of(store, digest)
    keep_working(store, runs)
    single = [run for run in runs if not run.sweep]  # a sweep has a bar of its own
    at_work = [run for run in single if not run.is_over]
    for run in at_work[:MOST_AT_WORK]:
        _at_work(store, run)
    if len(at_work) > MOST_AT_WORK:
        st.caption(f"{len(at_work) - MOST_AT_WORK} more runs of this scenario wait or are at work.")
    over = next((run for run in single if run.is_over), None)
    if over is not None:
        _over(store, over, runs)
    elif not at_work:
        st.caption("This scenario has not been optimised yet as it is now.")
    if live != bool(at_work):
        st.rerun()  # the map and the pace follow


def _head(run: Run) -> None:
    sign, colour = STATE_SIGNS[run.state]
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{escaped(run.title)}**", width="stretch")
        st.badge(run.state, icon=sign, color=colour, help=STATE_WORDS[run.state])  # type: ignore[arg-type]


def _at_work(store: RunStore, run: Run) -> None:
    """Show how far a run is, and how its best answer has risen."""
    with st.container(border=True):
        _head(run)
        if run.state == "queued":
            st.caption(f"Place {run.position} in the queue.")
        else:
            events = followed_events(store, run)
            st.progress(min(1.0, run.progress), text=progress_text(run, events))
            show_course(run, events, f"newest_{run.id}")
        if st.button("Cancel", key=f"newest_cancel_{run.id}", icon=":material/stop_circle:"):
            with suppress(UnknownRunError):  # somebody else removed it
                store.cancel(run.id)
            st.rerun()


def _over(store: RunStore, run: Run, runs: Sequence[Run]) -> None:
    """Say what a run has found and how good that is; lead to its replay, and to it beside another one."""
    with st.container(border=True):
        _head(run)
        if run.state != "done" and run.message:
            st.text(run.message)
        if run.state in RESUMABLE and st.button("Resume", key=f"newest_resume_{run.id}", icon=":material/restart_alt:"):
            with suppress(UnknownRunError, RunStateError):  # somebody else was first
                store.resume(run.id)
            st.rerun()
        if not run.kpis:
            return
        best = _best_others(run, runs)
        figures = {title: other.kpis or {} for title, other in best.items()}
        st.markdown(escaped(result_sentence(method_title(run), run.kpis, figures)))
        view = view_of(run)
        with st.container(horizontal=True):
            if view.watch:
                offer(view.watch(run), place=PLACE)
            rival = _rival(store, run, best)
            if view.beside and rival is not None:
                offer(view.beside([run, rival[1]]), f"Compare with {rival[0]}", PLACE)


def _best_others(run: Run, runs: Sequence[Run]) -> dict[str, Run]:
    """Return the best run of every other method on the same scenario, by the method's title, the best method first."""
    known = {other.id: other for other in runs if other.kpis and other.method != run.method}
    figures = {key: other.kpis or {} for key, other in known.items()}
    best = best_of_methods(figures, {key: method_title(other) for key, other in known.items()})
    return {title: known[key] for title, key in best.items()}


def _rival(store: RunStore, run: Run, best: dict[str, Run]) -> tuple[str, Run] | None:
    """Return what a run is worth comparing with: the best other method on its scenario, else the run before it."""
    if best:
        return next(iter(best.items()))
    before = next(
        (other for other in of_study(store.list(), DATA_SERVICE) if other.kpis and other.created < run.created), None
    )
    return None if before is None else ("the run before", before)

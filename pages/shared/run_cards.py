"""Cards of runs that follow their progress: once a second while something runs, else every few seconds."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

import streamlit as st

from itnt_core.errors import ItntError
from itnt_core.runs import (
    LOG_FILE,
    RESUMABLE,
    STATE_WORDS,
    Run,
    RunStateError,
    RunStore,
    UnknownRunError,
    figures_line,
    of_study,
)
from itnt_core.studies import find_study
from itnt_core.words import MOST_RUNS

from .frame import escaped, sentences, shows_errors
from .study_views import offer, view_of

MOST_CARDS = 12  # the latest runs; page Runs lists all
LIVE_S, IDLE_S = 1.0, 5.0  # idle, a run that another browser started still appears by itself
MOST_LOG_BYTES = 20_000
FOLLOWED = "followed_runs"
STATE_SIGNS = {
    "queued": (":material/schedule:", "gray"),
    "running": (":material/progress_activity:", "blue"),
    "done": (":material/check_circle:", "green"),
    "failed": (":material/error:", "red"),
    "cancelled": (":material/cancel:", "gray"),
    "interrupted": (":material/power_off:", "orange"),
    "timed out": (":material/timer_off:", "orange"),
}


def show_runs(store: RunStore, study: str, most: int = MOST_CARDS, *, beside_a_player: bool = False) -> None:
    """Show the newest runs of a study; they refresh by themselves, quickly while one is open.

    Beside a chart that plays the page is not run again to change the pace: the chart would stop.
    """
    live = any(not run.is_over for run in of_study(store.list(), study))
    st.fragment(_cards, run_every=LIVE_S if live else IDLE_S)(store, None if beside_a_player else live, study, most)


def keep_working(store: RunStore, runs: list[Run]) -> None:
    """Start a worker where runs wait and one is missing, as after one was killed; the next look tries again.

    What it meets is told, and the rest of the list is drawn: inputs that were left out once would forget their values.
    """
    if not any(run.state == "queued" for run in runs):
        return
    try:
        store.launch()
    except ItntError as error:
        sentences(list(error.sentences), "error")


@shows_errors()
def _cards(store: RunStore, live: bool | None, study: str, most: int) -> None:
    """Draw the cards; when the first run opens or the last one ends, rerun the page once to change the pace.

    ``live`` says whether one was open when the page was drawn, None that the pace stays.
    """
    everything = store.list()
    keep_working(store, everything)
    runs = of_study(everything, study)
    if not runs:
        what = find_study(study).asks_for
        st.info(f"No runs yet. Choose {what} and press Start; the run appears here with its progress.")
    _links(runs)
    for run in runs[:most]:
        _card(store, run)
    if len(runs) > most:
        st.caption(f"{len(runs) - most} older runs are not shown; the Runs page lists all.")
    if live is not None and live == all(run.is_over for run in runs):
        st.rerun()


def _links(runs: list[Run]) -> None:
    """Lead to the list of all runs, and to the newest finished ones side by side."""
    finished = [run for run in runs if run.kpis][:MOST_RUNS]
    with st.container(horizontal=True):
        if len(finished) > 1:
            view = view_of(finished[0])
            way = view.beside(finished) if view.beside else None
            if way is not None and way.page != view.home:  # the page on which the cards stand
                offer(way, f"{way.label} the newest {len(finished)}")
        if runs:
            st.page_link("pages/4_Runs.py", label="All runs", icon=":material/list:")


def _card(store: RunStore, run: Run) -> None:
    """Draw one run: title, state, progress or figures, and what can be done with it."""
    sign, colour = STATE_SIGNS[run.state]
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{escaped(run.title)}**", width="stretch")
            st.badge(run.state, icon=sign, color=colour, help=STATE_WORDS[run.state])  # type: ignore[arg-type]
            _actions(store, run)
        if run.state == "running":
            events = followed_events(store, run)
            st.progress(min(1.0, run.progress), text=progress_text(run, events))
            show_course(run, events, key=f"ascent_{run.id}")
        elif run.state == "queued":
            again = f" Attempt {run.attempts + 1}." if run.attempts else ""
            st.caption(f"Place {run.position} in the queue.{again}")
        elif run.state != "done" and run.message:
            st.text(run.message)
        if run.kpis:
            st.caption(figures_line(run))
        if run.is_over:
            _details(store, run)


def followed_events(store: RunStore, run: Run) -> list[dict[str, Any]]:
    """Return the events of a running run, read on from where this browser session stopped reading."""
    followed = st.session_state.setdefault(FOLLOWED, {})
    attempt, events, offset = followed.get(run.id, (run.attempts, [], 0))
    if attempt != run.attempts:
        events, offset = [], 0
    more, offset = store.events(run.id, offset)
    followed[run.id] = (run.attempts, [*events, *more], offset)
    return [*events, *more]


def _actions(store: RunStore, run: Run) -> None:
    """Offer what makes sense in the run's state."""
    view = view_of(run)
    way = view.watch(run) if run.kpis and view.watch else None
    if way is not None and way.page != view.home:
        offer(way)
    if not run.is_over and st.button("Cancel", key=f"cancel_{run.id}", icon=":material/stop_circle:"):
        with suppress(UnknownRunError):  # somebody else removed it
            store.cancel(run.id)
        st.rerun()
    if run.state in RESUMABLE and st.button("Resume", key=f"resume_{run.id}", icon=":material/restart_alt:"):
        with suppress(UnknownRunError, RunStateError):  # somebody else was first
            store.resume(run.id)
        st.rerun()


def show_course(run: Run, events: list[dict[str, Any]], key: str) -> None:
    """Draw how a run got where it is: the best value against time, or the planner's steps."""
    show = view_of(run).show_course
    if show is not None:
        show(events, key)


def _details(store: RunStore, run: Run) -> None:
    """Offer how the run got there, what else its study shows, and its log; each is made when someone looks."""
    with st.container(horizontal=True):
        if run.kpis:
            course = _popover("How it got there", ":material/show_chart:", f"course_{run.id}")
            if course.open:
                with course:
                    show_course(run, store.events(run.id)[0], key=f"ascent_{run.id}")
        for detail in view_of(run).details if run.kpis else ():
            more = _popover(detail.label, detail.icon, f"{detail.key}_{run.id}")
            if more.open:
                with more:
                    detail.show(store.folder(run.id))
        log = _popover("Log", ":material/article:", f"log_{run.id}")
        if log.open:
            with log:
                show_log(store, run)


def _popover(label: str, icon: str, key: str) -> Any:
    return st.popover(label, icon=icon, key=key, on_change="rerun", width="content")


def show_log(store: RunStore, run: Run) -> None:
    """Show the end of what the computing process printed, and the last words of its events."""
    file = store.folder(run.id) / LOG_FILE
    printed = _end_of(file).decode("utf-8", "replace").strip()
    events, _ = store.events(run.id)
    messages = [f"{event.get('elapsed_s') or 0:8.1f} s  {event['message']}" for event in events if event.get("message")]
    st.code("\n".join([*messages[-30:], "", printed]).strip() or "Nothing was logged.", language=None, height=320)


def _end_of(file: Path) -> bytes:
    """Return the end of a log, however long it is; nothing where there is none."""
    if not file.is_file():
        return b""
    with file.open("rb") as handle:
        handle.seek(max(0, file.stat().st_size - MOST_LOG_BYTES))
        return handle.read(MOST_LOG_BYTES)


def progress_text(run: Run, events: list[dict[str, Any]]) -> str:
    """Say how far a run is, in which phase, and how long it will still take if that is known."""
    last: dict[str, Any] = events[-1] if events else {}
    text = f"{100 * run.progress:.0f} % · {escaped(str(last.get('message') or run.message or 'starting'))}"
    eta_s = last.get("eta_s")
    return f"{text} · about {eta_s:.0f} s left" if isinstance(eta_s, int | float) else text

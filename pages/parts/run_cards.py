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
)
from itnt_core.twin import KIND
from itnt_core.views import headline_figures

from .ascent import show_ascent
from .explanations import show_explanations
from .frame import escaped, sentences, told_in_place
from .twin_steps import show_steps

MOST_CARDS = 12
DATA_SERVICE = "data service"
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


def show_runs(store: RunStore, *, kind: str = DATA_SERVICE, most: int = MOST_CARDS) -> None:
    """Show the newest runs of a kind; they refresh by themselves, quickly while one is open."""
    live = any(not run.is_over for run in store.list() if run.kind == kind)
    st.fragment(_cards, run_every=LIVE_S if live else IDLE_S)(store, live, kind, most)


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


@told_in_place()
def _cards(store: RunStore, live: bool, kind: str, most: int) -> None:
    """Draw the cards; when the first run opens or the last one ends, rerun the page once to change the pace."""
    everything = store.list()
    keep_working(store, everything)
    runs = [run for run in everything if run.kind == kind]
    if not runs:
        what = "a scheme" if kind == KIND else "a method"
        st.info(f"No runs yet. Choose {what} and press Start; the run appears here with its progress.")
    _links(runs)
    for run in runs[:most]:
        _card(store, run)
    if len(runs) > most:
        st.caption(f"{len(runs) - most} older runs are not shown; the Runs page lists all.")
    if live == all(run.is_over for run in runs):
        st.rerun()


def _links(runs: list[Run]) -> None:
    """Lead to the list of all runs, and to the newest finished ones side by side."""
    finished = [run.id for run in runs if run.kpis and run.kind != KIND][:4]
    with st.container(horizontal=True):
        if len(finished) > 1:
            chosen = {"runs": ",".join(finished)}
            label = f"Compare the newest {len(finished)}"
            st.page_link("pages/6_Compare.py", label=label, icon=":material/compare_arrows:", query_params=chosen)
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
            st.progress(min(1.0, run.progress), text=_progress_text(run, events))
            _course(run, events, key=f"ascent_{run.id}")
        elif run.state == "queued":
            again = f" Attempt {run.attempts + 1}." if run.attempts else ""
            st.caption(f"Place {run.position} in the queue.{again}")
        elif run.state != "done" and run.message:
            st.text(run.message)
        if run.kpis:
            st.caption(_figures(run.kpis))
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
    if run.kpis and run.kind != KIND:
        st.page_link("pages/5_Replay.py", label="Replay", icon=":material/play_circle:", query_params={"run": run.id})
    if not run.is_over and st.button("Cancel", key=f"cancel_{run.id}", icon=":material/stop_circle:"):
        with suppress(UnknownRunError):  # somebody else removed it
            store.cancel(run.id)
        st.rerun()
    if run.state in RESUMABLE and st.button("Resume", key=f"resume_{run.id}", icon=":material/restart_alt:"):
        with suppress(UnknownRunError, RunStateError):  # somebody else was first
            store.resume(run.id)
        st.rerun()


def _course(run: Run, events: list[dict[str, Any]], key: str) -> None:
    """Draw how a run got where it is: the best value against time, or the planner's steps."""
    if run.kind == KIND:
        show_steps(events, key)
    else:
        show_ascent(events, key=key)


def _details(store: RunStore, run: Run) -> None:
    """Offer how the run got there, whom it does not serve and its log; each is made when someone looks."""
    with st.container(horizontal=True):
        if run.kpis:
            course = _popover("How it got there", ":material/show_chart:", f"course_{run.id}")
            if course.open:
                with course:
                    _course(run, store.events(run.id)[0], key=f"ascent_{run.id}")
        if run.kpis and run.kind != KIND:
            unserved = _popover("Unserved users", ":material/person_off:", f"unserved_{run.id}")
            if unserved.open:
                with unserved:
                    show_explanations(store.folder(run.id))
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
    told = [f"{event.get('elapsed_s') or 0:8.1f} s  {event['message']}" for event in events if event.get("message")]
    st.code("\n".join([*told[-30:], "", printed]).strip() or "Nothing was logged.", language=None, height=320)


def _end_of(file: Path) -> bytes:
    """Return the end of a log, however long it is; nothing where there is none."""
    if not file.is_file():
        return b""
    with file.open("rb") as handle:
        handle.seek(max(0, file.stat().st_size - MOST_LOG_BYTES))
        return handle.read(MOST_LOG_BYTES)


def _progress_text(run: Run, events: list[dict[str, Any]]) -> str:
    """Say how far a run is, in which phase, and how long it will still take if that is known."""
    last: dict[str, Any] = events[-1] if events else {}
    text = f"{100 * run.progress:.0f} % · {escaped(str(last.get('message') or run.message or 'starting'))}"
    eta_s = last.get("eta_s")
    return f"{text} · about {eta_s:.0f} s left" if isinstance(eta_s, int | float) else text


def _figures(kpis: dict[str, Any]) -> str:
    """Return the headline figures in one line, with the time it took."""
    if {"mean_backlog_mbit", "max_backlog_mbit", "ntn_share"} <= kpis.keys():
        return (
            f"Mean backlog {kpis['mean_backlog_mbit']:,.1f} Mbit · at most {kpis['max_backlog_mbit']:,.1f} Mbit · by "
            f"satellite {kpis['ntn_share']:.0%} · computed in {kpis.get('wall_s', 0):.1f} s"
        )
    figures = " · ".join(f"{label} {value}" for label, value, _ in headline_figures(kpis))
    return f"{figures} · computed in {kpis.get('wall_s', 0):.1f} s"

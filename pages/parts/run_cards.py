"""Cards of runs that follow their progress, once a second and only while something runs."""

from __future__ import annotations

from typing import Any

import streamlit as st

from itnt_core.runs import Run, RunStore
from itnt_core.views import headline_figures

from .ascent import show_ascent
from .explanations import show_explanations
from .frame import escaped

MOST_CARDS = 12
STATE_SIGNS = {
    "queued": (":material/schedule:", "gray"),
    "running": (":material/progress_activity:", "blue"),
    "done": (":material/check_circle:", "green"),
    "failed": (":material/error:", "red"),
    "cancelled": (":material/cancel:", "gray"),
    "interrupted": (":material/power_off:", "orange"),
    "timed out": (":material/timer_off:", "orange"),
}


def show_runs(store: RunStore, *, live: bool) -> None:
    """Show the newest runs; while one is open they refresh by themselves."""
    st.fragment(_cards, run_every=1.0 if live else None)(store, live)


def _cards(store: RunStore, live: bool) -> None:
    """Draw the cards; when the last open run ends, rerun the page once so that the refreshing stops."""
    runs = store.list()
    if not runs:
        st.info("No runs yet. Choose a method and press Start; the run appears here with its progress.")
        return
    for run in runs[:MOST_CARDS]:
        _card(store, run)
    if len(runs) > MOST_CARDS:
        st.caption(f"{len(runs) - MOST_CARDS} older runs are not shown; the Replay page lists all that finished.")
    if live and all(run.is_over for run in runs):
        st.rerun()


def _card(store: RunStore, run: Run) -> None:
    """Draw one run: title, state, progress or figures, and what can be done with it."""
    sign, colour = STATE_SIGNS[run.state]
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{escaped(run.title)}**", width="stretch")
            st.badge(run.state, icon=sign, color=colour)  # type: ignore[arg-type]
            _actions(store, run)
        if run.state == "running":
            events, _ = store.events(run.id)
            st.progress(min(1.0, run.progress), text=_progress_text(run, events))
            show_ascent(events, key=f"ascent_{run.id}")
        elif run.state == "done" and run.kpis:
            st.caption(_figures(run.kpis))
            _details(store, run)
        elif run.message:
            st.text(run.message)


def _actions(store: RunStore, run: Run) -> None:
    """Offer what makes sense in the run's state."""
    if run.state == "done":
        st.page_link("pages/4_Replay.py", label="Replay", icon=":material/play_circle:", query_params={"run": run.id})
    elif not run.is_over and st.button("Cancel", key=f"cancel_{run.id}", icon=":material/stop_circle:"):
        store.cancel(run.id)
        st.rerun()


def _details(store: RunStore, run: Run) -> None:
    """Offer how the run got there and whom it does not serve; both are made when someone looks."""
    with st.container(horizontal=True):
        course = st.popover(
            "How it got there", icon=":material/show_chart:", key=f"course_{run.id}", on_change="rerun", width="content"
        )
        if course.open:
            with course:
                show_ascent(store.events(run.id)[0], key=f"ascent_{run.id}")
        unserved = st.popover(
            "Unserved users", icon=":material/person_off:", key=f"unserved_{run.id}", on_change="rerun", width="content"
        )
        if unserved.open:
            with unserved:
                show_explanations(store.folder(run.id))


def _progress_text(run: Run, events: list[dict[str, Any]]) -> str:
    """Say how far a run is, in which phase, and how long it will still take if that is known."""
    last: dict[str, Any] = events[-1] if events else {}
    text = f"{100 * run.progress:.0f} % · {escaped(str(last.get('message') or run.message or 'starting'))}"
    eta_s = last.get("eta_s")
    return f"{text} · about {eta_s:.0f} s left" if isinstance(eta_s, int | float) else text


def _figures(kpis: dict[str, Any]) -> str:
    """Return the headline figures in one line, with the time it took."""
    figures = " · ".join(f"{label} {value}" for label, value, _ in headline_figures(kpis))
    return f"{figures} · computed in {kpis.get('wall_s', 0):.1f} s"

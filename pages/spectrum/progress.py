"""How far the runs of spectrum sharing are, where one looks: at the top of the map, until they are over."""

from __future__ import annotations

from contextlib import suppress

import streamlit as st

from itnt_core.runs import Run, RunStore, UnknownRunError
from pages.shared.frame import escaped, shows_errors
from pages.shared.run_cards import LIVE_S, followed_events, keep_working, progress_text
from pages.spectrum.choice import answered, twin_runs

MOST_BARS = 2  # runs at work shown one by one


def show_progress(store: RunStore) -> None:
    """Show the runs at work and how many wait; the page is drawn again when one finishes.

    The map goes on playing then: what it shows does not change.
    """
    if not _open(store):
        return
    with st.container(key="twin-progress"):
        st.fragment(_bars, run_every=LIVE_S)(store, _seen(store))


def _open(store: RunStore) -> list[Run]:
    return [run for run in twin_runs(store) if not run.is_over]


def _seen(store: RunStore) -> tuple[int, int]:
    """Return what makes the page draw itself again: how many schemes of questions are answered, how many runs open."""
    return sum(len(runs) for runs in answered(store).values()), len(_open(store))


@shows_errors()
def _bars(store: RunStore, seen: tuple[int, int]) -> None:
    runs = _open(store)
    keep_working(store, runs)
    if _seen(store) != seen:
        st.rerun()
    at_work = [run for run in runs if run.state == "running"]
    for run in at_work[:MOST_BARS]:
        text = f"**{escaped(run.title)}** · {progress_text(run, followed_events(store, run))}"
        st.progress(min(1.0, run.progress), text=text)
    waiting = len(runs) - len(at_work[:MOST_BARS])
    with st.container(horizontal=True, vertical_alignment="center"):
        if waiting:
            st.caption(f"{waiting} more wait" if at_work else f"{waiting} wait for their turn")
        if st.button("Cancel all", key="twin_cancel", icon=":material/stop_circle:", type="tertiary"):
            for run in runs:
                with suppress(UnknownRunError):  # somebody else removed it
                    store.cancel(run.id)
            st.rerun()

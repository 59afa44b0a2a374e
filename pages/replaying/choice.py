"""Which run is replayed: the one that the address names, or that is chosen."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from itnt_core.runs import Run, RunStore
from pages.running.picking import keep_choice, run_names
from pages.shared.demo import recorded_runs

from .view_link import forget_view

CHOICE, PARAMETER, SEEN = "replay_choice", "run", "replay_address"


def choose_run(store: RunStore, runs: Sequence[Run]) -> str | None:
    """Ask which run is to be shown and return its id, None where there is none at all."""
    del store
    known = choices(runs)
    if not known:
        return None
    wanted = wanted_run(known)
    is_new = wanted is not None and wanted != st.session_state.get(SEEN)
    st.session_state[SEEN] = wanted
    if is_new or not keep_choice(CHOICE, known):
        st.session_state[CHOICE] = wanted or next(iter(known))
    return st.selectbox("Run", list(known), format_func=known.__getitem__, key=CHOICE, on_change=_remember)


def choices(runs: Sequence[Run]) -> dict[str, str]:
    """Return what can be replayed: run id to what stands in the list, newest first, the recorded ones last."""
    names = run_names(runs)
    return names | {run.id: run.title for run in recorded_runs()}


def run_name(store: RunStore, chosen: str) -> str:
    """Return what a report calls the chosen run."""
    recorded = next((run for run in recorded_runs() if run.id == chosen), None)
    return (recorded or store.get(chosen)).title


def wanted_run(known: dict[str, str]) -> str | None:
    """Return the run that the address names; an unknown one is dropped with a note."""
    wanted = st.query_params.get(PARAMETER)
    if wanted is None or wanted in known:
        return wanted
    del st.query_params[PARAMETER]
    st.warning("The address named a run that is not here, or not finished; it was left out.")
    return None


def _remember() -> None:
    """Put the chosen run into the address, so that it can be shared."""
    st.query_params[PARAMETER] = st.session_state[SEEN] = st.session_state[CHOICE]
    forget_view()

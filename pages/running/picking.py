"""Runs where one is chosen: what stands for each, and that a choice survives names that grow older."""

from __future__ import annotations

import time
from collections.abc import Collection, Sequence

import streamlit as st

from itnt_core.runs import Run, picker_names


def run_names(runs: Sequence[Run]) -> dict[str, str]:
    """Return what stands for each run in a list to choose from, by its id: title, age and main figure."""
    return dict(zip((run.id for run in runs), picker_names(runs, now_s()), strict=True))


def now_s() -> float:
    """Return the time of day in Unix seconds."""
    return time.time()


def keep_choice(key: str, known: Collection[str]) -> bool:
    """Keep what is chosen in a list whose names hold ages, if all of it is known; say whether something is.

    To be called before the list of that key is shown: the browser sends the name that was chosen, which may be another
    one by now, and what it meant is still known here.
    """
    held = st.session_state.get(key)
    chosen = held if isinstance(held, list) else [held]
    if held is None or not all(one in known for one in chosen):
        return False
    st.session_state[key] = held
    return True

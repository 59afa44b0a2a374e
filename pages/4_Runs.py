"""Runs: everything that was computed or waits, found again, tidied, exported and run once more."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from functools import partial

import streamlit as st

from itnt_core.runs import RECORDED_STATE, STATE_WORDS, Run, RunStore, filtered, recorded_runs, state_word
from itnt_core.studies import STUDIES
from pages.running.run_table import CHANGED, act_on, run_table, show_notes
from pages.running.tidying import show_sweep_table, tidying
from pages.shared.frame import page, shows_errors
from pages.shared.plugins import show_plugin_problems
from pages.shared.run_cards import IDLE_S, LIVE_S, keep_working

PURPOSE = "Find a run again, rename it, compare it, take it elsewhere, run it once more, or clean up."


Filter = Callable[[list[Run]], list[Run]]


def ask_filter(store: RunStore, runs: list[Run]) -> Filter:
    """Show the filter and return it.

    It stands outside of the part that refreshes by itself: a field in there is taken for gone, and forgets what was
    typed, when that part starts again before the browser has got the end of a run of the whole page.
    """
    sweeps = {sweep_id: title for sweep_id, title, _, _ in store.sweeps()}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        text = st.text_input("Search in titles and ids", key="runs_text", placeholder="london planner")
        states = st.multiselect("States", list(STATE_WORDS), key="runs_states", placeholder="all")
        methods = st.multiselect("Methods", sorted({run.method for run in runs}), key="runs_methods", placeholder="all")
        sweep = st.selectbox("Sweep", ["", *sweeps], format_func=lambda key: sweeps.get(key, "all"), key="runs_sweep")
    return partial(filtered, text=text, states=states, methods=methods, sweep=sweep)


@shows_errors()
def show_list(store: RunStore, live: bool, chosen: Filter | None) -> None:
    """Show the table and what can be done with the chosen runs; change the pace when work begins or ends."""
    runs = store.list()
    keep_working(store, runs)
    show_notes(store)
    if not runs:
        st.info(
            "Nothing of yours has been computed yet. Start a run in Optimise; it appears here at once, above the "
            "recorded runs."
        )
        st.page_link("pages/3_Optimise.py", label="Go to Optimise", icon=":material/arrow_forward:")
    listed = runs + recorded_runs()
    if listed:
        shown = chosen(listed) if chosen is not None else listed
        st.caption(_counted(listed, shown))
        act_on(store, run_table(shown))
        if st.session_state.get("runs_sweep"):
            show_sweep_table(store, st.session_state["runs_sweep"])
    is_stale = live == all(run.is_over for run in runs) or (chosen is None) == bool(runs)
    if st.session_state.pop(CHANGED, False) or is_stale:
        st.rerun()  # with what lies outside of the list, and at the pace that fits


def _counted(runs: list[Run], shown: list[Run]) -> str:
    counts = Counter(state_word(run) for run in runs)
    counted = ", ".join(f"{counts[state]} {state}" for state in (*STATE_WORDS, RECORDED_STATE) if counts[state])
    return f"{len(shown)} of {len(runs)} runs shown · {counted}. Choose rows at their left edge to act on them."


with page("Runs", PURPOSE):
    show_plugin_problems(STUDIES)
    store = RunStore()
    everything = store.list()
    chosen = ask_filter(store, everything) if everything else None
    live = any(not run.is_over for run in everything)
    st.fragment(show_list, run_every=LIVE_S if live else IDLE_S)(store, live, chosen)
    tidying(store)

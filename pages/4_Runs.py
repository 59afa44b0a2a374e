"""Runs: everything that was computed or waits, found again, tidied, exported and run once more."""

from __future__ import annotations

import streamlit as st

from itnt_core.runs import STATE_WORDS, Run, RunStore
from itnt_core.views.run_list import filtered
from pages.parts.frame import page, told_in_place
from pages.parts.run_cards import IDLE_S, LIVE_S, keep_working
from pages.parts.run_table import CHANGED, act_on, run_table, show_notes
from pages.parts.tidying import show_sweep_table, tidying

PURPOSE = "Find a run again, rename it, compare it, take it elsewhere, run it once more, or clean up."


def ask_filter(runs: list[Run], sweeps: dict[str, str]) -> list[Run]:
    """Show the filter and return the runs that pass it."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        text = st.text_input("Search in titles and ids", key="runs_text", placeholder="london planner")
        states = st.multiselect("States", list(STATE_WORDS), key="runs_states", placeholder="all")
        methods = st.multiselect("Methods", sorted({run.method for run in runs}), key="runs_methods", placeholder="all")
        sweep = st.selectbox("Sweep", ["", *sweeps], format_func=lambda key: sweeps.get(key, "all"), key="runs_sweep")
    return filtered(runs, text, states, methods, sweep)


@told_in_place()
def show_list(store: RunStore, live: bool) -> None:
    """Show filter, table and what can be done with the chosen runs; change the pace when work begins or ends."""
    runs = store.list()
    keep_working(store, runs)
    sweeps = {sweep_id: f"{title} ({sweep_id[:6]})" for sweep_id, title, _, _ in store.sweeps()}
    show_notes(store)
    if runs:
        shown = ask_filter(runs, sweeps)
        st.caption(_counted(runs, shown))
        act_on(store, run_table(shown))
        if st.session_state.get("runs_sweep"):
            show_sweep_table(store, st.session_state["runs_sweep"])
    else:
        st.info("Nothing has been computed yet. Start a run on the Optimise page; it appears here at once.")
        st.page_link("pages/3_Optimise.py", label="Go to Optimise", icon=":material/arrow_forward:")
    if st.session_state.pop(CHANGED, False) or live == all(run.is_over for run in runs):
        st.rerun()  # with what lies outside of the list, and at the pace that fits


def _counted(runs: list[Run], shown: list[Run]) -> str:
    counts = {state: sum(run.state == state for run in runs) for state in STATE_WORDS}
    told = ", ".join(f"{count} {state}" for state, count in counts.items() if count)
    return f"{len(shown)} of {len(runs)} runs shown · {told}. Choose rows at their left edge to act on them."


with page("Runs", PURPOSE):
    store = RunStore()
    live = any(not run.is_over for run in store.list())
    st.fragment(show_list, run_every=LIVE_S if live else IDLE_S)(store, live)
    tidying(store)

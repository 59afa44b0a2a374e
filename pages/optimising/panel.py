"""The side panel of Optimise: the planner with a time budget first, other methods to compare, the newest answers."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from itnt_core.methods import METHODS, PlannerMethod
from itnt_core.results import DATA_SERVICE
from itnt_core.runs import RunStore
from itnt_core.scenario import Problem
from pages.shared.frame import sentences
from pages.shared.modes import lead_to
from pages.shared.plugins import show_plugin_problems
from pages.shared.run_cards import show_runs
from pages.shared.state import open_scenario

from .newest import show_newest
from .start import ask_for_runs, start_run
from .sweep_panel import sweep_panel

ALL_RUNS = "all_runs"
BUDGET, BUDGET_S = "planner_budget_s", 10.0  # key of the field; what the planner takes unless somebody asks for more
MOST_BUDGET_S = 3600.0
BUDGET_HELP = (
    "The planner answers at once and gets better until its time is over, or until four rounds together bring next to "
    "nothing. The certified bound is found after that."
)


def optimise_panel(store: RunStore, problems: Sequence[Problem]) -> None:
    """Show what can be asked of the open scenario, and the newest answers to it; ``problems`` are the scenario's."""
    if problems:
        sentences([problem.sentence for problem in problems])
    show_plugin_problems(METHODS)
    _planner(store, is_possible=not problems)
    with st.expander("To compare", icon=":material/compare_arrows:"):
        ask_for_runs(store, problems)
    with st.expander("Sweep", icon=":material/grid_on:"):
        sweep_panel(store, problems)
    dispatch = "Without knowing the future: Dispatch"
    lead_to("pages/12_Dispatch.py", dispatch, ":material/visibility_off:", {"worlds": "open"})
    show_newest(store, open_scenario())
    runs = st.expander("All runs", icon=":material/list:", key=ALL_RUNS, on_change="rerun")
    if runs.open:
        with runs:
            show_runs(store, DATA_SERVICE)


def _planner(store: RunStore, *, is_possible: bool) -> None:
    """Ask for the planner's time, and start it."""
    method = METHODS[PlannerMethod.key]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        budget_s = st.number_input(
            "Planner, seconds", 1.0, MOST_BUDGET_S, BUDGET_S, 5.0, format="%g", key=BUDGET, help=BUDGET_HELP
        )
        wanted = st.button("Optimise", type="primary", icon=":material/auto_awesome:", disabled=not is_possible)
    if wanted and start_run(store, method.key, {"time_limit_s": float(budget_s)}):
        st.rerun()  # the map follows it from now on

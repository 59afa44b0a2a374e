"""Optimise: methods and their settings beside the map of the scenario they answer, and their runs at work."""

from __future__ import annotations

import streamlit as st

from itnt_core.results import DATA_SERVICE
from itnt_core.runs import RunStore
from pages.building.editor_map import editor_map, take_map_edits
from pages.optimising.start import ask_for_runs
from pages.shared import state
from pages.shared.cities import all_problems
from pages.shared.run_cards import show_runs

from .build import show_problems
from .places import Places


def show_optimise(places: Places) -> None:
    """Show the scenario on the map, what can be asked of it, and the runs that answer it."""
    take_map_edits()
    state.keep_address()
    scenario = state.open_scenario()
    problems = all_problems(scenario)
    with places.map:
        editor_map(scenario, problems)
    with places.messages:
        show_problems([])
    store = RunStore()
    with places.side:
        ask_for_runs(store, problems)
        st.markdown("**Runs**")
        show_runs(store, DATA_SERVICE)

"""Optimise: methods and their settings beside the map of the scenario they answer, and their runs at work."""

from __future__ import annotations

from itnt_core.runs import RunStore
from pages.building.editor_map import editor_map, take_map_edits
from pages.building.share import open_linked_scenario
from pages.optimising.panel import optimise_panel
from pages.optimising.sweep_results import sweep_results
from pages.shared import state
from pages.shared.cities import all_problems
from pages.shared.live_run import follow_run, newest_run

from .build import show_problems
from .places import Places

DRAWER, SWEEP = "optimise_tab", "Sweep"


def show_optimise(places: Places) -> None:
    """Show the scenario on the map, what can be asked of it, and the runs that answer it."""
    with places.messages:
        open_linked_scenario()
    take_map_edits()
    state.keep_address()
    scenario = state.open_scenario()
    problems = all_problems(scenario)
    store = RunStore()
    newest = newest_run(store, scenario)
    with places.map:
        editor_map(scenario, problems, live=follow_run(newest.id, newest.title) if newest else None)
    with places.messages:
        show_problems([])
    with places.side:
        optimise_panel(store, problems)
    if places.open_drawer([SWEEP], DRAWER) == SWEEP:
        with places.drawer:
            sweep_results(store)

"""Optimise: choose methods, start runs, watch them work, open their replay."""

from __future__ import annotations

from typing import Any

import streamlit as st

from itnt_core.methods import METHODS, SettingsError
from itnt_core.runs import Run, RunStore
from itnt_core.scenario import check_scenario
from pages.parts.frame import page, sentences
from pages.parts.method_settings import method_settings
from pages.parts.run_cards import show_runs
from pages.parts.state import open_scenario

PURPOSE = "Let a method answer the open scenario. Runs go on when this tab is closed."


def start_runs(store: RunStore, methods: dict[str, dict[str, Any]], seed: int) -> None:
    """Queue one run per method for the open scenario and start the worker."""
    try:
        for method, settings in methods.items():
            store.submit(open_scenario(), method=method, seed=seed, settings=settings)
    except SettingsError as error:
        sentences(str(error).splitlines(), "error")
        return
    store.launch()


def describe_scenario() -> None:
    """Say what would be optimised."""
    scenario = open_scenario()
    with st.container(border=True):
        st.text(scenario.name)
        satellites = len(scenario.passes) + sum(shell.satellites_used for shell in scenario.walker_shells)
        st.caption(
            f"Ground base stations: {len(scenario.ground_stations)} · satellites: {satellites} · aerial users: "
            f"{len(scenario.aerial_users)} · ground users: {len(scenario.ground_users)} · slots: {scenario.time.slots} "
            f"of {scenario.time.slot_s:g} s"
        )
        st.page_link("pages/1_Scenario.py", label="Change the scenario", icon=":material/edit_location_alt:")


def ask_for_runs(store: RunStore) -> None:
    """Show the choice of methods and the start button."""
    problems = check_scenario(open_scenario())
    methods = st.multiselect(
        "Methods",
        list(METHODS),
        default=list(METHODS)[:1],
        format_func=lambda key: METHODS[key].title,
        help="Several methods start one run each.",
    )
    settings: dict[str, dict[str, Any]] = {}
    for key in methods:
        st.caption(f"{METHODS[key].title}: {METHODS[key].summary}")
        settings[key] = method_settings(key)
    seed = st.number_input("Seed", 0, 2**32 - 1, open_scenario().seed, help="Same seed, same scenario: same result.")
    if problems:
        sentences([problem.sentence for problem in problems])
    label = "Start" if len(methods) < 2 else f"Start {len(methods)} runs"
    if st.button(label, type="primary", disabled=bool(problems) or not methods, icon=":material/play_arrow:"):
        start_runs(store, settings, int(seed))


def anything_open(runs: list[Run]) -> bool:
    """Say whether a run is still queued or running."""
    return any(not run.is_over for run in runs)


with page("Optimise", PURPOSE):
    store = RunStore()
    left, right = st.columns([1, 2], gap="large")
    with left:
        describe_scenario()
        ask_for_runs(store)
    with right:
        st.subheader("Runs", anchor=False)
        show_runs(store, live=anything_open(store.list()))

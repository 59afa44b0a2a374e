"""What is asked of the open scenario: methods, their settings, seed, time; and the button that starts it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from itnt_core.errors import ItntError
from itnt_core.methods import METHODS, SettingsError, unknown_terms
from itnt_core.runs import RunStore, SweepSpec, make_sweep
from itnt_core.scenario import Problem
from pages.shared.frame import sentences
from pages.shared.plugins import show_plugin_problems
from pages.shared.state import open_draft_revision, open_scenario

from .method_settings import method_settings
from .run_costs import show_cost


def ask_for_runs(store: RunStore, problems: Sequence[Problem]) -> None:
    """Show the choice of methods and the start button."""
    methods = st.multiselect(
        "Methods",
        list(METHODS),
        default=list(METHODS)[:1],
        format_func=lambda key: METHODS[key].title,
        help="Several methods start one run each.",
    )
    show_plugin_problems(METHODS)
    settings: dict[str, dict[str, Any]] = {}
    for key in methods:
        st.caption(f"{METHODS[key].title}: {METHODS[key].summary}")
        unknown = unknown_terms(METHODS[key], open_scenario())
        if unknown:
            sentences(unknown, "info")
        settings[key] = method_settings(key)
    seed = st.number_input("Seed", 0, 2**32 - 1, open_scenario().seed, help="Same seed, same scenario: same result.")
    minutes = st.number_input(
        "Time limit of each run, minutes (0: none)",
        0.0,
        10_000.0,
        0.0,
        1.0,
        format="%g",
        key="time_limit_min",
        help="A run that reaches it ends as timed out and keeps its best decision until then.",
    )
    if problems:
        sentences([problem.sentence for problem in problems])
    spec = None
    if methods and not problems:
        try:
            spec = asked(settings, int(seed), 60.0 * minutes or None)
            show_cost(store, spec)
        except SettingsError as error:
            sentences(list(error.sentences))
    count = spec.run_count if spec else 1
    label = "Start" if count < 2 else f"Start {count} runs"
    if st.button(label, type="primary", disabled=spec is None, icon=":material/play_arrow:") and spec is not None:
        start_runs(store, spec)


def start_run(store: RunStore, method: str, settings: Mapping[str, Any]) -> bool:
    """Queue one run of the open scenario and start a worker for it; say what cannot be, and whether it is queued."""
    try:
        store.submit(open_scenario(), method, None, settings, draft=open_draft_revision())
        store.launch()
    except ItntError as error:
        sentences(list(error.sentences), "error")
        return False
    return True


def start_runs(store: RunStore, spec: SweepSpec) -> None:
    """Queue a run of the open scenario for every method and start the workers they need."""
    try:
        for method, settings in spec.settings.items():
            store.submit(
                open_scenario(),
                method,
                spec.seeds[0],
                settings,
                time_limit_s=spec.time_limit_s,
                draft=open_draft_revision(),
            )
        store.launch()
    except ItntError as error:
        sentences(list(error.sentences), "error")


def asked(methods: dict[str, dict[str, Any]], seed: int, limit_s: float | None) -> SweepSpec:
    """Return everything that is asked for as a sweep, of which this is the smallest (SettingsError)."""
    return make_sweep(
        {
            "scenario": open_scenario(),
            "methods": list(methods),
            "settings": methods,
            "seeds": [seed],
            "time_limit_s": limit_s,
        }
    )

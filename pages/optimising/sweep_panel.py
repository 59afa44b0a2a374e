"""A sweep: its axes, its cost, one bar for all of its runs, one button that cancels them."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

import streamlit as st

from itnt_core.errors import ItntError
from itnt_core.methods import METHODS, PlannerMethod, SettingsError
from itnt_core.results import DATA_SERVICE
from itnt_core.runs import Run, RunStore, SweepSpec, UnknownRunError, axis_label, make_sweep, of_study, submit_sweep
from itnt_core.scenario import Problem, Scenario
from pages.shared.frame import escaped, sentences, shows_errors
from pages.shared.run_cards import IDLE_S, LIVE_S, keep_working
from pages.shared.state import open_scenario

from .run_costs import show_cost
from .sweep_form import Variation, ask_variation

METHODS_KEY, BUDGET = "sweep_methods", "sweep_budget_s"
BUDGET_S = 10.0  # of every planner's run


def sweep_panel(store: RunStore, problems: Sequence[Problem]) -> None:
    """Show the form of a sweep over the open scenario, and how far the newest one is."""
    spec = _asked(problems)
    if spec is not None:
        show_cost(store, spec)
    count = spec.run_count if spec else 0
    label = f"Start {count} runs" if count else "Start sweep"
    if st.button(label, key="sweep_start", disabled=not count, type="primary") and spec is not None:
        _start(store, spec)
    live = any(not run.is_over for run in _newest(store))
    st.fragment(_progress, run_every=LIVE_S if live else IDLE_S)(store, live)


def _start(store: RunStore, spec: SweepSpec) -> None:
    """Queue what is missing of a sweep; say what cannot be."""
    try:
        submit_sweep(store, spec, start=True)
    except ItntError as error:
        sentences(list(error.sentences), "error")


def _asked(problems: Sequence[Problem]) -> SweepSpec | None:
    """Return what is asked for, None while that is nothing or cannot be; say why."""
    methods = st.multiselect(
        "Methods of the sweep",
        list(METHODS),
        [PlannerMethod.key],
        format_func=lambda key: METHODS[key].title,
        key=METHODS_KEY,
    )
    settings: dict[str, dict[str, float]] = {}
    if PlannerMethod.key in methods:
        budget_s = st.number_input("Planner, seconds a run", 1.0, 3600.0, BUDGET_S, 5.0, format="%g", key=BUDGET)
        settings[PlannerMethod.key] = {"time_limit_s": float(budget_s)}
    scenario = open_scenario()
    variation = ask_variation(scenario)
    if problems or not methods or not (variation.is_sweep or len(methods) > 1):
        return None
    try:
        return make_sweep(
            {
                "title": _title(scenario, variation, len(methods)),
                "scenario": scenario,
                "grid": variation.grid,
                "methods": methods,
                "settings": settings,
                "seeds": list(range(scenario.seed, scenario.seed + variation.seeds)),
            }
        )
    except SettingsError as error:
        sentences(list(error.sentences))
        return None


def _title(scenario: Scenario, variation: Variation, methods: int) -> str:
    """Return what a sweep is called: its axes and its scenario."""
    axes = [axis_label(key).rpartition(", ")[0] or axis_label(key) for key in variation.grid]
    axes += ["seeds"] if variation.seeds > 1 else []
    axes += ["methods"] if methods > 1 else []
    return f"{' × '.join(axes)}, {scenario.name}"[:100]


def _newest(store: RunStore) -> list[Run]:
    """Return the runs of the newest sweep, none where there is none."""
    runs = of_study(store.list(), DATA_SERVICE)
    newest = next((run.sweep for run in runs if run.sweep), None)
    return [run for run in runs if run.sweep == newest] if newest else []


@shows_errors()
def _progress(store: RunStore, live: bool) -> None:
    """Show how far the newest sweep is; one button cancels what is left of it."""
    runs = _newest(store)
    if not runs:
        return
    keep_working(store, runs)
    over = [run for run in runs if run.is_over]
    share = sum(1.0 if run.is_over else run.progress for run in runs) / len(runs)
    st.progress(min(1.0, share), text=f"**{escaped(_title_of(store, runs[0]))}**: {_words(runs, over)}")
    if len(over) < len(runs) and st.button("Cancel all", key="sweep_cancel", icon=":material/stop_circle:"):
        for run in runs:
            if not run.is_over:
                with suppress(UnknownRunError):  # somebody else removed it
                    store.cancel(run.id)
        st.rerun()
    if live == (len(over) == len(runs)):
        st.rerun()  # at the pace that fits, with what else shows the sweep


def _title_of(store: RunStore, run: Run) -> str:
    return next((title for key, title, _, _ in store.sweeps() if key == run.sweep), "")


def _words(runs: Sequence[Run], over: Sequence[Run]) -> str:
    at_work, unfinished = (sum(run.state == "running" for run in runs), sum(run.state != "done" for run in over))
    parts = [f"{len(over)} of {len(runs)} runs are over"]
    parts += [f"{at_work} at work"] if at_work else []
    parts += [f"{unfinished} without finishing"] if unfinished else []
    return ", ".join(parts)

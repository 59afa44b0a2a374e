"""Runs side by side: their figures, and in what their scenarios differ."""

from __future__ import annotations

import streamlit as st

from itnt_core.results import SCENARIO_FILE
from itnt_core.runs import Run, RunStore
from itnt_core.scenario import ScenarioError, read_scenario
from itnt_core.views.run_list import column_names, scenario_differences, side_by_side

from .demo import finished_runs
from .frame import sentences

PARAMETER, MOST = "runs", 8


def compare_runs(store: RunStore) -> None:
    """Ask which runs, and show them beside one another; the choice is kept in the address."""
    st.subheader("Runs", anchor=False)
    known = {run.id: run for run in finished_runs(store)}
    if len(known) < 2:
        st.info("Two runs with a result are needed. Start some on the Optimise page, with several methods at once.")
        return
    wanted = _wanted(known)
    names = dict(zip(known, column_names(list(known.values())), strict=True))
    chosen = st.multiselect(
        "Runs to compare", list(known), default=wanted, format_func=names.__getitem__, max_selections=MOST,
        key="compare_runs", on_change=_remember, placeholder="Choose two or more",
    )  # fmt: skip
    if len(chosen) > 1:
        _show([known[run_id] for run_id in chosen], store)


def _wanted(known: dict[str, Run]) -> list[str]:
    """Return the runs that the address names, the newest two without any; unknown ones are dropped with a note."""
    text = st.query_params.get(PARAMETER)
    if text is None:
        return list(known)[:2]
    asked = list(dict.fromkeys(text.split(",")))
    if any(run_id not in known for run_id in asked) or len(asked) > MOST:
        st.warning("The address named runs that are not here, have no result, or are too many; they were left out.")
        st.query_params.pop(PARAMETER, None)
    return [run_id for run_id in asked if run_id in known][:MOST]


def _remember() -> None:
    """Put the chosen runs into the address, so that the comparison can be shared."""
    chosen = st.session_state["compare_runs"]
    if chosen:
        st.query_params[PARAMETER] = ",".join(chosen)
    else:
        st.query_params.pop(PARAMETER, None)


def _show(runs: list[Run], store: RunStore) -> None:
    st.dataframe(
        side_by_side(runs), hide_index=True, width="stretch", alt="The figures of each run, and the best of each"
    )
    try:
        scenarios = [read_scenario(store.folder(run.id) / SCENARIO_FILE) for run in runs]
    except (ScenarioError, OSError) as error:
        sentences([f"A scenario of these runs cannot be read any more: {error}"])
        return
    differences = scenario_differences(scenarios)
    if not differences:
        st.caption("All of them answer the same scenario.")
        return
    names = column_names(runs)
    rows = [{"Field": key, **dict(zip(names, map(_shown, values), strict=True))} for key, values in differences]
    count = f"{len(differences)} fields" if len(differences) > 1 else "one field"
    st.caption(f"Their scenarios differ in {count}:")
    st.dataframe(rows, hide_index=True, width="stretch")


def _shown(value: object) -> str:
    return "-" if value is None else str(value)

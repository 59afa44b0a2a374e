"""What runs will cost, said before they start."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from itnt_core.errors import ItntError
from itnt_core.runs import RunStore, SweepSpec, cost_of_works, most_parallel_runs, works

MEMORY = "cost_memory"


def show_cost(store: RunStore, spec: SweepSpec) -> None:
    """Say what a sweep costs, of which a single run is the smallest."""
    try:
        sizes = _sizes(spec)
    except ItntError:
        return  # said when the runs are started
    runs = store.list()
    waiting = sum(not run.is_over for run in runs)
    queue = f" Runs before: {waiting}." if waiting else ""
    st.caption(f":material/schedule: {cost_of_works(sizes, runs, most_parallel_runs())}{queue}")


def _sizes(spec: SweepSpec) -> list[tuple[str, float, float, float]]:
    """Return the works of a sweep, computed once while it does not change."""
    memory: Mapping[str, list[tuple[str, float, float, float]]] = st.session_state.get(MEMORY, {})
    if spec.id not in memory:
        memory = {spec.id: list(works(spec))}
        st.session_state[MEMORY] = memory
    return memory[spec.id]

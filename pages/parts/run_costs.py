"""What runs will cost, said before they start."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import streamlit as st

from itnt_core.methods import SettingsError, find_method, read_settings
from itnt_core.runs import RunStore, estimate_cost, most_parallel_runs, sentence, work_of
from itnt_core.scenario import Scenario


def show_cost(store: RunStore, scenario: Scenario, methods: Mapping[str, Mapping[str, Any]], times: int) -> None:
    """Say what each method with its settings costs, every one run so many times."""
    if not methods:
        return
    try:
        works = [(key, work_of(scenario, read_settings(find_method(key), values))) for key, values in methods.items()]
    except SettingsError:
        return  # said when the runs are started
    runs = store.list()
    estimates = [estimate_cost(key, work, runs) for key, work in works]
    waiting = sum(not run.is_over for run in runs)
    queue = f" {waiting} runs are before {'them' if times * len(works) > 1 else 'it'}." if waiting else ""
    st.caption(f":material/schedule: {sentence(_repeated(estimates, times), most_parallel_runs())}{queue}")


def _repeated(items: Iterable[Any], times: int) -> list[Any]:
    return [item for item in items for _ in range(times)]

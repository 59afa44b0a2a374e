"""The recorded demo run, and which run a replay shows."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from itnt_core.results import DATA_SERVICE, has_result, read_manifest
from itnt_core.runs import Run, RunStore, of_study

from .assets import DEMO_FOLDER, DEMO_ID


def has_demo() -> bool:
    """Say whether a recorded demo run is there."""
    return has_result(DEMO_FOLDER)


def finished_runs(store: RunStore) -> list[Run]:
    """Return the data-service runs that have a result, newest first: finished or stopped ones that kept a decision."""
    runs = of_study(store.list(), DATA_SERVICE)
    return [run for run in runs if run.state == "done" or (run.is_over and run.kpis)]


def comparable_runs(store: RunStore) -> list[Run]:
    """Return what can be compared: the finished runs, newest first, and the recorded demo last."""
    return finished_runs(store) + ([demo_run()] if has_demo() else [])


@st.cache_resource(show_spinner=False)
def demo_run() -> Run:
    """Return the recorded demo as if it were a run of the store."""
    manifest = read_manifest(DEMO_FOLDER)
    return Run(
        id=DEMO_ID,
        title="Recorded demo",
        kind=DATA_SERVICE,
        method=manifest["method"],
        state="done",
        progress=1.0,
        message="",
        created=0.0,
        started=None,
        finished=None,
        kpis=manifest["kpis"],
        scenario_hash=manifest["scenario_hash"],
    )


def replay_folder(store: RunStore, run_id: str) -> Path:
    """Return the result folder of a run or of the demo."""
    return DEMO_FOLDER if run_id == DEMO_ID else store.folder(run_id)

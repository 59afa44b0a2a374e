"""The recorded demo run, and which run a replay shows."""

from __future__ import annotations

from pathlib import Path

from itnt_core.runs import Run, RunStore
from itnt_core.twin import KIND

from .assets import DEMO_FOLDER, DEMO_ID


def has_demo() -> bool:
    """Say whether a recorded demo run is there."""
    return (DEMO_FOLDER / "manifest.json").exists()


def finished_runs(store: RunStore) -> list[Run]:
    """Return the data-service runs that have a result, newest first: finished or stopped ones that kept a decision."""
    return [run for run in store.list() if run.kind != KIND and (run.state == "done" or (run.is_over and run.kpis))]


def replay_folder(store: RunStore, run_id: str) -> Path:
    """Return the result folder of a run or of the demo."""
    return DEMO_FOLDER if run_id == DEMO_ID else store.folder(run_id)

"""The recorded runs beside the user's own, and which run a replay shows."""

from __future__ import annotations

from pathlib import Path

from itnt_core.results import DATA_SERVICE
from itnt_core.runs import Run, RunStore, of_study, recorded_runs, run_folder

__all__ = ["comparable_runs", "finished_runs", "recorded_runs", "replay_folder"]


def finished_runs(store: RunStore) -> list[Run]:
    """Return the data-service runs that have a result, newest first: finished or stopped ones that kept a decision."""
    runs = of_study(store.list(), DATA_SERVICE)
    return [run for run in runs if run.state == "done" or (run.is_over and run.kpis)]


def comparable_runs(store: RunStore) -> list[Run]:
    """Return what can be compared, newest first: the finished runs, and the recorded ones last."""
    return finished_runs(store) + recorded_runs()[::-1]


def replay_folder(store: RunStore, run_id: str) -> Path:
    """Return the result folder of a run, the user's own or recorded."""
    return run_folder(store, run_id)

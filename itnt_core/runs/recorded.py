"""The recorded runs, as if they were runs of a store."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from pathlib import Path

from itnt_core.recorded import FIRST_RECORDED, RECORDED, RECORDED_TITLE, is_recorded
from itnt_core.results import DATA_SERVICE, SCENARIO_FILE, has_result, read_manifest
from itnt_core.scenario import Scenario, read_scenario

from .run import Run
from .store import RunStore


def recorded_runs() -> list[Run]:
    """Return the recorded runs that are there, each named by what changed."""
    found = (_recorded(run_id) for run_id, folder in RECORDED.items() if has_result(folder))
    return [run for run in found if run is not None]


def run_folder(store: RunStore, run_id: str) -> Path:
    """Return the folder of a run, of the store or recorded."""
    return RECORDED[run_id] if is_recorded(run_id) else store.folder(run_id)


@lru_cache(maxsize=len(RECORDED))
def _recorded(run_id: str) -> Run | None:
    """Read a recorded run, once; None where its files are damaged."""
    try:
        manifest = read_manifest(RECORDED[run_id])
        return Run(
            id=run_id,
            title=_title(run_id),
            kind=DATA_SERVICE,
            method=manifest["method"],
            state="done",
            progress=1.0,
            message="",
            created=datetime.fromisoformat(manifest["created"]).timestamp(),
            started=None,
            finished=None,
            kpis=manifest["kpis"],
            scenario_hash=manifest["scenario_hash"],
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _title(run_id: str) -> str:
    """Name a recorded run by the masts that it has more than the first one."""
    first, own = (_scenario(known) for known in (FIRST_RECORDED, run_id))
    known = {station.id for station in first.ground_stations}
    added = [station for station in own.ground_stations if station.id not in known]
    return ", ".join([RECORDED_TITLE, *(f"+1 mast at {station.name or station.id}" for station in added)])


def _scenario(run_id: str) -> Scenario:
    return read_scenario(RECORDED[run_id] / SCENARIO_FILE, stored=True)

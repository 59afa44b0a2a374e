"""Disk space of runs, and removing them for good."""

from __future__ import annotations

import math
import shutil
import time
from contextlib import suppress
from pathlib import Path

from .paths import RUN_ID, RunStateError, UnknownRunError, run_folder
from .store import RunStore

DAY_S = 86_400.0


def size_mb(folder: Path) -> float:
    """Return what a folder takes on disk, in megabytes."""
    total = 0
    for file in folder.rglob("*"):
        with suppress(OSError):  # it went away meanwhile
            total += file.stat().st_size if file.is_file() else 0
    return total / 1e6


def delete_older(store: RunStore, days: float) -> int:
    """Delete every run that ended more than so many days ago and return how many; a purge makes it final."""
    if not (math.isfinite(days) and days >= 0.0):
        raise RunStateError(f"The age is {days:g} days, but a number from 0 is needed.")
    before = time.time() - days * DAY_S
    old = [run.id for run in store.list() if run.is_over and (run.finished or run.created) < before]
    count = 0
    for run_id in old:
        with suppress(RunStateError, UnknownRunError):  # someone else was first
            store.delete(run_id)
            count += 1
    return count


def purge(store: RunStore, run_ids: list[str] | None = None) -> float:
    """Remove deleted runs, all or those named, with their files; return the megabytes freed.

    A folder without a row, left by a submission that was cut off, goes too when it is older than a day.
    """
    chosen = [run.id for run in store.list(deleted=True) if run_ids is None or run.id in run_ids]
    with store.connection() as connection:
        statement = "DELETE FROM runs WHERE id = ? AND deleted IS NOT NULL"
        chosen = [run_id for run_id in chosen if connection.execute(statement, (run_id,)).rowcount == 1]
    folders = [run_folder(store.root, run_id) for run_id in chosen] + _orphans(store)
    freed = sum(size_mb(folder) for folder in folders if folder.is_dir())
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)
    return freed


def _orphans(store: RunStore) -> list[Path]:
    with store.connection() as connection:
        known = {row["id"] for row in connection.execute("SELECT id FROM runs")}
    folders = (store.root / "runs").glob("*") if (store.root / "runs").is_dir() else ()
    return [
        folder
        for folder in folders
        if RUN_ID.fullmatch(folder.name) and folder.name not in known and folder.stat().st_mtime < time.time() - DAY_S
    ]

"""Disk space of runs, and removing them for good."""

from __future__ import annotations

import math
import shutil
from contextlib import suppress
from pathlib import Path

from itnt_core.data_folder import homes
from itnt_core.results import TEMPORARY, has_result, settle

from .clock import wall_s
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
    before = wall_s() - days * DAY_S
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
        statement = "DELETE FROM runs WHERE id = ? AND owner = ? AND deleted IS NOT NULL"
        chosen = [one for one in chosen if connection.execute(statement, (one, store.owner)).rowcount == 1]
    folders = [run_folder(store.home, run_id) for run_id in chosen] + _orphans(store)
    freed = sum(size_mb(folder) for folder in folders if folder.is_dir())
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)
    return freed


def remove_leftovers(store: RunStore) -> None:
    """Finish or remove what killed processes have left half done in anybody's runs that nobody computes."""
    busy = store.running_ids()
    for folder in (folder for home in homes(store.root) for folder in (home / "runs").glob("*")):
        if not RUN_ID.fullmatch(folder.name) or folder.name in busy:
            continue
        with suppress(OSError):  # it went away meanwhile, or cannot be written: the next worker tries again
            hidden = [file for file in folder.iterdir() if file.name.startswith(".")]
            if hidden:
                settle(folder)
            for file in hidden:
                if TEMPORARY.fullmatch(file.name):
                    file.unlink(missing_ok=True)


def _orphans(store: RunStore) -> list[Path]:
    """Return folders that no row names, but none with a result: a store that was lost must not cost the results."""
    known = {run.id for deleted in (False, True) for run in store.list(deleted=deleted)}
    folders = (store.home / "runs").glob("*") if (store.home / "runs").is_dir() else ()
    return [
        folder
        for folder in folders
        if RUN_ID.fullmatch(folder.name)
        and folder.name not in known
        and not has_result(folder)
        and folder.stat().st_mtime < wall_s() - DAY_S
    ]

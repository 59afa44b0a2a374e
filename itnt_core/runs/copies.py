"""Copies of finished runs from one person's store into another's."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from itnt_core.disk import disk_sentence
from itnt_core.results import MANIFEST_FILE, RESULT_FILE, SCENARIO_FILE, ResultError, result_files
from itnt_core.studies import known_study

from .clock import wall_s
from .events import PROGRESS_FILE
from .folder import REQUEST_FILE
from .paths import RunStateError, new_run_id, run_folder
from .run import Run
from .schema import StoreError
from .store import RunStore
from .titles import checked_title, numbered

OF_RESULT = (SCENARIO_FILE, RESULT_FILE, MANIFEST_FILE)


def take_copy(store: RunStore, run: Run, source: Path) -> str:
    """Copy a finished run from its folder into a person's store and return the copy's id.

    It holds what answers the question, and a trained policy; neither a log nor a checkpoint. RunStateError for one that
    has no result, StoreError where it cannot be written.
    """
    if run.state != "done" or run.deleted is not None:
        raise RunStateError(f"The run is {run.state}: only a finished one can be copied.")
    study = known_study(run.kind)
    own_files = study.own_files if study else ()
    run_id = new_run_id()
    target = run_folder(store.home, run_id)
    try:
        files = result_files(source)
        target.mkdir(parents=True, mode=0o700)
        for name in (REQUEST_FILE, PROGRESS_FILE, *own_files, *OF_RESULT):
            file = files.get(name, source / name)
            if file.is_file() and not file.is_symlink():
                shutil.copyfile(file, target / name)
        _insert(store, run_id, run)
    except BaseException as error:
        shutil.rmtree(target, ignore_errors=True)
        if isinstance(error, OSError | ResultError):
            why = disk_sentence(error) if isinstance(error, OSError) else str(error)
            raise StoreError(f"The run cannot be copied: {why}") from error
        raise
    return run_id


def _insert(store: RunStore, run_id: str, run: Run) -> None:
    with store.connection() as connection:
        titles = connection.execute("SELECT title FROM runs WHERE owner = ?", (store.owner,))
        row = {
            "id": run_id,
            "owner": store.owner,
            "title": numbered(checked_title(run.title), {str(known["title"]) for known in titles}),
            "kind": run.kind,
            "method": run.method,
            "state": "done",
            "progress": 1.0,
            "created": wall_s(),
            "finished": wall_s(),
            "kpis": json.dumps(run.kpis) if run.kpis is not None else None,
            "scenario_hash": run.scenario_hash,
            "work": run.work,
            "peak_mb": run.peak_mb,
            "spent_s": run.duration_s,
            "subject": run.subject,
        }
        names, marks = ", ".join(row), ", ".join("?" * len(row))
        connection.execute(f"INSERT INTO runs ({names}) VALUES ({marks})", tuple(row.values()))  # noqa: S608 - own names

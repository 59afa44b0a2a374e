"""This machine's detached worker: ``python -m itnt_core.runs.worker ROOT`` takes queued runs until none is left."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
import threading
from functools import partial
from pathlib import Path

from .paths import cache_folder
from .processes import ProcessIdentity
from .run import HERE, Run
from .store import RunStore
from .supervision import Child, pinned_environment, project_folder, supervise


def start_worker(root: Path, launcher: str = HERE) -> None:
    """Start a worker process of its own session, which outlives this process.

    ``launcher`` is ``here`` for this machine, else the address of a Dask scheduler. A thread waits for the worker, so
    that a long-lived dashboard keeps no zombies of workers that ended before it.
    """
    module = (
        ["itnt_core.runs.worker", str(root)] if launcher == HERE else ["itnt_core.runs.cluster", str(root), launcher]
    )
    with (root / "worker.log").open("ab") as log:
        worker = subprocess.Popen(
            [sys.executable, "-m", *module],
            cwd=project_folder(), env=pinned_environment(), stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            start_new_session=True,
        )  # fmt: skip
    threading.Thread(target=worker.wait, name="worker wait", daemon=True).start()


def work(root: Path) -> None:
    """Take queued runs one after another until none is left; leave at once when enough other workers are there."""
    store, token = RunStore(root), secrets.token_hex(8)
    if not store.enter_worker(ProcessIdentity.current(), token, HERE):
        return
    child = Child()  # at once: it starts while the first run is claimed
    try:
        while (run := store.claim(token)) is not None:
            child = child if child.is_usable else Child()
            try:
                _compute(store, run, token, child)
            except BrokenPipeError:  # it ended just now, before the run began
                child = Child()
                _compute(store, run, token, child)
    finally:
        child.stop()
        store.leave_worker(token)


def _compute(store: RunStore, run: Run, token: str, child: Child) -> None:
    folder = store.folder(run.id)
    try:
        end = supervise(folder, cache_folder(store.root), child, partial(store.beat, run.id, token))
    except BrokenPipeError:
        child.stop()
        raise
    except (OSError, ValueError) as error:  # its folder is gone or its request is not readable: this run's failure
        store.finish(run.id, token, "failed", f"The run cannot be read ({error}).")
        if child.is_usable:
            child.stop()
        return
    if end is not None:
        store.finish(run.id, token, end.state, end.message, end.kpis, end.peak_mb)


if __name__ == "__main__":
    os.umask(0o077)
    work(Path(sys.argv[1]))

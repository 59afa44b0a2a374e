"""This machine's detached worker, ``python -m itnt_core.runs.worker ROOT TOKEN``: takes runs until none is queued."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

from itnt_core.disk import disk_sentence

from .cleanup import remove_leftovers
from .paths import cache_folder
from .processes import ProcessIdentity
from .run import HERE, Run
from .schema import StoreError
from .store import RunStore
from .supervision import Child, End, supervise

FINISH_PATIENCE_S = 60.0


def work(root: Path, token: str) -> None:
    """Take queued runs one after another until none is left; leave at once when enough other workers are there."""
    store = RunStore(root)
    if not store.enter_worker(ProcessIdentity.current(token), HERE):
        return
    remove_leftovers(store)
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
    folder = store.folder_of(run)
    try:
        beats, threads = Beats(store, run.id, token), store.threads_of_a_run()
        end = supervise(folder, cache_folder(store.home_of(run)), child, beats, threads)
    except BrokenPipeError:
        child.stop()
        raise
    except (OSError, ValueError) as error:  # its folder is gone or its request is not readable: this run's failure
        finish_patiently(store, run.id, token, End("failed", f"The run cannot be read: {_words(error)}"))
        if child.is_usable:
            child.stop()
        return
    if end is not None:
        finish_patiently(store, run.id, token, end)


def _words(error: OSError | ValueError) -> str:
    return disk_sentence(error) if isinstance(error, OSError) else str(error)


class Beats:
    """The signs of life of one run; while the store cannot be written the run goes on all the same."""

    def __init__(self, store: RunStore, run_id: str, token: str):
        self.store, self.run_id, self.token = store, run_id, token

    def __call__(self, progress: float, message: str) -> bool:
        """Give one; return False when the run is no longer this worker's."""
        try:
            return self.store.beat(self.run_id, self.token, progress, message)
        except StoreError as error:
            print(error, file=sys.stderr, flush=True)
            return True


def finish_patiently(store: RunStore, run_id: str, token: str, end: End) -> None:
    """Record the end of a run, again and again for a while where the store cannot be written (StoreError then)."""
    deadline = time.monotonic() + FINISH_PATIENCE_S
    while True:
        try:
            store.finish(run_id, token, end.state, end.message, end.kpis, end.peak_mb, end.cpu_s)
            return
        except StoreError:
            if time.monotonic() > deadline:
                raise
            time.sleep(1.0)


if __name__ == "__main__":
    os.umask(0o077)
    work(Path(sys.argv[1]), sys.argv[2])

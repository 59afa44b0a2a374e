"""What a worker of a Dask cluster is asked to do: one run folder, computed in a child process of that worker.

A module of its own, because a function is sent to the cluster by the name of its module.
"""

from __future__ import annotations

import time
from dataclasses import asdict
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

from .losses import MOST_ATTEMPTS, SILENT_AFTER_S
from .supervision import Child, End, supervise

LEASE_FILE, ATTEMPTS_FILE = "lease", "attempts"
_idle_children: SimpleQueue[Child] = SimpleQueue()


def compute_on_cluster(folder: str, cache_dir: str, submission: str) -> dict[str, Any]:
    """Compute a run folder on the cluster's worker that calls this; return its end as plain data.

    Dask calls it again when a worker is lost; the second loss of one submission ends the run.
    """
    path = Path(folder)
    if _count_attempt(path, submission) > MOST_ATTEMPTS:
        return asdict(End("interrupted", "Its cluster worker was lost twice."))
    child = _idle_child()
    try:
        end = supervise(path, Path(cache_dir), child, _Lease(path / LEASE_FILE, submission).is_held)
    finally:
        if child.is_usable:
            _idle_children.put(child)
    return asdict(end or End("interrupted", "Who started it has gone."))


def _count_attempt(folder: Path, submission: str) -> int:
    """Return how often this submission has been started, this time included."""
    file = folder / ATTEMPTS_FILE
    with file.open("a", encoding="utf-8") as handle:
        handle.write(submission + "\n")
    return file.read_text(encoding="utf-8").split().count(submission)


def _idle_child() -> Child:
    """Return a child of this worker process that waits for work, or a new one."""
    while True:
        try:
            child = _idle_children.get_nowait()
        except Empty:
            return Child()
        if child.process.poll() is None:
            return child


class _Lease:
    """The sign of life of who submitted the run: a file whose content must keep changing, whatever the clocks say.

    It names the submission, so that a later one ends what is left of an earlier one at once.
    """

    def __init__(self, file: Path, submission: str):
        self.file, self.submission, self.seen, self.since = file, submission, "", time.monotonic()

    def is_held(self, progress: float, message: str) -> bool:
        """Say whether the lease was renewed lately."""
        try:
            content = self.file.read_text(encoding="utf-8")
        except OSError:
            content = self.seen
        if content and content.split()[0] != self.submission:
            return False
        if content != self.seen:
            self.seen, self.since = content, time.monotonic()
        return time.monotonic() - self.since <= SILENT_AFTER_S

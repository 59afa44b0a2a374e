"""Executing one run folder: ``request.json`` and ``scenario.json`` in, a result and progress events out."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from itnt_core.disk import disk_sentence
from itnt_core.methods import Notify, ProgressEvent, RunCancelled
from itnt_core.results import STOPPED_EARLY
from itnt_core.studies import StudyResult

from .best import BestKeeper
from .folder import CANCEL_FILE, append_event, read_asked


def execute(folder: Path, cache_dir: Path | None = None, notify: Notify | None = None) -> StudyResult:
    """Execute the run of a folder, append its progress events there and save its result there.

    Stops with :class:`RunCancelled` at the next progress event once the folder holds a ``cancel`` flag; the method's
    best decision until then, if it has one, is saved first. While it computes, that stands in the folder, too, for who
    looks on (:func:`itnt_core.runs.best.read_best`). This is what every launcher calls, on this machine or on a
    cluster.
    """
    append_event(folder, {"type": "attempt"})
    writer = progress_writer(folder, notify)
    request, study, question = read_asked(folder)
    result = study.run(question, request.method, request.seed, request.settings, writer, cache_dir, folder)
    study.save(folder, result)
    BestKeeper(folder).forget()
    if result.manifest["status"] == STOPPED_EARLY:
        raise RunCancelled("Stopped early.")
    return result


def progress_writer(folder: Path, also: Notify | None = None) -> Notify:
    """Return a callback that appends events as JSON lines with the time left, keeps the best decision, may cancel."""
    started, best = time.monotonic(), BestKeeper(folder)

    def notify(event: ProgressEvent) -> None:
        if (folder / CANCEL_FILE).exists():
            raise RunCancelled("Cancelled by the user.")
        elapsed = time.monotonic() - started
        if event.eta_s is None and event.fraction > 0.02:
            event = event.model_copy(update={"eta_s": round(elapsed * (1.0 - event.fraction) / event.fraction, 1)})
        try:
            append_event(folder, {"type": "progress", "elapsed_s": round(elapsed, 3), **event.model_dump()})
        except OSError as error:  # a full disk costs the line, not the hours of work behind it
            print(disk_sentence(error), file=sys.stderr)
        best.take(event)
        if also is not None:
            also(event)

    return notify

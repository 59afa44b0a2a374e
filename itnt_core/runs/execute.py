"""Executing one run folder: ``request.json`` and ``scenario.json`` in, a result and progress events out."""

from __future__ import annotations

import time
from pathlib import Path

from itnt_core.methods import STOPPED_EARLY, ProgressEvent, Report, RunCancelled, optimise
from itnt_core.results import SCENARIO_FILE, Result, save_result
from itnt_core.scenario import read_scenario

from .folder import CANCEL_FILE, append_event, read_request


def execute(folder: Path, cache_dir: Path | None = None, report: Report | None = None) -> Result:
    """Execute the run of a folder, append its progress events there and save its result there.

    Stops with :class:`RunCancelled` at the next progress event once the folder holds a ``cancel`` flag; the method's
    best decision until then, if it has one, is saved first. This is what every launcher calls, on this machine or on a
    cluster.
    """
    append_event(folder, {"type": "attempt"})
    request = read_request(folder)
    scenario = read_scenario(folder / SCENARIO_FILE)
    tell = progress_writer(folder, report)
    result = optimise(scenario, request.method, request.seed, request.settings, tell, cache_dir, folder)
    save_result(folder, result)
    if result.manifest["status"] == STOPPED_EARLY:
        raise RunCancelled("Stopped early.")
    return result


def progress_writer(folder: Path, also: Report | None = None) -> Report:
    """Return a report that appends events as JSON lines, adds the time left, and honours the cancel flag."""
    started = time.monotonic()

    def report(event: ProgressEvent) -> None:
        if (folder / CANCEL_FILE).exists():
            raise RunCancelled("Cancelled by the user.")
        elapsed = time.monotonic() - started
        if event.eta_s is None and event.fraction > 0.02:
            event = event.model_copy(update={"eta_s": round(elapsed * (1.0 - event.fraction) / event.fraction, 1)})
        append_event(folder, {"type": "progress", "elapsed_s": round(elapsed, 3), **event.model_dump()})
        if also is not None:
            also(event)

    return report

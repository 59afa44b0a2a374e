"""Executing one run folder: ``request.json`` and ``scenario.json`` in, a result and progress events out."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from itnt_core.disk import disk_sentence
from itnt_core.methods import ProgressEvent, Report, RunCancelled, interruptible, optimise
from itnt_core.results import SCENARIO_FILE, STOPPED_EARLY, Result, write_result
from itnt_core.scenario import read_scenario
from itnt_core.twin import KIND, read_twin

from .folder import CANCEL_FILE, append_event, read_request

if TYPE_CHECKING:
    from itnt_core.twin.result import TwinResult
    from itnt_core.twin.simulate import Progress


def execute(folder: Path, cache_dir: Path | None = None, report: Report | None = None) -> Result | TwinResult:
    """Execute the run of a folder, append its progress events there and save its result there.

    Stops with :class:`RunCancelled` at the next progress event once the folder holds a ``cancel`` flag; the method's
    best decision until then, if it has one, is saved first. This is what every launcher calls, on this machine or on a
    cluster.
    """
    append_event(folder, {"type": "attempt"})
    request = read_request(folder)
    tell = progress_writer(folder, report)
    if request.kind == KIND:
        return _share_spectrum(folder, request.method, tell, cache_dir)
    scenario = read_scenario(folder / SCENARIO_FILE, stored=True)
    result = optimise(scenario, request.method, request.seed, request.settings, tell, cache_dir, folder)
    write_result(folder, result)
    if result.manifest["status"] == STOPPED_EARLY:
        raise RunCancelled("Stopped early.")
    return result


def _share_spectrum(folder: Path, scheme: str, tell: Report, cache_dir: Path | None) -> TwinResult:
    """Roll a scheme out; one that is stopped keeps nothing, for its windows build on one another."""
    from itnt_core.twin.result import write_twin_result  # slow to import, and most runs are of the other kind
    from itnt_core.twin.run import run_scheme

    def report(progress: Progress) -> None:
        tell(_event(progress))

    with interruptible():
        result = run_scheme(read_twin(folder / SCENARIO_FILE, stored=True), scheme, report, cache_dir)
    write_twin_result(folder, result)
    return result


def _event(progress: Progress) -> ProgressEvent:
    step = progress.step
    return ProgressEvent(
        phase=step.phase if step else "roll-out",
        fraction=progress.cycle / progress.cycles,
        message=f"cycle {progress.cycle + 1} of {progress.cycles}, backlog {progress.backlog_mbit:.0f} Mbit",
        iteration=step.number if step else None,
        objective_mbit=step.backlog_mbit if step else None,
        metrics={"surrogate_mbit": step.surrogate_mbit, "binary_gap": step.binary_gap} if step else None,
    )


def progress_writer(folder: Path, also: Report | None = None) -> Report:
    """Return a report that appends events as JSON lines, adds the time left, and honours the cancel flag."""
    started = time.monotonic()

    def report(event: ProgressEvent) -> None:
        if (folder / CANCEL_FILE).exists():
            raise RunCancelled("Cancelled by the user.")
        elapsed = time.monotonic() - started
        if event.eta_s is None and event.fraction > 0.02:
            event = event.model_copy(update={"eta_s": round(elapsed * (1.0 - event.fraction) / event.fraction, 1)})
        try:
            append_event(folder, {"type": "progress", "elapsed_s": round(elapsed, 3), **event.model_dump()})
        except OSError as error:  # a full disk costs the line, not the hours of work behind it
            print(disk_sentence(error), file=sys.stderr)
        if also is not None:
            also(event)

    return report

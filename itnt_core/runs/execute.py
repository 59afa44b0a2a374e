"""Executing one run folder: ``request.json`` and ``scenario.json`` in, a result and progress events out."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from itnt_core.methods import STOPPED_EARLY, ProgressEvent, Report, RunCancelled, optimise
from itnt_core.results import SCENARIO_FILE, Result, save_result, write_text
from itnt_core.scenario import Scenario, dump_scenario, read_scenario

REQUEST_FILE, PROGRESS_FILE, CANCEL_FILE, LOG_FILE = "request.json", "progress.jsonl", "cancel", "log.txt"


class RunRequest(BaseModel):
    """What to do in a run folder, beside its scenario."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: int = Field(1, ge=1, le=1)
    method: str
    seed: int | None = Field(None, ge=0, le=2**32 - 1)
    settings: dict[str, JsonValue] = {}
    time_limit_s: float | None = Field(None, gt=0.0)


def write_request(folder: Path, scenario: Scenario, request: RunRequest) -> None:
    """Lay out a run folder: scenario and request."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    write_text(folder / SCENARIO_FILE, dump_scenario(scenario, "json"))
    write_text(folder / REQUEST_FILE, request.model_dump_json(indent=2) + "\n")


def read_request(folder: Path) -> RunRequest:
    """Read a run folder's request (pydantic's ValidationError or OSError when it is broken or missing)."""
    return RunRequest.model_validate_json((folder / REQUEST_FILE).read_text(encoding="utf-8"))


def execute(folder: Path, cache_dir: Path | None = None, report: Report | None = None) -> Result:
    """Execute the run of a folder, append its progress events there and save its result there.

    Stops with :class:`RunCancelled` at the next progress event once the folder holds a ``cancel`` flag; the method's
    best decision until then, if it has one, is saved first. This is what every launcher calls, on this machine or on a
    cluster.
    """
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


def append_event(folder: Path, event: Mapping[str, Any]) -> None:
    """Append one event to a run's progress file in a single write, so that readers never see half a line of it."""
    line = json.dumps(event, allow_nan=False) + "\n"
    handle = os.open(folder / PROGRESS_FILE, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(handle, line.encode())
    finally:
        os.close(handle)


def read_events(folder: Path, offset: int = 0) -> tuple[list[dict[str, Any]], int]:
    """Return the whole events after a byte offset, and the offset to go on from."""
    try:
        with (folder / PROGRESS_FILE).open("rb") as handle:
            handle.seek(offset)
            data = handle.read()
    except FileNotFoundError:
        return [], offset
    whole = data.rfind(b"\n") + 1
    events = [json.loads(line) for line in data[:whole].splitlines() if line.strip()]
    return events, offset + whole

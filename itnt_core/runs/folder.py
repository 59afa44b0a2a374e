"""A run's folder: what is asked, the progress events, the names of its files. Light to import, for quick starts."""

from __future__ import annotations

import json
import os
import signal
import socket
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from itnt_core.results import SCENARIO_FILE, write_text
from itnt_core.scenario import Scenario, dump_scenario
from itnt_core.twin import TwinScenario, dump_twin

from .processes import ProcessIdentity, is_alive

REQUEST_FILE, PROGRESS_FILE, CANCEL_FILE, LOG_FILE = "request.json", "progress.jsonl", "cancel", "log.txt"
CHILD_FILE = "child"
EXIT_FAILED, EXIT_CANCELLED = 1, 3  # of the process that computes a folder


class RunRequest(BaseModel):
    """What to do in a run folder, beside its scenario."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: int = Field(1, ge=1, le=1)
    kind: Literal["data service", "spectrum sharing"] = "data service"
    method: str  # or the scheme
    seed: int | None = Field(None, ge=0, le=2**32 - 1)
    settings: dict[str, JsonValue] = {}
    time_limit_s: float | None = Field(None, gt=0.0)


def write_request(folder: Path, scenario: Scenario | TwinScenario, request: RunRequest) -> None:
    """Lay out a run folder: scenario and request."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    text = dump_twin(scenario) if isinstance(scenario, TwinScenario) else dump_scenario(scenario, "json")
    write_text(folder / SCENARIO_FILE, text)
    write_text(folder / REQUEST_FILE, request.model_dump_json(indent=2) + "\n")


def read_request(folder: Path) -> RunRequest:
    """Read a run folder's request (pydantic's ValidationError or OSError when it is broken or missing)."""
    return RunRequest.model_validate_json((folder / REQUEST_FILE).read_text(encoding="utf-8"))


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


def cancel_reason(folder: Path) -> Literal["cancelled", "timed out"] | None:
    """Return why a run has been asked to stop, None when it has not."""
    try:
        text = (folder / CANCEL_FILE).read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    return "timed out" if text == "timed out" else "cancelled"


def note_child(folder: Path, child: ProcessIdentity) -> None:
    """Keep which process of which machine computes a folder, so that it can be ended if its worker is lost."""
    note = {"host": socket.gethostname(), "pid": child.pid, "started": child.started}
    write_text(folder / CHILD_FILE, json.dumps(note))


def end_processes(folder: Path, worker: ProcessIdentity) -> None:
    """Kill a lost run's worker and child on this machine, so that nobody else writes into its folder."""
    identities = [worker]
    try:
        note = json.loads((folder / CHILD_FILE).read_text(encoding="utf-8"))
        if note["host"] == socket.gethostname():
            identities.append(ProcessIdentity(int(note["pid"]), float(note["started"])))
    except (OSError, ValueError, KeyError, TypeError):
        pass  # it had not begun
    for identity in identities:
        if identity.pid != os.getpid() and is_alive(identity):
            try:
                os.killpg(identity.pid, signal.SIGKILL)  # both lead a group of their own
            except (ProcessLookupError, PermissionError):
                continue

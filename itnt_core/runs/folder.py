"""A run's folder: what is asked, who computes it, the names of its files. Light to import, for quick starts."""

from __future__ import annotations

import json
import socket
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError

from itnt_core.disk import disk_sentence, open_regular
from itnt_core.results import DATA_SERVICE, SCENARIO_FILE, keep_scenario, write_text
from itnt_core.studies import Question, Study, find_study, read_stored_question

from .events import PROGRESS_FILE, append_event, read_events
from .paths import RunStateError
from .processes import TOKEN, ProcessIdentity, command_of, end_process

REQUEST_FILE, CANCEL_FILE, LOG_FILE = "request.json", "cancel", "log.txt"
CHILD_FILE, CHILD_MODULE = "child", "itnt_core.runs.child"
EXIT_FAILED, EXIT_CANCELLED = 1, 3  # of the process that computes a folder
MOST_REQUEST_BYTES, MOST_NOTE_BYTES = 5_000_000, 10_000

__all__ = [
    "CANCEL_FILE",
    "CHILD_FILE",
    "CHILD_MODULE",
    "EXIT_CANCELLED",
    "EXIT_FAILED",
    "LOG_FILE",
    "PROGRESS_FILE",
    "REQUEST_FILE",
    "RunRequest",
    "append_event",
    "cancel_reason",
    "end_processes",
    "note_child",
    "read_asked",
    "read_events",
    "read_request",
    "write_request",
]


class RunRequest(BaseModel):
    """What to do in a run folder, beside its scenario."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: int = Field(1, ge=1, le=1)
    kind: str = Field(DATA_SERVICE, min_length=1, max_length=60)  # the name of the study
    method: str
    seed: int | None = Field(None, ge=0, le=2**32 - 1)
    settings: dict[str, JsonValue] = {}
    time_limit_s: float | None = Field(None, gt=0.0)


def write_request(folder: Path, question: Question, request: RunRequest) -> None:
    """Lay out a run folder: question and request. A result that is there stays readable until the new one is."""
    text = find_study(request.kind).format(question)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    keep_scenario(folder)
    write_text(folder / SCENARIO_FILE, text)
    write_text(folder / REQUEST_FILE, request.model_dump_json(indent=2) + "\n")


def read_request(folder: Path) -> RunRequest:
    """Read a run folder's request (RunStateError when it is broken or missing)."""
    try:
        return RunRequest.model_validate_json(_bounded(folder / REQUEST_FILE, MOST_REQUEST_BYTES))
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(map(str, first["loc"])) or "text"
        raise RunStateError(
            f"The request of this run cannot be read: its {where:.60} is wrong ({first['msg']:.100}). Start it anew."
        ) from error
    except OSError as error:
        raise RunStateError(f"The request of this run cannot be read: {disk_sentence(error)}") from error


def read_asked(folder: Path) -> tuple[RunRequest, Study, Question]:
    """Read what a run folder asks: RunStateError, ScenarioError, or StudyError where its study is not known here."""
    request = read_request(folder)
    study = find_study(request.kind)
    return request, study, read_stored_question(folder / SCENARIO_FILE, study)


def _bounded(path: Path, most: int) -> bytes:
    """Return the beginning of a file; what is longer than such a file ever is is cut, and so not read as one."""
    with open_regular(path) as handle:
        return handle.read(most)


def cancel_reason(folder: Path) -> Literal["cancelled", "timed out"] | None:
    """Return why a run has been asked to stop, None when it has not."""
    flag = folder / CANCEL_FILE
    if not flag.exists():
        return None
    try:
        return "timed out" if _bounded(flag, 100) == b"timed out" else "cancelled"
    except OSError:  # a flag that cannot be read is a flag
        return "cancelled"


def note_child(folder: Path, child: ProcessIdentity) -> None:
    """Keep which process of which machine computes a folder, so that it can be ended if its worker is lost."""
    note = {"host": socket.gethostname(), "pid": child.pid, "started": child.started, "token": child.token}
    write_text(folder / CHILD_FILE, json.dumps(note))


def end_processes(folder: Path, worker: ProcessIdentity) -> None:
    """Kill a lost run's worker and child on this machine, so that nobody else writes into its folder."""
    for identity in (worker, _noted_child(folder)):
        if identity is not None:
            end_process(identity)


def _noted_child(folder: Path) -> ProcessIdentity | None:
    """Return the process that the note names, if it is one of this machine that computes runs."""
    try:
        note = json.loads(_bounded(folder / CHILD_FILE, MOST_NOTE_BYTES))
    except (OSError, ValueError, RecursionError):  # it had not begun, or the note is damaged
        return None
    if not isinstance(note, dict) or note.get("host") != socket.gethostname():
        return None
    pid, started, token = note.get("pid"), note.get("started"), note.get("token")
    if not (isinstance(pid, int) and isinstance(started, str) and isinstance(token, str) and TOKEN.fullmatch(token)):
        return None
    child = ProcessIdentity(pid, started, token)
    return child if 1 < pid < 2**31 and CHILD_MODULE in command_of(pid) else None

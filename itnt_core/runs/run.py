"""A run as the store knows it, and what its states mean in words."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from typing import Any, Literal

from itnt_core.texts import cleaned

RunState = Literal["queued", "running", "done", "failed", "cancelled", "interrupted", "timed out"]
HERE = "here"  # the launcher that starts workers on this machine; any other is the address of a Dask scheduler
RESUMABLE: tuple[RunState, ...] = ("failed", "cancelled", "interrupted", "timed out")
STATE_WORDS: dict[RunState, str] = {
    "queued": "Waits for a free worker.",
    "running": "Is being computed.",
    "done": "Finished; its result is complete and was checked.",
    "failed": "Ended by an error; the message and the log tell which. Other runs are not touched.",
    "cancelled": "Stopped on request; the best decision until then is kept if there was one.",
    "interrupted": "Lost its worker: the machine or the worker process went away. Resume computes on.",
    "timed out": "Stopped at its time limit; the best decision until then is kept if there was one.",
}


@dataclass(frozen=True)
class Run:
    """One row of the store; times are Unix seconds."""

    id: str
    title: str
    kind: str
    method: str
    state: RunState
    progress: float
    message: str
    created: float
    started: float | None
    finished: float | None
    kpis: dict[str, Any] | None
    scenario_hash: str
    sweep: str | None = None
    case_number: int | None = None
    attempts: int = 0
    launcher: str = HERE
    work: float | None = None  # slots x users x stations x subchannels, times the training's length
    peak_mb: float | None = None
    deleted: float | None = None
    position: int | None = None  # in the queue, from 1

    @property
    def is_over(self) -> bool:
        """Say whether the run has reached one of its end states."""
        return self.state not in ("queued", "running")

    @property
    def wall_s(self) -> float | None:
        """Return the seconds from its last start to its end, None before both."""
        return self.finished - self.started if self.started and self.finished else None


_COLUMNS = tuple(name for name in Run.__dataclass_fields__ if name != "position")


def run_of(row: sqlite3.Row, position: int | None = None) -> Run:
    """Read a row."""
    values = {name: row[name] for name in _COLUMNS}
    values["title"] = cleaned(values["title"])  # what stands there from before such characters were refused
    return Run(**values | {"kpis": json.loads(row["kpis"]) if row["kpis"] else None, "position": position})

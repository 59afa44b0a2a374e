"""A run as the store knows it, and what its states mean in words."""

from __future__ import annotations

import json
import math
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from itnt_core.person import FIRST
from itnt_core.results import is_number
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
    spent_s: float | None = None  # from its last start to its end, by the steady clock
    subject: str | None = None  # what its title says of the question: what changed since the run before
    draft: str | None = None  # the kept scenario that it was asked from
    draft_revision: int | None = None
    owner: str = FIRST.id  # the person whose it is
    position: int | None = None  # in the queue, from 1

    @property
    def is_over(self) -> bool:
        """Say whether the run has reached one of its end states."""
        return self.state not in ("queued", "running")

    @property
    def duration_s(self) -> float | None:
        """Return the seconds from its last start to its end, None before both.

        They hold everything: reading, the computing time, the certified bound, writing.
        """
        if self.finished is None:
            return None
        if self.spent_s is not None:
            return self.spent_s
        return max(0.0, self.finished - self.started) if self.started else None  # a row of an older store

    @property
    def computing_s(self) -> float | None:
        """Return the seconds from the scenario to the judged answer, the figure ``wall_s`` of the result.

        World, method and judge; not the certified bound, which is the scenario's own and is found once for all methods.
        """
        value = (self.kpis or {}).get("wall_s")
        return float(value) if isinstance(value, int | float) and is_number(value) else None

    @property
    def time_words(self) -> str:
        """Say how long it took, '' where nothing is known: computing, and from its start to its end."""
        parts = []
        if self.computing_s is not None:
            parts.append(f"computed in {self.computing_s:.1f} s")
        if self.duration_s is not None:
            parts.append(f"whole run {self.duration_s:.1f} s")
        return ", ".join(parts)


def of_study(runs: Iterable[Run], name: str) -> list[Run]:
    """Return the runs of one kind of study, in their order."""
    return [run for run in runs if run.kind == name]


LATEST_S = 2.5e11  # Unix seconds; what lies after the year 9000 is no time of a run
_COLUMNS = tuple(name for name in Run.__dataclass_fields__ if name != "position")


def run_of(row: sqlite3.Row, position: int | None = None) -> Run:
    """Read a row; what is damaged in it costs itself."""
    values: dict[str, Any] = {name: row[name] for name in _COLUMNS}
    for name in ("title", "kind", "method", "message", "scenario_hash", "launcher", "owner"):
        values[name] = str(values[name])
    values["title"] = cleaned(values["title"])  # what stands there from before such characters were refused
    if values["state"] not in STATE_WORDS:
        values |= {"state": "failed", "message": "The store's entry of this run is damaged."}
    values["progress"] = min(1.0, max(0.0, _number(values["progress"]) or 0.0))
    values["created"] = _number(values["created"], LATEST_S) or 0.0
    for name in ("started", "finished", "deleted"):
        values[name] = _number(values[name], LATEST_S)
    for name in ("work", "peak_mb", "spent_s"):
        values[name] = _number(values[name])
    for name in ("subject", "draft"):
        values[name] = cleaned(values[name]) if isinstance(values[name], str) else None
    revision = values["draft_revision"]
    values["draft_revision"] = revision if isinstance(revision, int) else None
    return Run(**values | {"kpis": _figures(row["kpis"]), "position": position})


def _number(value: Any, most: float = math.inf) -> float | None:
    return float(value) if is_number(value) and abs(value) < most else None


def _figures(text: Any) -> dict[str, Any] | None:
    """Return the figures of a run; one that is no finite number where numbers stand is left out."""
    try:
        found = json.loads(text) if text else None
    except (TypeError, ValueError, RecursionError):
        return None
    if not isinstance(found, dict):
        return None
    texts = ("method", "scheme", "objective")
    return {key: value for key, value in found.items() if value is None or (is_number(value) != (key in texts))}

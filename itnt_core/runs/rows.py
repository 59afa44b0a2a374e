"""The statements of the run store: single rows, the queue, the ends of runs."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .clock import Moment, wall_s
from .folder import CANCEL_FILE
from .paths import UnknownRunError, checked_id
from .run import RunState

_OPEN = "state IN ('queued', 'running') AND deleted IS NULL"
_ORDER = "ORDER BY priority DESC, rowid"  # rows are counted; the times of day in them may have been set back
OPEN = f"SELECT id, owner, state, launcher FROM runs WHERE {_OPEN} {_ORDER}"  # noqa: S608 - constants


def row_of(connection: sqlite3.Connection, run_id: str, owner: str) -> sqlite3.Row:
    """Return the row of a run of a person; UnknownRunError where there is none, whether or not others have it."""
    checked_id(run_id)
    asked = "SELECT * FROM runs WHERE id = ? AND owner = ?"
    row: sqlite3.Row | None = connection.execute(asked, (run_id, owner)).fetchone()
    if row is None:
        raise UnknownRunError(f"There is no run {run_id} in this store.")
    return row


def open_rows(connection: sqlite3.Connection) -> list[sqlite3.Row]:
    """Return id, owner, state and launcher of all runs that wait or are computed, in the order in which they came."""
    return connection.execute(OPEN).fetchall()


def worker_count(connection: sqlite3.Connection, launcher: str) -> int:
    """Return how many workers of a launcher are on the list."""
    return int(connection.execute("SELECT COUNT(*) FROM workers WHERE launcher = ?", (launcher,)).fetchone()[0])


def runs_of_sweep(connection: sqlite3.Connection, sweep_id: str, owner: str) -> list[tuple[int, str, RunState]]:
    """Return (number of the case, id, state) of every run of a person's sweep that is not deleted."""
    statement = "SELECT case_number, id, state FROM runs WHERE sweep = ? AND owner = ? AND deleted IS NULL"
    rows = connection.execute(statement, (sweep_id, owner))
    return [(row["case_number"], row["id"], row["state"]) for row in rows]


def requeue(connection: sqlite3.Connection, folder: Path, run_id: str, launcher: str | None = None) -> None:
    """Put a run back into the queue, of another launcher if one is named."""
    (folder / CANCEL_FILE).unlink(missing_ok=True)
    connection.execute(
        "UPDATE runs SET state = 'queued', message = '', progress = 0, finished = NULL, spent_s = NULL,"
        " launcher = COALESCE(?, launcher) WHERE id = ?",
        (launcher, run_id),
    )


def beat_worker(connection: sqlite3.Connection, token: str) -> None:
    """Record that a worker is there."""
    now = Moment.now()
    connection.execute("UPDATE workers SET boot = ?, beat_s = ? WHERE token = ?", (now.boot, now.steady_s, token))


def begin(connection: sqlite3.Connection, run_id: str, worker: sqlite3.Row) -> sqlite3.Row:
    """Give a queued run to a worker; return its row."""
    now = Moment.now()
    connection.execute(
        "UPDATE runs SET state = 'running', message = 'Starting', attempts = attempts + 1, finished = NULL,"
        " spent_s = NULL, started = ?, boot = ?, begun_s = ?, beat_s = ?, worker_pid = ?, worker_identity = ?,"
        " worker_token = ? WHERE id = ?",
        (wall_s(), now.boot, now.steady_s, now.steady_s, worker["pid"], worker["started"], worker["token"], run_id),
    )
    row: sqlite3.Row = connection.execute("SELECT * FROM runs WHERE id = ?", (run_id,)).fetchone()
    return row


def finish(
    connection: sqlite3.Connection,
    run_id: str,
    state: RunState,
    message: str,
    kpis: Mapping[str, Any] | None = None,
    peak_mb: float | None = None,
) -> None:
    """Record the end of a run; how long it took is told by the steady clock."""
    row = connection.execute("SELECT boot, begun_s FROM runs WHERE id = ?", (run_id,)).fetchone()
    spent_s = Moment(row["boot"], row["begun_s"]).elapsed_s() if row["begun_s"] is not None else None
    connection.execute(
        "UPDATE runs SET state = ?, message = ?, finished = ?, spent_s = ?, kpis = COALESCE(?, kpis),"
        " peak_mb = COALESCE(?, peak_mb), progress = CASE WHEN ? = 'done' THEN 1 ELSE progress END WHERE id = ?",
        (state, message, wall_s(), spent_s, json.dumps(kpis) if kpis is not None else None, peak_mb, state, run_id),
    )

"""Runs that lost their worker: found without a lock, their processes ended, told at once and marked when possible."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from .clock import Moment
from .folder import cancel_reason, end_processes
from .processes import ProcessIdentity, end_process, is_alive, is_stopped
from .rows import finish, requeue
from .run import Run

SILENT_AFTER_S = 15.0  # a worker gives a sign of life every second; with the looks of a page, told within 20 s
MOST_ATTEMPTS = 2  # of a run of a sweep whose worker was lost: it is retried once by itself
GONE, SILENT = "Its worker process ended without a word.", "Its worker fell silent."
FolderOf = Callable[[sqlite3.Row], Path]  # of the run of a row
Lost = list[tuple[sqlite3.Row, str]]


def worker_of(row: sqlite3.Row) -> ProcessIdentity:
    """Return the worker of a running row; one of an older program has no identity and is never alive."""
    return ProcessIdentity(row["worker_pid"] or 0, row["worker_identity"] or "", row["worker_token"] or "")


def loss_of(row: sqlite3.Row) -> str | None:
    """Say what became of the worker of a running row, None while it is well."""
    if not is_alive(worker_of(row)):
        return GONE
    return SILENT if _is_silent(row) else None


def _is_silent(row: sqlite3.Row) -> bool:
    elapsed_s = Moment(row["boot"], row["beat_s"]).elapsed_s()
    return elapsed_s is None or elapsed_s > SILENT_AFTER_S


def has_lost_worker(row: sqlite3.Row) -> bool:
    """Say whether a row is that of a run which lost its worker."""
    return row["state"] == "running" and loss_of(row) is not None


def as_shown(run: Run, row: sqlite3.Row) -> Run:
    """Return a run as it is shown where its loss cannot be recorded now: a worker that stands still is lost, too."""
    if not has_lost_worker(row) or (loss_of(row) == SILENT and not is_stopped(row["worker_pid"])):
        return run
    return replace(run, state="interrupted", message=loss_of(row) or "")


def find_lost(connection: sqlite3.Connection) -> Lost:
    """Return the running rows that lost their worker, each with what became of it."""
    rows = connection.execute("SELECT * FROM runs WHERE state = 'running'").fetchall()
    return [(row, loss) for row in rows if (loss := loss_of(row)) is not None]


def end_lost_processes(lost: Lost, folder: FolderOf) -> None:
    """Kill what is left of lost runs: nobody else may compute them before."""
    for row, _ in lost:
        if has_lost_worker(row):
            end_processes(folder(row), worker_of(row))


def mark_lost(connection: sqlite3.Connection, lost: Lost, folder: FolderOf) -> None:
    """Record the ends of lost runs, unless somebody else has meanwhile. One of a sweep is retried once."""
    for known, loss in lost:
        row = connection.execute("SELECT * FROM runs WHERE state = 'running' AND id = ?", (known["id"],)).fetchone()
        if row is None or row["worker_token"] != known["worker_token"]:
            continue
        reason = cancel_reason(folder(row))
        if reason is not None:  # it was to end anyway
            finish(connection, row["id"], reason, "Stopped; its worker was lost meanwhile.")
        elif row["sweep"] is not None and row["attempts"] < MOST_ATTEMPTS:
            requeue(connection, folder(row), row["id"])
        else:
            finish(connection, row["id"], "interrupted", loss)
        connection.execute("DELETE FROM workers WHERE token = ?", (row["worker_token"],))


def drop_lost_workers(connection: sqlite3.Connection) -> None:
    """Take workers off the list that are gone, and end those that fell silent between two runs."""
    for row in connection.execute("SELECT * FROM workers").fetchall():
        worker = ProcessIdentity(row["pid"], row["started"], row["token"])
        if is_alive(worker) and not _is_silent(row):
            continue
        end_process(worker)
        connection.execute("DELETE FROM workers WHERE token = ?", (row["token"],))

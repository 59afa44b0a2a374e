"""The run store: a SQLite table beside the run folders."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from itnt_core.methods import find_method, read_settings
from itnt_core.scenario import Scenario

from .execute import CANCEL_FILE, RunRequest, read_events, write_request
from .paths import RUN_ID, UnknownRunError, data_root, new_run_id, run_folder
from .processes import ProcessIdentity, is_alive

RunState = Literal["queued", "running", "done", "failed", "cancelled", "interrupted", "timed out"]
SCHEMA_VERSION = 1
SILENT_AFTER_S = 20.0
_SCHEMA = """
CREATE TABLE runs (
    id TEXT PRIMARY KEY, title TEXT NOT NULL, kind TEXT NOT NULL, method TEXT NOT NULL, state TEXT NOT NULL,
    priority INTEGER NOT NULL DEFAULT 0, created REAL NOT NULL, started REAL, heartbeat REAL, finished REAL,
    progress REAL NOT NULL DEFAULT 0, message TEXT NOT NULL DEFAULT '', kpis TEXT, scenario_hash TEXT NOT NULL,
    worker_pid INTEGER, worker_started REAL, worker_token TEXT
);
CREATE INDEX runs_by_state ON runs (state, priority DESC, created);
"""


class StoreError(RuntimeError):
    """A store this program cannot use."""


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

    @property
    def is_over(self) -> bool:
        """Say whether the run has reached one of its end states."""
        return self.state not in ("queued", "running")


# Named here because inside the class `list` is the method.
Runs = list[Run]
Events = list[dict[str, Any]]


class RunStore:
    """Runs of one data root. Every call opens its own connection, so threads and processes may share a store."""

    def __init__(self, root: Path | None = None):
        self.root = data_root() if root is None else root
        self.root.mkdir(parents=True, exist_ok=True, mode=0o700)
        with self.connection() as connection:
            _prepare(connection)

    @contextmanager
    def connection(self) -> Iterator[sqlite3.Connection]:
        """Yield a connection inside one immediate transaction, committed on success and closed always."""
        connection = sqlite3.connect(self.root / "runs.sqlite", timeout=30.0, isolation_level=None)
        try:
            connection.row_factory = sqlite3.Row
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
            except BaseException:
                connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")
        finally:
            connection.close()

    def folder(self, run_id: str) -> Path:
        """Return the folder of a run (UnknownRunError for anything that is not a run id)."""
        return run_folder(self.root, run_id)

    def submit(
        self,
        scenario: Scenario,
        method: str = "straight",
        seed: int | None = None,
        settings: Mapping[str, Any] | None = None,
        title: str = "",
        time_limit_s: float | None = None,
    ) -> str:
        """Queue a run and return its id; :meth:`launch` starts it. SettingsError for a wrong method or setting."""
        chosen = find_method(method)
        checked = read_settings(chosen, settings or {}).model_dump(mode="json")
        request = RunRequest(method=method, seed=seed, settings=checked, time_limit_s=time_limit_s)
        run_id = new_run_id()
        write_request(self.folder(run_id), scenario, request)
        row = (run_id, title[:120] or f"{scenario.name}, {chosen.title}", "data service", method, time.time())
        with self.connection() as connection:
            connection.execute(
                "INSERT INTO runs (id, title, kind, method, state, created, scenario_hash)"
                " VALUES (?, ?, ?, ?, 'queued', ?, ?)",
                (*row, scenario.content_hash()),
            )
        return run_id

    def launch(self) -> None:
        """Start a detached worker process; it leaves by itself when the queue is empty or enough workers run."""
        from .worker import start_worker  # the worker module imports this one

        start_worker(self.root)

    def list(self) -> Runs:
        """Return all runs, newest first, after marking silent ones as interrupted."""
        self.mark_interrupted()
        with self.connection() as connection:
            rows = connection.execute("SELECT * FROM runs ORDER BY created DESC").fetchall()
        return [_run(row) for row in rows]

    def get(self, run_id: str) -> Run:
        """Return one run (UnknownRunError when there is none)."""
        self.folder(run_id)
        self.mark_interrupted()
        with self.connection() as connection:
            row = connection.execute("SELECT * FROM runs WHERE id = ?", (run_id,)).fetchone()
        if row is None:
            raise UnknownRunError(f"There is no run {run_id} in this store.")
        return _run(row)

    def events(self, run_id: str, offset: int = 0) -> tuple[Events, int]:
        """Return the progress events of a run after a byte offset, and the offset to go on from."""
        return read_events(self.folder(run_id), offset)

    def cancel(self, run_id: str) -> None:
        """Ask a run to stop: a queued one is cancelled at once, a running one by its worker within seconds."""
        folder = self.folder(run_id)
        with self.connection() as connection:
            row = connection.execute("SELECT state FROM runs WHERE id = ?", (run_id,)).fetchone()
            if row is None:
                raise UnknownRunError(f"There is no run {run_id} in this store.")
            if row["state"] == "queued":
                _finish(connection, run_id, "cancelled", "Cancelled before it started.", None)
            elif row["state"] == "running":
                (folder / CANCEL_FILE).touch()

    def claim(self, worker: ProcessIdentity, token: str, limit: int) -> Run | None:
        """Claim the next queued run for a worker, unless as many runs as allowed are running."""
        self.mark_interrupted()
        with self.connection() as connection:
            running = connection.execute("SELECT COUNT(*) FROM runs WHERE state = 'running'").fetchone()[0]
            row = connection.execute(
                "SELECT * FROM runs WHERE state = 'queued' ORDER BY priority DESC, created, id LIMIT 1"
            ).fetchone()
            if running >= limit or row is None:
                return None
            now = time.time()
            connection.execute(
                "UPDATE runs SET state = 'running', started = ?, heartbeat = ?, worker_pid = ?, worker_started = ?,"
                " worker_token = ? WHERE id = ?",
                (now, now, worker.pid, worker.started, token, row["id"]),
            )
        return _run(row)

    def beat(self, run_id: str, token: str, progress: float, message: str) -> bool:
        """Record a sign of life and progress; return False when the run is no longer this worker's."""
        with self.connection() as connection:
            changed = connection.execute(
                "UPDATE runs SET heartbeat = ?, progress = ?, message = ?"
                " WHERE id = ? AND worker_token = ? AND state = 'running'",
                (time.time(), progress, message, run_id, token),
            )
        return changed.rowcount == 1

    def finish(
        self, run_id: str, token: str, state: RunState, message: str, kpis: Mapping[str, Any] | None = None
    ) -> None:
        """Record the end of a run, if it still belongs to the worker with this token."""
        with self.connection() as connection:
            row = connection.execute("SELECT worker_token, state FROM runs WHERE id = ?", (run_id,)).fetchone()
            if row is not None and row["worker_token"] == token and row["state"] == "running":
                _finish(connection, run_id, state, message, kpis)

    def mark_interrupted(self) -> None:
        """Mark running rows whose worker is gone or silent: a run is never a ghost."""
        now = time.time()
        with self.connection() as connection:
            for row in connection.execute("SELECT * FROM runs WHERE state = 'running'").fetchall():
                alive = is_alive(ProcessIdentity(row["worker_pid"], row["worker_started"]))
                if not alive or now - row["heartbeat"] > SILENT_AFTER_S:
                    message = "Its worker process ended without a word." if not alive else "Its worker fell silent."
                    _finish(connection, row["id"], "interrupted", message, None)


def _prepare(connection: sqlite3.Connection) -> None:
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if version > SCHEMA_VERSION:
        raise StoreError(
            f"The run store has version {version}, but this program reads up to {SCHEMA_VERSION}: update ITNT Studio."
        )
    if version == 0:
        for statement in _SCHEMA.strip().split(";"):
            if statement.strip():
                connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")


def _finish(
    connection: sqlite3.Connection, run_id: str, state: RunState, message: str, kpis: Mapping[str, Any] | None
) -> None:
    connection.execute(
        "UPDATE runs SET state = ?, message = ?, finished = ?, kpis = ?,"
        " progress = CASE WHEN ? = 'done' THEN 1 ELSE progress END WHERE id = ?",
        (state, message, time.time(), json.dumps(kpis) if kpis is not None else None, state, run_id),
    )


def _run(row: sqlite3.Row) -> Run:
    return Run(
        id=row["id"],
        title=row["title"],
        kind=row["kind"],
        method=row["method"],
        state=row["state"],
        progress=row["progress"],
        message=row["message"],
        created=row["created"],
        started=row["started"],
        finished=row["finished"],
        kpis=json.loads(row["kpis"]) if row["kpis"] else None,
        scenario_hash=row["scenario_hash"],
    )


__all__ = ["RUN_ID", "Run", "RunState", "RunStore", "StoreError"]

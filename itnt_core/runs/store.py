"""The run store: a SQLite table beside the run folders."""

from __future__ import annotations

import json
import shutil
import sqlite3
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from itnt_core.scenario import Scenario
from itnt_core.scenario.problems import shown
from itnt_core.texts import cleaned, name_problem
from itnt_core.twin import TwinScenario
from itnt_core.twin.names import SCHEME_TITLES, find_scheme

from .costs import twin_work_of, work_of
from .folder import CANCEL_FILE, RunRequest, cancel_reason, end_processes, read_events, write_request
from .launchers import default_launcher, most_workers
from .paths import RunStateError, UnknownRunError, checked_id, data_root, new_run_id, run_folder
from .processes import ProcessIdentity, is_alive
from .run import HERE, RESUMABLE, Run, RunState, run_of
from .schema import StoreError, prepare

SILENT_AFTER_S = 20.0
MOST_TITLE = 120  # characters
MOST_ATTEMPTS = 2  # of a run of a sweep whose worker was lost: it is retried once by itself

# Named here because inside the class `list` is the method.
Runs = list[Run]
Events = list[dict[str, Any]]
SweepRow = tuple[str, str, float, str]


class RunStore:
    """Runs of one data root. Every call opens its own connection, so threads and processes may share a store."""

    def __init__(self, root: Path | None = None):
        self.root = data_root() if root is None else root
        self.root.mkdir(parents=True, exist_ok=True, mode=0o700)
        with self.connection() as connection:
            prepare(connection)

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
        launcher: str | None = None,
        case: tuple[str, int] | None = None,
    ) -> str:
        """Queue a run and return its id; :meth:`launch` starts it. SettingsError for a wrong method or setting,
        LauncherError for a launcher that cannot be.

        ``launcher`` is ``here`` or the address of a Dask scheduler, by default what the environment says; ``case``
        names the sweep the run belongs to and its number there (RunStateError when that one is there already).
        """
        from itnt_core.methods import find_method, read_settings  # slow to import, and workers only take from the queue

        chosen = find_method(method)
        checked = read_settings(chosen, settings or {})
        request = RunRequest(
            method=method, seed=seed, settings=checked.model_dump(mode="json"), time_limit_s=time_limit_s
        )
        title = title or f"{scenario.name}, {chosen.title}"
        return self._queue(scenario, request, title, work_of(scenario, checked), launcher, case)

    def submit_twin(
        self,
        scenario: TwinScenario,
        scheme: str,
        title: str = "",
        time_limit_s: float | None = None,
        launcher: str | None = None,
    ) -> str:
        """Queue a run of spectrum sharing and return its id. SchemeError, LauncherError as in :meth:`submit`."""
        title = title or f"{scenario.name}, {SCHEME_TITLES[find_scheme(scheme)]}"
        request = RunRequest(kind="spectrum sharing", method=scheme, seed=scenario.seed, time_limit_s=time_limit_s)
        return self._queue(scenario, request, title, twin_work_of(scenario), launcher)

    def _queue(
        self,
        scenario: Scenario | TwinScenario,
        request: RunRequest,
        title: str,
        work: float,
        launcher: str | None,
        case: tuple[str, int] | None = None,
    ) -> str:
        """Lay out the folder of a run and put it into the queue."""
        launcher = launcher or default_launcher()  # a wrong one leaves no folder behind
        title = _checked_title(title)
        run_id = new_run_id()
        write_request(self.folder(run_id), scenario, request)
        row = {
            "id": run_id, "title": title, "kind": request.kind, "method": request.method, "state": "queued",
            "created": time.time(), "scenario_hash": scenario.content_hash(), "launcher": launcher, "work": work,
            "sweep": case and case[0], "case_number": case and case[1],
        }  # fmt: skip
        with self.connection() as connection:
            names, marks = ", ".join(row), ", ".join("?" * len(row))
            try:
                connection.execute(f"INSERT INTO runs ({names}) VALUES ({marks})", tuple(row.values()))  # noqa: S608 - own names
            except sqlite3.IntegrityError as error:
                shutil.rmtree(self.folder(run_id), ignore_errors=True)
                raise RunStateError("This case of the sweep is queued already.") from error
        return run_id

    def launch(self) -> None:
        """Start the detached workers that the queue needs; they leave by themselves when it is empty."""
        from .worker import start_worker  # the worker module imports this one

        self.mark_interrupted()
        for launcher, missing in self._missing_workers().items():
            for _ in range(missing):
                start_worker(self.root, launcher)

    def _missing_workers(self) -> dict[str, int]:
        with self.connection() as connection:
            _drop_dead_workers(connection)
            open_runs = connection.execute(
                "SELECT launcher, COUNT(*), SUM(state = 'queued') FROM runs"
                " WHERE state IN ('queued', 'running') AND deleted IS NULL GROUP BY launcher"
            ).fetchall()
            return {  # a worker that computes does not take from the queue
                launcher: min(count, most_workers(launcher)) - _worker_count(connection, launcher)
                for launcher, count, queued in open_runs
                if queued
            }

    def list(self, *, deleted: bool = False) -> Runs:
        """Return all runs, newest first, after marking those that lost their worker; or the deleted ones."""
        self.mark_interrupted()
        which = "deleted IS NOT NULL" if deleted else "deleted IS NULL"
        with self.connection() as connection:
            rows = connection.execute(f"SELECT * FROM runs WHERE {which} ORDER BY created DESC, id").fetchall()  # noqa: S608
            queue = connection.execute(_QUEUE).fetchall()
        positions = {row["id"]: number for number, row in enumerate(queue, start=1)}
        return [run_of(row, positions.get(row["id"])) for row in rows]

    def get(self, run_id: str) -> Run:
        """Return one run (UnknownRunError when there is none)."""
        self.mark_interrupted()
        with self.connection() as connection:
            return run_of(_row(connection, run_id))

    def events(self, run_id: str, offset: int = 0) -> tuple[Events, int]:
        """Return the progress events of a run's last attempt after a byte offset, and the offset to go on from."""
        events, offset = read_events(self.folder(run_id), offset)
        starts = [number for number, event in enumerate(events) if event.get("type") == "attempt"]
        return events[starts[-1] + 1 :] if starts else events, offset

    def rename(self, run_id: str, title: str) -> None:
        """Give a run another title; an empty one is refused (RunStateError)."""
        title = _checked_title(title)
        with self.connection() as connection:
            _row(connection, run_id)
            connection.execute("UPDATE runs SET title = ? WHERE id = ?", (title, run_id))

    def cancel(self, run_id: str) -> None:
        """Ask a run to stop: a queued one is cancelled at once, a running one by its worker within seconds."""
        folder = self.folder(run_id)
        with self.connection() as connection:
            row = _row(connection, run_id)
            if row["state"] == "queued":
                _finish(connection, run_id, "cancelled", "Cancelled before it started.", None, None)
            elif row["state"] == "running":
                (folder / CANCEL_FILE).touch()

    def resume(self, run_id: str, launcher: str | None = None) -> None:
        """Queue a run again that ended without finishing; a training goes on from its checkpoint.

        ``launcher`` computes it elsewhere than before. RunStateError when it is not in such a state, or deleted.
        """
        with self.connection() as connection:
            row = _row(connection, run_id)
            if row["deleted"] is not None:
                raise RunStateError("The run is deleted: restore it before it is resumed.")
            if row["state"] not in RESUMABLE:
                raise RunStateError(
                    f"The run is {row['state']}: only one that failed, was cancelled, interrupted or timed out can be "
                    "resumed."
                )
            _requeue(connection, self.folder(run_id), run_id)
            if launcher is not None:
                connection.execute("UPDATE runs SET launcher = ? WHERE id = ?", (launcher, run_id))

    def delete(self, run_id: str) -> None:
        """Hide a run; :meth:`restore` brings it back until it is purged. RunStateError while it is being computed."""
        with self.connection() as connection:
            if _row(connection, run_id)["state"] == "running":
                raise RunStateError("The run is being computed: cancel it before deleting it.")
            connection.execute("UPDATE runs SET deleted = ? WHERE id = ?", (time.time(), run_id))

    def restore(self, run_id: str) -> None:
        """Bring a deleted run back (RunStateError when its sweep has another in its place)."""
        with self.connection() as connection:
            _row(connection, run_id)
            try:
                connection.execute("UPDATE runs SET deleted = NULL WHERE id = ?", (run_id,))
            except sqlite3.IntegrityError as error:
                raise RunStateError("The sweep of this run has queued another in its place.") from error

    def save_sweep(self, sweep_id: str, title: str, spec: str) -> None:
        """Keep the specification of a sweep; the same one again changes nothing."""
        with self.connection() as connection:
            connection.execute(
                "INSERT OR IGNORE INTO sweeps (id, title, created, spec) VALUES (?, ?, ?, ?)",
                (sweep_id, title, time.time(), spec),
            )

    def sweeps(self) -> Sequence[SweepRow]:
        """Return id, title, time and specification of all sweeps, newest first."""
        with self.connection() as connection:
            rows = connection.execute("SELECT id, title, created, spec FROM sweeps ORDER BY created DESC").fetchall()
        return [(row["id"], cleaned(row["title"]), row["created"], row["spec"]) for row in rows]

    def enter_worker(self, worker: ProcessIdentity, token: str, launcher: str) -> bool:
        """Register a worker, unless as many as allowed are already there."""
        with self.connection() as connection:
            _drop_dead_workers(connection)
            if _worker_count(connection, launcher) >= most_workers(launcher):
                return False
            row = (token, worker.pid, worker.started, launcher)
            connection.execute("INSERT INTO workers (token, pid, started, launcher) VALUES (?, ?, ?, ?)", row)
        return True

    def leave_worker(self, token: str) -> None:
        """Take a worker off the list."""
        with self.connection() as connection:
            connection.execute("DELETE FROM workers WHERE token = ?", (token,))

    def claim(self, token: str, *, stay: bool = False) -> Run | None:
        """Claim the next queued run for a registered worker; without one it is taken off the list, unless it stays.

        Both happen in one transaction: a run queued meanwhile either is claimed or finds no worker and starts one.
        """
        self.mark_interrupted()
        with self.connection() as connection:
            worker = connection.execute("SELECT * FROM workers WHERE token = ?", (token,)).fetchone()
            row = worker and connection.execute(_NEXT, (worker["launcher"],)).fetchone()
            if row is None:
                if not stay:
                    connection.execute("DELETE FROM workers WHERE token = ?", (token,))
                return None
            now = time.time()
            connection.execute(
                "UPDATE runs SET state = 'running', message = 'Starting', attempts = attempts + 1, finished = NULL,"
                " started = ?, heartbeat = ?, worker_pid = ?, worker_started = ?, worker_token = ? WHERE id = ?",
                (now, now, worker["pid"], worker["started"], token, row["id"]),
            )
            return run_of(_row(connection, row["id"]))

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
        self,
        run_id: str,
        token: str,
        state: RunState,
        message: str,
        kpis: Mapping[str, Any] | None = None,
        peak_mb: float | None = None,
    ) -> None:
        """Record the end of a run, if it still belongs to the worker with this token."""
        with self.connection() as connection:
            row = connection.execute("SELECT worker_token, state FROM runs WHERE id = ?", (run_id,)).fetchone()
            if row is not None and row["worker_token"] == token and row["state"] == "running":
                _finish(connection, run_id, state, message, kpis, peak_mb)

    def mark_interrupted(self) -> None:
        """Mark running rows whose worker is gone or silent: a run is never a ghost. One of a sweep is retried once."""
        now = time.time()
        with self.connection() as connection:
            for row in connection.execute("SELECT * FROM runs WHERE state = 'running'").fetchall():
                alive = is_alive(ProcessIdentity(row["worker_pid"], row["worker_started"]))
                if alive and now - row["heartbeat"] <= SILENT_AFTER_S:
                    continue
                folder = self.folder(row["id"])
                end_processes(folder, ProcessIdentity(row["worker_pid"], row["worker_started"]))
                connection.execute("DELETE FROM workers WHERE token = ?", (row["worker_token"],))
                reason = cancel_reason(folder)
                if reason is not None:  # it was to end anyway
                    _finish(connection, row["id"], reason, "Stopped; its worker was lost meanwhile.", None, None)
                elif row["sweep"] is not None and row["attempts"] < MOST_ATTEMPTS:
                    _requeue(connection, folder, row["id"])
                else:
                    message = "Its worker fell silent." if alive else "Its worker process ended without a word."
                    _finish(connection, row["id"], "interrupted", message, None, None)


_QUEUED = "state = 'queued' AND deleted IS NULL"
_ORDER = "ORDER BY priority DESC, created, id"
_QUEUE = f"SELECT * FROM runs WHERE {_QUEUED} {_ORDER}"  # noqa: S608 - constants
_NEXT = f"SELECT * FROM runs WHERE {_QUEUED} AND launcher = ? {_ORDER} LIMIT 1"  # noqa: S608 - constants


def _checked_title(title: str) -> str:
    """Return a title in one line, at most 120 characters of it (RunStateError when nothing is left, or it hides)."""
    title = " ".join(title.split())[:MOST_TITLE]
    if not title:
        raise RunStateError("The title is empty: write what the run shall be called.")
    if problem := name_problem(title):
        raise RunStateError(f"The title is {shown(title)}, but {problem}: remove it.")
    return title


def _row(connection: sqlite3.Connection, run_id: str) -> sqlite3.Row:
    checked_id(run_id)
    row: sqlite3.Row | None = connection.execute("SELECT * FROM runs WHERE id = ?", (run_id,)).fetchone()
    if row is None:
        raise UnknownRunError(f"There is no run {run_id} in this store.")
    return row


def _drop_dead_workers(connection: sqlite3.Connection) -> None:
    for row in connection.execute("SELECT token, pid, started FROM workers").fetchall():
        if not is_alive(ProcessIdentity(row["pid"], row["started"])):
            connection.execute("DELETE FROM workers WHERE token = ?", (row["token"],))


def _worker_count(connection: sqlite3.Connection, launcher: str) -> int:
    return int(connection.execute("SELECT COUNT(*) FROM workers WHERE launcher = ?", (launcher,)).fetchone()[0])


def _requeue(connection: sqlite3.Connection, folder: Path, run_id: str) -> None:
    (folder / CANCEL_FILE).unlink(missing_ok=True)
    connection.execute(
        "UPDATE runs SET state = 'queued', message = '', progress = 0, finished = NULL WHERE id = ?",
        (run_id,),
    )


def _finish(
    connection: sqlite3.Connection,
    run_id: str,
    state: RunState,
    message: str,
    kpis: Mapping[str, Any] | None,
    peak_mb: float | None,
) -> None:
    connection.execute(
        "UPDATE runs SET state = ?, message = ?, finished = ?, kpis = COALESCE(?, kpis),"
        " peak_mb = COALESCE(?, peak_mb), progress = CASE WHEN ? = 'done' THEN 1 ELSE progress END WHERE id = ?",
        (state, message, time.time(), json.dumps(kpis) if kpis is not None else None, peak_mb, state, run_id),
    )


__all__ = ["HERE", "Run", "RunState", "RunStore", "StoreError"]

"""The run store: a SQLite table beside the run folders."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, suppress
from copy import copy
from dataclasses import replace
from pathlib import Path
from typing import Any

from itnt_core.cores import usable_cores
from itnt_core.data_folder import PEOPLE, common_root, home_of, home_path
from itnt_core.disk import disk_sentence
from itnt_core.person import FIRST, checked_person_id, who_asks
from itnt_core.studies import Question
from itnt_core.texts import cleaned

from .clock import Moment, wall_s
from .database import Database
from .folder import CANCEL_FILE, read_events
from .launchers import default_launcher, most_workers
from .losses import as_shown, drop_lost_workers, end_lost_processes, find_lost, has_lost_worker, mark_lost
from .paths import RunStateError, UnknownRunError, cache_folder, checked_id, run_folder
from .processes import ProcessIdentity
from .queueing import Order, folders_of, insert_orders, make_order
from .quotas import Quotas, add_computed, in_turn, take_turn, used_mb
from .rows import beat_worker, begin, finish, requeue, row_of, runs_of_sweep, worker_count
from .run import HERE, RESUMABLE, Run, RunState, run_of
from .schema import StoreError
from .starting import start_worker
from .titles import checked_title, numbered

QUEUE_TRIES = 3  # of a free name for a new run

# Named here because inside the class `list` is the method.
Runs = list[Run]
Rows = list[sqlite3.Row]
Events = list[dict[str, Any]]
SweepRow = tuple[str, str, float, str]


class RunStore:
    """The runs of one person in a data root. Every call opens its own connection: threads and processes may share it.

    All runs of a root stand in one table, since one queue serves all; what a person looks at or does reaches only runs
    of their own, and every other id is as unknown as one that nobody has. The calls of workers serve all:
    :meth:`launch`, :meth:`enter_worker`, :meth:`leave_worker`, :meth:`claim`, :meth:`beat`, :meth:`finish`,
    :meth:`mark_interrupted`, :meth:`folder_of` and :meth:`home_of`.

    Every call may raise StoreError: a store that is damaged, locked, read-only, or on a full disk. Looking never waits
    for one who writes.
    """

    def __init__(self, root: Path | None = None, owner: str | None = None, *, read_only: bool = False):
        """Open the store of a data root for a person.

        Without a root it is this program's, for who asks; with one the ``owner`` is the first person unless given. One
        that is ``read_only`` changes nothing of that person's: for others, after it was checked that they may look.
        """
        asks = FIRST.id if root is not None else who_asks().id if owner is None else owner
        self.owner = checked_person_id(asks if owner is None else owner)
        self.root = common_root() if root is None else root
        self.is_read_only = read_only
        try:
            self.root.mkdir(parents=True, exist_ok=True, mode=0o700)
            self.home = home_path(self.root, self.owner) if read_only else home_of(self.root, self.owner)
        except (OSError, ValueError) as error:
            raise StoreError(f"The run store cannot be made: {disk_sentence(error, self.root)}") from error
        self._database = Database(self.root)
        self._database.prepare()

    def connection(self) -> AbstractContextManager[sqlite3.Connection]:
        """Return a connection inside one short transaction that may write, as a context (StoreError)."""
        if self.is_read_only:
            raise StoreError("This run belongs to somebody else: copy it to have one of your own.")
        return self._database.writing()

    def _reading(self) -> AbstractContextManager[sqlite3.Connection]:
        return self._database.reading()

    def folder(self, run_id: str) -> Path:
        """Return the folder of a run (UnknownRunError for anything that is not a run id)."""
        return run_folder(self.home, run_id)

    def of(self, owner: str, *, read_only: bool) -> RunStore:
        """Return the store of another person in the same data root; who asks for it has checked that they may."""
        other = copy(self)
        other.owner, other.is_read_only = checked_person_id(owner), read_only
        other.home = home_path(self.root, owner) if read_only else home_of(self.root, owner)
        return other

    def home_of(self, run: Run) -> Path:
        """Return the home of the person whose a run is, for those who compute it."""
        return home_of(self.root, run.owner)

    def folder_of(self, run: Run) -> Path:
        """Return the folder of a run, whosoever it is, for those who compute it."""
        return run_folder(home_path(self.root, run.owner), run.id)

    def _folder_of_row(self, row: sqlite3.Row) -> Path:
        return run_folder(home_path(self.root, row["owner"]), row["id"])

    def submit(
        self,
        question: Question,
        method: str = "",
        seed: int | None = None,
        settings: Mapping[str, Any] | None = None,
        title: str = "",
        time_limit_s: float | None = None,
        launcher: str | None = None,
        case: tuple[str, int] | None = None,
        draft: tuple[str, int] | None = None,
    ) -> str:
        """Queue a run of a question of any study and return its id; :meth:`launch` starts it. The study's own error
        for a wrong method or setting, LauncherError for a launcher that cannot be.

        ``method`` is the study's first unless given; ``launcher`` is ``here`` or the address of a Dask scheduler, by
        default what the environment says; ``case`` names the sweep the run belongs to and its number there
        (RunStateError when that one is there already); ``draft`` is id and revision of the kept scenario that is asked.
        Without a title the run is named by what changed since the run before; one that is taken gets a number.
        """
        order = make_order(question, method, seed, settings, title, time_limit_s, case)
        if draft is not None:
            order = replace(order, draft=draft[0], draft_revision=draft[1])
        if not title and case is None:
            order = self._named(order)
        launcher = launcher or default_launcher()
        try:
            with folders_of(self.home, [order]) as (run_id,), self.connection() as connection:
                self._check_quota(connection, 1)
                insert_orders(connection, [run_id], [order], launcher, self.owner)
        except sqlite3.IntegrityError as error:
            raise RunStateError("This case of the sweep is queued already.") from error
        return run_id

    def _check_quota(self, connection: sqlite3.Connection, count: int) -> None:
        """Raise QuotaError where this person may not queue so many more runs."""
        quotas = Quotas.now()
        disk_mb = used_mb(self.home, self.root / PEOPLE) if quotas.disk_mb is not None else 0.0
        quotas.check_order(connection, self.owner, count, disk_mb)

    def _named(self, order: Order) -> Order:
        from .naming import named  # what it looks at is slow to import, and workers name nothing

        return named(order, self.list(), self.folder, cache_folder(self.home))

    def submit_sweep(self, sweep: tuple[str, str, str], orders: Sequence[Order], launcher: str | None = None) -> int:
        """Keep a sweep (id, title, specification) and queue what is missing of it; return how many runs that are.

        All of it or nothing: finished runs and those that are at work stay, unfinished ones are queued again.
        """
        launcher = launcher or default_launcher()
        for _ in range(QUEUE_TRIES):
            with suppress(sqlite3.IntegrityError):  # someone else has queued the same sweep at this moment
                return self._queue_missing(sweep, orders, launcher)
        raise RunStateError("This sweep is being queued by others at this moment: look again.")

    def _queue_missing(self, sweep: tuple[str, str, str], orders: Sequence[Order], launcher: str) -> int:
        with self._reading() as connection:
            known = {(sweep[0], number) for number, _, _ in runs_of_sweep(connection, sweep[0], self.owner)}
        missing = [order for order in orders if order.case not in known]
        with folders_of(self.home, missing) as ids, self.connection() as connection:
            connection.execute(
                "INSERT OR IGNORE INTO sweeps (owner, id, title, spec, created) VALUES (?, ?, ?, ?, ?)",
                (self.owner, *sweep, wall_s()),
            )
            again = [
                run_id for _, run_id, state in runs_of_sweep(connection, sweep[0], self.owner) if state in RESUMABLE
            ]
            self._check_quota(connection, len(again) + len(missing))
            for run_id in again:
                requeue(connection, self.folder(run_id), run_id, launcher)
            insert_orders(connection, ids, missing, launcher, self.owner)
        return len(again) + len(missing)

    def launch(self) -> None:
        """Start the detached workers that the queue needs; they leave by themselves when it is empty."""
        self.mark_interrupted(patient=False)
        for launcher, missing in self._missing_workers().items():
            for _ in range(missing):
                try:
                    start_worker(self.root, launcher)
                except OSError as error:
                    raise StoreError(f"No worker can be started: {disk_sentence(error)}") from error

    def _missing_workers(self) -> dict[str, int]:
        with self._reading() as connection:
            if connection.execute("SELECT 1 FROM runs WHERE state = 'queued' AND deleted IS NULL").fetchone() is None:
                return {}
        with self._database.writing(patient=False) as connection:
            drop_lost_workers(connection)
            open_runs = connection.execute(
                "SELECT launcher, COUNT(*), SUM(state = 'queued') FROM runs"
                " WHERE state IN ('queued', 'running') AND deleted IS NULL GROUP BY launcher"
            ).fetchall()
            return {  # a worker that computes does not take from the queue
                launcher: min(count, most_workers(launcher)) - worker_count(connection, launcher)
                for launcher, count, queued in open_runs
                if queued and Quotas.now().next_run(connection, launcher)
            }

    def list(self, *, deleted: bool = False) -> Runs:
        """Return all runs, newest first, with those marked that lost their worker; or the deleted ones."""
        which = "deleted IS NOT NULL" if deleted else "deleted IS NULL"
        rows, queue = self._look(f"SELECT * FROM runs WHERE owner = ? AND {which} ORDER BY rowid DESC", (self.owner,))  # noqa: S608
        positions = {run_id: number for number, run_id in enumerate(queue, start=1)}
        return [as_shown(run_of(row, positions.get(row["id"])), row) for row in rows]

    def running_ids(self) -> set[str]:
        """Return the ids of all runs that are being computed, whosoever they are, for those who compute them."""
        with self._reading() as connection:
            return {row["id"] for row in connection.execute("SELECT id FROM runs WHERE state = 'running'")}

    def get(self, run_id: str) -> Run:
        """Return one run (UnknownRunError when there is none)."""
        rows, _ = self._look("SELECT * FROM runs WHERE id = ? AND owner = ?", (checked_id(run_id), self.owner))
        if not rows:
            raise UnknownRunError(f"There is no run {run_id} in this store.")
        return as_shown(run_of(rows[0]), rows[0])

    def _look(self, statement: str, values: tuple[str, ...]) -> tuple[Rows, Sequence[str]]:
        """Return the rows of a statement, and the queue's ids by turns; what lost its worker is marked if it can be."""
        for _ in range(2):
            with self._reading() as connection:
                rows, queue = connection.execute(statement, values).fetchall(), in_turn(connection)
            if not any(has_lost_worker(row) for row in rows):
                break
            try:
                self.mark_interrupted(patient=False)
            except StoreError:  # locked, full or read-only: it is told all the same, and marked another time
                break
        return rows, queue

    def events(self, run_id: str, offset: int = 0) -> tuple[Events, int]:
        """Return the progress events of a run's last attempt after a byte offset, and the offset to go on from."""
        events, offset = read_events(self.folder(run_id), offset)
        starts = [number for number, event in enumerate(events) if event.get("type") == "attempt"]
        return events[starts[-1] + 1 :] if starts else events, offset

    def rename(self, run_id: str, title: str) -> None:
        """Give a run another title; an empty one is refused (RunStateError), one that is taken gets a number."""
        title = checked_title(title)
        with self.connection() as connection:
            row_of(connection, run_id, self.owner)
            others = connection.execute("SELECT title FROM runs WHERE owner = ? AND id != ?", (self.owner, run_id))
            shown = numbered(title, {str(row["title"]) for row in others})
            connection.execute("UPDATE runs SET title = ? WHERE id = ?", (shown, run_id))

    def cancel(self, run_id: str) -> None:
        """Ask a run to stop: a queued one is cancelled at once, a running one by its worker within seconds."""
        folder = self.folder(run_id)
        with self.connection() as connection:
            row = row_of(connection, run_id, self.owner)
            if row["state"] == "queued":
                finish(connection, run_id, "cancelled", "Cancelled before it started.")
            elif row["state"] == "running":
                try:
                    (folder / CANCEL_FILE).touch()
                except OSError as error:
                    raise StoreError(f"The run cannot be told to stop: {disk_sentence(error)}") from error

    def resume(self, run_id: str, launcher: str | None = None) -> None:
        """Queue a run again that ended without finishing; a training goes on from its checkpoint.

        ``launcher`` computes it elsewhere than before. RunStateError when it is not in such a state, or deleted.
        """
        self.mark_interrupted()  # one that is shown as interrupted may be recorded as running still
        with self.connection() as connection:
            row = row_of(connection, run_id, self.owner)
            if row["deleted"] is not None:
                raise RunStateError("The run is deleted: restore it before it is resumed.")
            if row["state"] not in RESUMABLE:
                raise RunStateError(
                    f"The run is {row['state']}: only one that failed, was cancelled, interrupted or timed out can be "
                    "resumed."
                )
            self._check_quota(connection, 1)
            requeue(connection, self.folder(run_id), run_id, launcher)

    def delete(self, run_id: str) -> None:
        """Hide a run; :meth:`restore` brings it back until it is purged. RunStateError while it is being computed."""
        self.mark_interrupted()
        with self.connection() as connection:
            if row_of(connection, run_id, self.owner)["state"] == "running":
                raise RunStateError("The run is being computed: cancel it before deleting it.")
            connection.execute("UPDATE runs SET deleted = ? WHERE id = ?", (wall_s(), run_id))

    def restore(self, run_id: str) -> None:
        """Bring a deleted run back (RunStateError when its sweep has another in its place)."""
        with self.connection() as connection:
            row_of(connection, run_id, self.owner)
            try:
                connection.execute("UPDATE runs SET deleted = NULL WHERE id = ?", (run_id,))
            except sqlite3.IntegrityError as error:
                raise RunStateError("The sweep of this run has queued another in its place.") from error

    def sweeps(self) -> Sequence[SweepRow]:
        """Return id, title, time and specification of all sweeps, newest first."""
        with self._reading() as connection:
            asked = "SELECT id, title, created, spec FROM sweeps WHERE owner = ? ORDER BY rowid DESC"
            rows = connection.execute(asked, (self.owner,)).fetchall()
        return [(row["id"], cleaned(row["title"]), row["created"], row["spec"]) for row in rows]

    def enter_worker(self, worker: ProcessIdentity, launcher: str) -> bool:
        """Register a worker, unless as many as allowed are already there."""
        with self.connection() as connection:
            drop_lost_workers(connection)
            if worker_count(connection, launcher) >= most_workers(launcher):
                return False
            now = Moment.now()
            row = (worker.token, worker.pid, worker.started, launcher, now.boot, now.steady_s)
            connection.execute("INSERT INTO workers VALUES (?, ?, ?, ?, ?, ?)", row)
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
            run_id = worker and Quotas.now().next_run(connection, worker["launcher"])
            if run_id is None:
                if not stay:
                    connection.execute("DELETE FROM workers WHERE token = ?", (token,))
                else:
                    beat_worker(connection, token)
                return None
            beat_worker(connection, token)
            row = begin(connection, run_id, worker)
            take_turn(connection, row["owner"])
            return run_of(row)

    def threads_of_a_run(self) -> int:
        """Return how many threads a run of this machine may use now: all cores, shared by those that run at once."""
        with self._reading() as connection:
            (count,) = connection.execute(
                "SELECT COUNT(*) FROM runs WHERE launcher = ? AND state IN ('queued', 'running') AND deleted IS NULL",
                (HERE,),
            ).fetchone()
        return max(1, usable_cores() // max(1, min(count, most_workers(HERE))))

    def beat(self, run_id: str, token: str, progress: float, message: str) -> bool:
        """Record a sign of life and progress; return False when the run is no longer this worker's."""
        now = Moment.now()
        with self.connection() as connection:
            beat_worker(connection, token)
            changed = connection.execute(
                "UPDATE runs SET boot = ?, beat_s = ?, progress = ?, message = ?"
                " WHERE id = ? AND worker_token = ? AND state = 'running'",
                (now.boot, now.steady_s, progress, message, run_id, token),
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
        cpu_s: float = 0.0,
    ) -> None:
        """Record the end of a run and what it computed, if it still belongs to the worker with this token."""
        with self.connection() as connection:
            row = connection.execute("SELECT owner, worker_token, state FROM runs WHERE id = ?", (run_id,)).fetchone()
            if row is not None and row["worker_token"] == token and row["state"] == "running":
                add_computed(connection, row["owner"], cpu_s)
                finish(connection, run_id, state, message, kpis, peak_mb)

    def mark_interrupted(self, *, patient: bool = True) -> None:
        """Mark running rows whose worker is gone or silent: a run is never a ghost. One of a sweep is retried once.

        Nothing is written, and nobody waits, where none is. What still computes is ended only once the store can be
        written: else its worker is silent because it cannot write either (StoreError, at once unless ``patient``).
        """
        with self._reading() as connection:
            lost = find_lost(connection)
        if not lost:
            return
        with self._database.writing(patient=patient) as connection:
            connection.executemany("UPDATE runs SET message = '' WHERE id = ?", [(row["id"],) for row, _ in lost])
        end_lost_processes(lost, self._folder_of_row)
        with self._database.writing(patient=patient) as connection:
            mark_lost(connection, lost, self._folder_of_row)


__all__ = ["HERE", "Run", "RunState", "RunStore", "StoreError"]

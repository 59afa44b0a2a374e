"""Putting runs into the queue, together and whole: their folders first, then all their rows in one transaction."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from itnt_core.disk import disk_sentence
from itnt_core.person import is_server
from itnt_core.studies import Prepared, Question, study_of

from .clock import wall_s
from .folder import RunRequest, write_request
from .paths import RunStateError, new_run_id, run_folder
from .schema import StoreError
from .titles import checked_title, numbered

WRITERS = 8  # folders written at once: each waits for the disk, and the disk takes what waits together


@dataclass(frozen=True)
class Order:
    """A run that is asked for, checked by its study.

    ``case`` names the sweep it belongs to and its number there; ``subject`` is what its title says of the question;
    ``draft`` and ``draft_revision`` are the kept scenario that it is asked from.
    """

    asked: Prepared
    title: str
    kind: str
    time_limit_s: float | None = None
    case: tuple[str, int] | None = None
    subject: str | None = None
    draft: str | None = None
    draft_revision: int | None = None


def make_order(
    question: Question,
    method: str = "",
    seed: int | None = None,
    settings: Mapping[str, Any] | None = None,
    title: str = "",
    time_limit_s: float | None = None,
    case: tuple[str, int] | None = None,
) -> Order:
    """Check what is asked of one run. The study's own error for a wrong method or setting, RunStateError for a title.

    ``method`` is the study's first unless given.
    """
    study = study_of(question)
    asked = study.prepare(question, method or next(iter(study.methods())), seed, settings or {})
    title = checked_title(title or f"{asked.method_title}, {asked.question.name}")
    return Order(asked, title, study.name, time_limit_s, case)


def check_own_files(order: Order, home: Path) -> None:
    """Refuse an order that names a file outside of a person's own runs, on a server of many (RunStateError).

    A policy to start from is the one setting that names a file.
    """
    policy = order.asked.settings.get("policy")
    if policy and is_server() and not Path(str(policy)).resolve().is_relative_to((home / "runs").resolve()):
        raise RunStateError("The policy to start from is none of your own runs: choose one of the list.")


@contextmanager
def folders_of(home: Path, orders: Sequence[Order]) -> Iterator[list[str]]:
    """Lay out the folders of runs in a person's home and yield their ids; all go again when they are not queued.

    Raises StoreError when one cannot be written, RunStateError where one names a file of somebody else.
    """
    ids = [new_run_id() for _ in orders]
    for order in orders:
        check_own_files(order, home)
    try:
        with ThreadPoolExecutor(min(WRITERS, max(1, len(orders)))) as writers:
            for _ in writers.map(lambda run_id, order: _lay_out(run_folder(home, run_id), order), ids, orders):
                pass
        yield ids
    except BaseException as error:
        for run_id in ids:
            shutil.rmtree(run_folder(home, run_id), ignore_errors=True)
        if isinstance(error, OSError):
            raise StoreError(f"The run cannot be queued: {disk_sentence(error)}") from error
        raise


def _lay_out(folder: Path, order: Order) -> None:
    asked = order.asked
    request = RunRequest(
        kind=order.kind,
        method=asked.method,
        seed=asked.seed,
        settings=asked.settings,
        time_limit_s=order.time_limit_s,
    )
    write_request(folder, asked.question, request)


def insert_orders(
    connection: sqlite3.Connection, ids: Sequence[str], orders: Sequence[Order], launcher: str, owner: str
) -> None:
    """Queue runs whose folders are there (sqlite3.IntegrityError for a case of a sweep that is queued already).

    A title that another run of the owner has gets a number behind it.
    """
    taken = {str(row["title"]) for row in connection.execute("SELECT title FROM runs WHERE owner = ?", (owner,))}
    for run_id, order in zip(ids, orders, strict=True):
        sweep, number = order.case or (None, None)
        title = numbered(order.title, taken)
        taken.add(title)
        row = {
            "id": run_id,
            "owner": owner,
            "title": title,
            "kind": order.kind,
            "method": order.asked.method,
            "state": "queued",
            "created": wall_s(),
            "scenario_hash": order.asked.question.content_hash(),
            "launcher": launcher,
            "work": order.asked.work,
            "sweep": sweep,
            "case_number": number,
            "subject": order.subject,
            "draft": order.draft,
            "draft_revision": order.draft_revision,
        }
        names, marks = ", ".join(row), ", ".join("?" * len(row))
        connection.execute(f"INSERT INTO runs ({names}) VALUES ({marks})", tuple(row.values()))  # noqa: S608 - own names

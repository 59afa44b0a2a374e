"""Quotas: how much of a shared server each person may use, and the sentences that say so.

They hold on a server with a login (``ITNT_PROFILE=server``), or where the environment sets them. What a person has
computed on a day (UTC) is counted in processor seconds, their runs and their live optima together.
"""

from __future__ import annotations

import os
import sqlite3
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from itnt_core.data_folder import PEOPLE
from itnt_core.errors import ItntError
from itnt_core.fairness import by_turns
from itnt_core.person import is_server

from .clock import wall_s
from .database import Database
from .rows import open_rows

UNLIMITED = "none"
VARIABLES = {
    "at_once": "ITNT_QUOTA_AT_ONCE",
    "queued": "ITNT_QUOTA_QUEUED",
    "cpu_s_a_day": "ITNT_QUOTA_CPU_S",
    "disk_mb": "ITNT_QUOTA_DISK_MB",
}
USUAL = {"at_once": 2.0, "queued": 20.0, "cpu_s_a_day": 4 * 3600.0, "disk_mb": 2000.0}  # on a server with a login


class QuotaError(ItntError, RuntimeError):
    """More than a person may use of a shared server; its text says what to do."""


@dataclass(frozen=True)
class Quotas:
    """What each person may use; None: as much as there is."""

    at_once: float | None = None  # runs that compute and live optima, together
    queued: float | None = None  # runs that wait
    cpu_s_a_day: float | None = None
    disk_mb: float | None = None

    @classmethod
    def now(cls) -> Quotas:
        """Return what the environment sets (QuotaError for what is no number from 0 and not 'none')."""
        usual = USUAL if is_server() else {}
        return cls(**{name: _setting(variable, usual.get(name)) for name, variable in VARIABLES.items()})

    def check_order(self, connection: sqlite3.Connection, owner: str, count: int, used_mb: float) -> None:
        """Raise QuotaError where a person may not queue so many more runs; ``used_mb`` is what their files take."""
        if self.disk_mb is not None and used_mb >= self.disk_mb:
            raise QuotaError(
                f"Your files take {used_mb:,.0f} MB of the {self.disk_mb:,.0f} MB that each person has here: delete "
                "runs you no longer need (Runs, then 'Remove for good'), or export and delete them."
            )
        waiting = sum(row["owner"] == owner and row["state"] == "queued" for row in open_rows(connection))
        if self.queued is not None and waiting + count > self.queued:
            raise QuotaError(
                f"{waiting} of your runs wait already, and each person may have {self.queued:g} waiting here: {count} "
                "more cannot be queued. Wait for some, cancel some, or ask for fewer at a time."
            )
        spent_s = computed_s(connection, owner)
        if self.cpu_s_a_day is not None and spent_s >= self.cpu_s_a_day:
            raise QuotaError(self.spent_sentence(spent_s))

    def spent_sentence(self, spent_s: float) -> str:
        """Say that a person has computed as much as they may today."""
        return (
            f"You have computed for {spent_s / 60.0:,.0f} minutes today, and each person has "
            f"{(self.cpu_s_a_day or 0.0) / 60.0:,.0f} minutes a day here: go on after midnight UTC. What is computed "
            "can be looked at all the same."
        )

    def next_run(self, connection: sqlite3.Connection, launcher: str) -> str | None:
        """Return the id of the queued run whose turn it is, None where nobody who waits may compute now."""
        rows = open_rows(connection)
        at_work = Counter(row["owner"] for row in rows if row["state"] == "running")
        owners = {row["id"]: row["owner"] for row in rows}
        barred = {owner for owner in set(owners.values()) if self._is_barred(connection, owner, at_work[owner])}
        return next((one for one in in_turn(connection, launcher) if owners[one] not in barred), None)

    def _is_barred(self, connection: sqlite3.Connection, owner: str, at_work: int) -> bool:
        if self.at_once is not None and at_work >= self.at_once:
            return True
        return self.cpu_s_a_day is not None and computed_s(connection, owner) >= self.cpu_s_a_day


def in_turn(connection: sqlite3.Connection, launcher: str | None = None) -> list[str]:
    """Return the ids of the queued runs in the order in which they are computed, of one launcher if it is named."""
    rows = [row for row in open_rows(connection) if row["state"] == "queued" and launcher in (None, row["launcher"])]
    turns = {row["owner"]: row["number"] for row in connection.execute("SELECT owner, number FROM turns")}
    return by_turns([(row["id"], row["owner"]) for row in rows], turns)


def take_turn(connection: sqlite3.Connection, owner: str) -> None:
    """Note that a person was served just now."""
    connection.execute(
        "INSERT OR REPLACE INTO turns (owner, number) SELECT ?, COALESCE(MAX(number), 0) + 1 FROM turns", (owner,)
    )


def computed_s(connection: sqlite3.Connection, owner: str) -> float:
    """Return the processor seconds that a person has computed today."""
    asked = "SELECT cpu_s FROM computed WHERE owner = ? AND day = ?"
    row = connection.execute(asked, (owner, today())).fetchone()
    return float(row["cpu_s"]) if row else 0.0


def add_computed(connection: sqlite3.Connection, owner: str, cpu_s: float) -> None:
    """Add processor seconds to what a person has computed today; days long past are forgotten."""
    connection.execute(
        "INSERT INTO computed (owner, day, cpu_s) VALUES (?, ?, ?)"
        " ON CONFLICT (owner, day) DO UPDATE SET cpu_s = cpu_s + excluded.cpu_s",
        (owner, today(), max(0.0, cpu_s)),
    )
    connection.execute("DELETE FROM computed WHERE day < ?", (_day(wall_s() - 32 * 86_400.0),))


def today() -> str:
    """Return the day by which computing is counted, as in 2026-11-29 (UTC)."""
    return _day(wall_s())


def _day(unix_s: float) -> str:
    return f"{datetime.fromtimestamp(unix_s, UTC):%Y-%m-%d}"


def used_mb(home: Path, others: Path) -> float:
    """Return what a person's files take in megabytes; ``others`` is the folder of other people's homes, left out."""
    total = 0
    for folder, names, files in os.walk(home):
        names[:] = [name for name in names if Path(folder, name) != others]
        for name in files:
            try:
                total += Path(folder, name).lstat().st_size
            except OSError:  # it went away meanwhile
                continue
    return total / 1e6


def _setting(variable: str, usual: float | None) -> float | None:
    text = os.environ.get(variable, "").strip().lower()
    if not text:
        return usual
    if text == UNLIMITED:
        return None
    if not (text.isdecimal() and len(text) < 12):
        raise QuotaError(f"{variable} is {text!r:.40}, but a whole number from 0, or '{UNLIMITED}', is needed.")
    return float(text)


def usage_words(root: Path, owner: str, home: Path) -> str:
    """Say how much of their quotas a person has used, '' where nothing is limited (StoreError)."""
    quotas, parts = Quotas.now(), []
    with Database(root).reading() as connection:
        spent_s = computed_s(connection, owner)
    if quotas.cpu_s_a_day is not None:
        parts.append(f"{spent_s / 60.0:,.0f} of {quotas.cpu_s_a_day / 60.0:,.0f} minutes of computing today (UTC)")
    if quotas.disk_mb is not None:
        parts.append(f"{used_mb(home, root / PEOPLE):,.0f} of {quotas.disk_mb:,.0f} MB of files")
    if quotas.at_once is not None:
        parts.append(f"{quotas.at_once:g} runs may compute at once")
    if quotas.queued is not None:
        parts.append(f"{quotas.queued:g} may wait")
    return f"Your share of this server: {', '.join(parts)}." if parts else ""


class LiveAccount:
    """What a person's live optima may still use, and what they have used; on a server with quotas."""

    def __init__(self, root: Path, owner: str):
        self._database, self._owner = Database(root), owner

    def refusal(self) -> str | None:
        """Return why this person may have no live optimum now, None where they may."""
        quotas = Quotas.now()
        with self._database.reading() as connection:
            spent_s = computed_s(connection, self._owner)
            mine = [row["state"] for row in open_rows(connection) if row["owner"] == self._owner]
        if quotas.cpu_s_a_day is not None and spent_s >= quotas.cpu_s_a_day:
            return quotas.spent_sentence(spent_s)
        running = mine.count("running")
        if quotas.at_once is not None and running >= quotas.at_once:
            return (
                f"{running} of your runs are being computed, as many as each person may have here at once: the live "
                "optimum goes on with your next change after one of them has ended."
            )
        return None

    def spend(self, cpu_s: float) -> None:
        """Count what a live optimum has computed (StoreError)."""
        with self._database.writing() as connection:
            add_computed(connection, self._owner, cpu_s)

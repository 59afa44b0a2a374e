"""The store of drafts: one SQLite file in the data folder.

Every save is one transaction, so that a server that is killed leaves the draft as it was before or after it. A save
names the revision that it goes on from: where somebody else has saved meanwhile it is refused, and nothing is lost.
"""

from __future__ import annotations

import re
import secrets
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from itnt_core.disk import disk_sentence, shown_path, whole
from itnt_core.errors import ItntError
from itnt_core.scenario import Scenario, ScenarioError, format_scenario, scenario_of_bytes

DATABASE_FILE = "scenarios.sqlite"
SCHEMA_VERSION = 1  # of the file; a newer one is of a newer program
SCHEMA = """
CREATE TABLE drafts (
    id TEXT PRIMARY KEY, revision INTEGER NOT NULL, name TEXT NOT NULL, saved REAL NOT NULL, deleted REAL,
    content BLOB NOT NULL
);
CREATE INDEX drafts_by_time ON drafts (saved DESC);
CREATE TABLE versions (
    draft TEXT NOT NULL REFERENCES drafts (id), number INTEGER NOT NULL, name TEXT NOT NULL, saved REAL NOT NULL,
    content BLOB NOT NULL, PRIMARY KEY (draft, number)
);
"""
ID = re.compile(r"[a-z2-7]{12}")
_LETTERS = "abcdefghijklmnopqrstuvwxyz234567"
WAIT_S = 2.0  # for another writer, which takes milliseconds
MOST_NAME = 80  # characters, as of a scenario


class DraftError(ItntError, RuntimeError):
    """A draft that is not there or cannot be read or kept; its text is one sentence."""


@dataclass(frozen=True)
class Draft:
    """A draft at one of its revisions."""

    id: str
    revision: int
    scenario: Scenario


class UnknownDraftError(DraftError):
    """A draft that is not in this store."""


class DraftChangedError(DraftError):
    """Somebody else has saved the draft meanwhile; ``newest`` is what they saved."""

    def __init__(self, newest: Draft):
        super().__init__("This scenario was changed elsewhere meanwhile, in another tab or browser.")
        self.newest = newest


@dataclass(frozen=True)
class RecentDraft:
    """A row of the list of recent drafts; ``saved`` is in seconds since 1970."""

    id: str
    name: str
    saved: float


@dataclass(frozen=True)
class DraftVersion:
    """A version of a draft that somebody gave a name; ``saved`` is in seconds since 1970."""

    number: int
    name: str
    saved: float


class DraftStore:
    """The drafts of one data folder."""

    def __init__(self, root: Path):
        self._path = root / DATABASE_FILE

    def begin(self, scenario: Scenario) -> Draft:
        """Keep a scenario as a new draft (DraftError)."""
        draft = Draft("".join(secrets.choice(_LETTERS) for _ in range(12)), 1, scenario)
        with self._connection() as connection:
            connection.execute(
                "INSERT INTO drafts (id, revision, name, saved, content) VALUES (?, ?, ?, ?, ?)",
                (draft.id, draft.revision, scenario.name, time.time(), _packed(scenario)),
            )
        return draft

    def open(self, draft_id: str) -> Draft:
        """Return a draft as it was saved last (DraftError)."""
        with self._connection(writes=False) as connection:
            return self._read(connection, draft_id)

    def revision(self, draft_id: str) -> int | None:
        """Return the newest revision of a draft, None where there is no such draft (DraftError)."""
        with self._connection(writes=False) as connection:
            row = connection.execute("SELECT revision FROM drafts WHERE id = ?", (draft_id,)).fetchone()
        return int(row["revision"]) if row else None

    def save(self, draft: Draft, scenario: Scenario) -> Draft:
        """Keep a changed scenario in place of a draft's; DraftChangedError where that is not the newest revision."""
        with self._connection() as connection:
            done = connection.execute(
                "UPDATE drafts SET revision = revision + 1, name = ?, saved = ?, content = ?, deleted = NULL "
                "WHERE id = ? AND revision = ?",
                (scenario.name, time.time(), _packed(scenario), draft.id, draft.revision),
            )
            if done.rowcount == 0:
                raise DraftChangedError(self._read(connection, draft.id))
        return Draft(draft.id, draft.revision + 1, scenario)

    def recent(self, most: int = 20) -> list[RecentDraft]:
        """Return the drafts that were saved last, newest first, without those that were deleted (DraftError)."""
        with self._connection(writes=False) as connection:
            rows = connection.execute(
                "SELECT id, name, saved FROM drafts WHERE deleted IS NULL ORDER BY saved DESC LIMIT ?", (most,)
            ).fetchall()
        return [RecentDraft(row["id"], row["name"], row["saved"]) for row in rows]

    def delete(self, draft_id: str) -> None:
        """Take a draft out of the list; :meth:`restore` brings it back (DraftError)."""
        self._mark(draft_id, time.time())

    def restore(self, draft_id: str) -> None:
        """Bring a deleted draft back (DraftError)."""
        self._mark(draft_id, None)

    def keep_version(self, draft: Draft, name: str) -> DraftVersion:
        """Keep a draft as it is under a name (DraftError)."""
        name = name.strip()
        if not 1 <= len(name) <= MOST_NAME:
            raise DraftError(f"The name of a version has {len(name)} characters, but 1 to {MOST_NAME} are allowed.")
        with self._connection() as connection:
            row = connection.execute(
                "SELECT COALESCE(MAX(number), 0) + 1 AS next FROM versions WHERE draft = ?", (draft.id,)
            ).fetchone()
            version = DraftVersion(int(row["next"]), name, time.time())
            connection.execute(
                "INSERT INTO versions (draft, number, name, saved, content) VALUES (?, ?, ?, ?, ?)",
                (draft.id, version.number, version.name, version.saved, _packed(draft.scenario)),
            )
        return version

    def versions(self, draft_id: str) -> list[DraftVersion]:
        """Return the named versions of a draft, newest first (DraftError)."""
        with self._connection(writes=False) as connection:
            rows = connection.execute(
                "SELECT number, name, saved FROM versions WHERE draft = ? ORDER BY number DESC", (draft_id,)
            ).fetchall()
        return [DraftVersion(row["number"], row["name"], row["saved"]) for row in rows]

    def version(self, draft_id: str, number: int) -> Scenario:
        """Return the scenario of a named version (DraftError)."""
        with self._connection(writes=False) as connection:
            row = connection.execute(
                "SELECT content FROM versions WHERE draft = ? AND number = ?", (draft_id, number)
            ).fetchone()
        if row is None:
            raise DraftError(f"The scenario has no version {number}: choose one of its list.")
        return _unpacked(row["content"])

    def _mark(self, draft_id: str, deleted: float | None) -> None:
        with self._connection() as connection:
            done = connection.execute("UPDATE drafts SET deleted = ? WHERE id = ?", (deleted, draft_id))
            if done.rowcount == 0:
                raise _unknown(draft_id)

    def _read(self, connection: sqlite3.Connection, draft_id: str) -> Draft:
        row = connection.execute("SELECT revision, content FROM drafts WHERE id = ?", (draft_id,)).fetchone()
        if row is None:
            raise _unknown(draft_id)
        return Draft(draft_id, int(row["revision"]), _unpacked(row["content"]))

    @contextmanager
    def _connection(self, *, writes: bool = True) -> Iterator[sqlite3.Connection]:
        """Yield a connection inside one transaction, committed on success and closed always (DraftError).

        One that only reads waits for nobody who writes.
        """
        try:
            connection = sqlite3.connect(self._path, timeout=WAIT_S, isolation_level=None)
            try:
                connection.row_factory = sqlite3.Row
                connection.execute("PRAGMA journal_mode=WAL")
                connection.execute("PRAGMA synchronous=NORMAL")  # whole after any kill; a power cut may cost the last
                connection.execute("BEGIN IMMEDIATE" if writes else "BEGIN")
                self._prepare(connection)
                with whole(connection):
                    yield connection
            finally:
                connection.close()
        except sqlite3.Error as error:
            raise DraftError(self._sentence(error)) from error
        except OSError as error:
            raise DraftError(disk_sentence(error, self._path)) from error

    def _prepare(self, connection: sqlite3.Connection) -> None:
        version = int(connection.execute("PRAGMA user_version").fetchone()[0])
        if version > SCHEMA_VERSION:
            raise DraftError(
                f"The scenarios in '{shown_path(self._path)}' were kept by a newer version of this program: use it."
            )
        if version < SCHEMA_VERSION:
            for statement in filter(str.strip, SCHEMA.split(";")):
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")

    def _sentence(self, error: sqlite3.Error) -> str:
        return (
            f"The scenario could not be kept or found in '{shown_path(self._path)}' ({error}): look after the disk and "
            "the permissions of its folder; until then save it as a file."
        )


def _packed(scenario: Scenario) -> bytes:
    return format_scenario(scenario, "json").encode("utf-8")


def _unpacked(content: bytes) -> Scenario:
    try:
        return scenario_of_bytes(bytes(content), stored=True)
    except ScenarioError as error:
        raise DraftError(f"The kept scenario cannot be read: {error.problems[0].sentence}") from error


def _unknown(draft_id: str) -> UnknownDraftError:
    shown = draft_id if ID.fullmatch(draft_id) else "of the address"
    return UnknownDraftError(
        f"There is no kept scenario {shown} here: it may be of another computer, or its data folder."
    )

"""The people of a data folder: one SQLite file beside their homes.

A login is a random token in the browser's cookie, of which the file keeps a hash alone: it ends when it is withdrawn
here, whatever the browser keeps. A code lets a person of a classroom come back on another computer.
"""

from __future__ import annotations

import hashlib
import secrets
import sqlite3
import time
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from itnt_core.disk import disk_sentence, shown_path, whole
from itnt_core.errors import ItntError
from itnt_core.person import FIRST, Person, Role
from itnt_core.texts import cleaned, name_problem

DATABASE_FILE = "people.sqlite"
SCHEMA_VERSION = 1  # of the file; a newer one is of a newer program
SCHEMA = """
CREATE TABLE people (
    id TEXT PRIMARY KEY, name TEXT NOT NULL, role TEXT NOT NULL, login TEXT UNIQUE NOT NULL, code TEXT,
    created REAL NOT NULL, seen REAL NOT NULL, removed REAL
);
CREATE TABLE logins (token TEXT PRIMARY KEY, person TEXT NOT NULL REFERENCES people (id), until REAL NOT NULL);
CREATE TABLE shares (
    token TEXT PRIMARY KEY, owner TEXT NOT NULL, kind TEXT NOT NULL, subject TEXT NOT NULL, title TEXT NOT NULL,
    created REAL NOT NULL, withdrawn REAL
);
CREATE INDEX shares_by_owner ON shares (owner, created DESC);
"""
WAIT_S = 2.0  # for another writer, which takes milliseconds
MOST_NAME = 60  # characters
LOGIN_DAYS = 30
_DAY_S = 86_400.0
_LETTERS = "abcdefghijklmnopqrstuvwxyz234567"
_CODE_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that is taken for another one


class PeopleError(ItntError, RuntimeError):
    """People that cannot be read or kept, or a name or code that cannot be taken; its text is one sentence."""


@dataclass(frozen=True)
class Known:
    """A person as the lecturer's list shows them; ``seen`` is in seconds since 1970."""

    person: Person
    seen: float


class PeopleStore:
    """The people of one data root."""

    def __init__(self, root: Path):
        self.root = root
        self._path = root / DATABASE_FILE

    def person(self, person_id: str) -> Person | None:
        """Return a person by id, None where there is none or they were removed (PeopleError)."""
        return self._one("SELECT * FROM people WHERE id = ? AND removed IS NULL", person_id)

    def by_login(self, login: str) -> Person | None:
        """Return who logs in under a name of the login's own, as in ``class:ada``; None where nobody does."""
        return self._one("SELECT * FROM people WHERE login = ?", login)

    def everybody(self) -> list[Known]:
        """Return all people by name, without those that were removed (PeopleError)."""
        with self.connection(writes=False) as connection:
            rows = connection.execute("SELECT * FROM people WHERE removed IS NULL").fetchall()
        known = [Known(_person(row), row["seen"]) for row in rows]
        return sorted(known, key=lambda one: (name_key(one.person.name), one.person.id))

    def make(self, name: str, role: Role, login: str, *, first: bool = False) -> Person:
        """Keep a new person; the ``first`` one gets what was kept before there were people (PeopleError).

        Raises PeopleError where somebody has that login already, or is the first person.
        """
        person = Person(FIRST.id if first else _random(_LETTERS, 12), checked_name(name), role)
        now = time.time()
        try:
            with self.connection() as connection:
                connection.execute(
                    "INSERT INTO people (id, name, role, login, created, seen) VALUES (?, ?, ?, ?, ?, ?)",
                    (person.id, person.name, person.role, login, now, now),
                )
        except sqlite3.IntegrityError as error:
            raise PeopleError(f"There is somebody of the name '{person.name}' already: choose another one.") from error
        return person

    def renew(self, person: Person, name: str, role: Role) -> Person:
        """Take over name and role that a provider tells of a person who comes in (PeopleError)."""
        newer = Person(person.id, checked_name(name), role)
        with self.connection() as connection:
            connection.execute(
                "UPDATE people SET name = ?, role = ?, seen = ? WHERE id = ?",
                (newer.name, newer.role, time.time(), newer.id),
            )
        return newer

    def remove(self, person_id: str) -> None:
        """Shut a person out: their logins and links end at once, what they have made stays (PeopleError)."""
        with self.connection() as connection:
            connection.execute("UPDATE people SET removed = ? WHERE id = ?", (time.time(), person_id))
            connection.execute("DELETE FROM logins WHERE person = ?", (person_id,))
            connection.execute(
                "UPDATE shares SET withdrawn = ? WHERE owner = ? AND withdrawn IS NULL", (time.time(), person_id)
            )

    def is_removed(self, person: Person) -> bool:
        """Say whether somebody was shut out."""
        return self.person(person.id) is None

    def log_in(self, person: Person) -> str:
        """Begin a login of a person and return its token, which stands nowhere else (PeopleError)."""
        token, now = secrets.token_urlsafe(32), time.time()
        with self.connection() as connection:
            connection.execute("DELETE FROM logins WHERE until < ?", (now,))
            values = _hashed(token), person.id, now + LOGIN_DAYS * _DAY_S
            connection.execute("INSERT INTO logins (token, person, until) VALUES (?, ?, ?)", values)
            connection.execute("UPDATE people SET seen = ? WHERE id = ?", (now, person.id))
        return token

    def logged_in(self, token: str) -> Person | None:
        """Return whose login a token is, None where it is none or has ended (PeopleError)."""
        with self.connection(writes=False) as connection:
            row = connection.execute(
                "SELECT people.* FROM people JOIN logins ON logins.person = people.id"
                " WHERE logins.token = ? AND logins.until >= ? AND people.removed IS NULL",
                (_hashed(token), time.time()),
            ).fetchone()
        return _person(row) if row else None

    def log_out(self, token: str) -> None:
        """End a login (PeopleError)."""
        with self.connection() as connection:
            connection.execute("DELETE FROM logins WHERE token = ?", (_hashed(token),))

    def new_code(self, person: Person) -> str:
        """Return a code by which a person comes back on another computer; the one before ends (PeopleError)."""
        code = "-".join(_random(_CODE_LETTERS, 4) for _ in range(3))
        with self.connection() as connection:
            connection.execute("UPDATE people SET code = ? WHERE id = ?", (_hashed(code), person.id))
        return code

    def has_code(self, person: Person, code: str) -> bool:
        """Say whether a code is the one of a person (PeopleError)."""
        with self.connection(writes=False) as connection:
            row = connection.execute("SELECT code FROM people WHERE id = ?", (person.id,)).fetchone()
        kept = row["code"] if row else None
        return kept is not None and secrets.compare_digest(kept, _hashed(code.strip().lower()))

    def _one(self, statement: str, value: str) -> Person | None:
        with self.connection(writes=False) as connection:
            row = connection.execute(statement, (value,)).fetchone()
        return _person(row) if row else None

    @contextmanager
    def connection(self, *, writes: bool = True) -> Iterator[sqlite3.Connection]:
        """Yield a connection inside one transaction, committed on success and closed always (PeopleError).

        One that only reads waits for nobody who writes.
        """
        try:
            self.root.mkdir(parents=True, exist_ok=True, mode=0o700)
            connection = sqlite3.connect(self._path, timeout=WAIT_S, isolation_level=None)
            try:
                connection.row_factory = sqlite3.Row
                connection.execute("PRAGMA journal_mode=WAL")
                connection.execute("PRAGMA synchronous=NORMAL")
                self._prepare(connection)
                connection.execute("BEGIN IMMEDIATE" if writes else "BEGIN")
                with whole(connection):
                    yield connection
            finally:
                connection.close()
        except sqlite3.IntegrityError:
            raise
        except (sqlite3.Error, OSError) as error:
            why = disk_sentence(error, self._path) if isinstance(error, OSError) else str(error)
            raise PeopleError(f"The list of people in '{shown_path(self._path)}' cannot be used: {why}") from error

    def _prepare(self, connection: sqlite3.Connection) -> None:
        version = int(connection.execute("PRAGMA user_version").fetchone()[0])
        if version > SCHEMA_VERSION:
            raise PeopleError(
                f"The people in '{shown_path(self._path)}' were kept by a newer version of this program: use it."
            )
        if version == SCHEMA_VERSION:
            return
        connection.execute("BEGIN IMMEDIATE")
        if int(connection.execute("PRAGMA user_version").fetchone()[0]) < SCHEMA_VERSION:  # nobody was quicker
            for statement in filter(str.strip, SCHEMA.split(";")):
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
        connection.execute("COMMIT")


def checked_name(name: str) -> str:
    """Return a person's name in one line (PeopleError where nothing is left, it is too long, or hides something)."""
    name = " ".join(unicodedata.normalize("NFC", name).split())
    if not 1 <= len(name) <= MOST_NAME:
        raise PeopleError(f"The name has {len(name)} characters, but 1 to {MOST_NAME} are allowed.")
    if problem := name_problem(name):
        raise PeopleError(f"The name cannot be taken: {problem}. Write it without.")
    return name


def name_key(name: str) -> str:
    """Return what two names share that are taken for the same: capitals, widths and spaces do not count."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def _person(row: sqlite3.Row) -> Person:
    role: Role = "lecturer" if row["role"] == "lecturer" else "owner"
    return Person(row["id"], cleaned(row["name"], MOST_NAME), role)


def _hashed(secret: str) -> str:
    """Return the hash of something random: guessing it is hopeless, so no slow hash is needed."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


def _random(letters: str, count: int) -> str:
    return "".join(secrets.choice(letters) for _ in range(count))

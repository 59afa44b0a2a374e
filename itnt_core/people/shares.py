"""Links that let others look at a run or a scenario, until they are withdrawn."""

from __future__ import annotations

import re
import secrets
import sqlite3
import time
from dataclasses import dataclass
from typing import Literal

from itnt_core.errors import ItntError
from itnt_core.texts import cleaned

from .store import PeopleStore

Kind = Literal["run", "scenario"]
TOKEN = re.compile(r"[A-Za-z0-9_-]{22}")  # 128 bits: nobody guesses one
MOST_TITLE = 120  # characters


class ShareError(ItntError, LookupError):
    """A link that leads nowhere, or not any more; its text is one sentence."""


@dataclass(frozen=True)
class Share:
    """A link: whose what it shows; ``created`` is in seconds since 1970."""

    token: str
    owner: str
    kind: Kind
    subject: str
    title: str
    created: float


class Shares:
    """The links of all people of a data root."""

    def __init__(self, people: PeopleStore):
        self._people = people

    def make(self, owner: str, kind: Kind, subject: str, title: str) -> Share:
        """Return a link to a run or scenario of a person, the one that is there or a new one (PeopleError).

        The caller has looked the subject up in that person's own store.
        """
        for share in self.of(owner):
            if (share.kind, share.subject) == (kind, subject):
                return share
        share = Share(secrets.token_urlsafe(16), owner, kind, subject, title[:MOST_TITLE], time.time())
        with self._people.connection() as connection:
            connection.execute(
                "INSERT INTO shares (token, owner, kind, subject, title, created) VALUES (?, ?, ?, ?, ?, ?)",
                (share.token, share.owner, share.kind, share.subject, share.title, share.created),
            )
        return share

    def of(self, owner: str) -> list[Share]:
        """Return the links of a person that hold, newest first (PeopleError)."""
        asked = "SELECT * FROM shares WHERE owner = ? AND withdrawn IS NULL ORDER BY created DESC"
        with self._people.connection(writes=False) as connection:
            return [_share(row) for row in connection.execute(asked, (owner,))]

    def find(self, token: str) -> Share:
        """Return the link of a token (ShareError where there is none, or it was withdrawn; PeopleError)."""
        row = None
        if isinstance(token, str) and TOKEN.fullmatch(token):
            with self._people.connection(writes=False) as connection:
                asked = "SELECT * FROM shares WHERE token = ? AND withdrawn IS NULL"
                row = connection.execute(asked, (token,)).fetchone()
        if row is None:
            raise ShareError("This link leads nowhere: it was withdrawn, or is not whole. Ask for another one.")
        return _share(row)

    def withdraw(self, owner: str, token: str) -> None:
        """End a link of a person; another's is left as it is (PeopleError)."""
        with self._people.connection() as connection:
            connection.execute(
                "UPDATE shares SET withdrawn = ? WHERE token = ? AND owner = ?", (time.time(), token, owner)
            )


def _share(row: sqlite3.Row) -> Share:
    kind: Kind = "scenario" if row["kind"] == "scenario" else "run"
    return Share(row["token"], row["owner"], kind, row["subject"], cleaned(row["title"], MOST_TITLE), row["created"])

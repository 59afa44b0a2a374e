"""Who asks: the person on whose behalf this thread works. Everything that is kept belongs to one.

Without a login there is one person, the first, whose home is the data folder itself. On a server with a login
(``ITNT_PROFILE=server``) whoever asks is named by the web server; where nobody is named nothing is given out.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Literal

from itnt_core.errors import ItntError

Role = Literal["owner", "lecturer"]
PROFILE_VARIABLE, SERVER_PROFILE = "ITNT_PROFILE", "server"
PERSON_ID = re.compile(r"first|[a-z2-7]{12}")


@dataclass(frozen=True)
class Person:
    """A person who uses this program: an id that stays, a name to be shown, and whether others' work may be seen."""

    id: str
    name: str = ""
    role: Role = "owner"

    @property
    def is_lecturer(self) -> bool:
        """Say whether this person may see, and copy, what belongs to others."""
        return self.role == "lecturer"


FIRST = Person("first")  # whose is everything on one's own machine, and in data folders from before there were people


class NobodyError(ItntError, RuntimeError):
    """Something that belongs to somebody was asked for by nobody, or by somebody else."""


class ProfileError(ItntError, ValueError):
    """A profile of the server that there is not."""


_acting: ContextVar[Person | None] = ContextVar("acting", default=None)
_ask: list[Callable[[], Person | None]] = []


def is_server() -> bool:
    """Say whether this process serves many people (``ITNT_PROFILE=server``; ProfileError for an unknown profile)."""
    profile = os.environ.get(PROFILE_VARIABLE, "").strip().lower()
    if profile not in ("", SERVER_PROFILE):
        raise ProfileError(
            f"{PROFILE_VARIABLE} is {profile!r:.40}, but '{SERVER_PROFILE}' or nothing is known: correct it."
        )
    return profile == SERVER_PROFILE


def checked_person_id(person_id: str) -> str:
    """Return the id of a person if it is one: it names a folder (NobodyError)."""
    if not isinstance(person_id, str) or not PERSON_ID.fullmatch(person_id):
        raise NobodyError("This is not the id of a person.")
    return person_id


def who_asks() -> Person:
    """Return the person on whose behalf this thread works; NobodyError on a server where there is none."""
    found = _acting.get()
    for ask in _ask:
        found = found or ask()
    if found is not None:
        return found
    if is_server():
        raise NobodyError("Nobody is logged in here: open the first page and log in.")
    return FIRST


@contextmanager
def acting_for(person: Person) -> Iterator[None]:
    """Work on behalf of a person until the block ends, in this thread alone."""
    token = _acting.set(person)
    try:
        yield
    finally:
        _acting.reset(token)


def ask_also(who: Callable[[], Person | None]) -> None:
    """Let somebody else say who asks, where no block says so: the web server knows whose session a thread serves."""
    if who not in _ask:
        _ask.append(who)

"""Problems of a scenario: one sentence each, naming object, value, allowed range and remedy."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from itnt_core.errors import ItntError
from itnt_core.texts import visible

MOST_PROBLEMS = 50  # more are of no help at once, and a hostile file has millions


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong: where, what it is, what is allowed, what to do."""

    where: str
    value: str
    allowed: str
    remedy: str
    object_id: str | None = None

    @property
    def sentence(self) -> str:
        """Return the problem as one sentence for a person."""
        return f"{self.where} is {self.value}, but {self.allowed}: {self.remedy}."


def first_problems(problems: Iterable[Problem]) -> list[Problem]:
    """Return the first 50 problems, and a last one that says so when there are more; the others are not looked for."""
    found = list(islice(problems, MOST_PROBLEMS + 1))
    if len(found) <= MOST_PROBLEMS:
        return found
    remedy = "mend these first, then check again"
    return [
        *found[:MOST_PROBLEMS],
        Problem("The number of problems", f"over {MOST_PROBLEMS}", f"the first {MOST_PROBLEMS} are listed", remedy),
    ]


class ScenarioError(ItntError, ValueError):
    """A scenario that cannot be used; carries every problem found, at most 50 and one that says that there are more."""

    def __init__(self, problems: Sequence[Problem]):
        self.problems = tuple(first_problems(problems))
        super().__init__("\n".join(problem.sentence for problem in self.problems))


def shown(value: Any, limit: int = 60) -> str:
    """Return a value as it should stand in a sentence: quoted text, numbers as written, never pages of it.

    Characters that nobody can see, or that would move a terminal's cursor, are escaped.
    """
    text = f"'{value[:limit]}'" if isinstance(value, str) and len(value) <= limit else _written(value, limit)
    text = visible(text)
    return text if len(text) <= limit else text[: limit - 1] + "…"


def _written(value: Any, limit: int) -> str:
    """Return the beginning of a value's text without writing all of it where that can be known."""
    if isinstance(value, str):
        return f"'{value[:limit]}"
    if isinstance(value, list | tuple | dict) and len(value) > limit:
        few = list(value)[:limit] if not isinstance(value, dict) else dict(islice(value.items(), limit))
        return str(few)
    return str(value)

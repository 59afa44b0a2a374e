"""Problems of a scenario: one sentence each, naming object, value, allowed range and remedy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


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


class ScenarioError(ValueError):
    """A scenario that cannot be used; carries every problem found."""

    def __init__(self, problems: Sequence[Problem]):
        self.problems = tuple(problems)
        super().__init__("\n".join(problem.sentence for problem in self.problems))


def shown(value: Any, limit: int = 60) -> str:
    """Return a value as it should stand in a sentence: quoted text, numbers as written, never pages of it.

    What no terminal can show (half a surrogate pair) is escaped.
    """
    text = f"'{value}'" if isinstance(value, str) else str(value)
    text = text.encode("utf-8", "backslashreplace").decode("utf-8")
    return text if len(text) <= limit else text[: limit - 1] + "…"

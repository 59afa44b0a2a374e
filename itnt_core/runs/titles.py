"""Titles of runs: in one line, of bounded length, never the same twice."""

from __future__ import annotations

import re
from collections.abc import Collection

from itnt_core.scenario import shown
from itnt_core.texts import name_problem

from .paths import RunStateError

MOST_TITLE = 120  # characters
NUMBERED = re.compile(r"(?P<text>.*\S) \((?P<number>[1-9][0-9]{0,5})\)")


def checked_title(title: str) -> str:
    """Return a title in one line, at most 120 characters of it (RunStateError when nothing is left, or it hides)."""
    title = " ".join(title.split())[:MOST_TITLE]
    if not title:
        raise RunStateError("The title is empty: write what the run shall be called.")
    if problem := name_problem(title):
        raise RunStateError(f"The title is {shown(title)}, but {problem}: remove it.")
    return title


def numbered(title: str, taken: Collection[str]) -> str:
    """Return a title that is not taken yet: itself, else with the first free number behind it.

    >>> [numbered("A", ()), numbered("A", {"A"}), numbered("A (2)", {"A", "A (2)"})]
    ['A', 'A (2)', 'A (3)']
    """
    if title not in taken:
        return title
    found = NUMBERED.fullmatch(title)
    text = found["text"] if found else title
    number = 2
    while (shown := _with_number(text, number)) in taken:
        number += 1
    return shown


def _with_number(text: str, number: int) -> str:
    end = f" ({number})"
    return text[: MOST_TITLE - len(end)].rstrip() + end

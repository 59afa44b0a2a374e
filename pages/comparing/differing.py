"""What differs between compared runs, as the map marks it and flies to it: objects, else users who gain or lose."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from itnt_core.figures import top_losers, top_winners, user_differences, winners_sentence
from itnt_core.mapdata import camera_on
from itnt_core.results import Result
from itnt_core.words import LETTERS, PlacedChange, placed_changes, scenario_changes

MOST_MARKED = 60  # marks of one run: more would cover the map
MOST_USERS = 4  # who gain most, and who lose most
MOST_SENTENCES = 3  # of what changed: the drawer has them all


def differences(results: Sequence[Result]) -> list[dict[str, Any]]:
    """Return what differs from the first result to each other one, as the map is handed it.

    Marks say of each object what it is (new, gone, moved; more, less) and where, in metres; ``in_first`` is where the
    first run has it.
    """
    return [_difference(results[0], other, letter) for letter, other in zip(LETTERS[1:], results[1:], strict=False)]


def _difference(first: Result, other: Result, letter: str) -> dict[str, Any]:
    changes = placed_changes(first.scenario, other.scenario)
    marks = [_object_mark(change, letter) for change in changes] or _user_marks(first, other, letter)
    places = [mark[where] for mark in marks for where in ("position", "in_first")]
    return {
        "marks": marks[:MOST_MARKED],
        "camera": camera_on(first.scenario.area, places).model_dump() if marks else None,
        "text": _text(first, other, letter),
    }


def _object_mark(change: PlacedChange, letter: str) -> dict[str, Any]:
    return {
        "kind": change.kind,
        "id": change.id,
        "what": change.what,
        "position": change.position_m,
        "in_first": change.before_m,
        "label": change.words(letter),
    }


def _user_marks(first: Result, other: Result, letter: str) -> list[dict[str, Any]]:
    """Return the users who gain and lose most, where both runs ask the same of the same objects."""
    found = user_differences(first, other)
    most = [*top_winners(found)[:MOST_USERS], *top_losers(found)[:MOST_USERS]]
    return [
        {
            "kind": f"{entry.kind}_user",
            "id": entry.user,
            "what": "more" if entry.sign > 0 else "less",
            "position": (entry.east_m, entry.north_m, 0.0),
            "in_first": (entry.east_m, entry.north_m, 0.0),
            "label": f"{entry.mbit:+,.1f} Mbit in {letter}",
        }
        for entry in most
    ]


def _text(first: Result, other: Result, letter: str) -> str:
    """Say what differs in a few sentences, first what is marked."""
    marked = [change.id for change in placed_changes(first.scenario, other.scenario)]
    sentences = scenario_changes(first.scenario, other.scenario)
    sentences.sort(key=lambda sentence: not any(name in sentence for name in marked))
    more = len(sentences) - MOST_SENTENCES
    asked = " ".join(sentences[:MOST_SENTENCES]) + (f" And {more} more." if more > 0 else "")
    return f"{letter} against A. {asked or winners_sentence(user_differences(first, other), LETTERS[0], letter)}"

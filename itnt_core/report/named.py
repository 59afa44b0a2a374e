"""A result of a study under a name, judged anew, and what differs between the questions of several."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from itnt_core.results import Verification
from itnt_core.words import scenario_differences

from .blocks import Block, Heading, Table
from .words import NONE

Kept = TypeVar("Kept")


@dataclass(frozen=True, eq=False)
class NamedResult(Generic[Kept]):
    """A result under a name and a reference."""

    name: str
    reference: str
    result: Kept
    verification: Verification


def question_differences(runs: Sequence[NamedResult[Any]]) -> list[Block]:
    """Return the fields in which the questions of results differ, as a table under a heading; nothing if in none."""
    found = scenario_differences([run.result.scenario for run in runs])
    if not found:
        return []
    rows = tuple((field, *(NONE if value is None else str(value)[:60] for value in values)) for field, values in found)
    return [
        Heading("What differs in the questions"),
        Table("Fields that differ.", ("Field", *(run.name for run in runs)), rows),
    ]

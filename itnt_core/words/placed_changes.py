"""Which placed objects are new, gone or moved from one scenario to another: what the map marks and flies to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from itnt_core.scenario import Scenario

from .changes import LEAST_STEP_M, distance_words

Position = tuple[float, float, float]
KINDS = ("ground_station", "aerial_user", "ground_user")


@dataclass(frozen=True)
class PlacedChange:
    """An object that only one of two scenarios has, or that stands elsewhere; places are east, north, up in metres.

    ``position_m`` is its place in the other scenario, of one that is gone its place in the first; ``before_m`` is where
    one that moved stood. Of an aerial user it is the start of its flight.
    """

    kind: str
    id: str
    what: Literal["new", "gone", "moved"]
    position_m: Position
    before_m: Position

    def words(self, letter: str) -> str:
        """Say it of the run with this letter, in a few words."""
        step = np.hypot(self.position_m[0] - self.before_m[0], self.position_m[1] - self.before_m[1])
        how = f"moved {distance_words(float(step))}" if step > LEAST_STEP_M else self.what
        return f"{how} in {letter}"


def placed_changes(first: Scenario, other: Scenario) -> list[PlacedChange]:
    """Return what is new, gone or moved in the other scenario; objects are the same when kind and id are the same."""
    found: list[PlacedChange] = []
    for kind in KINDS:
        before, after = (dict(_places(scenario, kind)) for scenario in (first, other))
        for key, places in after.items():
            if key not in before:
                found.append(PlacedChange(kind, key, "new", places[0], places[0]))
            elif any(_is_step(*pair) for pair in zip(before[key], places, strict=True)):
                found.append(PlacedChange(kind, key, "moved", places[0], before[key][0]))
        gone = [key for key in before if key not in after]
        found += [PlacedChange(kind, key, "gone", before[key][0], before[key][0]) for key in gone]
    return found


def _places(scenario: Scenario, kind: str) -> Iterator[tuple[str, list[Position]]]:
    """Yield the id of each object of a kind and its places: of an aerial user both ends of its flight."""
    members: Any = getattr(scenario, f"{kind}s")
    for member in members:
        ends = (member.start, member.destination) if kind == "aerial_user" else (member,)
        yield member.id, [end.position_m for end in ends]


def _is_step(before: Position, after: Position) -> bool:
    return float(np.hypot(after[0] - before[0], after[1] - before[1])) > LEAST_STEP_M

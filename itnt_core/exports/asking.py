"""What is exported and how: a scenario with or without its answer, the choices, and what a format of files is."""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from itnt_core.cached import cached_property
from itnt_core.errors import ItntError
from itnt_core.network import MOST_POINTS_PER_SIDE, World, build_world
from itnt_core.scenario import LONLAT, Scenario

if TYPE_CHECKING:
    from itnt_core.results import Result

HIGHEST_M = 10_000  # of a surface: above what any scenario flies
CELLS = 100  # of a surface, a side: forty metres of the usual square
# field of the options: what people choose by it
OPTION_WORDS = {
    "crs": "the coordinate reference system",
    "layers": "the layers",
    "slot": "the slot of the surface",
    "cells": "the cells of the surface",
    "height_m": "the height of the surface",
}


class ExportError(ItntError, ValueError):
    """An export that cannot be made, in one sentence."""


@dataclass(frozen=True)
class ExportOptions:
    """Hold what can be chosen of an export; a format uses some of it (:attr:`ExportFormat.takes`).

    ``crs`` is a code such as EPSG:27700, ``layers`` are names of :data:`~itnt_core.exports.LAYERS` (none: the usual
    ones). Of the surface: ``slot`` from 1, ``cells`` a side, and an aerial user's height (None: users on the ground).
    """

    crs: str = LONLAT
    layers: tuple[str, ...] = ()
    slot: int = 1
    cells: int = CELLS
    height_m: float | None = None

    @property
    def chosen(self) -> tuple[str, ...]:
        """Return the fields that are not as they usually are."""
        return tuple(field.name for field in fields(self) if getattr(self, field.name) != field.default)

    def check(self, scenario: Scenario) -> None:
        """Raise ExportError where the surface that is asked for cannot be one of the scenario."""
        limits = {
            "slot": (self.slot, 1, scenario.time.slots, ""),
            "number of cells": (self.cells, 1, MOST_POINTS_PER_SIDE, " a side"),
            "height": (0.0 if self.height_m is None else self.height_m, 0, HIGHEST_M, " m"),
        }
        for what, (value, low, high, unit) in limits.items():
            if not low <= value <= high:
                raise ExportError(f"The {what} is {value:g}, but {low} to {high:,}{unit} is allowed: change it.")


@dataclass(frozen=True, eq=False)
class ExportSource:
    """What is exported: a scenario, and its answer where there is one; ``cache_dir`` keeps generated cities."""

    scenario: Scenario
    result: Result | None = None
    cache_dir: Path | None = None

    @cached_property
    def world(self) -> World:
        """Return the physics of the scenario, built when it is first asked for (ScenarioError)."""
        return build_world(self.scenario, cache_dir=self.cache_dir)

    @property
    def answer(self) -> Result:
        """Return the result (ExportError where there is a scenario alone)."""
        if self.result is None:
            raise ExportError("The scenario has no answer yet, but this export shows one: run a method on it first.")
        return self.result


class ExportFormat(Protocol):
    """A format of files. ``takes`` names the fields of :class:`ExportOptions` that change what it writes.

    ``title`` is what people call it, ``suffix`` ends its files, with the dot; ``shows_answer`` says that a scenario
    alone does not suffice.
    """

    title: str
    suffix: str
    media_type: str
    takes: frozenset[str]
    shows_answer: bool

    def write(self, source: ExportSource, options: ExportOptions) -> bytes:
        """Return the file (ExportError with one sentence for what it cannot hold)."""

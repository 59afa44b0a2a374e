"""From plain data to a checked scenario, part by part: what is wrong is told, up to 50 problems, at a bounded cost.

Handed to pydantic whole, a file of 5,000 objects with fifty wrong fields each would make 250,000 findings, each with a
copy of its object. So the lists are read in pieces, and reading ends once there is enough to tell.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import Any

from pydantic import TypeAdapter, ValidationError

from .airspace import NoFlyZone
from .antennas import AntennaPattern
from .checks import CHECK_READS, CHECKS
from .guard import SCENARIO_LIMITS, DataLimits, check_limits
from .messages import problems_of
from .model import (
    SCENARIO_VERSION,
    GroundStation,
    Scenario,
)
from .names import STORED
from .parsing import as_json
from .part import Part
from .problems import MOST_PROBLEMS, Problem, ScenarioError, first_problems, shown
from .satellites import OrbitGroup, Pass, WalkerShell
from .users import AerialUser, GroundUser

_PARTS: dict[str, type[Part]] = {
    "ground_stations": GroundStation,
    "passes": Pass,
    "walker_shells": WalkerShell,
    "orbits": OrbitGroup,
    "aerial_users": AerialUser,
    "ground_users": GroundUser,
    "antenna_patterns": AntennaPattern,
    "no_fly_zones": NoFlyZone,
}
_LISTS = {field: TypeAdapter(tuple[part, ...]) for field, part in _PARTS.items()}  # type: ignore[valid-type]
_PIECE = 50  # objects read at once
_PIECES = {"orbits": 1, "antenna_patterns": 1}  # a group of satellites holds 64 objects itself, a pattern 720 values


def scenario_of_data(data: Any, *, stored: bool = False, limits: DataLimits = SCENARIO_LIMITS) -> Scenario:
    """Build a scenario from plain data with every check done.

    ``stored`` is for files that this program wrote: characters in names that it refuses today are marked as U+FFFD
    there. Raises :class:`ScenarioError` that lists up to 50 problems at once: those of single fields, and those across
    the parts that could be read.
    """
    if not isinstance(data, dict):
        raise ScenarioError(
            [Problem("The scenario", f"a {type(data).__name__}", "a mapping of keys is needed", "see a preset")]
        )
    check_limits(data, limits)
    _check_version(data)
    reading = _Reading(data, stored)
    problems = first_problems(chain(reading.problems, reading.echo_free_checks()))
    if problems or reading.scenario is None:
        raise ScenarioError(problems)
    return reading.scenario


def _check_version(data: dict[str, Any]) -> None:
    version = data.get("version", SCENARIO_VERSION)
    known = isinstance(version, int) and not isinstance(version, bool) and 1 <= version <= SCENARIO_VERSION
    if not known:
        remedy = "update ITNT Studio" if isinstance(version, int) and version > SCENARIO_VERSION else "correct it"
        allowed = f"this program reads version 1 to {SCENARIO_VERSION}"
        raise ScenarioError([Problem("The version of the scenario", shown(version), allowed, remedy)])


class _Reading:
    """What could be read of plain data within their limits.

    ``scenario`` holds all parts that are right, the others left out or at their defaults; None when there is no such;
    ``broken`` names the parts that are not whole.
    """

    def __init__(self, data: dict[str, Any], stored: bool):
        self._data, self._context = data, STORED if stored else None
        self.problems: list[Problem] = []
        self.broken: set[str] = set()
        head = self._head()
        lists = {field: tuple(self._objects(field)) for field in _LISTS if isinstance(data.get(field), list | tuple)}
        self.scenario = head and head.model_copy(update=lists)  # the guard has counted their items

    def _head(self) -> Scenario | None:
        """Return the scenario without its objects, from the fields that are right."""
        data = {
            key: value for key, value in self._data.items() if not (key in _LISTS and isinstance(value, list | tuple))
        }
        for _ in range(2):
            try:
                return Scenario.model_validate_json(as_json(data), context=self._context)
            except ValidationError as error:
                if self.broken:
                    break  # without its wrong fields it is still wrong: pydantic would have told the same again
                self.problems += problems_of(error, self._data)
                self.broken = {str(found["loc"][0]) for found in error.errors(include_url=False) if found["loc"]}
                data = {key: value for key, value in data.items() if str(key) not in self.broken}
        return None

    def _objects(self, field: str) -> Iterator[Part]:
        """Yield the objects of a list that are right."""
        items = self._data[field]
        step = _PIECES.get(field, _PIECE)
        for first in range(0, len(items), step):
            if len(self.problems) > MOST_PROBLEMS:
                self.broken.add(field)
                return
            yield from self._piece(field, first, items[first : first + step])

    def _piece(self, field: str, first: int, items: list[Any]) -> tuple[Part, ...]:
        try:
            return _LISTS[field].validate_json(as_json(items), context=self._context)
        except ValidationError as error:
            self.problems += problems_of(error, self._data, inside=(field, first))
            self.broken.add(field)
            wrong = {found["loc"][0] for found in error.errors(include_url=False, include_input=False) if found["loc"]}
            right = [item for index, item in enumerate(items) if index not in wrong]
            return _LISTS[field].validate_json(as_json(right), context=self._context)

    def echo_free_checks(self) -> Iterator[Problem]:
        """Yield the problems across the parts that could be read, without checks that would read a broken one."""
        if self.scenario is None:
            return
        for name, check in CHECKS.items():
            if len(self.problems) > MOST_PROBLEMS:
                return
            if not CHECK_READS.get(name, frozenset()) & self.broken:
                yield from check(self.scenario)

"""Limits on plain data before anything is made of it: a small file may claim more than any scenario can need."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from itnt_core.texts import visible

from .antennas import AntennaPattern
from .model import Scenario
from .part import Part
from .problems import MOST_PROBLEMS, Problem, ScenarioError, shown
from .satellites import OrbitGroup
from .users import GroundUser

MAX_DEPTH = 12  # of lists and fields within one another
_SCALARS = (str, int, float, date, type(None))  # a bool is an int, a datetime a date
_LONGEST_INT_BITS = 4000  # some 1,200 digits: more than any number here, and Python writes out 4,300 at most
_HALF = range(0xD800, 0xE000)  # surrogates, of which a pair makes one character

Location = tuple[int | str, ...]


def _longest(*models: type[Part]) -> dict[str, int]:
    """Return how many items the lists of models may hold, by field."""
    fields = {name: entry for model in models for name, entry in model.model_fields.items()}
    lists = {name: entry.metadata for name, entry in fields.items() if "tuple" in str(entry.annotation)}
    return {name: item.max_length for name, found in lists.items() for item in found if hasattr(item, "max_length")}


@dataclass(frozen=True)
class DataLimits:
    """Hold the bounds of one kind of data: values in all, items of a list, keys of a mapping, characters."""

    values: int = 450_000  # the most objects with every field written down, and 90,000 points of paths
    items: int = 5000
    keys: int = 64
    characters: int = 4000
    characters_in_all: int = 3_000_000
    key_characters: int = 100
    lists: Mapping[str, int] = field(default_factory=lambda: _longest(Scenario, OrbitGroup, AntennaPattern, GroundUser))


SCENARIO_LIMITS = DataLimits()


def place_words(location: Sequence[int | str]) -> str:
    """Return where something stands, as in ``ground_users.3.name``, in characters that can be shown."""
    return visible(".".join(str(step) for step in location))[:160]


def check_limits(data: Any, limits: DataLimits = SCENARIO_LIMITS) -> None:
    """Raise :class:`ScenarioError` when plain data are deeper, longer or more than allowed, or not plain.

    The cost is bounded by ``limits.values`` whatever the data hold, and nothing recurses.
    """
    walk = _Walk(limits)
    walk.over(data)
    if walk.halves:
        raise ScenarioError(walk.halves)


class _Walk:
    """One way through plain data, container by container."""

    def __init__(self, limits: DataLimits):
        self.limits = limits
        self.halves: list[Problem] = []
        self.values = self.characters = 0

    def over(self, data: Any) -> None:
        waiting: list[tuple[Any, Location]] = [(data, ())]
        while waiting:
            node, location = waiting.pop()
            if len(location) >= MAX_DEPTH:
                raise _refused("The scenario", "nested too deeply", f"{MAX_DEPTH} levels are allowed", "flatten it")
            if isinstance(node, dict):
                self._mapping(node, location)
                inner: Any = ((value, (*location, str(key))) for key, value in node.items())
            elif isinstance(node, list | tuple):
                self._list(node, location)
                inner = ((value, (*location, index)) for index, value in enumerate(node))
            else:
                self._scalar(node, location)
                continue
            # The last comes out first: what is told of the data is told in their order.
            waiting.extend(reversed([*inner]))

    def _mapping(self, node: dict[Any, Any], location: Location) -> None:
        self._count(len(node))
        if len(node) > self.limits.keys:
            raise _refused(
                _where(location),
                f"a mapping of {len(node):,} keys",
                f"at most {self.limits.keys} are allowed",
                "remove those that are not of the format",
            )
        for key in node:
            if not isinstance(key, str | int | float | type(None)):
                raise _not_plain(f"keys of the type {type(key).__name__}")
            if isinstance(key, str):
                self._key(key)

    def _key(self, key: str) -> None:
        if len(key) > self.limits.key_characters:
            allowed = f"at most {self.limits.key_characters} characters are allowed"
            raise _refused(f"The key {shown(key)}", f"{len(key):,} characters long", allowed, "correct its spelling")
        if _is_half(key):
            self._half(f"The key {shown(key)}", "not text", "rename it")

    def _list(self, node: Sequence[Any], location: Location) -> None:
        self._count(len(node))
        last = location[-1] if location else ""
        most = self.limits.lists.get(last, self.limits.items) if isinstance(last, str) else self.limits.items
        if len(node) > most:
            raise _refused(_where(location), f"a list of {len(node)}", f"at most {most} are allowed", "remove some")

    def _scalar(self, node: Any, location: Location) -> None:
        if isinstance(node, str):
            self._text(node, location)
        elif not isinstance(node, _SCALARS):
            raise _not_plain(type(node).__name__)
        elif isinstance(node, int) and node.bit_length() > _LONGEST_INT_BITS:
            raise _refused(
                _where(location), "a number of over 1,000 digits", "a number to compute with is needed", "shorten it"
            )

    def _text(self, text: str, location: Location) -> None:
        self.characters += len(text)
        where = _where(location)
        if len(text) > self.limits.characters:
            allowed = f"at most {self.limits.characters:,} characters are allowed"
            raise _refused(where, f"a text of {len(text):,} characters", allowed, "shorten it")
        if self.characters > self.limits.characters_in_all:
            allowed = f"its texts may have {self.limits.characters_in_all:,} characters in all"
            raise _refused("The scenario", "too large", allowed, "remove what is not needed")
        if _is_half(text):
            self._half(where, shown(text), "enter it again")

    def _half(self, where: str, value: str, remedy: str) -> None:
        self.halves.append(Problem(where, value, "whole characters are needed", remedy))
        if len(self.halves) > MOST_PROBLEMS:
            raise ScenarioError(self.halves)

    def _count(self, more: int) -> None:
        self.values += more
        if self.values > self.limits.values:
            allowed = f"at most {self.limits.values:,} values are allowed"
            raise _refused("The scenario", "too large", allowed, "remove what is not needed")


def _where(location: Location) -> str:
    return f"The field {place_words(location)}" if location else "The scenario"


def _is_half(text: str) -> bool:
    return not text.isascii() and any(ord(character) in _HALF for character in text)


def _refused(where: str, value: str, allowed: str, remedy: str) -> ScenarioError:
    return ScenarioError([Problem(where, value, allowed, remedy)])


def _not_plain(what: str) -> ScenarioError:
    return _refused("The scenario", f"not plain data ({what})", "numbers, text and lists are allowed", "mend it")

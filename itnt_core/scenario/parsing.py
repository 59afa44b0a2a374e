"""YAML and JSON text into plain data, at a cost that its length bounds."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date, datetime
from typing import Any

import yaml
from yaml.composer import Composer
from yaml.constructor import ConstructorError, SafeConstructor
from yaml.parser import Parser
from yaml.reader import Reader
from yaml.resolver import Resolver
from yaml.scanner import Scanner

from itnt_core.texts import visible

from .guard import MAX_DEPTH, SCENARIO_LIMITS, DataLimits
from .problems import Problem, ScenarioError, shown

_LONGEST_NUMBER = 1000  # characters of a YAML number; a longer one is read as text, in a time that is not quadratic
_NUMBERS = tuple(f"tag:yaml.org,2002:{kind}" for kind in ("int", "float", "timestamp"))


class _Events(Reader, Scanner, Parser):
    """PyYAML's own parser, where the library was built without the one in C (five times slower, the same events)."""

    def __init__(self, text: str):
        Reader.__init__(self, text)
        Scanner.__init__(self)
        Parser.__init__(self)


def _events(text: str) -> Any:
    if not yaml.__with_libyaml__:
        return _Events(text)
    from yaml._yaml import CParser

    return CParser(text)


class _PlainLoader(Composer, SafeConstructor, Resolver):
    """YAML without anchors, aliases, tags, merges or repeated keys: what one reads is what is meant.

    Nodes are counted while they are composed, so that a text cannot make more of them than its kind may hold.
    """

    def __init__(self, text: str, most_nodes: int):
        self._events, self._left, self._depth = _events(text), most_nodes, 0
        self.check_event = self._events.check_event
        self.peek_event = self._events.peek_event
        self.get_event = self._events.get_event
        Composer.__init__(self)
        SafeConstructor.__init__(self)
        Resolver.__init__(self)

    def compose_node(self, parent: Any, index: Any) -> Any:
        event = self.peek_event()
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise ConstructorError(None, None, "anchors and aliases are not allowed", event.start_mark)
        if getattr(event, "tag", None):
            raise ConstructorError(None, None, f"the tag {shown(event.tag)} is not allowed", event.start_mark)
        self._left, self._depth = self._left - 1, self._depth + 1
        if self._left < 0:
            raise _fail("The file", "too large", "no scenario holds so many values", "remove what is not needed")
        if self._depth > MAX_DEPTH:
            raise _fail("The scenario", "nested too deeply", f"{MAX_DEPTH} levels are allowed", "flatten it")
        node = super().compose_node(parent, index)
        self._depth -= 1
        return node

    def resolve(self, kind: Any, value: Any, implicit: Any) -> Any:
        """Return the tag of a node; a number that is endless is no number."""
        if isinstance(value, str) and len(value) > _LONGEST_NUMBER:
            return self.DEFAULT_SCALAR_TAG
        return super().resolve(kind, value, implicit)

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        if any(key.tag == "tag:yaml.org,2002:merge" for key, _ in node.value):
            raise ConstructorError(None, None, "merge keys are not allowed", node.start_mark)
        if not all(isinstance(key, yaml.ScalarNode) for key, _ in node.value):
            raise ConstructorError(None, None, "found unhashable key: only texts name a value", node.start_mark)
        # Keys are compared as they stand in the text.
        counts = Counter(key.value for key, _ in node.value)
        twice = next((key for key, count in counts.items() if count > 1), None)
        if twice is not None:
            raise ConstructorError(None, None, f"the key {shown(twice)} stands twice", node.start_mark)
        return super().construct_mapping(node, deep)


def _fail(where: str, value: str, allowed: str, remedy: str) -> ScenarioError:
    return ScenarioError([Problem(where, value, allowed, remedy)])


def parse_text(text: str, limits: DataLimits = SCENARIO_LIMITS) -> Any:
    """Read YAML or JSON text into plain data, refusing what is too much, too deep or ambiguous (ScenarioError).

    JSON is read whole before anything of it is known: for texts that may be hostile see
    :func:`itnt_core.scenario.reading.plain_data`.
    """
    try:
        if text.lstrip().startswith("{"):
            return _parse_json(text)
        return _PlainLoader(text, most_nodes=2 * limits.values).get_single_data()  # of a mapping, keys are nodes too
    except yaml.YAMLError as error:
        raise _fail("The file", f"not readable ({_first_line(error)})", "YAML or JSON is needed", "mend it") from error
    except ScenarioError:
        raise
    except (RecursionError, ValueError, OverflowError) as error:
        reason = visible(str(error))[:160]
        raise _fail("The file", f"not readable ({reason})", "plain YAML or JSON is needed", "mend it") from error


def _parse_json(text: str) -> Any:
    """Read JSON, which YAML's reader would also take, but a hundred times slower on large files."""

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        data = dict(pairs)
        if len(data) < len(pairs):
            counts = Counter(key for key, _ in pairs)
            twice = next(key for key, count in counts.items() if count > 1)
            raise _fail(f"The key {shown(twice)}", "given twice", "a key may stand once", "remove one")
        return data

    return json.loads(text, object_pairs_hook=unique)


def _first_line(error: yaml.YAMLError) -> str:
    problem = getattr(error, "problem", None) or str(error).splitlines()[0]
    mark = getattr(error, "problem_mark", None)
    reason = visible(str(problem))[:160]
    return f"{reason}, line {mark.line + 1}" if mark else reason


def as_json(data: Any) -> str:
    """Write plain data as JSON, moments as ISO 8601 text (TypeError for anything that is not plain)."""

    def moment(value: Any) -> str:
        if isinstance(value, datetime | date):
            return value.isoformat()
        raise TypeError(f"{type(value).__name__} cannot stand in a scenario")

    return json.dumps(data, default=moment)

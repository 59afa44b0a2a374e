"""Reading and writing scenarios: YAML and JSON text in, a checked scenario or every problem out."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date, datetime
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import ValidationError

from .checks import CHECK_READS, CHECKS, check_scenario
from .messages import half_characters, problems_of, valid_part
from .model import SCENARIO_VERSION, Scenario
from .problems import Problem, ScenarioError, shown

MAX_SCENARIO_BYTES = 20_000_000
MAX_DEPTH = 12


class _PlainLoader(yaml.SafeLoader):
    """YAML without anchors, aliases, merges or repeated keys: what one reads is what is meant."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        event = self.peek_event()
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise yaml.constructor.ConstructorError(None, None, "anchors and aliases are not allowed", event.start_mark)
        return super().compose_node(parent, index)

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        if any(key.tag == "tag:yaml.org,2002:merge" for key, _ in node.value):
            raise yaml.constructor.ConstructorError(None, None, "merge keys are not allowed", node.start_mark)
        # Keys are compared as they stand in the text: a mapping as key cannot be hashed, and is refused below anyway.
        counts = Counter(str(key.value) for key, _ in node.value)
        twice = next((key for key, count in counts.items() if count > 1), None)
        if twice is not None:
            raise yaml.constructor.ConstructorError(None, None, f"the key '{twice}' stands twice", node.start_mark)
        return super().construct_mapping(node, deep)


def _fail(where: str, value: str, allowed: str, remedy: str) -> ScenarioError:
    return ScenarioError([Problem(where, value, allowed, remedy)])


def parse_text(text: str) -> Any:
    """Read YAML or JSON text into plain data, refusing what is too large, too deep or ambiguous (ScenarioError)."""
    if len(text.encode(errors="replace")) > MAX_SCENARIO_BYTES:
        raise _fail("The file", f"{len(text) / 1e6:.1f} MB", "20 MB are allowed", "remove what is not needed")
    try:
        if text.lstrip().startswith("{"):
            return _parse_json(text)
        loader = _PlainLoader(text)
        try:
            return loader.get_single_data()
        finally:
            loader.dispose()
    except yaml.YAMLError as error:
        raise _fail("The file", f"not readable ({_first_line(error)})", "YAML or JSON is needed", "mend it") from error
    except ScenarioError:
        raise
    except (RecursionError, ValueError) as error:
        raise _fail("The file", f"not readable ({error})", "plain YAML or JSON is needed", "mend it") from error


def _parse_json(text: str) -> Any:
    """Read JSON, which YAML's reader would also take, but a hundred times slower on large files."""

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        data = dict(pairs)
        if len(data) < len(pairs):
            counts = Counter(key for key, _ in pairs)
            twice = next(key for key, count in counts.items() if count > 1)
            raise _fail(f"The key '{twice}'", "given twice", "a key may stand once", "remove one")
        return data

    return json.loads(text, object_pairs_hook=unique)


def _first_line(error: yaml.YAMLError) -> str:
    problem = getattr(error, "problem", None) or str(error).splitlines()[0]
    mark = getattr(error, "problem_mark", None)
    return f"{problem}, line {mark.line + 1}" if mark else str(problem)


def _depth(data: Any) -> int:
    layers, level = [data], 0
    while layers and level <= MAX_DEPTH:
        level += 1
        layers = [
            item
            for layer in layers
            for item in (layer.values() if isinstance(layer, dict) else layer if isinstance(layer, list) else ())
        ]
    return level


def _as_json(data: Any) -> str:
    def moment(value: Any) -> str:
        if isinstance(value, datetime | date):
            return value.isoformat()
        raise TypeError(f"{type(value).__name__} cannot stand in a scenario")

    return json.dumps(data, default=moment)


def _check_version(data: dict[str, Any]) -> None:
    version = data.get("version", SCENARIO_VERSION)
    known = isinstance(version, int) and not isinstance(version, bool) and 1 <= version <= SCENARIO_VERSION
    if not known:
        remedy = "update ITNT Studio" if isinstance(version, int) and version > SCENARIO_VERSION else "correct it"
        raise _fail(
            "The version of the scenario", shown(version), f"this program reads version 1 to {SCENARIO_VERSION}", remedy
        )


def parse_scenario(data: Any) -> Scenario:
    """Build a scenario from plain data with every check done.

    Raises :class:`ScenarioError` that lists all problems at once: those of single fields, and those across the parts
    that could be read.
    """
    if not isinstance(data, dict):
        raise _fail("The scenario", f"a {type(data).__name__}", "a mapping of keys is needed", "see a preset")
    if _depth(data) > MAX_DEPTH:
        raise _fail("The scenario", "nested too deeply", f"{MAX_DEPTH} levels are allowed", "flatten it")
    halves = half_characters(data)
    if halves:
        raise ScenarioError(halves)
    _check_version(data)
    try:
        text = _as_json(data)
    except (TypeError, ValueError) as error:
        raise _fail(
            "The scenario", f"not plain data ({error})", "numbers, text and lists are allowed", "mend it"
        ) from error
    try:
        scenario = Scenario.model_validate_json(text)
    except ValidationError as error:
        raise ScenarioError(problems_of(error, data) + _echo_free_checks(data, error)) from error
    problems = check_scenario(scenario)
    if problems:
        raise ScenarioError(problems)
    return scenario


def _echo_free_checks(data: dict[str, Any], error: ValidationError) -> list[Problem]:
    """Run the cross checks on what could be read, leaving out checks that read a broken part."""
    rest, broken = valid_part(data, error)
    try:
        scenario = Scenario.model_validate_json(_as_json(rest))
    except ValidationError:
        return []
    runnable = (check for name, check in CHECKS.items() if not CHECK_READS.get(name, frozenset()) & broken)
    return [problem for check in runnable for problem in check(scenario)]


def load_scenario(text: str) -> Scenario:
    """Read a scenario from YAML or JSON text (ScenarioError lists every problem)."""
    return parse_scenario(parse_text(text))


def dump_scenario(scenario: Scenario, form: Literal["yaml", "json"] = "yaml") -> str:
    """Write a scenario as YAML or JSON text that :func:`load_scenario` reads back equal."""
    if form == "json":
        return scenario.model_dump_json(indent=2) + "\n"
    return yaml.safe_dump(scenario.model_dump(mode="json"), sort_keys=False, allow_unicode=True, width=120)


def read_scenario(path: Path) -> Scenario:
    """Read a scenario file (ScenarioError when it is missing, no text, or wrong)."""
    return load_scenario(read_text_file(path))


def read_text_file(path: Path) -> str:
    """Read the text of a scenario file (ScenarioError when it is missing, too large or no text)."""
    try:
        with path.open("rb") as handle:
            content = handle.read(MAX_SCENARIO_BYTES + 1)  # a device or a pipe has no size to ask for
        if len(content) > MAX_SCENARIO_BYTES:
            raise _fail("The file", "over 20 MB", "20 MB are allowed", "remove what is not needed")
        return content.decode("utf-8")
    except OSError as error:
        reason = f"not readable ({error.strerror})"
        raise _fail(f"The file '{path.name}'", reason, "a file is needed", "check the path") from error
    except UnicodeDecodeError as error:
        raise _fail(f"The file '{path.name}'", "not text", "UTF-8 text is needed", "save it as UTF-8") from error

"""In which fields questions differ."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from pydantic import BaseModel

from itnt_core.scenario import all_fields

MOST_DIFFERENCES = 40  # rows of a table


def scenario_differences(scenarios: Sequence[BaseModel]) -> list[tuple[str, list[Any]]]:
    """Return every field in which questions differ, dotted, with its value in each; lists by their length first."""
    flat = [dict(_leaves(all_fields(scenario))) for scenario in scenarios]
    keys = dict.fromkeys(key for leaves in flat for key in leaves)
    found = [(key, [leaves.get(key) for leaves in flat]) for key in keys]
    return [(key, values) for key, values in found if any(value != values[0] for value in values)][:MOST_DIFFERENCES]


def _leaves(data: Any, path: str = "") -> Iterable[tuple[str, Any]]:
    if isinstance(data, dict):
        for key, value in data.items():
            yield from _leaves(value, f"{path}.{key}" if path else key)
    elif isinstance(data, list):
        yield f"number of {path}", len(data)
        for number, value in enumerate(data):
            name = value.get("id", number) if isinstance(value, dict) else number
            yield from _leaves(value, f"{path}.{name}")
    else:
        yield path, data

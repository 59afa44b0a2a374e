"""Tags of OpenStreetMap: those that an import looks at, and how tables hold them as one text."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

TAGS_OF_USE = frozenset(
    {
        "height",
        "building:height",
        "building:levels",
        "min_height",
        "building:min_height",
        "min_level",
        "building:min_level",
        "man_made",
        "building",
        "building:part",
        "natural",
        "leisure",
        "landuse",
        "waterway",
        "water",
        "highway",
        "name",
        "est_height",
        "attribution",
        "source",
    }
)
_HSTORE = re.compile(r'"((?:[^"\\]|\\.)*)"=>"((?:[^"\\]|\\.)*)"')


def expand_tags(columns: dict[str, Sequence[Any]]) -> dict[str, Sequence[Any]]:
    """Spell out columns that hold tags as one text: JSON under 'tags', or OpenStreetMap's 'other_tags' (hstore)."""
    for name in ("tags", "other_tags"):
        if name not in columns:
            continue
        rows = [_tags(value) for value in columns[name]]
        keys = {key for row in rows for key in row} & TAGS_OF_USE
        fresh = {key: [row.get(key) for row in rows] for key in sorted(keys) if key not in columns}
        columns = {**columns, **fresh}
    return columns


def _tags(value: Any) -> dict[str, str]:
    if isinstance(value, dict):
        return {str(key): str(text) for key, text in value.items()}
    if not isinstance(value, str):
        return {}
    if value.lstrip().startswith("{"):
        try:
            found = json.loads(value)
        except (ValueError, RecursionError):
            return {}
        return {str(key): str(text) for key, text in found.items()} if isinstance(found, dict) else {}
    return dict(_HSTORE.findall(value))

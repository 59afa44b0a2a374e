"""Turning pydantic's findings into sentences about the user's own objects."""

from __future__ import annotations

import copy
import math
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from .model import Scenario
from .problems import Problem, shown

_OBJECTS = {
    "ground_stations": "GBS",
    "passes": "pass",
    "walker_shells": "Walker shell",
    "orbits": "satellite group",
    "aerial_users": "aerial user",
    "ground_users": "ground user",
}
_BOUNDS = {
    "greater_than_equal": "raise it",
    "greater_than": "raise it",
    "less_than_equal": "lower it",
    "less_than": "lower it",
}
Location = tuple[int | str, ...]


def problems_of(error: ValidationError, data: dict[str, Any], model: type[BaseModel] = Scenario) -> list[Problem]:
    """Return one problem per finding of pydantic about a model's data, in the order of the file."""
    return [_problem(found, data, model) for found in error.errors(include_url=False)]


def half_characters(data: Any, location: Location = ()) -> list[Problem]:
    """Return a problem for every text that holds half a surrogate pair, which no file can store."""
    if isinstance(data, dict):
        parts = [(value, (*location, str(key))) for key, value in data.items()]
        broken = [key for key in data if isinstance(key, str) and _is_half(key)]
        own = [
            Problem(f"The key {shown(key)}", "not text", "whole characters are needed", "rename it") for key in broken
        ]
        return own + [problem for value, place in parts for problem in half_characters(value, place)]
    if isinstance(data, list):
        return [problem for index, item in enumerate(data) for problem in half_characters(item, (*location, index))]
    if isinstance(data, str) and _is_half(data):
        where = shown(".".join(str(step) for step in location))[1:-1]
        return [Problem(f"The field {where}", shown(data), "whole characters are needed", "enter it again")]
    return []


def _is_half(text: str) -> bool:
    return any(0xD800 <= ord(character) <= 0xDFFF for character in text)


def _problem(found: ErrorDetails, data: dict[str, Any], model: type[BaseModel]) -> Problem:
    where, identifier = _where(found["loc"], data)
    value, allowed, remedy = _explain(found, data, model)
    return Problem(where, value, allowed, remedy, identifier)


def _at(data: Any, location: Location) -> Any:
    for step in location:
        try:
            data = data[step]
        except (KeyError, IndexError, TypeError):
            return None
    return data


def _where(location: Location, data: dict[str, Any]) -> tuple[str, str | None]:
    """Name the object and the field: "The height_m of GBS 'north'"."""
    head, *rest = location or ("scenario",)
    if head in _OBJECTS and rest and isinstance(rest[0], int):
        item = _at(data, (head, rest[0]))
        identifier = item.get("id") if isinstance(item, dict) else None
        name = shown(identifier) if isinstance(identifier, str) else f"number {rest[0] + 1}"
        label = f"{_OBJECTS[str(head)]} {name}"
        field = ".".join(str(step) for step in rest[1:])
        known = identifier if isinstance(identifier, str) else None
        return (f"The {field} of {label}" if field else label[0].upper() + label[1:]), known
    return f"The field {'.'.join(str(step) for step in location)}", None


def _explain(found: ErrorDetails, data: dict[str, Any], model: type[BaseModel]) -> tuple[str, str, str]:
    """Return value, allowed range and remedy of one finding."""
    kind, limits = found["type"], found.get("ctx", {})
    value = _at(data, found["loc"])
    if kind == "missing":
        return "missing", "it is needed", "add it"
    if kind == "extra_forbidden":
        return "unknown", "only the fields of the format are allowed", "remove it or correct its spelling"
    if kind == "finite_number" or (isinstance(value, float) and not math.isfinite(value)):
        return shown(value), "a finite number is needed", "enter a number"
    if kind in _BOUNDS:
        return shown(value), f"{_allowed_range(found['loc'], model)} is allowed", _BOUNDS[kind]
    simple = {
        "literal_error": ("allowed are {expected}", "choose one of them"),
        "string_pattern_mismatch": (
            "an id has 1 to 40 letters, digits, '.', '_' or '-' and starts with a letter or digit",
            "rename it",
        ),
        "string_too_long": ("at most {max_length} characters are allowed", "shorten it"),
        "string_too_short": ("at least {min_length} character is needed", "enter a text"),
    }
    if kind == "too_long":
        return f"a list of {limits['actual_length']}", f"at most {limits['max_length']} are allowed", "remove some"
    if kind in simple:
        allowed, remedy = simple[kind]
        return shown(value), allowed.format(**limits), remedy
    message = found["msg"].removeprefix("Value error, ")
    return shown(value), message[0].lower() + message[1:], "correct it"


def _field_metadata(location: Location, model: type[BaseModel]) -> list[Any]:
    """Return the constraints declared for the field at a location of a model."""
    metadata: list[Any] = []
    for step in (step for step in location if isinstance(step, str)):
        field = model.model_fields[step]
        metadata = field.metadata
        nested = [kind for kind in (field.annotation, *get_args(field.annotation)) if _is_model(kind)]
        model = nested[0] if nested else model
    return metadata


def _is_model(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)


def _allowed_range(location: Location, model: type[BaseModel]) -> str:
    """Say the whole allowed range of a number: "above 0 up to 1000"."""
    found = {}
    for item in _field_metadata(location, model):
        for name in ("ge", "gt", "le", "lt"):
            if getattr(item, name, None) is not None:
                found[name] = f"{getattr(item, name):.15g}"
    low = f"{found['ge']}" if "ge" in found else f"above {found['gt']}"
    high = f"to {found['le']}" if "le" in found else f"to below {found['lt']}"
    return f"{low} {high}"


def valid_part(data: dict[str, Any], error: ValidationError) -> tuple[dict[str, Any], frozenset[str]]:
    """Return a copy of the data without the objects and fields pydantic refused, and the names of the broken parts."""
    rest = copy.deepcopy(data)
    broken: set[str] = set()
    refused_items: dict[str, set[int]] = {}
    for found in error.errors(include_url=False):
        location = found["loc"]
        if not location:
            continue
        head = str(location[0])
        broken.add(head)
        if head in _OBJECTS and len(location) > 1 and isinstance(location[1], int):
            refused_items.setdefault(head, set()).add(location[1])
        else:
            rest.pop(head, None)
    for head, refused in refused_items.items():
        if isinstance(rest.get(head), list):
            rest[head] = [item for index, item in enumerate(rest[head]) if index not in refused]
    return rest, frozenset(broken)

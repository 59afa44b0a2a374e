"""Turning pydantic's findings into sentences about the user's own objects."""

from __future__ import annotations

import math
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from .choices import UNKNOWN_NAME
from .guard import Location, place_words
from .model import Scenario
from .names import UNSEEN
from .problems import Problem, shown

_OBJECTS = {
    "ground_stations": "GBS",
    "passes": "pass",
    "walker_shells": "Walker shell",
    "orbits": "satellite group",
    "aerial_users": "aerial user",
    "ground_users": "ground user",
    "antenna_patterns": "antenna pattern",
    "no_fly_zones": "no-fly zone",
}
_BOUNDS = {
    "greater_than_equal": "raise it",
    "greater_than": "raise it",
    "less_than_equal": "lower it",
    "less_than": "lower it",
}


def problems_of(
    error: ValidationError, data: dict[str, Any], model: type[BaseModel] = Scenario, inside: Location = ()
) -> list[Problem]:
    """Return one problem per finding of pydantic about a model's data, in the order of the file.

    ``inside`` is where in the data a list stands of which a part was read: its field and the place of its first item.
    """
    return [_problem(_placed(found, inside), data, model) for found in error.errors(include_url=False)]


def _placed(found: ErrorDetails, inside: Location) -> ErrorDetails:
    """Return a finding about a part of a list as one about the whole data."""
    if not inside:
        return found
    field, first = inside
    index, *rest = found["loc"]
    return ErrorDetails(**{**found, "loc": (field, int(first) + int(index), *rest)})


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
        field = place_words(rest[1:])
        known = identifier if isinstance(identifier, str) else None
        return (f"The {field} of {label}" if field else label[0].upper() + label[1:]), known
    return f"The field {place_words(location)}", None


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
    if kind == UNSEEN:
        return shown(value), limits["problem"], "remove it"
    if kind == UNKNOWN_NAME:
        return shown(value), limits["allowed"], limits["remedy"]
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

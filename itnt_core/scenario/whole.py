"""A scenario as plain data with every field, also those that its files leave out at their defaults."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel
from pydantic_core import to_jsonable_python


def all_fields(part: BaseModel) -> dict[str, Any]:
    """Return a part as plain data as JSON has it, with all of its fields by name."""
    return {name: _plain(getattr(part, name)) for name in type(part).model_fields}


def _plain(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return all_fields(value)
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return to_jsonable_python(value)

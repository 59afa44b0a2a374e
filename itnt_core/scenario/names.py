"""The texts that people give to things, as types of fields: without characters that nobody can see."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import AfterValidator, ValidationInfo
from pydantic_core import PydanticCustomError

from itnt_core.texts import marked, name_problem

UNSEEN = "unseen_character"  # the type of pydantic's error
# A context of pydantic's validation for files that this program wrote, before it refused such characters: they are
# marked as U+FFFD, so that what was stored still opens and shows where they were.
STORED: Mapping[str, Any] = {"stored": True}


def _checked(text: str, info: ValidationInfo, *, lines: bool) -> str:
    if info.context and info.context.get("stored"):
        return marked(text, lines=lines)
    problem = name_problem(text, lines=lines)
    if problem:
        raise PydanticCustomError(UNSEEN, "{problem}", {"problem": problem})
    return text


def _one_line(text: str, info: ValidationInfo) -> str:
    return _checked(text, info, lines=False)


def _some_lines(text: str, info: ValidationInfo) -> str:
    return _checked(text, info, lines=True)


NameText = Annotated[str, AfterValidator(_one_line)]
LongText = Annotated[str, AfterValidator(_some_lines)]

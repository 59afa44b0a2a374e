"""Numbers of a table's column as another country writes them: decimal commas and separators of thousands."""

from __future__ import annotations

import re
from collections.abc import Sequence

_BLANKS = re.compile(r"(?<=\d)[ \u00a0\u202f'\u2019](?=\d{3}(?!\d))")  # between thousands: French, Swiss
_POWER = r"(?:[eE][+-]?\d+)?"
_COMMA = re.compile(rf"[+-]?\d*,\d+{_POWER}")  # 12,5
_ENGLISH = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?")  # 1,234.5
_GERMAN = re.compile(r"[+-]?\d{1,3}(?:\.\d{3})+(?:,\d+)?")  # 1.234,5


def plain_numbers(column: Sequence[str], separator: str) -> tuple[list[str], str]:
    """Return the numbers of a column written with decimal points, and in words what was taken for what.

    The whole column is looked at, as "9,528" alone may be nine or nine thousand: where fields are separated by
    semicolons or tabs it is nine. A column that is not written in one way throughout stays as it is, with "" said.

    >>> plain_numbers(["9,528", "15,2", "7"], ";")
    (['9.528', '15.2', '7'], 'decimal commas read')
    >>> plain_numbers(["1,234.5", "987"], ",")
    (['1234.5', '987'], 'commas read as separators of thousands')
    >>> plain_numbers(["9,528", "3.5,1"], ";")
    (['9,528', '3.5,1'], '')
    """
    texts = [_BLANKS.sub("", text) for text in column]
    commas = [text for text in texts if "," in text]
    if not commas:
        return texts, "" if texts == list(column) else "separators of thousands taken out"
    points = [text for text in texts if "." in text]
    if all(_COMMA.fullmatch(text) for text in commas) and not points and _is_decimal(commas, separator):
        found = [text.replace(",", ".") for text in texts], "decimal commas read"
    elif all(_ENGLISH.fullmatch(text) for text in commas) and _is_grouped(commas, points):
        found = [text.replace(",", "") for text in texts], "commas read as separators of thousands"
    elif (
        points
        and all(_GERMAN.fullmatch(text) for text in points)
        and all(_COMMA.fullmatch(text) or _GERMAN.fullmatch(text) for text in commas)
    ):
        found = [text.replace(".", "").replace(",", ".") for text in texts], "decimal commas read"
    else:
        found = list(column), ""
    return found


def _is_decimal(commas: Sequence[str], separator: str) -> bool:
    """Say whether commas can only be decimal: by the separator, or as three digits do not follow each."""
    return separator != "," or not all(_ENGLISH.fullmatch(text) for text in commas)


def _is_grouped(commas: Sequence[str], points: Sequence[str]) -> bool:
    """Say whether commas can only stand between thousands: a decimal point, or a second comma, shows it."""
    return bool(points) or any(text.count(",") > 1 for text in commas)

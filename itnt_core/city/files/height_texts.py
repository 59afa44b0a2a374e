"""One height as people write it: '24 m', '24,5', '1,234 ft', '80\\' 6"', '3;4', '10-12 m'."""

from __future__ import annotations

import re
from typing import Any

import numpy as np

FOOT_M, INCH_M = 0.3048, 0.0254
LEAST_M, HIGHEST_M = 2.0, 1000.0  # of a building that is one; the tallest of the world has 828 m

_MARKS = str.maketrans({"′": "'", "’": "'", "″": '"', "”": '"', "\xa0": " ", "–": "-"})
_FEET_AND_INCHES = re.compile(r"(\d+)\s*(?:'|ft|feet)\s*-?\s*(\d+(?:\.\d+)?)\s*(?:\"|''|in|inches)?", re.IGNORECASE)
_INCHES = re.compile(r"(\d+(?:\.\d+)?)\s*(?:\"|''|in|inches)", re.IGNORECASE)
_DIGITS = r"\d+(?:[.,]\d+)*(?:e[-+]?\d+)?"
_NUMBER = re.compile(
    rf"(?:~|ca\.?|approx\.?)?\s*([-+]?{_DIGITS})\s*(m|metres?|meters?|mètres?|metros?|metri|ft|feet|foot|')?\.?",
    re.IGNORECASE,
)
_STOREY_WORDS = re.compile(r"(?<=[\d\s])(?:storeys?|stor(?:y|ies)|floors?|levels?)\b", re.IGNORECASE)
_RANGE = re.compile(rf"({_DIGITS})\s*-\s*({_DIGITS}.*)", re.IGNORECASE)


def parse_height_m(value: Any, unit_m: float = 1.0) -> float:
    """Read one height in metres, NaN where it is none; numbers without a unit of their own are in ``unit_m``.

    Of several ('3;4') and of a range ('10-12 m') the highest counts. A comma before three digits groups thousands where
    only that can be the height of a building.

    >>> [round(parse_height_m(text), 2) for text in ("24 m", "24,5", "1,234 ft", "10'6\\"", "3;4", "10-12 m")]
    [24.0, 24.5, 376.12, 3.2, 4.0, 12.0]
    """
    if isinstance(value, int | float | np.number) and not isinstance(value, bool):
        return float(value) * unit_m
    texts = [text.strip() for text in str(value).translate(_MARKS).split(";")]
    found = [height for text in texts if (height := _one(text, unit_m)) == height]
    return max(found, default=float("nan"))


def parse_storeys(value: Any) -> float:
    """Read a number of storeys, NaN where it is none: of '3;4' and '3-4' the most counts."""
    if not isinstance(value, str):
        return parse_height_m(value)
    plain = _STOREY_WORDS.sub("", value.translate(_MARKS))
    return parse_height_m(plain) if re.fullmatch(r"[\d.,;\s-]+", plain) else float("nan")


def _one(text: str, unit_m: float) -> float:
    mixed = _FEET_AND_INCHES.fullmatch(text)
    if mixed:
        return float(mixed[1]) * FOOT_M + float(mixed[2]) * INCH_M
    inches = _INCHES.fullmatch(text)
    if inches:
        return float(inches[1]) * INCH_M
    between = _RANGE.fullmatch(text)
    plain = _NUMBER.fullmatch(between[2] if between else text)
    if not plain:
        return float("nan")
    unit = (plain[2] or "").lower()
    return _number(plain[1], unit_m if not unit else 1.0 if unit.startswith("m") else FOOT_M)


def _number(text: str, unit_m: float) -> float:
    """Read the digits of a height, with whichever marks, in metres: of two marks the last one is the decimal's."""
    digits, _, power = text.lower().partition("e")
    marks = re.findall("[.,]", digits)
    thousands = float(re.sub("[.,]", "", digits)) * unit_m
    if not marks:
        return float(f"{digits}e{power or 0}") * unit_m
    if marks.count(marks[-1]) > 1:
        return thousands
    whole, _, part = digits.rpartition(marks[-1])
    decimal = float(f"{re.sub('[.,]', '', whole)}.{part}e{power or 0}") * unit_m
    grouped = re.fullmatch(r"[+-]?[1-9]\d{0,2},\d{3}", text) and abs(decimal) < LEAST_M
    return thousands if grouped else decimal
